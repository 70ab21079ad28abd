/**
 * Alerts folded: of each id its last version, in the order they were opened. Beyond a bound, those that are over leave memory
 * for a file; one that is opened again after that is listed anew, once, in its last version.
 */
import type { Alert } from '../types.ts';
import { Spool } from './spool.ts';

/** Alerts, one per id. */
export class AlertFold implements AsyncIterable<Alert> {
  readonly #limit: number;
  readonly #recent = new Map<string, Alert>();
  readonly #gone = new Spool<Alert>(0, (json) => JSON.parse(json));
  /** Ids whose version in the file is out of date, with how many such versions are there. */
  readonly #stale = new Map<string, number>();
  #staleCount = 0;

  /** @param limit alerts kept in memory. */
  constructor(limit: number) {
    this.#limit = Math.max(1, limit);
  }

  /** Different alerts so far. */
  get count(): number {
    return this.#recent.size + this.#gone.count - this.#staleCount;
  }

  /** Takes a version of an alert. */
  add(alert: Alert): void {
    // A version that is not the first and yet unknown here: its forerunner lies in the file.
    if (alert.state !== 'open' && !this.#recent.has(alert.id) && this.#gone.count > 0) this.#outdate(alert.id);
    this.#recent.set(alert.id, alert);
    if (this.#recent.size > this.#limit) this.#spill();
  }

  #outdate(id: string): void {
    this.#stale.set(id, (this.#stale.get(id) ?? 0) + 1);
    this.#staleCount++;
  }

  /** Puts into the file those that are over, and if these were too few the oldest, so that a quarter of the room is free again. */
  #spill(): void {
    for (const alert of this.#recent.values()) if (alert.state === 'closed') this.#move(alert);
    const most = this.#limit * 0.75;
    for (const alert of this.#recent.values()) {
      if (this.#recent.size <= most) break;
      this.#move(alert);
    }
  }

  #move(alert: Alert): void {
    this.#recent.delete(alert.id);
    this.#gone.add(alert);
  }

  /** Every alert in its last version. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Alert, void, void> {
    const stale = new Map(this.#stale);
    for await (const alert of this.#gone) {
      const left = stale.get(alert.id) ?? 0;
      if (left === 0) yield alert;
      else stale.set(alert.id, left - 1);
    }
    yield* this.#recent.values();
  }

  /** Gives the file back. */
  close(): void {
    this.#gone.close();
  }
}
