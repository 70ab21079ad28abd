import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../random.ts';
import { callIdsOf, guessed, inDialog, other, type Side, type Stolen, type Way } from './stolen.ts';

const side = (name: string, tag: string, peer: string, port: number): Side => ({
  callId: 'A1b2-33@192.0.2.4',
  from: `"${name}" <sip:${name}@lab.test>;tag=${tag}`,
  to: `<sip:${peer}@lab.test>;tag=0f1e`,
  uri: `sip:${peer}@192.0.2.9:5070`,
  routes: ['<sip:192.0.2.1;lr>'],
  cseq: 7,
  heard: 7,
  contact: `sip:${name}@192.0.2.${port}:${port}`,
  signalling: { address: '192.0.2.4', port },
  media: undefined,
});
const CALL: Stolen = {
  callId: 'A1b2-33@192.0.2.4',
  caller: side('ada', 'c0ffee', 'bob', 40),
  called: side('bob', '77aa', 'ada', 50),
  invite: undefined,
  ringing: undefined,
};

test('through the proxy a request takes the route; straight to the phone it has the address of the phone', () => {
  const way: Way = { calls: 1, through: 'proxy', source: 'own', inside: true };
  const routed = inDialog(CALL, 'caller', way, 'BYE', 1);
  assert.deepEqual(routed.more, [['Route', '<sip:192.0.2.1;lr>']]);
  assert.equal(routed.uri, 'sip:bob@192.0.2.9:5070');
  assert.equal(routed.cseq, 8);
  const straight = inDialog(CALL, 'caller', { ...way, through: 'phone' }, 'BYE', 2);
  assert.deepEqual(straight.more, []);
  assert.equal(straight.uri, CALL.called.contact);
  assert.equal(straight.cseq, 9);
});

test('behind a B2BUA the phone is spoken to in its own dialog', () => {
  const far: Side = { ...CALL.called, callId: 'leg-b@192.0.2.9', to: '<sip:ada@lab.test>;tag=b2b', heard: 31 };
  const bridged: Stolen = { ...CALL, called: far };
  const straight = inDialog(bridged, 'caller', { calls: 1, through: 'phone', source: 'proxy', inside: true }, 'BYE', 1);
  assert.deepEqual([straight.callId, straight.from, straight.to, straight.cseq], [far.callId, far.to, far.from, 32]);
  const routed = inDialog(bridged, 'caller', { calls: 1, through: 'proxy', source: 'own', inside: true }, 'BYE', 1);
  assert.deepEqual([routed.callId, routed.from, routed.cseq], [CALL.callId, CALL.caller.from, 8]);
  assert.deepEqual(callIdsOf(bridged), [CALL.callId, far.callId]);
  assert.deepEqual(callIdsOf(CALL), [CALL.callId]);
  const guess = guessed(bridged, seeded(1));
  assert.notEqual(guess.called.callId, far.callId);
  assert.equal(guess.caller.callId, guess.callId);
});

test('an outsider guesses the form and nothing else', () => {
  const guess = guessed(CALL, seeded(1));
  assert.notEqual(guess.callId, CALL.callId);
  assert.match(guess.callId, /^A\d[a-f]\d-\d\d@192\.0\.2\.4$/);
  for (const name of ['caller', 'called'] as const) {
    assert.notEqual(guess[name].from, CALL[name].from);
    assert.equal(guess[name].from.split(';tag=')[0], CALL[name].from.split(';tag=')[0]);
    assert.equal(guess[name].contact, CALL[name].contact);
  }
});

test('each side has the other', () => {
  assert.equal(other('caller'), 'called');
  assert.equal(other('called'), 'caller');
});
