/**
 * What control may ask the engine, and the plain data it answers with (design: Two processes).
 */
import type { Counts } from './metrics.ts';
import type { TableStats } from './table.ts';

/** How a rule has fared so far. */
export interface RuleStats {
  readonly rule: string;
  /** Events its `on` and `where` let through. */
  readonly matched: number;
  /** Alerts it opened. */
  readonly alerts: number;
}

/** Every Query, with its answer. */
export interface Queries {
  counts: Counts;
  tables: readonly TableStats[];
  rules: readonly RuleStats[];
}

/** Name of a Query. */
export type Query = keyof Queries;
