import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  advanceStream,
  beginStream,
  CONFLICT,
  FLOODED,
  JUMPED,
  lostOf,
  makeStream,
  OVERSIZE,
  resetStream,
  type Stream,
} from './streams.ts';

/** A stream of G.711 that got these sequence numbers, 20 ms apart, with timestamps that fit. */
function streamOf(sequences: readonly number[]): Stream {
  const s = makeStream();
  s.clock = 8000;
  for (const [n, sequence] of sequences.entries()) {
    if (n === 0) beginStream(s, sequence & 0xffff, sequence * 160, 1e9, 160);
    else advanceStream(s, sequence & 0xffff, sequence * 160, false, 1e9 + n * 20_000, 160);
  }
  return s;
}

function counts(...sequences: number[]): number[] {
  const s = streamOf(sequences);
  return [lostOf(s), s.duplicates, s.late];
}

test('lost, duplicates, late (RFC 3550 A.1, A.3)', () => {
  assert.deepEqual(counts(1, 2, 3), [0, 0, 0]);
  assert.deepEqual(counts(1, 2, 5), [2, 0, 0]);
  assert.deepEqual(counts(1, 2, 2, 3), [0, 1, 0]);
  assert.deepEqual(counts(1, 3, 2, 4), [0, 0, 1]);
  assert.deepEqual(counts(1, 3, 2, 2, 1), [0, 2, 1]);
  assert.deepEqual(counts(5, 4, 6), [0, 0, 1], 'before the first one');
  assert.deepEqual(counts(65_534, 65_535, 65_536, 65_537), [0, 0, 0], 'the numbers begin anew');
  assert.deepEqual(counts(65_534, 65_537, 65_535), [1, 0, 1]);
  assert.deepEqual(counts(1, 41, 40, 1, 2), [37, 1, 2], 'beyond 32');
  assert.deepEqual(counts(1, 90, 10), [87, 0, 1], 'beyond the 64 that are remembered');
  assert.deepEqual(counts(1, 2, 200, 201), [197, 0, 0]);
});

test('any order within 32 numbers, with losses and repetitions, is counted as a set would', () => {
  const slots = fc.array(
    fc.record({ lost: fc.boolean(), copies: fc.integer({ min: 1, max: 3 }), delay: fc.integer({ min: 0, max: 15 }) }),
    {
      minLength: 2,
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65_535 }), slots, (start, list) => {
      const sent = list.flatMap(({ lost, copies, delay }, n) =>
        lost ? [] : Array.from({ length: copies }, () => ({ at: n + delay, sequence: start + n })),
      );
      const order = sent.sort((a, b) => a.at - b.at).map(({ sequence }) => sequence);
      if (order.length === 0) return;
      const distinct = new Set(order);
      const expected = Math.max(...order) - Math.min(...order) + 1;
      const s = streamOf(order);
      assert.deepEqual(
        [s.packets, s.unique, s.duplicates, lostOf(s)],
        [order.length, distinct.size, order.length - distinct.size, expected - distinct.size],
      );
    }),
  );
});

test('a jump counts once, and two in sequence begin anew', () => {
  const s = streamOf([1, 2, 3]);
  assert.equal(advanceStream(s, 20_000, 480, false, 2e9, 160), JUMPED);
  assert.equal(advanceStream(s, 20_001, 640, false, 2e9, 160), 0);
  assert.equal(advanceStream(s, 20_002, 800, false, 2e9, 160), 0);
  assert.deepEqual([s.jumps, s.packets, s.unique, lostOf(s)], [1, 6, 6, 0]);
  assert.equal(advanceStream(s, 5, 0, false, 2e9, 160), JUMPED);
  assert.equal(advanceStream(s, 20_003, 960, false, 2e9, 160), 0, 'one stray packet changes nothing');
  assert.deepEqual([s.jumps, lostOf(s)], [2, 0]);
});

test('jitter as RFC 3550 A.8 computes it', () => {
  const s = streamOf([1]);
  // 5 ms late, then in time again: |D| is 5 ms twice.
  advanceStream(s, 2, 320, false, 1e9 + 25_000, 160);
  assert.equal(s.jitter, 5000 / 16);
  advanceStream(s, 3, 480, false, 1e9 + 40_000, 160);
  assert.equal(s.jitter, 5000 / 16 + (5000 - 5000 / 16) / 16);
  assert.equal(s.jitterMax, s.jitter);
  advanceStream(s, 4, 640, false, 1e9 + 60_000, 160);
  assert.ok(s.jitter < s.jitterMax);
  assert.equal(s.maxGap, 25_000);
});

test('a timestamp that leaps without a marker is a jump, and no jitter', () => {
  const s = streamOf([1, 2]);
  assert.equal(advanceStream(s, 3, 3 * 160 + 8000 * 60, false, 1e9 + 40_000, 160), JUMPED);
  assert.equal(advanceStream(s, 4, 5, true, 1e9 + 60_000, 160), 0, 'a talkspurt');
  assert.deepEqual([s.jumps, s.jitterMax], [1, 0]);
});

test('large packets, contradictions and floods', () => {
  const s = makeStream();
  assert.equal(beginStream(s, 1, 160, 1e9, 1500), OVERSIZE);
  assert.equal(s.oversized, 1);
  resetStream(s);
  beginStream(s, 1, 160, 1e9, 160);
  assert.equal(advanceStream(s, 2, 320, false, 1e9, 1401), OVERSIZE);
  assert.equal(advanceStream(s, 2, 999, false, 1e9, 160), CONFLICT);
  assert.equal(advanceStream(s, 2, 999, false, 1e9, 160), 0, 'said once');
  let shown = 0;
  for (let n = 3; n < 600; n++) shown |= advanceStream(s, n, n * 160, false, 1e9 + n, 160);
  assert.equal(shown, FLOODED);
  advanceStream(s, 600, 96_000, false, 1e9 + 2_000_000, 160);
  assert.deepEqual([s.rate, s.inSecond], [601, 1]);
});
