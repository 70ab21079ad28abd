import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import type { Alert } from '../types.ts';
import { compileRule } from './compile.ts';
import { Correlator } from './correlator.ts';
import { runRuleTests, testEvent } from './ruletests.ts';

const LESS = [{ evidence: 'answers', where: "direction == 'requests'", concludes: 'that somebody tries.' }];

test('an Alert names what was missing, and says what it concludes', () => {
  const { rule, faults } = compileRule(stringify({ ...GOOD, limit: 1, without: LESS }), 'r.yaml', 'default');
  assert.deepEqual(faults, []);
  const alertOf = (direction: string): Alert => {
    const correlator = new Correlator([rule!], { node: 'n', seed: { k0: 1, k1: 2 }, capacity: 16 });
    correlator.handle(testEvent('auth.failed', { src: '192.0.2.1', refusals: 1, direction }, 1e15, 1), 1e15);
    return correlator.out[0]!;
  };
  const { missing, why } = alertOf('requests');
  assert.deepEqual(missing, ['answers']);
  assert.equal(why, '192.0.2.1 1 No answer was seen, only the requests: it concludes that somebody tries.');
  assert.equal(Object.hasOwn(alertOf('both'), 'missing'), false);
});

test('a condition that is wrong is a fault; a test of a rule can ask for what is missing', () => {
  const wrong = compileRule(stringify({ ...GOOD, without: [{ ...LESS[0], where: 'nonsense' }] }), 'r.yaml', 'default');
  assert.match(wrong.faults[0]?.message ?? '', /nonsense/);
  const tests = [{ ...GOOD.tests[0], missing: ['media'] }, GOOD.tests[1]];
  assert.deepEqual(
    runRuleTests(stringify({ ...GOOD, tests }), 'r.yaml').map(({ faults }) => faults),
    [['expected media to be missing, received nothing'], []],
  );
});
