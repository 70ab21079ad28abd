/**
 * What was worked out once, kept in files by what it depends on: findings by detector, its version and the run's hash; the
 * messages of a run. A second evaluation only counts.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Label } from '../lab/record/folder.ts';
import type { Detector, Finding } from './detector.ts';
import { MESSAGES_VERSION, type Messages, readMessages } from './messages.ts';
import { checkCapture, type Run } from './runs.ts';

/** Where it is kept if nobody says otherwise. */
export function defaultCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ringfence', 'eval');
}

/** Findings with the seconds that it took to find them. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** One folder of kept results; without a folder nothing is kept. */
export class Cache {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
  }

  /** Findings that are known already. */
  known(detector: Detector, run: Run): Found | undefined {
    return this.#read(
      this.#name('findings', detector.name, detector.version, run.hash, stamp(run)),
      (kept): Found => JSON.parse(kept.toString('utf8')),
    );
  }

  /** Keeps findings. */
  keep(detector: Detector, run: Run, found: Found): void {
    this.#write(this.#name('findings', detector.name, detector.version, run.hash, stamp(run)), Buffer.from(JSON.stringify(found)));
  }

  /**
   * The messages of a run. A capture that is not yet known is held to the hash of the manifest first.
   * @throws RingfenceError `run-invalid` if it is another one, or the reader's if it cannot be read.
   */
  async messages(run: Run, labels: readonly Label[]): Promise<Messages> {
    const name = this.#name('messages', String(MESSAGES_VERSION), run.hash, stamp(run));
    const kept = this.#read(name, (bytes): Messages => deserialize(bytes));
    if (kept !== undefined) return kept;
    await checkCapture(run);
    const messages = await readMessages(run.capture, labels);
    this.#write(name, serialize(messages));
    return messages;
  }

  #name(kind: string, ...parts: readonly string[]): string {
    return `${kind}-${createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32)}`;
  }

  /** What is missing or damaged is worked out anew. */
  #read<T>(name: string, understand: (bytes: Buffer) => T): T | undefined {
    if (this.#folder === undefined) return undefined;
    try {
      return understand(readFileSync(join(this.#folder, name)));
    } catch {
      return undefined;
    }
  }

  #write(name: string, content: Buffer): void {
    if (this.#folder === undefined) return;
    const file = join(this.#folder, name);
    writeFileSync(`${file}.${process.pid}`, content);
    renameSync(`${file}.${process.pid}`, file);
  }
}

/** Size and time of the capture: one that was changed is read anew. */
function stamp(run: Run): string {
  const { size, mtimeMs } = statSync(run.capture);
  return `${size} ${mtimeMs}`;
}
