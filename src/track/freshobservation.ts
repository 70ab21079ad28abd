/** An Observation of nothing, for the tracker to fill: it has one and uses it for every message. */
import { NO_ENDPOINT } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import { NO_PACKET } from '../packet.ts';
import { NOBODY } from './calls/dialogstate.ts';
import { NO_EVIDENCE } from './calls/forgeries.ts';
import { NO_VIOLATION } from './calls/violations.ts';
import { NONE, type Observation } from './observation.ts';
import { PACKET } from './origin.ts';

/** An Observation that no message has touched yet. */
export function createObservation(message: SipMessage): Observation {
  return {
    packet: NO_PACKET,
    message,
    client: NO_ENDPOINT,
    server: NO_ENDPOINT,
    attributed: PACKET,
    copy: false,
    slot: -1,
    transaction: undefined,
    retransmission: false,
    initial: false,
    stranger: false,
    probed: false,
    opened: -1,
    trusted: false,
    relation: undefined,
    concluded: false,
    outcome: NONE,
    attempt: undefined,
    binding: undefined,
    change: '',
    call: undefined,
    dialog: undefined,
    side: NOBODY,
    violation: NO_VIOLATION,
    fromParty: true,
    forgery: NO_EVIDENCE,
    stray: -1,
    inferred: NONE,
    broken: undefined,
    retried: undefined,
    replayed: false,
    joined: 0,
    use: '',
    rekeyed: '',
    others: 0,
    repeated: false,
    over: undefined,
    abroad: undefined,
  };
}
