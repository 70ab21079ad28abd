/**
 * Media gateways under MGCP (RFC 3435): transactions, so that an answer finds its command, and connections from CRCX to
 * DLCX, so that what a gateway does can be held against what its call agent allowed (requirements S1-29, S1-47).
 */
import { ENDPOINT, keepShort, keptText, shortText } from '../bytes.ts';
import { AUEP, CRCX, DLCX, MDCX, type MgcpMessage, NTFY, parameter, RSIP, VERBS } from '../decode/gateways/mgcp.ts';
import { Key, type Seed, Table, type TableStats } from '../table.ts';
import type { Packet, Span } from '../types.ts';
import { Agents } from './gatewayagents.ts';
import { Audits } from './gatewayaudits.ts';
import { Releases } from './gatewaymedia.ts';
import { Service } from './gatewayservice.ts';

/** µs a transaction is remembered: T-HIST, 30 s (RFC 3435 §3.5.3), and some. */
const HISTORY = 32_000_000;
/** µs a connection is remembered without news: the longest calls. */
const LONGEST_CALL = 24 * 3_600_000_000;
const TRANSACTIONS = 4096;
const CONNECTIONS = 16_384;

/* Row of a transaction: verb (for those without a code), endpoint, call id and connection id, each behind a length byte. */
const VERB = 0;
const NAME = VERB + 5;
const LONGEST_NAME = 95;
const CALL = NAME + 1 + LONGEST_NAME;
const LONGEST_ID = 32;
const CONNECTION = CALL + 1 + LONGEST_ID;
const ROW = CONNECTION + 1 + LONGEST_ID;

/** A command and its answer. */
interface GatewayTransaction {
  verb: number;
  answered: boolean;
}

/** A connection of a gateway. Plain data. */
export interface GatewayConnection {
  /** µs when its creation was confirmed. */
  opened: number;
  /** Confirmed changes (MDCX). */
  changes: number;
  /** Its media endpoint at the gateway is known: it lies in the row. */
  placed: boolean;
}

/** What a message was found to be. Reused: good until the next message. */
export interface GatewayObservation {
  packet: Packet;
  message: MgcpMessage;
  /** It repeats one that was seen. */
  repeated: boolean;
  /** The command that a response answers was seen. */
  known: boolean;
  /** 18 bytes: who sent the command, who answered. */
  client: Uint8Array;
  server: Uint8Array;
  /** Of the command, also with its response. */
  verb: string;
  endpoint: string;
  callId: string;
  connection: string;
  /** What became of a connection. */
  change: '' | 'opened' | 'changed' | 'closed';
  /** µs it was open; with `closed`, 0 if its beginning was not seen. */
  open: number;
  /** Packets sent and received as the gateway accounts for them (`P: PS=…, PR=…`, RFC 3435 §3.2.2.8), -1: it does not say. */
  sent: number;
  received: number;
  /** The gateway has a call agent, and the client is another. */
  stranger: boolean;
  /** Slot of a report (`Service`) that the gateway contradicts by this, -1: it contradicts none. */
  contradicts: number;
}

/** All gateways' transactions and connections. */
export class Gateways {
  readonly transactions: Table<GatewayTransaction>;
  readonly connections: Table<GatewayConnection>;
  readonly agents: Agents;
  readonly audits: Audits;
  readonly releases: Releases;
  readonly service: Service;
  readonly #key = new Key(160);
  readonly #span: Span = { start: -1, end: -1 };
  readonly #observation: GatewayObservation;

  constructor(seed: Seed, packet: Packet, message: MgcpMessage) {
    this.transactions = new Table<GatewayTransaction>({
      name: 'gateway transactions',
      capacity: TRANSACTIONS,
      ttl: HISTORY,
      keyBytes: 2 * ENDPOINT + 4,
      rowBytes: ROW,
      seed,
      make: () => ({ verb: 0, answered: false }),
      reset: (t) => {
        t.answered = false;
      },
    });
    this.connections = new Table<GatewayConnection>({
      name: 'gateway connections',
      capacity: CONNECTIONS,
      ttl: LONGEST_CALL,
      keyBytes: 72,
      rowBytes: ENDPOINT,
      seed,
      make: () => ({ opened: 0.5, changes: 0, placed: false }),
      reset: (c) => {
        c.changes = 0;
        c.placed = false;
      },
    });
    this.agents = new Agents(seed);
    this.service = new Service(seed);
    this.audits = new Audits(seed, this.service);
    this.releases = new Releases(seed);
    const nobody = new Uint8Array(ENDPOINT);
    this.#observation = { packet, message, repeated: false, known: false, client: nobody, server: nobody, ...NOTHING };
  }

