import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hep3, hepBasics, hepChunk, hex, join } from '../../test/traces/make-links.ts';
import { BAD_HEP, createHep, HEP, type Hep, NOT_HEP, readHep } from './hep.ts';

const TEXT = Buffer.from('INVITE sip:bob');

function read(bytes: Uint8Array, arrival = 0): { verdict: number; h: Hep } {
  const h = createHep();
  return { verdict: readHep(h, bytes, 0, bytes.length, arrival), h };
}

function payload(bytes: Uint8Array, h: Hep): string {
  return Buffer.from(bytes.subarray(h.payload.start, h.payload.end)).toString('latin1');
}

describe('version 3', () => {
  test('the example of the specification', () => {
    const bytes = hex(
      '48455033 0071 0000 0001 0007 02 0000 0002 0007 11 0000 0003 000a d4ca0001 0000 0004 000a 527400d3 0000 0007 0008 2eea ' +
        '0000 0008 0008 13c4 0000 0009 000a 4e4982cb 0000 000a 000a 0001d4c0 0000 000b 0007 01 0000 000c 000a 000000e4 ' +
        '0000 000f 0014 494e56495445207369703a626f62',
    );
    const { verdict, h } = read(bytes);
    assert.equal(verdict, HEP);
    assert.equal(payload(bytes, h), 'INVITE sip:bob');
    assert.deepEqual([h.version, h.protocol, h.sourcePort, h.destinationPort, h.type, h.captureId], [3, 17, 12_010, 5060, 1, 228]);
    assert.deepEqual([...bytes.subarray(h.source, h.source + 4)], [212, 202, 0, 1]);
    assert.deepEqual([...bytes.subarray(h.destination, h.destination + 4)], [82, 116, 0, 211]);
    assert.equal(h.time, 1_313_440_459_120_000);
  });

  test('IPv6, names, chunks of vendors and unknown ones, copies', () => {
    const six = (last: number): string => `20010db8${'00'.repeat(11)}0${last}`;
    const chunks = [
      hepChunk(1, '0a'),
      hepChunk(2, '06'),
      hepChunk(5, six(1)),
      hepChunk(6, six(2)),
      hepChunk(7, '0001'),
      hepChunk(8, '0002'),
    ];
    const more = [
      hepChunk(15, 'ff', 9),
      hepChunk(99, '00'),
      hepChunk(17, Buffer.from('call')),
      hepChunk(19, Buffer.from('node')),
      hepChunk(15, TEXT),
    ];
    const again = [
      hepChunk(2, '11'),
      hepChunk(6, six(3)),
      hepChunk(7, '0009'),
      hepChunk(17, Buffer.from('x')),
      hepChunk(15, 'ff'),
      hepChunk(16, 'ff'),
    ];
    const bytes = hep3(...chunks, ...more, ...again);
    const { verdict, h } = read(bytes);
    assert.equal(verdict, HEP);
    assert.deepEqual([h.protocol, h.addressBytes, h.sourcePort, h.time, h.type, h.captureId, h.compressed], [6, 16, 1, 0, -1, -1, false]);
    assert.equal(bytes[h.destination + 15], 2);
    assert.equal(payload(bytes, h), TEXT.toString());
    assert.equal(bytes.toString('latin1', h.correlation.start, h.correlation.end), 'call');
    assert.equal(bytes.toString('latin1', h.node.start, h.node.end), 'node');
  });

  test('a compressed payload is told; microseconds that are none are not added', () => {
    const { h } = read(hep3(...hepBasics().slice(0, 7), hepChunk(10, 'ffffffff'), hepChunk(16, 'ff')));
    assert.equal(h.compressed, true);
    assert.equal(h.time, 0x4e4982cb * 1e6);
  });

  test('EEP3 is another name for it', () => {
    const bytes = hep3(...hepBasics(), hepChunk(15, TEXT)).fill('E', 0, 1);
    assert.equal(read(bytes).verdict, HEP);
  });

  test('what contradicts itself', () => {
    const whole = hep3(...hepBasics(), hepChunk(15, TEXT));
    for (let n = 6; n < whole.length; n++) assert.equal(read(whole.subarray(0, n)).verdict, BAD_HEP);
    assert.equal(read(hep3(...hepBasics())).verdict, BAD_HEP, 'no payload');
    for (let k = 2; k < 6; k++) assert.equal(read(hep3(...hepBasics().filter((_, i) => i !== k), hepChunk(15, TEXT))).verdict, BAD_HEP);
    assert.equal(read(hep3(hepChunk(3, '0a00'), ...hepBasics(), hepChunk(15, TEXT))).verdict, BAD_HEP, 'size');
    assert.equal(read(hep3(...hepBasics(), hepChunk(15, TEXT), hex('0000 000f 0005 00'))).verdict, BAD_HEP, 'length 5');
    assert.equal(read(hep3(...hepBasics(), hepChunk(15, TEXT), hex('0000'))).verdict, BAD_HEP, 'half a chunk');
  });
});

