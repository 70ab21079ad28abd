/** From packets to habits: which calls count, and what is told of days and of calls abroad. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { challenge, credentials, packetOf, request, response } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const PHONE = '192.0.2.7:5060';
const SERVER = '198.51.100.1:5060';
const HOUR = 3600;
const DAY = 24 * HOUR;
/** A Monday. */
const MONDAY = Date.UTC(2026, 0, 5) / 1000;

/** How a call goes on: who hangs up, or that it is refused before or after it rings; with which method and code. */
type Course = 'caller' | 'callee' | 'busy' | 'refused' | 'open';

let ids = 0;

/** A call, `at` seconds after Monday, with a password unless it is open to all. */
function call(callee: string, at: number, course: Course = 'caller', seconds = 60, caller = 'alice'): Packet[] {
  const n = ++ids;
  const start = (MONDAY + at) * 1e6;
  const w = { user: callee, fromUser: caller, callId: `c${n}`, fromTag: `f${n}`, branch: `z9hG4bKa${n}`, cseq: 1 };
  const again = { ...w, cseq: 2, branch: `z9hG4bKb${n}` };
  const to = (payload: string, after: number): Packet => packetOf(payload, start + after * 1e6, PHONE, SERVER, n);
  const from = (payload: string, after: number): Packet => packetOf(payload, start + after * 1e6, SERVER, PHONE, n);
  const ack = { ...again, toTag: 't1' };
  const signed = course === 'open' ? {} : { headers: [credentials(`n${n}`)] };
  const packets = [
    // Somebody else's keep-alives: after a silence the clock waits for a second input that agrees.
    to('\r\n\r\n', -0.2),
    to('\r\n\r\n', -0.1),
    to(request('INVITE', w), 0),
    from(response(401, 'INVITE', { ...w, headers: [challenge(`n${n}`)] }), 0.01),
    to(request('ACK', { ...w, toTag: 't1' }), 0.02),
    to(request('INVITE', { ...again, ...signed }), 0.03),
  ];
  if (course === 'refused') return [...packets, from(response(403, 'INVITE', again), 0.1), to(request('ACK', ack), 0.2)];
  packets.push(from(response(180, 'INVITE', again), 0.1));
  if (course === 'busy') return [...packets, from(response(486, 'INVITE', again), 1), to(request('ACK', ack), 1.1)];
  packets.push(from(response(200, 'INVITE', again), 1), to(request('ACK', { ...ack, branch: `z9hG4bKk${n}` }), 1.1));
  const bye = { ...w, cseq: 3, branch: `z9hG4bKc${n}`, toTag: 't1' };
  if (course !== 'callee') return [...packets, to(request('BYE', bye), 1 + seconds), from(response(200, 'BYE', bye), 1.1 + seconds)];
  const theirs = { ...bye, user: caller, fromUser: callee, fromTag: 't1', toTag: `f${n}` };
  return [...packets, from(request('BYE', theirs), 1 + seconds), to(response(200, 'BYE', theirs), 1.1 + seconds)];
}

/** Working days of five calls to two people between nine and eleven, the last of each ended by the callee. */
function weeks(days: number): Packet[] {
  return Array.from({ length: days }, (_, day) => {
    const at = day * DAY + 9 * HOUR;
    if (day % 7 > 4) return [];
    return [0, 1, 2, 3, 4].flatMap((i) => call(i % 2 === 0 ? 'bob' : 'carol', at + i * 1500, i === 4 ? 'callee' : 'caller', 120));
  }).flat();
}

function told({ alerts }: Happenings): string[] {
  return alerts.map(({ rule, subject }) => `${rule} ${subject.value}`).filter((line) => /profile|off-hours/.test(line));
}

