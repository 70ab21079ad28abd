/**
 * Which program a client is, by its Tool DNA. A DNA is read only if a request looks different from the last two of the same
 * client to the same server (a sketch of its headers, some nanoseconds), from all that the client sent within the hour, and at
 * most 1,024 times a second: who draws every message anew costs that and no more.
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
    if (!this.#allowed(now)) return false;
    r.sketchBefore = r.sketch;
    r.sketch = seen;
    this.table.put(this.#key.reset().add(o.client, 0, ADDRESS).addNumber(seen), now);
    if (!this.table.fresh) return false;
    readDna(this.dna, m);
    this.known = this.#known[this.#owner(now)];
    return true;
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
