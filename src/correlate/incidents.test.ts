import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert, Tie } from '../types.ts';
import { Incidents } from './incidents.ts';

const ALERT: Alert = {
  id: 'a1',
  time: 10,
  node: 'n',
  rule: 'r',
  ruleVersion: 1,
  title: 't',
  level: 'warning',
  class: 'server-scan',
  stage: 'recon',
  subject: { kind: 'address', value: '192.0.2.66' },
  target: { kind: 'none', value: '' },
  outcome: 'unknown',
  state: 'open',
  first: 10,
  last: 20,
  count: 3,
  sample: ['198.51.100.1', '198.51.100.2'],
  evidence: [],
  attributed: 'packet',
  why: 'w',
};
const GUESS: Alert = {
  ...ALERT,
  id: 'a2',
  class: 'password-guessing',
  stage: 'credential',
  level: 'high',
  first: 30,
  last: 50,
  target: { kind: 'account', value: '1003@example.org' },
  sample: ['198.51.100.1'],
};
const SCAN: Alert = {
  ...ALERT,
  id: 'a3',
  stage: 'enumerate',
  first: 25,
  last: 29,
  target: { kind: 'server', value: '198.51.100.1' },
  sample: ['100@example.org', '101@example.org'],
};
const SCANNED = ['ATT&CK T1595.001', 'ATT&CK T1046', 'VOIPSA Eavesdropping: number harvesting'];
const GUESSED = ['ATT&CK T1110.001', 'VOIPSA Social threats: misrepresentation of identity'];

test('alerts of one address become one story, in the order of the stages', () => {
  const incidents = new Incidents();
  for (const alert of [GUESS, ALERT, SCAN]) incidents.add(alert);
  incidents.add({ ...GUESS, state: 'update', outcome: 'succeeded', level: 'critical', last: 60 });
  const [incident, ...others] = incidents.list();
  assert.deepEqual(others, []);
  assert.deepEqual(incident?.stages, [
    { stage: 'recon', first: 10, last: 20, alerts: ['a1'], filings: SCANNED },
    { stage: 'enumerate', first: 25, last: 29, alerts: ['a3'], filings: SCANNED },
    { stage: 'credential', first: 30, last: 60, alerts: ['a2'], filings: GUESSED },
  ]);
  assert.deepEqual([incident?.first, incident?.last, incident?.level, incident?.outcome], [10, 60, 'critical', 'succeeded']);
  assert.deepEqual(incident?.links, [
    { alert: 'a1', to: 'a2', reason: 'same address', weight: 1, kind: 'same actor' },
    { alert: 'a3', to: 'a2', reason: 'same address', weight: 1, kind: 'same actor' },
  ]);
  // Accounts that a scan merely named are not at risk.
  assert.deepEqual(incident?.accounts, ['1003@example.org']);
  assert.deepEqual(incident?.targets, ['198.51.100.1', '198.51.100.2']);
});

test('an endpoint is its address; other attackers have stories of their own, by time', () => {
  const incidents = new Incidents();
  incidents.add({ ...ALERT, id: 'b', first: 50, subject: { kind: 'address', value: '192.0.2.7' }, outcome: 'failed' });
  incidents.add(ALERT);
  incidents.add({ ...ALERT, id: 'c', subject: { kind: 'endpoint', value: '192.0.2.66' } });
  const list = incidents.list();
  assert.deepEqual(
    list.map(({ subject, outcome }) => [subject.value, outcome]),
    [
      ['192.0.2.66', 'unknown'],
      ['192.0.2.7', 'failed'],
    ],
  );
  assert.equal(list[0]?.links.length, 1);
  assert.deepEqual(
    list.map(({ id }) => id),
    incidents.list().map(({ id }) => id),
  );
});

test('an account that fell is at risk even if the sample does not hold it', () => {
  const incidents = new Incidents();
  incidents.add({ ...GUESS, target: { kind: 'server', value: '198.51.100.1' }, sample: [], fallen: ['7@example.org'] });
  assert.deepEqual(incidents.list()[0]?.accounts, ['7@example.org']);
});

