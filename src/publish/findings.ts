/** What an analysis found: what every report is made from. Plain data but for the two lists that may be long. */
import type { Fault } from '../errors.ts';
import type { Counts } from '../metrics.ts';
import type { Network } from '../network.ts';
import type { CallSummary } from '../queries.ts';
import { type Alert, type Call, type Incident, LEVELS, type Level } from '../types.ts';

/** A list that may not fit into memory; it can be read as often as wanted, in the same order. */
export interface Listing<T> extends AsyncIterable<T> {
  readonly count: number;
}

/** One input file. */
export interface FileSummary {
  /** As given on the command line, `-` for standard input. */
  readonly name: string;
  /** Bytes of its frames, as captured. */
  readonly bytes: number;
  readonly frames: number;
  /** Payloads that were handed to the engine. */
  readonly packets: number;
  /** It is a server's log: its frames are lines, and its packets those of them that say something. */
  readonly log?: boolean;
  /** µs of its earliest and its latest packet; 0 if it has none. */
  readonly first: number;
  readonly last: number;
}

/** Everything. */
export interface Findings {
  /** Version of Ringfence. */
  readonly version: string;
  readonly files: readonly FileSummary[];
  /** Files that were not read, by reason; absent: none. */
  readonly skipped?: Readonly<Record<string, number>>;
  readonly counts: Counts;
  /** One per id, its last version. */
  readonly alerts: Listing<Alert>;
  readonly incidents: readonly Incident[];
  readonly calls: Listing<Call>;
  readonly faults: readonly Fault[];
  /** Sums over all calls; absent: nobody counted. */
  readonly callSummary?: CallSummary;
  /** Titles of the rules for attacks (level `warning` or above) that ran, worst first; if absent, the rules that come with Ringfence. */
  readonly rules?: readonly string[];
  /** Networks of this site (config `network.own`); absent: none are known. */
  readonly own?: readonly Network[];
}

/** All files as one: its first and last time are 0 if there was no packet at all. */
export function inputTotal(files: readonly FileSummary[]): Omit<FileSummary, 'name'> {
  const seen = files.filter(({ packets }) => packets > 0);
  const sum = (of: (file: FileSummary) => number): number => files.reduce((total, file) => total + of(file), 0);
  return {
    bytes: sum((file) => file.bytes),
    frames: sum((file) => file.frames),
    packets: sum((file) => file.packets),
    first: seen.reduce((first, file) => Math.min(first, file.first), seen[0]?.first ?? 0),
    last: seen.reduce((last, file) => Math.max(last, file.last), 0),
  };
}

/** 0 for `info`, more for worse. */
export function severity(level: Level): number {
  return LEVELS.indexOf(level);
}

/** Severity from which an alert changes the exit code. */
export const WARNING = severity('warning');
