/**
 * What stands below the first value of Via and Contact: read only when someone asks, in a message that `parseSip` has read.
 */

import { parseAddress } from './address.ts';
import { skipSpace } from './grammar.ts';
import { CONTACT, VIA } from './headers.ts';
import { type AddressView, HEADER_STRIDE, type SipMessage, type ViaView } from './message.ts';
import { createMessage } from './sip.ts';
import { parseVia } from './via.ts';

const COMMA = 0x2c;

/** Takes the oddities of what is read a second time: they were noted, or are not those of the sender of this hop. */
const notes = createMessage();

/**
 * Reads Via value number `index` (0: the topmost, RFC 3261 §20.42) into `view`; false if there are not so many. Walks from the top
 * each time: those who ask stop after a few.
 */
export function readViaAt(m: SipMessage, index: number, view: ViaView): boolean {
  return walk(m, VIA, index, view);
}

/** Reads Contact value number `index` (0: the first, RFC 3261 §20.10) into `view`; false if there are not so many. */
export function readContactAt(m: SipMessage, index: number, view: AddressView): boolean {
  return walk(m, CONTACT, index, view);
}

function walk(m: SipMessage, id: number, index: number, view: ViaView | AddressView): boolean {
  const { bytes, headers, headerCount } = m;
  notes.oddityCount = 0;
  let seen = 0;
  for (let h = 0; h < headerCount; h++) {
    if (headers[h * HEADER_STRIDE] !== id) continue;
    const end = headers[h * HEADER_STRIDE + 4]!;
    let i = skipSpace(bytes, headers[h * HEADER_STRIDE + 3]!, end);
    while (i < end) {
      if (bytes[i] !== COMMA) {
        i = 'branch' in view ? parseVia(notes, bytes, i, end, view) : parseAddress(notes, bytes, i, end, view, true);
        if (seen++ === index) return true;
      }
      i = skipSpace(bytes, i + 1, end);
    }
  }
  return false;
}
