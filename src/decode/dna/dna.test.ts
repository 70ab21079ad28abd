import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lines, read, request } from '../../../test/messages.ts';
import { DNA_FIELDS } from '../../knowndna.ts';
import { createMessage, parseSip } from '../sip.ts';
import { createDna, dnaName, readDna, sketch, writtenText } from './dna.ts';

/** The fields of the DNA of a request, by name. */
function dnaOf(source: string): Record<string, string> {
  const dna = createDna();
  readDna(dna, read(source));
  const core = writtenText(dna.coreText).split('_');
  const build = writtenText(dna.buildText).split('_');
  assert.equal(core.length, DNA_FIELDS.core.length);
  assert.equal(build.length, DNA_FIELDS.build.length);
  return Object.fromEntries([...DNA_FIELDS.core.map((name, i) => [name, core[i]]), ...DNA_FIELDS.build.map((name, i) => [name, build[i]])]);
}

function nameOf(source: string): string {
  const dna = createDna();
  readDna(dna, read(source));
  return dnaName(dna);
}

test('a request told by how it is written', () => {
  assert.deepEqual(dnaOf(request()), {
    order: 'VMFTISL',
    lines: 'crlf',
    via: 'b',
    branch: 'l11',
    tag: 'd11',
    callId: 'x16@name',
    from: 'quoted;t',
    method: 'OPTIONS',
    headers: 'VMFTISCL',
    cseq: '1',
    contact: 'plain',
    length: 'right',
    digest: 'none',
    sdp: 'none',
  });
});

test('the User-Agent changes nothing: another one, none, elsewhere', () => {
  const usual = nameOf(request());
  assert.match(usual, /^d1-[0-9a-f]{8}-[0-9a-f]{8}$/);
  assert.equal(nameOf(request({ 'User-Agent': 'Phone 1.0' })), usual);
  assert.equal(nameOf(request({ 'User-Agent': 'friendly' })), usual);
});

