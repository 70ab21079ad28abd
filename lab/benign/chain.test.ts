import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playChain } from './chain.ts';

const OPEN = new AbortController().signal;

test('steps of the stretch are played in order, at their pace, one after the other', async () => {
  const done: string[] = [];
  const began = performance.now();
  const step = (at: number) => ({
    at,
    run: async () => {
      done.push(`begin ${at}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      done.push(`end ${at}`);
    },
  });
  await playChain([step(5), step(10), step(10.1), step(90), step(200)], { from: 10, to: 110, real: 100 }, OPEN, (fault) =>
    assert.fail(String(fault)),
  );
  assert.deepEqual(done, ['begin 10', 'end 10', 'begin 10.1', 'end 10.1', 'begin 90', 'end 90']);
  assert.ok(performance.now() - began >= 78);
});

test('a step that fails is told and ends nothing; an interrupt ends the chain', async () => {
  const stop = new AbortController();
  const faults: unknown[] = [];
  const done: number[] = [];
  const steps = [
    { at: 0, run: async () => Promise.reject(new Error('lost')) },
    { at: 1, run: async () => void done.push(1) },
    { at: 2, run: async () => stop.abort(new Error('interrupted')) },
    { at: 3, run: async () => void done.push(3) },
  ];
  await assert.rejects(
    playChain(steps, { from: 0, to: 10, real: 10 }, stop.signal, (fault) => faults.push(fault)),
    /interrupted/,
  );
  assert.deepEqual(done, [1]);
  assert.equal(faults.length, 1);
});
