import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, read, request, str } from '../../test/messages.ts';
import * as H from './headers.ts';

function idOf(name: string): number {
  const bytes = raw(`(${name})`);
  return H.headerId(bytes, 1, bytes.length - 1);
}

/** Id of the only header of a line, read as part of a message. */
function idAt(line: string): number {
  const m = read(`OPTIONS sip:h SIP/2.0\r\n${line}\r\nX-Last: 1\r\n\r\n`);
  return m.headers[0]!;
}

test('every name, in any case, by both look-ups', () => {
  for (const [id, { name }] of H.HEADERS.entries()) {
    if (id === 0) continue;
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      assert.equal(idOf(written), id, written);
      assert.equal(H.headerByName(written), id, written);
      assert.equal(idAt(`${written}: value`), id, written);
    }
  }
});

test('names are not found by parts of them, or by bytes that differ from a letter in one bit', () => {
  for (const { name } of H.HEADERS.slice(1)) {
    assert.notEqual(idOf(`${name}x`), idOf(name));
    assert.equal(idOf(`${name}-x`), 0);
    const hyphen = name.indexOf('-');
    if (hyphen < 0) continue;
    const broken = `${name.slice(0, hyphen)}\r${name.slice(hyphen + 1)}`;
    assert.equal(idOf(broken), 0);
    assert.equal(idAt(`${broken}: x`), 0);
  }
  assert.equal(idAt('Max-Forw: 70'), 0, 'cut');
  assert.equal(idAt('Max-Forwards : 70'), H.MAX_FORWARDS, 'white space');
  assert.equal(idOf(''), 0);
  assert.equal(H.headerByName(''), 0);
});

test('compact forms (RFC 3261 §7.3.3 and later RFCs), small and large', () => {
  const compact: Record<string, string> = {
    i: 'Call-ID',
    m: 'Contact',
    e: 'Content-Encoding',
    l: 'Content-Length',
    c: 'Content-Type',
    f: 'From',
    s: 'Subject',
    k: 'Supported',
    t: 'To',
    v: 'Via',
    o: 'Event',
    u: 'Allow-Events',
    r: 'Refer-To',
    b: 'Referred-By',
    x: 'Session-Expires',
    d: 'Request-Disposition',
    a: 'Accept-Contact',
    j: 'Reject-Contact',
    y: 'Identity',
    n: 'Identity-Info',
  };
  for (const [letter, name] of Object.entries(compact)) {
    assert.equal(H.HEADERS[idOf(letter)]!.name, name, letter);
    assert.equal(H.HEADERS[idOf(letter.toUpperCase())]!.name, name, letter);
  }
  for (const other of ['g', 'Z', '1', '@', '[', '{', '`', '\x07']) assert.equal(idOf(other), 0, other);
});

test('constants name their rows', () => {
  const rows: [number, string][] = [
    [H.VIA, 'Via'],
    [H.FROM, 'From'],
    [H.TO, 'To'],
    [H.CALL_ID, 'Call-ID'],
    [H.CSEQ, 'CSeq'],
    [H.MAX_FORWARDS, 'Max-Forwards'],
    [H.CONTACT, 'Contact'],
    [H.EXPIRES, 'Expires'],
    [H.CONTENT_LENGTH, 'Content-Length'],
    [H.CONTENT_TYPE, 'Content-Type'],
    [H.USER_AGENT, 'User-Agent'],
    [H.SERVER, 'Server'],
    [H.AUTHORIZATION, 'Authorization'],
    [H.PROXY_AUTHORIZATION, 'Proxy-Authorization'],
    [H.WWW_AUTHENTICATE, 'WWW-Authenticate'],
    [H.PROXY_AUTHENTICATE, 'Proxy-Authenticate'],
    [H.DATE, 'Date'],
    [H.MIN_EXPIRES, 'Min-Expires'],
    [H.RETRY_AFTER, 'Retry-After'],
    [H.WARNING, 'Warning'],
    [H.RSEQ, 'RSeq'],
    [H.MAX_BREADTH, 'Max-Breadth'],
    [H.SESSION_EXPIRES, 'Session-Expires'],
    [H.MIN_SE, 'Min-SE'],
    [H.FLOW_TIMER, 'Flow-Timer'],
  ];
  for (const [id, name] of rows) assert.equal(H.HEADERS[id]?.name, name);
  assert.equal(H.SINGLE[H.FROM], 1);
  assert.equal(H.SINGLE[H.VIA], 0);
});

test('values by id, in order', () => {
  const m = read(request({ Route: '<sip:p1;lr>', rOUTE: '<sip:p2;lr>', 'X-Mine': 'a' }));
  const route = H.headerByName('Route');
  assert.equal(H.headerLines(m, route), 2);
  assert.equal(str(m, H.headerValue(m, route)!), '<sip:p1;lr>');
  assert.equal(str(m, H.headerValue(m, route, 1)!), '<sip:p2;lr>');
  assert.equal(H.headerValue(m, route, 2), undefined);
  assert.equal(H.headerLines(m, 0), 1);
});
