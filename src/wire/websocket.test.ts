import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hex, join, webSocket } from '../../test/traces/make-links.ts';
import { createFrameHeader, gather, isUpgrade, NONE, PARTIAL, readFrame, readUpgrade, unmask, WHOLE } from './websocket.ts';

const ASK = 'GET /ws HTTP/1.1\r\nHost: a.example.org\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: msrp, SIP\r\n\r\n';
const GRANT = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nsec-websocket-protocol:sip\r\n\r\n';

describe('upgrade', () => {
  const upgrade = (s: string): boolean => isUpgrade(Buffer.from(s), 0, s.length);
  const head = (s: string): number => readUpgrade(createFrameHeader(), Buffer.from(s), 0, s.length);

  test('from either side', () => {
    assert.ok(upgrade(ASK));
    assert.ok(upgrade(GRANT));
    assert.equal(head(ASK), WHOLE);
    assert.equal(head(GRANT), WHOLE);
  });

  test('its end is told', () => {
    const h = createFrameHeader();
    assert.equal(readUpgrade(h, Buffer.from(`${ASK}xyz`), 0, ASK.length + 3), WHOLE);
    assert.equal(h.end, ASK.length);
    for (let n = 0; n < ASK.length; n++) assert.equal(head(ASK.slice(0, n)), PARTIAL);
  });

  test('what is none', () => {
    assert.ok(!upgrade('GET / HTTP/1.1\r\n\r\n'));
    assert.ok(!upgrade(ASK.replace('Upgrade', 'Upgrades')));
    assert.ok(!upgrade(ASK.replace('GET', 'PUT')));
    assert.equal(head(ASK.replace('SIP', 'sipx')), NONE);
    assert.equal(head(ASK.replace('SIP', 'xsip')), NONE);
    assert.equal(head(ASK.replace('Sec-', 'Sac-')), NONE);
    assert.equal(head('GET '.padEnd(17_000, 'x')), NONE);
  });
});

describe('frames', () => {
  const all = (bytes: Uint8Array, end = bytes.length): { verdict: number; payload: string; length: number } => {
    const h = createFrameHeader();
    const g = { next: 0, payload: 0, packed: false };
    const verdict = gather(g, h, bytes, 0, end);
    const out = Buffer.alloc(70_000);
    const payload = verdict === WHOLE ? out.toString('latin1', 0, unmask(h, bytes, 0, g.next, out)) : '';
    return { verdict, payload, length: g.next };
  };

  test('the example of RFC 6455 §5.7', () => {
    assert.equal(all(hex('8105 48656c6c6f')).payload, 'Hello');
    assert.equal(all(hex('8185 37fa213d 7f9f4d5158')).payload, 'Hello');
    assert.equal(all(hex('0103 48656c 8002 6c6f')).payload, 'Hello');
  });

  test('lengths of 16 bits; longer ones and reserved bits are refused', () => {
    const long = 'x'.repeat(300);
    assert.equal(all(webSocket(long, { mask: '01020304' })).payload, long);
    assert.equal(all(hex('817e 01')).verdict, PARTIAL);
    assert.equal(all(hex('817f 0000000000000001 00')).verdict, NONE);
    assert.equal(all(hex('a101 00')).verdict, NONE);
  });

  test('control frames between the frames of a message, and between messages', () => {
    const ping = webSocket('p', { opcode: 9 });
    const bytes = join(webSocket('ab', { fin: false }), ping, webSocket('cd', { opcode: 0 }));
    assert.deepEqual(all(bytes), { verdict: WHOLE, payload: 'abcd', length: bytes.length });
    assert.deepEqual(all(ping), { verdict: WHOLE, payload: '', length: ping.length });
  });

  test('cut anywhere, more is needed', () => {
    const bytes = join(webSocket('ab', { fin: false, mask: '01020304' }), webSocket('cd', { opcode: 0, mask: '05060708' }));
    for (let end = 0; end < bytes.length; end++) assert.equal(all(bytes, end).verdict, PARTIAL);
  });

  test('messages beyond the bound are refused, by payload and by frames', () => {
    const part = webSocket('x'.repeat(40_000), { fin: false, opcode: 0 });
    assert.equal(all(join(part, part)).verdict, NONE);
    const ping = webSocket('x'.repeat(120), { opcode: 9 });
    assert.equal(all(join(webSocket('a', { fin: false }), ...Array.from({ length: 1200 }, () => ping))).verdict, NONE);
  });

  test('whatever the bytes, nothing outside them is named', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const h = createFrameHeader();
        if (readFrame(h, bytes, 0, bytes.length) === WHOLE) assert.ok(h.start <= h.end && h.end <= bytes.length);
        assert.ok(all(bytes).length <= bytes.length);
      }),
    );
  });
});
