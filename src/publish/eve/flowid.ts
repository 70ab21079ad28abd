/** The number that all messages of a flow share, in either direction: a hash of addresses, ports and transport. */
import { ENDPOINT } from '../../bytes.ts';

/** The two parts of a flow's id. */
export interface FlowId {
  /** Leading digits, below 10^8. */
  high: number;
  /** The last seven digits. */
  low: number;
}

/** Sets `id` for the two endpoints that begin at `at`, one behind the other; all digits together are below 2^53. */
export function readFlowId(id: FlowId, bytes: Uint8Array, at: number, transport: number): void {
  let a = 0x811c9dc5 ^ transport;
  let b = a;
  for (let i = at; i < at + ENDPOINT; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b ^ bytes[i + ENDPOINT]!, 0x01000193);
  }
  // Sums do not care which endpoint comes first.
  id.high = ((mixed(a) + mixed(b)) >>> 0) % 100_000_000;
  id.low = ((Math.imul(a, 0x2545f491) + Math.imul(b, 0x2545f491)) >>> 0) % 10_000_000;
}

function mixed(h: number): number {
  const x = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return x ^ (x >>> 13);
}
