/**
 * Audits that stay out (S1-29). A call agent audits the endpoints of a gateway on a schedule (AUEP, RFC 3435 §2.3.10), and stops when it
 * believes that they are out of service. The schedule is learned: two intervals of a gateway's endpoints that agree are one. An endpoint
 * is missed when two audits are due and half a period more. Of an endpoint that was reported out of service before it was audited
 * often enough, the pace tells when it would have been its turn: audits of one endpoint after the other come evenly.
 */
import { ADDRESS, ENDPOINT, keepShort, shortText } from '../bytes.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Service } from './gatewayservice.ts';

/** µs a gateway or endpoint is remembered without an audit. */
const MEMORY = 24 * 3_600_000_000;
const GATEWAYS = 1024;
const ENDPOINTS = 4096;
/** Part of a period by which intervals may differ. */
const SLACK = 0.25;
/** Intervals that agree from which on there is a schedule. */
const AGREED = 2;
/** Audits of a gateway, whatever the endpoint, that came evenly make a pace; µs of the fastest: those of one burst are no turns. */
const PACED = 3;
const FASTEST = 500_000;
/** Periods without an audit. */
const MISSED = 2.5;
/** µs between two looks at least. */
const LOOK = 1_000_000;
const LONGEST_NAME = 95;

/** µs between two audits; intervals that agreed with it, at most 1,000. */
interface Rhythm {
  period: number;
  agreed: number;
}

/** Of one endpoint of the gateway. */
interface Schedule extends Rhythm {
  /** Of any two. */
  readonly pace: Rhythm;
  /** µs of the last audit, endpoints audited so far. */
  last: number;
  endpoints: number;
}

interface Audited {
  /** µs of its last audit. */
  last: number;
  /** Slot of its gateway's schedule, and which gateway was in it. */
  schedule: number;
  scheduleGeneration: number;
  told: boolean;
}

/** An endpoint that is not audited any more. Reused: good until the next. */
export interface MissedAudit {
  /** 18 bytes each: who was first seen to audit it, and whom. */
  agent: Uint8Array;
  gateway: Uint8Array;
  endpoint: string;
  /** Seconds. */
  period: number;
  since: number;
  /** Intervals of the gateway that agreed. */
  agreed: number;
  /** An RSIP had reported it out of service. */
  withdrawn: boolean;
}

/** All audits of all gateways. */
export class Audits {
  readonly schedules: Table<Schedule>;
  readonly endpoints: Table<Audited>;
  readonly #missed: MissedAudit;
  readonly #key = new Key(ADDRESS + LONGEST_NAME + 1);
  /** µs at which `lapse` has something to look at, and when it last did. */
  due = Number.POSITIVE_INFINITY;
  #looked = 0;
  readonly #service: Service;
  readonly #turns: Rhythm = { period: 0, agreed: 0 };

  constructor(seed: Seed, service: Service) {
    this.#service = service;
    this.schedules = new Table<Schedule>({
      name: 'audit schedules',
      capacity: GATEWAYS,
      ttl: MEMORY,
      keyBytes: ADDRESS,
      seed,
      make: () => ({ period: 0.5, agreed: 0, pace: { period: 0.5, agreed: 0 }, last: 0.5, endpoints: 0 }),
      // `audited` does.
      reset: () => {},
    });
    this.endpoints = new Table<Audited>({
      name: 'audited endpoints',
      capacity: ENDPOINTS,
      ttl: MEMORY,
      keyBytes: 64,
      rowBytes: 2 * ENDPOINT + 1 + LONGEST_NAME,
      seed,
      make: () => ({ last: 0.5, schedule: 0, scheduleGeneration: 0, told: false }),
      reset: () => {},
    });
    const nobody = new Uint8Array(ENDPOINT);
    this.#missed = { agent: nobody, gateway: nobody, endpoint: '', period: 0, since: 0, agreed: 0, withdrawn: false };
  }

