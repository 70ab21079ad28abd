/** `npm run build`: compiles src/, and what of eval/ it needs, to dist/, which is what the published package runs (Node refuses `.ts` below node_modules). */
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../test/peers.ts';
import { MODULES } from './wasm.ts';

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
const compiler = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
const run = spawnSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
// Only types come from the lab: what is left of it is empty.
rmSync(join(ROOT, 'dist', 'lab'), { recursive: true, force: true });
const beside = globSync('eval/**/*.{rules,py}', { cwd: ROOT });
for (const file of [...MODULES.map(({ binary }) => binary), ...beside]) {
  const to = join(ROOT, 'dist', file);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(ROOT, file), to);
}
process.exitCode = run.status ?? 1;
