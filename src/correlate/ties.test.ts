import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, Tie } from '../types.ts';
import { Ties } from './ties.ts';

const DAY = 86_400_000_000;

function event(type: string, src: string, data: Event['data'], change: Partial<Event> = {}): Event {
  const where = { srcPort: 5060, dst: '198.51.100.1', dstPort: 5060, via: '', callId: 'c', account: '', file: 'f', frame: 1 };
  return { id: 'e', time: 5, type, node: 'n', src, origin: 'packet', ...where, data, ...change };
}

function found(...events: readonly Event[]): Pick<Tie, 'kind' | 'value' | 'address' | 'other'>[] {
  const ties = new Ties({ k0: 1, k1: 2 });
  for (const each of events) ties.take(each, each.time);
  return ties.out.map(({ kind, value, address, other }) => ({ kind, value, address, other }));
}

test('who used a cnonce before is told by the Event', () => {
  assert.deepEqual(found(event('cnonce.repeated', 'b', { cnonce: 'abcdef0123', other: 'a', sources: 2 })), [
    { kind: 'cnonce', value: 'abcdef0123', address: 'b', other: 'a' },
  ]);
});

test('a password that one found is used by another, once or a month later', () => {
  const account = '1003@example.org';
  const credential = { kind: 'credential', value: account, address: 'b', other: 'a' };
  assert.deepEqual(found(event('account.used', 'b', { how: 'elsewhere', guesser: 'a' }, { account })), [credential]);
  assert.deepEqual(found(event('account.used', 'a', { how: 'called', guesser: 'a' }, { account })), []);
  const guessed = { refusals: 5, trusted: false };
  const first = event('auth.accepted', 'a', guessed, { account });
  assert.deepEqual(found(first, event('auth.accepted', 'b', guessed, { account, time: 29 * DAY })), [credential]);
  assert.deepEqual(found(first, event('auth.accepted', 'b', guessed, { account, time: 31 * DAY })), []);
  // The owner who mistyped, or whose phone is registered.
  assert.deepEqual(found(first, event('auth.accepted', 'b', { refusals: 1, trusted: false }, { account })), []);
  assert.deepEqual(found(first, event('auth.accepted', 'b', { refusals: 9, trusted: true }, { account })), []);
});

test('the number behind the prefixes ties who dial it; an extension does not', () => {
  const dial = (src: string, suffix: string): Event => event('number.retried', src, { number: `00${suffix}`, suffix });
  assert.deepEqual(found(dial('a', '972599501'), dial('a', '972599501'), dial('b', '972599501'), dial('b', '972599501')), [
    { kind: 'number', value: '972599501', address: 'b', other: 'a' },
  ]);
  assert.deepEqual(found(dial('a', '100'), dial('b', '100')), []);
});

test('a recording is known by its length to the packet, if it is long and was promised', () => {
  const play = (src: string, change: Event['data'] = {}): Event =>
    event('media.ended', src, { media: 'audio', codec: 'PCMU', packets: 400, bytes: 64_000, promised: 'sdp', ...change });
  assert.deepEqual(found(play('a'), play('b'), play('b', { bytes: 63_840 })), [
    { kind: 'media', value: 'PCMU, 400 packets, 64000 bytes', address: 'b', other: 'a' },
  ]);
  for (const change of [{ packets: 249 }, { media: 'video' }, { promised: 'none' }])
    assert.deepEqual(found(play('a', change), play('b', change)), []);
});

test('a tool is known by its DNA in any Event; of what five have only four are told apart', () => {
  const seen = ['a', 'b', 'c', 'd', 'e'].map((src) => event('target.contacted', src, { dna: 'svwar/3' }));
  const ties = found(...seen);
  assert.equal(ties.length, 6);
  assert.ok(ties.every(({ kind, value, address }) => kind === 'tool' && value === 'svwar/3' && address !== 'e'));
});

test('who stands behind a proxy is not known', () => {
  const data = { cnonce: 'abcdef0123', other: 'a', sources: 2 };
  for (const origin of ['unknown', 'relayed'] as const) assert.deepEqual(found(event('cnonce.repeated', 'b', data, { origin })), []);
  assert.deepEqual(found(event('cnonce.repeated', '', data)), []);
});

test('memory is bounded', () => {
  const ties = new Ties({ k0: 1, k1: 2 });
  const dial = (src: string, n: number): void =>
    ties.take(event('number.retried', src, { number: '', suffix: `${1_000_000_000 + n}` }, { time: n }), n);
  for (let n = 0; n < 20_000; n++) dial('a', n);
  dial('b', 0);
  assert.deepEqual(ties.out, []);
  dial('b', 19_999);
  assert.equal(ties.out.length, 1);
});
