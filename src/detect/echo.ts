/** What a response repeats of its request (RFC 3261 §8.2.6.2): its sender is not to blame for it. */
import { CALL_ID, CSEQ, FROM, TO, VIA } from '../decode/headers.ts';
import { HEADER_STRIDE, type SipMessage } from '../decode/message.ts';
import { oddityCode } from '../decode/oddities.ts';

const COPIED = (1 << VIA) | (1 << FROM) | (1 << TO) | (1 << CALL_ID) | (1 << CSEQ);
const MISSING = [
  oddityCode('missing-via'),
  oddityCode('missing-from'),
  oddityCode('missing-to'),
  oddityCode('missing-call-id'),
  oddityCode('missing-cseq'),
];

/** True if the `i`th oddity of a response is about a header that it copied, or should have copied, from the request. */
export function isEcho(m: SipMessage, i: number): boolean {
  if (m.isRequest) return false;
  const { code, start } = m.oddities[i]!;
  if (MISSING.includes(code)) return true;
  for (let at = 0; at < m.headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    if (start < m.headers[at + 1]! || start > m.headers[at + 4]!) continue;
    const id = m.headers[at]!;
    return id < 32 && ((1 << id) & COPIED) !== 0;
  }
  return false;
}
