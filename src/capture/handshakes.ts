/**
 * Connections that servers of SIP are asked for over TCP and that never come to be: a SYN flood leaves them half open (RFC 4987 §2). A
 * SYN is counted once, and what becomes of it: the server answered and the client never came back, went away with a reset, or
 * sent the ACK. Counts of a minute in cells of four seconds; the last two are too young to tell.
 */
import { ADDRESS, ENDPOINT, portOf } from '../bytes.ts';
import { SKETCH, sketchAdd, sketchCount } from '../sketch.ts';
import { hash, Key, type Seed, Table } from '../table.ts';
import type { HandshakeCounts, Packet } from '../types.ts';

const MAX_WAITING = 16_384;
const MAX_SERVERS = 512;
/** µs that a SYN waits for its ACK, and that a server is remembered after the last SYN. */
const PATIENCE = 64_000_000;
const MEMORY = 128_000_000;
/** µs of a cell, how many are kept, and which are old enough. */
const CELL = 4_000_000;
const CELLS = 16;
const YOUNG = 2;
/** Unfinished connections from which on they are worth a look. */
const FLOOR = 32;

const SYN = 2;
const RST = 4;
const ACK = 16;

/* What is counted, in this order, in each cell. */
const BEGUN = 0;
const OPEN = 1;
const ABORTED = 2;
const COMPLETED = 3;
const KINDS = 4;

/** A connection that was asked for. */
interface Knock {
  server: number;
  serverGeneration: number;
  cell: number;
  /** The server answered. */
  answered: boolean;
  /** Cell of the filter that counts it, or -1. */
  filtered: number;
}

interface Server {
  /** Number of the cell counted into, since 1970. */
  cell: number;
  /** Unfinished connections at which it is told next, and number of the cell in which it was told. */
  next: number;
  told: number;
  readonly counts: Int32Array;
}

/** All connections that are being opened. */
export class Handshakes {
  readonly #waiting: Table<Knock>;
  readonly #servers: Table<Server>;
  readonly #seed: Seed;
  readonly #key = new Key(2 * ENDPOINT + 4);
  /** How many are in the table, by a cheap hash of the client: spares it most other TCP. Too high only by those that ran out and wait for another use. */
  readonly #filter = new Uint16Array(65_536);
  /** One bit for each port that SIP over TCP was seen to come from or go to: which of the two is the server's, a message does not show. */
  readonly #ports = new Uint32Array(2048);
  readonly counts: HandshakeCounts = { begun: 0, open: 0, aborted: 0, completed: 0, sources: 0 };

