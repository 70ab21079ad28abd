/** The reports: the same tables thrice, and nothing that a recording says breaks out of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOSTILE, hasHarm } from '../test/hostile.ts';
import { alarm, campaign, run } from '../test/scores.ts';
import type { Evaluation } from './evaluate.ts';
import { markdownReport } from './markdown.ts';
import { pageReport } from './page.ts';
import { pitfalls } from './pitfalls.ts';
import type { CampaignScore, FalseAlarm, RunScore, RunSummary } from './score.ts';
import { summarize } from './summary.ts';
import { amount, ranges, ratio, time } from './tables.ts';
import { textReport } from './text.ts';
import { judgeAttacks, judgeGlobals } from './verdict.ts';

function evaluationOf(scores: readonly RunScore[], change: Partial<Evaluation> = {}): Evaluation {
  const summary = summarize(scores);
  const detector = { name: 'ringfence', version: '1', failed: [], scores, summary };
  return {
    format: 1,
    made: { time: '2026-11-21T16:00:00.000Z', version: '0.1.0', commit: 'abc', node: 'v24', host: 'a host' },
    set: 'validation',
    hash: '0123456789abcdef',
    runs: scores.map((score) => score.run),
    detectors: [detector, { ...detector, name: 'peer', failed: [{ run: 'run-1', reason: 'it fell over' }] }],
    attacks: judgeAttacks(scores),
    globals: judgeGlobals(scores, summary),
    ...change,
  };
}

const PAGE = { width: 160, color: false };

const scores = [
  run({ seed: 1, campaigns: [campaign({ delay: 1 })], right: 1 }),
  run({ seed: 2, campaigns: [campaign({ called: 'flood' })], wrongClass: 1, victims: [alarm('forged')] }),
  run({ seed: 3, days: 2, calls: 20_000, falseAlarms: [alarm('storm')] }),
];

test('text, Markdown and page say the same numbers', () => {
  const evaluation = evaluationOf(scores);
  const texts = [textReport(evaluation, PAGE), markdownReport(evaluation), pageReport(evaluation)];
  for (const text of texts) {
    assert.match(text, /1 of 2 attacks told rightly\./);
    assert.match(text, /forged: blames a victim/);
    assert.match(text, /0\.50 \(≤ 2\.4\)/, 'one false alarm in two days');
    assert.match(text, /A13 password guessing/);
  }
  assert.match(texts[0]!, /peer failed on run-1: it fell over/);
  assert.match(texts[0]!, /peer \(failed on 1\)/);
});

test('what is bad stands before what is good', () => {
  const text = markdownReport(evaluationOf(scores));
  assert.ok(text.indexOf('## What we are bad at') < text.indexOf('## What is reached'));
  assert.ok(text.indexOf('| A13 password guessing | 10/s | 1 | other (flood) |') > 0, text.slice(0, 900));
});

test('without a run, and with a detector that could not run, everything is still said', () => {
  const none = evaluationOf([]);
  const [own] = none.detectors;
  assert.ok(own !== undefined);
  const evaluation = { ...none, detectors: [own, { ...own, name: 'snort', unavailable: 'no snort: apt-get install snort' }] };
  assert.match(textReport(evaluation, PAGE), /snort +did not run: no snort: apt-get install snort/);
  assert.match(markdownReport(evaluation), /There was no benign run: nothing is known of false alarms per day/);
  assert.match(pageReport(evaluation), /There was no attack run/);
});

test('nothing that a recording says gets out of its cell', () => {
  for (const evil of HOSTILE) {
    const hostile = scores.map((score) => withText(score, evil));
    const evaluation = evaluationOf(hostile);
    const [own, peer] = evaluation.detectors;
    const failing = { ...evaluation, detectors: [own!, { ...peer!, failed: [{ run: evil, reason: evil }] }] };
    const text = textReport(failing, PAGE);
    for (const line of text.split('\n')) assert.ok(!hasHarm(line), JSON.stringify(line.slice(0, 200)));
    const markdown = markdownReport(failing);
    for (const line of markdown.split('\n')) assert.ok(!hasHarm(line), JSON.stringify(line.slice(0, 200)));
    assert.ok(!/(?<!\\)[<|]script/.test(markdown));
    const page = pageReport(failing);
    assert.equal(page.match(/<script/g), null);
    // As many cells as with harmless text.
    assert.equal(page.split('<td').length, pageReport(evaluationOf(scores.map((score) => withText(score, 'x')))).split('<td').length);
  }
});

function withText(score: RunScore, text: string): RunScore {
  const named: RunSummary = { ...score.run, name: text, scenario: text, commit: text, host: text, tools: [text] };
  const alarms = (list: readonly FalseAlarm[]): FalseAlarm[] => list.map((each) => ({ ...each, text, subject: text }));
  const told = (each: CampaignScore): CampaignScore => ({
    ...each,
    id: text,
    ...(each.found === undefined ? {} : { found: { ...each.found, text } }),
  });
  return {
    ...score,
    run: named,
    campaigns: score.campaigns.map(told),
    victims: alarms(score.victims),
    falseAlarms: alarms(score.falseAlarms),
  };
}

test('pitfalls: what is open is said, and an opened test set is told', () => {
  const states = (evaluation: Evaluation) => new Map(pitfalls(evaluation).map(({ name, state, answer }) => [name, { state, answer }]));
  const validation = states(evaluationOf(scores));
  assert.equal(validation.size, 10);
  assert.deepEqual(
    ['Sampling bias', 'Data snooping', 'Biased parameter selection', 'Inappropriate baseline', 'Base rate fallacy'].map(
      (name) => validation.get(name)?.state,
    ),
    ['open', 'avoided', 'partly', 'avoided', 'partly'],
  );
  const opened = states(evaluationOf(scores, { set: 'test', openings: { hash: 'h', times: 3, versions: 2 } }));
  assert.deepEqual(opened.get('Data snooping')?.state, 'open');
  assert.match(opened.get('Data snooping')?.answer ?? '', /opened 3 times, by 2 versions/);
});

test('numbers as people read them', () => {
  assert.deepEqual([0, 1, 0.5, 0.9956, 0.0012, Number.NaN].map(ratio), ['0.00', '1.00', '0.50', '0.9956', '0.0012', '–']);
  assert.deepEqual([0, 0.123, 12.34, 1234, Number.NaN].map(amount), ['0', '0.12', '12', '1,234', '–']);
  assert.deepEqual([0, 5_300_000, Number.NaN].map(time), ['at once', '5.3 s', '–']);
  assert.equal(ranges([1, 2, 3, 7, 9, 10]), '1–3, 7, 9–10');
});
