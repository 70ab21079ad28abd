import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inLines } from './robot.ts';

test('calls are begun in their order, so many at once, and recorded in it', async () => {
  let now = 0;
  let most = 0;
  const begun: number[] = [];
  const records = await inLines(3, [30, 5, 10, 1, 20, 2, 4], async (ms, index) => {
    begun.push(index);
    most = Math.max(most, ++now);
    await sleep(ms);
    now--;
    return { callId: `${index}`, from: '', to: '', start: 0, end: ms, status: 200, media: 'none' };
  });
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(most, 3);
  assert.deepEqual(
    records.map(({ callId, end }) => [callId, end]),
    [30, 5, 10, 1, 20, 2, 4].map((ms, i) => [`${i}`, ms]),
  );
});

test('a call that fails fails all', async () => {
  await assert.rejects(
    inLines(2, [1, 2], async () => await Promise.reject(new Error('no port'))),
    /no port/,
  );
});
