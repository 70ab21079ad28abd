/**
 * `npm run lock`: completes package-lock.json. Some registries hold only the packages of their own platform; npm then leaves
 * the others out of the lock file when it writes it, and `npm ci` refuses the file. Each optional dependency that is missing
 * gets an entry with its version and platform, so that npm neither misses it nor fetches it elsewhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/peers.ts';

/** One package in the lock file, as far as it matters here. */
interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The lock file (lockfileVersion 3). */
export interface Lock {
  readonly packages: Record<string, Entry>;
}

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** Optional dependencies without an entry: name to the package that wants it and its version. */
export function missing({ packages }: Lock): Map<string, { readonly parent: Entry; readonly version: string }> {
  const found = new Map<string, { readonly parent: Entry; readonly version: string }>();
  for (const parent of Object.values(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (packages[`node_modules/${name}`] === undefined) found.set(name, { parent, version });
    }
  }
  return found;
}

/** The platform a package is for, by the words of its name: `…-linux-arm64-musl`. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const libc = words.flatMap((word) => (word.startsWith('musl') ? ['musl'] : word.startsWith('gnu') ? ['glibc'] : []));
  if (cpu.length === 0) throw new Error(`${name}: for which platform?`);
  return { ...(os.length > 0 ? { os } : {}), cpu, ...(libc.length > 0 ? { libc } : {}) };
}

/** The lock file with an entry for each of them, sorted as npm sorts. */
export function complete(lock: Lock): Lock {
  const added = [...missing(lock)].map(([name, { parent, version }]): [string, Entry] => {
    const dev = parent.dev === true ? { dev: true } : {};
    return [`node_modules/${name}`, { version, ...dev, optional: true, ...platformOf(name) }];
  });
  const packages = [...Object.entries(lock.packages), ...added].sort(([a], [b]) =>
    a === '' ? -1 : b === '' ? 1 : a.localeCompare(b, 'en'),
  );
  return { ...lock, packages: Object.fromEntries(packages) };
}

if (import.meta.main) {
  const file = join(ROOT, 'package-lock.json');
  const lock: Lock = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of missing(lock).keys()) console.log(`added ${name}`);
  writeFileSync(file, `${JSON.stringify(complete(lock), null, 2)}\n`);
}
