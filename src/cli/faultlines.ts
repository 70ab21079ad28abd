/** Faults of configurations and rules as lines for a person: bounded, however wrong a file is. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ErrorCode, Fault } from '../errors.ts';

/** Faults of one file that are printed; of the rest the number is told. */
export const MOST_FAULTS = 20;
/** Bytes looked at to tell text from something else. */
const HEAD = 64 * 1024;

/** One line per fault, `file:line:column: what is wrong`, at most `MOST_FAULTS` per file and then `file: and N more faults`. */
export function faultLines(faults: readonly Fault[]): string[] {
  const files = new Map<string, string[]>();
  for (const { where, message } of faults) {
    const file = where.replace(/:\d+:\d+$/, '');
    const lines = files.get(file) ?? [];
    files.set(file, lines);
    lines.push(message.startsWith(where) ? message : `${where}: ${message}`);
  }
  return [...files].flatMap(([file, lines]) => {
    const more = lines.length - MOST_FAULTS;
    return more > 0 ? [...lines.slice(0, MOST_FAULTS), `${file}: and ${more} more fault${more === 1 ? '' : 's'}`] : lines;
  });
}

/** The one fault of a file that is no text (it has a NUL byte near its start, as YAML never has); undefined for all else. */
export function notText(path: string, code: ErrorCode): Fault | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const at = head(path).indexOf(0);
  if (at < 0) return undefined;
  return { code, where: path, message: `this is not text (byte ${at} is NUL); configurations and rules are YAML` };
}

function head(path: string): Buffer {
  const bytes = Buffer.alloc(HEAD);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, HEAD, 0));
  } finally {
    closeSync(file);
  }
}
