/** Whether an offer puts the other side on hold (RFC 3264 §8.4): sendonly or inactive, or the address 0.0.0.0 (RFC 2543). */
import { sameBytes } from '../../decode/grammar.ts';
import type { SipMessage } from '../../decode/message.ts';

const SIGNS: readonly Uint8Array[] = ['a=sendonly', 'a=inactive', 'c=IN IP4 0.0.0.0'].map((line) => Buffer.from(line));
/** Most bytes of a body that are looked at. */
const MOST = 4096;

/** True if a line of the body begins so. */
export function isHold({ bytes, body }: SipMessage): boolean {
  const end = Math.min(body.end, body.start + MOST);
  for (let i = body.start; i < end; i++) {
    if (i > body.start && bytes[i - 1] !== 0x0a) continue;
    for (const sign of SIGNS) if (i + sign.length <= end && sameBytes(bytes, i, i + sign.length, sign)) return true;
  }
  return false;
}
