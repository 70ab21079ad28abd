import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { putU16, u32 } from './pcap.ts';
import {
  ENHANCED,
  INTERFACE,
  PACKET,
  readInterface,
  readSecrets,
  SECTION,
  SIMPLE,
  sectionByteOrder,
  TickScale,
  writeBlock,
  writeEnhanced,
  writeInterface,
  writePacket,
  writeSecrets,
  writeSection,
  writeSimple,
} from './pcapng.ts';

describe('blocks', () => {
  test('every block has its type first, its length at both ends, in units of four', () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5);
    for (const big of [false, true]) {
      const blocks: [number, Uint8Array][] = [
        [SECTION, writeSection(big)],
        [INTERFACE, writeInterface({}, big)],
        [ENHANCED, writeEnhanced(0, 1n, data, big)],
        [SIMPLE, writeSimple(data, big)],
        [PACKET, writePacket(0, 1n, data, big)],
        [77, writeBlock(77, data, big)],
      ];
      for (const [type, block] of blocks) {
        assert.equal(u32(block, 0, big), type);
        assert.equal(u32(block, 4, big), block.length);
        assert.equal(u32(block, block.length - 4, big), block.length);
        assert.equal(block.length % 4, 0);
      }
    }
  });

  test('the section header tells the byte order', () => {
    assert.equal(sectionByteOrder(writeSection(false), 0), 'little');
    assert.equal(sectionByteOrder(writeSection(true), 0), 'big');
    assert.equal(sectionByteOrder(new Uint8Array(28), 0), undefined);
  });
});

describe('interfaces', () => {
  test('come back as written', () => {
    const faces = fc.record(
      { linkType: fc.nat(65_535), snapLength: fc.nat(), resolution: fc.nat(255), offset: fc.integer() },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(faces, fc.boolean(), (face, big) => {
        const block = writeInterface(face, big);
        assert.deepEqual(readInterface(block, 0, block.length, big), face);
      }),
    );
  });

  test('without options: microseconds, no offset', () => {
    const block = writeInterface({ linkType: 101 });
    assert.deepEqual(readInterface(block, 0, block.length, false), { linkType: 101, snapLength: 0, resolution: 6, offset: 0 });
  });

  test('options of other kinds and sizes are skipped, also one that runs over the end', () => {
    const body = new Uint8Array(40);
    body[0] = 1;
    putU16(body, 8, 2, false); // if_name
    putU16(body, 10, 5, false);
    putU16(body, 20, 9, false); // if_tsresol of two bytes
    putU16(body, 22, 2, false);
    putU16(body, 28, 9, false);
    putU16(body, 30, 1, false);
    body[32] = 9;
    putU16(body, 36, 14, false);
    putU16(body, 38, 8, false);
    const block = writeBlock(INTERFACE, body);
    assert.deepEqual(readInterface(block, 0, block.length, false), { linkType: 1, snapLength: 0, resolution: 9, offset: 0 });
  });

  test('too short is none', () => {
    const block = writeBlock(INTERFACE, new Uint8Array(4));
    assert.equal(readInterface(block, 0, block.length, false), undefined);
  });
});

describe('time', () => {
  const face = (resolution: number, offset = 0): TickScale => new TickScale({ linkType: 1, snapLength: 0, resolution, offset });
  const micros = (scale: TickScale, ticks: bigint): number => scale.micros(Number(ticks >> 32n), Number(ticks & 0xffffffffn));

  test('every resolution, rounded down, exactly', () => {
    const resolutions = fc.oneof(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0x80, max: 0x80 + 40 }));
    // Seconds up to the year 2242, so that µs stay whole in a double.
    fc.assert(
      fc.property(resolutions, fc.nat(0xffffffff), fc.double({ min: 0, max: 0.999, noNaN: true }), (resolution, seconds, part) => {
        const binary = resolution >= 0x80;
        const perSecond = binary ? 1n << BigInt(resolution - 0x80) : 10n ** BigInt(resolution);
        const ticks = BigInt(seconds) * perSecond + BigInt(Math.floor(part * Number(perSecond)));
        fc.pre(ticks < 1n << 64n);
        assert.equal(micros(face(resolution), ticks), Number((ticks * 1_000_000n) / perSecond));
      }),
      { numRuns: 1000 },
    );
  });

  test('the offset is added in seconds, below zero too', () => {
    assert.equal(micros(face(6, 10), 5n), 10_000_005);
    assert.equal(micros(face(9, -1), 2_000_000_999n), 1_000_000);
  });
});

test('a comment and secrets are written so that they read back, whatever their length', () => {
  for (const comment of ['x', 'four', 'Bär 🐻', 'y'.repeat(10_000)]) {
    const data = Uint8Array.from([1, 2, 3]);
    const block = Buffer.from(writeEnhanced(0, 5n, data, false, 3, comment));
    assert.equal(block.length % 4, 0);
    assert.equal(block.readUInt32LE(4), block.length);
    assert.deepEqual([...block.subarray(28, 31)], [1, 2, 3]);
    assert.equal(block.readUInt16LE(32), 1);
    const length = block.readUInt16LE(34);
    assert.equal(block.toString('utf8', 36, 36 + length), comment.slice(0, 4096));
    assert.equal(block.readUInt32LE(36 + ((length + 3) & ~3)), 0);
  }
  const section = Buffer.from(writeSection(false, 'hello'));
  assert.ok(section.includes('hello'));
  const secrets = { type: 0x544c534b, data: Uint8Array.from([7, 8, 9]) };
  const block = writeSecrets(secrets);
  assert.deepEqual(readSecrets(block, 0, block.length, false), secrets);
});
