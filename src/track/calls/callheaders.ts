/** What headers of an INVITE, BYE or final answer say about a call; one walk over the header table, no allocation. */
import { sameName, skipSpace } from '../../decode/grammar.ts';
import { headerByName } from '../../decode/headers.ts';
import { readIdentity } from '../../decode/identity.ts';
import { HEADER_STRIDE, type SipMessage } from '../../decode/message.ts';
import type { CallState } from './callstate.ts';
import { addWritten } from './parties.ts';

const RECORD_ROUTE = headerByName('Record-Route');
const IDENTITY = headerByName('Identity');
const ASSERTED = headerByName('P-Asserted-Identity');
const REASON = headerByName('Reason');
/** Most Identity headers that are read for their level: one of the caller and some of who diverted the call (RFC 8946). */
const MOST_PASSPORTS = 4;

/**
 * Notes in the call what the headers of its INVITE say about who calls.
 * @param full also the level of attestation (RFC 8588): that takes reading the PASSporT.
 */
export function noteIdentity(c: CallState, m: SipMessage, full: boolean): void {
  const { headers } = m;
  const stop = m.headerCount * HEADER_STRIDE;
  let passports = 0;
  for (let at = 0; at < stop; at += HEADER_STRIDE) {
    const id = headers[at];
    if (id === IDENTITY) {
      c.signed = true;
      if (full && c.attestation === '' && passports++ < MOST_PASSPORTS)
        c.attestation = attestationOf(m, headers[at + 3]!, headers[at + 4]!);
    } else if (id === ASSERTED) c.asserted = true;
  }
}

function attestationOf({ bytes }: SipMessage, start: number, end: number): CallState['attestation'] {
  const { attestation } = readIdentity(bytes, start, end);
  return attestation === 'A' || attestation === 'B' || attestation === 'C' ? attestation : '';
}

/** Adds the addresses that Contact and Record-Route name to the parties at `row`. Returns how many Record-Route lines there are. */
export function addRoutes(m: SipMessage, rows: Uint8Array, row: number): number {
  const { headers, bytes } = m;
  const stop = m.headerCount * HEADER_STRIDE;
  let routes = 0;
  for (let at = 0; at < stop; at += HEADER_STRIDE) {
    if (headers[at] !== RECORD_ROUTE) continue;
    routes++;
    addWritten(rows, row, bytes, headers[at + 3]!, headers[at + 4]!);
  }
  if (m.contactCount > 0) addWritten(rows, row, bytes, m.contact.uri.host.start, m.contact.uri.host.end);
  return routes;
}

/** The number at the beginning of the first header with that id (RSeq, Session-Expires), 0 if there is none. */
export function headerNumber(m: SipMessage, id: number): number {
  const { headers, bytes } = m;
  const stop = m.headerCount * HEADER_STRIDE;
  for (let at = 0; at < stop; at += HEADER_STRIDE) if (headers[at] === id) return numberAt(bytes, headers[at + 3]!, headers[at + 4]!);
  return 0;
}

/** The decimal number at `i`, below 2^31; 0 if there is none or it is larger. */
export function numberAt(bytes: Uint8Array, i: number, end: number): number {
  let n = 0;
  for (; i < end; i++) {
    const d = bytes[i]! - 0x30;
    if (d < 0 || d > 9) break;
    n = n * 10 + d;
    if (n > 0x7fffffff) return 0;
  }
  return n;
}

const Q850 = Buffer.from('q.850');
const CAUSE = Buffer.from('cause=');

/** Cause of the Reason value for protocol Q.850 (RFC 3326 §2), 0 if there is none. */
export function causeOf(m: SipMessage): number {
  const { headers, bytes } = m;
  const stop = m.headerCount * HEADER_STRIDE;
  for (let at = 0; at < stop; at += HEADER_STRIDE) {
    if (headers[at] !== REASON) continue;
    const cause = q850(bytes, headers[at + 3]!, headers[at + 4]!);
    if (cause > 0) return cause;
  }
  return 0;
}

/** Several values may stand in one line: `SIP;cause=200, Q.850;cause=16;text="…"`. */
function q850(bytes: Uint8Array, start: number, end: number): number {
  let isQ850 = false;
  for (let i = start; i < end; i++) {
    if (i + Q850.length < end && sameName(bytes, i, i + Q850.length, Q850)) isQ850 = true;
    else if (isQ850 && i + CAUSE.length < end && sameName(bytes, i, i + CAUSE.length, CAUSE)) {
      const at = skipSpace(bytes, i + CAUSE.length, end);
      return Math.min(numberAt(bytes, at, end), 127);
    }
  }
  return 0;
}
