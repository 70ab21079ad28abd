/** The number that all messages of a flow share, in either direction: a hash of addresses, ports and transport. */
import { ENDPOINT } from '../bytes.ts';

const parts: [high: number, low: number] = [0, 0];

/**
 * Of the two endpoints that begin at `at`, one behind the other: the leading digits and the last seven of the flow's id, a
 * decimal number below 2^53. The array is reused.
 */
export function flowIdParts(bytes: Uint8Array, at: number, transport: number): readonly [high: number, low: number] {
  const a = mix(bytes, at, 0x811c9dc5);
  const b = mix(bytes, at + ENDPOINT, 0x811c9dc5);
  const c = mix(bytes, at, 0x2545f491);
  const d = mix(bytes, at + ENDPOINT, 0x2545f491);
  // Sums do not care which endpoint comes first.
  parts[0] = ((Math.imul(a ^ transport, 0x01000193) + Math.imul(b ^ transport, 0x01000193)) >>> 0) % 100_000_000;
  parts[1] = ((c + d) >>> 0) % 10_000_000;
  return parts;
}

function mix(bytes: Uint8Array, at: number, seed: number): number {
  let h = seed;
  for (let i = at; i < at + ENDPOINT; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h ^ (h >>> 15);
}
