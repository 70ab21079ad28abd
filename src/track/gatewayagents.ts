/**
 * Which call agent a media gateway belongs to (RFC 3435 §4: a gateway reports to its notified entity, and obeys it). MGCP has no
 * password, so whoever reaches a gateway can command it; what he cannot do is have it report to him.
 */
import { ADDRESS, sameAddress } from '../bytes.ts';
import { Key, type Seed, Table } from '../table.ts';

/** µs a gateway is remembered. */
const MEMORY = 24 * 3_600_000_000;
const CAPACITY = 4096;
/** Call agents of one gateway that are remembered: redundant pairs, and what they are replaced by. */
const AGENTS = 4;

interface Gateway {
  agents: number;
}

/** Gateways and their call agents. */
export class Agents {
  readonly table: Table<Gateway>;
  readonly #key = new Key(ADDRESS);

  constructor(seed: Seed) {
    this.table = new Table<Gateway>({
      name: 'gateways',
      capacity: CAPACITY,
      ttl: MEMORY,
      keyBytes: ADDRESS,
      rowBytes: AGENTS * ADDRESS,
      seed,
      make: () => ({ agents: 0 }),
      reset: () => {},
    });
  }

  /** A gateway reported to an agent, and was answered. */
  reported(gateway: Uint8Array, agent: Uint8Array, now: number): void {
    const slot = this.#put(gateway, now);
    if (!this.#knows(slot, agent)) this.#add(slot, agent);
  }

  /** A gateway did as an agent said. The first whom it obeys is its own; later ones only if it reports to them. */
  obeyed(gateway: Uint8Array, agent: Uint8Array, now: number): void {
    const slot = this.#put(gateway, now);
    if (this.table.at(slot).agents === 0) this.#add(slot, agent);
  }

  /** True if a gateway has call agents, and this is none of them. */
  isStranger(gateway: Uint8Array, agent: Uint8Array, now: number): boolean {
    const slot = this.table.find(this.#key.reset().add(gateway, 0, ADDRESS), now);
    return slot >= 0 && this.table.at(slot).agents > 0 && !this.#knows(slot, agent);
  }

  #put(gateway: Uint8Array, now: number): number {
    const slot = this.table.put(this.#key.reset().add(gateway, 0, ADDRESS), now);
    if (this.table.fresh) this.table.at(slot).agents = 0;
    return slot;
  }

  #knows(slot: number, agent: Uint8Array): boolean {
    const { rows } = this.table;
    const row = this.table.row(slot);
    const { agents } = this.table.at(slot);
    for (let n = 0; n < agents; n++) if (sameAddress(agent, rows, row + n * ADDRESS)) return true;
    return false;
  }

  #add(slot: number, agent: Uint8Array): void {
    const gateway = this.table.at(slot);
    const n = gateway.agents < AGENTS ? gateway.agents++ : AGENTS - 1;
    this.table.rows.set(agent.subarray(0, ADDRESS), this.table.row(slot) + n * ADDRESS);
  }
}
