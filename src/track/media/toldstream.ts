/** An RTP stream as the outside sees it: `MediaStream` of types.ts. */
import { addressText, ENDPOINT, portOf } from '../../bytes.ts';
import { CODECS } from '../../decode/sdp/codecs.ts';
import { MEDIA_TYPES } from '../../decode/sdp/sdpview.ts';
import type { MediaStream } from '../../types.ts';
import { ENCRYPTIONS } from './promises.ts';
import { lostOf, type Stream } from './streams.ts';

/** How a stream and its promise fit together, by code. */
export const PROMISE_NAMES = ['none', 'sdp', 'symmetric'] as const;

/** Name of the encoding of a stream, `PT 97` if it is not known. */
export function codecOf(s: Stream): string {
  return CODECS[s.codec] || `PT ${s.mainType < 0 ? s.payloadType : s.mainType}`;
}

/** Reads a stream out; its endpoints are at `row` of `rows`. */
export function toldStream(s: Stream, rows: Uint8Array, row: number): MediaStream {
  const src = rows.subarray(row, row + ENDPOINT);
  const dst = rows.subarray(row + ENDPOINT, row + 2 * ENDPOINT);
  return {
    src: addressText(src),
    srcPort: portOf(src),
    dst: addressText(dst),
    dstPort: portOf(dst),
    ssrc: s.ssrc >>> 0,
    media: MEDIA_TYPES[s.media] ?? '',
    codec: codecOf(s),
    encryption: ENCRYPTIONS[s.encryption] ?? 'none',
    first: s.first,
    last: s.last,
    packets: s.packets,
    bytes: s.bytes,
    lost: lostOf(s),
    duplicates: s.duplicates,
    late: s.late,
    jitter: Math.round(s.jitter),
    jitterMax: Math.round(s.jitterMax),
    promised: PROMISE_NAMES[s.promised] ?? 'none',
    digits: s.digits,
  };
}
