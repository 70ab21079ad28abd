import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ethernet, frameZoo, ipv4, join, pcapOf, udp } from '../../test/traces/make-links.ts';
import { droppedIn, readAll, readBytes } from '../../test/traces/read-all.ts';
import { RingfenceError } from '../errors.ts';
import { MAX_CAPTURED, PCAP_HEADER, type PcapChoice, putU16, putU32, writePcapHeader, writePcapRecord } from '../wire/pcap.ts';
import {
  JOURNAL,
  NAMES,
  SECRETS,
  STATISTICS,
  writeBlock,
  writeEnhanced,
  writeInterface,
  writePacket,
  writeSection,
  writeSimple,
} from '../wire/pcapng.ts';
import { openCapture } from './reader.ts';

const folder = mkdtempSync(joinPath(tmpdir(), 'ringfence-'));
after(() => rmSync(folder, { recursive: true }));

function frame(payload: string | Uint8Array): Buffer {
  return ethernet(0x0800, ipv4(udp(5060, 5060, Buffer.from(payload))));
}

const THREE = [frame('one'), frame('two'), frame('three')];

/** Where each of several parts in a row ends. */
function endsOf(lengths: readonly number[]): number[] {
  let end = 0;
  return lengths.map((n) => {
    end += n;
    return end;
  });
}

/** A capture of some size: SIP-like, RTP-like, TCP and fragments in turn. */
function mixed(frames: number, choice: PcapChoice = {}): Buffer {
  const data = udp(7, 8, Buffer.alloc(900, 'f'));
  const make = (i: number): Buffer => {
    if (i % 10 === 3) return ethernet(0x0800, ipv4(data.subarray(0, 400), { id: i, more: true }));
    if (i % 10 === 6) return ethernet(0x0800, ipv4(data.subarray(400), { id: i - 3, offset: 400 }));
    if (i % 10 === 8) return ethernet(0x0800, ipv4(Buffer.alloc(40), { protocol: 6 }));
    return frame(`${i} `.repeat((i * 7) % 200));
  };
  return pcapOf(
    Array.from({ length: frames }, (_, i) => make(i)),
    choice,
  );
}

