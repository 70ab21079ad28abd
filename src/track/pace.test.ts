import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { challenge, credentials, packetOf, request, response } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const PHONE = '192.0.2.9:5060';
const SERVER = '198.51.100.1:5060';
const START = 1e15;

/** A request that is challenged, and its credentials; the answer comes 3 ms after the beginning. */
function attempt(n: number, at: number, status: number, method = 'REGISTER', user = 'alice', nonce = `n${n}`): Packet[] {
  const w = { callId: method === 'REGISTER' ? 'boot' : `c${n}`, user, fromUser: 'alice', branch: `z9hG4bKa${n}`, cseq: 2 * n };
  const again = { ...w, branch: `z9hG4bKb${n}`, cseq: 2 * n + 1 };
  const time = START + at * 1e6;
  const more = status < 300 ? ['Contact: <sip:alice@192.0.2.9>;expires=86400'] : [];
  return [
    packetOf(request(method, w), time, PHONE, SERVER, n + 1),
    packetOf(response(401, method, { ...w, headers: [challenge(nonce)] }), time + 1e3, SERVER, PHONE, n + 1),
    packetOf(request(method, { ...again, headers: [credentials(nonce)] }), time + 2e3, PHONE, SERVER, n + 1),
    packetOf(response(status, method, { ...again, headers: more }), time + 3e3, SERVER, PHONE, n + 1),
  ];
}

/** Refused after each of these pauses, in seconds; a last one may be accepted. */
function tries(pauses: readonly number[], accepted?: number): Happenings {
  let at = 0;
  const packets = [...pauses, ...(accepted === undefined ? [] : [accepted])].flatMap((pause, n) => {
    at += pause;
    return attempt(n, at, n < pauses.length ? 403 : 200);
  });
  return happenings(packets);
}

function steady(all: Happenings): unknown[] {
  return dataOf(all, 'auth.failed').map((data) => data['steady']);
}

test('a device that was held up makes good what it missed, and nothing more', () => {
  const all = tries([0, 75, 73, 77, 75, 225, 0.1, 0.1, 75, 74, 0.1, 75]);
  assert.deepEqual(steady(all), [0, 1, 2, 3, 4, 5, 5, 5, 6, 7, 3, 4]);
});

test('a long silence is no evidence against a device, nor for it; it may make good eight tries', () => {
  assert.deepEqual(steady(tries([0, 75, 75, 75, 650, 1, 0.5, 75])), [0, 1, 2, 3, 3, 3, 3, 4]);
  const burst = Array.from({ length: 10 }, () => 0.1);
  assert.deepEqual(steady(tries([0, 75, 75, 75, 3_000, ...burst])).slice(4), [3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 0]);
});

test('the same nonce and response after half a beat: the beat was two', () => {
  let at = 0;
  const packets = [0, 150, 75, 76, 74].flatMap((pause, n) => {
    at += pause;
    return attempt(n, at, 403, 'REGISTER', 'alice', 'n');
  });
  assert.deepEqual(steady(happenings(packets)), [0, 1, 1, 2, 3]);
});

test('nothing is owed before a beat is known', () => {
  assert.deepEqual(steady(tries([0, 75, 300, 0.1])), [0, 1, 2, 1]);
});

test('a phone with an old password all day, in fits and starts', () => {
  const pauses = Array.from({ length: 200 }, (_, n) => (n % 9 === 5 ? 300 : n % 9 > 5 ? 0.05 : 71 + ((n * 5) % 8)));
  const { alerts } = tries([0, 75, 74, 76, 75, ...pauses]);
  assert.deepEqual(
    alerts.filter(({ level }) => level !== 'info').map(({ rule }) => rule),
    ['stale-password'],
  );
});

test('guesses faster than anybody types, and the acceptance they lead to', () => {
  const quick = tries([0, 0.3, 1.9, 2.5, 0.3], 0.4);
  assert.deepEqual(
    dataOf(quick, 'auth.failed').map(({ hasty }) => hasty),
    [0, 1, 2, 2, 3],
  );
  assert.deepEqual(
    dataOf(quick, 'auth.accepted').map(({ hasty, trusted }) => [hasty, trusted]),
    [[3, false]],
  );
  const typed = dataOf(tries([0, 0.3, 0.3, 0.3], 6), 'auth.accepted');
  assert.equal(typed[0]?.['hasty'], 0, 'somebody read that it was wrong and typed another');
  assert.deepEqual(
    dataOf(tries([0, 0.3, 0.3, 6]), 'auth.failed').map(({ hasty }) => hasty),
    [0, 1, 2, 0],
  );
});

test('who has registered is trusted in his calls as well', () => {
  const all = happenings([
    ...attempt(0, 0, 200),
    ...attempt(1, 10, 403),
    ...attempt(2, 20, 403, 'INVITE', 'bob'),
    ...attempt(3, 30, 200, 'INVITE', 'bob'),
  ]);
  assert.deepEqual(
    [...dataOf(all, 'auth.failed'), ...dataOf(all, 'auth.accepted')].map(({ method, trusted }) => [method, trusted]),
    [
      ['REGISTER', true],
      ['INVITE', true],
      ['INVITE', true],
    ],
  );
});
