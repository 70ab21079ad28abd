import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ipv4, join, pcapOf, udp } from '../../test/traces/make-links.ts';
import { readAll, readBytes } from '../../test/traces/read-all.ts';
import { openCapture } from './reader.ts';
import { openSource } from './source.ts';

const folder = mkdtempSync(path(tmpdir(), 'ringfence-'));
after(() => rmSync(folder, { recursive: true }));

const FRAMES = Array.from({ length: 200 }, (_, i) => ipv4(udp(1, 2, Buffer.from(`packet ${i} ${'x'.repeat(i)}`))));
const BYTES = pcapOf(FRAMES, { linkType: 101 });

describe('zstd', () => {
  test('gives what the plain file gives, whatever the chunk', async () => {
    const plain = await readBytes(BYTES);
    for (const chunkBytes of [100, 1_000_000]) {
      const { packets, faults } = await readBytes(zstdCompressSync(BYTES), { chunkBytes });
      assert.deepEqual(packets, plain.packets);
      assert.deepEqual(faults, []);
    }
  });

  test('damage gives what lies before it, and one fault', async () => {
    const stored = join(zstdCompressSync(BYTES.subarray(0, 20_000)), zstdCompressSync(BYTES.subarray(20_000)));
    const whole = await readBytes(stored);
    assert.equal(whole.packets.length, 200, 'frames in a row are one stream');
    const cut = await readBytes(stored.subarray(0, stored.length - 9));
    assert.ok(cut.packets.length > 50 && cut.packets.length < 200);
    assert.deepEqual(
      cut.faults.map((f) => f.code),
      ['capture-compressed-corrupt'],
    );
    const first = zstdCompressSync(BYTES.subarray(0, 20_000)).length;
    const broken = Buffer.from(stored).fill(0xff, first + 8);
    const { packets, faults } = await readBytes(broken);
    assert.ok(packets.length > 50 && packets.length < 200, `${packets.length}`);
    assert.equal(faults.length, 1);
  });
});

describe('a small file that becomes huge', () => {
  for (const [name, compress] of [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    test(`${name}: memory keeps its bound`, async () => {
      const file = path(folder, `bomb.${name}`);
      writeFileSync(file, compress(Buffer.alloc(192 * 1024 * 1024)));
      const source = await openSource(file);
      const before = process.memoryUsage().arrayBuffers;
      const into = Buffer.alloc(1024 * 1024);
      let total = await source.read(into, 0, 1);
      await sleep(200);
      const grown = process.memoryUsage().arrayBuffers - before;
      assert.ok(grown < 32 * 1024 * 1024, `${grown} bytes wait`);
      for (let n = -1; n !== 0; total += n) n = await source.read(into, 0, into.length);
      await source.close();
      assert.equal(total, 192 * 1024 * 1024);
      assert.equal(source.damage, undefined);
    });
  }

  test('damage in the middle of it: what lies before is read', async () => {
    const file = path(folder, 'damaged');
    const bomb = gzipSync(Buffer.alloc(24 * 1024 * 1024));
    bomb[bomb.length - 6]! ^= 0xff; // in the checksum
    writeFileSync(file, bomb);
    const source = await openSource(file);
    const into = Buffer.alloc(1024 * 1024);
    let total = 0;
    for (let n = -1; n !== 0; total += n) n = await source.read(into, 0, into.length);
    await source.close();
    assert.equal(total, 24 * 1024 * 1024);
    assert.notEqual(source.damage, undefined);
  });
});

describe('a file that is being written', () => {
  test('is read on until told to stop; half a record is no fault then', async () => {
    const file = path(folder, 'growing.pcap');
    const second = 24 + 16 + FRAMES[0]!.length;
    writeFileSync(file, '');
    const stop = new AbortController();
    const opening = openCapture(file, { follow: stop.signal });
    await sleep(20);
    appendFileSync(file, BYTES.subarray(0, 10));
    await sleep(20);
    appendFileSync(file, BYTES.subarray(10, second + 20));
    const reader = await opening;
    let packets = 0;
    const reading = (async (): Promise<void> => {
      while (await reader.fill()) while (reader.next()) packets++;
    })();
    while (packets < 1) await sleep(10);
    appendFileSync(file, BYTES.subarray(second + 20, BYTES.length - 5));
    while (packets < 199) await sleep(10);
    stop.abort();
    await reading;
    await reader.close();
    assert.equal(packets, 199);
    assert.deepEqual(reader.faults, []);
  });

  test('stopped before, it is read to its present end', async () => {
    const file = path(folder, 'stopped.pcap');
    writeFileSync(file, BYTES);
    assert.equal((await readAll(file, { follow: AbortSignal.abort() })).packets.length, 200);
  });
});
