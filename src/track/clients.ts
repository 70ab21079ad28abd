/**
 * Which program a client is, by its Tool DNA. A DNA costs a microsecond or two, a sketch of the headers some nanoseconds, so a
 * DNA is read only of a request whose sketch is none of the last two of this client to this server; of a sketch that many
 * requests have had and none of an attack tool, only every 64th; and at most 1,024 a second. A client that was passed over has
 * its turn with a later request; who draws every message anew costs that much and no more.
 */
import { ADDRESS } from '../bytes.ts';
import { createDna, readDna, sketch, writtenText } from '../decode/dna/dna.ts';
import { type KnownClient, recognise } from '../knowndna.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Observation } from './observation.ts';

/** µs a client's way to write is remembered. */
const MEMORY = 3_600_000_000;
const SECOND = 1_000_000;
/** Most DNAs read within a second of the pipeline's time, and most that are compared with the known ones. */
const MOST_READ = 1024;
const MOST_COMPARED = 128;
/** Requests with the same sketch that are read at first; after that one of so many. */
const FIRST = 32;
const ONE_OF = 64;
/** Sketches that are counted, a power of two: those that fall together share their count. */
const SKETCHES = 4096;
/** Different DNAs whose owner is remembered. */
const DNAS = 4096;

/** What is known of a DNA. Plain data. */
interface Owner {
  /** Index of the known client, -1: nobody. */
  client: number;
}

/** All clients by their DNA. */
export class Clients {
  /** Sketches that each client showed. */
  readonly table: Table<{ sketch: number }>;
  /** DNAs and whose they are. */
  readonly owners: Table<Owner>;
  /** The DNA that `meet` read. */
  readonly dna = createDna();
  /** Whose it is, undefined: nobody who is known. */
  known: KnownClient | undefined = undefined;
  readonly #known: readonly KnownClient[];
  readonly #key = new Key(ADDRESS + 4);
  /** Requests by sketch since the last one of an attack tool. */
  readonly #common = new Uint16Array(SKETCHES);
  #second = 0;
  #read = 0;
  #compared = 0;

  /** @param capacity clients and their ways to write that are remembered. */
  constructor(capacity: number, seed: Seed, known: readonly KnownClient[]) {
    this.#known = known;
    this.table = new Table({
      name: 'clients',
      capacity,
      ttl: MEMORY,
      keyBytes: ADDRESS + 4,
      seed,
      make: () => ({ sketch: 0 }),
      reset: (seen) => {
        seen.sketch = 0;
      },
    });
    this.owners = new Table<Owner>({
      name: 'DNAs',
      capacity: DNAS,
      ttl: MEMORY,
      keyBytes: 8,
      seed,
      make: () => ({ client: -1 }),
      reset: (owner) => {
        owner.client = -1;
      },
    });
  }

  /**
   * True if an initial request shows a DNA that its client has not shown within the hour; then `dna` and `known` tell it. Only of
   * requests that came straight from their client: a proxy writes them anew.
   */
  meet(o: Observation, now: number): boolean {
    const { message: m, relation: r } = o;
    if (r === undefined || m.viaCount !== 1) return false;
    const seen = sketch(m);
    if (r.sketch === seen || r.sketchBefore === seen) return false;
    if (this.#isCommon(seen) || !this.#allowed(now)) return false;
    r.sketchBefore = r.sketch;
    r.sketch = seen;
    this.table.put(this.#key.reset().add(o.client, 0, ADDRESS).addNumber(seen), now);
    if (!this.table.fresh) return false;
    readDna(this.dna, m);
    this.known = this.#known[this.#owner(now)];
    if (this.known?.kind === 'attack') this.#common[seen % SKETCHES] = 0;
    return true;
  }

  /** Many have written so, and it is not this one's turn. */
  #isCommon(seen: number): boolean {
    const at = seen % SKETCHES;
    const n = this.#common[at]!;
    // Before it overflows, back to a number that is no less common.
    this.#common[at] = n < 0xfff0 ? n + 1 : FIRST;
    return n >= FIRST && n % ONE_OF !== 0;
  }

  /** There is something left of this second's ration. */
  #allowed(now: number): boolean {
    if (now - this.#second >= SECOND) {
      this.#second = now;
      this.#read = 0;
      this.#compared = 0;
    }
    return this.#read++ < MOST_READ;
  }

  /** Index of the client the DNA belongs to, -1: nobody who is known, or nobody could be asked any more this second. */
  #owner(now: number): number {
    const { core, build, coreText, buildText } = this.dna;
    const key = this.#key.reset().addNumber(core).addNumber(build);
    const found = this.owners.find(key, now);
    if (found >= 0) return this.owners.at(found).client;
    if (this.#compared++ >= MOST_COMPARED) return -1;
    const client = recognise(this.#known, writtenText(coreText), writtenText(buildText));
    const owner = this.owners.at(this.owners.put(key, now));
    owner.client = client === undefined ? -1 : this.#known.indexOf(client);
    return owner.client;
  }
}
