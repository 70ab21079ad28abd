/**
 * What control may ask the engine, and the plain data it answers with (design: Two processes).
 */
import type { Counts } from './metrics.ts';
import type { TableStats } from './table.ts';

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

/** Every Query, with its answer. */
export interface Queries {
  counts: Counts;
  tables: readonly TableStats[];
  rules: readonly RuleStats[];
}

/** Name of a Query. */
export type Query = keyof Queries;
