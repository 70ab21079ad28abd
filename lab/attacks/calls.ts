/** Attacks on registrations and calls (A16 to A23, A27, A34, A35), and the benign twins that look like them (E2-2). */
import type { Scenario } from '../scenario.ts';
import { addressChange } from './address-change.ts';
import { ackWithheld, ackWithheldAbroad, soundAfterBye } from './billing-bypass.ts';
import { brokenHandshake } from './broken-handshake.ts';
import { forgedBye } from './forged-bye.ts';
import { forgedCancel, forgedDecline } from './forged-cancel.ts';
import { forgedReinvite, forgedUpdate } from './forged-offer.ts';
import { forgedRefer } from './forged-refer.ts';
import { keyTampering } from './key-tampering.ts';
import { outOfState } from './out-of-state.ts';
import { registrationHijack } from './registration-hijack.ts';
import { registrationReplay } from './registration-replay.ts';
import { serverImpersonation } from './server-impersonation.ts';
import { TWINS } from './twins/twins.ts';

/** In the order of the catalogue. */
export const CALL_ATTACKS: readonly Scenario[] = [
  registrationHijack, // A16
  registrationReplay, // A16
  forgedBye, // A17
  forgedCancel, // A18
  forgedDecline, // A18
  forgedRefer, // A19
  forgedReinvite, // A20
  keyTampering, // A20
  forgedUpdate, // A21
  brokenHandshake, // A22
  ackWithheld, // A23
  ackWithheldAbroad, // A23
  soundAfterBye, // A23
  outOfState, // A27
  addressChange, // A34
  serverImpersonation, // A35
  ...TWINS, // E2-2
];
