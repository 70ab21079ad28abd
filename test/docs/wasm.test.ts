/** The compiled binaries say what their source says, no less and no more. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileWasm, MODULES } from '../../tools/wasm.ts';
import { ROOT } from '../peers.ts';

for (const { source, binary } of MODULES) {
  test(`${binary} is what its source compiles to (npm run wasm)`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-wasm-'));
    try {
      const out = join(folder, 'out.wasm');
      compileWasm(source, out);
      assert.deepEqual(readFileSync(out), readFileSync(join(ROOT, binary)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
