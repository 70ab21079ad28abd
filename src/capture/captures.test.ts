import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join as path } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { hep3, hepBasics, hepChunk, ipv4, join, pcapOf, segment, sipMessage, udp } from '../../test/traces/make-links.ts';
import { writePcapHeader, writePcapRecord } from '../wire/pcap.ts';
import { type Captures, openCaptures } from './captures.ts';
import { Listing } from './listing.ts';
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
  readonly faults: string[];
  readonly files: string[];
}

const captures = { faults: (c: Captures) => [...c.faults(), ...c.reader.faults].map(({ code }) => code) };

async function merge(paths: readonly string[], chunkBytes?: number): Promise<Merged> {
  const opened = await openCaptures(paths, chunkBytes === undefined ? {} : { chunkBytes });
  const { reader } = opened;
  const payloads: string[] = [];
  const ordinals: number[] = [];
  while (await reader.fill()) {
    while (reader.next()) {
      const { bytes, start, end, ordinal } = reader.packet;
      payloads.push(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
      ordinals.push(ordinal);
    }
  }
  assert.equal(await reader.fill(), false);
  assert.ok(reader.position >= reader.size);
  const { counts, lastTime } = reader;
  await reader.close();
  const files = reader.files.map(({ name, packets }) => `${basename(name)} ${packets}`);
  return { payloads, ordinals, counts, lastTime, faults: captures.faults(opened), files };
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
    const { payloads, faults, files } = await merge([empty, cut, file([1], 'one.pcap')]);
    assert.deepEqual(payloads, ['x', '1']);
    assert.deepEqual(faults, ['capture-truncated']);
    assert.deepEqual(files, ['cut.pcap 1', 'one.pcap 1', `${basename(empty)} 0`]);
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

test('files that overlap and say the same times: the same order whatever the chunks', async () => {
  const lists = [
    [1, 2, 2, 3, 3, 3, 7],
    [2, 2, 3, 5, 7, 7],
    [3, 3, 3, 4],
  ];
  const named = lists.map((list, i) => {
    const records = list.map((ms, k) => writePcapRecord(1e15 + ms * 1000, ipv4(udp(1, 2, Buffer.from(`${i}.${k}`)))));
    const name = path(folder, `tie${i}.pcap`);
    writeFileSync(name, join(writePcapHeader({ linkType: 101 }), ...records));
    return name;
  });
  const whole = await merge(named);
  assert.equal(whole.payloads.length, 17);
  for (const chunk of [1, 50, 77, 100, 1000]) assert.deepEqual((await merge(named, chunk)).payloads, whole.payloads, `chunks of ${chunk}`);
});

test('a pipe among files is read once, from its beginning', {
  skip: process.platform === 'win32' ? 'needs mkfifo' : false,
  timeout: 20_000,
}, async () => {
  const fifo = path(folder, 'among');
  execFileSync('mkfifo', [fifo]);
  const writing = execFile('sh', ['-c', 'cat "$0" > "$1"', file([2, 4]), fifo]);
  assert.deepEqual((await merge([file([1, 3, 5]), fifo])).payloads, ['1', '2', '3', '4', '5']);
  writing.kill();
});

test('what begins in one file and ends in the next is put together', async () => {
  const message = Buffer.from(sipMessage('over-the-border', 'body '.repeat(40)));
  const data = udp(5060, 5060, message);
  const whole = [
    ipv4(data.subarray(0, 256), { id: 7, more: true }),
    ipv4(data.subarray(256), { id: 7, offset: 256 }),
    segment(1000, message.subarray(0, 100)),
    segment(1100, message.subarray(100)),
  ];
  const [a, b] = [
    [0, 2],
    [1, 3],
  ].map((picked, i) => {
    const records = picked.map((k) => writePcapRecord(1e15 + 1000 * k, whole[k]!));
    const name = path(folder, `border${i}.pcap`);
    writeFileSync(name, join(writePcapHeader({ linkType: 101 }), ...records));
    return name;
  });
  const { payloads, counts } = await merge([b!, a!]);
  assert.deepEqual(payloads, [message.toString(), message.toString()]);
  assert.deepEqual([counts.frames, counts.taken, counts.dropped.get('fragment-pending'), counts.dropped.get('stream')], [4, 2, 1, 1]);
});

test('a file that damage ends early takes nothing from the others', async () => {
  const bytes = join(
    writePcapHeader({ linkType: 101 }),
    ...[1, 2, 3].map((ms) => writePcapRecord(1e15 + ms * 1000, ipv4(udp(1, 2, Buffer.from(`d${ms}`))))),
  );
  bytes.writeUInt32LE(0xffffffff, 24 + 16 + 30 + 8);
  const damaged = path(folder, 'damaged.pcap');
  writeFileSync(damaged, bytes);
  const { payloads, faults } = await merge([damaged, file([0, 2, 5])]);
  assert.deepEqual(payloads, ['0', 'd1', '2', '5']);
  assert.deepEqual(faults, ['capture-corrupt']);
});

describe('folders', () => {
  const one = (text: string): Buffer => pcapOf([ipv4(udp(1, 2, Buffer.from(text)))], { linkType: 101 });

  test('stand for the captures in and below them, compressed ones too; the rest is skipped and counted', async () => {
    const inside = path(folder, 'inside');
    mkdirSync(path(inside, 'deeper'), { recursive: true });
    writeFileSync(path(inside, 'b.pcap.gz'), gzipSync(one('b')));
    writeFileSync(path(inside, 'a.pcap.zst'), zstdCompressSync(one('a')));
    writeFileSync(path(inside, 'deeper', 'c.pcap'), one('c'));
    writeFileSync(path(inside, 'notes.txt'), 'nothing');
    writeFileSync(path(inside, 'short'), 'x');
    writeFileSync(path(inside, 'empty.pcap'), '');
    const listing = new Listing([inside]);
    const names = ['a.pcap.zst', 'b.pcap.gz', 'deeper/c.pcap'].map((name) => path(inside, name));
    assert.deepEqual(
      (await listing.look()).map((each) => each.path),
      names,
    );
    assert.deepEqual(Object.fromEntries(listing.skipped), { 'not-a-capture': 2, empty: 1 });
    assert.deepEqual([...(await merge([inside])).payloads].sort(), ['a', 'b', 'c']);
  });

  test('a file counts once, under whatever names; links that go round end', async () => {
    const inside = path(folder, 'links');
    mkdirSync(inside);
    writeFileSync(path(inside, 'a.pcap'), one('a'));
    linkSync(path(inside, 'a.pcap'), path(inside, 'hard.pcap'));
    symlinkSync('a.pcap', path(inside, 'soft.pcap'));
    symlinkSync('.', path(inside, 'round'));
    symlinkSync('gone', path(inside, 'nowhere.pcap'));
    const listing = new Listing([path(inside, 'a.pcap'), inside, path(inside, 'a.pcap'), '-', '-']);
    assert.deepEqual(
      (await listing.look()).map((each) => each.path),
      [path(inside, 'a.pcap'), '-'],
    );
    assert.deepEqual(Object.fromEntries(listing.skipped), { again: 4 });
    assert.deepEqual(
      listing.faults.map(({ code, where }) => [code, basename(where)]),
      [['capture-not-found', 'nowhere.pcap']],
    );
  });

  test('what cannot be read is a fault, and the others are read', async () => {
    const none = path(folder, 'none');
    mkdirSync(none);
    writeFileSync(path(folder, 'text'), 'no capture');
    const paths = [none, path(folder, 'absent'), path(folder, 'text'), file([1])];
    const { payloads, faults } = await merge(paths);
    assert.deepEqual(payloads, ['1']);
    assert.deepEqual(faults, ['capture-not-a-capture', 'capture-not-found', 'capture-not-a-capture']);
  });

  test('closing in the middle closes what is open', async () => {
    const { reader } = await openCaptures([file([1, 2]), file([1, 2])]);
    assert.deepEqual([reader.size, reader.counts.frames, reader.packet.ordinal, reader.next()], [0, 0, 0, false]);
    await reader.fill();
    assert.ok(reader.next());
    assert.equal(reader.counts.frames, 1);
    await reader.close();
    assert.equal(reader.next() && reader.next() && reader.next() && reader.next(), false);
  });
});

describe('following', () => {
  /** Reads on until `stop` is called; the payloads so far. */
  async function following(
    ...paths: readonly string[]
  ): Promise<{ seen: string[]; until: (n: number) => Promise<void>; stop: () => Promise<Captures> }> {
    const stop = new AbortController();
    const opened = await openCaptures(paths, { follow: stop.signal });
    const seen: string[] = [];
    const { reader } = opened;
    const reading = (async (): Promise<void> => {
      while (await reader.fill())
        while (reader.next()) seen.push(Buffer.from(reader.packet.bytes.subarray(reader.packet.start, reader.packet.end)).toString());
    })();
    const until = async (n: number): Promise<void> => {
      for (let waits = 0; seen.length < n; waits++) {
        assert.ok(waits < 500, `only ${seen}`);
        await sleep(20);
      }
    };
    const end = async (): Promise<Captures> => {
      stop.abort();
      await reading;
      await reader.close();
      return opened;
    };
    return { seen, until, stop: end };
  }

  const record = (ms: number, text: string): Uint8Array => writePcapRecord(1e15 + ms * 1000, ipv4(udp(1, 2, Buffer.from(text))));
  const header = writePcapHeader({ linkType: 101 });

  test('a folder whose files are written in turn, renamed, compressed, cut back and removed', async () => {
    const live = path(folder, 'live');
    mkdirSync(live);
    const first = path(live, 'a.pcap');
    writeFileSync(first, '');
    writeFileSync(path(live, 'notes'), 'text');
    const { seen, until, stop } = await following(live);
    appendFileSync(first, header);
    appendFileSync(first, record(1, 'a1'));
    await until(1);
    renameSync(first, path(live, 'a.pcap.1'));
    writeFileSync(path(live, 'a.pcap.1.gz'), gzipSync(join(header, record(1, 'a1'))));
    writeFileSync(path(live, 'b.pcap'), join(header, record(2, 'b1'), record(3, 'b2')));
    appendFileSync(path(live, 'a.pcap.1'), record(2, 'a2'));
    await until(4);
    rmSync(path(live, 'a.pcap.1'));
    truncateSync(path(live, 'b.pcap'), 0);
    appendFileSync(path(live, 'b.pcap'), join(header, record(9, 'anew')));
    await until(5);
    appendFileSync(path(live, 'b.pcap'), record(10, 'half').subarray(0, 20));
    const opened = await stop();
    assert.deepEqual([...seen].sort(), ['a1', 'a2', 'anew', 'b1', 'b2']);
    assert.deepEqual(captures.faults(opened), []);
    assert.deepEqual(Object.fromEntries(opened.skipped()), { 'not-a-capture': 1, copy: 1 });
  });

  test('a file that is written anew with more than it had', async () => {
    const ring = path(folder, 'ring.pcap');
    const long = [1, 2, 3].map((ms) => writePcapRecord(1e15 + ms * 1000, ipv4(udp(1, 2, Buffer.from(`old${ms}`.repeat(ms))))));
    writeFileSync(ring, join(header, ...long));
    const { seen, until, stop } = await following(ring);
    await until(3);
    writeFileSync(ring, join(header, ...[5, 6, 7, 8].map((ms) => record(ms, `new${ms}`.repeat(7)))));
    await until(7);
    assert.deepEqual(captures.faults(await stop()), []);
    assert.deepEqual(
      seen.map((text) => text.slice(0, 4)),
      ['old1', 'old2', 'old3', 'new5', 'new6', 'new7', 'new8'],
    );
  });

  test('damage is damage though the file is followed', async () => {
    const bad = path(folder, 'bad.pcap');
    writeFileSync(bad, join(header, record(1, 'x'), Buffer.alloc(40, 0xff)));
    const { until, stop } = await following(bad);
    await until(1);
    assert.deepEqual(captures.faults(await stop()), ['capture-corrupt']);
  });

  test('compressed files that grow, and pipes', { skip: process.platform === 'win32' ? 'needs mkfifo' : false }, async () => {
    const zipped = path(folder, 'growing.pcap.gz');
    const fifo = path(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const writer = openSync(fifo, constants.O_RDWR);
    writeFileSync(zipped, gzipSync(join(header, record(1, 'z1'))));
    writeSync(writer, join(header, record(2, 'p1')));
    const { seen, until, stop } = await following(zipped, fifo);
    await until(2);
    await sleep(250);
    appendFileSync(zipped, gzipSync(record(3, 'z2')));
    writeSync(writer, record(4, 'p2').subarray(0, 20));
    await sleep(250);
    writeSync(writer, record(4, 'p2').subarray(20));
    await until(4);
    closeSync(writer);
    await sleep(1300);
    assert.deepEqual(captures.faults(await stop()), []);
    assert.deepEqual([...seen].sort(), ['p1', 'p2', 'z1', 'z2']);
  });

  test('a named file that comes later; one that never does is a fault at the end', async () => {
    const later = path(folder, 'later.pcap');
    const { seen, until, stop } = await following(later, path(folder, 'never.pcap'));
    await sleep(50);
    writeFileSync(later, join(header, record(1, 'x')));
    await until(1);
    const opened = await stop();
    assert.deepEqual(seen, ['x']);
    assert.deepEqual(captures.faults(opened), ['capture-not-found']);
  });

  test('a quiet file does not hold the others up, and fill is back each second', async () => {
    const [quiet, busy] = [path(folder, 'quiet.pcap'), path(folder, 'busy.pcap')];
    writeFileSync(quiet, join(header, record(5, 'q')));
    writeFileSync(busy, join(header, record(1, 'b1'), record(9, 'b2')));
    const stop = new AbortController();
    const { reader } = await openCaptures([quiet, busy], { follow: stop.signal });
    const seen: string[] = [];
    const take = (): void => {
      while (reader.next()) seen.push(Buffer.from(reader.packet.bytes.subarray(reader.packet.start, reader.packet.end)).toString());
    };
    while (seen.length < 3 && (await reader.fill())) take();
    assert.deepEqual(seen, ['b1', 'q', 'b2']);
    const before = performance.now();
    assert.equal(await reader.fill(), true);
    assert.ok(performance.now() - before > 900);
    take();
    assert.equal(seen.length, 3);
    stop.abort();
    while (await reader.fill()) take();
    await reader.close();
  });

  test('more files at a time than are kept open', async () => {
    const many = path(folder, 'many');
    mkdirSync(many);
    for (let i = 0; i < 40; i++) writeFileSync(path(many, `${i}.pcap`), join(header, record(i, `${i}`)));
    const { seen, until, stop } = await following(many);
    await until(40);
    await sleep(1200);
    writeFileSync(path(many, 'last.pcap'), join(header, record(50, 'last')));
    await until(41);
    assert.deepEqual(captures.faults(await stop()), []);
    assert.equal(seen.at(-1), 'last');
  });
});
