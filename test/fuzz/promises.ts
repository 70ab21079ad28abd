/** What a decoded message promises whatever its bytes were. */
import type { SipMessage } from '../../src/decode/message.ts';
import { HEADER_STRIDE } from '../../src/decode/message.ts';

/**
 * Every byte range of the message is absent or ordered and within the message, every oddity within the datagram.
 * @throws Error that names the first one that is not.
 */
export function checkSpans(message: SipMessage, first: number, last: number): void {
  const { start, end, headers, headerCount, oddities, oddityCount } = message;
  within('message', start, end, first, last);
  visit(message, 'message', start, end);
  for (let i = 0; i < headerCount; i++) {
    const at = i * HEADER_STRIDE;
    within(`header ${i} name`, headers[at + 1]!, headers[at + 2]!, start, end);
    within(`header ${i} value`, headers[at + 3]!, headers[at + 4]!, start, end);
  }
  for (let i = 0; i < oddityCount; i++) within(`oddity ${i}`, oddities[i]!.start, oddities[i]!.end, first, last);
}

function visit(value: object, name: string, first: number, last: number): void {
  for (const [key, each] of Object.entries(value)) {
    if (typeof each !== 'object' || each === null || ArrayBuffer.isView(each) || Array.isArray(each)) continue;
    if (typeof each.start === 'number' && typeof each.end === 'number') {
      if (each.start >= 0) within(`${name}.${key}`, each.start, each.end, first, last);
    } else visit(each, `${name}.${key}`, first, last);
  }
}

function within(name: string, start: number, end: number, first: number, last: number): void {
  if (!(start >= first && end >= start && end <= last)) throw new Error(`${name}: [${start}, ${end}) is not within [${first}, ${last})`);
}
