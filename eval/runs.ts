/** Finds and reads the folders that the lab wrote: manifest, labels and calls, each checked against what the manifest says. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { CallRecord, Label, Manifest } from '../lab/record/folder.ts';
import { RingfenceError } from '../src/errors.ts';
import type { RunFolder } from './detector.ts';

/** Seeds from here on are the test set (G2), those below the validation set. */
export const FIRST_TEST_SEED = 1000;
/** Folders below a named one that are looked into for runs; one whose run is not over is `.partial`. */
const DEPTH = 4;

/** Part of the data that a run belongs to. */
export type Split = 'validation' | 'test';

/** One run, as the judges know it: what detectors see, and the manifest. */
export interface Run extends RunFolder {
  readonly path: string;
  readonly manifest: Manifest;
  readonly split: Split;
}

/**
 * The runs in these folders: each is a run itself, or holds runs. In the order of their paths, each once. Files among them (the
 * shell's `runs/*` names logs too) are passed over if anything else is a folder.
 * @throws RingfenceError `run-invalid`, with all that is wrong.
 */
export function findRuns(folders: readonly string[]): Run[] {
  const wrong: string[] = [];
  const paths = new Set<string>();
  const named = folders.filter((folder) => !isFile(folder));
  for (const folder of named.length > 0 ? named : folders) {
    const found = runPaths(resolve(folder), DEPTH);
    if (found.length === 0) wrong.push(noRun(folder));
    for (const path of found) paths.add(path);
  }
  const runs = [...paths].sort().flatMap((path) => {
    const run = readRun(path);
    if (typeof run !== 'string') return [run];
    wrong.push(run);
    return [];
  });
  if (wrong.length > 0) throw new RingfenceError('run-invalid', folders[0] ?? '', wrong.join('\n'));
  return runs;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function noRun(folder: string): string {
  if (!existsSync(folder)) return `${folder}: there is no such folder`;
  if (!statSync(folder).isDirectory()) return `${folder}: not a folder; name the folder of a run, or one that holds runs`;
  return `${folder}: no run in it (no manifest.json); \`npm run lab -- suite small\` makes runs`;
}

function runPaths(folder: string, depth: number): string[] {
  if (existsSync(join(folder, 'manifest.json'))) return [folder];
  if (depth === 0 || !existsSync(folder) || !statSync(folder).isDirectory()) return [];
  const inner = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !entry.name.endsWith('.partial'),
  );
  return inner.flatMap((entry) => runPaths(join(folder, entry.name), depth - 1));
}

/** The run, or what is wrong with it. */
function readRun(path: string): Run | string {
  const file = join(path, 'manifest.json');
  try {
    const text = readFileSync(file, 'utf8');
    const manifest: Manifest = JSON.parse(text);
    const fault = faultOf(manifest, path);
    if (fault !== '') return `${file}: ${fault}`;
    return {
      name: basename(path),
      path,
      manifest,
      hash: createHash('sha256').update(text).digest('hex'),
      capture: join(path, 'merged.pcap.gz'),
      logs: join(path, 'logs'),
      site: manifest.site,
      first: manifest.first,
      last: manifest.last,
      split: manifest.seed < FIRST_TEST_SEED ? 'validation' : 'test',
    };
  } catch (error) {
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Types of the keys without which nothing can be judged. */
const KEYS: readonly (readonly [keyof Manifest, 'number' | 'string' | 'object'])[] = [
  ['scenario', 'string'],
  ['kind', 'string'],
  ['intensity', 'string'],
  ['seed', 'number'],
  ['first', 'number'],
  ['last', 'number'],
  ['site', 'object'],
  ['campaigns', 'object'],
  ['tools', 'object'],
  ['hardNegatives', 'object'],
  ['files', 'object'],
];

function faultOf(manifest: Manifest, path: string): string {
  if (typeof manifest !== 'object' || manifest === null) return 'not a manifest';
  if (manifest.format !== 1) return `its format is ${String(manifest.format)}; this version reads format 1`;
  const missing = KEYS.filter(([key, type]) => typeof manifest[key] !== type || manifest[key] === null).map(([key]) => key);
  if (missing.length > 0) return `without ${missing.join(', ')}; was the run interrupted? Run its scenario again`;
  for (const name of ['merged.pcap.gz', 'labels.jsonl']) {
    if (!existsSync(join(path, name))) return `${name} is missing beside it; run the scenario again`;
    if (manifest.files[name] === undefined) return `it does not say the hash of ${name}`;
  }
  return '';
}

/**
 * The labels of a run, in the order of the file.
 * @throws RingfenceError `run-invalid` if the file is not what the manifest says.
 */
export function readLabels(run: Run): Label[] {
  return readLines<Label>(run, 'labels.jsonl', ({ time, campaign }) => typeof time === 'number' && typeof campaign === 'string');
}

/** Calls that the benign model made; none if the run has no calls.jsonl. */
export function readCalls(run: Run): CallRecord[] {
  if (!existsSync(join(run.path, 'calls.jsonl'))) return [];
  return readLines<CallRecord>(run, 'calls.jsonl', ({ callId, start }) => typeof callId === 'string' && typeof start === 'number');
}

function readLines<T>(run: Run, name: string, isGood: (line: T) => boolean): T[] {
  const file = join(run.path, name);
  const text = readFileSync(file);
  const hash = createHash('sha256').update(text).digest('hex');
  if (run.manifest.files[name] !== undefined && hash !== run.manifest.files[name]) throw changed(file);
  const lines = text.toString('utf8').split('\n');
  return lines.flatMap((line, i) => {
    if (line === '') return [];
    try {
      const read: T = JSON.parse(line);
      if (isGood(read)) return [read];
    } catch {
      // Told below.
    }
    throw new RingfenceError('run-invalid', file, `${file}:${i + 1}: not a line of ${name}; run the scenario again`);
  });
}

/**
 * Holds the capture to the manifest.
 * @throws RingfenceError `run-invalid` if it is another one.
 */
export async function checkCapture(run: Run): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(run.capture, { highWaterMark: 1 << 20 })) hash.update(chunk);
  if (hash.digest('hex') !== run.manifest.files['merged.pcap.gz']) throw changed(run.capture);
}

function changed(file: string): RingfenceError {
  return new RingfenceError('run-invalid', file, `${file}: not the file whose hash the manifest has; run the scenario again`);
}