  /** The message plus the state it touched. */
  observe(packet: Packet, m: MgcpMessage, now: number): GatewayObservation {
    const o = this.#observation;
    Object.assign(o, NOTHING);
    o.packet = packet;
    o.message = m;
    o.known = false;
    o.repeated = false;
    if (m.isCommand) this.#command(o, packet, m, now);
    else this.#response(o, packet, m, now);
    return o;
  }

  /** Sizes and evictions of its tables. */
  tables(): TableStats[] {
    const { agents, audits, releases, service } = this;
    const tables = [this.transactions, this.connections, agents.table, audits.schedules, audits.endpoints, releases.table, service.table];
    return tables.map((table) => table.stats());
  }

  #command(o: GatewayObservation, packet: Packet, m: MgcpMessage, now: number): void {
    o.client = packet.src;
    o.server = packet.dst;
    const slot = this.transactions.put(this.#transaction(o.client, o.server, m.transaction), now);
    o.repeated = !this.transactions.fresh;
    o.known = true;
    if (!o.repeated) {
      const { rows } = this.transactions;
      const row = this.transactions.row(slot);
      this.transactions.at(slot).verb = m.verb;
      keepShort(rows, row + VERB, 4, m.bytes, m.verbSpan.start, m.verbSpan.end);
      keepShort(rows, row + NAME, LONGEST_NAME, m.bytes, m.endpoint.start, m.endpoint.end);
      this.#keepParameter(m, LETTER_C, row + CALL);
      this.#keepParameter(m, LETTER_I, row + CONNECTION);
      if (m.verb === AUEP) this.audits.audited(o.client, o.server, m.bytes, m.endpoint.start, m.endpoint.end, now);
      else if (m.verb === RSIP) this.service.restarts(packet, m, now);
      else if (m.verb === NTFY) this.#works(o, slot, now);
    }
    this.#recall(o, slot);
    if (!isReport(m.verb)) o.stranger = this.agents.isStranger(o.server, o.client, now);
  }

  #response(o: GatewayObservation, packet: Packet, m: MgcpMessage, now: number): void {
    o.client = packet.dst;
    o.server = packet.src;
    const slot = this.transactions.find(this.#transaction(o.client, o.server, m.transaction), now);
    if (slot < 0) return;
    const t = this.transactions.at(slot);
    o.known = true;
    this.#recall(o, slot);
    // 000 acknowledges an answer, 1xx promises one (§2.4).
    if (m.code < 200) return;
    o.repeated = t.answered;
    t.answered = true;
    if (!isReport(t.verb)) o.stranger = this.agents.isStranger(o.server, o.client, now);
    if (m.code < 300) this.#acquaint(o, t.verb, now);
    if (!o.repeated && m.code < 300) this.#succeeded(o, m, t.verb, slot, now);
  }

