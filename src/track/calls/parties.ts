/**
 * The endpoints that had a part in a call, in the row of its entry: who sent or got a message that belongs to it, and the
 * addresses that Contact and Record-Route name. Whoever sends something for the call and is not among them is a stranger.
 */
import { ADDRESS, ENDPOINT } from '../../bytes.ts';

/** Most endpoints that are remembered; once there are so many, nobody is called a stranger. */
export const MOST_PARTIES = 8;
/** Bytes they take: a count, then the endpoints. */
export const PARTIES_BYTES = 1 + MOST_PARTIES * ENDPOINT;

const found = new Uint8Array(ENDPOINT);
found[10] = 0xff;
found[11] = 0xff;

/** True if the address of that endpoint, with any port, is among the parties at `row`, or they are too many to tell. */
export function knowsAddress(rows: Uint8Array, row: number, endpoint: Uint8Array): boolean {
  const n = rows[row]!;
  for (let i = 0, at = row + 1; i < n; i++, at += ENDPOINT) if (isSame(rows, at, endpoint, ADDRESS)) return true;
  return n >= MOST_PARTIES;
}

/** Adds an endpoint, if it is new and there is room. */
export function addParty(rows: Uint8Array, row: number, endpoint: Uint8Array): void {
  const n = rows[row]!;
  for (let i = 0, at = row + 1; i < n; i++, at += ENDPOINT) if (isSame(rows, at, endpoint, ENDPOINT)) return;
  if (n >= MOST_PARTIES) return;
  const at = row + 1 + n * ENDPOINT;
  for (let i = 0; i < ENDPOINT; i++) rows[at + i] = endpoint[i]!;
  rows[row] = n + 1;
}

/** Copies the `n`th party (from 0) to `out`, 18 bytes; false if there are fewer. */
export function partyAt(rows: Uint8Array, row: number, n: number, out: Uint8Array): boolean {
  if (n >= rows[row]!) return false;
  const at = row + 1 + n * ENDPOINT;
  for (let i = 0; i < ENDPOINT; i++) out[i] = rows[at + i]!;
  return true;
}

/** True if the `n`th party (from 0) is that endpoint. */
export function isPartyAt(rows: Uint8Array, row: number, n: number, endpoint: Uint8Array): boolean {
  return n < rows[row]! && isSame(rows, row + 1 + n * ENDPOINT, endpoint, ENDPOINT);
}

/** Compared from the port back: what differs mostly differs there. */
function isSame(rows: Uint8Array, at: number, endpoint: Uint8Array, length: number): boolean {
  for (let i = length - 1; i >= 0; i--) if (rows[at + i] !== endpoint[i]) return false;
  return true;
}

/** Adds every IPv4 address written in `bytes[start, end)`, a Contact or Record-Route value, as a party with port 0. */
export function addWritten(rows: Uint8Array, row: number, bytes: Uint8Array, start: number, end: number): void {
  let i = start;
  while (i < end) {
    if (!isDigit(bytes[i]!)) {
      i++;
      continue;
    }
    i = readQuad(bytes, i, end);
    if (isQuad) addParty(rows, row, found);
  }
}

let isQuad = false;

/** Reads `a.b.c.d`, which begins with a digit, into `found`; `isQuad` tells whether it was one. Returns where to go on. */
function readQuad(bytes: Uint8Array, i: number, end: number): number {
  isQuad = false;
  for (let part = 12; part < 16; part++) {
    let n = 0;
    const from = i;
    while (i < end && i - from < 3 && isDigit(bytes[i]!)) n = n * 10 + bytes[i++]! - 0x30;
    if (i === from || n > 255) break;
    found[part] = n;
    isQuad = part === 15;
    if (isQuad || bytes[i] !== 0x2e || i + 1 >= end) break;
    i++;
  }
  return i;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