describe('pcap', () => {
  test('both byte orders, micro- and nanoseconds, the modified format', async () => {
    for (const bigEndian of [false, true]) {
      for (const shape of [{}, { nanoseconds: true }, { recordHeader: 24 }]) {
        const choice = { ...shape, bigEndian };
        const bytes = join(writePcapHeader(choice), ...THREE.map((f, i) => writePcapRecord(1e15 + 1001 * i + 0.75, f, choice)));
        const { packets, counts, faults, lastTime, position, size } = await readBytes(bytes);
        const record = (choice.recordHeader ?? 16) + THREE[0]!.length;
        assert.deepEqual(
          packets.map((p) => p.payload),
          ['one', 'two', 'three'],
        );
        assert.deepEqual(
          packets.map((p) => p.time),
          [1e15, 1e15 + 1001, 1e15 + 2002],
          'rounded down to µs',
        );
        assert.deepEqual(
          packets.map((p) => p.offset),
          [24, 24 + record, 24 + 2 * record],
        );
        assert.deepEqual(
          packets.map((p) => p.ordinal),
          [1, 2, 3],
        );
        assert.deepEqual(faults, []);
        assert.equal(lastTime, 1e15 + 2002);
        assert.deepEqual([position, size], [bytes.length, bytes.length]);
        assert.deepEqual(
          { ...counts },
          {
            frames: 3,
            bytes: 3 * THREE[0]!.length + 2,
            packets: 3,
            taken: 3,
            dropped: new Map(),
            oddities: new Map(),
            blocks: new Map(),
            lost: 0,
            links: new Map([['ethernet', 3]]),
          },
        );
      }
    }
  });

  test('seconds beyond 2038', async () => {
    const { packets } = await readBytes(join(writePcapHeader(), writePcapRecord(4_000_000_000e6 + 5, THREE[0]!)));
    assert.equal(packets[0]!.time, 4_000_000_000_000_005);
  });

  test('ordinals go on where told; the latest time is kept when time goes back', async () => {
    const bytes = join(writePcapHeader(), writePcapRecord(9e6, THREE[0]!), writePcapRecord(2e6, THREE[1]!));
    const { packets, lastTime } = await readBytes(bytes, { firstOrdinal: 100 });
    assert.deepEqual(
      packets.map((p) => p.ordinal),
      [100, 101],
    );
    assert.deepEqual(
      packets.map((p) => p.time),
      [9e6, 2e6],
    );
    assert.equal(lastTime, 9e6);
  });

  test('cut at every byte: all records before it, one fault at the record that is cut', async () => {
    const bytes = pcapOf(THREE);
    const ends = endsOf([PCAP_HEADER, ...THREE.map((f) => 16 + f.length)]);
    for (let n = 4; n < bytes.length; n++) {
      const { packets, counts, faults } = await readBytes(bytes.subarray(0, n));
      const whole = ends.filter((end) => end <= n).length - 1;
      assert.equal(packets.length, Math.max(0, whole), `cut at ${n}`);
      assert.equal(counts.frames, packets.length);
      if (ends.includes(n)) assert.deepEqual(faults, []);
      else {
        assert.deepEqual(
          faults.map((f) => [f.code, f.offset]),
          [['capture-truncated', whole < 0 ? 0 : ends[whole]]],
        );
        assert.match(faults[0]!.message, /uncompressed/);
      }
    }
  });

  test('an absurd length is damage: what lies before it is read', async () => {
    for (const length of [MAX_CAPTURED + 1, 0x7fffffff, 0xffffffff]) {
      const bytes = pcapOf(THREE);
      const second = PCAP_HEADER + 16 + THREE[0]!.length;
      putU32(bytes, second + 8, length, false);
      const { packets, faults } = await readBytes(bytes);
      assert.equal(packets.length, 1);
      assert.deepEqual(
        faults.map((f) => [f.code, f.offset]),
        [['capture-corrupt', second]],
      );
    }
  });

  test('the longest record there may be, whatever the chunk', async () => {
    const long = Buffer.concat([frame('long'), Buffer.alloc(MAX_CAPTURED - frame('long').length)]);
    for (const chunkBytes of [1024, 100_000, 4 << 20]) {
      const { packets, faults } = await readBytes(pcapOf([THREE[0]!, long, THREE[1]!]), { chunkBytes });
      assert.deepEqual(
        packets.map((p) => p.payload),
        ['one', 'long', 'two'],
      );
      assert.deepEqual(faults, []);
    }
  });

  test('an empty capture is a capture', async () => {
    const { packets, faults, lastTime } = await readBytes(writePcapHeader());
    assert.deepEqual([packets, faults, lastTime], [[], [], 0]);
  });
});

