import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import { BUILTIN_RULES } from '../config.ts';
import { runRuleTests } from './ruletests.ts';

const [FIRES] = GOOD.tests;

for (const name of readdirSync(BUILTIN_RULES).filter((file) => file.endsWith('.yaml'))) {
  const file = join(BUILTIN_RULES, name);
  const results = runRuleTests(readFileSync(file, 'utf8'), file);
  test(`${name} has tests`, () => assert.ok(results.length >= 2));
  for (const result of results) test(`${name}: ${result.name}`, () => assert.deepEqual(result.faults, []));
}

test('a test that does not hold says what it expected and what came', () => {
  const wrong = [
    { ...FIRES, name: 'too many', alerts: 2 },
    { ...FIRES, name: 'other', outcome: 'succeeded', level: 'info', count: 5 },
    { name: 'silent', events: [{ type: 'auth.failed', refusals: 1 }], alerts: 0, count: 1 },
  ];
  const results = runRuleTests(stringify({ ...GOOD, tests: wrong }), 'r.yaml');
  assert.deepEqual(
    results.map(({ faults }) => faults),
    [
      ['expected 2 alerts, received 1'],
      ['expected outcome succeeded, received unknown', 'expected level info, received high', 'expected count 5, received 3'],
      ['expected count 1, received no alert'],
    ],
  );
});

test('each test runs under its own profile; a rule with faults has no results', () => {
  const tests = [...GOOD.tests, { ...FIRES, name: 'paper', profile: 'paper', alerts: 0 }];
  assert.deepEqual(
    runRuleTests(stringify({ ...GOOD, tests, profiles: { paper: { limit: 4 } } }), 'r.yaml').map(({ faults }) => faults),
    [[], [], []],
  );
  assert.match(
    runRuleTests(stringify({ ...GOOD, tests, profiles: { paper: { limit: 'auto' } } }), 'r.yaml')[2]?.faults[0] ?? '',
    /does not compile under profile paper/,
  );
  assert.deepEqual(runRuleTests('id: x', 'r.yaml'), []);
});
