/** Accounts as SIP names them: the address of record (RFC 3261 §6), by which registrations, homes and habits are kept. */
import type { UriView } from '../decode/message.ts';
import type { Key } from '../table.ts';

/** Makes `key` that of `user@host` of a URI in `bytes`. */
export function addressOfRecord(key: Key, bytes: Uint8Array, { user, host }: UriView): Key {
  key.reset();
  if (user.start >= 0) key.add(bytes, user.start, user.end);
  key.addByte(0x40);
  return host.start < 0 ? key : key.add(bytes, host.start, host.end);
}