describe('versions 1 and 2', () => {
  const four = 'c0000201 c6336402';

  test('version 1, both families', () => {
    const bytes = join(hex(`01 10 02 11 13c4 13ce ${four}`), TEXT);
    const { verdict, h } = read(bytes);
    assert.equal(verdict, HEP);
    assert.equal(payload(bytes, h), TEXT.toString());
    assert.deepEqual(
      [h.version, h.sourcePort, h.destinationPort, h.source, h.destination, h.time, h.captureId],
      [1, 5060, 5070, 8, 12, 0, -1],
    );
    const six = join(hex('01 28 0a 06 13c4 13ce'), new Uint8Array(32), TEXT);
    assert.equal(read(six).verdict, HEP);
    assert.equal(read(six).h.addressBytes, 16);
  });

  test('version 2: either byte order of the time, with and without padding, counted in the length or not', () => {
    const seconds = 1_313_440_459;
    for (const order of ['cb82494e e8030000', '4e4982cb 000003e8']) {
      for (const [length, pad] of [
        ['10', '0000'],
        ['10', ''],
        ['1c', '0000'],
        ['1a', ''],
      ]) {
        const bytes = join(hex(`02 ${length} 02 11 13c4 13ce ${four} ${order} e400 ${pad}`), TEXT);
        const { verdict, h } = read(bytes, seconds * 1e6);
        assert.equal(verdict, HEP);
        assert.equal(payload(bytes, h), TEXT.toString());
        assert.equal(h.time, seconds * 1e6 + 1000);
        assert.equal(h.captureId, 228);
      }
    }
  });

  test('nothing behind the header is bad', () => {
    assert.equal(read(hex(`02 10 02 11 13c4 13ce ${four} 00`)).verdict, BAD_HEP);
    assert.equal(read(hex(`02 1c 02 11 13c4 13ce ${four} 00000000 00000000 0000 0000`)).verdict, BAD_HEP);
  });

  test('what does not fit in all of it is no HEP', () => {
    for (const s of ['01 11 02 11', '01 10 03 11', '01 10 02 12', '01 1c 02 11', '03 10 02 11', '01 28 02 11']) {
      assert.equal(read(join(hex(`${s} 13c4 13ce ${four}`), TEXT)).verdict, NOT_HEP, s);
    }
    for (const s of ['', 'H', 'HEP3', 'HELLO WORLD', 'EHLO there', 'HEP2xxxxxxxxxxxxx', '\x01\x10'])
      assert.equal(read(Buffer.from(s)).verdict, NOT_HEP, s);
  });
});

test('whatever the bytes, no span leaves them', () => {
  const whole = hep3(...hepBasics(), hepChunk(17, Buffer.from('c')), hepChunk(15, TEXT));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      const { verdict, h } = read(bytes);
      if (verdict !== HEP) return;
      for (const span of [h.payload, h.correlation, h.node]) assert.ok(span.start <= span.end && span.end <= bytes.length);
    }),
  );
});
