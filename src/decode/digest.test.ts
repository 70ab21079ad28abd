import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faults, oddities, read, request, str } from '../../test/messages.ts';
import type { DigestView, SipMessage } from './message.ts';

const RESPONSE = '0123456789abcdef0123456789abcdef';
const CREDENTIALS = `Digest username="bob", realm="example.com", nonce="84a4cc6f", uri="sip:bob@example.com", response="${RESPONSE}"`;

/** All texts of a view, by name. */
function texts(m: SipMessage, view: DigestView): Record<string, string> {
  const { username, realm, nonce, uri, response, cnonce, nc, qop, algorithm, opaque } = view;
  const all = Object.entries({ username, realm, nonce, uri, response, cnonce, nc, qop, algorithm, opaque });
  return Object.fromEntries(all.filter(([, span]) => span.start >= 0).map(([name, span]) => [name, str(m, span)]));
}

test('credentials (RFC 7616 §3.4)', () => {
  const m = read(request({ Authorization: `${CREDENTIALS}, algorithm=SHA-256 , cnonce="0a4f", qop=auth,nc=00000001,opaque="",x=y` }));
  assert.deepEqual(texts(m, m.credentials), {
    username: 'bob',
    realm: 'example.com',
    nonce: '84a4cc6f',
    uri: 'sip:bob@example.com',
    response: RESPONSE,
    cnonce: '0a4f',
    nc: '00000001',
    qop: 'auth',
    algorithm: 'SHA-256',
    opaque: '',
  });
  assert.equal(m.credentials.digest, true);
  assert.equal(m.credentials.proxy, false);
  assert.equal(m.challenge.span.start, -1);
  assert.deepEqual(oddities(m), []);
});

test('a challenge (RFC 7616 §3.3), in any case and with any spacing', () => {
  const m = read(
    request(
      {
        'Max-Forwards': undefined,
        CSeq: '1 REGISTER',
        'Proxy-Authenticate': 'DIGEST Realm = "a \\"b\\"" ,NONCE="n",, Stale=TRUE, algorithm=MD5',
      },
      'SIP/2.0 407 Proxy Authentication Required',
    ),
  );
  assert.deepEqual(texts(m, m.challenge), { realm: 'a \\"b\\"', nonce: 'n', algorithm: 'MD5' });
  assert.equal(m.challenge.stale, true);
  assert.equal(m.challenge.proxy, true);
  assert.deepEqual(oddities(m), []);
});

test('the first Digest counts, else the first', () => {
  const m = read(
    request({ Authorization: 'Basic YTpi', 'Proxy-Authorization': CREDENTIALS, authorization: CREDENTIALS.replace('bob', 'eve') }),
  );
  assert.equal(m.credentials.digest, true);
  assert.equal(m.credentials.proxy, true);
  assert.equal(str(m, m.credentials.username), 'bob');
  assert.deepEqual(oddities(m), ['auth-scheme-unknown', 'auth-scheme-unknown'].slice(0, 1));
  const basic = read(request({ Authorization: 'Basic YTpi', authorization: 'Bearer x' }));
  assert.equal(basic.credentials.digest, false);
  assert.equal(str(basic, basic.credentials.span), 'Basic YTpi');
});

test('the next message shows nothing of it', () => {
  const m = read(request({ Authorization: CREDENTIALS }));
  assert.ok(m.credentials.span.start > 0);
  assert.equal(read(request()).credentials.span.start, -1);
});

describe('what is odd', () => {
  const credentials = (value: string): SipMessage => read(request({ Authorization: value }));

  test('missing parameters', () => {
    assert.deepEqual(faults(credentials(CREDENTIALS.replace(/, uri="[^"]*"/, ''))), ['digest-incomplete']);
    assert.deepEqual(faults(credentials(CREDENTIALS.replace('realm', 'relm'))), ['digest-incomplete']);
    const challenge = read(
      request({ 'Max-Forwards': undefined, CSeq: '1 REGISTER', 'WWW-Authenticate': 'Digest realm="r"' }, 'SIP/2.0 401 Unauthorized'),
    );
    assert.deepEqual(faults(challenge), ['digest-incomplete']);
  });

  test('a response that is none', () => {
    assert.deepEqual(faults(credentials(CREDENTIALS.replace(RESPONSE, `${RESPONSE}${RESPONSE}`))), []);
    assert.deepEqual(faults(credentials(CREDENTIALS.replace(RESPONSE, RESPONSE.replace('f', 'g')))), ['digest-response-bad']);
    assert.deepEqual(faults(credentials(CREDENTIALS.replace(RESPONSE, 'abc'))), ['digest-response-bad']);
  });

  test('a user name that aims at a database', () => {
    for (const name of ["a' or 1=1", "x';drop", "admin'--", 'a\\" or \\"']) {
      assert.deepEqual(faults(credentials(CREDENTIALS.replace('bob', name))), ['sql-injection'], name);
    }
    for (const name of ["o'brien", 'a b', 'a--b', 'alice@example.com'])
      assert.deepEqual(faults(credentials(CREDENTIALS.replace('bob', name))), [], name);
  });

  test('no parameters, no values, no end', () => {
    assert.deepEqual(faults(credentials(`${CREDENTIALS}, =x, y z, w`)), ['digest-bad']);
    const open = credentials(`${CREDENTIALS}, opaque="x`);
    assert.deepEqual(faults(open), ['quote-unterminated']);
    assert.equal(str(open, open.credentials.opaque), 'x');
  });
});
