import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alert } from '../../test/alerts.ts';
import type { Alert } from '../types.ts';
import { AlertFold } from './fold.ts';

async function all(fold: AlertFold): Promise<Alert[]> {
  const out: Alert[] = [];
  for await (const each of fold) out.push(each);
  return out;
}

test('one per id, its last version, in the order they were opened', async () => {
  const fold = new AlertFold(10);
  fold.add(alert({ id: 'a', state: 'open', count: 1 }));
  fold.add(alert({ id: 'b', state: 'open', count: 1 }));
  fold.add(alert({ id: 'a', state: 'closed', count: 7 }));
  assert.equal(fold.count, 2);
  assert.deepEqual(
    (await all(fold)).map(({ id, count, state }) => [id, count, state]),
    [
      ['a', 7, 'closed'],
      ['b', 1, 'open'],
    ],
  );
});

test('whatever the bound, each id comes once with its last version', async () => {
  const step = fc.record({ id: fc.integer({ min: 0, max: 30 }), over: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), async (steps, limit) => {
      const fold = new AlertFold(limit);
      const last = new Map<string, number>();
      for (const [n, { id, over }] of steps.entries()) {
        const name = String(id);
        fold.add(alert({ id: name, state: last.has(name) ? (over ? 'closed' : 'update') : 'open', count: n }));
        last.set(name, n);
      }
      assert.equal(fold.count, last.size);
      for (let twice = 0; twice < 2; twice++) {
        const found = await all(fold);
        assert.deepEqual(new Map(found.map(({ id, count }) => [id, count])), last);
        assert.equal(found.length, last.size);
      }
      fold.close();
    }),
  );
});

test('many alerts that never end do not cost a walk each', () => {
  const fold = new AlertFold(2000);
  const before = process.cpuUsage();
  for (let n = 0; n < 60_000; n++) fold.add(alert({ id: `a${n}`, state: 'open' }));
  const { user } = process.cpuUsage(before);
  assert.equal(fold.count, 60_000);
  // A walk for each would be 120 million steps.
  assert.ok(user < 5e6, `${user} µs`);
  fold.close();
});
