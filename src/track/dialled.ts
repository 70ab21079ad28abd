/**
 * Which numbers a source dials, and behind how many prefixes. Whoever has found a way to place calls does not know how to dial out: he
 * tries one number behind 9, 00, 011, 1010222 … until one is answered (S4-03, S4-36). The last digits of a number are its own, what
 * stands before them is access codes, country and area as this or that exchange wants them.
 */
import { ADDRESS, hasRowWord, putRowWord } from '../bytes.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Span } from '../types.ts';
import type { Observation } from './observation.ts';
import { tenths } from './peers.ts';
import type { Transaction } from './transactions.ts';

/** µs after which a source may dial a number anew. */
const MEMORY = 3_600_000_000;
/** Digits at the end of a number that are compared: subscriber and area or country, so that two numbers seldom share them by chance. */
const SUFFIX = 9;
/** Longest number with all before it; E.164 has 15 digits, a carrier selection code 7. */
const LONGEST = 64;
/** Completed calls to a server within the half hour from which on a source is a trunk: what it dials, many people dial. */
const TRUNK = 128;
/** Prefixes of a number that are told apart. */
const KEPT = 16;

/** A number, by its last digits, that a source dials. Plain data; hashes of the last prefixes, four bytes each, lie in its row. */
export interface DialledNumber {
  /** Different prefixes, none at all among them; from 16 on one that was tried long before counts again. */
  prefixes: number;
  /** Calls to it that were answered with 2xx. */
  answered: number;
  /** When the source first dialled it, by `tenths`. */
  first: number;
}

/** The numbers that sources dial. */
export class Dialled {
  readonly table: Table<DialledNumber>;
  readonly #key = new Key(ADDRESS + 4);
  /** What `#read` read. */
  #suffix = 0;
  #prefix = 0;

  constructor(capacity: number, seed: Seed) {
    this.table = new Table<DialledNumber>({
      name: 'dialled numbers',
      capacity,
      ttl: MEMORY,
      keyBytes: ADDRESS + 4,
      rowBytes: 4 * KEPT,
      seed,
      make: () => ({ prefixes: 0, answered: 0, first: 0 }),
      reset: (n) => {
        n.prefixes = 0;
        n.answered = 0;
      },
    });
  }

  /** A new INVITE outside any dialog. A trunk's is not looked at. Sets `o.retried` if it dials a number behind a prefix that is new to its source. */
  dial(o: Observation, t: Transaction, now: number): void {
    if (o.relation !== undefined && o.relation.connected >= TRUNK) return;
    const { bytes, uri } = o.message;
    if (!this.#read(bytes, uri.user)) return;
    const { table } = this;
    const slot = table.put(this.#key.reset().add(o.client, 0, ADDRESS).addNumber(this.#suffix), now);
    const number = table.at(slot);
    if (table.fresh) number.first = tenths(now);
    t.dialled = slot;
    t.dialledGeneration = table.generation(slot);
    if (!this.#isNew(table.row(slot), number.prefixes)) return;
    number.prefixes++;
    if (number.prefixes > 1) o.retried = number;
  }

  /** An INVITE was answered with 2xx. Sets `o.retried` if it dialled a number that was dialled behind several prefixes. */
  answered(o: Observation, t: Transaction, now: number): void {
    if (o.relation !== undefined) o.relation.connected++;
    if (t.dialled < 0 || !this.table.alive(t.dialled, t.dialledGeneration, now)) return;
    const number = this.table.at(t.dialled);
    number.answered++;
    if (number.prefixes > 1) o.retried = number;
  }

  /** Reads the digits of the user of a URI from their end. False if it is no number, or a short one. */
  #read(bytes: Uint8Array, user: Span): boolean {
    const { start } = user;
    const end = endOfNumber(bytes, user);
    let digits = 0;
    let suffix = 0;
    let place = 1;
    let prefix = 1;
    for (let i = end - 1; i >= start; i--) {
      const c = bytes[i]!;
      if (c >= 0x30 && c <= 0x39) {
        if (digits++ < SUFFIX) {
          suffix += (c - 0x30) * place;
          place *= 10;
        } else prefix = Math.imul(prefix ^ c, 0x01000193);
      } else if ((c === 0x2a || c === 0x23) && digits >= SUFFIX) prefix = Math.imul(prefix ^ c, 0x01000193);
      else if (!isSeparator(c) && (c !== 0x2b || i > start)) return false;
    }
    this.#suffix = suffix;
    this.#prefix = prefix;
    return digits >= SUFFIX;
  }

  /** Keeps the prefix last read in the row of a number, unless it is there. */
  #isNew(row: number, prefixes: number): boolean {
    const { rows } = this.table;
    if (hasRowWord(rows, row, 4, Math.min(prefixes, KEPT), this.#prefix)) return false;
    putRowWord(rows, row + 4 * (prefixes % KEPT), this.#prefix);
    return true;
  }
}

/** Where the number ends: at the parameters of a tel URI or of the user (RFC 3966, RFC 3261 §19.1.6); before its start if it is too long. */
function endOfNumber(bytes: Uint8Array, { start, end }: Span): number {
  if (end - start > LONGEST) return start;
  let i = start;
  while (i < end && bytes[i] !== 0x3b) i++;
  return i;
}

/** A visual separator (RFC 3966 §3). */
function isSeparator(c: number): boolean {
  return c === 0x2d || c === 0x2e || c === 0x28 || c === 0x29;
}

/** The digits by which a number is known, and what stands before them, of its text as it was dialled. */
export function splitNumber(dialled: string): { prefix: string; suffix: string } {
  const number = dialled.replace(/;.*/s, '').replace(/[-.()]/g, '');
  return { prefix: number.slice(0, -SUFFIX), suffix: number.slice(-SUFFIX) };
}
