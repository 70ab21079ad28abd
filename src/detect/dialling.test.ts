import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { packetOf, request, response } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const GUESSER = '192.0.2.66:5060';
const SERVER = '198.51.100.1:5060';

/** A call and its final answer. */
function call(n: number, user: string, status: number): Packet[] {
  const w = { user, callId: `c${n}`, branch: `z9hG4bK${n}`, headers: ['User-Agent: dialler'] };
  const time = 1e15 + n * 2e6;
  return [
    packetOf(request('INVITE', w), time, GUESSER, SERVER, 2 * n + 1),
    packetOf(response(status, 'INVITE', w), time + 1e5, SERVER, GUESSER, 2 * n + 2),
  ];
}

function told({ alerts }: Happenings): unknown[] {
  return alerts.filter(({ rule }) => rule === 'dial-prefix-guessing').map(({ level, outcome, target }) => [level, outcome, target.value]);
}

const PREFIXES = ['', '0', '00', '9', '900', '011', '9011'];

test('prefix after prefix is refused', () => {
  const all = happenings(PREFIXES.flatMap((prefix, n) => call(n, `${prefix}972599501806`, 404)));
  assert.equal(dataOf(all, 'number.retried').length, 6);
  assert.deepEqual(dataOf(all, 'number.retried').at(-1), {
    number: '9011972599501806',
    prefix: '9011972',
    suffix: '599501806',
    prefixes: 7,
    answered: 0,
    status: 0,
    connected: 0,
    since: 12,
    userAgent: 'dialler',
  });
  assert.deepEqual(told(all), [['warning', 'unknown', '198.51.100.1']]);
});

test('the last one is answered', () => {
  const all = happenings(PREFIXES.flatMap((prefix, n) => call(n, `${prefix}972599501806`, n === 6 ? 200 : 404)));
  const { status, answered, connected, number } = dataOf(all, 'number.retried').at(-1) ?? {};
  assert.deepEqual([status, answered, connected, number], [200, 1, 1, '9011972599501806']);
  assert.deepEqual(told(all), [['critical', 'succeeded', '198.51.100.1']]);
});

test('a gateway that tries its carriers completes other calls', () => {
  const others = Array.from({ length: 20 }, (_, n) => call(n, `0049891${10000 + n}`, 200)).flat();
  assert.deepEqual(told(happenings([...others, ...PREFIXES.flatMap((prefix, n) => call(20 + n, `${prefix}972599501806`, 503))])), []);
});

test('a person tries three ways', () => {
  assert.deepEqual(told(happenings(PREFIXES.slice(0, 3).flatMap((prefix, n) => call(n, `${prefix}972599501806`, 404)))), []);
});

test('hundreds of prefixes: few Events', () => {
  const all = happenings(Array.from({ length: 300 }, (_, n) => call(n, `${1000 + n}599501806`, 404)).flat());
  assert.deepEqual(
    dataOf(all, 'number.retried')
      .map((data) => data['prefixes'])
      .slice(14),
    [16, 32, 64, 128, 256],
  );
});
