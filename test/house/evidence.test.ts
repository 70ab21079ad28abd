/**
 * What rules conclude with less evidence (issue 5): each rule that goes by media, requests or answers says what it concludes without
 * them, and where the Event shows that they were missing, the Alert names it.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILTIN_RULES } from '../../src/config.ts';
import { loadRules } from '../../src/correlate/load.ts';
import { RULE, type RuleFile } from '../../src/correlate/ruleschema.ts';
import { testEvent } from '../../src/correlate/ruletests.ts';
import { EVENTS, type EventName } from '../../src/events.ts';
import { check } from '../../src/readyaml.ts';

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