describe('pcapng', () => {
  const ticks = 1_000_000_000_000_123n;

  test('sections of both byte orders, each with its own interfaces', async () => {
    const section = (big: boolean, payload: string): Buffer =>
      join(
        writeSection(big),
        writeInterface({ linkType: 101, resolution: 9 }, big),
        writeInterface({ resolution: 3, offset: 5 }, big),
        writeEnhanced(1, 1000n, frame(payload), big),
        writeEnhanced(0, ticks * 1000n + 999n, ipv4(udp(1, 2, Buffer.from(payload))), big),
      );
    const { packets, faults, counts } = await readBytes(join(section(false, 'a'), section(true, 'b'), section(false, 'c')));
    assert.deepEqual(faults, []);
    assert.equal(packets.map((p) => p.payload).join(''), 'aabbcc');
    assert.deepEqual(
      packets.map((p) => p.time),
      [6e6, Number(ticks), 6e6, Number(ticks), 6e6, Number(ticks)],
    );
    assert.deepEqual(
      packets.map((p) => p.link),
      ['ethernet', 'raw', 'ethernet', 'raw', 'ethernet', 'raw'],
    );
    assert.deepEqual(
      counts.links,
      new Map([
        ['raw', 3],
        ['ethernet', 3],
      ]),
    );
  });

  test('enhanced, simple and obsolete packets; other blocks are skipped; a journal entry counts as a frame', async () => {
    for (const big of [false, true]) {
      const bytes = join(
        writeSection(big),
        writeInterface({ snapLength: 2000 }, big),
        writeBlock(5, new Uint8Array(33), big),
        writeEnhanced(0, ticks, frame('e'), big),
        writeBlock(JOURNAL, Buffer.from('MESSAGE=x\n'), big),
        writeBlock(0x40000bad, new Uint8Array(300_000), big),
        writeSimple(frame('s'), big),
        writePacket(0, ticks + 7n, frame('o'), big),
      );
      const { packets, faults, counts } = await readBytes(bytes);
      assert.deepEqual(faults, []);
      assert.deepEqual(
        packets.map((p) => [p.payload, p.frame, p.time - Number(ticks)]),
        [
          ['e', 1, 0],
          ['s', 3, 0],
          ['o', 4, 7],
        ],
      );
      assert.deepEqual([...counts.dropped], [['not-ip', 1]]);
      assert.equal(counts.frames, 4);
    }
  });

  test('every other block is counted; secrets are kept; losses are summed', async () => {
    const option = (code: number, value: number): Buffer => join(Buffer.from([code, 0, 8, 0, value, 0, 0, 0, 0, 0, 0, 0]));
    const statistics = (face: number, ...options: readonly Buffer[]): Uint8Array =>
      writeBlock(STATISTICS, join(Buffer.from([face, 0, 0, 0]), new Uint8Array(8), ...options));
    const log = Buffer.from('CLIENT_RANDOM 00 11');
    const secrets = writeBlock(SECRETS, join(Buffer.from([0x4b, 0x53, 0x4c, 0x54, log.length, 0, 0, 0]), log));
    const bytes = join(
      writeSection(),
      writeInterface(),
      secrets,
      writeBlock(SECRETS, Buffer.from([1, 0, 0, 0, 99, 0, 0, 0])),
      writeBlock(SECRETS, Buffer.from([1, 0, 0, 0])),
      writeBlock(NAMES, new Uint8Array(4)),
      writeBlock(0xbad, new Uint8Array(4)),
      writeBlock(0x40000bad, new Uint8Array(4)),
      writeBlock(77, new Uint8Array(4)),
      statistics(0, option(5, 3), option(7, 1)),
      statistics(0, option(4, 50), option(5, 7), option(7, 2), Buffer.alloc(4), option(5, 99)),
      statistics(9, option(5, 50)),
      writeBlock(STATISTICS, new Uint8Array(4)),
      writeEnhanced(0, 1n, THREE[0]!),
    );
    const { packets, counts } = await readBytes(bytes);
    assert.equal(packets.length, 1);
    assert.deepEqual(Object.fromEntries(counts.blocks), {
      section: 1,
      interface: 1,
      secrets: 3,
      names: 1,
      custom: 2,
      unknown: 1,
      statistics: 4,
    });
    assert.equal(counts.lost, 9);
    const file = joinPath(folder, 'secrets.pcapng');
    writeFileSync(file, bytes);
    const reader = await openCapture(file);
    while (await reader.fill()) while (reader.next());
    await reader.close();
    assert.deepEqual(
      reader.secrets.map(({ type, data }) => [type, Buffer.from(data).toString()]),
      [[0x544c534b, log.toString()]],
    );
  });

  test('a simple packet is as long as the snap length lets it be', async () => {
    const one = frame('0123456789');
    const cut = one.subarray(0, one.length - 4);
    const bytes = join(writeSection(), writeInterface({ snapLength: cut.length }), writeSimple(cut, false, one.length));
    const { packets } = await readBytes(bytes);
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated]),
      [['012345', true]],
    );
  });

  test('an enhanced packet says what was cut', async () => {
    const one = frame('0123456789');
    const bytes = join(writeSection(), writeInterface(), writeEnhanced(0, ticks, one.subarray(0, one.length - 5), false, one.length));
    const { packets } = await readBytes(bytes);
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated]),
      [['01234', true]],
    );
  });

  test('cut at every byte: all packets before it, one fault at the block that is cut', async () => {
    const blocks = [
      writeSection(true),
      writeInterface({ offset: 1 }, true),
      writeEnhanced(0, 1n, frame('a'), true),
      writeSimple(frame('b'), true),
    ];
    const bytes = join(...blocks);
    const ends = [0, ...endsOf(blocks.map((b) => b.length))];
    for (let n = 4; n < bytes.length; n++) {
      const { packets, faults } = await readBytes(bytes.subarray(0, n));
      const whole = ends.filter((end) => end <= n).length - 1;
      assert.equal(packets.length, Math.max(0, whole - 2), `cut at ${n}`);
      if (ends.includes(n)) assert.deepEqual(faults, []);
      else
        assert.deepEqual(
          faults.map((f) => [f.code, f.offset]),
          [['capture-truncated', ends[whole]]],
        );
    }
  });

  const start = join(writeSection(), writeInterface(), writeEnhanced(0, ticks, frame('before')));
  const changed = (block: Uint8Array, at: number, value: number, width: 2 | 4 = 4): Buffer => {
    const copy = Buffer.from(block);
    if (width === 4) putU32(copy, at, value, false);
    else putU16(copy, at, value, false);
    return copy;
  };
  const last = writeEnhanced(0, ticks, frame('last'));
  const damaged: [string, Uint8Array][] = [
    ['a length below 12', changed(last, 4, 8)],
    ['a length that is no multiple of four', changed(last, 4, last.length + 1)],
    ['an absurd length', changed(last, 4, 0x7ffffffc)],
    ['two lengths', changed(last, last.length - 4, last.length + 4)],
    ['an interface that is not described', writeEnhanced(1, ticks, frame('x'))],
    ['an obsolete packet of such an interface', writePacket(7, ticks, frame('x'))],
    ['more captured than the block holds', changed(last, 20, last.length)],
    ['more captured than may be', changed(last, 20, 0xffffffff)],
    ['an enhanced packet block without room for one', writeBlock(6, new Uint8Array(4))],
    ['a simple packet block without room for one', writeBlock(3, new Uint8Array(0))],
    ['a simple packet longer than its block', changed(writeSimple(frame('x')), 8, 5000)],
    ['a simple packet without an interface', join(writeSection(), writeSimple(frame('x')))],
    ['an interface description without room for one', writeBlock(1, new Uint8Array(4))],
    ['a section header without its mark', changed(writeSection(), 8, 1)],
    ['a section header without room for one', changed(changed(writeSection(), 4, 24), 20, 24)],
    ['a section of another version', changed(writeSection(), 12, 2, 2)],
  ];
  for (const [what, block] of damaged) {
    test(`damage: ${what}`, async () => {
      const { packets, faults } = await readBytes(join(start, block, writeEnhanced(0, ticks, frame('after'))));
      assert.deepEqual(
        packets.map((p) => p.payload),
        ['before'],
      );
      const offset = what === 'a simple packet without an interface' ? start.length + 28 : start.length;
      assert.deepEqual(
        faults.map((f) => [f.code, f.offset]),
        [['capture-corrupt', offset]],
      );
    });
  }
});

