/** The fuzzer finds what was planted for it; a short run over the real targets finds nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../peers.ts';
import { targets } from './targets.ts';

function fuzz(...args: string[]): { status: number | null; stdout: string; kept: string[] } {
  const out = mkdtempSync(join(tmpdir(), 'ringfence-fuzz-'));
  const command = ['--expose-gc', join(ROOT, 'test/fuzz/fuzz.ts'), '--out', out, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
  const kept = readdirSync(out);
  rmSync(out, { recursive: true });
  return { status, stdout: stdout + stderr, kept };
}

test('a fault behind five doors is found, kept, and found again by the same seed', () => {
  const runs = [1, 2].map(() => fuzz('--target', 'planted-doors', '--inputs', '400000', '--seed', '3'));
  for (const run of runs) {
    assert.equal(run.status, 1, run.stdout);
    assert.match(run.stdout, /all doors open/);
    assert.equal(run.kept.length, 2);
  }
  assert.deepEqual(runs[0]?.kept, runs[1]?.kept);
});

test('time that grows with the square of the input is found', () => {
  const run = fuzz('--target', 'planted-square', '--inputs', '1000');
  assert.match(run.stdout, /slow: .* ms for \d+ bytes/);
});

test('an input without end is found', () => {
  const run = fuzz('--target', 'planted-endless', '--inputs', '20000', '--hang', '2');
  assert.match(run.stdout, /hang: no end within 2 s/);
});

test('a growing heap is found', () => {
  const run = fuzz('--target', 'planted-growth', '--inputs', '60000');
  assert.match(run.stdout, /growth: from/);
});

/** Inputs of the short run: what fits into a few seconds each. */
const SHORT: Readonly<Record<string, number>> = { message: 20_000, engine: 20_000, capture: 20_000 };

for (const name of Object.keys(targets).filter((each) => !each.startsWith('planted'))) {
  const inputs = SHORT[name] ?? 10_000;
  test(`${name}: ${inputs} inputs break no promise`, () => {
    const run = fuzz('--target', name, '--inputs', String(inputs));
    assert.equal(run.status, 0, run.stdout);
    assert.match(run.stdout, new RegExp(`${name}: ${inputs} inputs`));
  });
}
