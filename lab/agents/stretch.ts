/** Simulated time of one thing that happens in units: a call, a phone's registrations. Gaps are stretched, never shortened. */
import type { Lab } from '../scenario.ts';

/** Where a sequence of units stands. */
export class Stretch {
  readonly #lab: Pick<Lab, 'now' | 'unit'>;
  /** Simulated minus machine's time, microseconds; undefined until the first unit. */
  #shift: number | undefined;

  constructor(lab: Pick<Lab, 'now' | 'unit'>) {
    this.#lab = lab;
  }

  /** Whether any unit has started. */
  get started(): boolean {
    return this.#shift !== undefined;
  }

  /** Simulated time now; the machine's before the first unit. Microseconds since 1970. */
  now(): number {
    return this.#lab.now() + (this.#shift ?? 0);
  }

  /** Starts a unit of these Call-IDs at this simulated time, or now if that has passed. */
  to(simulated: number, callIds: Iterable<string>): void {
    const real = this.#lab.now();
    const at = Math.round(this.#shift === undefined ? simulated : Math.max(simulated, real + this.#shift));
    this.#shift = at - real;
    for (const callId of callIds) this.#lab.unit(callId, at);
  }
}
