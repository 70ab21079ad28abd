import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SHAPES } from '../correlate/ruleschema.ts';
import { PACKAGE_ROOT } from '../packageroot.ts';
import { runRuleList, runRuleNew, runRuleTest } from './rule.ts';
import { scaffold } from './rulescaffold.ts';

const folder = mkdtempSync(join(tmpdir(), 'rule-'));
after(() => rmSync(folder, { recursive: true }));

async function output(run: (out: { write(text: string): unknown }) => Promise<number>): Promise<{ code: number; text: string }> {
  const parts: string[] = [];
  const code = await run({ write: (part) => parts.push(part) });
  return { code, text: parts.join('') };
}

test('a new rule of every shape is complete and passes its tests', async () => {
  for (const shape of SHAPES) {
    const { code, text } = await output((out) => runRuleNew(`my-${shape}`, { shape, dir: folder }, out));
    assert.deepEqual([code, text.includes(`my-${shape}.yaml`)], [0, true]);
    const tested = await output((out) => runRuleTest([join(folder, `my-${shape}.yaml`)], out));
    assert.deepEqual([tested.code, tested.text.trimEnd().split('\n').at(-1)], [0, '2 passed, 0 failed'], `${shape}: ${tested.text}`);
  }
});

test('a name that is none, or is taken, is refused', () => {
  assert.throws(() => runRuleNew('My Rule', { shape: 'any', dir: folder }, { write: () => {} }), /is no name for a rule/);
  assert.throws(() => runRuleNew('my-any', { shape: 'any', dir: folder }, { write: () => {} }), /is there already/);
});

test('a test that does not pass is shown with what was expected', async () => {
  const file = join(folder, 'my-any.yaml');
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(wrong, readFileSync(file, 'utf8').replace('refusals > 5', 'refusals > 50'));
  const { code, text } = await output((out) => runRuleTest([wrong], out));
  assert.equal(code, 1);
  assert.match(text, /^FAILED my-any: what fires it\n {9}expected 1 alerts, received 0\nok {5}my-any: .*\n1 passed, 1 failed\n$/);
});

test('a rule with a fault', async () => {
  const file = join(folder, 'fault.yaml');
  writeFileSync(file, 'id: x\n');
  const { code, text } = await output((out) => runRuleTest([file], out));
  assert.deepEqual([code, text.includes('fault.yaml:1:1')], [1, true]);
});

test('the list of rules, and what each met and cost over a capture', async () => {
  const { text } = await output((out) => runRuleList([], {}, out));
  assert.match(text, /^rule +level +class +stage +shape +on\n/);
  assert.match(text, /\npassword-guessing +high +password-guessing +credential +count +auth\.failed\n/);
  const sample = new URL('samples/attack-day.pcap', PACKAGE_ROOT).pathname;
  const costs = (await output((out) => runRuleList([sample], {}, out))).text;
  assert.match(costs, /^rule +events +hits +alerts +ns per event\n/);
  const [, events, hits, alerts] = /\npassword-guessing +(\d+) +(\d+) +(\d+) +\d+\n/.exec(costs) ?? [];
  assert.ok(Number(events) >= Number(hits) && Number(hits) >= 10 && Number(alerts) >= 1, costs);
});

test('hits and cost of a rule that reads a list are those it has beside the rule that fills it', async () => {
  const rules = join(folder, 'listed');
  const written = (id: string, change: (text: string) => string): void => {
    mkdirSync(rules, { recursive: true });
    writeFileSync(join(rules, `${id}.yaml`), change(scaffold(id, 'any').replace('refusals > 5', 'refusals > 0')));
  };
  written('fills', (text) => `${text}remember: { list: seen, value: src, for: 1d }\n`);
  written('reads', (text) => `${text.replace('refusals > 0', 'refusals > 0 and src not in @seen')}lists: { seen: those seen }\n`);
  const sample = new URL('samples/attack-day.pcap', PACKAGE_ROOT).pathname;
  const text = (await output((out) => runRuleList([sample], { rules }, out))).text;
  const hits = (id: string): number => Number(new RegExp(`^${id} +\\d+ +(\\d+) `, 'm').exec(text)?.[1]);
  // The one that fills the list comes first: nobody is left.
  assert.ok(hits('fills') > 10, text);
  assert.equal(hits('reads'), 0, text);
});
