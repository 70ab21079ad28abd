/**
 * Who joins the telephone of an account with one of his own and takes its calls: he answers before a person can (S2-32). Who registers beside
 * whom, the bindings say (`registrations.ts`).
 */
import { ENDPOINT } from '../bytes.ts';
import type { Observation } from './observation.ts';
import type { Registrations } from './registrations.ts';
import type { Transaction } from './transactions.ts';

/** µs within which a person does not answer a call: he has to hear it and reach for it. */
const AT_ONCE = 1_000_000;

/** Looks at who answers calls. */
export class Joiners {
  /** Who had made the binding that was joined (18 bytes, good until the next look). */
  readonly owner = new Uint8Array(ENDPOINT);
  readonly #registrations: Registrations;

  constructor(registrations: Registrations) {
    this.#registrations = registrations;
  }

  /** An answer below 300 to an INVITE. If it is a 2xx that comes at once from who joined another telephone: the second in which he did; else 0. */
  answered({ message: m, packet, retransmission, server }: Observation, t: Transaction, now: number): number {
    if (m.status < 200 || retransmission || packet.time - t.started >= AT_ONCE) return 0;
    return this.#registrations.joinedBy(server, m, now, this.owner);
  }
}
