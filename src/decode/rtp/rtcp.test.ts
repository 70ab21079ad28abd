import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../../../test/messages.ts';
import {
  CNAME,
  createReportBlock,
  createVoipMetrics,
  nextRtcp,
  ntpMiddle,
  readReportBlock,
  readSdesItem,
  readVoipMetrics,
  TOOL,
} from './rtcp.ts';
import { createRtcp, RTCP_TYPES } from './rtp.ts';

const BLOCK = '\x00\x00\x00\x07\x40\xff\xff\xfe\x00\x01\x12\x34\x00\x00\x00\x50\xaa\xbb\xcc\xdd\x00\x01\x00\x00';
const SENDER = `\x81\xc8\x00\x0c\x00\x00\x00\x01\x11\x11\xaa\xbb\xcc\xdd\x22\x22${'s'.repeat(12)}${BLOCK}`;
const SOURCE = '\x81\xca\x00\x05\x00\x00\x00\x01\x01\x05a@b.c\x06\x03ekg\x00\x00\x00\x00';
const METRICS = `\x80\xcf\x00\x0c\x00\x00\x00\x01\x04\x00\x00\x01abcd\x07\x00\x00\x08\x00\x00\x00\x07\x10\x20??????\x00\x64${'?'.repeat(6)}\x5d?\x2a${'?'.repeat(9)}`;

function packets(compound: string): [Uint8Array, string[]] {
  const bytes = raw(compound);
  const view = createRtcp();
  const seen: string[] = [];
  for (let at = nextRtcp(bytes, 0, bytes.length, view); at >= 0; at = nextRtcp(bytes, at, bytes.length, view))
    seen.push(RTCP_TYPES[view.type]!);
  return [bytes, seen];
}

test('a compound is walked to its end, and no further than it is whole', () => {
  assert.deepEqual(packets(SENDER + SOURCE + METRICS)[1], ['SR', 'SDES', 'XR']);
  assert.deepEqual(packets((SENDER + SOURCE).slice(0, -1))[1], ['SR']);
});

test('sender report: the middle of its NTP time, and a block', () => {
  const [bytes] = packets(SENDER);
  const view = createRtcp();
  nextRtcp(bytes, 0, bytes.length, view);
  assert.equal(ntpMiddle(bytes, view), 0xaabbccdd);
  const block = createReportBlock();
  assert.ok(readReportBlock(bytes, view, 0, block));
  assert.deepEqual(block, { ssrc: 7, fraction: 64, lost: -2, highest: 0x11234, jitter: 80, lastSr: 0xaabbccdd, delay: 65_536 });
  assert.equal(readReportBlock(bytes, view, 1, block), false, 'it says it has one');
});

test('receiver report: fewer blocks than it says', () => {
  const bytes = raw(`\x82\xc9\x00\x07\x00\x00\x00\x01${BLOCK}`);
  const view = createRtcp();
  nextRtcp(bytes, 0, bytes.length, view);
  const block = createReportBlock();
  assert.ok(readReportBlock(bytes, view, 0, block));
  assert.equal(block.ssrc, 7);
  assert.equal(readReportBlock(bytes, view, 1, block), false);
  assert.equal(ntpMiddle(bytes, view), 0);
  assert.equal(readVoipMetrics(bytes, view, createVoipMetrics()), false);
  assert.equal(readSdesItem(bytes, view, CNAME, { start: 0, end: 0 }), false);
});

test('source description: CNAME and TOOL', () => {
  const [bytes] = packets(SOURCE);
  const view = createRtcp();
  nextRtcp(bytes, 0, bytes.length, view);
  const span = { start: -1, end: -1 };
  const text = (): string => Buffer.from(bytes.subarray(span.start, span.end)).toString('latin1');
  assert.ok(readSdesItem(bytes, view, CNAME, span));
  assert.equal(text(), 'a@b.c');
  assert.ok(readSdesItem(bytes, view, TOOL, span));
  assert.equal(text(), 'ekg');
  assert.equal(readSdesItem(bytes, view, 3, span), false);
  const long = raw('\x81\xca\x00\x02\x00\x00\x00\x01\x01\x09ab');
  nextRtcp(long, 0, long.length, view);
  assert.equal(readSdesItem(long, view, CNAME, span), false, 'an item longer than its packet');
  assert.equal(readReportBlock(bytes, view, 0, createReportBlock()), false);
});

test('VoIP metrics (RFC 3611 §4.7), behind another block', () => {
  const [bytes] = packets(METRICS);
  const view = createRtcp();
  nextRtcp(bytes, 0, bytes.length, view);
  const metrics = createVoipMetrics();
  assert.ok(readVoipMetrics(bytes, view, metrics));
  assert.deepEqual(metrics, { ssrc: 7, lossRate: 16, discardRate: 32, roundTrip: 100, rFactor: 0x5d, mosListening: 42 });
  for (const bad of [
    '\x80\xcf\x00\x01\x00\x00\x00\x01',
    '\x80\xcf\x00\x02\x00\x00\x00\x01\x07\x00\x00\x08',
    '\x80\xcf\x00\x02\x00\x00\x00\x01\x07\x00\x00\x00',
  ]) {
    const other = raw(bad);
    nextRtcp(other, 0, other.length, view);
    assert.equal(readVoipMetrics(other, view, metrics), false);
  }
});
