/** Fuzz target: one body as a session description, and the body of a message however it is wrapped. */

import { createDtmf, readInfoDigit } from '../../src/decode/rtp/dtmf.ts';
import { createBodyPart, readBody } from '../../src/decode/sdp/body.ts';
import { parseSdp } from '../../src/decode/sdp/sdp.ts';
import { createSdp, MAX_CANDIDATES, MAX_FORMATS, MAX_MEDIA, type Sdp } from '../../src/decode/sdp/sdpview.ts';
import { createMessage, parseSip } from '../../src/decode/sip.ts';
import { payloadSeeds } from './corpus.ts';
import type { Target } from './loop.ts';
import { checkSpans } from './promises.ts';

/** Bytes around the input: reading them would be an error. */
const AROUND = 16;
/** Bodies begin with a version. */
const VERSION = Buffer.from('v=0');

/** Makes the target. */
export async function sdp(): Promise<Target> {
  const payloads = (await payloadSeeds()).filter((each) => each.includes(VERSION));
  const bodies = payloads.map((each) => each.subarray(each.indexOf(VERSION)));
  const message = createMessage();
  const part = createBodyPart();
  const view = createSdp();
  const dtmf = createDtmf();
  return {
    name: 'sdp',
    seeds: () => [...bodies, ...payloads, Buffer.from('Signal=5\r\nDuration=160\r\n')],
    files: /\/src\/decode\/(sdp|body|dtmf|codecs)(?!.*\.test\.)/,
    run: (input) => {
      const bytes = Buffer.alloc(input.length + 2 * AROUND, 'A');
      bytes.set(input, AROUND);
      const end = AROUND + input.length;
      if (parseSip(message, bytes, AROUND, end)) {
        readBody(message, part, view, false);
        checkSpans(message, AROUND, end);
        if (part.kind > 0) readInfoDigit(bytes, part.start, part.end, part.kind, dtmf);
      }
      message.bytes = bytes;
      message.oddityCount = 0;
      parseSdp(message, AROUND, end, view, input.length % 7 === 0);
      check(view, message.oddityCount, AROUND, end);
    },
  };
}

/** What a description promises whatever its bytes were. */
function check(view: Sdp, oddities: number, first: number, last: number): void {
  const spans = [view.origin, view.originUser, view.sessionId, view.name, view.address.span, view.originAddress.span];
  if (view.mediaCount > MAX_MEDIA || view.mediaCount > view.allMedia) throw new Error(`${view.mediaCount} of ${view.allMedia} sections`);
  for (const media of view.media.slice(0, view.mediaCount)) {
    spans.push(media.span, media.address.span, media.label, media.mid);
    if (media.formatCount > MAX_FORMATS || media.candidateCount > MAX_CANDIDATES) throw new Error('more than its lists hold');
    if (media.port < -1 || media.port > 65_535 || media.rtcpPort > 65_535) throw new Error(`port ${media.port}`);
  }
  for (const { start, end } of spans) {
    if (start >= 0 && !(start >= first && end >= start && end <= last))
      throw new Error(`[${start}, ${end}) is not within [${first}, ${last})`);
  }
  if (oddities > 48) throw new Error(`${oddities} oddities`);
}
