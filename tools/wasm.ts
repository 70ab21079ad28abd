/**
 * `npm run wasm`: compiles the AssemblyScript sources of `wasm/` to the binaries that stand beside their users in `src/`.
 * A test (part docs) compiles them again and compares.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const FLAGS = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--noAssert', '--noExportMemory'];

/** Source and binary, from the root of the repository. */
export const MODULES = [{ source: 'wasm/plain.ts', binary: 'src/decode/plain.wasm' }] as const;

/** Compiles one source to `out` (a path). @throws Error with what the compiler said. */
export function compileWasm(source: string, out: string): void {
  const run = spawnSync(process.execPath, ['node_modules/assemblyscript/bin/asc.js', source, ...FLAGS, '-o', out], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const { source, binary } of MODULES) compileWasm(source, binary);