describe('chunks', () => {
  test('the same packets, counts and faults whatever their size', async () => {
    const captures = [
      mixed(300),
      mixed(300, { bigEndian: true, nanoseconds: true }),
      frameZoo(),
      mixed(50).subarray(0, -3),
      gzipSync(mixed(300)),
    ];
    for (const bytes of captures) {
      const path = joinPath(folder, 'chunks');
      writeFileSync(path, bytes);
      const expected = await readAll(path);
      assert.ok(expected.packets.length > 30);
      assert.equal(expected.counts.frames, expected.counts.packets + droppedIn(expected.counts));
      for (const chunkBytes of [61, 1024, 5000, 65_536, 4 << 20]) {
        assert.deepEqual(await readAll(path, { chunkBytes }), expected, `chunks of ${chunkBytes}`);
      }
    }
  });

  test('whatever the bytes: no throw but not-a-capture, and one fault at most besides links', async () => {
    const seeds = [mixed(12), frameZoo().subarray(0, 6000), gzipSync(mixed(12))];
    const changes = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), changes, fc.constantFrom(64, 4096), async (seed, list, chunkBytes) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of list) if (at < bytes.length) bytes[at] = value;
        try {
          const { counts, packets, faults } = await readBytes(bytes, { chunkBytes });
          assert.equal(counts.packets, packets.length);
          assert.equal(counts.frames, counts.packets + droppedIn(counts));
          assert.ok(faults.filter((f) => f.code !== 'capture-unsupported-link').length <= 1);
        } catch (error) {
          if (!(error instanceof RingfenceError)) throw error;
          assert.equal(error.code, 'capture-not-a-capture');
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('gzip', () => {
  const bytes = mixed(400);

  test('by content, also of several members; offsets count uncompressed', async () => {
    const plain = await readBytes(bytes);
    const { packets, counts, faults, position, size } = await readBytes(gzipSync(bytes));
    assert.deepEqual(packets, plain.packets);
    assert.deepEqual(counts, plain.counts);
    assert.deepEqual(faults, []);
    assert.deepEqual([position, size], [gzipSync(bytes).length, gzipSync(bytes).length]);
    const members = join(gzipSync(bytes.subarray(0, 5000)), gzipSync(bytes.subarray(5000)));
    assert.deepEqual((await readBytes(members)).packets, plain.packets);
  });

  test('cut short: everything that can be made of what is there', async () => {
    const small = gzipSync(mixed(30), { level: 0 });
    const all = await readBytes(small);
    let before = -1;
    for (let n = small.length % 97; n < small.length; n += n + 97 < small.length - 8 ? 97 : 1) {
      if (n < 60) continue;
      const { packets, faults } = await readBytes(small.subarray(0, n));
      assert.deepEqual(packets, all.packets.slice(0, packets.length), `cut at ${n}`);
      assert.ok(packets.length >= before);
      before = packets.length;
      assert.equal(faults.length, 1);
      assert.equal(faults[0]!.code, 'capture-compressed-corrupt');
    }
    assert.equal(before, all.packets.length, 'a missing checksum costs no packet');
  });

  test('damaged: the packets before the damage, also within the piece that zlib refuses', async () => {
    const all = await readBytes(bytes);
    const stored = gzipSync(bytes, { level: 0 });
    // A stored block begins with its length and the complement of it.
    const members = join(gzipSync(bytes.subarray(0, 40_000)), stored);
    members[gzipSync(bytes.subarray(0, 40_000)).length + 11]! ^= 0xff;
    const { packets, faults } = await readBytes(members);
    assert.ok(packets.length > 50);
    assert.deepEqual(packets, all.packets.slice(0, packets.length));
    assert.equal(faults.length, 1);
    assert.equal(faults[0]!.code, 'capture-compressed-corrupt');
    const checksum = gzipSync(bytes);
    checksum[checksum.length - 6]! ^= 1;
    const late = await readBytes(checksum);
    assert.deepEqual(late.packets, all.packets, 'only the checksum is wrong');
    assert.equal(late.faults.length, 1);
  });

  test('what was compressed must be a capture too', async () => {
    await assert.rejects(readBytes(gzipSync('hello, world, this is no capture')), { code: 'capture-not-a-capture' });
    await assert.rejects(readBytes(gzipSync('')), { code: 'capture-not-a-capture' });
  });
});

describe('what cannot be read at all', () => {
  test('no file, a folder, no capture, too short to tell', async () => {
    await assert.rejects(openCapture(joinPath(folder, 'none.pcap')), { code: 'capture-not-found', where: joinPath(folder, 'none.pcap') });
    await assert.rejects(openCapture(folder), { code: 'capture-not-found' });
    await assert.rejects(readBytes(Buffer.from('From: somebody')), { code: 'capture-not-a-capture' });
    for (const n of [0, 1, 3]) await assert.rejects(readBytes(writePcapHeader().subarray(0, n)), { code: 'capture-not-a-capture' });
  });

  test('the message names the file once and says what to do', async () => {
    const gone = joinPath(folder, 'none.pcap');
    await assert.rejects(openCapture(gone), { message: `${gone} cannot be read: ENOENT: no such file or directory` });
    await assert.rejects(openCapture(folder), { message: `${folder} cannot be read: it is a folder; name the capture files in it` });
    await assert.rejects(readBytes(Buffer.alloc(0)), / is empty$/);
    await assert.rejects(
      readBytes(Buffer.from('GMBU\0\x02\x01\0')),
      /is neither pcap nor pcapng but a NetMon capture; convert it with editcap -F pcap$/,
    );
  });
});

test('a source that fails in the middle: a fault, not an error', async () => {
  const path = joinPath(folder, 'fails');
  writeFileSync(path, mixed(300));
  const reader = await openCapture(path, { chunkBytes: 5000 });
  await reader.close();
  // What opening the file has read is still there.
  while (await reader.fill()) while (reader.next());
  const { frames, packets } = reader.counts;
  assert.ok(packets > 10 && frames < 300, `${frames} frames`);
  assert.deepEqual(
    reader.faults.map((f) => f.code),
    ['capture-truncated'],
  );
});

describe('standard input', () => {
  const program = `
    import { readAll } from ${JSON.stringify(new URL('../../test/traces/read-all.ts', import.meta.url).href)};
    const { packets, faults, counts, size } = await readAll('-', { chunkBytes: 5000 });
    console.log(JSON.stringify([packets.length, packets.map((p) => p.payload).join('').length, faults.map((f) => f.code), counts.frames, size]));`;

  /** Feeds the bytes in parts, with pauses; what the program printed. */
  function pipe(parts: readonly Uint8Array[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile(process.execPath, ['--input-type=module', '-e', program], (error, stdout) =>
        error ? reject(error) : resolve(stdout.trim()),
      );
      const feed = (i: number): void => {
        if (i === parts.length) child.stdin?.end();
        else child.stdin?.write(parts[i]!, () => setTimeout(feed, 20, i + 1));
      };
      feed(0);
    });
  }

  test('plain, compressed, cut, and in single bytes at first', async () => {
    const bytes = mixed(300);
    const { packets, counts } = await readBytes(bytes);
    const text = packets.map((p) => p.payload).join('').length;
    const expected = JSON.stringify([packets.length, text, [], counts.frames, 0]);
    assert.equal(await pipe([bytes]), expected);
    assert.equal(await pipe([bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2, 30), bytes.subarray(30)]), expected);
    assert.equal(await pipe([gzipSync(bytes)]), expected);
    const damaged = gzipSync(bytes);
    assert.match(await pipe([damaged.subarray(0, damaged.length - 4)]), /"capture-compressed-corrupt"/);
    assert.match(await pipe([bytes.subarray(0, bytes.length - 1)]), /"capture-truncated"/);
  });

  test('a pipe that does not block', { skip: process.platform === 'win32' ? 'needs mkfifo' : false }, async () => {
    const fifo = joinPath(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const writer = openSync(fifo, constants.O_RDWR);
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    // Node makes descriptors 0 to 2 of its children block again, so the shell gets it as 3.
    const child = spawn('sh', ['-c', 'exec "$0" "$@" <&3', process.execPath, '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit', reader],
    });
    const bytes = mixed(20);
    setTimeout(() => {
      writeSync(writer, bytes);
      closeSync(writer);
    }, 400);
    let out = '';
    for await (const chunk of child.stdout ?? []) out += String(chunk);
    closeSync(reader);
    const { packets } = await readBytes(bytes);
    assert.ok(packets.length > 10);
    assert.match(out, new RegExp(`^\\[${packets.length},`));
  });
});
