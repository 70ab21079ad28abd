/** What track says about a message: the state it touched. */
import type { SipMessage } from '../decode/message.ts';
import type { Packet } from '../types.ts';
import type { Attempt } from './authentication.ts';
import type { CallState } from './calls/callstate.ts';
import type { DialogState } from './calls/dialogstate.ts';
import type { DialledNumber } from './dialled.ts';
import type { Broken } from './faults.ts';
import type { TollState } from './fraud/tolls.ts';
import type { Rekeyed } from './media/keys.ts';
import type { Relation } from './peers.ts';
import type { Binding, Change } from './registrations.ts';
import type { Use } from './takeovers.ts';
import type { Transaction } from './transactions.ts';

/** Outcomes of authentication (contradiction C-03), by code. */
export const OUTCOME_NAMES = ['none', 'challenge', 'failed', 'unknown-user', 'accepted', 'stale', 'open'] as const;

/** No final answer, or one that says nothing about an account. */
export const NONE = 0;
/** 401 or 407 to a request without credentials. */
export const CHALLENGE = 1;
/** Credentials refused: 401, 407, 403 or 402 to a request with credentials over a nonce that was good. */
export const FAILED = 2;
/** 404, 604 or 410; 403 to a request without credentials. */
export const UNKNOWN_USER = 3;
/** 2xx to a request with credentials. */
export const ACCEPTED = 4;
/** Refused, but because of its nonce. */
export const STALE = 5;
/** 2xx to a request that carried no credentials. */
export const OPEN = 6;

/** One message and the state it touched. Reused: good until the next message. */
export interface Observation {
  packet: Packet;
  message: SipMessage;
  /**
   * Endpoints (18 bytes) of the client and the server of this message's transaction: who asked, who is to answer. The client is the
   * origin of the request as far as it is known, the server whom the packet went to.
   */
  client: Uint8Array;
  server: Uint8Array;
  /** How the client was found: code of an attribution (origin.ts). */
  attributed: number;
  /** The same request was seen one hop earlier, where it counts: detectors leave this one out. */
  copy: boolean;
  /** Slot of the transaction, -1 without one. */
  slot: number;
  /** Undefined only for an ACK to a 2xx and for answers whose request was not seen. */
  transaction: Transaction | undefined;
  /** The message repeats one of its transaction. */
  retransmission: boolean;
  /** A request outside any dialog (no To tag), neither ACK nor CANCEL, seen for the first time. */
  initial: boolean;
  /** The first initial request of this client to this server within the hour. */
  stranger: boolean;
  /** The answered request named an account that its sender did not show to be its own. */
  probed: boolean;
  /** Slot of the client's first OPTIONS to this server (`Tracker.opening`), which this one shows to have been a probe too; -1: none. */
  opened: number;
  /**
   * With outcome FAILED: this source had registered the account before its first refusal; with ACCEPTED: this endpoint holds a binding
   * of it, or is not who was refused.
   */
  trusted: boolean;
  /** What client and server had to do with each other; for initial requests and their answers. */
  relation: Relation | undefined;
  /** This message is the first final answer of its transaction. */
  concluded: boolean;
  /** Code of the authentication outcome, with the first final answer. */
  outcome: number;
  /** Refused credentials of this source for this account; with outcomes FAILED and ACCEPTED. */
  attempt: Attempt | undefined;
  binding: Binding | undefined;
  change: Change;
  call: CallState | undefined;
  /** The dialog the message belongs to, or made. */
  dialog: DialogState | undefined;
  /** Whose request it is, by the tags: code of a side (`dialogstate.ts`). */
  side: number;
  /** Code of what is wrong with it in its dialog (`violations.ts`), 0: nothing. */
  violation: number;
  /** With a dialog or a violation: the address it came from had a part in the call before, or nobody can tell. */
  fromParty: boolean;
  /** Code of what shows that it is not of the party in whose name it speaks (`calls/forgeries.ts`), 0: nothing. */
  forgery: number;
  /** It answers a request inside a call that nobody knows: slot of that (`calls/strays.ts`), else -1. */
  stray: number;
  /** Outcome told by one direction alone: by an answer whose request was not seen, or by a request where no answers are seen. NONE for all others. */
  inferred: number;
  /** It is an initial request with a fault: what its client sent of these. */
  broken: Broken | undefined;
  /** The number it dials behind a prefix that is new to its source, or of several that is now answered. */
  retried: DialledNumber | undefined;
  /** Its credentials were sent before from another address (`replays.ts`). */
  replayed: boolean;
  /** A call was answered at once at a binding that joined another one: second in which it did (`joiners.ts`), else 0. */
  joined: number;
  /** What this acceptance does with an account that was guessed; empty: nothing. */
  use: Use;
  /** Its session description has other keys than on the hop before; empty: it has not. Filled in after the rest. */
  rekeyed: Rekeyed;
  /** Believed (2xx, or an answer of the callee): refusals so far of whoever is like this client, if it had none for this account (`Refusals`). */
  others: number;
  /** It ended a call, and the calls of its caller look made by a machine (`Tracker.callers`). */
  repeated: boolean;
  /** The call that it ended. */
  over: CallState | undefined;
  /** A server accepted a call to a number abroad: who calls so (`Tracker.tolls`). */
  abroad: TollState | undefined;
}
