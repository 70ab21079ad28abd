/** Scores of a run small enough to be counted by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Campaign, Label } from '../lab/record/folder.ts';
import { blamed, tallyMessages, tallySlices } from './blame.ts';
import type { Finding } from './detector.ts';
import type { Messages } from './messages.ts';
import { type RunSummary, score } from './score.ts';

const S = 1_000_000;
const ATTACKER = '192.0.2.66';
const PHONE = '192.0.2.7';
const PROXY = '198.51.100.1';

/** A message a second: `src` to `dst`, with a Call-ID and To. */
function messagesOf(rows: readonly (readonly [src: string, dst: string, callId: string, to: string])[], sip = 1): Messages {
  const texts = ['', ...new Set(rows.flat())];
  const column = (i: 0 | 1 | 2 | 3): Uint32Array => Uint32Array.from(rows, (row) => texts.indexOf(row[i]));
  return {
    count: rows.length,
    time: Float64Array.from(rows, (_, i) => i * S),
    frame: Uint32Array.from(rows, (_, i) => i + 1),
    src: column(0),
    dst: column(1),
    callId: column(2),
    from: new Uint32Array(rows.length),
    to: column(3),
    sip: new Uint8Array(rows.length).fill(sip),
    texts,
  };
}

/** 60 messages: the attacker's are 10 to 19 and 29, each to its own user; the rest are a phone's. */
const isAttack = (i: number): boolean => (i >= 10 && i < 20) || i === 29;
const messages = messagesOf(
  Array.from({ length: 60 }, (_, i) =>
    isAttack(i) ? ([ATTACKER, PROXY, `a${i}`, `${i}@pbx.invalid`] as const) : ([PHONE, PROXY, 'phone', '7@pbx.invalid'] as const),
  ),
);
const labels = Array.from({ length: 60 }, (_, i) => i)
  .filter(isAttack)
  .map(
    (i): Label => ({
      time: i * S,
      src: `${ATTACKER}:5060`,
      dst: `${PROXY}:5060`,
      transport: 'udp',
      label: 'A12',
      campaign: 'c1',
      stage: 'enumerate',
      callId: `a${i}`,
      hash: '00',
      frame: i + 1,
    }),
  );
const campaign: Campaign = {
  id: 'c1',
  attack: 'A12',
  classes: ['extension-scan'],
  stage: 'enumerate',
  attackers: [ATTACKER],
  spoofed: ['192.0.2.77'],
  targets: [PROXY],
  intensity: '1/s',
  outcome: 'failed',
  first: 10 * S,
  last: 29 * S,
  packets: 11,
};
const summary: RunSummary = {
  name: 'scan',
  scenario: 'scan',
  kind: 'attack',
  attack: 'A12',
  intensity: '1/s',
  seed: 1,
  split: 'validation',
  hash: '',
  capture: '',
  commit: '',
  host: '',
  duration: 60 * S,
  calls: 0,
  sipMessages: 60,
  labelled: 11,
  hardNegatives: {},
  tools: [],
};

function finding(change: Partial<Finding>): Finding {
  return { time: 15 * S, first: 12 * S, last: 19 * S, class: 'extension-scan', level: 'high', text: 'scan', ...change };
}

const rightly = finding({ subject: ATTACKER, outcome: 'failed' });

test('a scan told after its sixth packet, and all that is wrong beside it', () => {
  const result = score(
    [
      rightly,
      finding({ time: 12 * S, subject: ATTACKER, class: 'flood', text: 'flood' }),
      finding({ time: 40 * S, subject: PHONE, text: 'phone' }),
      finding({ subject: '192.0.2.77', text: 'forged' }),
      finding({ subject: ATTACKER, level: 'notice', time: 11 * S, text: 'quiet' }),
    ],
    { summary, campaigns: [campaign], labels, messages },
    1.5,
  );
  const [told] = result.campaigns;
  assert.deepEqual(told?.found, { delay: 2 * S, packets: 3, class: 'flood', text: 'flood' });
  assert.deepEqual(told?.right, { delay: 5 * S, packets: 6, class: 'extension-scan', text: 'scan' });
  assert.deepEqual([told?.findings, told?.outcome, told?.breach], [2, true, { truly: false, told: false }]);
  assert.deepEqual([result.right, result.wrongClass, result.seconds], [1, 1, 1.5]);
  assert.deepEqual([result.falseAlarms.map(({ text }) => text), result.victims.map(({ text }) => text)], [['phone'], ['forged']]);
  // Blamed: the attacker's 12 to 19 (8 of his 11), and of the phone's what lies in [12 s, 19 s]: nothing.
  assert.deepEqual(result.messages, { hits: 8, falseHits: 0, misses: 3, rest: 49 });
  assert.deepEqual(result.slices, {
    hits: 1,
    falseHits: 0,
    misses: 0,
    rest: 1,
    bands: [
      { slices: 0, hits: 0 },
      { slices: 0, hits: 0 },
      { slices: 1, hits: 1 },
      { slices: 0, hits: 0 },
      { slices: 0, hits: 0 },
    ],
  });
});

