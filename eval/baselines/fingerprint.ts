/** Versions of detectors: they change whenever the code, the settings or the program behind them change. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, extname, join } from 'node:path';

/**
 * 12 hexadecimal digits over what a detector is made of.
 * @param meta of its file. @param beside names of files in its folder: `rules/x.rules`, or modules without their ending.
 * @param texts whatever else it depends on.
 */
export function fingerprint(meta: ImportMeta, beside: readonly string[], ...texts: readonly string[]): string {
  const hash = createHash('sha256').update(readFileSync(meta.filename));
  const module = extname(meta.filename);
  for (const name of beside) hash.update(readFileSync(join(meta.dirname, extname(name) === '' ? name + module : name)));
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 12);
}

const versions = new Map<string, string>();

/** What a program says of its version, the first line; empty if it does not run. It is asked once. */
export function programVersion(command: string, option: string): string {
  const known = versions.get(command) ?? asked(command, option);
  versions.set(command, known);
  return known;
}

function asked(command: string, option: string): string {
  try {
    return (
      execFileSync(whereIs(command) ?? command, [option], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 }).split(
        '\n',
      )[0] ?? ''
    );
  } catch {
    return '';
  }
}

/** Full path of a program, or undefined if it is not on the PATH. */
export function whereIs(program: string): string | undefined {
  const folders = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isRunnable);
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
