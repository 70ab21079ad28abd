/**
 * Attribution: whose request it truly is, behind proxies, NAT and capture agents (S2-39 to S2-41), and how we know.
 *
 * - `witnessed`: we saw the same request arrive at the proxy (Call-ID, From tag, CSeq and the branch beneath the proxy's own Via
 *   are those of a request that was sent to the address this one comes from). That takes nobody's word. (debts.ts: unless that
 *   address keeps the refusals to itself.)
 * - `via`: the packet comes from a proxy the config trusts; the Via beneath its own says where it got the request from, and so on
 *   as long as that is a trusted proxy too. A Via below the first untrusted hop is never believed: anyone can write it (S2-41).
 * - `unknown`: a trusted proxy that does not say (topology hiding, a B2BUA, its own requests): its address is all there is.
 * - `relayed`: the sender says that it forwards for others and nobody vouches for it: its address may be a proxy's.
 * - `nat`: the sender's own idea of its address is a private one, the packet's is not: others may share that address (S2-40).
 * - `hep`: a capture agent says so, without proof.
 * - `packet`: the source address of the packet.
 * - `claimed`: that too, but what it does does not show that it hears the answers (`Relation.proofs`).
 */
import { ADDRESS, ENDPOINT, isIPv4 } from '../bytes.ts';
import { skipSpace } from '../decode/grammar.ts';
import { readViaAt } from '../decode/lower.ts';
import type { SipMessage, ViaView } from '../decode/message.ts';
import { createVia } from '../decode/via.ts';
import { holds, type Network, readAddress } from '../network.ts';
import type { Packet, Span } from '../types.ts';
import type { Debts } from './debts.ts';
import type { Transactions } from './transactions.ts';

/** Code of an attribution, see ATTRIBUTIONS in types.ts. */
export const PACKET = 0;
/** Code of an attribution, see ATTRIBUTIONS in types.ts. */
export const VIA = 1;
/** Code of an attribution, see ATTRIBUTIONS in types.ts. */
export const WITNESSED = 2;
const HEP = 3;
/** Code of an attribution, see ATTRIBUTIONS in types.ts. */
export const NAT = 4;
const RELAYED = 5;
/** Code of an attribution, see ATTRIBUTIONS in types.ts. */
export const UNKNOWN = 6;
/** Code of an attribution, see ATTRIBUTIONS in types.ts; not found here, but by what follows the request (detect/probe.ts). */
export const CLAIMED = 8;

/** Trusted proxies in a row that are followed. */
const MOST_HOPS = 16;
const DEFAULT_PORT = 5060;

/** Finds the origin of requests. */
export class Origins {
  /** The endpoint (18 bytes) `of` found with VIA and WITNESSED; with all others it is the packet's source. */
  readonly endpoint = new Uint8Array(ENDPOINT);
  readonly #transactions: Transactions;
  readonly #debts: Debts;
  readonly #proxies: readonly Network[];
  readonly #via = createVia();

  /** @param proxies our own proxies, whose Via is believed (config `network.proxies`). */
  constructor(transactions: Transactions, debts: Debts, proxies: readonly Network[]) {
    this.#transactions = transactions;
    this.#debts = debts;
    this.#proxies = proxies;
  }

  /** Code of how the origin of a new request was found. */
  of(m: SipMessage, packet: Packet, now: number): number {
    if (m.viaCount > 1 && this.#witnessed(m, packet, now)) return WITNESSED;
    if (this.#proxies.length > 0 && this.#trusts(packet.src)) return this.#walk(m);
    if (m.viaCount > 1) return RELAYED;
    if (packet.hep !== undefined) return HEP;
    return !isPrivate(packet.src) && this.#saysPrivate(m) ? NAT : PACKET;
  }

  /** The request beneath was sent to the address this one comes from, seconds ago. */
  #witnessed(m: SipMessage, packet: Packet, now: number): boolean {
    if (!readViaAt(m, 1, this.#via) || this.#debts.owes(packet.src, now)) return false;
    return this.#transactions.forwarded(m, this.#via.branch, packet, now, this.endpoint);
  }

  #walk(m: SipMessage): number {
    for (let i = 1; i <= MOST_HOPS && readViaAt(m, i, this.#via); i++) {
      if (!readHop(m.bytes, this.#via, this.endpoint)) return UNKNOWN;
      if (!this.#trusts(this.endpoint)) return VIA;
    }
    return UNKNOWN;
  }

  #trusts(endpoint: Uint8Array): boolean {
    for (let i = 0; i < this.#proxies.length; i++) if (holds(this.#proxies[i]!, endpoint)) return true;
    return false;
  }

  /** The sent-by of the topmost Via is a private address. */
  #saysPrivate({ bytes, via: { host } }: SipMessage): boolean {
    return readHost(bytes, host, this.endpoint) && isPrivate(this.endpoint);
  }
}

/**
 * Where a proxy got a request from, as the Via value says that it was given by the hop before and completed by the proxy: `received`
 * and `rport` (RFC 3261 §18.2.1, RFC 3581), else the sent-by, which then was the true source. False if that is no address. Two `received`
 * prove that one was there before the proxy wrote: then nobody can say which is the proxy's.
 */
function readHop(bytes: Uint8Array, via: ViaView, out: Uint8Array): boolean {
  const { host, received, rport, port, span } = via;
  if (!readHost(bytes, received.start < 0 ? host : received, out)) return false;
  if (received.start >= 0 && receivedTwice(bytes, span)) return false;
  const p = rport > 0 ? rport : port > 0 ? port : DEFAULT_PORT;
  out[ADDRESS] = p >> 8;
  out[ADDRESS + 1] = p & 255;
  return true;
}

function readHost(bytes: Uint8Array, { start, end }: Span, out: Uint8Array): boolean {
  const open = bytes[start] === 0x5b;
  return start >= 0 && readAddress(bytes, open ? start + 1 : start, open ? end - 1 : end, out);
}

/** `;received=` stands more than once in a Via value; blanks around the name do not hide it. */
function receivedTwice(bytes: Uint8Array, { start, end }: Span): boolean {
  let n = 0;
  for (let i = start; i + 8 < end; i++) {
    // `rece` tells it apart: no other parameter begins like that.
    if ((bytes[i]! | 0x20) !== 0x72 || (bytes[i + 1]! | 0x20) !== 0x65 || (bytes[i + 2]! | 0x20) !== 0x63) continue;
    if ((bytes[i + 3]! | 0x20) === 0x65 && bytes[skipSpace(bytes, i + 8, end)] === 0x3d) n++;
  }
  return n > 1;
}

/** RFC 1918, RFC 6598, link-local and loopback; of IPv6 fc00::/7 and fe80::/10. */
function isPrivate(endpoint: Uint8Array): boolean {
  const a = endpoint[12]!;
  const b = endpoint[13]!;
  if (endpoint[0] !== 0) return (endpoint[0]! & 0xfe) === 0xfc || (endpoint[0] === 0xfe && (endpoint[1]! & 0xc0) === 0x80);
  if (!isIPv4(endpoint)) return false;
  if (a === 10 || a === 127) return true;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 192) return b === 168;
  return (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254);
}
