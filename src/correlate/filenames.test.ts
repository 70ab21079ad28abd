import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileNames } from './filenames.ts';

test('names of captures: so many at the same time, the oldest is forgotten', () => {
  const names = new FileNames();
  assert.deepEqual([names.of('a'), names.of('b'), names.of('a'), names.of('a')], [0, 1, 0, 0]);
  for (let i = 2; i < 65_536; i++) names.of(`${i}`);
  assert.equal(names.at(1), 'b');
  assert.equal(names.of('new'), 0);
  assert.deepEqual([names.at(0), names.of('a'), names.at(1)], ['new', 1, 'a']);
});
