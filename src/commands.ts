/**
 * What goes down from control to the engine: plain data, JSON can carry it (design: Two processes).
 */

/** The input has ended: say what was still pending; open Alerts get their last version. */
export interface FinishCommand {
  readonly kind: 'finish';
}

/** Every Command. */
export type Command = FinishCommand;
