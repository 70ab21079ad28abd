import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { anyEvent, masked } from '../../test/events.ts';
import type { Fault } from '../errors.ts';
import type { EventData } from '../events.ts';
import type { Event } from '../types.ts';
import { block, segmentHeader } from '../wire/segment.ts';
import { nextBoot, readSegment, SegmentWriter, segmentFiles } from './segments.ts';

const root = mkdtempSync(join(tmpdir(), 'ringfence-segments-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const fresh = (): string => join(root, String(++folders));

const small = { node: 'a', boot: 1, blockBytes: 2000, segmentBytes: 4000 };
const sample = fc.sample(anyEvent, { numRuns: 300, seed: 7 });

async function write(folder: string, events: readonly Event[], options: object = small): Promise<SegmentWriter> {
  const writer = new SegmentWriter({ folder, node: 'a', boot: 1, ...options });
  for (const event of events) {
    assert.ok(writer.add(event));
    if (writer.due) await writer.flush();
  }
  await writer.close();
  return writer;
}

async function readAll(files: readonly string[]): Promise<{ events: Event[]; faults: Fault[] }> {
  const events: Event[] = [];
  const faults: Fault[] = [];
  for (const path of files) for await (const batch of readSegment(path, faults)) events.push(...batch);
  return { events, faults };
}

const paths = (folder: string): string[] => segmentFiles(folder).map((name) => join(folder, name));

test('Events come back in order over several segments, whatever the sizes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 60 }), fc.integer({ min: 1, max: 5000 }), async (events, blockBytes) => {
      const folder = fresh();
      const writer = await write(folder, events, { blockBytes, segmentBytes: 3000 });
      const back = await readAll(paths(folder));
      assert.deepEqual(back.faults, []);
      assert.deepEqual(back.events, events.map(masked));
      assert.equal(writer.events, events.length);
    }),
    { numRuns: 30 },
  );
});

test('segments roll over by size and their names sort', async () => {
  const folder = fresh();
  const writer = await write(folder, sample);
  const names = segmentFiles(folder);
  assert.ok(names.length > 3, `${names.length} segments`);
  assert.deepEqual(
    names.map((name) => Number(name.slice(14, 20))),
    names.map((_, i) => i + 1),
  );
  assert.equal(names[0], 'events-000001-000001.rfseg');
  assert.equal(
    writer.bytes,
    paths(folder).reduce((sum, path) => sum + readFileSync(path).length, 0),
  );
});

test('no password is in the bytes of a segment', async () => {
  const folder = fresh();
  const guess: Event = {
    ...sample[0]!,
    type: 'auth.failed',
    data: {
      method: 'REGISTER',
      status: 401,
      user: 'u',
      realm: 'r',
      userAgent: '',
      refusals: 1,
      guess: 'hunter2',
      steady: 0,
      hasty: 0,
      trusted: false,
      direction: 'both',
    } satisfies EventData<'auth.failed'>,
  };
  await write(folder, [guess]);
  const { events } = await readAll(paths(folder));
  assert.equal(events[0]?.data['guess'], '••••');
});

test('a torn tail at any byte loses only the torn block, and is reported with its offset', async () => {
  const folder = fresh();
  await write(folder, sample.slice(0, 60), { blockBytes: 1500, segmentBytes: 1 << 20 });
  const [path] = paths(folder);
  const bytes = readFileSync(path!);
  const whole = await readAll([path!]);
  const ends = blockEnds(bytes);
  assert.ok(ends.length > 4);
  const torn = join(root, 'torn.rfseg');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), fc.boolean(), async (at, flip) => {
      const bad = Buffer.from(bytes);
      if (flip) bad[at]! ^= 0x10;
      writeFileSync(torn, flip ? bad : bad.subarray(0, at));
      const back = await readAll([torn]);
      const start = ends.filter((end) => end <= at).at(-1) ?? 0;
      const clean = !flip && at === start && start > 0;
      assert.deepEqual(back.events, whole.events.slice(0, back.events.length));
      assert.deepEqual(
        back.faults.map(({ code, offset }) => [code, offset]),
        clean ? [] : [['segment-corrupt', start]],
      );
      if (start >= ends[1]!) assert.ok(back.events.length > 0);
    }),
    { numRuns: 150 },
  );
});

function blockEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    at += 20 + bytes.readUInt32LE(at + 4);
    ends.push(at);
  }
  return ends;
}

test('bytes after the last block are damage', async () => {
  const folder = fresh();
  await write(folder, sample.slice(0, 5));
  const [path] = paths(folder);
  const length = readFileSync(path!).length;
  appendFileSync(path!, 'x');
  const back = await readAll([path!]);
  assert.equal(back.events.length, 5);
  assert.equal(back.faults[0]?.offset, length);
  truncateSync(path!, 0);
  assert.equal((await readAll([path!])).faults[0]?.code, 'segment-corrupt');
});

test('a segment of a newer version is refused and says so', async () => {
  const raw = (value: unknown): Buffer => {
    const text = Buffer.from(JSON.stringify(value));
    return block(zstdCompressSync(text), text.length, 0);
  };
  const path = join(root, 'newer.rfseg');
  for (const change of [{ schema: 99 }, { format: 99, types: 0 }]) {
    writeFileSync(path, Buffer.concat([raw({ ...segmentHeader('a', 1), ...change }), raw([])]));
    const { events, faults } = await readAll([path]);
    assert.deepEqual([events.length, faults.map((fault) => fault.code)], [0, ['segment-version']]);
    assert.match(faults[0]!.message, /newer version .* update Ringfence/);
  }
});

test('rows that are none are damage though the checksum is right', async () => {
  const path = join(root, 'rows.rfseg');
  const raw = (value: unknown): Buffer => {
    const text = Buffer.from(JSON.stringify(value));
    return block(zstdCompressSync(text), text.length, 0);
  };
  for (const value of [{}, [[0, 1]], 7]) {
    writeFileSync(path, Buffer.concat([raw(segmentHeader('a', 1)), raw(value)]));
    assert.equal((await readAll([path])).faults[0]?.code, 'segment-corrupt');
  }
});

test('a full buffer refuses Events, counts them, and takes them again after a flush', async () => {
  const folder = fresh();
  const writer = new SegmentWriter({ folder, ...small, bufferBytes: 3000 });
  let refused = 0;
  for (const event of sample) if (!writer.add(event)) refused++;
  assert.ok(refused > 0);
  assert.equal(writer.refused, refused);
  await writer.flush();
  assert.ok(writer.add(sample[0]!));
  await writer.close();
  assert.equal((await readAll(paths(folder))).events.length, writer.events);
});

test('each start takes the next boot number', async () => {
  const folder = fresh();
  assert.equal(nextBoot(folder), 1);
  await write(folder, sample.slice(0, 3));
  writeFileSync(join(folder, 'notes.txt'), '');
  assert.equal(nextBoot(folder), 2);
  await assert.rejects(write(folder, sample.slice(0, 3)), { code: 'output-failed' });
});

test('a folder that cannot be made is a clear error', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  assert.throws(() => new SegmentWriter({ ...small, folder: join(file, 'x') }), { code: 'output-failed', where: join(file, 'x') });
});

test('one level of folders is made, not its parents', () => {
  const inside = join(root, 'one');
  assert.equal(new SegmentWriter({ ...small, folder: inside }).events, 0);
  assert.ok(existsSync(inside));
  const deep = join(root, 'absent', 'deeper');
  const message = `cannot write Events into ${deep}: there is no folder ${join(root, 'absent')}; make it first`;
  assert.throws(() => new SegmentWriter({ ...small, folder: deep }), { code: 'output-failed', message });
  assert.ok(!existsSync(join(root, 'absent')));
});

test('a folder of the kernel refuses instead of hanging', { skip: existsSync('/proc/self') ? false : 'there is no procfs here' }, () => {
  assert.throws(() => new SegmentWriter({ ...small, folder: '/proc/ringfence' }), { code: 'output-failed' });
});
