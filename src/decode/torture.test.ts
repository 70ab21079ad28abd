/**
 * RFC 4475 and RFC 5118: valid messages are read in full and show no fault, invalid ones show the fault that the RFC
 * describes and no other.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { faults, oddities, read, str } from '../../test/messages.ts';
import { shared } from '../../test/peers.ts';
import { REBUILT } from '../../test/torture.ts';
import { decodeEscapes, inspect, paramOf, valuesOf } from './inspect.ts';
import { METHODS, type SipMessage } from './message.ts';
import type { OddityName } from './oddities.ts';

interface Case {
  /** Faults it must show; none: the RFC calls it valid, or wrong for a reason that is not in its syntax. */
  readonly faults: readonly OddityName[];
  /** Faults that only `inspect` sees: in values that the eager pass counts and does not read. */
  readonly deep?: readonly OddityName[];
  /** Oddities of grade note it must show too. */
  readonly notes?: readonly OddityName[];
  readonly check: (m: SipMessage) => void;
}

/** Method or status, Call-ID, CSeq number, user@host of From and To. */
function is(m: SipMessage, start: string | number, callId: string, cseq: number, from: string, to: string): void {
  assert.equal(m.isRequest ? str(m, m.methodSpan) : m.status, start);
  assert.equal(str(m, m.callId), callId);
  assert.equal(m.cseq, cseq);
  assert.equal(`${str(m, m.from.uri.user)}@${str(m, m.from.uri.host)}`, from);
  assert.equal(`${str(m, m.to.uri.user)}@${str(m, m.to.uri.host)}`, to);
}

