import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SKETCH, sketchAdd, sketchCount } from './sketch.ts';
import { hash, Key } from './table.ts';

const SEED = { k0: 11, k1: 12 };

function sketchOf(bytes: Uint8Array, at: number, from: number, to: number): void {
  const key = new Key(8);
  for (let i = from; i < to; i++) sketchAdd(bytes, at, hash(SEED, key.reset().addNumber(i)));
}

test('a sketch counts different things, each once, within its error', () => {
  for (const n of [0, 1, 5, 20, 100, 1000, 100_000]) {
    const bytes = new Uint8Array(2 * SKETCH);
    sketchOf(bytes, 0, 0, n);
    sketchOf(bytes, 0, 0, Math.min(n, 1000));
    const counted = sketchCount(bytes, 0, SKETCH);
    // Three standard errors of 13 %.
    assert.ok(Math.abs(counted - n) <= Math.max(1, n * 0.39), `${n} counted as ${counted}`);
  }
});

test('two sketches are counted as one: what is in both counts once', () => {
  const bytes = new Uint8Array(2 * SKETCH);
  sketchOf(bytes, 0, 0, 600);
  sketchOf(bytes, SKETCH, 400, 1000);
  const counted = sketchCount(bytes, 0, SKETCH);
  assert.ok(Math.abs(counted - 1000) < 390, `${counted}`);
});

test('the rarest hash fits a register', () => {
  const bytes = new Uint8Array(SKETCH);
  sketchAdd(bytes, 0, 5);
  assert.equal(bytes[5], 27);
});
