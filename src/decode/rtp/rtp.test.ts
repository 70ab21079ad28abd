import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../../../test/messages.ts';
import { createRtcp, createRtp, isRtcp, isRtp, parseRtcp, parseRtp, RTCP_TYPES, type RtpView } from './rtp.ts';

const HEADER = '\x80\x88\x12\x34\x00\x00\x01\x00\xde\xad\xbe\xef';

function rtp(packet: string): RtpView | undefined {
  const bytes = raw(`??${packet}??`);
  const view = createRtp();
  const ok = parseRtp(bytes, 2, bytes.length - 2, view);
  assert.equal(isRtp(bytes, 2, bytes.length - 2), ok);
  return ok ? view : undefined;
}

test('the fields of RFC 3550 §5.1', () => {
  assert.deepEqual(rtp(`${HEADER}payload`), {
    version: 2,
    padding: false,
    extension: false,
    marker: true,
    payloadType: 8,
    sequence: 0x1234,
    timestamp: 256,
    ssrc: 0xdeadbeef,
    csrcCount: 0,
    payloadStart: 14,
    payloadEnd: 21,
  });
});

test('CSRCs, extension and padding', () => {
  const view = rtp(`\xb2${HEADER.slice(1)}aaaabbbb\xbe\xde\x00\x01xxxxpayload\0\0\x03`);
  assert.equal(view?.csrcCount, 2);
  assert.equal(view?.extension, true);
  assert.equal(view?.padding, true);
  assert.equal(view?.payloadStart, 2 + 12 + 8 + 8);
  assert.equal(view?.payloadEnd, 2 + 12 + 8 + 8 + 7);
});

test('what cannot be RTP', () => {
  assert.equal(rtp(HEADER.slice(0, 11)), undefined, 'short');
  assert.equal(rtp(`\x40${HEADER.slice(1)}`), undefined, 'version 1');
  assert.equal(rtp(`\x80\x48${HEADER.slice(2)}`), undefined, 'payload type 72 is SR with the marker bit');
  assert.equal(rtp(`\x8f${HEADER.slice(1)}`), undefined, 'fifteen CSRCs that are not there');
  assert.equal(rtp(`\x90${HEADER.slice(1)}xx`), undefined, 'no room for an extension');
  assert.equal(rtp(`\x90${HEADER.slice(1)}\0\0\0\x09`), undefined, 'an extension longer than the packet');
  assert.equal(rtp(`\xa0${HEADER.slice(1)}abc\0`), undefined, 'padding of no bytes');
  assert.equal(rtp(`\xa0${HEADER.slice(1)}abc\x05`), undefined, 'more padding than payload');
});

test('a compound of RTCP: each packet told apart', () => {
  const report = `\x81\xc9\x00\x07\x00\x00\x00\x01${'r'.repeat(24)}`;
  const bye = '\x81\xcb\x00\x01\x00\x00\x00\x02';
  const empty = '\x80\xca\x00\x00';
  const bytes = raw(report + bye + empty);
  assert.ok(isRtcp(bytes, 0, bytes.length));
  const view = createRtcp();
  const seen: string[] = [];
  for (let at = 0; parseRtcp(bytes, at, bytes.length, view); at = view.end)
    seen.push(`${RTCP_TYPES[view.type]} ${view.count} ${view.ssrc}`);
  assert.deepEqual(seen, ['RR 1 1', 'BYE 1 2', 'SDES 0 0']);
});

test('types 200 to 207', () => {
  assert.deepEqual(
    [200, 201, 202, 203, 204, 205, 206, 207].map((type) => RTCP_TYPES[type]),
    ['SR', 'RR', 'SDES', 'BYE', 'APP', 'RTPFB', 'PSFB', 'XR'],
  );
});

test('what cannot be RTCP', () => {
  const view = createRtcp();
  for (const packet of [
    '\x80\xc8\x00',
    '\x80\x08\x00\x00\0\0\0\0',
    '\x40\xc8\x00\x00\0\0\0\0',
    '\x80\xc8\x00\x09\0\0\0\0',
    '\x80\xe0\x00\x00\0\0\0\0',
  ]) {
    const bytes = raw(packet);
    assert.equal(parseRtcp(bytes, 0, bytes.length, view), false);
    assert.equal(isRtcp(bytes, 0, bytes.length), false);
  }
});
