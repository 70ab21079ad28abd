import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../../test/happenings.ts';
import { challenge, credentials, packetOf, request, response } from '../../../test/talk.ts';
import type { Packet } from '../../types.ts';

const OWNER = '192.0.2.7:5060';
const THIEF = '203.0.113.66:5060';
const SERVER = '198.51.100.1:5060';
const HOUR = 3600;

/** The program at each address, as it calls itself. */
function agent(src: string): string {
  return `User-Agent: ${src === OWNER ? 'desk/1' : src === THIEF ? 'tool/9' : 'mobile/2'}`;
}

/** A call of an account with its password: seconds since the start, how long it is talked; 0: it goes on. */
function call(n: number, number: string, at: number, talk = 60, src = THIEF, program = agent(src)): Packet[] {
  const start = 1e15 + at * 1e6;
  const w = { user: number, fromUser: 'alice', callId: `c${n}-${src}`, fromTag: `f${n}`, branch: `z9hG4bKa${n}`, cseq: 1 };
  const again = { ...w, cseq: 2, branch: `z9hG4bKb${n}` };
  const to = (payload: string, time: number): Packet => packetOf(payload, time, src, SERVER, n + 1);
  const from = (payload: string, time: number): Packet => packetOf(payload, time, SERVER, src, n + 1);
  const packets = [
    to(request('INVITE', w), start),
    from(response(401, 'INVITE', { ...w, headers: [challenge(`n${n}${src}`)] }), start + 1e4),
    to(request('ACK', { ...w, toTag: 't1' }), start + 2e4),
    to(request('INVITE', { ...again, headers: [credentials(`n${n}${src}`), program] }), start + 3e4),
    from(response(180, 'INVITE', again), start + 4e4),
    from(response(200, 'INVITE', again), start + 5e6),
    to(request('ACK', { ...again, toTag: 't1', branch: `z9hG4bKk${n}` }), start + 51e5),
  ];
  if (talk === 0) return packets;
  const bye = { ...w, cseq: 3, branch: `z9hG4bKc${n}`, toTag: 't1' };
  const end = start + (5 + talk) * 1e6;
  return [...packets, to(request('BYE', bye), end), from(response(200, 'BYE', bye), end + 1e4)];
}

function register(src: string, at: number, program = agent(src)): Packet[] {
  const start = 1e15 + at * 1e6;
  const w = { callId: `r${src}${at}`, branch: `z9hG4bKr${src}${at}` };
  const again = { ...w, cseq: 2, branch: `z9hG4bKq${src}${at}`, headers: [credentials(`r${src}${at}`), program] };
  return [
    packetOf(request('REGISTER', w), start, src, SERVER),
    packetOf(response(401, 'REGISTER', { ...w, headers: [challenge(`r${src}${at}`)] }), start + 1e4, SERVER, src),
    packetOf(request('REGISTER', again), start + 2e4, src, SERVER),
    packetOf(response(200, 'REGISTER', { ...again, headers: [`Contact: <sip:alice@${src}>;expires=600`] }), start + 3e4, SERVER, src),
  ];
}

function frauds({ alerts }: Happenings): string[] {
  return alerts.filter(({ rule }) => rule === 'toll-fraud').map(({ subject, target }) => `${subject.value} ${target.value}`);
}

const THEFT = ['203.0.113.66 alice@example.com'];

test('the first costly call from where the account was never used', () => {
  const all = happenings([...register(OWNER, 0), ...call(1, '00252612345678', 3 * HOUR)]);
  assert.deepEqual(frauds(all), THEFT);
  assert.deepEqual(dataOf(all, 'number.abroad'), [
    {
      number: '252612345678',
      country: '252',
      class: 'costly',
      price: 60,
      fresh: true,
      credentials: true,
      elsewhere: true,
      foreign: true,
      costly: 1,
      numbers: 1,
      open: 1,
      cents: 0,
      neighbours: 0,
      days: 0,
      newCountry: true,
      offHours: false,
      rung: 0,
      serves: 0,
    },
  ]);
});

test('the owner calls a costly country from home, and once from a new telephone that becomes his', () => {
  assert.deepEqual(frauds(happenings([...register(OWNER, 0), ...call(1, '+37125550000', 100, 60, OWNER)])), []);
  const later = 25 * HOUR;
  assert.deepEqual(frauds(happenings([...register(OWNER, 0), ...register(THIEF, 60), ...call(1, '+37125550000', later)])), []);
  const soon = happenings([...register(OWNER, 0), ...register(THIEF, 60), ...call(1, '+37125550000', HOUR)]);
  assert.deepEqual(frauds(soon), THEFT, 'within the day it is a stranger');
});