test('who names the target and blames a forged address has found it, not told it', () => {
  const pointing = finding({ subject: '192.0.2.77', target: PROXY, text: 'forged' });
  const {
    campaigns: [told],
    victims,
    falseAlarms,
    right,
  } = score([pointing], { summary, campaigns: [campaign], labels, messages }, 0);
  assert.deepEqual(told?.found, { delay: 5 * S, packets: 6, class: 'extension-scan', text: 'forged', victim: true });
  assert.deepEqual([told?.right, right, victims.length, falseAlarms.length], [undefined, 0, 1, 0]);
});

test('nothing told is nothing found', () => {
  const result = score([], { summary, campaigns: [campaign], labels, messages }, 0);
  assert.deepEqual(
    [result.campaigns[0]?.found, result.campaigns[0]?.right, result.campaigns[0]?.outcome],
    [undefined, undefined, undefined],
  );
  assert.deepEqual(result.messages, { hits: 0, falseHits: 0, misses: 11, rest: 49 });
  assert.equal(result.slices.misses, 1);
});

test('a break-in is one of an attack on passwords only', () => {
  const guess: Campaign = { ...campaign, stage: 'credential', outcome: 'succeeded' };
  const scored = (finding_: Finding, about: Campaign) =>
    score([finding_], { summary, campaigns: [about], labels, messages }, 0).campaigns[0]?.breach;
  assert.deepEqual(scored(finding({ subject: ATTACKER, outcome: 'succeeded' }), guess), { truly: true, told: true });
  assert.deepEqual(scored(rightly, guess), { truly: true, told: false });
  assert.deepEqual(scored(finding({ subject: ATTACKER, outcome: 'succeeded' }), { ...guess, outcome: 'failed' }), {
    truly: false,
    told: true,
  });
  assert.deepEqual(scored(finding({ subject: ATTACKER, outcome: 'succeeded' }), campaign), { truly: false, told: false });
});

const count = (marks: Uint8Array): number => marks.reduce((total, mark) => total + mark, 0);

test('who is blamed: the address, else the call, else the account, else all to the target', () => {
  const all = { first: 0, last: 59 * S };
  assert.equal(count(blamed([finding({ ...all, subject: `${PHONE}:5060`, target: PROXY })], messages)), 49);
  assert.equal(count(blamed([finding({ ...all, callId: 'phone' })], messages)), 49);
  assert.equal(count(blamed([finding({ ...all, subject: '12@pbx.invalid', target: PROXY })], messages)), 1);
  assert.equal(count(blamed([finding({ ...all, target: PROXY })], messages)), 60);
  assert.equal(count(blamed([finding({ ...all, target: '12@pbx.invalid' })], messages)), 1);
  assert.equal(count(blamed([finding(all)], messages)), 0);
  assert.equal(count(blamed([finding({ subject: PHONE, first: 57.5 * S, last: 58 * S })], messages)), 1);
});

test('packets that are not SIP count as messages and in no slice', () => {
  const media = messagesOf(
    Array.from({ length: 40 }, () => [ATTACKER, PROXY, '', ''] as const),
    0,
  );
  const labelled = new Uint8Array(40).fill(1);
  const marks = blamed([finding({ subject: ATTACKER, first: 0, last: 9 * S })], media);
  assert.deepEqual(tallyMessages(labelled, marks), { hits: 10, falseHits: 0, misses: 30, rest: 0 });
  const slices = tallySlices(media, labelled, marks);
  assert.deepEqual([slices.hits, slices.misses, slices.rest], [0, 0, 0]);
});
