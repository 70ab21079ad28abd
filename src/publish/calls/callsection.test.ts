import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallSummary } from '../../queries.ts';
import { callRows } from './callsection.ts';

const NONE: CallSummary = {
  calls: 0,
  incomplete: 0,
  answered: 0,
  finished: 0,
  billed: 0,
  setups: 0,
  ringing: 0,
  hungUpBy: { none: 0, caller: 0, callee: 0, network: 0 },
  forked: 0,
  held: 0,
  transferred: 0,
  joined: 0,
  secure: 0,
  partlySecure: 0,
  authenticated: 0,
  signed: 0,
  asserted: 0,
};

test('no call, no section', () => {
  assert.deepEqual(callRows(NONE), []);
});

test('answered, ringing, who ended them, what was special, how they were protected', () => {
  const rows = callRows({
    ...NONE,
    calls: 4,
    answered: 3,
    finished: 2,
    billed: 120e6,
    setups: 2,
    ringing: 3e6,
    hungUpBy: { none: 1, caller: 2, callee: 0, network: 1 },
    forked: 1,
    joined: 2,
    secure: 1,
    asserted: 2,
  });
  assert.deepEqual(rows, [
    ['answered', '3 of 4 calls (ASR 75 %), 1m 00s on average (ACD)'],
    ['ringing', 'after 1.5 s on average'],
    ['ended by', '2 caller, 1 network, 1 not seen'],
    ['of these', '1 forked, 2 joined with another leg'],
    ['protected', '1 over TLS on every hop seen, 2 with an asserted identity'],
  ]);
});

test('a single call that nobody answered or protected', () => {
  assert.deepEqual(callRows({ ...NONE, calls: 1, hungUpBy: { ...NONE.hungUpBy, none: 1 } }), [
    ['answered', '0 of 1 call (ASR 0 %)'],
    ['ended by', '1 not seen'],
    ['protected', 'none: no TLS, no accepted credentials, no identity'],
  ]);
});
