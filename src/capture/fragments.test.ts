import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Key } from '../table.ts';
import { BROKEN, DUPLICATE, type Fragment, Fragments, OVERLAP, STORED, WHOLE } from './fragments.ts';

const SEED = { k0: 1, k1: 2 };

function key(name: string): Key {
  return new Key().addString(name);
}

function fragment(bytes: Uint8Array, offset: number, more: boolean, strict = false): Fragment {
  return { bytes, from: 0, to: bytes.length, offset, more, next: 17, strict };
}

/** Bytes whose values tell where they were. */
function pattern(length: number, salt = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + salt) & 255));
}

function content(fragments: Fragments): string {
  return fragments.bytes.toString('hex', 0, fragments.length);
}

describe('reassembly', () => {
  test('any cut, any order, with copies: the datagram as it was', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 199 }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, fc.boolean(), fc.integer({ min: 1601, max: 1700 }), fc.func(fc.integer()), (at, strict, length, order) => {
        const data = pattern(length);
        const edges = [0, ...at.map((n) => n * 8).sort((a, b) => a - b), length];
        const pieces = edges.slice(1).map((end, i) => fragment(data.subarray(edges[i], end), edges[i]!, end < length, strict));
        const shuffled = pieces.map((p) => ({ p, rank: order(p.offset) })).sort((a, b) => a.rank - b.rank);
        const fragments = new Fragments(SEED);
        shuffled.forEach(({ p }, i) => {
          const last = i === pieces.length - 1;
          assert.equal(fragments.add(key('a'), 0, p), last ? WHOLE : STORED);
          if (!last) assert.equal(fragments.add(key('a'), 0, p), DUPLICATE);
        });
        assert.equal(content(fragments), data.toString('hex'));
        assert.equal(fragments.next, 17);
        fragments.finish();
        assert.equal(fragments.expired, 0);
      }),
    );
  });

  test('IPv4 overlaps: each byte is the first that came', () => {
    // The first and the last of 32 blocks stay free, so that the last two fragments have something to bring.
    const lists = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 11 })), { maxLength: 25 });
    fc.assert(
      fc.property(lists, (list) => {
        const total = 32 * 8;
        const model = new Map<number, number>();
        const fragments = new Fragments(SEED);
        const put = (start: number, length: number, salt: number, more: boolean): number => {
          const data = pattern(length, salt);
          const verdict = fragments.add(key('a'), 0, fragment(data, start, more));
          if (verdict !== STORED && verdict !== WHOLE) return verdict;
          for (let i = 0; i < length; i++) if (!model.has(start + i)) model.set(start + i, data[i]!);
          return verdict;
        };
        for (const [i, [block, blocks]] of list.entries()) put(block * 8, blocks * 8, 7 * i + 1, true);
        assert.equal(put(total - 8, 8, 200, false), STORED);
        assert.equal(put(0, total, 201, true), WHOLE);
        const expected = Buffer.from(Uint8Array.from({ length: total }, (_, i) => model.get(i)!));
        assert.equal(content(fragments), expected.toString('hex'));
      }),
    );
  });

  test('the last fragment may tell the end after all bytes were there', () => {
    const fragments = new Fragments(SEED);
    const data = pattern(32);
    assert.equal(fragments.add(key('a'), 0, fragment(data, 0, true)), STORED);
    assert.equal(fragments.add(key('a'), 0, fragment(data.subarray(24), 24, false)), WHOLE);
    assert.equal(content(fragments), data.toString('hex'));
  });

  test('the last fragment may tell the end before all bytes are there', () => {
    const fragments = new Fragments(SEED);
    const data = pattern(32);
    assert.equal(fragments.add(key('a'), 0, fragment(data.subarray(16), 16, true)), STORED);
    assert.equal(fragments.add(key('a'), 0, fragment(data.subarray(24), 24, false)), STORED);
    assert.equal(fragments.add(key('a'), 0, fragment(data.subarray(0, 16), 0, true)), WHOLE);
    assert.equal(content(fragments), data.toString('hex'));
  });

  test('the largest datagram in the smallest fragments, backwards', () => {
    const data = pattern(65_535);
    const fragments = new Fragments(SEED);
    for (let at = 65_528; at >= 0; at -= 8) {
      const piece = fragment(data.subarray(at, Math.min(at + 8, data.length)), at, at + 8 < data.length);
      assert.equal(fragments.add(key('a'), 0, piece), at === 0 ? WHOLE : STORED);
    }
    assert.equal(fragments.bytes.compare(data, 0, data.length, 0, fragments.length), 0);
  });
});