  constructor(seed: Seed) {
    this.#seed = seed;
    this.#waiting = new Table<Knock>({
      name: 'handshakes',
      capacity: MAX_WAITING,
      ttl: PATIENCE,
      keyBytes: 2 * ENDPOINT + 4,
      seed,
      make: () => ({ server: 0, serverGeneration: 0, cell: 0, answered: false, filtered: -1 }),
      // Of one that ran out nobody hears again: it leaves the filter when its place is used again.
      reset: (knock) => {
        knock.answered = false;
        this.#unfilter(knock);
      },
    });
    this.#servers = new Table<Server>({
      name: 'servers of TCP',
      capacity: MAX_SERVERS,
      ttl: MEMORY,
      keyBytes: ENDPOINT,
      rowBytes: 2 * SKETCH,
      seed,
      make: () => ({ cell: 0, next: FLOOR, told: 0, counts: new Int32Array(KINDS * CELLS) }),
      reset: (server) => {
        server.cell = 0;
        server.next = FLOOR;
        server.told = 0;
        server.counts.fill(0);
      },
    });
    for (const port of [5060, 5061, 5080]) this.#mark(port);
  }

  /** A message of SIP came over TCP: the lower of the two ports is taken for that of the server, as clients' are ephemeral. */
  spoken({ src, dst }: Packet): void {
    this.#mark(Math.min(portOf(src), portOf(dst)));
  }

  #mark(port: number): void {
    this.#ports[port >> 5]! |= 1 << (port & 31);
  }

  /** Takes a segment, whose endpoints are in `packet`. True: `counts` of the server it goes to have risen. */
  take(packet: Packet, tunnels: number, flags: number): boolean {
    const { src, dst, time } = packet;
    if ((flags & (SYN | ACK | RST)) === SYN) return this.#knock(packet, tunnels, time);
    if ((flags & SYN) !== 0) this.#answer(dst, src, tunnels, time);
    else if ((flags & RST) !== 0) this.#reset(src, dst, tunnels, time);
    else if ((flags & ACK) !== 0 && this.#filter[cheap(src)] !== 0) this.#end(src, dst, tunnels, COMPLETED, time);
    return false;
  }

  /** Makes `packet`, whose endpoints are there, one without payload, for what `counts` say of its server. */
  tell(packet: Packet, bytes: Uint8Array, end: number): void {
    packet.transport = 'tcp';
    packet.bytes = bytes;
    packet.start = end;
    packet.end = end;
    packet.truncated = false;
    packet.handshakes = this.counts;
  }

  #knock({ src, dst }: Packet, tunnels: number, time: number): boolean {
    const port = portOf(dst);
    if ((this.#ports[port >> 5]! & (1 << (port & 31))) === 0) return false;
    const slot = this.#waiting.put(this.#connection(src, dst, tunnels), time);
    // It is sent again until it is answered.
    if (!this.#waiting.fresh) return false;
    const at = this.#servers.put(this.#key.reset().add(dst, 0, ENDPOINT), time);
    const knock = this.#waiting.at(slot);
    knock.filtered = cheap(src);
    this.#filter[knock.filtered]!++;
    knock.server = at;
    knock.serverGeneration = this.#servers.generation(at);
    const turned = this.#turn(at, time);
    knock.cell = this.#servers.at(at).cell;
    this.#count(knock, BEGUN, 1);
    sketchAdd(this.#servers.rows, this.#servers.row(at), hash(this.#seed, this.#key.reset().add(src, 0, ADDRESS)));
    return turned && this.#look(at);
  }

  /** The server says SYN and ACK: from now on it keeps the connection for its client. */
  #answer(client: Uint8Array, server: Uint8Array, tunnels: number, time: number): void {
    const slot = this.#waiting.find(this.#connection(client, server, tunnels), time);
    if (slot < 0) return;
    const knock = this.#waiting.at(slot);
    if (knock.answered) return;
    knock.answered = true;
    this.#count(knock, OPEN, 1);
  }

  /** By the client: it did not ask, or does not want it. By the server: nobody listens there. */
  #reset(src: Uint8Array, dst: Uint8Array, tunnels: number, time: number): void {
    if (!this.#end(src, dst, tunnels, ABORTED, time)) this.#end(dst, src, tunnels, -1, time);
  }

  /** A connection is no longer half open. */
  #end(client: Uint8Array, server: Uint8Array, tunnels: number, kind: number, time: number): boolean {
    const slot = this.#waiting.find(this.#connection(client, server, tunnels), time);
    if (slot < 0) return false;
    const knock = this.#waiting.at(slot);
    if (knock.answered) this.#count(knock, OPEN, -1);
    if (kind >= 0) this.#count(knock, kind, 1);
    this.#waiting.remove(slot);
    this.#unfilter(knock);
    return true;
  }

  #unfilter(knock: Knock): void {
    if (knock.filtered >= 0) this.#filter[knock.filtered]!--;
    knock.filtered = -1;
  }

  /** Counts in the cell of the SYN, if it is still kept. */
  #count({ server, serverGeneration, cell }: Knock, kind: number, by: number): void {
    if (this.#servers.generation(server) !== serverGeneration) return;
    const s = this.#servers.at(server);
    if (s.cell - cell < CELLS) s.counts[(cell % CELLS) * KINDS + kind]! += by;
  }

  /** Goes on to the cell of `time`; true if it is another one. */
  #turn(slot: number, time: number): boolean {
    const s = this.#servers.at(slot);
    const cell = Math.floor(time / CELL);
    if (cell <= s.cell) return false;
    const { rows } = this.#servers;
    const row = this.#servers.row(slot);
    if (s.cell === 0) rows.fill(0, row, row + 2 * SKETCH);
    else if (Math.floor(cell / CELLS) !== Math.floor(s.cell / CELLS)) {
      rows.copyWithin(row + SKETCH, row, row + SKETCH);
      rows.fill(0, row, row + SKETCH);
    }
    for (let n = Math.max(s.cell + 1, cell - CELLS + 1); n <= cell; n++) s.counts.fill(0, (n % CELLS) * KINDS, (n % CELLS) * KINDS + KINDS);
    s.cell = cell;
    return true;
  }

  /** True if what is unfinished has doubled since it was told, or is as high a minute later. */
  #look(slot: number): boolean {
    const s = this.#servers.at(slot);
    const sums = [0, 0, 0, 0];
    for (let n = s.cell - CELLS + 1; n <= s.cell - YOUNG; n++) {
      for (let kind = 0; kind < KINDS; kind++) sums[kind]! += s.counts[(n % CELLS) * KINDS + kind]!;
    }
    const unfinished = sums[OPEN]! + sums[ABORTED]!;
    while (s.next > FLOOR && unfinished * 4 < s.next) s.next /= 2;
    if (unfinished < FLOOR || (unfinished < s.next && s.cell - s.told < CELLS)) return false;
    while (s.next <= unfinished) s.next *= 2;
    s.told = s.cell;
    const row = this.#servers.row(slot);
    const { counts } = this;
    counts.begun = sums[BEGUN]!;
    counts.open = sums[OPEN]!;
    counts.aborted = sums[ABORTED]!;
    counts.completed = sums[COMPLETED]!;
    counts.sources = sketchCount(this.#servers.rows, row, row + SKETCH);
    return true;
  }

  #connection(client: Uint8Array, server: Uint8Array, tunnels: number): Key {
    return this.#key.reset().add(client, 0, ENDPOINT).add(server, 0, ENDPOINT).addNumber(tunnels);
  }
}

/** A hash of an endpoint that anybody can aim at: of a collision a look into the table comes, and no more. */
function cheap(endpoint: Uint8Array): number {
  return ((endpoint[14]! << 8) ^ endpoint[15]! ^ (endpoint[16]! << 8) ^ endpoint[17]! ^ (endpoint[13]! << 4)) & 0xffff;
}