test('what a client draws anew changes nothing, what its author decides does', () => {
  const one = request({ Via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1111111111', 'Call-ID': '2222222222' });
  const other = request({ Via: 'SIP/2.0/UDP 192.0.2.9:5099;branch=z9hG4bK-3333333333', 'Call-ID': '4444444444' });
  assert.equal(nameOf(one), nameOf(other));
  assert.notEqual(nameOf(one), nameOf(one.replace('z9hG4bK-1', 'z9hG4bK-a')));
  assert.notEqual(nameOf(one), nameOf(one.replace('Max-Forwards:', 'max-forwards:')));
});

test('methods and credentials change the build alone', () => {
  const core = (source: string): string => nameOf(source).slice(0, 11);
  const register = request({}, 'REGISTER sip:example.com SIP/2.0');
  assert.equal(core(register), core(request()));
  assert.notEqual(nameOf(register), nameOf(request()));
  assert.equal(dnaOf(request({}, 'PING sip:example.com SIP/2.0'))['method'], 'other');
});

test('lines: their ends, compact and odd names, spaces', () => {
  assert.equal(dnaOf(request().replaceAll('\r\n', '\n'))['lines'], 'lf');
  assert.equal(dnaOf(request().replace('Call-ID:', 'i:'))['lines'], 'crlf,compact');
  assert.equal(dnaOf(request().replace('Call-ID:', 'call-id:'))['lines'], 'crlf,case');
  assert.equal(dnaOf(request().replace('Call-ID:', 'Call-ID :'))['lines'], 'crlf,before');
  assert.equal(dnaOf(request().replace('Call-ID: ', 'Call-ID:'))['lines'], 'crlf,tight');
  assert.equal(dnaOf(request().replace('Call-ID: ', 'Call-ID:  '))['lines'], 'crlf,wide');
  assert.equal(dnaOf(request({ 'X-Own': 'a' }))['lines'], 'crlf');
  assert.equal(dnaOf(request({ 'X-Own': 'a' }))['headers'], 'VMFTISCL?');
});

test('Via: the parameters in their order', () => {
  const via = (value: string): string | undefined => dnaOf(request({ Via: value }))['via'];
  assert.equal(via('SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1'), 'rb');
  assert.equal(via('SIP/2.0/UDP 192.0.2.1; branch=z9hG4bK1;rport;alias'), ' bra');
  assert.equal(via('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;x="a;b";1'), 'bx?');
  assert.equal(via('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;'), 'b?');
});

test('headers: repeated ones once, all others by their letters', () => {
  const source = request().replace('Via:', 'Via: SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK9\r\nVia:');
  assert.equal(dnaOf(source)['headers'], 'VMFTISCL');
  assert.equal(dnaOf(request({ Supported: 'replaces', 'In-Reply-To': 'a' }))['headers'], 'VMFTISCLsz');
});

test('From and Contact: display name, brackets, parameters', () => {
  const from = (value: string): string | undefined => dnaOf(request({ From: value }))['from'];
  assert.equal(from('"a"<sip:a@example.org>;tag=1'), 'quoted-tight;t');
  assert.equal(from('Alice <sip:a@example.org>;tag=1'), 'token;t');
  assert.equal(from('<sip:a@example.org>;tag=1'), 'plain;t');
  assert.equal(from('sip:a@example.org;tag=1'), 'bare;t');
  assert.equal(from('<sip:a@example.org>'), 'plain');
  assert.equal(dnaOf(request({ Contact: undefined }))['contact'], 'none');
  assert.equal(dnaOf(request({ Contact: 'sip:a@192.0.2.1' }))['contact'], 'bare');
  assert.equal(dnaOf(request({ Contact: '<sip:a@192.0.2.1>;expires=60' }))['contact'], 'plain;e');
});

test('CSeq: small numbers as they are, large ones by their digits', () => {
  const cseq = (value: string | undefined): string | undefined => dnaOf(request({ CSeq: value }))['cseq'];
  assert.equal(cseq('9 OPTIONS'), '9');
  assert.equal(cseq('1234 OPTIONS'), 'n4');
  assert.equal(cseq('21234 OPTIONS'), 'n5');
  assert.equal(cseq(undefined), 'none');
});

test('Content-Length: absent, right, too long, far from its colon', () => {
  const length = (value: string | undefined, body = ''): string | undefined =>
    dnaOf(request({ 'Content-Length': value }, 'OPTIONS sip:bob@example.com SIP/2.0', body))['length'];
  assert.equal(length(undefined), 'none');
  assert.equal(length('4', 'body'), 'right');
  assert.equal(length('2', 'body'), 'right');
  assert.equal(length('607', 'body'), 'long');
  assert.equal(length(' 0'), 'right,wide');
});

test('Digest: parameters in their order, quoted ones as capitals, commas with or without a space', () => {
  const digest = (value: string): string | undefined => dnaOf(request({ Authorization: `Digest ${value}` }))['digest'];
  assert.equal(digest('username="1",realm="r",nonce="n",uri="sip:h",response="e",algorithm=MD5'), 'URNUPa,');
  assert.equal(digest('username="1", realm="a, b", nonce="\\"", nc=00000001, cnonce="c", qop=auth'), 'URNkCq');
  assert.equal(digest('=x, username="1"'), 'xU');
  assert.equal(digest('odd'), '');
  assert.equal(dnaOf(request({ 'Proxy-Authorization': 'Digest username="1"' }))['digest'], 'U');
  assert.equal(dnaOf(request({ 'Proxy-Authorization': 'Digest' }))['digest'], '');
});

test('SDP: its lines, its name, its origin', () => {
  const sdp = (...body: string[]): string | undefined =>
    dnaOf(request({ 'Content-Type': 'application/sdp' }, 'INVITE sip:bob@example.com SIP/2.0', lines(...body)))['sdp'];
  const usual = ['t=0 0', 'm=audio 4000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=sendrecv'];
  assert.equal(sdp('v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=call', 'c=IN IP4 192.0.2.1', ...usual), 'vosctma,s=call,o=-');
  assert.equal(sdp('v=0', 'o=alice 1 1 IN IP4 192.0.2.1', 's=a_b', ...usual), 'vostma,s=x4,o=from');
  assert.equal(sdp('v=0', 'o=87654321 1 1 IN IP4 192.0.2.1', `s=${'long'.repeat(9)}`, ...usual), 'vostma,s=l36,o=d11');
  assert.equal(sdp('v=0', 's=-', '1=2'), 'vs,s=-,o=none');
  assert.equal(sdp('v=0'), 'v,s=none,o=none');
  assert.equal(sdp(...Array.from({ length: 20 }, () => ['v=0', 'x=1']).flat())?.split(',')[0], 'vx'.repeat(12));
});

test('a sketch is the same for what is drawn, and another for other headers', () => {
  const of = (source: string): number => sketch(read(source));
  assert.equal(of(request()), of(request({ 'Call-ID': 'other@pc33' })));
  assert.notEqual(of(request()), of(request({ Supported: 'replaces' })));
  assert.notEqual(of(request()), of(request().replace('Call-ID:', 'i:')));
  assert.notEqual(of(request()), of(request({}, 'REGISTER sip:example.com SIP/2.0')));
  assert.notEqual(of(request()), of(request({ Via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-76asdhds' })));
});

test('whatever the bytes are, there is a DNA, and the same one each time', () => {
  const piece = fc.constantFrom(
    ...';,:=<>"_ \t\r\n',
    'Via',
    'branch=',
    'z9hG4bK',
    'Contact: ',
    'CSeq: ',
    'v=0\r\n',
    's=',
    'o=',
    '\xff',
    '0',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(400), (pieces, at) => {
      const usual = request({ Authorization: 'Digest username="a"' }, 'INVITE sip:bob@example.com SIP/2.0', 'v=0\r\no=- 1 1\r\n');
      const bytes = Uint8Array.from(Buffer.from(usual.slice(0, at) + pieces.join('') + usual.slice(at), 'latin1'));
      const m = createMessage();
      if (!parseSip(m, bytes, 0, bytes.length)) return;
      const one = createDna();
      const two = createDna();
      readDna(one, m);
      readDna(two, m);
      assert.equal(dnaName(one), dnaName(two));
      assert.ok(one.coreText.length <= one.coreText.bytes.length && one.buildText.length <= one.buildText.bytes.length);
      assert.ok(sketch(m) >= 0 && sketch(m) < 2 ** 30);
    }),
    { numRuns: 300 },
  );
});
