import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unexplained } from './losses.ts';

const labels = (all: number, lost: number) => Array.from({ length: all }, (_, i) => (i < lost ? {} : { frame: i + 1 }));

test('what the far network loses is explained by it, and no more', () => {
  assert.equal(unexplained(labels(1000, 12), 0.01), undefined);
  assert.match(unexplained(labels(1000, 60), 0.01) ?? '', /^60 of 1000 labels have no frame/);
});

test('where nothing is lost, every label has a frame', () => {
  assert.equal(unexplained(labels(50, 0), 0), undefined);
  assert.match(unexplained(labels(50, 1), 0) ?? '', /^1 of 50/);
});

test('one packet of a few may always be lost where packets are lost at all', () => {
  assert.equal(unexplained(labels(3, 1), 0.001), undefined);
});