describe('what breaks the rules', () => {
  test('empty, not in units of eight, beyond 65,535', () => {
    const fragments = new Fragments(SEED);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(0), 8, false)), BROKEN);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(9), 8, true)), BROKEN);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(16), 65_520, false)), BROKEN);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(15), 65_520, false)), STORED);
  });

  test('two ends, or bytes behind the end', () => {
    const fragments = new Fragments(SEED);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(8), 16, false)), STORED);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(8), 8, false)), BROKEN);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(8), 24, true)), BROKEN);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(24), 8, false)), BROKEN);
    assert.equal(fragments.add(key('b'), 0, fragment(pattern(8), 16, true)), STORED);
    assert.equal(fragments.add(key('b'), 0, fragment(pattern(8), 8, false)), BROKEN);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(16), 0, true)), WHOLE);
  });

  test('IPv6: an overlap gives up the datagram and what comes of it later', () => {
    const fragments = new Fragments(SEED);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(16), 0, true, true)), STORED);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(16, 1), 0, true, true)), OVERLAP, 'same place, other bytes');
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(16), 0, true, true)), OVERLAP);
    assert.equal(fragments.add(key('a'), 0, fragment(pattern(16), 16, false, true)), OVERLAP);
    assert.equal(fragments.overlapped, 1);
    fragments.finish();
    assert.equal(fragments.expired, 0);
  });
});

describe('bounds', () => {
  test('time counts from the first fragment', () => {
    const fragments = new Fragments(SEED);
    const data = pattern(24);
    assert.equal(fragments.add(key('a'), 0, fragment(data.subarray(0, 8), 0, true)), STORED);
    assert.equal(fragments.add(key('a'), 29e6, fragment(data.subarray(8, 16), 8, true)), STORED);
    assert.equal(fragments.add(key('a'), 31e6, fragment(data.subarray(16), 16, false)), STORED, 'a datagram of its own now');
    fragments.finish();
    assert.equal(fragments.expired, 3);
  });

  test('bytes: the oldest datagrams are given up first', () => {
    const fragments = new Fragments(SEED);
    const data = pattern(65_528);
    // 4 MiB hold 64 of them.
    for (let i = 0; i < 100; i++) assert.equal(fragments.add(key(`k${i}`), 0, fragment(data, 0, true)), STORED);
    assert.equal(fragments.expired, 36);
    assert.equal(fragments.add(key('k36'), 0, fragment(data.subarray(0, 1), 65_528, false)), STORED, 'its first part made room');
    assert.equal(fragments.add(key('k99'), 0, fragment(pattern(1, 5), 65_528, false)), WHOLE);
    assert.equal(fragments.bytes.compare(data, 0, data.length, 0, data.length), 0);
  });

  test('datagrams and pieces: a flood of tiny fragments is counted, and the fresh ones still meet', () => {
    const fragments = new Fragments(SEED);
    const tiny = pattern(8);
    const flood = 60_000;
    for (let i = 0; i < flood; i++) assert.equal(fragments.add(key(`k${i}`), 0, fragment(tiny, 8, true)), STORED);
    assert.ok(fragments.expired >= flood - 4096, `${fragments.expired}`);
    assert.equal(fragments.add(key('new'), 0, fragment(tiny, 0, true)), STORED);
    assert.equal(fragments.add(key('new'), 0, fragment(tiny, 8, false)), WHOLE);
    fragments.finish();
    assert.equal(fragments.expired, flood);
  });

  test('more pieces than are kept: the datagram of the oldest is given up', () => {
    const fragments = new Fragments(SEED);
    for (let d = 0; d < 5; d++) {
      for (let i = 1; i <= 8000; i++) fragments.add(key(`k${d}`), 0, fragment(pattern(8), 8 * i, true));
    }
    assert.equal(fragments.expired, 8000);
    fragments.finish();
    assert.equal(fragments.expired, 40_000);
  });
});
