/** A session description was offered or answered: what it asks for, as text (S1-25); and whether its keys were changed on the way. */
import { ADDRESS, addressText, ENDPOINT, keptText, NO_ENDPOINT } from '../bytes.ts';
import { headerLines, headerValue, VIA } from '../decode/headers.ts';
import type { SipMessage } from '../decode/message.ts';
import { CODECS } from '../decode/sdp/codecs.ts';
import { DIRECTIONS, IPV4, IPV6, MEDIA_TYPES, SDP_PROTOCOLS, type Sdp, type SdpAddress, type SdpMedia } from '../decode/sdp/sdpview.ts';
import { ENCRYPTIONS, encryptionOf } from '../track/media/promises.ts';
import type { Observation } from '../track/observation.ts';
import { PACKET } from '../track/origin.ts';
import type { Span } from '../types.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('media.described');
const REKEYED = typeIndex('media.rekeyed');
/** Via lines and codecs that are shown. */
const MOST = 8;

const endpoint = new Uint8Array(ENDPOINT);

/** Emits `media.described`; its source is who wrote the description. */
export function detectDescription(o: Observation, sdp: Sdp, emitter: Emitter): void {
  if (o.retransmission || o.copy || !emitter.wants(TYPE)) return;
  const { message: m, packet } = o;
  const media = sdp.mediaCount > 0 ? sdp.media[0] : undefined;
  emitter.emit(
    'media.described',
    TYPE,
    { ...sceneOf(o, ''), src: packet.src, dst: packet.dst },
    {
      method: methodOf(m),
      status: m.status,
      from: spanText(m.bytes, m.from.uri.span),
      to: spanText(m.bytes, m.to.uri.span),
      contact: spanText(m.bytes, m.contact.uri.span),
      vias: viasOf(m),
      owner: spanText(sdp.bytes, sdp.origin),
      sections: sdp.allMedia,
      ...sectionOf(sdp, media),
    },
  );
}

/** Emits `media.rekeyed`. */
export function detectRekeyed(o: Observation, sdp: Sdp, emitter: Emitter): void {
  if (!emitter.wants(REKEYED)) return;
  const { message: m, packet } = o;
  const src = o.rekeyed === 'receiver' ? packet.src : NO_ENDPOINT;
  const scene = { ...sceneOf(o, ''), src, dst: packet.dst, hop: src, attributed: PACKET };
  const { address, port, encryption } = sectionOf(sdp, sdp.media[0]);
  emitter.emit('media.rekeyed', REKEYED, scene, { method: methodOf(m), status: m.status, address, port, encryption });
}

function sectionOf(sdp: Sdp, media: SdpMedia | undefined) {
  const names = media === undefined ? [] : [...media.codecs.subarray(0, media.formatCount)].map((code) => CODECS[code]!);
  return {
    address: addressOf(sdp, media?.address ?? sdp.address),
    port: Math.max(0, media?.port ?? 0),
    media: MEDIA_TYPES[media?.kind ?? 0]!,
    protocol: SDP_PROTOCOLS[media?.protocol ?? 0]!,
    codecs: names.filter(Boolean).slice(0, MOST).join(', '),
    direction: DIRECTIONS[media?.direction ?? 0] || 'sendrecv',
    encryption: ENCRYPTIONS[media === undefined ? 0 : encryptionOf(media, sdp)]!,
  };
}

/** The address in its usual form; a name, and what is none, as written. */
function addressOf(sdp: Sdp, { kind, bytes, span }: SdpAddress): string {
  if (kind !== IPV4 && kind !== IPV6) return spanText(sdp.bytes, span);
  for (let i = 0; i < ADDRESS; i++) endpoint[i] = bytes[i]!;
  return addressText(endpoint);
}

function viasOf(m: SipMessage): string {
  const list: string[] = [];
  for (let n = 0; n < Math.min(headerLines(m, VIA), MOST); n++) list.push(spanText(m.bytes, headerValue(m, VIA, n)));
  return list.join(', ');
}

function spanText(bytes: Uint8Array, span: Span | undefined): string {
  return span === undefined || span.start < 0 ? '' : keptText(bytes, span.start, span.end);
}
