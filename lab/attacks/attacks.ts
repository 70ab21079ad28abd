/** All scenarios with an attack in them, in the order of the catalogue, and the benign twins of some. */
import type { Scenario } from '../scenario.ts';
import { addressChange } from './address-change.ts';
import { ackWithheld, soundAfterBye } from './billing-bypass.ts';
import { brokenHandshake } from './broken-handshake.ts';
import { forgedBye } from './forged-bye.ts';
import { forgedCancel, forgedDecline } from './forged-cancel.ts';
import { forgedRefer } from './forged-refer.ts';
import { forgedReinvite } from './forged-reinvite.ts';
import { forgedUpdate } from './forged-update.ts';
import { keyTampering } from './key-tampering.ts';
import { outOfState } from './out-of-state.ts';
import { registrationHijack } from './registration-hijack.ts';
import { registrationReplay } from './registration-replay.ts';
import { serverImpersonation } from './server-impersonation.ts';
import { TWINS } from './twins/twins.ts';

/** A colleague adds his with one import and one line. */
export const ATTACKS: readonly Scenario[] = [
  registrationHijack, // A16
  registrationReplay, // A16
  forgedBye, // A17
  forgedCancel, // A18
  forgedDecline, // A18
  forgedRefer, // A19
  forgedReinvite, // A20
  forgedUpdate, // A21
  keyTampering, // A20
  brokenHandshake, // A22
  ackWithheld, // A23
  soundAfterBye, // A23
  outOfState, // A27
  addressChange, // A34
  serverImpersonation, // A35
  ...TWINS, // E2-2
];