test('equal times are told apart by id; who has no name stays alone', () => {
  const incidents = new Incidents();
  for (const id of ['x', 'y']) incidents.add({ ...ALERT, id, subject: { kind: 'none', value: '' } });
  const list = incidents.list();
  assert.equal(list.length, 2);
  assert.deepEqual(list[0]?.subject, { kind: 'none', value: '' });
  assert.ok((list[0]?.id ?? '') < (list[1]?.id ?? ''));
});

test('it is bounded: the story silent longest is forgotten, and of a long one the middle', () => {
  const incidents = new Incidents(2);
  for (const [i, value] of ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.3'].entries())
    incidents.add({ ...ALERT, id: `i${i}`, first: i, subject: { kind: 'address', value } });
  assert.deepEqual(
    incidents.list().map(({ subject }) => subject.value),
    ['192.0.2.1', '192.0.2.3'],
  );
  for (let i = 0; i < 3000; i++)
    incidents.add({ ...GUESS, id: `g${i}`, first: 100 + i, last: 200 + i, target: { kind: 'account', value: `${i}@example.org` } });
  const [story] = incidents.list().slice(-1);
  assert.equal(story?.stages.flatMap(({ alerts }) => alerts).length, 1000);
  assert.equal(story?.accounts.length, 1000);
  // The founder stays, so that the story keeps its beginning.
  assert.deepEqual([story?.subject.value, story?.last], ['192.0.2.66', 3199]);
  assert.ok(story?.stages.flatMap(({ alerts }) => alerts).includes('g2999'));
});

test('what all stories hold together is bounded: the ones silent longest go, the one that is told stays', () => {
  const incidents = new Incidents(1000, 100);
  const add = (host: number, n: number): void =>
    incidents.add({ ...ALERT, id: `${host}-${n}`, subject: { kind: 'address', value: `192.0.2.${host}` }, sample: [], first: host });
  const held = (): number[] => incidents.list().map(({ stages }) => stages.flatMap(({ alerts }) => alerts).length);
  for (let host = 1; host <= 4; host++) for (let n = 0; n < 30; n++) add(host, n);
  assert.deepEqual(held(), [30, 30, 30]);
  // A later version of an Alert takes no more room, and its story is the latest again.
  for (let i = 0; i < 500; i++) add(2, 7);
  assert.deepEqual(held(), [30, 30, 30]);
  for (let n = 0; n < 11; n++) add(5, n);
  assert.deepEqual(
    incidents.list().map(({ subject }) => subject.value),
    ['192.0.2.2', '192.0.2.4', '192.0.2.5'],
  );
  for (let n = 0; n < 150; n++) add(6, n);
  assert.deepEqual(held(), [150]);
  // Names count too.
  incidents.add({ ...GUESS, id: 'names', sample: Array.from({ length: 10 }, (_, n) => `${n}@example.org`) });
  assert.equal(incidents.list().length, 1);
  for (let n = 0; n < 10; n++)
    incidents.add({
      ...GUESS,
      id: `s${n}`,
      subject: { kind: 'address', value: `203.0.113.${n}` },
      sample: Array.from({ length: 10 }, (_, i) => `${n}.${i}@example.org`),
    });
  // 1 alert and 11 accounts each.
  assert.equal(incidents.list().length, 8);
});

test('a link by an address is as sure as the weaker attribution of the two', () => {
  const incidents = new Incidents();
  incidents.add({ ...ALERT, attributed: 'via' });
  incidents.add({ ...GUESS, attributed: 'nat' });
  incidents.add({ ...SCAN, attributed: 'packet' });
  const [incident] = incidents.list();
  assert.deepEqual(
    incident?.links.map(({ weight, reason }) => [weight, reason]),
    [
      [0.5, 'same address of a NAT, which others may share'],
      [0.9, 'same address, named by a trusted proxy'],
    ],
  );
});

/** Alerts `id` at minute `first` of 192.0.2.`host`. */
function sighting(id: string, host: number, first: number): Alert {
  return { ...GUESS, id, first, last: first + 5, subject: { kind: 'address', value: `192.0.2.${host}` } };
}

function tie(kind: Tie['kind'], address: number, other: number, value = 'x'): Tie {
  return { kind, value, address: `192.0.2.${address}`, other: `192.0.2.${other}`, time: 0 };
}

test('stories that ties bind strongly enough are one, with each reason and what it proves', () => {
  const incidents = new Incidents();
  for (const [id, host, first] of [
    ['late', 3, 900],
    ['first', 1, 100],
    ['again', 1, 150],
    ['second', 2, 500],
    ['apart', 9, 50],
  ] as const)
    incidents.add(sighting(id, host, first));
  incidents.tie(tie('cnonce', 2, 1, 'abcdef01'));
  incidents.tie(tie('number', 3, 2, '972599501'));
  // Thousands have the same tool.
  incidents.tie(tie('tool', 9, 1, 'sipvicious'));
  // Nothing is known of the other one.
  incidents.tie(tie('credential', 77, 1));
  const [apart, story, ...more] = incidents.list();
  assert.deepEqual(more, []);
  assert.deepEqual([apart?.subject.value, apart?.others], ['192.0.2.9', []]);
  const cnonce = { reason: 'same cnonce abcdef01, which clients make at random', weight: 0.9, kind: 'same actor' };
  const number = { reason: 'dials the same number, which ends in 972599501', weight: 0.6, kind: 'shares knowledge' };
  assert.equal(story?.subject.value, '192.0.2.1');
  assert.deepEqual(story?.others, [
    { address: '192.0.2.2', ...cnonce },
    { address: '192.0.2.3', ...number },
  ]);
  assert.deepEqual(story?.links, [
    { alert: 'again', to: 'first', reason: 'same address', weight: 1, kind: 'same actor' },
    { alert: 'second', to: 'first', ...cnonce },
    { alert: 'late', to: 'second', ...number },
  ]);
  assert.deepEqual([story?.first, story?.last], [100, 905]);
  assert.deepEqual(
    story?.stages.map(({ alerts }) => alerts),
    [['first', 'again', 'second', 'late']],
  );
});

test('a ring of ties is told once, and a subject that is no address is not bound', () => {
  const incidents = new Incidents();
  for (const host of [1, 2, 3]) incidents.add(sighting(`a${host}`, host, host));
  incidents.add({ ...GUESS, id: 'account', first: 0, subject: { kind: 'account', value: '192.0.2.1' } });
  for (const [a, b] of [
    [1, 2],
    [2, 3],
    [3, 1],
  ] as const)
    incidents.tie(tie('credential', a, b));
  const list = incidents.list();
  assert.deepEqual(
    list.map(({ subject, others }) => [subject.kind, others.map(({ address }) => address)]),
    [
      ['account', []],
      ['address', ['192.0.2.2', '192.0.2.3']],
    ],
  );
});

test('who guesses the password of one account together is one, and no target', () => {
  const incidents = new Incidents();
  incidents.add(sighting('one', 1, 100));
  incidents.add({
    ...GUESS,
    id: 'all',
    class: 'distributed-guessing',
    first: 120,
    subject: { kind: 'account', value: 'a@example.org' },
    target: { kind: 'server', value: '198.51.100.1' },
    sample: ['192.0.2.1', '192.0.2.2'],
  });
  const [incident, ...more] = incidents.list();
  assert.deepEqual(more, []);
  const bound = { reason: 'guesses the password of a@example.org together with others', weight: 0.7, kind: 'same actor' };
  assert.deepEqual(incident?.links, [{ alert: 'all', to: 'one', ...bound }]);
  assert.deepEqual(incident?.targets, ['198.51.100.1']);
  // An account is no address that somebody acts from.
  assert.deepEqual(incident?.others, []);
});
