/**
 * What rules conclude with less evidence (issue 5): each rule that goes by media, requests or answers says what it concludes without
 * them, and where the Event shows that they were missing, the Alert names it.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { BUILTIN_RULES } from '../../src/config.ts';
import { compileRule } from '../../src/correlate/compile.ts';
import { Correlator } from '../../src/correlate/correlator.ts';
import { loadRules } from '../../src/correlate/load.ts';
import { RULE, type RuleFile } from '../../src/correlate/ruleschema.ts';
import { runRuleTests, testEvent } from '../../src/correlate/ruletests.ts';
import { EVENTS, type EventName } from '../../src/events.ts';
import { check } from '../../src/readyaml.ts';
import { GOOD } from '../goodrule.ts';

/** Rules by what they look at, as they stand in their files. */
const RULES: readonly RuleFile[] = readdirSync(BUILTIN_RULES)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => {
    const { value } = check(RULE, readFileSync(join(BUILTIN_RULES, name), 'utf8'), name);
    return value === undefined ? [] : [value];
  });

/** Events that tell something of media, but for those that signalling alone makes. */
const OF_MEDIA = Object.keys(EVENTS).filter((name) => name.startsWith('media.') && name !== 'media.described');
const ALSO_OF_MEDIA = ['dialog.forged', 'dialog.unacknowledged', 'gateway.talks-on'];

function typesOf({ on, steps }: RuleFile): readonly string[] {
  return [on ?? [], ...(steps ?? []).map((step) => step.on)].flat();
}

/** Evidence that a rule uses, by the Events it looks at. */
function usedBy(rule: RuleFile): readonly string[] {
  const types = typesOf(rule);
  const media = types.some((type) => OF_MEDIA.includes(type) || ALSO_OF_MEDIA.includes(type));
  const both = types.some((type) => type === 'load.risen' || Object.hasOwn(EVENTS[type as EventName]?.fields ?? {}, 'direction'));
  return [...(media ? ['media'] : []), ...(both ? ['requests', 'answers'] : [])];
}

for (const rule of RULES) {
  const used = usedBy(rule);
  if (used.length === 0) continue;
  test(`${rule.id} says what it concludes without ${used.join(', ')}`, () => {
    const said = rule.without.map(({ evidence }) => evidence);
    assert.deepEqual(
      used.filter((evidence) => !said.some((each) => each === evidence)),
      [],
    );
    assert.equal(new Set(said).size, said.length, 'each once');
  });
}

test('rules on Events that tell a direction name what the sensor did not see', () => {
  const { rules } = loadRules([BUILTIN_RULES], { profile: 'default', proven: true });
  const told = rules.filter(({ on }) => on.some((type) => Object.hasOwn(EVENTS[type as EventName]?.fields ?? {}, 'direction')));
  assert.ok(told.length >= 5);
  for (const { id, on, without } of told) {
    const missing = (direction: string): string[] => {
      const event = testEvent(on[0]!, { direction }, 1e15, 1);
      return without.filter(({ where }) => where(event)).map(({ evidence }) => evidence);
    };
    assert.deepEqual([missing('answers'), missing('requests'), missing('both')], [['requests'], ['answers'], []], id);
  }
});

const LESS = [{ evidence: 'answers', where: "direction == 'requests'", concludes: 'that somebody tries.' }];

test('an Alert names what was missing, and says what it concludes', () => {
  const { rule, faults } = compileRule(stringify({ ...GOOD, limit: 1, without: LESS }), 'r.yaml', 'default');
  assert.deepEqual(faults, []);
  const alertOf = (direction: string) => {
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
