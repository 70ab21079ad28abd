/**
 * What some tests need and a user's machine may not have: the captures in `../shared` and programs such as tshark. A
 * test that lacks them skips and says how to get them; with RINGFENCE_REQUIRE_PEERS=1 (CI) it fails instead.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const required = process.env['RINGFENCE_REQUIRE_PEERS'] === '1';

/** Root of the repository, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL('../', import.meta.url));

/** Folder of the shared captures: RINGFENCE_SHARED, or `shared` beside the repository. */
export const SHARED: string = process.env['RINGFENCE_SHARED'] ?? join(ROOT, '..', 'shared');

/**
 * A file or folder of the shared captures, e.g. `captures/tools/svmap.pcap`: its full path, and the reason to skip if it
 * is absent. Pass the result as the options of a test: `test('…', shared('…'), () => …)`.
 * @throws Error if it is absent and RINGFENCE_REQUIRE_PEERS=1.
 */
export function shared(path: string): { skip: string | false; path: string } {
  const full = join(SHARED, path);
  const skip = existsSync(full) ? false : absent(`no ${path}: put the shared captures beside the repository or set RINGFENCE_SHARED`);
  return { skip, path: full };
}

/**
 * A program on the PATH. `how` says how to get it, e.g. `apt-get install tshark`.
 * @throws Error if it is absent and RINGFENCE_REQUIRE_PEERS=1.
 */
export function tool(name: string, how: string): { skip: string | false } {
  if (onPath(name)) return { skip: false };
  // What even the machine of CI cannot have.
  if (process.env['RINGFENCE_WITHOUT'] === name) return { skip: `no ${name} to be had here: ${how}` };
  return { skip: absent(`no ${name}: ${how}`) };
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function absent(reason: string): string {
  if (required) throw new Error(`${reason} (RINGFENCE_REQUIRE_PEERS=1)`);
  return reason;
}
