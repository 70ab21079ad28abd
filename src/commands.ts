/**
 * What goes down from control to the engine: plain data, JSON can carry it (design: Two processes).
 */
import type { Ask } from './queries.ts';

/** The input has ended: say what was still pending; open Alerts get their last version. */
export interface FinishCommand {
  readonly kind: 'finish';
}

/** A program has answered a question that had gone up (shape script). */
export interface VerdictCommand {
  readonly kind: 'verdict';
  readonly ask: Ask;
  /** Exit code; -1 if it could not be run or was ended. */
  readonly code: number;
  /** First line it printed. */
  readonly said: string;
}

/** Every Command. */
export type Command = FinishCommand | VerdictCommand;
