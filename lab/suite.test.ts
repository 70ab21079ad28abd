import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { folderOf, runSuite, suite } from './suite.ts';

const scenario = (name: string, more: Partial<Scenario>): Scenario => ({
  name,
  title: name,
  intensities: [
    { name: '1/s', value: 1 },
    { name: '10/s', value: 10 },
  ],
  run: async () => {},
  ...more,
});

test('the full suite runs each attack at least ten times, over all its scenarios and intensities', () => {
  const list = suite('full', 1000, [scenario('a', { attack: 'A01' }), scenario('b', { attack: 'A01' }), scenario('c', { attack: 'A02' })]);
  const of = (attack: string): typeof list => list.filter((job) => job.scenario.attack === attack);
  assert.equal(of('A01').length, 10);
  assert.equal(new Set(of('A01').map(({ scenario: { name }, intensity }) => `${name} ${intensity}`)).size, 4);
  assert.equal(of('A02').length, 10);
  assert.equal(new Set(list.map((job) => folderOf('', job))).size, list.length);
  assert.ok(list.every(({ seed }) => seed >= 1000));
});

test('what is run at another kind of site takes no run from the usual one', () => {
  const usual = scenario('a', { attack: 'A01' });
  const list = suite('full', 1, [usual, scenario('a-b2bua', { attack: 'A01', site: { kind: 'b2bua' } })]);
  assert.equal(list.filter((job) => job.scenario === usual).length, 10);
  assert.equal(list.length, 12);
});

test('what needs a program that is missing is skipped, and told, and nothing fails', async () => {
  const out = mkdtempSync(join(tmpdir(), 'suite-'));
  const told: string[] = [];
  const list = suite('full', 1, [scenario('a', { needs: ['no-such-program', 'node'] })]);
  const tally = await runSuite(list, out, 2, new AbortController().signal, (line) => told.push(line));
  rmSync(out, { recursive: true });
  assert.deepEqual(tally, { made: 0, kept: 0, skipped: 2, failed: 0 });
  assert.match(told[0] ?? '', /^1\/2 .* skipped a_1-s_1: no-such-program missing$/);
});

test('a benign scenario has the runs that it wants', () => {
  const day = scenario('day', { intensities: [{ name: '100 phones', value: 100 }], runs: 10 });
  assert.equal(suite('full', 1, [day]).length, 10);
  assert.equal(suite('full', 1, [scenario('twin', {})]).length, 2);
});

test('the small suite takes the first intensity of what is marked', () => {
  const list = suite('small', 5, [scenario('a', { small: true }), scenario('b', {})]);
  assert.deepEqual(
    list.map(({ scenario: { name }, intensity, seed }) => [name, intensity, seed]),
    [['a', '1/s', 5]],
  );
});

test('scenarios have names of their own, and every attack two intensities or more', () => {
  assert.equal(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
  const attacks = Map.groupBy(
    SCENARIOS.filter(({ attack }) => attack !== undefined),
    ({ attack }) => attack,
  );
  for (const [attack, list] of attacks) assert.ok(list.flatMap(({ intensities }) => intensities).length >= 2, attack);
});
