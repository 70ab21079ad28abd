/** A field carries text, or changes, where it carries random characters, or stays (covert channels). */
import { keptText } from '../bytes.ts';
import { headerByName } from '../decode/headers.ts';
import { foundText, HEX_TEXT, hiddenText, NO_TEXT } from '../decode/hiddentext.ts';
import { HEADER_STRIDE, INVITE, OPTIONS, type SipMessage } from '../decode/message.ts';
import type { Observation } from '../track/observation.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('covert.suspected');
const SESSION_ID = headerByName('Session-ID');
/** Most Events of one message, and bytes of a sample. */
const MOST = 3;
const SAMPLE = 80;
/** Changes of Max-Forwards that are told: this many, and each doubling. */
const CHANGES = 8;

/** Emits `covert.suspected` for an initial request: each field at most once. */
export function detectCovert(o: Observation, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { message: m } = o;
  const b = m.bytes;
  look(o, emitter, 'call-id', m.callId.start, m.callId.end);
  look(o, emitter, 'from-tag', m.from.tag.start, m.from.tag.end);
  look(o, emitter, 'user-agent', m.userAgent.start, m.userAgent.end);
  const { start, end } = m.via.branch;
  // Behind the cookie; many write a hyphen there.
  if (m.viaCount === 1) look(o, emitter, 'branch', b[start + 7] === 0x2d ? start + 8 : start + 7, end);
  lookAtHeaders(o, emitter);
  if (m.body.end > m.body.start) lookAtBody(o, emitter);
  const changes = o.relation?.forwardsChanges ?? 0;
  if (changes >= CHANGES && (changes & (changes - 1)) === 0 && o.relation?.forwardsChanged === true)
    tell(o, emitter, 'max-forwards', 'varies', String(m.maxForwards), '');
}

/** Text that is hidden at the beginning of `[start, end)`. */
function look(o: Observation, emitter: Emitter, field: string, start: number, end: number): void {
  const { bytes } = o.message;
  const how = hiddenText(bytes, start, end);
  if (how === NO_TEXT) return;
  tell(
    o,
    emitter,
    field,
    how === HEX_TEXT ? 'hex-text' : 'base64-text',
    keptText(bytes, start, Math.min(end, start + SAMPLE)),
    foundText().slice(0, SAMPLE),
  );
}

function tell(o: Observation, emitter: Emitter, field: string, why: string, sample: string, text: string): void {
  emitter.emit('covert.suspected', TYPE, sceneOf(o, ''), { field, why, sample, text });
}

/** Headers that nobody knows, and Session-ID (RFC 7989: random hexadecimal digits). */
function lookAtHeaders(o: Observation, emitter: Emitter): void {
  const { headers, headerCount } = o.message;
  let left = MOST;
  for (let at = 0; at < headerCount * HEADER_STRIDE && left > 0; at += HEADER_STRIDE) {
    const id = headers[at]!;
    if (id !== 0 && id !== SESSION_ID) continue;
    const before = emitter.out.length;
    look(o, emitter, id === 0 ? 'header' : 'session-id', headers[at + 3]!, headers[at + 4]!);
    if (emitter.out.length > before) left--;
  }
}

/** A body of an OPTIONS that is no SDP; the first lines of an SDP (RFC 8866 §5: v=, o=, s=, in this order). */
function lookAtBody(o: Observation, emitter: Emitter): void {
  const { message: m } = o;
  const { bytes: b, body } = m;
  const isSdp = b[body.start] === 0x76 && b[body.start + 1] === 0x3d;
  if (isSdp && (m.method === INVITE || m.method === OPTIONS)) lookAtSdp(o, emitter, m);
  else if (m.method === OPTIONS) tell(o, emitter, 'body', 'unusual', keptText(b, body.start, Math.min(body.end, body.start + SAMPLE)), '');
}

function lookAtSdp(o: Observation, emitter: Emitter, { bytes: b, body }: SipMessage): void {
  let line = body.start;
  const stop = Math.min(body.end, body.start + 512);
  while (line < stop) {
    let end = line;
    while (end < stop && b[end] !== 0x0d && b[end] !== 0x0a) end++;
    const letter = b[line];
    if (letter === 0x76 && !(end - line === 3 && b[line + 2] === 0x30))
      tell(o, emitter, 'sdp-version', 'grammar', keptText(b, line, Math.min(end, line + SAMPLE)), '');
    else if (letter === 0x6f) lookAtOrigin(o, emitter, line + 2, end);
    else if (letter === 0x73) {
      look(o, emitter, 'sdp-session', line + 2, end);
      return;
    }
    line = end;
    while (line < stop && (b[line] === 0x0d || b[line] === 0x0a)) line++;
  }
}

/** `user id version IN IP4 address`: id and version are numbers (RFC 8866 §5.2), of 64 bits at most in practice. */
function lookAtOrigin(o: Observation, emitter: Emitter, start: number, end: number): void {
  const { bytes: b } = o.message;
  look(o, emitter, 'sdp-origin', start, end);
  let word = start;
  while (word < end && b[word] !== 0x20) word++;
  for (let k = 0; k < 2; k++) {
    const from = word + 1;
    word = from;
    while (word < end && b[word]! >= 0x30 && b[word]! <= 0x39) word++;
    if (word < end && b[word] === 0x20 && word > from && word - from <= 20) continue;
    tell(o, emitter, 'sdp-origin', 'grammar', keptText(b, start, Math.min(end, start + SAMPLE)), '');
    return;
  }
}
