import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from './capacity.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('pieces are begun in order, never more at once than allowed, and all are awaited', async () => {
  const begun: number[] = [];
  let under = 0;
  let most = 0;
  const pieces = Array.from({ length: 20 }, (_, i) => async () => {
    begun.push(i);
    most = Math.max(most, ++under);
    await wait(15);
    under--;
  });
  const limits = { together: 3, perSecond: 10_000, behind: 1000, signal: new AbortController().signal };
  assert.equal((await play(pieces, limits)).played, 20);
  assert.deepEqual(begun, [...Array(20).keys()]);
  assert.equal(under, 0);
  assert.ok(most > 1 && most <= 3, `${most}`);
});

test('the pace is kept', async () => {
  const start = performance.now();
  await play(
    Array.from({ length: 20 }, () => async () => undefined),
    { together: 99, perSecond: 100, behind: 1000, signal: new AbortController().signal },
  );
  assert.ok(performance.now() - start > 150);
});

test('a piece that fails is counted by its message and stops nobody', async () => {
  const pieces = [
    async () => {
      throw new Error('no answer');
    },
    async () => {
      throw new Error('no answer');
    },
    async () => undefined,
  ];
  const { failures, played } = await play(pieces, { together: 9, perSecond: 1000, behind: 1000, signal: new AbortController().signal });
  assert.equal(played, 3);
  assert.deepEqual([...failures], [['no answer', 2]]);
});

test('an interrupt ends it', async () => {
  const stop = new AbortController();
  const endless = Array.from({ length: 1000 }, () => () => wait(50));
  setTimeout(() => stop.abort(new Error('interrupted')), 60);
  await assert.rejects(play(endless, { together: 2, perSecond: 1000, behind: 1000, signal: stop.signal }), /interrupted/);
});
