import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../../test/happenings.ts';
import { packetOf, request, response } from '../../../test/talk.ts';
import type { Packet } from '../../types.ts';

const MACHINE = '203.0.113.66:5060';
const SERVER = '198.51.100.1:5060';

/** How a call ends: seconds of ringing, then a status, or talk that one of the two ends after so many seconds. */
interface Ending {
  readonly ring?: number;
  readonly status?: number;
  readonly talk?: number;
  readonly by?: 'caller' | 'callee';
  readonly cancel?: boolean;
}

interface Dialled extends Ending {
  readonly to: string;
  readonly from?: string;
}

/** Calls of one source, a minute apart. */
function calls(list: readonly Dialled[], src = MACHINE, server = SERVER): Packet[] {
  return list.flatMap((one, n) => call(n, one, src, server));
}

function call(
  n: number,
  { to, from = 'robot', ring = 5, status = 200, talk = 10, by = 'callee', cancel = false }: Dialled,
  src: string,
  dst: string,
): Packet[] {
  const w = { user: to, fromUser: from, callId: `c${n}-${src}`, branch: `z9hG4bKi${n}`, fromTag: `f${n}`, cseq: 1 };
  const start = 1e15 + n * 60e6;
  const end = start + ring * 1e6;
  const at = (payload: string, time: number, back = false): Packet => packetOf(payload, time, back ? dst : src, back ? src : dst, n + 1);
  const begin = [at(request('INVITE', w), start), at(response(180, 'INVITE', w), start + 1e4, true)];
  const ack = at(request('ACK', { ...w, toTag: 't1' }), end + 3e4);
  if (cancel) {
    const cancelled = [at(request('CANCEL', w), end), at(response(200, 'CANCEL', w), end + 1e4, true)];
    return [...begin, ...cancelled, at(response(487, 'INVITE', w), end + 2e4, true), ack];
  }
  const answer = [...begin, at(response(status, 'INVITE', w), end, true), ack];
  if (status >= 300) return answer;
  const over = end + talk * 1e6;
  if (by === 'caller') {
    const bye = { ...w, cseq: 2, branch: `z9hG4bKb${n}`, toTag: 't1' };
    return [...answer, at(request('BYE', bye), over), at(response(200, 'BYE', bye), over + 1e4, true)];
  }
  const bye = { ...w, user: from, fromUser: to, fromTag: 't1', toTag: `f${n}`, branch: `z9hG4bKb${n}` };
  return [...answer, at(request('BYE', bye), over, true), at(response(200, 'BYE', bye), over + 1e4)];
}

function told({ alerts }: Happenings): string[] {
  return alerts.filter(({ rule }) => rule === 'spit' || rule === 'wangiri').map(({ rule, subject }) => `${rule} ${subject.value}`);
}

test('a recording: most hang up at once, the rest hear all of it', () => {
  const list = Array.from({ length: 12 }, (_, n): Dialled => {
    if (n % 3 === 0) return { to: `u${n}`, talk: 30.1, by: 'caller' };
    return { to: `u${n}`, talk: 2 + (n % 5), by: 'callee' };
  });
  const all = happenings(calls(list));
  assert.deepEqual(told(all), ['spit 203.0.113.66']);
  const { by, shape, calls: count, callees, cut, equal, rings } = dataOf(all, 'calls.alike').at(-1) ?? {};
  assert.deepEqual([by, shape, count, callees, cut, equal, rings], ['caller', 'recording', 11, 11, 8, 3, 0]);
  const named = all.events.filter(({ type }) => type === 'calls.alike').map(({ account, dst }) => `${account} ${dst}`);
  assert.deepEqual(new Set(named), new Set([' 198.51.100.1', 'robot@example.com 198.51.100.1']));
});

test('five calls an hour under a new name each are found by the source', () => {
  const list = Array.from({ length: 8 }, (_, n): Dialled => ({ to: `u${n}`, from: `n${n}`, talk: 3, by: 'callee' }));
  const all = happenings(calls(list));
  assert.deepEqual(told(all), ['spit 203.0.113.66']);
  assert.deepEqual(new Set(dataOf(all, 'calls.alike').map(({ by }) => by)), new Set(['source']));
});

test('one ring', () => {
  const all = happenings(calls(Array.from({ length: 6 }, (_, n) => ({ to: `u${n}`, cancel: true, ring: 1.5 }))));
  assert.deepEqual(told(all), ['wangiri 203.0.113.66']);
  const last = dataOf(all, 'calls.alike').at(-1);
  assert.deepEqual([last?.['shape'], last?.['rings'], last?.['evidence']], ['one-ring', 6, 17]);
});

test('a call centre: many callees, talks of all lengths, many not at home', () => {
  const list = Array.from({ length: 60 }, (_, n): Dialled => {
    const to = `+49${1000000 + n}`;
    if (n % 5 === 0) return { to, cancel: true, ring: 8 };
    if (n % 7 === 0) return { to, status: 486 };
    if (n % 11 === 0) return { to, status: 404 };
    return { to, talk: 5 + ((n * 37) % 48), by: n % 2 === 0 ? 'caller' : 'callee', ring: 2 };
  });
  assert.deepEqual(told(happenings(calls(list))), []);
});

test('a probe and a fax call one number again and again, a recording calls two people', () => {
  const probe = Array.from({ length: 40 }, (): Dialled => ({ to: '+4930123456', talk: 1, by: 'caller' }));
  assert.deepEqual(told(happenings(calls(probe))), []);
  const two = Array.from({ length: 30 }, (_, n): Dialled => ({ to: `u${n % 2}`, talk: 3, by: 'callee' }));
  const all = happenings(calls(two));
  assert.ok(dataOf(all, 'calls.alike').length > 10, 'it is told that they are alike');
  assert.deepEqual(told(all), [], 'and nobody is accused');
});

test('an exchange that passes calls on is not blamed', () => {
  const phones = [1, 2, 3].flatMap((n) => calls([{ to: 'mail', talk: 100 }], `192.0.2.${n}:5060`, SERVER));
  const robot = Array.from({ length: 12 }, (_, n): Dialled => ({ to: `u${n}`, talk: 2, by: 'callee' }));
  const all = happenings([...phones, ...calls(robot, SERVER, '192.0.2.20:5060')].sort((a, b) => a.time - b.time));
  assert.ok(dataOf(all, 'calls.alike').length > 0);
  assert.deepEqual(told(all), []);
});

test('what speaks for people takes evidence away', () => {
  const cut = (n: number): Dialled => ({ to: `u${n}`, talk: 3, by: 'callee' });
  const talk = (n: number): Dialled => ({ to: `u${n}`, talk: 60 + 7 * n, by: 'callee' });
  const list = Array.from({ length: 30 }, (_, n) => (n % 4 === 0 ? cut(n) : talk(n)));
  assert.deepEqual(told(happenings(calls(list))), []);
});
