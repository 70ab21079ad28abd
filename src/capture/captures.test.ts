import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { hep3, hepBasics, hepChunk, ipv4, join, pcapOf, udp } from '../../test/traces/make-links.ts';
import { writePcapHeader, writePcapRecord } from '../wire/pcap.ts';
import { captureFiles, openCaptures } from './captures.ts';
import type { CaptureCounts } from './reader.ts';

const folder = mkdtempSync(path(tmpdir(), 'ringfence-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

/** A file of packets whose payloads are their times in ms. */
function file(times: readonly number[], name = `${made++}.pcap`): string {
  const records = times.map((ms) => writePcapRecord(1e15 + ms * 1000, ipv4(udp(1, 2, Buffer.from(String(ms))))));
  const full = path(folder, name);
  writeFileSync(full, join(writePcapHeader({ linkType: 101 }), ...records));
  return full;
}

interface Merged {
  readonly payloads: string[];
  readonly ordinals: number[];
  readonly counts: CaptureCounts;
  readonly lastTime: number;
  readonly faults: number;
}

async function merge(paths: readonly string[], chunkBytes?: number): Promise<Merged> {
  const captures = await openCaptures(paths, chunkBytes === undefined ? {} : { chunkBytes });
  const payloads: string[] = [];
  const ordinals: number[] = [];
  while (await captures.fill()) {
    while (captures.next()) {
      const { bytes, start, end, ordinal } = captures.packet;
      payloads.push(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
      ordinals.push(ordinal);
    }
  }
  assert.equal(await captures.fill(), false);
  assert.ok(captures.position <= captures.size);
  const { counts, lastTime, faults } = captures;
  await captures.close();
  return { payloads, ordinals, counts, lastTime, faults: faults.length };
}

describe('several captures', () => {
  test('in order of time, whatever the order they are named in', async () => {
    const [a, b, c] = [file([1, 4, 9]), file([2, 3, 10, 11]), file([20, 21])];
    for (const paths of [
      [a, b, c],
      [c, b, a],
    ]) {
      const { payloads, ordinals, counts, lastTime } = await merge(paths, 7);
      assert.deepEqual(payloads.map(Number), [1, 2, 3, 4, 9, 10, 11, 20, 21]);
      assert.deepEqual(ordinals, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assert.deepEqual([counts.frames, counts.packets, counts.taken, counts.links.get('raw')], [9, 9, 9, 9]);
      assert.equal(lastTime, 1e15 + 21_000);
    }
  });

  test('one alone is read as it stands', async () => {
    assert.deepEqual((await merge([file([5, 1, 3])])).payloads, ['5', '1', '3']);
  });

  test('a file without packets counts; faults of all are told', async () => {
    const empty = file([]);
    const cut = path(folder, 'cut.pcap');
    writeFileSync(cut, join(pcapOf([ipv4(udp(1, 2, Buffer.from('x')))], { linkType: 101 }), Buffer.from('abc')));
    const { payloads, faults } = await merge([empty, cut, file([1])]);
    assert.deepEqual(payloads, ['x', '1']);
    assert.equal(faults, 1);
  });

  test('time that goes back within a file does not hold the others up', async () => {
    assert.deepEqual((await merge([file([5, 1, 7]), file([4, 6])])).payloads, ['4', '5', '1', '6', '7']);
  });

  test('HEP is ordered by when it was seen here', async () => {
    const agent = path(folder, 'agent.pcap');
    const frame = ipv4(udp(9060, 9060, hep3(...hepBasics(), hepChunk(15, Buffer.from('hep')))));
    writeFileSync(agent, join(writePcapHeader({ linkType: 101 }), writePcapRecord(1e15 + 2500, frame)));
    assert.deepEqual((await merge([file([1, 2, 3, 4]), agent])).payloads, ['1', '2', 'hep', '3', '4']);
  });

  test('more files at a time than may be open: all are read', async () => {
    const many = Array.from({ length: 70 }, (_, i) => file([i, 1000 + i]));
    const { payloads } = await merge(many);
    assert.equal(payloads.length, 140);
    assert.equal(payloads[0], '0');
  });

  test('whatever the times: all packets, in order if each file is', async () => {
    const times = fc.array(fc.nat(60), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(times, { minLength: 2, maxLength: 5 }), async (lists) => {
        const sorted = lists.map((list) => [...list].sort((a, b) => a - b));
        const { payloads } = await merge(
          sorted.map((list, i) => file(list, `p${i}.pcap`)),
          50,
        );
        assert.deepEqual(
          payloads.map(Number),
          sorted.flat().sort((a, b) => a - b),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('folders', () => {
  test('stand for the captures in them, compressed ones too', async () => {
    const inside = path(folder, 'inside');
    mkdirSync(path(inside, 'deeper'), { recursive: true });
    const bytes = pcapOf([ipv4(udp(1, 2, Buffer.from('x')))], { linkType: 101 });
    writeFileSync(path(inside, 'b.pcap.gz'), gzipSync(bytes));
    writeFileSync(path(inside, 'a.pcap.zst'), zstdCompressSync(bytes));
    writeFileSync(path(inside, 'c.pcap'), bytes);
    writeFileSync(path(inside, 'notes.txt'), 'nothing');
    writeFileSync(path(inside, 'short'), 'x');
    const names = ['a.pcap.zst', 'b.pcap.gz', 'c.pcap'].map((name) => path(inside, name));
    assert.deepEqual(await captureFiles([inside, '-', names[0]!]), [...names, '-', names[0]]);
    assert.deepEqual((await merge([inside])).payloads, ['x', 'x', 'x']);
    await assert.rejects(captureFiles([path(inside, 'deeper')]), { code: 'capture-not-a-capture' });
    await assert.rejects(captureFiles([path(inside, 'absent')]), { code: 'capture-not-found' });
  });

  test('closing in the middle closes what is open', async () => {
    const captures = await openCaptures([file([1, 2]), file([1, 2])]);
    assert.deepEqual([captures.size > 0, captures.counts.frames, captures.packet.ordinal], [true, 0, 0]);
    await captures.fill();
    assert.ok(captures.next());
    assert.ok(captures.counts.frames >= 1);
    await captures.close();
    assert.equal(captures.next(), false);
  });
});
