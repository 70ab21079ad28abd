import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, lines, oddities, raw, read, request, str } from '../../test/messages.ts';
import { headerByName, headerValue } from './headers.ts';
import { HEADER_STRIDE, METHODS } from './message.ts';
import { createMessage, parseSip } from './sip.ts';

test('a request: every field', () => {
  const m = read(request({ 'User-Agent': 'softphone 1.0', Expires: '60' }, 'INVITE sip:bob@example.com;transport=udp SIP/2.0', 'v=0\r\n'));
  assert.equal(m.isRequest, true);
  assert.equal(METHODS[m.method], 'INVITE');
  assert.equal(str(m, m.methodSpan), 'INVITE');
  assert.equal(str(m, m.uri.span), 'sip:bob@example.com;transport=udp');
  assert.equal(m.status, 0);
  assert.equal(m.reason.start, -1);
  assert.equal(str(m, m.callId), 'a84b4c76e66710@pc33');
  assert.equal(m.cseq, 1);
  assert.equal(METHODS[m.cseqMethod], 'INVITE');
  assert.equal(str(m, m.from.tag), '1928301774');
  assert.equal(m.to.tag.start, -1);
  assert.equal(m.viaCount, 1);
  assert.equal(str(m, m.via.span), 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds');
  assert.equal(m.contactCount, 1);
  assert.equal(m.expires, 60);
  assert.equal(m.maxForwards, 70);
  assert.equal(m.contentLength, 5);
  assert.equal(str(m, m.contentType), 'text/plain');
  assert.equal(str(m, m.userAgent), 'softphone 1.0');
  assert.equal(str(m, m.body), 'v=0\r\n');
  assert.equal(m.headerCount, 11);
  assert.deepEqual(oddities(m), []);
});

test('a response: every field', () => {
  const m = read(request({ 'Max-Forwards': undefined, Server: 'pbx', 'User-Agent': 'other' }, 'SIP/2.0 180 Ringing now'));
  assert.equal(m.isRequest, false);
  assert.equal(m.method, 0);
  assert.equal(m.methodSpan.start, -1);
  assert.equal(m.uri.span.start, -1);
  assert.equal(m.status, 180);
  assert.equal(str(m, m.reason), 'Ringing now');
  assert.equal(str(m, m.userAgent), 'pbx');
  assert.equal(read(request({ Server: 'pbx' })).userAgent.start, -1, 'Server says nothing in a request');
});

test('all headers in order, names as written', () => {
  const m = read(request({ 'X-Own': 'a  b ', s: 'hello' }));
  const rows: string[] = [];
  for (let at = 0; at < m.headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    const [id, name, nameEnd, value, valueEnd] = m.headers.slice(at, at + HEADER_STRIDE);
    rows.push(`${id} ${str(m, { start: name!, end: nameEnd! })}=${str(m, { start: value!, end: valueEnd! })}`);
  }
  assert.deepEqual(rows.slice(0, 2), ['1 Via=SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds', '6 Max-Forwards=70']);
  assert.deepEqual(rows.slice(-2), ['0 X-Own=a  b', `${headerByName('Subject')} s=hello`]);
});

test('compact forms, any case, white space before the colon, folds', () => {
  const m = read(
    lines(
      'OPTIONS sip:bob@example.com SIP/2.0',
      'V: SIP/2.0/UDP',
      '  192.0.2.1;branch',
      '\t=z9hG4bK1',
      'f : <sip:a@b>',
      ' ;tag=1',
      'T:\r\n <sip:c@d>',
      'i:x',
      'CSEQ: 7',
      ' OPTIONS',
      'max-FORWARDS: 3',
      'l: 0',
      '',
    ),
  );
  assert.deepEqual(faults(m), []);
  assert.equal(str(m, m.via.host), '192.0.2.1');
  assert.equal(str(m, m.via.branch), 'z9hG4bK1');
  assert.equal(str(m, m.from.tag), '1');
  assert.equal(str(m, m.to.uri.host), 'd');
  assert.equal(str(m, m.callId), 'x');
  assert.equal(`${m.cseq} ${METHODS[m.cseqMethod]} ${m.maxForwards} ${m.contentLength}`, '7 OPTIONS 3 0');
  assert.equal(oddities(m).filter((name) => name === 'header-folded').length, 5);
});

test('lines that end with LF, and CRs that end nothing', () => {
  const m = read(request({ Subject: 'x' }).replaceAll('\r\n', '\n'));
  assert.deepEqual(oddities(m), ['bare-line-feed']);
  assert.equal(m.headerCount, 9);
  const folded = read('OPTIONS sip:a@b SIP/2.0\nSubject: a\n b\n\nbody');
  assert.equal(str(folded, headerValue(folded, headerByName('Subject'))!), 'a\n b');
  assert.equal(str(folded, folded.body), 'body');
  assert.deepEqual(faults(read(request({ Subject: 'a\r\r\rb' }))), ['bare-carriage-return']);
  assert.deepEqual(faults(read(request({ Subject: 'a\r' }))), ['bare-carriage-return']);
  assert.equal(read('SIP/2.0 200 OK\r\nTo: <sip:a@b>\r').headerCount, 1);
});

test('UTF-8 is taken, other bytes above 127 are odd; quoted control characters are legal', () => {
  assert.deepEqual(faults(read(request({ Subject: 'caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\x9e' }))), []);
  for (const bad of ['\xc3', '\xc0\xaf', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe0\x80\x80', '\xf0\x80\x80\x80', '\xf8', '\xe2\x82x']) {
    assert.deepEqual(faults(read(request({ Subject: `a${bad}` }))), ['bad-utf8'], Buffer.from(bad, 'latin1').toString('hex'));
  }
  assert.deepEqual(faults(read(request({ To: '"a\\\0" <sip:a@b>' }))), []);
});

test('the body: Content-Length shortens it, and never lengthens it', () => {
  const body = (length: string | undefined): string => {
    const m = read(request({ 'Content-Length': length }, 'MESSAGE sip:bob@example.com SIP/2.0', 'hello'));
    return `${str(m, m.body)} ${m.end - m.body.end}`;
  };
  assert.equal(body(undefined), 'hello 0');
  assert.equal(body('5'), 'hello 0');
  assert.equal(body('2'), 'he 0');
  assert.equal(body('9'), 'hello 0');
  assert.equal(body('-1'), 'hello 0');
  assert.deepEqual(oddities(read(`${request()}\r\n\r\n`)), ['bytes-after-body']);
  assert.deepEqual(oddities(read(`${request({ 'Content-Length': undefined })}\r\n\0`)), [], 'line ends are no body that needs a type');
});

test('headers without an end', () => {
  const m = read(request().slice(0, -4));
  assert.deepEqual(faults(m), ['headers-unterminated']);
  assert.equal(str(m, m.body), '');
  assert.equal(m.contentLength, 0);
});

test('too many headers: the later ones still count', () => {
  const filler = Array.from({ length: 700 }, (_, k) => `X-${k}: y`).join('\r\n');
  const m = read(request().replace('From:', `${filler}\r\nFrom:`));
  assert.deepEqual(faults(m), ['headers-many']);
  assert.equal(m.headerCount, 512);
  assert.equal(str(m, m.from.tag), '1928301774');
});

test('one message object for many messages shows only the last', () => {
  const m = createMessage();
  const first = raw(
    request(
      { Authorization: 'Digest username="a"', Expires: '5', 'User-Agent': 'x', 'Content-Type': 'a/b' },
      'INVITE sip:bob@example.com SIP/2.0',
      'v=0',
    ),
  );
  const second = raw('SIP/2.0 200 OK\r\nSubject: x\r\n\r\n');
  assert.ok(parseSip(m, first, 0, first.length));
  assert.ok(parseSip(m, second, 0, second.length));
  for (const view of [m.uri, m.from, m.to, m.via, m.contact, m.credentials, m.challenge]) assert.equal(view.span.start, -1);
  for (const span of [m.callId, m.cseqMethodSpan, m.userAgent, m.contentType, m.from.tag, m.via.branch, m.credentials.username])
    assert.deepEqual(span, { start: -1, end: -1 });
  assert.deepEqual(
    [m.cseq, m.expires, m.maxForwards, m.contentLength, m.viaCount, m.contactCount, m.cseqMethod],
    [-1, -1, -1, -1, 0, 0, 0],
  );
});

test('what is no SIP leaves the message as it was', () => {
  const m = createMessage();
  const bytes = raw(request());
  assert.ok(parseSip(m, bytes, 0, bytes.length));
  assert.equal(parseSip(m, raw('GET / HTTP/1.1\r\n\r\n'), 0, 18), false);
  assert.equal(str(m, m.callId), 'a84b4c76e66710@pc33');
});
