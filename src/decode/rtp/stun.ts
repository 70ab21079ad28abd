/**
 * What shares the ports of media (RFC 7983): STUN and TURN (RFC 8489, 8656), DTLS (RFC 6347, 9147), ZRTP (RFC 6189). Told by
 * their headers, and looked into only as far as media lies inside.
 */
import { word16, word32 } from '../../bytes.ts';
import type { Span } from '../../types.ts';

const COOKIE = 0x2112a442;
const HEADER = 20;
/** Send and Data indications and the attribute that holds what they carry (RFC 8656 §11.6, §14.4). */
const SEND = 0x0016;
const DATA = 0x0017;
const DATA_ATTRIBUTE = 0x0013;

/** True if `b[start, end)` is a STUN message (RFC 8489 §5: two zero bits, magic cookie, a length that fits). */
export function isStun(b: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER || b[start]! > 3 || word32(b, start + 4) !== COOKIE) return false;
  const length = word16(b, start + 2);
  return (length & 3) === 0 && start + HEADER + length <= end;
}

/** True if `b[start, end)` is ChannelData (RFC 8656 §12.4): a channel number, and the length of what follows but for padding. */
export function isChannelData(b: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || b[start]! < 0x40 || b[start]! > 0x4f) return false;
  const rest = end - start - 4 - word16(b, start + 2);
  return rest >= 0 && rest < 4;
}

/** Finds what a TURN message at `start`, which `isStun` or `isChannelData` knew, carries: the data of ChannelData, or of a Send or Data indication. False: nothing. */
export function turnPayload(b: Uint8Array, start: number, out: Span): boolean {
  if (b[start]! >= 0x40) {
    out.start = start + 4;
    out.end = start + 4 + word16(b, start + 2);
    return true;
  }
  const type = word16(b, start);
  if (type !== SEND && type !== DATA) return false;
  const stop = start + HEADER + word16(b, start + 2);
  for (let i = start + HEADER; i + 4 <= stop; ) {
    const length = word16(b, i + 2);
    if (i + 4 + length > stop) return false;
    if (word16(b, i) === DATA_ATTRIBUTE) {
      out.start = i + 4;
      out.end = i + 4 + length;
      return true;
    }
    i += 4 + ((length + 3) & ~3);
  }
  return false;
}

/** True if `b[start, end)` begins with a DTLS record (RFC 6347 §4.1): type 20–26, version 1.0 or 1.2, a length that fits. */
export function isDtls(b: Uint8Array, start: number, end: number): boolean {
  if (end - start < 13 || b[start]! < 20 || b[start]! > 26 || b[start + 1] !== 0xfe) return false;
  if (b[start + 2] !== 0xff && b[start + 2] !== 0xfd) return false;
  return start + 13 + word16(b, start + 11) <= end;
}

/** True if `b[start, end)` is a ZRTP message (RFC 6189 §5: first byte 0x10, magic cookie `ZRTP`). */
export function isZrtp(b: Uint8Array, start: number, end: number): boolean {
  return end - start >= 28 && b[start] === 0x10 && word32(b, start + 4) === 0x5a525450;
}