test('days of an account are told from the fifth on, the last as far as it goes', () => {
  const all = happenings(weeks(10));
  const days = dataOf(all, 'profile.compared');
  assert.deepEqual(
    days.map(({ days: age, hours, calls, callees, minutes, kind }) => ({ age, hours, calls, callees, minutes, kind })),
    [4, 7, 8, 9].map((age) => ({ age, hours: age === 9 ? 11 : 24, calls: 5, callees: 2, minutes: 10, kind: 'weekday' })),
  );
  const { account, src, frame, file, time } = all.events.find(({ type }) => type === 'profile.compared')!;
  assert.deepEqual(
    [account, src, file, time],
    ['alice@example.com', '192.0.2.7', 'test.pcap', Math.round((MONDAY + 4 * DAY + 9 * HOUR + 4 * 1500 + 121.1) * 1e6)],
  );
  assert.ok(frame > 0);
  assert.deepEqual(told(all), []);
});

test('a night of calls to strangers is told, with the day that ends it', () => {
  const night = Array.from({ length: 20 }, (_, i) => call(`stranger${i}`, 9 * DAY + 2 * HOUR + i * 400, 'caller', 300));
  const all = happenings([...weeks(9), ...night.flat()]);
  assert.deepEqual(told(all), ['profile-anomaly alice@example.com']);
  const { strangers, hours } = dataOf(all, 'profile.compared').at(-1)!;
  assert.deepEqual([strangers, hours], [20, 5]);
});

test('only calls that a server lets ring for somebody with a password are habits', () => {
  const day = (at: number): Packet[] => [
    ...call('bob', at, 'busy'),
    ...call('carol', at + 10, 'refused'),
    ...call('dave', at + 20, 'open'),
    ...call('erin', at + 200),
  ];
  const all = happenings([0, 1, 2, 3, 4].flatMap((i) => day(i * DAY + 9 * HOUR)));
  const { calls, callees, minutes } = dataOf(all, 'profile.compared').at(-1)!;
  assert.deepEqual({ calls, callees, minutes }, { calls: 2, callees: 2, minutes: 1 });
});

test('a call abroad knows hours and countries of its account', () => {
  const abroad = (number: string, at: number): Packet[] => call(number, at, 'caller', 30);
  const all = happenings([
    ...weeks(8),
    ...abroad('00252612345678', 7 * DAY + 14 * HOUR),
    ...abroad('00252612349999', 8 * DAY + 2 * HOUR),
    ...abroad('00371612349999', 8 * DAY + 2 * HOUR + 300),
    ...abroad('00371612349999', 8 * DAY + 9 * HOUR),
  ]);
  assert.deepEqual(
    dataOf(all, 'number.abroad').map(({ days, newCountry, offHours }) => [days, newCountry, offHours]),
    [
      [7, true, true],
      [8, false, true],
      [8, true, true],
      [8, true, false],
    ],
  );
  assert.deepEqual(told(all), ['toll-off-hours alice@example.com', 'toll-off-hours alice@example.com']);
});

test('an account that lives like one that was found to be a machine is told', () => {
  const hour = (day: number, i: number): number => day * DAY + (9 + i / 2) * HOUR;
  const bots = (day: number): Packet[] =>
    Array.from({ length: 12 }, (_, i) => [
      ...call(`x${day}-${i}`, hour(day, i), 'callee', 3, 'robot'),
      ...call(`y${day}-${i}`, hour(day, i) + 60, 'caller', 20 + 13 * i + day, 'twin'),
    ]).flat();
  const people = (day: number): Packet[] =>
    ['ann', 'ben', 'cat', 'dan'].flatMap((who, i) => call('bob', hour(day, 25) + 100 * i, 'caller', 50 + i, who));
  const all = happenings(Array.from({ length: 10 }, (_, day) => [...bots(day), ...people(day)]).flat());
  const like = all.events.filter(({ type }) => type === 'profile.resembles');
  assert.deepEqual(
    like.map(({ account, data }) => [account, data['machines'], data['members'], data['accounts']]),
    [['twin@example.com', 1, 2, 6]],
  );
});
