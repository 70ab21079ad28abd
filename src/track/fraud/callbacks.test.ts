/** Costly numbers that ring and are called back, from packets to alerts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../../test/happenings.ts';
import { packetOf, request, response } from '../../../test/talk.ts';
import type { Packet } from '../../types.ts';

const TRUNK = '203.0.113.9:5060';
const SERVER = '198.51.100.1:5060';
const PHONE = '192.0.2.7:5060';
const T0 = 1e15;

/** A call that is given up after two seconds of ringing, or answered and ended, also by whom it is for. */
function call(n: number, from: string, to: string, at: number, end: 'given up' | 'caller' | 'callee', src = TRUNK): Packet[] {
  const start = T0 + at * 1e6;
  const w = { user: to, fromUser: from, callId: `c${n}`, fromTag: `f${n}`, branch: `z9hG4bK${n}` };
  const up = (payload: string, after: number): Packet => packetOf(payload, start + after * 1e6, src, SERVER, n);
  const down = (payload: string, after: number): Packet => packetOf(payload, start + after * 1e6, SERVER, src, n);
  // Somebody else's keep-alives: after a silence the clock waits for a second input that agrees.
  const alive = [up('\r\n\r\n', -0.2), up('\r\n\r\n', -0.1)];
  const packets = [...alive, up(request('INVITE', w), 0), down(response(180, 'INVITE', w), 0.1)];
  if (end === 'given up') {
    const cancel = [up(request('CANCEL', w), 2), down(response(200, 'CANCEL', w), 2.01)];
    return [...packets, ...cancel, down(response(487, 'INVITE', w), 2.02), up(request('ACK', { ...w, toTag: 't1' }), 2.03)];
  }
  packets.push(down(response(200, 'INVITE', w), 2), up(request('ACK', { ...w, toTag: 't1', branch: `z9hG4bKk${n}` }), 2.1));
  const bye = { ...w, cseq: 2, branch: `z9hG4bKb${n}`, toTag: 't1' };
  if (end === 'caller') return [...packets, up(request('BYE', bye), 60), down(response(200, 'BYE', bye), 60.1)];
  const theirs = { ...bye, user: from, fromUser: to, fromTag: 't1', toTag: `f${n}` };
  return [...packets, down(request('BYE', theirs), 60), up(response(200, 'BYE', theirs), 60.1)];
}

/** Numbers of one thousand ring so many users, three an hour: too slow for the rule about machines that ring. */
function rings(users: number): Packet[] {
  return Array.from({ length: users }, (_, i) => call(i, `+25261234567${i % 10}`, `${200 + i}`, i * 1200, 'given up')).flat();
}

function rung(all: Happenings): unknown[] {
  return dataOf(all, 'number.abroad').map((data) => data['rung']);
}

function told({ alerts }: Happenings): string[] {
  return alerts.filter(({ rule }) => rule === 'wangiri-callback').map(({ subject, target }) => `${subject.value} ${target.value}`);
}

const LATER = 60_000;

test('one of four users calls back', () => {
  const all = happenings([...rings(4), ...call(90, '202', '00252612345679', LATER, 'caller', PHONE)]);
  assert.deepEqual(rung(all), [4]);
  assert.deepEqual(told(all), ['252612345679 202@example.com']);
});

test('who was not rung calls the same number by chance, or who was calls another thousand', () => {
  const all = happenings([
    ...rings(4),
    ...call(90, '299', '00252612345679', LATER, 'caller', PHONE),
    ...call(91, '202', '00252612349679', LATER + 100, 'caller', PHONE),
  ]);
  assert.deepEqual(rung(all), [0, 0]);
  assert.deepEqual(told(all), []);
});

test('a missed call of the family is one, however often it rings', () => {
  const again = Array.from({ length: 5 }, (_, i) => call(i, '+252612345678', '200', i * 1200, 'given up')).flat();
  const all = happenings([...again, ...call(90, '200', '00252612345678', LATER, 'caller', PHONE)]);
  assert.deepEqual(rung(all), [1]);
  assert.deepEqual(told(all), []);
});

test('calls that were answered, numbers at home and such as are only abroad ring nobody', () => {
  const all = happenings([
    ...call(1, '+252612345678', '200', 0, 'callee'),
    ...call(2, '02212345678', '200', 100, 'given up'),
    ...call(3, '+441632960000', '200', 200, 'given up'),
    ...call(90, '200', '00252612345678', LATER, 'caller', PHONE),
    ...call(91, '200', '00441632960000', LATER + 100, 'caller', PHONE),
  ]);
  assert.deepEqual(rung(all), [0, 0]);
});

test('more than 32 users are not told apart', () => {
  const all = happenings([
    ...rings(40),
    ...call(90, '231', '00252612345678', 2 * LATER, 'caller', PHONE),
    ...call(91, '232', '00252612345678', 2 * LATER + 100, 'caller', PHONE),
  ]);
  assert.deepEqual(rung(all), [32, 0]);
});
