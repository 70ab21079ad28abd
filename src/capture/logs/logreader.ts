/**
 * Logs of servers as inputs (S1-34): files, also compressed or still being written, named pipes and standard input; several are merged
 * in order of time. What the attacker wrote into them (a From, a user, a Call-ID, a line break) makes up no address:
 *
 * - a line names an address only if it can be read in one way (`logline.ts`);
 * - a line break in his words leaves a line that begins as a known one and does not end as it, or the other way round. A SIP message
 *   has at most 64 KiB, and the server writes it in one go: so nothing that stands so far behind the one, or before the other, is believed.
 *   Until so much has come, or nothing more does, entries are held back. That somebody wrote into the log is an entry of its own.
 *
 * What no reader of lines can tell is a made-up line between two halves that are made whole on both sides; servers that escape control
 * characters, as syslog does, leave no room for it.
 */
import { fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { NO_ENDPOINT } from '../../bytes.ts';
import type { LogEntry } from '../../types.ts';
import { openSource, type Source } from '../source.ts';
import { type Doubtful, LONGEST_LINE, type LogLine, readLogLine } from './logline.ts';

/** Bytes of log that one message can have written, with what the server puts around it. */
const MESSAGE = 65_536 + LONGEST_LINE;
/** Bytes read at a time. */
const CHUNK = 65_536;
const LINE_END = 10;
/** Characters of a line that an entry shows. */
const SHOWN = 200;

/** What was read of one log. */
export interface LogCounts {
  readonly name: string;
  bytes: number;
  lines: number;
  /** Entries handed out. */
  entries: number;
  /** µs of the first and the last entry; 0 if there is none. */
  first: number;
  last: number;
}

/** An entry that waits until it is believed. */
interface Held {
  readonly entry: LogEntry;
  /** Byte of the log at which its line ends. */
  readonly at: number;
}

/** One log. */
class Log {
  readonly counts: LogCounts;
  readonly ready: LogEntry[] = [];
  readonly #source: Source;
  readonly #written: number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK);
  #rest: Buffer = Buffer.alloc(0);
  #held: Held[] = [];
  #at = 0;
  /** Byte up to which nothing is believed. */
  #doubtUntil = 0;
  /** Asterisk tells here what it tells in its channel `notice` as well. */
  #secured = false;
  over = false;

  constructor(name: string, source: Source, written: number) {
    this.counts = { name, bytes: 0, lines: 0, entries: 0, first: 0, last: 0 };
    this.#source = source;
    this.#written = written;
  }

  /** Reads on; false: there was nothing, for now or for ever. */
  async fill(): Promise<boolean> {
    const n = await this.#source.read(this.#chunk, 0, CHUNK);
    this.counts.bytes += n;
    if (n > 0) this.#split(this.#chunk.subarray(0, n));
    if (n === 0 && this.#source.over) this.#end();
    // Nothing more comes now, so what was written in one go is here.
    this.#release(n === 0);
    return n > 0;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #end(): void {
    this.over = true;
    if (this.#rest.length > 0) this.#line(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #split(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      const line = chunk.subarray(from, end);
      this.#line(this.#rest.length === 0 ? line : Buffer.concat([this.#rest, line]));
      this.#rest = Buffer.alloc(0);
      from = end + 1;
    }
    if (this.#rest.length <= LONGEST_LINE) this.#rest = Buffer.concat([this.#rest, chunk.subarray(from)]);
    // Of a line that is too long the beginning is enough.
    else this.#at += chunk.length - from;
  }

  #line(bytes: Buffer): void {
    this.counts.lines++;
    this.#at += bytes.length + 1;
    const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
    const line = bytes.toString('utf8', 0, Math.min(end, LONGEST_LINE + 1));
    const said = readLogLine(line, this.#written);
    // Longer than a server needs: the attacker's words go on where it is cut.
    if (end > LONGEST_LINE && said !== undefined) this.#doubt('ambiguous', line);
    else if (typeof said === 'object') this.#believe(said);
    else if (said !== undefined) this.#doubt(said, line);
  }

  #believe(said: LogLine): void {
    if (this.#at <= this.#doubtUntil) return;
    const { pattern, ...rest } = said;
    if (pattern.startsWith('asterisk-security')) this.#secured = true;
    else if (this.#secured && pattern.startsWith('asterisk-')) return;
    this.#hold({ kind: 'log', file: this.counts.name, line: this.counts.lines, text: '', withdrawn: 0, ...rest });
  }

  #doubt(why: Doubtful, line: string): void {
    // The words of one line stay in it: nothing around it is touched.
    const inside = why === 'ambiguous';
    this.#release(false);
    const forgeries = this.#held.filter(({ entry }) => entry.what === 'forged');
    const withdrawn = inside ? 0 : this.#held.length - forgeries.length;
    const time = this.#held.at(-1)?.entry.time ?? this.counts.last;
    if (!inside) this.#held = forgeries;
    if (why === 'torn' || why === 'control') this.#doubtUntil = this.#at + MESSAGE;
    const nobody = { src: NO_ENDPOINT, dst: NO_ENDPOINT, user: '', host: '', method: '' };
    const { name: file, lines } = this.counts;
    this.#hold({ kind: 'log', what: 'forged', time, file, line: lines, text: line.slice(0, SHOWN), withdrawn, ...nobody });
  }

  #hold(entry: LogEntry): void {
    this.#held.push({ entry, at: this.#at });
  }

  #release(all: boolean): void {
    let n = 0;
    while (n < this.#held.length && (all || this.#held[n]!.at + MESSAGE < this.#at)) {
      const { entry } = this.#held[n++]!;
      this.counts.entries++;
      if (this.counts.first === 0) this.counts.first = entry.time;
      this.counts.last = Math.max(this.counts.last, entry.time);
      this.ready.push(entry);
    }
    this.#held.splice(0, n);
  }
}

/** Several logs as one, in order of time. */
export class LogReader {
  readonly #logs: readonly Log[];
  readonly #following: boolean;

  /** @param logs made by `openLogs`. */
  constructor(logs: readonly Log[], following: boolean) {
    this.#logs = logs;
    this.#following = following;
  }

  /** What was read, log by log. */
  get counts(): readonly LogCounts[] {
    return this.#logs.map(({ counts }) => counts);
  }

  /** Reads on where nothing is ready; false: all are over and nothing is left. */
  async fill(): Promise<boolean> {
    for (const log of this.#logs) if (log.ready.length === 0 && !log.over) await log.fill();
    return this.#logs.some((log) => !log.over || log.ready.length > 0);
  }

  /** The next entry; undefined: `fill` first. */
  next(): LogEntry | undefined {
    let best: Log | undefined;
    for (const log of this.#logs) {
      const [entry] = log.ready;
      // What a log that is read to its end may still have comes before what others have, but nobody waits for a quiet one.
      if (entry === undefined && !log.over && !this.#following) return undefined;
      if (entry !== undefined && (best === undefined || entry.time < best.ready[0]!.time)) best = log;
    }
    return best?.ready.shift();
  }

  /** Gives the files back. */
  async close(): Promise<void> {
    for (const log of this.#logs) await log.close();
  }
}

/**
 * Opens logs; `-` is standard input.
 * @param follow they are read on as they grow until this is aborted.
 * @throws RingfenceError `capture-not-found` if one cannot be opened.
 */
export async function openLogs(paths: readonly string[], follow?: AbortSignal): Promise<LogReader> {
  const logs: Log[] = [];
  try {
    for (const path of paths) {
      const source = await openSource(path, follow);
      const { mtimeMs } = path === '-' ? fstatSync(0) : await stat(path);
      logs.push(new Log(path, source, mtimeMs * 1000));
    }
  } catch (error) {
    for (const log of logs) await log.close();
    throw error;
  }
  return new LogReader(logs, follow !== undefined);
}
