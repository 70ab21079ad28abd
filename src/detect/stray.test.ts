import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, happenings } from '../../test/happenings.ts';
import { BOB, MALLORY } from '../../test/phones.ts';
import { packetOf, request, response } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const START = 1_700_000_000e6;

/** Requests for calls that nobody knows, each answered so, one every 100 ms. */
function guesses(n: number, method: string, status: number): Packet[] {
  return Array.from({ length: n }, (_, i) => {
    const w = { callId: `guess-${i}`, branch: `z9hG4bK-${i}`, toTag: `t${i}` };
    const at = START + i * 100_000;
    return [
      packetOf(request(method, w), at, MALLORY, BOB, 2 * i + 1),
      packetOf(response(status, method, w), at + 5_000, BOB, MALLORY, 2 * i + 2),
    ];
  }).flat();
}

test('a guess, with the request as its evidence; five different ones are told once, with their method', () => {
  const happened = happenings(guesses(8, 'UPDATE', 481));
  const [event] = happened.events.filter(({ type }) => type === 'request.stray');
  assert.deepEqual(
    [event?.src, event?.dst, event?.callId, event?.frame, event?.time],
    ['203.0.113.66', '198.51.100.1', 'guess-0', 1, START],
  );
  assert.deepEqual(event?.data, { method: 'UPDATE', status: 481, refused: 1, accepted: 0, known: false });
  assert.equal(dataOf(happened, 'request.stray').length, 8);
  const told = happened.alerts.filter(({ rule }) => rule === 'dialog-guessing');
  assert.deepEqual(
    told.map(({ subject, count, sample }) => [subject.value, count, sample]),
    [['203.0.113.66', 8, ['UPDATE']]],
  );
});

test('four are not enough, nor is what is accepted', () => {
  for (const packets of [guesses(4, 'BYE', 481), guesses(40, 'BYE', 200)]) {
    assert.deepEqual(
      happenings(packets).alerts.filter(({ rule }) => rule === 'dialog-guessing'),
      [],
    );
  }
});
