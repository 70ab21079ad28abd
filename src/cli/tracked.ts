/** For `explain`: what state track touched for a message. */
import { addressText, portOf } from '../bytes.ts';
import { METHODS } from '../decode/message.ts';
import type { StageNote } from '../publish/explain.ts';
import { several, span } from '../publish/layout.ts';
import { type DialogState, NOBODY, SIDE_NAMES } from '../track/calls/dialogstate.ts';
import { VIOLATION_NAMES } from '../track/calls/violations.ts';
import { NONE, type Observation, OUTCOME_NAMES } from '../track/observation.ts';
import type { Transaction } from '../track/transactions.ts';
import { ATTRIBUTIONS, type Attribution, DISPOSITIONS } from '../types.ts';

type Line = readonly [name: string, text: string];

/** Transaction, authentication, registration, peers and call, as far as the message touched them. */
export function trackNote(o: Observation | undefined): StageNote {
  if (o === undefined) return { stage: 'track', lines: [] };
  const lines: Line[] = [
    ['client', `${addressText(o.client)} port ${portOf(o.client)}${ORIGINS[ATTRIBUTIONS[o.attributed]!]}`],
    ['server', `${addressText(o.server)} port ${portOf(o.server)}`],
    ['transaction', transactionText(o)],
  ];
  if (o.copy) lines.push(['copy', 'the same request was seen one hop earlier: there it counts, here it does not']);
  if (o.outcome !== NONE) lines.push(['sign-in', OUTCOMES[OUTCOME_NAMES[o.outcome]!]]);
  if (o.attempt !== undefined)
    lines.push([
      'refusals',
      `${o.attempt.refusals} of this source for this account${o.attempt.trusted ? ', which it had registered before' : ''}`,
    ]);
  if (o.probed) lines.push(['probe', 'named an account without showing that it is its own']);
  if (o.change !== '' && o.binding !== undefined)
    lines.push(['registration', `${o.change}; ${o.binding.bindings} in force, ${o.binding.expires} s granted`]);
  if (o.relation !== undefined) lines.push(['relation', relationText(o)]);
  if (o.call !== undefined) lines.push(['call', `${DISPOSITIONS[o.call.disposition] ?? ''} so far`]);
  if (o.dialog !== undefined) lines.push(['dialog', dialogText(o.dialog, o.side)]);
  if (o.violation > 0)
    lines.push(['violation', `${VIOLATION_NAMES[o.violation]!}${o.fromParty ? '' : '; its sender had no part in the call'}`]);
  return { stage: 'track', lines };
}

const DIALOG_STATES = ['', 'early', 'confirmed', 'terminated'] as const;

function dialogText(d: DialogState, side: number): string {
  const whose = side === NOBODY ? '' : `; this is the ${SIDE_NAMES[side]!}’s request`;
  const of = d.session ? '' : ' (of a subscription)';
  return `${DIALOG_STATES[d.state]!}${of}${d.adopted ? ', begun before the capture' : ''}${whose}`;
}

/** How the client was found, in words. */
const ORIGINS: Readonly<Record<Attribution, string>> = {
  packet: '',
  via: ', named by the Via of a trusted proxy',
  witnessed: ', which the same request was seen coming from, one hop earlier',
  hep: ', as a capture agent reports',
  nat: ', a NAT: its own Via names a private address',
  relayed: ', which forwards for others, as it says; below that no Via is believed',
  unknown: ', a trusted proxy that does not say whom it forwarded for',
  log: ', as a log says',
  claimed: ', as it claims',
};

/** C-03, in words. */
const OUTCOMES: Readonly<Record<(typeof OUTCOME_NAMES)[number], string>> = {
  none: 'none',
  challenge: 'challenge: the first 401 or 407, no failure',
  failed: 'failed: the credentials were refused',
  'unknown-user': 'unknown user',
  accepted: 'accepted',
  stale: 'stale: refused because of the nonce, no failure',
  open: 'open: succeeded without credentials',
};

function transactionText({ transaction: t, retransmission, initial, packet }: Observation): string {
  if (t === undefined) return 'none: its request was not seen, or it is an ACK to a 2xx';
  const age = packet.time - t.started;
  const role = retransmission ? 'repeats a message of' : initial ? 'begins' : 'belongs to';
  const since = age > 0 ? `, begun ${span(age)} before in frame ${t.frame}` : '';
  return `${role} ${METHODS[t.method] || 'an unknown method'}${since}; ${stateText(t)}`;
}

function stateText(t: Transaction): string {
  const answered = t.status === 0 ? 'no answer yet' : `${t.final ? 'final' : 'provisional'} answer ${t.status}`;
  const credentials = t.credentials ? ', with credentials' : '';
  return `${several(t.requests, 'request')}, ${several(t.answers, 'answer')}, ${answered}${t.acknowledged ? ', acknowledged' : ''}${credentials}`;
}

function relationText({ stranger, relation }: Observation): string {
  const met = stranger ? 'first request of this client to this server within the hour' : 'they met within the hour';
  return `${met}; ${relation?.answered === true ? 'the server has answered it' : 'the server has not answered it yet'}`;
}
