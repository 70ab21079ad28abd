import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, oddities, read, request } from '../../../test/messages.ts';
import { createBodyPart, DTMF_BODY, DTMF_RELAY_BODY, NORTEL_BODY, readBody, SDP_BODY } from './body.ts';
import { createSdp } from './sdpview.ts';

const SDP = lines('v=0', 'o=- 1 2 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 4000 RTP/AVP 0');
const START = 'INVITE sip:bob@example.com SIP/2.0';

function found(type: string | undefined, body: string, more: Record<string, string> = {}): [number, string, number, string[]] {
  const m = read(request({ 'Content-Type': type, ...more }, START, body));
  const part = createBodyPart();
  const sdp = createSdp();
  readBody(m, part, sdp, false);
  const inside = part.kind === 0 ? '' : Buffer.from(m.bytes.subarray(part.start, part.end)).toString('latin1');
  return [part.kind, inside, part.kind === SDP_BODY ? (sdp.media[0]?.port ?? 0) : 0, oddities(m)];
}

test('a body that is a description, or the digits of an INFO', () => {
  assert.deepEqual(found('application/sdp', SDP), [SDP_BODY, SDP, 4000, []]);
  assert.deepEqual(found('Application/SDP ; charset=utf-8', SDP), [SDP_BODY, SDP, 4000, []]);
  assert.deepEqual(found('application/dtmf-relay', 'Signal=1'), [DTMF_RELAY_BODY, 'Signal=1', 0, []]);
  assert.deepEqual(found('application/dtmf', '1'), [DTMF_BODY, '1', 0, []]);
  assert.deepEqual(found('application/vnd.nortelnetworks.digits', 'd=1'), [NORTEL_BODY, 'd=1', 0, []]);
  assert.deepEqual(found('text/plain', SDP), [0, '', 0, []]);
  assert.deepEqual(found('application/sdp', ''), [0, '', 0, []]);
});

test('a body without a type', () => {
  assert.deepEqual(found(undefined, SDP), [SDP_BODY, SDP, 4000, ['missing-content-type', 'sdp-untyped']]);
  assert.deepEqual(found(undefined, 'hello'), [0, '', 0, ['missing-content-type']]);
});

test('an encoded body is said and not read', () => {
  assert.deepEqual(found('application/sdp', SDP, { 'Content-Encoding': 'gzip' }), [0, '', 0, ['body-encoded']]);
  assert.deepEqual(found('application/sdp', SDP, { 'Content-Encoding': 'identity' }), [SDP_BODY, SDP, 4000, []]);
});

function multipart(boundary: string, ...parts: (readonly [type: string, body: string])[]): string {
  const each = parts.map(
    ([type, body]) => `--${boundary}\r\n${type === '' ? '' : `Content-Type: ${type}\r\nContent-Length: 1\r\n`}\r\n${body}`,
  );
  return `preamble\r\n${each.join('\r\n')}\r\n--${boundary}--\r\n`;
}

test('the description of a multipart, nested once, its boundary quoted or not', () => {
  const isup = ['application/isup;version=itu', '\x01\x02'] as const;
  const expected = [SDP_BODY, `${SDP}\r\n`, 4000, []];
  assert.deepEqual(found('multipart/mixed;boundary=b1', multipart('b1', isup, ['application/sdp', SDP])), expected);
  assert.deepEqual(
    found('multipart/mixed; x=y; Boundary="b 1"; z=w', multipart('b 1', ['', 'x'], ['application/sdp', SDP], isup)),
    expected,
  );
  const inner = multipart('in', ['text/plain', 'x'], ['application/sdp', SDP]);
  assert.deepEqual(found('multipart/mixed;boundary=out', multipart('out', ['multipart/alternative;boundary=in', inner])), expected);
  const three = multipart('c', ['multipart/mixed;boundary=out', multipart('out', ['multipart/alternative;boundary=in', inner])]);
  assert.equal(found('multipart/mixed;boundary=c', three)[0], 0, 'nested twice');
});

test('a multipart that is none', () => {
  const bad = [0, '', 0, ['multipart-bad']];
  assert.deepEqual(found('multipart/mixed', SDP), bad);
  assert.deepEqual(found('multipart/mixed;boundary=', SDP), bad);
  assert.deepEqual(found('multipart/mixed;boundary=b', SDP), bad);
  assert.deepEqual(found('multipart/mixed;boundary="b', multipart('c', ['application/sdp', SDP])), bad);
  assert.deepEqual(found('multipart/mixed;boundary=b', '--b\r\nContent-Type'), [0, '', 0, []]);
  const many = multipart('b', ...Array.from({ length: 20 }, () => ['text/plain', 'x'] as const), ['application/sdp', SDP]);
  assert.equal(found('multipart/mixed;boundary=b', many)[0], 0, 'beyond the parts that are looked at');
});

test('two descriptions: the first counts, and the body is odd', () => {
  const other = SDP.replace('4000', '5000');
  const [kind, , port, odd] = found('multipart/mixed;boundary=b', multipart('b', ['application/sdp', SDP], ['application/sdp', other]));
  assert.deepEqual([kind, port, odd], [SDP_BODY, 4000, ['sdp-several']]);
});