  /** An answered report or command shows who belongs to whom. */
  #acquaint({ client, server }: GatewayObservation, verb: number, now: number): void {
    if (verb === NTFY || verb === RSIP) this.agents.reported(client, server, now);
    else if (verb !== DLCX) this.agents.obeyed(server, client, now);
  }

  /** An endpoint is at work: it notifies, or opened a connection. */
  #works(o: GatewayObservation, slot: number, now: number): void {
    const { rows } = this.transactions;
    const name = this.transactions.row(slot) + NAME;
    o.contradicts = this.service.contradicted(rows, name + 1, name + 1 + rows[name]!, o.packet.time, now);
  }

  #succeeded(o: GatewayObservation, m: MgcpMessage, verb: number, slot: number, now: number): void {
    if (verb === CRCX) {
      const row = this.transactions.row(slot);
      this.#keepParameter(m, LETTER_I, row + CONNECTION);
      this.#recall(o, slot);
      const at = this.connections.put(this.#connection(o.server, slot), now);
      this.connections.at(at).opened = o.packet.time;
      this.#place(at, m, now);
      o.change = 'opened';
      this.#works(o, slot, now);
    } else if (verb === MDCX) this.#changed(o, m, slot, now);
    else if (verb === DLCX) this.#closed(o, m, slot, now);
  }

  #changed(o: GatewayObservation, m: MgcpMessage, slot: number, now: number): void {
    const found = this.connections.find(this.#connection(o.server, slot), now);
    o.change = 'changed';
    if (found < 0) return;
    this.connections.touch(found, now);
    this.connections.at(found).changes++;
    this.#place(found, m, now);
  }

  /** Keeps where a connection gets and sends its media, if the answer says it. */
  #place(slot: number, m: MgcpMessage, now: number): void {
    const row = this.connections.row(slot);
    if (!this.releases.read(m, this.connections.rows, row)) return;
    this.connections.at(slot).placed = true;
    this.releases.used(this.connections.rows, row, now);
  }

  /** A gateway may close by itself too: then it is the client, and the connection lies under its own address. */
  #closed(o: GatewayObservation, m: MgcpMessage, slot: number, now: number): void {
    o.change = 'closed';
    let found = this.connections.find(this.#connection(o.server, slot), now);
    if (found < 0) found = this.connections.find(this.#connection(o.client, slot), now);
    if (found >= 0) {
      const { opened, placed } = this.connections.at(found);
      o.open = o.packet.time - opened;
      if (placed) this.releases.closed(this.connections.rows, this.connections.row(found), o.packet.time, now);
      this.connections.remove(found);
    }
    const { start, end } = parameter(m, LETTER_P, this.#span);
    o.sent = count(m.bytes, start, end, 0x53);
    o.received = count(m.bytes, start, end, 0x52);
  }

  #keepParameter(m: MgcpMessage, letter: number, at: number): void {
    const { start, end } = parameter(m, letter, this.#span);
    if (start >= 0 || m.isCommand) keepShort(this.transactions.rows, at, LONGEST_ID, m.bytes, start, end);
  }

  #recall(o: GatewayObservation, slot: number): void {
    const { rows } = this.transactions;
    const row = this.transactions.row(slot);
    o.verb = VERBS[this.transactions.at(slot).verb]! || shortText(rows, row + VERB);
    o.endpoint = shortText(rows, row + NAME);
    o.callId = shortText(rows, row + CALL);
    o.connection = shortText(rows, row + CONNECTION);
  }

  #transaction(client: Uint8Array, server: Uint8Array, id: number): Key {
    return this.#key.reset().add(client, 0, ENDPOINT).add(server, 0, ENDPOINT).addNumber(id);
  }

  /** Gateway, call and connection of a transaction: identifiers are unique at one gateway (§2.1.3.2). */
  #connection(gateway: Uint8Array, slot: number): Key {
    const { rows } = this.transactions;
    const row = this.transactions.row(slot);
    const key = this.#key.reset().add(gateway, 0, ENDPOINT);
    key.add(rows, row + CALL, row + CALL + 1 + rows[row + CALL]!);
    return key.add(rows, row + CONNECTION, row + CONNECTION + 1 + rows[row + CONNECTION]!);
  }
}

const NOTHING = {
  verb: '',
  endpoint: '',
  callId: '',
  connection: '',
  change: '',
  open: 0,
  sent: -1,
  received: -1,
  stranger: false,
  contradicts: -1,
} as const;
const LETTER_C = 0x43;
const LETTER_I = 0x49;
const LETTER_P = 0x50;

/** True for what gateways send to their agents; DLCX goes both ways, so that it says nothing of who is who. */
function isReport(verb: number): boolean {
  return verb === NTFY || verb === RSIP || verb === DLCX;
}

/** The number behind `PS=` or `PR=` in connection parameters, -1: there is none. `letter`: `S` or `R`. */
function count(b: Uint8Array, start: number, end: number, letter: number): number {
  for (let i = start; i >= 0 && i + 3 < end; i++) {
    if ((b[i]! & 0xdf) !== LETTER_P || (b[i + 1]! & 0xdf) !== letter || b[i + 2] !== 0x3d) continue;
    const digits = /^\d{1,9}/.exec(keptText(b, i + 3, end));
    return digits === null ? -1 : Number(digits[0]);
  }
  return -1;
}
