import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faults, oddities, read, request, str } from '../../test/messages.ts';
import { METHODS } from './message.ts';
import { readDate } from './values.ts';

test('CSeq', () => {
  const cseq = (value: string): string => {
    const m = read(request({ CSeq: value }));
    return `${m.cseq} ${METHODS[m.cseqMethod]} ${str(m, m.cseqMethodSpan)} ${oddities(m).join(' ')}`.trimEnd();
  };
  assert.equal(cseq('314159 OPTIONS'), '314159 OPTIONS OPTIONS');
  assert.equal(cseq('0009  \t OPTIONS'), '9 OPTIONS OPTIONS');
  assert.equal(cseq('2147483647 OPTIONS'), '2147483647 OPTIONS OPTIONS');
  assert.equal(cseq('2147483648 OPTIONS'), '-1 OPTIONS OPTIONS cseq-too-large');
  assert.equal(cseq('99999999999999999999 OPTIONS'), '-1 OPTIONS OPTIONS cseq-too-large');
  assert.equal(cseq('1'), '1   cseq-bad');
  assert.equal(cseq('1OPTIONS'), '1 OPTIONS OPTIONS cseq-bad');
  assert.equal(cseq('-1 OPTIONS'), '-1  -1 cseq-bad cseq-mismatch');
  assert.equal(cseq('1 OPTIONS x'), '1 OPTIONS OPTIONS cseq-bad');
  assert.equal(cseq('1 options'), '1  options cseq-mismatch');
});

test('an unknown method and its CSeq', () => {
  assert.deepEqual(faults(read(request({ CSeq: '1 FETCH' }, 'FETCH sip:a@b SIP/2.0'))), []);
  assert.deepEqual(faults(read(request({ CSeq: '1 FETCHES' }, 'FETCH sip:a@b SIP/2.0'))), ['cseq-mismatch']);
  assert.deepEqual(faults(read(request({ CSeq: '1 FETCX' }, 'FETCH sip:a@b SIP/2.0'))), ['cseq-mismatch']);
});

test('Call-ID: a host is not required (C-20)', () => {
  for (const good of ['a84b4c76e66710', 'a84b4c76e66710@pc33.example.com', '(<>)?@{}'])
    assert.deepEqual(oddities(read(request({ 'Call-ID': good }))), []);
  for (const bad of ['a b', 'a@b@c', 'a\tb']) assert.deepEqual(oddities(read(request({ 'Call-ID': bad }))), ['call-id-bad'], bad);
});

test('Max-Forwards', () => {
  for (const [written, value] of [
    ['0', 0],
    ['70', 70],
    ['255', 255],
    ['256', -2],
    ['-1', -2],
    ['x', -2],
    ['99999999999', -2],
  ] as const) {
    assert.equal(read(request({ 'Max-Forwards': written })).maxForwards, value, written);
  }
  assert.equal(read(request({ 'Max-Forwards': undefined })).maxForwards, -1);
});

test('Content-Length', () => {
  for (const [written, value] of [
    ['0', 0],
    ['  0 ', 0],
    ['2147483648', -2],
    ['1 2', -2],
    ['x', -2],
  ] as const) {
    assert.equal(read(request({ 'Content-Length': written })).contentLength, value, written);
  }
  const again = read(request({ l: '0' }));
  assert.deepEqual(faults(again), ['header-duplicate']);
});

test('Expires', () => {
  for (const [written, value] of [
    ['0', 0],
    ['3600', 3600],
    ['4294967295', 2147483647],
    ['Thu, 01 Dec 1994 16:00:00 GMT', -2],
    ['"60"', 60],
  ] as const) {
    assert.equal(read(request({ Expires: written })).expires, value, written);
  }
  assert.equal(read(request()).expires, -1);
});

describe('Date (RFC 3261 §20.17)', () => {
  const faultsOf = (value: string): string[] => faults(read(request({ Date: value })));
  test('right', () => assert.deepEqual(faultsOf('Sat, 13 Nov 2010 23:29:00 GMT'), []));
  for (const bad of [
    'Sat, 13 Nov 2010 23:29:00 EST',
    'Sat, 13 Nov 2010 23:29:00',
    'Xxx, 13 Nov 2010 23:29:00 GMT',
    'Sat, 13 Xxx 2010 23:29:00 GMT',
    'Sat, 32 Nov 2010 23:29:00 GMT',
    'Sat, 13 Nov 2010 24:29:00 GMT',
    'Sat, 13 Nov 2010 23:60:00 GMT',
    'Sat, 13 Nov 2010 23:29:61 GMT',
    'Sat, 1x Nov 2010 23:29:00 GMT',
    'Sat; 13 Nov 2010 23:29:00 GMT',
    '1at, 13 Nov 2010 23:29:00 GMT',
  ])
    test(bad, () => assert.deepEqual(faultsOf(bad), ['date-bad']));
});

test('other numbers', () => {
  const right = {
    'Retry-After': '18000;duration=3600',
    'Min-Expires': '60',
    'Session-Expires': '4000;refresher=uac',
    'Min-SE': '90',
    'Flow-Timer': '120',
    RSeq: '988789',
    'Max-Breadth': '60',
  };
  assert.deepEqual(oddities(read(request({ ...right, Warning: '301 example.net "Incompatible"' }))), []);
  assert.deepEqual(oddities(read(request({ 'Retry-After': '120 (I am in a meeting)' }))), []);
  for (const name of ['Retry-After', 'Min-Expires', 'Session-Expires', 'Min-SE', 'Flow-Timer']) {
    assert.deepEqual(faults(read(request({ [name]: 'soon' }))), ['expires-bad'], name);
  }
  for (const name of ['RSeq', 'Max-Breadth']) assert.deepEqual(faults(read(request({ [name]: '2147483648' }))), ['number-bad'], name);
  for (const warning of ['30 a "b"', '301', 'x a "b"'])
    assert.deepEqual(faults(read(request({ Warning: warning }))), ['warning-bad'], warning);
});

test('Content-Type', () => {
  for (const good of ['application/sdp', 'multipart/mixed;boundary="a b"', 'text / plain'])
    assert.deepEqual(oddities(read(request({ 'Content-Type': good }))), []);
  for (const bad of ['application', '/sdp', 'application/', 'a b/c'])
    assert.deepEqual(faults(read(request({ 'Content-Type': bad }))), ['content-type-bad'], bad);
});

test('a date in seconds', () => {
  const seconds = (text: string): number => {
    const bytes = Buffer.from(`x${text}`);
    return readDate(bytes, 1, bytes.length);
  };
  for (const at of [0, 951_782_399, 951_782_400, 951_868_800, 1_700_000_000, 4_102_444_799, 68_169_600])
    assert.equal(seconds(new Date(at * 1000).toUTCString()), at);
  assert.equal(seconds('Sat, 13 Nov 2010 23:29:00 CET'), -1);
});