const CASES: Readonly<Record<string, Case>> = {
  wsinv: {
    faults: [],
    notes: ['header-folded', 'branch-no-cookie'],
    check: (m) => {
      is(m, 'INVITE', 'wsinv.ndaksdj@192.0.2.1', 9, 'jdrosen@example.com', 'vivekg@chair-dnrc.example.com');
      assert.equal(str(m, m.uri.params), 'unknownparam');
      assert.equal(str(m, m.from.display), '"J Rosenberg \\\\\\""');
      assert.equal(str(m, m.to.tag), '1918181833n');
      assert.equal(str(m, m.from.tag), '98asjd8');
      assert.equal(m.maxForwards, 68);
      assert.equal(m.contentLength, 150);
      const read = inspect(m);
      const vias = valuesOf(read, 'Via');
      assert.deepEqual(
        vias.map((v) => v.host),
        ['192.0.2.2', 'spindle.example.com', '192.168.255.111'],
      );
      assert.deepEqual(
        vias.map((v) => paramOf(v, 'branch')),
        ['390skdjuw', 'z9hG4bK9ikj8', 'z9hG4bK30239'],
      );
      assert.equal(m.viaCount, 3);
      assert.deepEqual(
        valuesOf(read, 'Route').map((v) => v.uri?.host),
        ['services.example.com'],
      );
      assert.deepEqual(
        valuesOf(read, 'Route')[0]?.uri?.params.map((p) => p.name),
        ['lr', 'unknownwith', 'unknown-no-value'],
      );
      assert.equal(valuesOf(read, 'Contact')[0]?.display, 'Quoted string ""');
      assert.equal(valuesOf(read, 'Contact')[0]?.uri?.user, 'jdrosen');
      assert.equal(m.body.end - m.body.start, 150);
    },
  },
  intmeth: {
    faults: [],
    notes: ['method-unknown', 'method-long', 'uri-password'],
    check: (m) => {
      assert.equal(str(m, m.methodSpan), "!interesting-Method0123456789_*+`.%indeed'~");
      assert.equal(m.method, 0);
      assert.equal(str(m, m.uri.user), "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
      assert.equal(str(m, m.uri.password), "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
      assert.equal(str(m, m.uri.host), 'example.com');
      assert.equal(str(m, m.from.display), "token1~` token2'+_ token3*%!.-");
      assert.equal(str(m, m.from.tag), "_token~1'+`*%!-.");
      assert.equal(m.maxForwards, 255);
      assert.equal(inspect(m).headers.at(-2)?.name, "extensionHeader-!.%*_+`'~");
    },
  },
  esc01: {
    faults: [],
    check: (m) => {
      is(m, 'INVITE', 'esc01.239409asdfakjkn23onasd0-3234', 234234, 'I%20have%20spaces@example.net', '%75se%72@example.com');
      assert.equal(decodeEscapes(str(m, m.uri.user)), 'sips:user@example.com');
      assert.equal(decodeEscapes(str(m, m.to.uri.user)), 'user');
      assert.equal(decodeEscapes(str(m, m.from.uri.user)), 'I have spaces');
    },
  },
  escnull: {
    faults: [],
    notes: ['escape-nul'],
    check: (m) => {
      is(m, 'REGISTER', 'escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd', 14398234, 'null-%00-null@example.com', 'null-%00-null@example.com');
      assert.equal(m.contactCount, 2);
      assert.deepEqual(
        valuesOf(inspect(m), 'Contact').map((v) => v.uri?.user),
        ['%00', '%00%00'],
      );
    },
  },
  esc02: {
    faults: [],
    check: (m) => {
      assert.equal(str(m, m.methodSpan), 'RE%47IST%45R');
      assert.equal(m.method, 0, 'escapes in methods mean nothing');
      assert.equal(str(m, m.to.display), '"%Z%45"');
    },
  },
  lwsdisp: {
    faults: [],
    check: (m) => {
      is(m, 'OPTIONS', 'lwsdisp.1234abcd@funky.example.com', 60, 'caller@example.com', 'user@example.com');
      assert.equal(str(m, m.from.display), 'caller');
    },
  },
  longreq: {
    faults: [],
    notes: ['call-id-long', 'address-long', 'header-name-long', 'tag-long'],
    check: (m) => {
      assert.equal(str(m, m.from.uri.host), 'example.net');
      assert.equal(m.to.uri.port, 6000);
    },
  },
  dblreq: {
    faults: [],
    notes: ['several-messages'],
    check: (m) => {
      assert.equal(METHODS[m.method], 'REGISTER');
      assert.equal(m.end, m.body.end);
      assert.equal(m.body.end - m.body.start, 0);
    },
  },
  semiuri: {
    faults: [],
    check: (m) => {
      is(m, 'OPTIONS', 'semiuri.0ha0isndaksdj', 8, 'caller@example.org', 'j_user@example.com');
      assert.equal(str(m, m.uri.user), 'user;par=u%40example.net');
      assert.equal(str(m, m.uri.host), 'example.com');
    },
  },
  transports: {
    faults: [],
    check: (m) => {
      assert.equal(m.viaCount, 5);
      assert.deepEqual(
        valuesOf(inspect(m), 'Via').map((v) => v.word),
        ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'],
      );
      assert.ok(inspect(m).oddities.some((o) => o.name === 'via-transport-unknown' && o.grade === 'note'));
    },
  },
  mpart01: {
    faults: [],
    check: (m) => {
      assert.equal(paramOf(valuesOf(inspect(m), 'Content-Type')[0]!, 'boundary'), '7a9cbec02ceef655');
      assert.equal(m.body.end - m.body.start, m.contentLength);
    },
  },
  unreason: {
    faults: [],
    check: (m) => {
      is(m, 200, 'unreason.1234ksdfak3j2erwedfsASdf', 35, 'user@example.com', 'user@example.edu');
      assert.match(str(m, m.reason), /^= 2\*\*3 \* 5\*\*2 /);
      assert.equal(m.body.end - m.body.start, m.contentLength);
    },
  },
  noreason: {
    faults: [],
    check: (m) => {
      is(m, 100, 'noreason.asndj203insdf99223ndf', 35, 'user@example.com', 'user@example.edu');
      assert.equal(str(m, m.reason), '');
    },
  },
  badinv01: { faults: ['parameter-empty', 'value-empty'], deep: ['via-bad'], check: (m) => assert.equal(str(m, m.via.host), '192.0.2.15') },
  clerr: { faults: ['content-length-larger'], check: (m) => assert.equal(str(m, m.body), 'v=0\r\n') },
  ncl: { faults: ['content-length-bad'], check: (m) => assert.equal(m.contentLength, -2) },
  scalar02: {
    faults: ['cseq-too-large', 'expires-too-large', 'max-forwards-bad'],
    check: (m) => {
      assert.equal(m.cseq, -1);
      assert.equal(METHODS[m.cseqMethod], 'REGISTER');
      assert.equal(m.maxForwards, -2);
      assert.equal(m.expires, 2147483647);
      assert.equal(m.contact.expires, 2147483647);
      assert.equal(oddities(m).filter((name) => name === 'expires-too-large').length, 2);
    },
  },
  scalarlg: {
    faults: ['cseq-too-large', 'expires-too-large', 'warning-bad'],
    check: (m) => assert.equal(m.status, 503),
  },
  quotbal: { faults: ['quote-unterminated'], check: (m) => assert.equal(str(m, m.to.uri.span), 'sip:j.user@example.com') },
  ltgtruri: { faults: ['request-uri-brackets'], check: (m) => assert.equal(str(m, m.uri.span), 'sip:user@example.com') },
  lwsruri: { faults: ['request-uri-spaces'], check: (m) => assert.equal(str(m, m.uri.span), 'sip:user@example.com; lr') },
  lwsstart: { faults: ['start-line-spaces'], check: (m) => assert.equal(str(m, m.uri.span), 'sip:user@example.com') },
  trws: { faults: ['start-line-trailing-space'], check: (m) => assert.equal(str(m, m.uri.user), 'remote-target') },
  escruri: { faults: ['request-uri-headers'], check: (m) => assert.equal(str(m, m.uri.headers), 'Route=%3Csip:example.com%3E') },
  baddate: { faults: ['date-bad'], check: (m) => assert.equal(str(m, m.callId), 'baddate.239423mnsadf3j23lj42--sedfnm234') },
  regbadct: {
    faults: ['address-unbracketed'],
    notes: ['contact-headers'],
    check: (m) => assert.equal(str(m, m.contact.uri.host), 'example.com'),
  },
  badaspec: { faults: ['address-spaces'], check: (m) => assert.equal(str(m, m.to.uri.span), 'sip:t.watson@example.org') },
  baddn: {
    faults: ['display-name-unquoted'],
    check: (m) => {
      assert.equal(str(m, m.from.display), 'Bell, Alexander');
      assert.equal(str(m, m.from.uri.user), 'a.g.bell');
    },
  },
  badvers: { faults: ['version-unknown', 'via-version'], check: (m) => assert.equal(METHODS[m.method], 'OPTIONS') },
  mismatch01: { faults: ['cseq-mismatch'], check: (m) => assert.equal(METHODS[m.cseqMethod], 'INVITE') },
  mismatch02: { faults: ['cseq-mismatch'], notes: ['method-unknown'], check: (m) => assert.equal(METHODS[m.cseqMethod], 'INVITE') },
  bigcode: { faults: ['status-bad'], check: (m) => assert.equal(m.status, 0) },
  badbranch: { faults: ['branch-empty'], check: (m) => assert.equal(str(m, m.via.branch), 'z9hG4bK') },
  insuf: {
    faults: ['missing-call-id', 'missing-from', 'missing-to'],
    notes: ['missing-max-forwards'],
    check: (m) => assert.equal(m.callId.start, -1),
  },
  unkscm: { faults: [], notes: ['uri-scheme-unknown'], check: (m) => assert.equal(inspect(m).uri?.scheme, 'nobodyKnowsThisScheme') },
  novelsc: { faults: [], notes: ['uri-scheme-unknown'], check: (m) => assert.equal(inspect(m).uri?.scheme, 'soap.beep') },
  unksm2: { faults: [], notes: ['uri-scheme-unknown'], check: (m) => assert.equal(str(m, m.to.uri.span), 'isbn:2983792873') },
  bext01: {
    faults: [],
    check: (m) =>
      assert.deepEqual(
        valuesOf(inspect(m), 'Require').map((v) => v.word),
        ['nothingSupportsThis', 'nothingSupportsThisEither'],
      ),
  },
  invut: { faults: [], check: (m) => assert.equal(str(m, m.contentType), 'application/unknownformat') },
  regaut01: {
    faults: [],
    notes: ['auth-scheme-unknown'],
    check: (m) => {
      assert.equal(m.credentials.digest, false);
      assert.equal(valuesOf(inspect(m), 'Authorization')[0]?.word, 'NoOneKnowsThisScheme');
    },
  },
  multi01: {
    faults: ['header-duplicate'],
    check: (m) => {
      is(m, 'INVITE', 'multi01.98asdh@192.0.2.1', 5, 'caller@example.com', 'user@example.com');
      assert.equal(m.maxForwards, 70);
      assert.equal(oddities(m).filter((name) => name === 'header-duplicate').length, 5);
    },
  },
  mcl01: {
    faults: ['content-length-conflict', 'header-duplicate'],
    notes: ['bytes-after-body'],
    check: (m) => assert.equal(m.contentLength, 13),
  },
  bcast: { faults: [], deep: ['via-broadcast'], check: (m) => assert.equal(m.viaCount, 2) },
  zeromf: { faults: [], check: (m) => assert.equal(m.maxForwards, 0) },
  cparam01: {
    faults: [],
    check: (m) => {
      assert.equal(str(m, m.contact.uri.user), '+19725552222');
      assert.equal(str(m, m.contact.params), 'unknownparam');
    },
  },
  cparam02: { faults: [], check: (m) => assert.equal(str(m, m.contact.uri.params), 'unknownparam') },
  regescrt: {
    faults: [],
    notes: ['contact-headers'],
    check: (m) => assert.equal(decodeEscapes(str(m, m.contact.uri.headers)), 'Route=<sip:sip.example.com>'),
  },
  sdp01: { faults: [], check: (m) => assert.equal(str(m, m.contentType), 'application/sdp') },
  inv2543: {
    faults: [],
    notes: ['branch-missing', 'missing-max-forwards', 'tag-missing', 'missing-contact'],
    check: (m) => {
      is(m, 'INVITE', 'inv2543.1717@ift.client.example.com', 56, '+13035551111@ift.client.example.net', '+16505552222@ss1.example.net');
      assert.equal(m.contentLength, -1);
      assert.ok(m.body.end > m.body.start);
    },
  },
  // RFC 5118
  'ipv6-good': { faults: [], check: (m) => assert.equal(str(m, m.uri.host), '[2001:db8::10]') },
  'ipv6-bad': { faults: ['ipv6-unbracketed'], check: (m) => assert.equal(m.uri.port, -2) },
  'port-ambiguous': {
    faults: [],
    check: (m) => {
      assert.equal(str(m, m.uri.host), '[2001:db8::10:5070]');
      assert.equal(m.uri.port, -1);
    },
  },
  'port-unambiguous': {
    faults: [],
    check: (m) => {
      assert.equal(str(m, m.uri.host), '[2001:db8::10]');
      assert.equal(m.uri.port, 5070);
    },
  },
  'via-received-param-with-delim': { faults: [], check: (m) => assert.equal(str(m, m.via.received), '[2001:db8::9:255]') },
  'via-received-param-no-delim': { faults: [], check: (m) => assert.equal(str(m, m.via.received), '2001:db8::9:255') },
  'ipv6-in-sdp': { faults: [], check: (m) => assert.equal(str(m, m.uri.host), '[2001:db8::10]') },
  'mult-ip-in-header': {
    faults: [],
    check: (m) =>
      assert.deepEqual(
        valuesOf(inspect(m), 'Via').map((v) => v.port),
        [6050, -1, -1],
      ),
  },
  'mult-ip-in-sdp': { faults: [], check: (m) => assert.equal(str(m, m.contact.uri.host), '[2001:db8::9:1]') },
  'ipv4-mapped-ipv6': { faults: [], check: (m) => assert.match(str(m, m.body), /::ffff:192\.0\.2\.10/) },
  'ipv6-correct-abnf-2-colons': { faults: [], check: (m) => assert.equal(str(m, m.uri.host), '[2001:db8::192.0.2.1]') },
  'ipv6-bug-abnf-3-colons': {
    faults: [],
    notes: ['ipv6-three-colons'],
    check: (m) => assert.equal(str(m, m.uri.host), '[2001:db8:::192.0.2.1]'),
  },
};

const corpus = shared('captures/poroh__ersip/test/message');

/** The message of that name: the bytes of the RFC if they are at hand, else rebuilt. */
function messageOf(name: string): Uint8Array | undefined {
  for (const path of [join(corpus.path, 'rfc4475', `${name}.dat`), join(corpus.path, 'rfc5118', name)]) {
    if (existsSync(path)) return readFileSync(path);
  }
  return REBUILT[name];
}

describe('torture messages', () => {
  for (const [name, { faults: expected, deep = [], notes = [], check }] of Object.entries(CASES)) {
    const bytes = messageOf(name);
    test(name, { skip: bytes === undefined && corpus.skip }, () => {
      const m = read(bytes!);
      assert.deepEqual(faults(m), expected);
      for (const note of notes) assert.ok(oddities(m).includes(note), `${note} among ${oddities(m).join(', ')}`);
      check(m);
      const seen = inspect(m).oddities.filter((o) => o.grade !== 'note');
      assert.deepEqual([...new Set(seen.map((o) => o.name))].sort(), [...expected, ...deep].sort());
    });
  }

  test('every message of the corpus has its row', { skip: corpus.skip }, () => {
    const names = [...readdirSync(join(corpus.path, 'rfc4475')), ...readdirSync(join(corpus.path, 'rfc5118'))].map((file) =>
      file.replace('.dat', ''),
    );
    assert.deepEqual(
      names.filter((name) => CASES[name] === undefined),
      [],
    );
    assert.ok(names.length >= 36);
  });
});
