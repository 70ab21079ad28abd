import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPcap, MAX_CAPTURED, PCAP_HEADER, putU16, putU32, readPcapHeader, u16, u32, writePcapHeader, writePcapRecord } from './pcap.ts';

test('the file header comes back as it was written', () => {
  const layouts = fc.record(
    {
      bigEndian: fc.boolean(),
      nanoseconds: fc.boolean(),
      recordHeader: fc.constant(16),
      linkType: fc.nat(65_535),
      snapLength: fc.nat(MAX_CAPTURED),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(layouts, (layout) => assert.deepEqual(readPcapHeader(writePcapHeader(layout), 0), layout)));
  const modified = { bigEndian: true, nanoseconds: false, recordHeader: 24, linkType: 113, snapLength: 96 };
  assert.deepEqual(readPcapHeader(writePcapHeader(modified), 0), modified);
});

test('the plain header is that of the specification', () => {
  assert.equal(Buffer.from(writePcapHeader()).toString('hex'), 'd4c3b2a1020004000000000000000000000004000100' + '0000');
  assert.equal(writePcapHeader().length, PCAP_HEADER);
});

test('the bits for the frame check sequence are no part of the link type', () => {
  const header = writePcapHeader();
  putU32(header, 20, 0x54000071, false);
  assert.equal(readPcapHeader(header, 0)?.linkType, 113);
});

test('other magic numbers are none of pcap', () => {
  for (const magic of [0x0a0d0d0a, 0xa1b2c3d5, 0, 0xffffffff]) {
    const header = writePcapHeader();
    putU32(header, 0, magic, true);
    assert.equal(isPcap(header, 0), false);
    assert.equal(readPcapHeader(header, 0), undefined);
  }
  assert.equal(isPcap(writePcapHeader({ bigEndian: true, nanoseconds: true }), 0), true);
});

test('a record: time, lengths, data', () => {
  const data = Uint8Array.of(1, 2, 3);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  assert.equal(hex(writePcapRecord(1_000_002, data)), '01000000' + '02000000' + '03000000' + '03000000' + '010203');
  assert.equal(
    hex(writePcapRecord(1_000_002.5, data, { bigEndian: true, nanoseconds: true }, 9)),
    '00000001' + '000009c4' + '00000003' + '00000009' + '010203',
  );
  assert.equal(writePcapRecord(0, data, { recordHeader: 24 }).length, 27);
});

test('numbers of 16 and 32 bits in both byte orders', () => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.integer({ min: 0, max: 0xffffffff }), fc.boolean(), (small, large, big) => {
      const bytes = new Uint8Array(8);
      putU16(bytes, 1, small, big);
      putU32(bytes, 3, large, big);
      assert.equal(u16(bytes, 1, big), small);
      assert.equal(u32(bytes, 3, big), large);
      const view = new DataView(bytes.buffer);
      assert.equal(view.getUint16(1, !big), small);
      assert.equal(view.getUint32(3, !big), large);
    }),
  );
});
