/**
 * What a proxy owes: a refusal that was given to a forwarded request must reach who sent it. One that keeps refusals to itself,
 * or says yes in their place, is no proxy but a partner: behind him someone could attack as the origin of requests that count
 * elsewhere. Nothing is believed to be forwarded by an address that owes too much.
 */
import type { Peers } from './peers.ts';
import type { Transaction, Transactions } from './transactions.ts';

/** Refusals an address may owe: some are on their way, some were lost, some it met itself (credentials of its own). */
const MOST_OWED = 8;

/** Debts of all addresses that forward. */
export class Debts {
  readonly #peers: Peers;
  readonly #transactions: Transactions;

  constructor(peers: Peers, transactions: Transactions) {
    this.#peers = peers;
    this.#transactions = transactions;
  }

  /** True if the address has not passed on what it was told. */
  owes(address: Uint8Array, now: number): boolean {
    return this.#peers.owed(address, now) > MOST_OWED;
  }

  /** A forwarded request was answered, finally, to `proxy`. Of several copies the one that was accepted counts (forking, RFC 3261 §16.7). */
  forwardedAnswer(copy: Transaction, status: number, proxy: Uint8Array, now: number): void {
    const { table } = this.#transactions;
    if (copy.original < 0 || !table.alive(copy.original, copy.originalGeneration, now)) return;
    const original = table.at(copy.original);
    if (status < 300 && original.owed) this.#settle(original, proxy, now);
    else if (isRefusal(status) && !original.owed && !original.final) {
      original.owed = true;
      this.#peers.peer(proxy, now).owed++;
    }
  }

  /** `proxy` has answered the request itself, finally. A refusal settles what it owes for it. */
  answered(original: Transaction, status: number, proxy: Uint8Array, now: number): void {
    if (original.owed && status >= 300) this.#settle(original, proxy, now);
  }

  #settle(original: Transaction, proxy: Uint8Array, now: number): void {
    original.owed = false;
    const peer = this.#peers.peer(proxy, now);
    if (peer.owed > 0) peer.owed--;
  }
}

/** What counts against who asked: see the outcomes of authentication. */
function isRefusal(status: number): boolean {
  return (status >= 401 && status <= 404) || status === 407 || status === 410 || status === 604;
}
