/**
 * Over which neighbour on the link the packets of an address come in (its source address of Ethernet: the router of a network, or the
 * host itself). Who writes another's address into his packets sits elsewhere, as a rule behind another neighbour, and the address he
 * writes does not change that: what strict reverse-path filters go by (RFC 3704 §2.2). Learned from who sends session descriptions.
 */
import { ADDRESS, isIPv4 } from '../../bytes.ts';
import { Key, type Seed, Table } from '../../table.ts';
import type { Packet } from '../../types.ts';

/** µs an address or network is remembered without a description. */
const MEMORY = 4 * 3_600_000_000;
const MOST_PLACES = 8192;
/** Bytes of a source or destination address of Ethernet, and of the header. */
const MAC = 6;
const HEADER = 14;
/** Neighbours kept of an address or network. More in a network: the sensor is on the link of the hosts themselves. */
const MOST = 4;
/** Bytes of an address that are its network: /24 of IPv4 (mapped), /64 of IPv6. */
const NETWORK_4 = 15;
const NETWORK_6 = 8;

/** Streams that came another way and are told of again as more is known. */
const MOST_DETOURS = 8;
/** From so many streams on what was long ago counts half. */
const HALVED = 4096;

/** A stream that came another way than the signalling of its source. */
interface Detour {
  /** Slot and generation in the table of streams. */
  readonly slot: number;
  readonly generation: number;
  /** Slot and generation of its network in the table of neighbours. */
  readonly network: number;
  readonly networkGeneration: number;
}

interface Place {
  neighbours: number;
  /** Descriptions seen. */
  described: number;
}

/** Neighbours of addresses and networks. */
export class Neighbours {
  readonly table: Table<Place>;
  readonly #key = new Key(ADDRESS + 4);
  /** Streams that came over a neighbour of their signalling, and over another; halved together, so that the others may be no whole number. */
  same = 0;
  others = 0;
  /** The latest that came over another. */
  readonly detours: Detour[] = [];
  /** The first of them that is worth a look. */
  news = 0;

  constructor(seed: Seed) {
    this.table = new Table<Place>({
      name: 'neighbours',
      capacity: MOST_PLACES,
      ttl: MEMORY,
      keyBytes: ADDRESS + 4,
      rowBytes: MOST * MAC,
      seed,
      make: () => ({ neighbours: 0, described: 0 }),
      reset: (place) => {
        place.neighbours = 0;
        place.described = 0;
      },
    });
  }

  /** Somebody sent a description. */
  learn(packet: Packet, now: number): void {
    if (!hasNeighbour(packet)) return;
    this.#add(this.table.put(this.#address(packet), now), packet);
    this.#add(this.table.put(this.#network(packet), now), packet);
  }

  /**
   * A stream begins, of which only slot and generation are noted. True: `detours` from `news` on are worth a look. It came over another
   * neighbour than the signalling of its source and its network, and a description had `named` its source; or twice as many as when
   * that was last told have since come as they should.
   */
  began(packet: Packet, slot: number, generation: number, named: boolean, now: number): boolean {
    if (!hasNeighbour(packet)) return false;
    const own = this.table.find(this.#address(packet), now);
    const network = own < 0 ? -1 : this.table.find(this.#network(packet), now);
    if (network < 0) return false;
    const place = this.table.at(network);
    if (this.#knows(own, packet) || (place.neighbours < MOST && this.#knows(network, packet))) return this.#usual();
    if (!named) return false;
    this.others++;
    if (this.detours.length === MOST_DETOURS) this.detours.shift();
    this.news = this.detours.push({ slot, generation, network, networkGeneration: this.table.generation(network) }) - 1;
    return true;
  }

  /** Descriptions that have come from the network of a stream so far. */
  described({ network, networkGeneration }: Detour, now: number): number {
    return this.table.alive(network, networkGeneration, now) ? this.table.at(network).described : 0;
  }

  /** One more that came as it should. */
  #usual(): boolean {
    if (++this.same === HALVED) {
      this.same /= 2;
      this.others /= 2;
      this.detours.length = 0;
    }
    this.news = 0;
    return this.detours.length > 0 && (this.same & (this.same - 1)) === 0;
  }

  #add(slot: number, packet: Packet): void {
    const place = this.table.at(slot);
    place.described++;
    if (place.neighbours === MOST || this.#knows(slot, packet)) return;
    const { frame, frameStart } = packet;
    const at = this.table.row(slot) + MAC * place.neighbours++;
    for (let i = 0; i < MAC; i++) this.table.rows[at + i] = frame[frameStart + MAC + i]!;
  }

  #knows(slot: number, { frame, frameStart }: Packet): boolean {
    const { rows } = this.table;
    const row = this.table.row(slot);
    const { neighbours } = this.table.at(slot);
    for (let n = 0; n < neighbours; n++) {
      let i = 0;
      while (i < MAC && rows[row + n * MAC + i] === frame[frameStart + MAC + i]) i++;
      if (i === MAC) return true;
    }
    return false;
  }

  #address({ src, vlan }: Packet): Key {
    return this.#key.reset().add(src, 0, ADDRESS).addNumber(vlan);
  }

  #network({ src, vlan }: Packet): Key {
    return this.#key
      .reset()
      .add(src, 0, isIPv4(src) ? NETWORK_4 : NETWORK_6)
      .addNumber(vlan);
  }
}

/** The packet lies in its frame of Ethernet as it came: not in a tunnel, not put together of several, not told by a capture agent. */
function hasNeighbour({ where, tunnel, hep, frame, bytes, frameStart, start }: Packet): boolean {
  return where.link === 'ethernet' && tunnel === '' && hep === undefined && frame === bytes && start - frameStart > HEADER;
}
