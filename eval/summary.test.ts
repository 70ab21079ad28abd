/** Sums over a handful of runs, counted by hand; and the verdicts that follow. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttackId } from '../lab/record/folder.ts';
import { alarm, campaign, run } from '../test/scores.ts';
import { BANDS } from './blame.ts';
import { REQUIRED, requiredFor, strength } from './required.ts';
import type { RunScore } from './score.ts';
import { poissonUpper, proportionLower } from './statistics.ts';
import { summarize } from './summary.ts';
import { judgeAttacks, judgeGlobals } from './verdict.ts';

const S = 1_000_000;
const nothing = { hits: 0, falseHits: 0, misses: 0, rest: 0 };
const bands = BANDS.map(() => ({ slices: 0, hits: 0 }));

const attacks = [
  run({ seed: 1, campaigns: [campaign({ delay: 1 })], right: 1 }),
  run({ seed: 2, campaigns: [campaign({ delay: 3 })], right: 2, falseAlarms: [alarm('storm')] }),
  run({ seed: 3, campaigns: [campaign({ called: 'flood' })], wrongClass: 1, victims: [alarm('forged')] }),
  run({ seed: 4, campaigns: [campaign({})] }),
  run({ seed: 5, campaigns: [campaign({ intensity: '0.1/s', delay: 400 })], right: 1 }),
];
const calm = [
  run({
    seed: 6,
    days: 2,
    calls: 6000,
    falseAlarms: [alarm('storm'), alarm('spit', 'spit')],
    slices: { ...nothing, falseHits: 1, rest: 99, bands },
  }),
  run({ seed: 7, days: 1, calls: 4000, slices: { ...nothing, rest: 100, bands } }),
];

test('rows of an attack: all strengths, then each', () => {
  const { attacks: rows, total } = summarize([...attacks, ...calm]);
  assert.deepEqual(
    rows.map(({ intensity, runs }) => [intensity, runs]),
    [
      ['', 5],
      ['0.1/s', 1],
      ['10/s', 4],
    ],
  );
  const [, , fast] = rows;
  assert.deepEqual([fast?.recall.hits, fast?.recall.of, fast?.recall.value], [2, 4, 0.5]);
  assert.equal(fast?.recall.lower, proportionLower(2, 4));
  assert.deepEqual([fast?.recall.interval?.low, fast?.recall.interval?.high], [0, 1]);
  assert.deepEqual([fast?.found.hits, fast?.delay, fast?.packets], [3, { median: S, p95: 3 * S }, { median: 10, p95: 30 }]);
  // Six alarms in these runs: three right, one with a wrong class, one false, one that blames a victim.
  assert.deepEqual([fast?.precision, fast?.discoveryRate, fast?.falseAlarms, fast?.victims], [3 / 6, 2 / 6, 1, 1]);
  assert.equal(total?.recall.value, 3 / 5);
});

test('benign runs: per day, per 10,000 calls, per slice, with the exact bound', () => {
  const { benign } = summarize([...attacks, ...calm]);
  assert.deepEqual([benign.runs, benign.days, benign.calls, benign.falseAlarms], [2, 3, 10_000, 2]);
  assert.equal(benign.perDay.value, 2 / 3);
  assert.equal(benign.perDay.upper, poissonUpper(2) / 3);
  assert.equal(benign.perTenThousandCalls.value, 2);
  assert.equal(benign.sliceRate.value, 1 / 200);
  assert.ok(Number.isNaN(summarize(attacks).benign.perDay.value));
});

test('confusion, failures, nuisances, cost', () => {
  const { confusion, failures, nuisances, victims, macroF1, cost } = summarize([...attacks, ...calm]);
  assert.deepEqual(confusion, [
    ['A13', '', 1],
    ['A13', 'flood', 1],
    ['A13', 'password-guessing', 3],
  ]);
  assert.deepEqual(
    failures.map(({ run: name }) => name),
    ['run-3', 'run-4'],
  );
  assert.deepEqual(
    nuisances.map(({ text, benign, attack }) => [text, benign, attack]),
    [
      ['storm', 1, 1],
      ['spit', 1, 0],
    ],
  );
  assert.deepEqual(
    victims.map(({ text, run: name }) => [text, name]),
    [['forged', 'run-3']],
  );
  // One class: 2 · 3 / (5 expected + 3 told).
  assert.equal(macroF1, 6 / 8);
  assert.equal(cost, 10);
});

test('every attack of the catalogue has a requirement for every strength', () => {
  for (let i = 1; i <= 37; i++) {
    const id: AttackId = `A${i}`.replace(/^A(\d)$/, 'A0$1') as AttackId;
    assert.ok(requiredFor(id, 'whatever') !== undefined, id);
    assert.ok(requiredFor(id, '10/s') !== undefined, id);
  }
  assert.ok(REQUIRED.every(({ recall, delay, source }) => recall > 0 && recall <= 1 && delay > 0 && source.length > 3));
});

test('the row of a strength is the strictest that begins at or below it', () => {
  const row = (intensity: string) => requiredFor('A13', intensity)?.from?.value;
  assert.deepEqual(['176/s', '10/s', '9.9/s', '1/s', '0.1/s', '0.01/s', '0.001/s', '5 sources'].map(row), [
    10,
    10,
    1,
    1,
    0.1,
    0.01,
    0,
    undefined,
  ]);
  assert.deepEqual(strength('60 calls/h'), { value: 60, unit: 'calls/h' });
  assert.deepEqual(
    ['1 per 20 s', '1 per min', '1 per 2 h'].map((name) => strength(name).value),
    [0.05, 1 / 60, 1 / 7200],
  );
  assert.ok(Number.isNaN(strength('slow').value));
});

test('verdicts: in time or not, enough runs or not, measured or not', () => {
  const judged = judgeAttacks(attacks);
  const of = (value: number) => judged.find(({ required }) => required.attack === 'A13' && required.from?.value === value);
  assert.deepEqual([of(10)?.verdict, of(10)?.inTime.hits, of(10)?.runs], ['missed', 2, 4]);
  // Told after 400 s where 205 are allowed.
  assert.deepEqual([of(0.1)?.verdict, of(0.1)?.inTime.hits, of(0.1)?.recall.hits], ['missed', 0, 1]);
  assert.equal(of(1)?.verdict, 'unmeasured');
  const many = Array.from({ length: 10 }, (_, seed) => run({ seed, campaigns: [campaign({ delay: 1 })], right: 1 }));
  const fast = (runs: readonly RunScore[]) => judgeAttacks(runs).find(({ required }) => required.attack === 'A13')?.verdict;
  assert.deepEqual([fast(many), fast(many.slice(1))], ['met', 'few']);
});

test('a bound on packets counts too: distributed guessing within 40', () => {
  const told = (delay: number) =>
    judgeAttacks([run({ campaigns: [campaign({ attack: 'A14', intensity: '5 sources', delay })] })]).find(
      ({ required }) => required.attack === 'A14',
    )?.inTime.hits;
  assert.deepEqual([told(4), told(5)], [1, 0]);
});

test('bounds over everything', () => {
  const all = [...attacks, ...calm];
  const judged = new Map(judgeGlobals(all, summarize(all)).map(({ required, value, verdict }) => [required.measure, { value, verdict }]));
  assert.deepEqual(judged.get('falseAlarmsPerDay'), { value: poissonUpper(2) / 3, verdict: 'undecided' });
  assert.deepEqual(judged.get('spitAlarmsPerDay'), { value: poissonUpper(1) / 3, verdict: 'undecided' });
  assert.deepEqual(judged.get('teardownAlarms'), { value: 0, verdict: 'few' });
  // Nine alarms: four right, one wrong class, three false, one on a victim.
  assert.deepEqual(judged.get('discoveryRate'), { value: 4 / 9, verdict: 'missed' });
  assert.deepEqual(judged.get('victims'), { value: 1, verdict: 'missed' });
  assert.equal(judged.get('breachRecall')?.verdict, 'unmeasured');
  assert.equal(judged.get('spitSliceF1')?.verdict, 'unmeasured');
  assert.equal(judged.get('addressRule')?.verdict, 'unmeasured');
  const twin = run({ days: 0.01, falseAlarms: [alarm('moved')] });
  const theirs = run({ days: 0.01, falseAlarms: Array.from({ length: 50 }, () => alarm('other address')) });
  const beside = judgeGlobals([twin], summarize([twin]), [theirs]).find(({ required }) => required.measure === 'addressRule');
  assert.deepEqual([beside?.value, beside?.verdict], [1 / 50, 'missed']);
  // A short run says nothing of a day.
  assert.ok(Number.isNaN(summarize([twin]).benign.perDay.value));
  assert.deepEqual([summarize([twin]).benign.shortAlarms, summarize([twin]).benign.dayAlarms], [1, 0]);
  const none = new Map(judgeGlobals([], summarize([])).map(({ required, verdict }) => [required.measure, verdict]));
  assert.deepEqual([...new Set(none.values())], ['unmeasured']);
});
