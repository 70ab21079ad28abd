import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Spool } from './spool.ts';

interface Entry {
  readonly n: number;
  readonly text: string;
}

const revive = (json: string): Entry => JSON.parse(json);

async function all<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const entry of entries) out.push(entry);
  return out;
}

test('entries come back in order, in memory or not', async () => {
  const anyEntries = fc.array(fc.record({ n: fc.nat(), text: fc.string({ unit: 'binary', maxLength: 3000 }) }, { noNullPrototype: true }), {
    maxLength: 120,
  });
  await fc.assert(
    fc.asyncProperty(anyEntries, fc.nat({ max: 100 }), async (entries, limit) => {
      const spool = new Spool<Entry>(limit, revive);
      for (const entry of entries) spool.add(entry);
      assert.equal(spool.count, entries.length);
      assert.equal(spool.spilled, entries.length > limit);
      assert.deepEqual(await all(spool), entries);
      spool.close();
    }),
    { numRuns: 40 },
  );
});

test('it can be read twice and added to in between', async () => {
  const spool = new Spool<Entry>(1, revive);
  const text = 'é\n'.repeat(20_000);
  for (let n = 0; n < 5; n++) spool.add({ n, text });
  assert.deepEqual(
    (await all(spool)).map((e) => e.n),
    [0, 1, 2, 3, 4],
  );
  spool.add({ n: 5, text });
  const again = await all(spool);
  assert.deepEqual(
    again.map((e) => e.n),
    [0, 1, 2, 3, 4, 5],
  );
  assert.ok(again.every((e) => e.text === text));
  spool.close();
});

test('the file has no name, and a missing folder is a clear error', () => {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-spool-'));
  try {
    process.env['TMPDIR'] = folder;
    const spool = new Spool<Entry>(0, revive);
    for (let n = 0; n < 3; n++) spool.add({ n, text: 'x'.repeat(70_000) });
    assert.deepEqual(readdirSync(folder), []);
    spool.close();
    process.env['TMPDIR'] = join(folder, 'gone');
    assert.throws(() => new Spool<Entry>(0, revive).add({ n: 1, text: 'x'.repeat(70_000) }), { code: 'output-failed' });
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true });
  }
});
