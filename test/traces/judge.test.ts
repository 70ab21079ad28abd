/** The judge itself, on alerts made up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alert } from '../alerts.ts';
import type { Expectation, ExpectedAlert } from './expectation.ts';
import { half } from './expectation.ts';
import { judge, type SeenAlert } from './judge.ts';

const GUESSING: ExpectedAlert = {
  class: 'password-guessing',
  attacker: '198.51.100.7',
  target: '1003@pbx.example',
  outcomes: ['failed', 'unknown'],
  least: 10,
  most: 40,
};

function verdictOf(change: Partial<Expectation>, ...alerts: SeenAlert[]): string {
  const expectation: Expectation = { file: 'x', story: '', alerts: [GUESSING], may: [], proofs: [], ...change };
  const { judgement, answers, surplus } = judge(expectation, { status: 0, alerts, faults: [] });
  return [judgement, ...answers.map(({ fault }) => fault), ...surplus.map((each) => each.class)].filter((each) => each !== '').join(': ');
}

test('what is expected, and nothing else, agrees', () => {
  assert.equal(verdictOf({}, alert()), 'agreed');
  assert.equal(verdictOf({ alerts: [] }), 'agreed');
  assert.equal(verdictOf({}, alert({ subject: { kind: 'endpoint', value: '198.51.100.7:5060' } })), 'agreed');
  assert.equal(verdictOf({}, alert({ target: { kind: 'none', value: '' }, sample: ['1003@pbx.example'] })), 'agreed');
});

test('an attack that is not told is missed, unless nobody can tell it', () => {
  assert.equal(verdictOf({}), 'missed: no password-guessing by 198.51.100.7');
  assert.equal(verdictOf({}, alert({ class: 'flood' })), 'missed: no password-guessing by 198.51.100.7: flood');
  assert.equal(verdictOf({ alerts: [{ ...GUESSING, beyond: 'x' }] }), 'beyond: no password-guessing by 198.51.100.7');
  assert.equal(verdictOf({ alerts: [{ ...GUESSING, beyond: 'x' }] }, alert()), 'agreed');
});

test('whatever nothing allows is a false alarm', () => {
  assert.equal(verdictOf({ alerts: [] }, alert()), 'false alarm: password-guessing');
  assert.equal(verdictOf({}, alert(), alert({ class: 'flood' })), 'false alarm: flood');
  assert.equal(verdictOf({ may: ['flood'] }, alert(), alert({ class: 'flood' })), 'agreed');
  assert.equal(
    verdictOf({ may: ['flood'] }, alert(), alert({ class: 'flood', subject: { kind: 'address', value: '192.0.2.1' } })),
    'false alarm: flood',
  );
  assert.equal(verdictOf({ alerts: [], may: ['flood'] }, alert({ class: 'flood' })), 'agreed');
  assert.equal(verdictOf({ alerts: [{ ...GUESSING, also: ['flood'] }] }, alert({ class: 'flood' })), 'agreed');
});

test('wrong details differ', () => {
  assert.equal(verdictOf({}, alert(), alert()), 'differs: one attack in 2 alerts');
  assert.equal(verdictOf({ alerts: [{ ...GUESSING, apart: true }] }, alert(), alert({ count: 1 })), 'agreed');
  assert.equal(verdictOf({}, alert({ target: { kind: 'none', value: '' } })), 'differs: target unnamed, not 1003@pbx.example');
  assert.equal(verdictOf({}, alert({ outcome: 'succeeded' })), 'differs: outcome succeeded, not failed or unknown');
  assert.equal(verdictOf({}, alert({ count: 41 })), 'differs: count 41, not 10 to 40');
  assert.equal(verdictOf({}, alert({ evidence: [] })), 'differs: names no frame');
  assert.equal(verdictOf({ alerts: [{ ...GUESSING, attacker: '', attackers: 2 }] }, alert()), 'differs: 1 of 2 attackers');
});

test('a tool told by its DNA beside the attack it makes is no second attack; alone it tells the attack', () => {
  const tool = alert({ rule: 'tool-guessing', count: 1 });
  assert.equal(verdictOf({}, alert(), tool), 'agreed');
  assert.equal(verdictOf({ alerts: [{ ...GUESSING, target: '', least: 1 }] }, tool), 'agreed');
  assert.equal(verdictOf({ alerts: [] }, tool), 'false alarm: password-guessing');
});

test('a capture with faults is not read', () => {
  const { judgement } = judge({ file: 'x', story: '', alerts: [], may: [], proofs: [] }, { status: 2, alerts: [], faults: ['cut'] });
  assert.equal(judgement, 'not read');
});

test('the halves are drawn by hash', () => {
  // The SHA-256 of the paths begins with 6, 5 and f; the last one was known before.
  assert.deepEqual(['captures/tools/sipsak.pcap', 'captures/tools/asterisk.pcap', 'captures/tools/svcrack.pcap'].map(half), [
    'seen',
    'blind',
    'seen',
  ]);
});
