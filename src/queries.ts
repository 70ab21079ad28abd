/**
 * What control may ask the engine, and the plain data it answers with (design: Two processes).
 */
import type { Counts } from './metrics.ts';
import type { TableStats } from './table.ts';
import type { Event } from './types.ts';

/** How a rule has fared so far. */
export interface RuleStats {
  readonly rule: string;
  /** Events looked at. */
  readonly evaluations: number;
  /** Events that met `where`. */
  readonly matches: number;
  /** Alerts opened. */
  readonly alerts: number;
  readonly table: TableStats;
}

/** Sums over the calls that are over. */
export interface CallSummary {
  calls: number;
  /** Their beginning was not seen. */
  incomplete: number;
  answered: number;
  /** Answered and ended in view, and the µs between, of all of them. */
  finished: number;
  billed: number;
  /** Calls that rang, and the µs until then, of all of them. */
  setups: number;
  ringing: number;
  hungUpBy: Record<'none' | 'caller' | 'callee' | 'network', number>;
  /** More than one dialog came of its INVITE. */
  forked: number;
  held: number;
  transferred: number;
  /** Joined with the other side of a B2BUA. */
  joined: number;
  /** All hops seen over TLS or WSS; some of them. */
  secure: number;
  partlySecure: number;
  authenticated: number;
  /** With an Identity header; with P-Asserted-Identity only. */
  signed: number;
  asserted: number;
}

/** Every Query, with its answer. */
export interface Queries {
  counts: Counts;
  calls: CallSummary;
  tables: readonly TableStats[];
  rules: readonly RuleStats[];
}

/** Name of a Query. */
export type Query = keyof Queries;

/** A question to a program that a rule names (shape script); goes up with the Events. */
export interface Ask {
  /** The answer, an Event script.answered, names it as `asked`. */
  readonly id: string;
  readonly rule: string;
  readonly program: string;
  readonly event: Event;
}
