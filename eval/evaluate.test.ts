/** Detectors as they are asked: what they see, what they may do wrong, and that nothing is asked twice. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { attackDay, writeRun } from '../test/specimen.ts';
import { Cache } from './cache.ts';
import type { Detector, Finding, RunFolder } from './detector.ts';
import { evaluate } from './evaluate.ts';
import { findRuns } from './runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-evaluate-'));
after(() => rmSync(folder, { recursive: true }));
const day = attackDay();
for (const seed of [1, 2]) writeRun(join(folder, 'runs', `day-${seed}`), { ...day, manifest: { ...day.manifest, seed } });
const runs = findRuns([join(folder, 'runs')]);

/** A detector that blames the sample's attacker for a scan, when it began. */
function detector(change: Partial<Detector> = {}): Detector & { asked: RunFolder[] } {
  const asked: RunFolder[] = [];
  const findings = async (run: RunFolder): Promise<Finding[]> => {
    asked.push(run);
    const { first } = run;
    return [{ time: first, first, last: first + 1e6, class: 'server-scan', level: 'warning', subject: '10.99.0.100', text: 'scan' }];
  };
  return { name: 'one', version: '1', available: () => undefined, findings, asked, ...change };
}

test('a detector sees neither labels nor manifest', async () => {
  const one = detector();
  await evaluate({ runs, detectors: [one], cache: new Cache(undefined) });
  const [seen] = one.asked;
  assert.deepEqual(Object.keys(seen ?? {}).sort(), ['capture', 'first', 'hash', 'last', 'logs', 'name', 'site']);
  assert.equal(one.asked.length, 2);
});

test('what is known is not asked again, until the version changes', async () => {
  const cache = new Cache(join(folder, 'cache'));
  const one = detector();
  const first = await evaluate({ runs, detectors: [one], cache });
  const second = await evaluate({ runs, detectors: [one], cache });
  assert.equal(one.asked.length, 2);
  assert.deepEqual(second.detectors[0]?.summary.attacks, first.detectors[0]?.summary.attacks);
  for (const name of readdirSync(join(folder, 'cache'))) writeFileSync(join(folder, 'cache', name), 'damaged');
  const third = await evaluate({ runs, detectors: [one], cache });
  assert.equal(one.asked.length, 4);
  assert.deepEqual(third.detectors[0]?.summary.attacks, first.detectors[0]?.summary.attacks);
  const next = detector({ version: '2' });
  await evaluate({ runs, detectors: [next], cache });
  assert.equal(next.asked.length, 2);
});

test('one that fails is listed with the run and is not silent there; the others go on', async () => {
  const failing = detector({
    name: 'two',
    findings: async (run) => {
      if (run.name === 'day-1') throw new Error('it fell over');
      return [];
    },
  });
  const absent = detector({ name: 'three', available: () => 'not installed' });
  const { detectors } = await evaluate({ runs, detectors: [detector(), failing, absent], cache: new Cache(undefined) });
  assert.deepEqual(
    detectors.map(({ scores, failed, unavailable }) => [scores.length, failed.length, unavailable]),
    [
      [2, 0, undefined],
      [1, 1, undefined],
      [0, 0, 'not installed'],
    ],
  );
  assert.deepEqual(detectors[1]?.failed, [{ run: 'day-1', reason: 'it fell over' }]);
  assert.equal(detectors[1]?.summary.attacks.find(({ attack }) => attack === 'A11')?.recall.of, 1);
});

test('one that replays in real time runs beside the others, on several runs at once; its scores keep the order of the runs', async () => {
  const order: string[] = [];
  let secondBegan = (): void => undefined;
  const second = new Promise<void>((resolve) => {
    secondBegan = resolve;
  });
  const slow = detector({
    name: 'slow',
    realTime: true,
    // The first run ends only after the second one.
    findings: async (run) => {
      if (run.name === 'day-1') await second;
      order.push(`slow ${run.name}`);
      if (run.name === 'day-2') setImmediate(secondBegan);
      return [];
    },
  });
  const quick = detector({
    name: 'quick',
    findings: async (run) => {
      order.push(`quick ${run.name}`);
      return [];
    },
  });
  const { detectors } = await evaluate({ runs, detectors: [quick, slow], cache: new Cache(undefined) });
  assert.deepEqual(order.toSorted(), ['quick day-1', 'quick day-2', 'slow day-1', 'slow day-2']);
  assert.ok(order.indexOf('slow day-2') < order.indexOf('slow day-1'));
  assert.deepEqual(
    detectors[1]?.scores.map(({ run }) => run.name),
    ['day-1', 'day-2'],
  );
  assert.ok(Number.isNaN(detectors[1]?.summary.cost));
  assert.ok((detectors[0]?.summary.cost ?? 0) > 0);
});

test('steps are told to the last', async () => {
  const steps: [number, number][] = [];
  const detectors = [detector(), detector({ name: 'slow', realTime: true })];
  await evaluate({ runs, detectors, cache: new Cache(undefined), report: (at, of) => steps.push([at, of]) });
  assert.deepEqual(steps.at(-1), [6, 6]);
  assert.ok(steps.every(([at], i) => i === 0 || at >= steps[i - 1]![0]));
});
