/** The log that shows how often the test set was opened (G2): a line is written before a run of it is read. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RingfenceError } from '../src/errors.ts';
import type { Run } from './runs.ts';

/** One opening. */
export interface Opening {
  /** ISO 8601, of the machine's clock. */
  readonly time: string;
  /** Of the program that opened it. */
  readonly commit: string;
  readonly runs: number;
  readonly seeds: readonly number[];
  /** SHA-256 over the manifests' hashes, in the order of those. */
  readonly hash: string;
  /** Detectors that were run, with their versions. */
  readonly detectors: readonly string[];
}

/** What is known of the test set after this opening. */
export interface Openings {
  readonly hash: string;
  /** How often this very set was opened, this time included. */
  readonly times: number;
  /** Versions of Ringfence that have seen it. */
  readonly versions: number;
}

/** SHA-256 over the manifests of a set of runs, whatever their order. */
export function hashOf(runs: readonly Run[]): string {
  const hash = createHash('sha256');
  for (const each of runs.map((run) => run.hash).sort()) hash.update(`${each}\n`);
  return hash.digest('hex');
}

/**
 * Writes that these test runs are about to be read.
 * @throws RingfenceError `output-failed` if the log cannot be written: then they are not read.
 */
export function logOpening(log: string, runs: readonly Run[], commit: string, detectors: readonly string[]): Openings {
  const hash = hashOf(runs);
  const seeds = [...new Set(runs.map(({ manifest }) => manifest.seed))].sort((a, b) => a - b);
  const opening: Opening = { time: new Date().toISOString(), commit, runs: runs.length, seeds, hash, detectors };
  let earlier: Opening[] = [];
  try {
    earlier = readOpenings(log);
    mkdirSync(dirname(log), { recursive: true });
    appendFileSync(log, `${JSON.stringify(opening)}\n`);
  } catch (error) {
    if (error instanceof RingfenceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RingfenceError('output-failed', log, `${log}: cannot write the log of openings (${reason}); the test runs stay closed`);
  }
  const same = [...earlier, opening].filter((each) => each.hash === hash);
  const versions = new Set(same.map((each) => each.detectors.find((name) => name.startsWith('ringfence ')) ?? ''));
  return { hash, times: same.length, versions: versions.size };
}

function readOpenings(log: string): Opening[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .split('\n')
    .flatMap((line, i) => (line === '' ? [] : [openingOf(line, `${log}:${i + 1}`)]));
}

function openingOf(line: string, where: string): Opening {
  try {
    const opening: Opening = JSON.parse(line);
    if (typeof opening.hash === 'string' && Array.isArray(opening.detectors)) return opening;
  } catch {
    // Told below.
  }
  throw new RingfenceError('run-invalid', where, `${where}: not a line of the log of openings; put the file back as it was in git`);
}
