import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lines, raw, read, request } from '../../test/messages.ts';
import { mayDiffer, readTwice, type TwoReadings } from './readings.ts';

/** Fields with two readings, as `field: strict | tolerant (oddity)`. */
function readings(source: string): string[] {
  const m = read(source);
  return readTwice(m, 13 + raw(source).length).map((r: TwoReadings) => `${r.field}: ${r.strict} | ${r.tolerant} (${r.oddity})`);
}

const REGISTER = 'REGISTER sip:example.com SIP/2.0';

describe('a message with two readings', () => {
  test('the first or the last of two headers', () => {
    assert.deepEqual(readings(request({ FROM: '<sip:eve@example.org>;tag=2' })), [
      'from: "Alice" <sip:alice@example.org>;tag=1928301774 | <sip:eve@example.org>;tag=2 (header-duplicate)',
    ]);
    assert.deepEqual(readings(request({ t: '<sip:eve@example.org>', i: 'other', cseq: '9 OPTIONS' })), [
      'to: <sip:bob@example.com> | <sip:eve@example.org> (header-duplicate)',
      'call-id: a84b4c76e66710@pc33 | other (header-duplicate)',
      'cseq: 1 OPTIONS | 9 OPTIONS (header-duplicate)',
    ]);
    assert.deepEqual(readings(request({ f: '"Alice" <sip:alice@example.org>;tag=1928301774' })), [], 'twice the same');
  });

  test('where a line ends', () => {
    const hidden = request({ Subject: 'x\nTo: <sip:eve@example.org>' });
    assert.deepEqual(readings(hidden.replace('To: <sip:bob', 'To: <sip:bob')), [
      'to: <sip:bob@example.com> | <sip:eve@example.org> (bare-line-feed)',
    ]);
    assert.deepEqual(readings(request({ To: undefined, Subject: 'x\rTo: <sip:eve@example.org>', t: '<sip:bob@example.com>' })), [
      'to: <sip:bob@example.com> | <sip:eve@example.org> (bare-carriage-return)',
    ]);
    assert.deepEqual(readings(request().replaceAll('\r\n', '\n')), [], 'all lines end so: there is no strict reading of it');
  });

  test('a fold that is a header to old readers', () => {
    assert.deepEqual(readings(request({ To: undefined, Subject: 'x\r\n To: <sip:eve@example.org>', t: '<sip:bob@example.com>' })), [
      'to: <sip:bob@example.com> | <sip:eve@example.org> (header-folded)',
    ]);
    assert.deepEqual(readings(request({ Subject: 'x\r\n more' })), [], 'a fold that is none');
    const first = request().replace('\r\nVia', '\r\n Call-ID: x\r\nVia');
    assert.deepEqual(readings(first), ['call-id: a84b4c76e66710@pc33 | x (fold-before-headers)']);
    assert.deepEqual(readings(request({ To: '<sip:bob@example.com>\r\n ;tag=1' })), [], 'cut at its fold');
  });

  test('a line of white space that ends the headers for some', () => {
    const hidden = request({ 'Content-Length': undefined, Subject: 'x\r\n ', l: '0' });
    assert.match(readings(hidden).join(), /^body: 0 bytes \| \d+ bytes \(header-folded\)$/);
  });

  test('text that ends with a zero byte', () => {
    assert.deepEqual(readings(request({ To: '<sip:bob@example.com>\0.example.org' })), [
      'to: <sip:bob@example.com>\0.example.org | <sip:bob@example.com> (nul-byte)',
    ]);
    assert.deepEqual(readings(request({ From: '<sip:admin%00x@example.com>;tag=1' })), [
      'from: admin%00x@example.com;tag=1 | admin (escape-nul)',
    ]);
  });

  test('where the body ends', () => {
    const body = 'v=0\r\ns=-\r\n';
    const invite = (length: string, more: Record<string, string> = {}): string[] =>
      readings(request({ 'Content-Length': length, ...more }, 'INVITE sip:bob@example.com SIP/2.0', body));
    assert.deepEqual(invite('-1'), ['body: 10 bytes | 0 bytes (content-length-bad)']);
    assert.deepEqual(invite('+5'), ['body: 10 bytes | 5 bytes (content-length-bad)']);
    assert.deepEqual(invite('5x'), ['body: 10 bytes | 5 bytes (content-length-bad)']);
    assert.deepEqual(invite('5'), ['body: 5 bytes | 10 bytes (bytes-after-body)']);
    assert.deepEqual(invite('10', { l: '3' }), ['body: 10 bytes | 3 bytes (header-duplicate)']);
    assert.deepEqual(invite('99999999999'), [], 'both take what there is');
    assert.deepEqual(invite('10'), []);
  });

  test('a second message in the datagram', () => {
    const two = request() + request({ To: '<sip:eve@example.org>' }, 'INVITE sip:eve@example.org SIP/2.0');
    assert.deepEqual(readings(two), [
      `body: 0 bytes | ${two.length - request().length} bytes (several-messages)`,
      'start-line: OPTIONS sip:bob@example.com SIP/2.0 | INVITE sip:eve@example.org SIP/2.0 (several-messages)',
    ]);
  });

  test('the start line', () => {
    assert.deepEqual(readings(request({}, 'OPTIONS sip:bob@example.com sip:eve@example.org SIP/2.0')), [
      'start-line: sip:bob@example.com | sip:bob@example.com sip:eve@example.org (request-uri-spaces)',
    ]);
    assert.deepEqual(readings(request({ CSeq: '1 INVITE' }, 'Invite sip:bob@example.com SIP/2.0')), [
      'start-line: Invite | INVITE (method-case)',
    ]);
    assert.deepEqual(readings(request({ CSeq: '1 INVITE' }, REGISTER)), ['start-line: REGISTER | INVITE (cseq-mismatch)']);
    assert.deepEqual(readings(request({ CSeq: '1', To: '<sip:a@b>;tag=1;tag=1' }, REGISTER)), []);
  });

  test('an address', () => {
    assert.deepEqual(readings(request({ To: '"<sip:boss@example.com>" <sip:eve@example.org>' })), [
      'to: eve@example.org | boss@example.com (display-name-uri)',
    ]);
    assert.deepEqual(readings(request({ From: '<sip:a@b@c:5060>;tag=1' })), ['from: a @ b@c;tag=1 | a@b @ c;tag=1 (uri-two-ats)']);
    assert.deepEqual(readings(request({ From: '<sip:a@b>;tag=1;tag=2' })), ['from: a@b;tag=1 | a@b;tag=2 (tag-duplicate)']);
    assert.deepEqual(readings(request({ To: '<sip:a@b>, <sip:c@d>' })), ['to: a@b | c@d (header-several-values)']);
    assert.deepEqual(readings(request({ To: '<sip:a:x@b:5070;p=1?q=2>, <sip:a@b>' })), [], 'the same but for what does not matter');
    assert.deepEqual(readings(request({ To: 'sip:a%00@b', From: undefined })), ['to: a%00@b | a (escape-nul)']);
  });

  test('one entry a field, whatever else is odd', () => {
    const odd = request({ Subject: 'a\nFrom: <sip:x@y>;tag=3', f: '<sip:z@y>;tag=4' });
    assert.deepEqual(
      readings(odd).map((r) => r.split(':')[0]),
      ['from'],
    );
  });
});

test('only oddities that can part readings ask for two', () => {
  assert.equal(mayDiffer(read(request())), false);
  assert.equal(mayDiffer(read(request({ 'Max-Forwards': undefined }))), false);
  assert.equal(mayDiffer(read(request({ 'Max-Forwards': undefined, f: 'sip:x@y' }))), true);
});

test('any bytes: no more than one entry a field, both readings said', () => {
  const piece = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    ' ',
    'From:',
    'f: <sip:a@b>',
    ';tag=1',
    'To: "x',
    '"',
    '<sip:c%00@d@e>',
    'l: -3',
    'Content-Length: 2',
    '\0',
    'CSeq: 1 BYE',
    'i:1',
    '\r\n\r\n',
    request(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const source = lines(REGISTER) + pieces.join('');
      const m = read(source);
      if (!mayDiffer(m)) return;
      const found = readTwice(m, 13 + raw(source).length);
      assert.equal(new Set(found.map((r) => r.field)).size, found.length);
      for (const r of found) assert.notEqual(r.strict, r.tolerant);
    }),
    { numRuns: 1500 },
  );
});
