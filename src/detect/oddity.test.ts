import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { packetOf, request, response } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const FUZZER = '192.0.2.66:5060';
const SERVER = '198.51.100.1:5060';

function at(second: number, text: string, src = FUZZER, dst = SERVER): Packet {
  return packetOf(text, 1e15 + second * 1e6, src, dst, second + 1);
}

/** A request of its own with these headers. */
function broken(n: number, headers: readonly string[], method = 'OPTIONS'): string {
  return request(method, { branch: `z9hG4bK${n}`, callId: `c${n}`, headers });
}

function told({ alerts }: Happenings): unknown[] {
  return alerts.filter((alert) => alert.class === 'malformed').map(({ rule, level, count }) => [rule, level, count]);
}

test('one Event for each kind, at most four; each says how much of what was sent is broken', () => {
  const headers = ['Expires: x', 'Expires: y', 'Date: now', 'Warning: x', 'RSeq: x', 'Content-Type: x'];
  const all = happenings([at(0, broken(1, [])), at(1, broken(2, headers)), at(2, broken(3, ['Date: now']))]);
  const common = { oddities: 6, kinds: 6, broken: 1, requests: 2, hits: 0, method: 'OPTIONS', userAgent: '' };
  assert.deepEqual(dataOf(all, 'message.odd'), [
    { oddity: 'expires-bad', ...common },
    { oddity: 'header-duplicate', ...common },
    { oddity: 'date-bad', ...common },
    { oddity: 'warning-bad', ...common },
    { oddity: 'date-bad', oddities: 1, kinds: 6, broken: 2, requests: 3, hits: 0, method: 'OPTIONS', userAgent: '' },
  ]);
  assert.deepEqual(told(all), []);
});

const FAULTS = [
  'Max-Forwards: x',
  'Date: now',
  'Expires: x',
  'Warning: x',
  'a(b: x',
  'RSeq: x',
  'Content-Type: x',
  'Contact: <>',
  'Contact: <sip:@b>',
];

test('a fuzzer: many kinds of faults', () => {
  const all = happenings(FAULTS.map((header, n) => at(n, broken(n, [header]))));
  assert.deepEqual(told(all), [['malformed', 'warning', 2]]);
  assert.match(
    all.alerts[0]?.why ?? '',
    /^\d of \d requests of 192\.0\.2\.66 to 198\.51\.100\.1 were broken, in \d different ways, and 0 succeeded/,
  );
});

test('a fuzzer that tries few kinds again and again', () => {
  const all = happenings(Array.from({ length: 12 }, (_, n) => at(n, broken(n, [FAULTS[1 + (n % 4)]!]))));
  assert.deepEqual(told(all), [['malformed', 'warning', 3]]);
});

test('a phone with four faults whose registrations succeed', () => {
  const packets: Packet[] = [];
  for (let n = 0; n < 20; n++) {
    packets.push(at(2 * n, broken(n, FAULTS.slice(1, 5), 'REGISTER')));
    packets.push(at(2 * n + 1, response(200, 'REGISTER', { branch: `z9hG4bK${n}`, callId: `c${n}` }), SERVER, FUZZER));
  }
  const all = happenings(packets);
  assert.equal(dataOf(all, 'message.odd').at(-1)?.['hits'], 19);
  assert.deepEqual(told(all), []);
});

test('a proxy in front of phones with many faults: most of what it sends is good', () => {
  const good = Array.from({ length: 120 }, (_, n) => at(n, broken(n, [])));
  assert.deepEqual(told(happenings([...good, ...FAULTS.map((header, n) => at(200 + n, broken(200 + n, [header])))])), []);
});

test('kinds are forgotten after half an hour', () => {
  const early = FAULTS.slice(0, 6).map((header, n) => at(n, broken(n, [header])));
  const late = FAULTS.slice(6).map((header, n) => at(1900 + n, broken(50 + n, [header])));
  // The clock believes in a leap once a second packet confirms it.
  const all = happenings([...early, at(1890, broken(40, [])), at(1891, broken(41, [])), ...late]);
  assert.deepEqual(
    dataOf(all, 'message.odd').map((data) => data['kinds']),
    [1, 2, 3, 4, 5, 6, 1, 2, 3],
  );
  assert.equal(dataOf(all, 'message.odd').at(-1)?.['broken'], 6);
});

test('a server that fuzzes who asks it', () => {
  const headers = [
    'Max-Forwards: x',
    'Date: now',
    'Expires: x',
    'Warning: x',
    'a(b: x',
    'RSeq: x',
    'Content-Type: x',
    'Contact: <>',
    'Contact: <sip:@b>',
  ];
  const all = happenings(headers.map((header, n) => at(n, response(200, 'OPTIONS', { headers: [header] }), SERVER, FUZZER)));
  assert.deepEqual(told(all), [['malformed-answers', 'warning', 9]]);
});
