/**
 * Endpoints of media gateways that were reported out of service (RSIP with restart method `forced`, RFC 3435 §2.3.12), and what they do
 * all the same: who is out of service notifies nothing and opens no connection until an RSIP says that he is back. MGCP knows no
 * password, so anybody can send such a report in the name of a gateway (S1-29).
 */
import { ENDPOINT, keepShort, sameAddress, shortText } from '../bytes.ts';
import { FORCED, type MgcpMessage, NOT_SAID, RESTART, restartMethod } from '../decode/gateways/mgcp.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Packet } from '../types.ts';

/** µs a report is remembered. */
const MEMORY = 24 * 3_600_000_000;
/** Reports at a time: real ones are few. */
const REPORTS = 256;
/** µs within which messages cross. */
const CROSSING = 1_000_000;
const LONGEST_NAME = 95;
/** Row: who reported, then the name of the endpoint, or of many (`aaln/*@gw`, §2.1.2), behind a length byte. */
const NAME = ENDPOINT;
const ROW = NAME + 1 + LONGEST_NAME;

/** A report. Plain data. */
interface OutOfService {
  /** µs, and where it lies. */
  since: number;
  file: string;
  frame: number;
  /** What shows that it is not true was told. */
  told: boolean;
}

/** What is out of service, by its own word. */
export class Service {
  readonly table: Table<OutOfService>;
  readonly #key = new Key(LONGEST_NAME + 1);
  /** µs until which there can be a report. */
  #until = 0;

  constructor(seed: Seed) {
    this.table = new Table<OutOfService>({
      name: 'gateway endpoints out of service',
      capacity: REPORTS,
      ttl: MEMORY,
      keyBytes: 64,
      rowBytes: ROW,
      seed,
      make: () => ({ since: 0.5, file: '', frame: 0, told: false }),
      reset: (report) => {
        report.told = false;
      },
    });
  }

  /** A gateway restarts, or says that it will. */
  restarts(packet: Packet, m: MgcpMessage, now: number): void {
    const method = restartMethod(m);
    const { start, end } = m.endpoint;
    if (method === RESTART || method === NOT_SAID) this.#back(m.bytes, start, end, now);
    if (method !== FORCED || end - start > LONGEST_NAME) return;
    const slot = this.table.put(this.#key.reset().add(m.bytes, start, end), now);
    // Its first word counts: it is repeated until it is answered.
    if (!this.table.fresh) return;
    const report = this.table.at(slot);
    report.since = packet.time;
    report.file = packet.where.file;
    report.frame = packet.frameNumber;
    const { rows } = this.table;
    const row = this.table.row(slot);
    rows.set(packet.src.subarray(0, ENDPOINT), row);
    keepShort(rows, row + NAME, LONGEST_NAME, m.bytes, start, end);
    this.#until = now + MEMORY;
  }

  /** Slot of the report that covers an endpoint, -1: there is none. */
  find(name: Uint8Array, start: number, end: number, now: number): number {
    if (now >= this.#until) return -1;
    let found = -1;
    this.table.each(now, (_, slot) => {
      const row = this.table.row(slot) + NAME;
      if (covers(this.table.rows, row + 1, row + 1 + this.table.rows[row]!, name, start, end)) found = slot;
    });
    return found;
  }

  /** Slot of a report that an endpoint contradicts by what it does at `time`, once for each; -1: it contradicts none. */
  contradicted(name: Uint8Array, start: number, end: number, time: number, now: number): number {
    const slot = this.find(name, start, end, now);
    if (slot < 0) return -1;
    const report = this.table.at(slot);
    if (report.told || time - report.since < CROSSING) return -1;
    report.told = true;
    return slot;
  }

  /** The name that was reported out of service. */
  nameOf(slot: number): string {
    return shortText(this.table.rows, this.table.row(slot) + NAME);
  }

  /** Endpoint of who reported it (18 bytes), undefined if it bore the address of that gateway. */
  reporter(slot: number, gateway: Uint8Array): Uint8Array | undefined {
    const row = this.table.row(slot);
    return sameAddress(gateway, this.table.rows, row) ? undefined : this.table.rows.slice(row, row + ENDPOINT);
  }

  /** Some are back: reports of these, and those of many to which one of them belongs. */
  #back(name: Uint8Array, start: number, end: number, now: number): void {
    if (now >= this.#until) return;
    const { rows } = this.table;
    this.table.each(now, (_, slot) => {
      const from = this.table.row(slot) + NAME + 1;
      const to = from + rows[from - 1]!;
      if (covers(rows, from, to, name, start, end) || covers(name, start, end, rows, from, to)) this.table.remove(slot);
    });
  }
}

const STAR = 0x2a;
const AT = 0x40;

/** True if a name, with `*` for all that its term and those behind it can be (RFC 3435 §2.1.2), stands for another, or is the same. */
function covers(a: Uint8Array, from: number, to: number, b: Uint8Array, start: number, end: number): boolean {
  let i = from;
  let k = start;
  while (i < to && a[i] !== STAR) if (k === end || lower(a[i++]!) !== lower(b[k++]!)) return false;
  if (i === to) return k === end;
  const domain = to - indexOf(a, AT, i, to);
  if (domain > end - k) return false;
  for (let n = 1; n <= domain; n++) if (lower(a[to - n]!) !== lower(b[end - n]!)) return false;
  return true;
}

function indexOf(bytes: Uint8Array, c: number, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== c) i++;
  return i;
}

/** Names of endpoints are not case-sensitive (RFC 3435 §2.1.2). */
function lower(c: number): number {
  return c >= 0x41 && c <= 0x5a ? c | 0x20 : c;
}
