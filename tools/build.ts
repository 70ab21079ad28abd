/** `npm run build`: compiles src/ to dist/, which is what the published package runs (Node refuses `.ts` below node_modules). */
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/peers.ts';
import { MODULES } from './wasm.ts';

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
const compiler = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
const run = spawnSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
for (const { binary } of MODULES) copyFileSync(join(ROOT, binary), join(ROOT, binary.replace(/^src/, 'dist')));
process.exitCode = run.status ?? 1;
