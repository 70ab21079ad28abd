import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attackTitles, loadSettings } from './settings.ts';

test('what was looked for: rules for attacks, the worst first, no remarks', () => {
  const { rules } = loadSettings({});
  const titles = attackTitles(rules);
  const of = (title: string) => rules.find((rule) => rule.title === title)!;
  assert.ok(titles.length > 10 && titles.length < rules.length);
  const { level: own, success: got } = of(titles[0]!);
  assert.ok(own === 'critical' || got?.level === 'critical', 'one that can be critical leads');
  for (const { title, level, success } of rules) {
    const serious = [level, success?.level].some((each) => each === 'warning' || each === 'high' || each === 'critical');
    assert.equal(titles.includes(title), serious, title);
  }
  assert.equal(of(titles.at(-1)!).level, 'warning');
  assert.deepEqual(attackTitles([]), []);
});
