/** What shows that a client hears its server, though over UDP anybody could have written its requests (S2-34; design: honest actions). */
import type { SipMessage } from '../decode/message.ts';
import type { Observation } from './observation.ts';
import { tagOf } from './transactions.ts';

/**
 * True if an ACK has the To tag of the answer, which nobody can know who does not hear it. To a refusal it belongs to the transaction of
 * the INVITE (RFC 3261 §17.1.1.3), but some tools give it a branch of its own.
 */
export function knowsTag({ transaction: t, dialog, call }: Observation, ack: SipMessage): boolean {
  if (t === undefined && dialog !== undefined && !dialog.adopted) return true;
  const told = t !== undefined ? t.tag : call === undefined ? 0 : call.signs.told;
  return told !== 0 && told === tagOf(ack);
}
