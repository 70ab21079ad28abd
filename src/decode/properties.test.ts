/** What holds for all bytes: nothing throws, spans lie inside the message, the result is a function of the bytes alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { lines, raw, request } from '../../test/messages.ts';
import type { Span } from '../types.ts';
import { readTag } from './guess.ts';
import { inspect } from './inspect.ts';
import { HEADER_STRIDE, type SipMessage } from './message.ts';
import { MAX_ODDITIES } from './oddities.ts';
import { createRtcp, createRtp, parseRtcp, parseRtp } from './rtp/rtp.ts';
import { createMessage, parseSip } from './sip.ts';
import { RTCP, RTP, SIP, sniff } from './sniff.ts';

const RUNS = { numRuns: 3000 };

/** Pieces that headers are made of, right and wrong, so that random messages go deep. */
const PIECES = [
  'sip:',
  'sips:',
  'tel:+49',
  'http://',
  'bob',
  'alice@',
  'example.com',
  '192.0.2.1',
  '[2001:db8::1]',
  '2001:db8::1',
  ':5060',
  ':99999',
  ';',
  ',',
  '?',
  '=',
  '"',
  '\\',
  '<',
  '>',
  '%41',
  '%00',
  '%g',
  ' ',
  '\t',
  '\r\n ',
  '\n',
  '\r',
  '\0',
  '\x7f',
  '\xff',
  '\xc3\xa4',
  ';tag=',
  'x1',
  ';branch=z9hG4bK',
  'k2',
  ';rport',
  ';received=',
  ';expires=',
  '3600',
  '1 INVITE',
  '2 OPTIONS',
  'INVITE',
  'SIP/2.0/UDP ',
  'SIP/2.0',
  'Digest ',
  'username=',
  'realm="r"',
  ', ',
  'nonce=',
  '*',
  'Sat, 13 Nov 2010 23:29:00 GMT',
  '4294967296',
  '-1',
  '@',
  '255.255.255.255',
];
const NAMES = [
  'Via',
  'v',
  'From',
  'f',
  'To',
  'T',
  'Call-ID',
  'i',
  'CSeq',
  'Contact',
  'm',
  'Max-Forwards',
  'Expires',
  'Content-Length',
  'l',
  'Content-Type',
  'User-Agent',
  'Server',
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'Date',
  'Warning',
  'Retry-After',
  'RSeq',
  'Route',
  'Session-Expires',
  'X-Other',
  'Supported',
  'bad name',
  '',
];
const value = fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((parts) => parts.join(''));
const usual = fc.constantFrom(
  'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK77',
  'From: "A" <sip:a@example.org>;tag=1',
  'To: <sip:b@example.com:5062;user=phone>',
  'Call-ID: 1@h',
  'CSeq: 1 INVITE',
  'Contact: Bob <sip:b@192.0.2.2>',
  'Max-Forwards: 70',
  'Content-Length: 0',
  'Expires: 60',
);
const header = fc.oneof(
  usual,
  fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(': ', ':', ' : '), value).map((parts) => parts.join('')),
);
const startLine = fc.oneof(
  fc.constantFrom(
    'INVITE sip:bob@example.com SIP/2.0',
    'SIP/2.0 200 OK',
    'REGISTER sip:example.com SIP/2.0',
    'sip/2.0 99',
    'FOO  x SIP/3.0',
  ),
  value.map((v) => `OPTIONS sip:${v} SIP/2.0`),
);
const tail = fc.constantFrom('', '\r\n', '\r\n\r\n', '\r\nbody', '\n\nbody', 'INVITE sip:x SIP/2.0\r\n', '\r');
const message = fc
  .tuple(startLine, fc.array(header, { maxLength: 12 }), tail)
  .map(([start, headers, end]) => raw(lines(start, ...headers) + end));
/** A right message with some bytes changed. */
const mutated = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }).map((changes) => {
  const bytes = raw(request({}, 'INVITE sip:bob@example.com SIP/2.0', 'v=0\r\n'));
  for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
  return bytes;
});
const anything = fc.oneof(message, mutated, fc.uint8Array({ maxLength: 200 }));

/** `%HaveSameMap`: natives are a flag of V8, set before the function that uses one is compiled at its first call. */
function nativeHaveSameMap(): (a: object, b: object) => boolean {
  setFlagsFromString('--allow-natives-syntax');
  const compiled: unknown = runInThisContext('(a, b) => %HaveSameMap(a, b)');
  assert.ok(typeof compiled === 'function');
  return (a, b) => compiled(a, b) === true;
}

const haveSameMap = nativeHaveSameMap();

/** All spans of the message, by path. */
function spans(object: object, path = ''): [string, Span][] {
  return Object.entries(object).flatMap(([key, part]: [string, unknown]): [string, Span][] => {
    if (key === 'bytes' || key === 'oddities' || key === 'headers' || typeof part !== 'object' || part === null) return [];
    if ('start' in part && 'end' in part && typeof part.start === 'number' && typeof part.end === 'number') {
      return [[`${path}${key}`, { start: part.start, end: part.end }]];
    }
    return spans(part, `${path}${key}.`);
  });
}

