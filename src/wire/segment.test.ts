import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { anyEvent, masked } from '../../test/events.ts';
import { block, MAX_PAYLOAD, parseSegmentHeader, RowDecoder, RowEncoder, readBlock, readBlockHeader, segmentHeader } from './segment.ts';

const header = segmentHeader('node-a', 3);
const encoder = new RowEncoder(header);

function pack(value: unknown): Buffer {
  const raw = Buffer.from(JSON.stringify(value));
  return block(zstdCompressSync(raw), raw.length, 1);
}

test('any Event comes back from its row, secrets masked', () => {
  const decoder = new RowDecoder(header);
  fc.assert(fc.property(anyEvent, (event) => assert.deepEqual(decoder.event(JSON.parse(encoder.row(event))), masked(event))));
});

test('a type outside the catalogue is refused', () => {
  const event = fc.sample(anyEvent, 1)[0]!;
  assert.throws(() => encoder.row({ ...event, type: 'of.tomorrow' }), TypeError);
});

test('a block comes back; any flipped bit and any cut is found', () => {
  const bytes = pack(['a', { b: 1 }]);
  assert.deepEqual(readBlock(bytes), ['a', { b: 1 }]);
  for (let i = 0; i < bytes.length * 8; i++) {
    const bad = Buffer.from(bytes);
    bad[i >> 3]! ^= 1 << (i & 7);
    assert.equal(readBlock(bad), undefined, `bit ${i}`);
  }
  for (let n = 0; n < bytes.length; n++) assert.equal(readBlock(bytes.subarray(0, n)), undefined);
});

test('payloads that lie about their size are refused', () => {
  const raw = Buffer.from('[1]');
  assert.equal(readBlock(block(zstdCompressSync(raw), 2, 1)), undefined);
  assert.equal(readBlock(block(zstdCompressSync(raw), 4, 1)), undefined);
  assert.equal(readBlock(block(Buffer.from('no zstd'), 3, 1)), undefined);
  const huge = pack([1]);
  huge.writeUInt32LE(MAX_PAYLOAD + 1, 8);
  assert.equal(readBlockHeader(huge), undefined);
});

test('the header describes itself; what is none is refused', () => {
  assert.deepEqual(parseSegmentHeader(JSON.parse(JSON.stringify(header))), header);
  for (const bad of [null, [], 1, {}, { ...header, boot: '1' }, { ...header, common: [1] }, { ...header, types: [{ name: 'x' }] }])
    assert.equal(parseSegmentHeader(bad), undefined);
  assert.equal(parseSegmentHeader({ ...header, types: [{ name: 'x', fields: [{ name: 'y' }] }] }), undefined);
  assert.equal(parseSegmentHeader({ ...header, format: 99, types: 'unknowable' })?.format, 99);
});

test('a reader fills what an old segment lacks and keeps what it alone has', () => {
  const old = {
    ...header,
    common: ['time', 'id', 'src'],
    types: [
      {
        name: 'auth.failed',
        fields: [
          { name: 'status', kind: 'status' },
          { name: 'colour', kind: 'text' },
        ],
      },
      { name: 'of.yesterday', fields: [] },
    ],
  };
  const decoder = new RowDecoder(old);
  const event = decoder.event([0, 5, 'i', '192.0.2.1', 401, 'red'])!;
  assert.deepEqual([event.time, event.id, event.src, event.dst, event.frame], [5, 'i', '192.0.2.1', '', 0]);
  assert.deepEqual([event.data['status'], event.data['colour']], [401, 'red']);
  assert.deepEqual([event.data['user'], event.data['refusals'], event.data['trusted'], event.data['guess']], ['', 0, false, '']);
  assert.equal(decoder.event([1, 5, 'i', '192.0.2.1'])?.type, 'of.yesterday');
});

test('damaged rows are refused', () => {
  const decoder = new RowDecoder(header);
  const row: unknown[] = JSON.parse(encoder.row(fc.sample(anyEvent, 1)[0]!));
  assert.notEqual(decoder.event(row), undefined);
  for (const bad of [
    null,
    {},
    [],
    ['x', ...row.slice(1)],
    [99, ...row.slice(1)],
    row.slice(0, -1),
    [...row, 1],
    [...row.slice(0, -1), null],
  ])
    assert.equal(decoder.event(bad), undefined);
});
