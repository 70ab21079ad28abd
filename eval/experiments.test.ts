/** The experiments: what they name exists, and what counts for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCENARIOS } from '../lab/scenarios.ts';
import { alarm, campaign, run } from '../test/scores.ts';
import { answers, EXPERIMENTS } from './experiments.ts';

test('every experiment has scenarios', () => {
  for (const { id, attacks, scenarios = [''] } of EXPERIMENTS) {
    for (const attack of attacks)
      assert.ok(
        SCENARIOS.some((scenario) => scenario.attack === attack),
        `${id}: nobody plays ${attack}`,
      );
    for (const name of scenarios)
      assert.ok(
        SCENARIOS.some((scenario) => scenario.name.startsWith(name) && attacks.some((attack) => attack === scenario.attack)),
        `${id}: no scenario ${name}`,
      );
  }
});

test('runs count by attack, scenario and strength; false alarms by class', () => {
  const of = (scenario: string, score: ReturnType<typeof run>) => ({ ...score, run: { ...score.run, scenario } });
  const benign = run({ seed: 9, falseAlarms: [alarm('storm', 'flood'), alarm('typo', 'password-guessing')] });
  const found = answers([
    of('password-guessing', run({ seed: 1, campaigns: [campaign({ delay: 1 })] })),
    of('password-guessing', run({ seed: 2, campaigns: [campaign({ intensity: '1 per 30 min' })] })),
    of('password-found', run({ seed: 3, campaigns: [campaign({ delay: 3 })] })),
    { ...benign, run: { ...benign.run, hardNegatives: { 'stale-password': 7, t38: 2 } } },
  ]);
  const byId = (id: string) => found.find(({ experiment }) => experiment.id === id);
  const numbers = (id: string) => [byId(id)?.runs, byId(id)?.told, byId(id)?.campaigns, byId(id)?.alike, byId(id)?.falsely];
  assert.deepEqual(numbers('E3-5'), [3, 2, 3, 7, 1]);
  assert.deepEqual(numbers('E3-7'), [2, 1, 2, 7, 1]);
  assert.deepEqual(numbers('E2-8 slow'), [1, 0, 1, 0, 2]);
  assert.equal(byId('E3-5')?.delay.p95, 3_000_000);
  assert.deepEqual(numbers('E1-10'), [0, 0, 0, 0, 2]);
});