/** Everything a message says, with positions counted from `base`. */
function story(m: SipMessage, base: number): unknown {
  const moved = (n: number): number => (n < 0 ? n : n - base);
  const numbers = Object.entries(m).filter(([key, part]) => key !== 'start' && key !== 'end' && typeof part !== 'object');
  return {
    numbers,
    parts: [m.uri, m.from, m.to, m.via, m.contact, m.credentials, m.challenge].map((view) =>
      Object.entries(view).filter(([, part]) => typeof part !== 'object'),
    ),
    start: m.start - base,
    end: m.end - base,
    spans: spans(m).map(([path, { start, end }]) => [path, moved(start), moved(end)]),
    headers: [...m.headers.slice(0, m.headerCount * HEADER_STRIDE)].map((n, k) => (k % HEADER_STRIDE === 0 ? n : moved(n))),
    oddities: m.oddities.slice(0, m.oddityCount).map((o) => [o.code, moved(o.start), moved(o.end)]),
  };
}

function checkInside(m: SipMessage, start: number, end: number): void {
  for (const [path, span] of spans(m)) {
    if (span.start < 0) assert.equal(span.end, -1, path);
    else
      assert.ok(span.start >= start && span.start <= span.end && span.end <= end, `${path} ${span.start} ${span.end} in ${start} ${end}`);
  }
  for (let i = 0; i < m.oddityCount; i++) {
    const o = m.oddities[i]!;
    assert.ok(o.start >= start && o.start <= o.end && o.end <= end, `oddity ${o.code} ${o.start} ${o.end}`);
  }
  let last = m.start;
  for (let at = 0; at < m.headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    for (let k = 1; k < HEADER_STRIDE; k++) {
      assert.ok(m.headers[at + k]! >= last && m.headers[at + k]! <= end, 'headers in order');
      last = m.headers[at + k]!;
    }
  }
}

describe('for all bytes', () => {
  test('parseSip returns, and its spans and oddities lie inside', () => {
    const m = createMessage();
    fc.assert(
      fc.property(anything, fc.boolean(), (bytes, truncated) => {
        if (!parseSip(m, bytes, 0, bytes.length, truncated)) return;
        checkInside(m, 0, bytes.length);
        assert.ok(m.oddityCount <= MAX_ODDITIES);
        inspect(m);
      }),
      RUNS,
    );
  });

  test('sniff and parseSip agree', () => {
    const m = createMessage();
    fc.assert(
      fc.property(anything, (bytes) => {
        const kind = sniff(bytes, 0, bytes.length);
        if (kind === SIP) assert.ok(parseSip(m, bytes, 0, bytes.length));
        else if (kind === RTP) assert.ok(parseRtp(bytes, 0, bytes.length, createRtp()));
        else if (kind === RTCP) assert.ok(parseRtcp(bytes, 0, bytes.length, createRtcp()));
      }),
      RUNS,
    );
  });

  test('the result is a function of the bytes: not of where they lie, what lies around them, or what was read before', () => {
    const used = createMessage();
    fc.assert(
      fc.property(anything, anything, fc.nat(99), fc.nat(255), (bytes, before, offset, filler) => {
        const buffer = new Uint8Array(bytes.length + offset + 60).fill(filler);
        buffer.set(bytes, offset);
        parseSip(used, before, 0, before.length);
        const fresh = createMessage();
        const first = parseSip(fresh, bytes, 0, bytes.length);
        assert.equal(parseSip(used, buffer, offset, offset + bytes.length), first);
        if (first) assert.deepEqual(story(used, offset), story(fresh, 0));
      }),
      RUNS,
    );
  });

  test('the short way through usual headers and the tolerant one say the same', () => {
    const short = createMessage();
    const tolerant = createMessage();
    fc.assert(
      fc.property(startLine, fc.array(header, { maxLength: 12 }), (start, headers) => {
        // Without a CR in its last 256 bytes a message is read the tolerant way throughout.
        const head = lines(start, ...headers, '');
        const one = raw(`${head}${'x'.repeat(299)}\r`);
        const other = raw(`${head}${'x'.repeat(300)}`);
        assert.equal(parseSip(short, one, 0, one.length), parseSip(tolerant, other, 0, other.length));
        assert.deepEqual(story(short, 0), story(tolerant, 0));
      }),
      { numRuns: 5000 },
    );
  });

  test('readTag takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        readTag(bytes, { start: 0, end: bytes.length });
      }),
    );
  });

  test('all messages have one hidden class', () => {
    const m = createMessage();
    const other = createMessage();
    const bytes = raw(request({ Authorization: 'Digest username="a"', Contact: '*' }));
    assert.ok(parseSip(m, bytes, 0, bytes.length));
    assert.ok(haveSameMap(m, other), 'message');
    assert.ok(haveSameMap(m.from, other.contact), 'addresses');
    assert.ok(haveSameMap(m.uri, other.to.uri), 'URIs');
    assert.ok(haveSameMap(m.credentials, other.challenge), 'digests');
    assert.ok(haveSameMap(m.callId, other.via.branch), 'spans');
  });
});