test('whoever takes his telephone along may call two numbers, and one as often as he likes; a third is told', () => {
  const road = (n: number) => call(n, `+3712${n}55000${n}`, n * 600, 60, THIEF, agent(OWNER));
  const two = happenings([...register(OWNER, 0), ...register(THIEF, 60, agent(OWNER)), ...road(1), ...road(2)]);
  assert.deepEqual(
    dataOf(two, 'number.abroad').map(({ elsewhere, foreign }) => [elsewhere, foreign]),
    [
      [true, false],
      [true, false],
    ],
  );
  assert.deepEqual(frauds(two), []);
  assert.deepEqual(frauds(happenings([...register(OWNER, 0), ...road(1), ...road(2), ...road(3)])), THEFT);
  const one = [1, 2, 3, 4, 5].flatMap((n) => call(n, '+37125550000', n * 600, 60, THIEF, agent(OWNER)));
  assert.deepEqual(frauds(happenings([...register(OWNER, 0), ...one])), []);
});

test('a program is at home after a day; with four of them none is foreign', () => {
  const foreign = (packets: readonly Packet[]): unknown[] => dataOf(happenings(packets), 'number.abroad').map((data) => data['foreign']);
  const number = '+37125550000';
  assert.deepEqual(foreign([...register(OWNER, 0), ...register(THIEF, 60), ...call(1, number, 25 * HOUR)]), [false]);
  assert.deepEqual(foreign([...register(OWNER, 0), ...register(THIEF, 60), ...call(1, number, HOUR)]), [true]);
  const many = [1, 2, 3, 4].flatMap((n) => register(OWNER, n * 60, `User-Agent: p${n}`));
  assert.deepEqual(foreign([...many, ...call(1, number, HOUR)]), [false]);
  assert.deepEqual(foreign(call(1, number, 0)), [false], 'nothing is known of the account');
});

test('somebody on the road is nowhere a stranger', () => {
  const road = [11, 12, 13, 14].flatMap((n) => register(`192.0.2.${n}:5060`, n * 100));
  const all = happenings([...road, ...register(OWNER, 2000), ...call(1, '+37125550000', 5000)]);
  assert.deepEqual(
    dataOf(all, 'number.abroad').map(({ elsewhere }) => elsewhere),
    [false],
  );
});

test('neighbours, several at once, and money', () => {
  const range = [1, 2, 3].flatMap((n) => call(n, `0025261234567${n}`, n * 100));
  assert.deepEqual(
    dataOf(happenings(range), 'number.abroad').map(({ neighbours, open }) => [neighbours, open]),
    [
      [0, 1],
      [1, 1],
      [2, 1],
    ],
  );
  assert.deepEqual(frauds(happenings(range)), THEFT);
  const once = happenings([1, 2, 3].flatMap((n) => call(n, `0088161234${n}567`, n * 10, 0)));
  assert.deepEqual(
    dataOf(once, 'number.abroad').map(({ open }) => open),
    [1, 2, 3],
  );
  assert.deepEqual(frauds(once), THEFT);
  const dear = happenings(
    [1, 2, 3, 4, 5, 6]
      .flatMap((n) => call(n, '+861012345678', n * 10, 3 * HOUR))
      .concat(call(7, '+861012345678', 4 * HOUR))
      .sort((a, b) => a.time - b.time),
  );
  const { cents, fresh } = dataOf(dear, 'number.abroad').at(-1) ?? {};
  assert.deepEqual([cents, fresh], [10800, false]);
  assert.deepEqual(frauds(dear), THEFT);
});

test('counts are halved every six hours, and many numbers push each other out', () => {
  const later = happenings([...call(1, '+37125550000', 0), ...call(2, '+37126660000', 60), ...call(3, '+37127770000', 13 * HOUR)]);
  assert.deepEqual(
    dataOf(later, 'number.abroad').map(({ costly }) => costly),
    [1, 2, 1],
  );
  const many = happenings(Array.from({ length: 40 }, (_, n) => call(n, `+2526${100000 + n * 7919}`, n * 100)).flat());
  assert.equal(dataOf(many, 'number.abroad').length, 40);
});

test('calls at home, and those that are refused, say nothing', () => {
  const home = happenings(call(1, '03012345678', 0));
  assert.deepEqual(dataOf(home, 'number.abroad'), []);
  const w = { user: '+37125550000', fromUser: 'alice' };
  const refused = happenings([
    packetOf(request('INVITE', w), 1e15, THIEF, SERVER),
    packetOf(response(403, 'INVITE', w), 1e15 + 1e4, SERVER, THIEF),
  ]);
  assert.deepEqual(dataOf(refused, 'number.abroad'), []);
});
