/** The page of results, from results made up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedPart, isWorse, labelledPart, page, part, partOf, type Result, rowsOf } from '../../tools/capture-page.ts';
import { alert } from '../alerts.ts';
import type { Expectation, ExpectedAlert } from './expectation.ts';
import { judge, type SeenAlert } from './judge.ts';

const GUESSING: ExpectedAlert = {
  class: 'password-guessing',
  attacker: '198.51.100.7',
  target: '1003@pbx.example',
  outcomes: ['failed', 'unknown'],
  least: 10,
  most: 40,
};

function result(file: string, expected: readonly ExpectedAlert[], alerts: readonly SeenAlert[]): Result {
  const expectation: Expectation = { file: `captures/${file}`, story: `What is in ${file} | here.`, alerts: expected, may: [], proofs: [] };
  const found = { status: 0, alerts, faults: [], converted: true };
  return { expectation, verdict: judge(expectation, found), found };
}

const RESULTS = [
  result('told.pcap', [GUESSING], [alert()]),
  result('missed.pcap', [GUESSING], []),
  result('wrong.pcap', [], [alert(), alert({ class: 'flood' })]),
  result('beyond.pcap', [{ ...GUESSING, class: 'covert-channel', beyond: 'one sample' }], []),
];

const labelled = labelledPart({ messages: 4, told: 1, valid: new Map([['x', 2]]), missed: ['y'] });

test('every capture has its row with the verdict, and classes have their recall and precision', () => {
  const text = part('seen', RESULTS, 'ringfence 1 at commit 2');
  assert.deepEqual(rowsOf(text), [
    { file: 'told.pcap', judgement: 'agreed' },
    { file: 'missed.pcap', judgement: 'missed' },
    { file: 'wrong.pcap', judgement: 'false alarm' },
    { file: 'beyond.pcap', judgement: 'beyond' },
  ]);
  assert.match(text, /^4 captures, by ringfence 1 at commit 2: 1 agreed, 1 beyond, 0 differs, 1 false alarm, 1 missed, 0 not read\.$/m);
  assert.match(text, /^\| `password-guessing` \| 2 \| 1 \| 1 \| 50 % \| 50 % \|$/m);
  assert.match(text, /^\| `flood` \| 0 \| 0 \| 1 \| – \| 0 % \|$/m);
  assert.match(text, /^\| all \| 2 \| 1 \| 2 \| 50 % \| 33 % \|$/m);
  assert.doesNotMatch(text, /\| `covert-channel` \|/);
  assert.match(text, /password-guessing by 198\.51\.100\.7 on 1003@pbx\.example, failed, 40×/);
  assert.match(text, /beyond: covert-channel by 198\.51\.100\.7 on 1003@pbx\.example, failed or unknown \(one sample\)/);
  assert.match(text, /40×<br>\*read after editcap -F pcap\*/);
  assert.match(text, /What is in told\.pcap \\\| here\./);
});

test('a part of a page can be taken out of it as it went in', () => {
  const seen = part('seen', RESULTS, 'a');
  const blind = part('blind', RESULTS.slice(1), 'b');
  const text = page(seen, blind, labelled, [{ file: 'captures/x.txt', reason: 'text' }]);
  assert.equal(partOf(text, 'seen'), seen);
  assert.equal(partOf(text, 'blind'), blind);
  assert.match(text, /^\| `x\.txt` \| text \|$/m);
  assert.equal(partOf('# no page', 'seen'), undefined);
});

test('the blind half shows names alone before its time', () => {
  const text = closedPart(['captures/a.pcap', 'captures/b.pcap']);
  assert.deepEqual(rowsOf(text), [
    { file: 'a.pcap', judgement: 'not run yet' },
    { file: 'b.pcap', judgement: 'not run yet' },
  ]);
});

test('worse is what stands later in the list', () => {
  assert.ok(isWorse('missed', 'agreed'));
  assert.ok(isWorse('false alarm', 'beyond'));
  assert.ok(!isWorse('agreed', 'missed'));
  assert.ok(!isWorse('differs', 'differs'));
});
