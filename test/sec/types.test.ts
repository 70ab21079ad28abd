import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testEvent } from '../../src/correlate/ruletests.ts';
import { COMMON_FIELDS, type FieldKind } from '../../src/eventfields.ts';
import type { Event } from '../../src/types.ts';
import { tool } from '../peers.ts';
import { line, planned } from '../planrules.ts';
import { type Alarm, missing, secAlarms } from './judge.ts';
import { DAY, withTicks } from './lines.ts';

const LETTER = new Map<string, FieldKind>(Object.entries({ ...COMMON_FIELDS, key: 'name' } as const));
const TYPES = new Map(['letter.a', 'letter.b'].map((type) => [type, LETTER]));
const KEY = { by: ['key'], subject: { kind: 'call', value: 'key' }, why: '{key}' };
const STEPS = [
  { name: 'a', on: 'letter.a' },
  { name: 'b', on: 'letter.b' },
];

/** The equal of each rule of types.sec. SEC's window of 30 s ends with the thirtieth whole second: half a second more says that. */
const RULES = {
  single: { ...KEY, shape: 'any', on: 'letter.a', quiet: '1ms' },
  suppress: { ...KEY, shape: 'any', on: 'letter.a', quiet: '1h', until: { limit: 1000, within: '30500ms' } },
  pair: { ...KEY, shape: 'sequence', steps: STEPS, within: '20500ms', instances: 1, quiet: '1ms' },
  absent: { ...KEY, shape: 'absence', steps: STEPS, within: '20500ms', instances: 1, quiet: '1ms' },
  came: { ...KEY, shape: 'any', on: 'rule.absent.met', quiet: '1ms' },
  threshold: { ...KEY, shape: 'count', on: 'letter.a', limit: 4, within: '30500ms' },
  thresholds: { ...KEY, shape: 'count', on: 'letter.a', limit: 3, within: '30500ms', until: { limit: 1, within: '40500ms' } },
  normal: { ...KEY, shape: 'any', on: 'rule.thresholds.over', quiet: '1ms' },
  group: { ...KEY, shape: 'sequence', ordered: false, steps: [{ ...STEPS[0], times: 2 }, STEPS[1]], within: '30500ms' },
};

/** Those that SEC begins again in other seconds than Ringfence; of them the first alarm of each key is compared. */
const FIRST_ONLY = ['threshold', 'thresholds', 'normal', 'group'];

/** Letters in whole seconds, often and seldom, of forty keys one after another. */
function letters(): { lines: string[]; events: Event[] } {
  const lines: string[] = [];
  const events: Event[] = [];
  let state = 12345;
  const random = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
  let time = DAY;
  for (let key = 0; key < 40; key++) {
    for (let i = 0; i < 12; i++) {
      time += 1 + random(key % 2 === 0 ? 8 : 25);
      const type = random(3) === 0 ? 'letter.b' : 'letter.a';
      lines.push(`${time}.000000 ${type} key=k${key}`);
      events.push(testEvent(type, { key: `k${key}` }, time * 1e6, lines.length, TYPES));
    }
    time += 120;
  }
  return { lines, events };
}

function firstOnly(alarms: readonly Alarm[]): Alarm[] {
  const seen = new Set<string>();
  return alarms.filter(({ attack, about }) => {
    const key = `${attack} ${about}`;
    const repeated = seen.has(key);
    seen.add(key);
    return !FIRST_ONLY.includes(attack) || !repeated;
  });
}

test('each rule type of SEC and its equal: the same alarms in the same seconds', tool('sec', 'apt-get install sec'), async () => {
  const { lines, events } = letters();
  const correlator = planned(RULES, { types: TYPES });
  for (const event of events) correlator.handle(event, event.time);
  correlator.advance((events.at(-1)?.time ?? 0) + 100e6);
  const open = correlator.out.filter(({ state }) => state === 'open');
  const own = firstOnly(open.map(({ rule, subject, time }) => ({ attack: rule, about: subject.value, time: Math.floor(time / 1e6) })));
  const sec = firstOnly(await secAlarms(withTicks(lines, 100), 'types.sec'));
  for (const attack of Object.keys(RULES)) {
    const [ours, theirs] = [own, sec].map((alarms) => alarms.filter((alarm) => alarm.attack === attack));
    assert.ok(theirs!.length > 5, `${attack}: ${theirs!.length} alarms of SEC`);
    assert.deepEqual([missing(ours!, theirs!), missing(theirs!, ours!)], [[], []], `${attack}; ${open.map(line).length}`);
  }
});
