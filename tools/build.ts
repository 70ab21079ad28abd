/** `npm run build`: compiles src/ to dist/, which is what the published package runs (Node refuses `.ts` below node_modules). */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/peers.ts';

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
const compiler = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
const run = spawnSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
process.exitCode = run.status ?? 1;
