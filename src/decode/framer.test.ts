import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  BAD,
  createFraming,
  DONE,
  type Framing,
  findStartLine,
  frameSip,
  MAX_MESSAGE,
  MORE,
  mayBeSip,
  resetFraming,
  skipKeepAlive,
} from './framer.ts';

const HEAD = 'MESSAGE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n';

function frame(text: string): { verdict: number; total: number } {
  const bytes = Buffer.from(text, 'latin1');
  const framing = createFraming();
  return { verdict: frameSip(framing, bytes, 0, bytes.length), total: framing.total };
}

/** Length of the one message at the front of `text`. */
function whole(text: string): number {
  const { verdict, total } = frame(text);
  assert.equal(verdict, DONE, text);
  return total;
}

describe('frameSip', () => {
  test('a message ends where its Content-Length says', () => {
    const head = `${HEAD}Content-Length: 3\r\n\r\n`;
    assert.equal(whole(`${head}abcdef`), head.length + 3);
    assert.equal(frame(`${head}ab`).verdict, MORE);
  });

  test('every way to write the header', () => {
    for (const header of ['l: 3', 'L:3', 'content-length :  3', 'CONTENT-LENGTH\t:\t3', 'Content-Length: 0003 ']) {
      assert.equal(whole(`${HEAD}${header}\r\n\r\nabc`), HEAD.length + header.length + 7, header);
    }
    assert.equal(whole(`${HEAD.replaceAll('\r', '')}l: 3\n\nabc`), HEAD.length - 2 + 6 + 3);
  });

  test('without a length that can be believed, the head is the message', () => {
    for (const header of [
      'Content-Length: x',
      'Content-Length:',
      'l',
      'Content-Type: 5',
      'Contact: <sip:a>',
      'Lx: 5',
      'l: -1',
      `l: ${MAX_MESSAGE}`,
      'l: 99999999999999',
    ]) {
      assert.equal(whole(`${HEAD}${header}\r\n\r\nabc`), HEAD.length + header.length + 4, header);
    }
  });

  test('the first of several lengths counts', () => {
    const head = `${HEAD}l: 2\r\nContent-Length: 9\r\n\r\n`;
    assert.equal(whole(`${head}abc`), head.length + 2);
  });

  test('what does not begin with a start line is bad, at the end of its line or after a while', () => {
    assert.equal(frame('GET / HTTP/1.1\r\n').verdict, BAD);
    assert.equal(frame('GET / HTTP/1.1').verdict, MORE);
    assert.equal(frame(`GET /${'x'.repeat(600)}`).verdict, BAD);
    assert.equal(frame(`INVITE sip:${'x'.repeat(600)}`).verdict, MORE);
  });

  test('a head without end is bad', () => {
    assert.equal(frame(HEAD + 'x'.repeat(MAX_MESSAGE)).verdict, BAD);
    assert.equal(frame(`${HEAD}${'x: y\r\n'.repeat(12_000)}`).verdict, BAD);
  });

  test('byte by byte it says the same, and looks at no byte twice', () => {
    const bytes = Buffer.from(`${HEAD}Content-Length: 3\r\n\r\nabc`);
    const framing = createFraming();
    for (let end = 0; end < bytes.length; end++) {
      assert.equal(frameSip(framing, bytes, 0, end), MORE);
      assert.equal(framing.scanned, Math.min(end, bytes.length - 3));
    }
    assert.equal(frameSip(framing, bytes, 0, bytes.length), DONE);
    resetFraming(framing);
    assert.deepEqual(framing, createFraming());
  });
});

test('keep-alives are skipped', () => {
  const bytes = Buffer.from('\r\n\r\nx');
  assert.equal(skipKeepAlive(bytes, 0, 5), 4);
  assert.equal(skipKeepAlive(bytes, 0, 3), 3);
});

test('the next start line', () => {
  const bytes = Buffer.from('junk INVITE sip:a SIP/2.0\r\nmore\r\nSIP/2.0 200 OK\r\n');
  assert.equal(findStartLine(bytes, 0, bytes.length), bytes.indexOf('SIP/2.0 200'));
  assert.equal(findStartLine(bytes, 0, 30), -1);
});

test('what may be the beginning of SIP', () => {
  const may = (s: string): boolean => mayBeSip(Buffer.from(s), 0, s.length);
  for (const s of ['INVITE sip:a SIP/2.0\r\n', '\r\n\r\nSIP/2.0 200 OK', 'I', 'REGISTER si', 'SIP/2', 'FOO sip:a SIP/2.0\r\n'])
    assert.ok(may(s), s);
  for (const s of ['', '\r\n', 'GET / HTTP/1.1\r\n', 'INVITX', '\x16\x03\x01', 'HTTP/1.1 200 OK\r\n', 'MESSAGE http://x HTTP/1.1'])
    assert.ok(!may(s), s);
});

test('whatever the bytes and the cuts, the verdict does not depend on the cuts', () => {
  const part = fc.oneof(
    fc.constantFrom(HEAD, 'l: 4\r\n', '\r\n', '\n', 'Content-Length', ': 5', 'SIP/2.0 200 OK\r\n', 'x'),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(200), { maxLength: 8 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      const at = createFraming();
      const once = frameSip(at, bytes, 0, bytes.length);
      const stepwise: Framing = createFraming();
      let verdict = MORE;
      for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
        verdict = frameSip(stepwise, bytes, 0, Math.min(cut, bytes.length));
        if (verdict === BAD || stepwise.total > 0) break;
      }
      assert.equal(stepwise.total, at.total);
      if (verdict === BAD) assert.equal(once, BAD);
      assert.ok(at.total <= MAX_MESSAGE);
    }),
    { numRuns: 300 },
  );
});