  /** An endpoint was audited at `time`; `name[start, end)` is its name. */
  audited(agent: Uint8Array, gateway: Uint8Array, name: Uint8Array, start: number, end: number, now: number): void {
    const schedule = this.schedules.put(this.#key.reset().add(gateway, 0, ADDRESS), now);
    const s = this.schedules.at(schedule);
    if (this.schedules.fresh) {
      s.period = 0;
      s.agreed = 0;
      s.pace.period = 0;
      s.pace.agreed = 0;
      s.endpoints = 0;
    } else agree(s.pace, now - s.last);
    s.last = now;
    const slot = this.endpoints.put(this.#key.reset().add(gateway, 0, ADDRESS).add(name, start, end), now);
    const e = this.endpoints.at(slot);
    if (this.endpoints.fresh) {
      this.#name(slot, agent, gateway, name, start, end);
      s.endpoints++;
    }
    // After one that was missed the interval says nothing of the schedule.
    else if (!e.told) agree(s, now - e.last);
    e.last = now;
    e.told = false;
    e.schedule = schedule;
    e.scheduleGeneration = this.schedules.generation(schedule);
    if (this.due === Number.POSITIVE_INFINITY) {
      this.#looked = now;
      this.due = now + LOOK;
    }
  }

  /** Tells of each endpoint whose audits stay out. */
  lapse(now: number, missed: (audit: MissedAudit) => void): void {
    const blind = now - this.#looked;
    this.#looked = now;
    this.due = now + LOOK;
    this.endpoints.each(now, (e, slot) => {
      if (e.told || !this.schedules.alive(e.schedule, e.scheduleGeneration, now)) return;
      const schedule = this.schedules.at(e.schedule);
      const rhythm = this.#rhythm(schedule);
      if (rhythm.agreed < AGREED) return;
      // Nothing at all was seen for as long as that: the sensor was blind, and audits may have come.
      if (blind > rhythm.period) e.last += blind;
      if (now - e.last < MISSED * rhythm.period) return;
      const withdrawn = this.#isWithdrawn(slot, now);
      if (rhythm !== schedule && !withdrawn) return;
      e.told = true;
      missed(this.#tell(e, slot, rhythm, withdrawn, now));
    });
  }

  #tell(e: Audited, slot: number, { period, agreed }: Rhythm, withdrawn: boolean, now: number): MissedAudit {
    const { rows } = this.endpoints;
    const row = this.endpoints.row(slot);
    const told = this.#missed;
    told.agent = rows.subarray(row, row + ENDPOINT);
    told.gateway = rows.subarray(row + ENDPOINT, row + 2 * ENDPOINT);
    told.endpoint = shortText(rows, row + 2 * ENDPOINT);
    told.period = tenths(period);
    told.since = tenths(now - e.last);
    told.agreed = agreed;
    told.withdrawn = withdrawn;
    return told;
  }

  /** The rhythm of one endpoint; by its gateway's pace if that is all there is. */
  #rhythm(s: Schedule): Rhythm {
    if (s.agreed >= AGREED || s.pace.agreed < PACED || s.pace.period < FASTEST) return s;
    this.#turns.period = s.pace.period * s.endpoints;
    this.#turns.agreed = s.pace.agreed;
    return this.#turns;
  }

  #isWithdrawn(slot: number, now: number): boolean {
    const { rows } = this.endpoints;
    const name = this.endpoints.row(slot) + 2 * ENDPOINT;
    return this.#service.find(rows, name + 1, name + 1 + rows[name]!, now) >= 0;
  }

  #name(slot: number, agent: Uint8Array, gateway: Uint8Array, name: Uint8Array, start: number, end: number): void {
    const { rows } = this.endpoints;
    const row = this.endpoints.row(slot);
    rows.set(agent.subarray(0, ENDPOINT), row);
    rows.set(gateway.subarray(0, ENDPOINT), row + ENDPOINT);
    keepShort(rows, row + 2 * ENDPOINT, LONGEST_NAME, name, start, end);
  }
}

/** µs as seconds, to the tenth. */
function tenths(time: number): number {
  return Math.round(time / 100_000) / 10;
}

/** One more interval: it confirms the rhythm, or shakes it. */
function agree(s: Rhythm, interval: number): void {
  if (s.agreed > 0 && Math.abs(interval - s.period) <= SLACK * s.period) {
    s.agreed = Math.min(1000, s.agreed + 1);
    return;
  }
  if (s.agreed > 1) {
    s.agreed--;
    return;
  }
  s.period = interval;
  s.agreed = 1;
}
