import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oddities, raw, read, request, str } from '../../test/messages.ts';
import { SCHEMES } from './message.ts';
import { createMessage } from './sip.ts';
import { createUri, hostEnd, ipv6Problem, parseUri } from './uri.ts';

/** scheme, user, password, host, port, params, headers of a URI in To, and its oddities. */
function parts(uri: string): string {
  const m = read(request({ To: `<${uri}>` }));
  const view = m.to.uri;
  assert.equal(str(m, view.span), uri);
  const pieces = [view.user, view.password, view.host].map((span) => (span.start < 0 ? '-' : str(m, span)));
  const rest = [view.params, view.headers].map((span) => (span.start < 0 ? '-' : str(m, span)));
  return [SCHEMES[view.scheme], ...pieces, view.port, ...rest].join(' ') + (m.oddityCount > 0 ? ` (${oddities(m).join(', ')})` : '');
}

describe('the parts of a URI', () => {
  const cases: Record<string, string> = {
    'sip:alice@example.com': 'sip alice - example.com -1 - -',
    'sip:example.com': 'sip - - example.com -1 - -',
    'sip:10.0.0.1:5062;lr': 'sip - - 10.0.0.1 5062 lr -',
    'SIPS:alice@example.com:5061': 'sips alice - example.com 5061 - -',
    'sip:alice:pw@example.com;transport=tcp?subject=hi&priority=x':
      'sip alice pw example.com -1 transport=tcp subject=hi&priority=x (uri-password)',
    'sip:+49-30;ext=7@gw.example.com;user=phone': 'sip +49-30;ext=7 - gw.example.com -1 user=phone -',
    'sip:a?b/c&d@h': 'sip a?b/c&d - h -1 - -',
    'sip:a@[2001:db8::1]:5060;x': 'sip a - [2001:db8::1] 5060 x -',
    'sip:a@[::ffff:192.0.2.1]': 'sip a - [::ffff:192.0.2.1] -1 - -',
    'sip:a@[fe80::1%25eth0]': 'sip a - [fe80::1%25eth0] -1 - -',
    'sip:host?to=x': 'sip - - host -1 - to=x',
    'tel:+1-201-555-0123;phone-context=example.com': 'tel +1-201-555-0123 - - -1 phone-context=example.com -',
    'tel:*#06': 'tel *#06 - - -1 - -',
    'tel:7042?x': 'tel 7042 - - -1 - x',
    'tel:': 'tel  - - -1 - - (tel-bad)',
    'mailto:alice@example.com': ' alice - example.com -1 - - (uri-scheme-unknown)',
    'soap.beep://192.0.2.103:3002': ' - - - -1 - - (uri-scheme-unknown)',
    'alice@example.com:5060': ' alice - example.com -1 - - (uri-no-scheme)',
    '192.0.2.1': ' - - - -1 - - (uri-no-scheme)',
    'sip:': 'sip - -  -1 - - (uri-host-empty)',
    'sip:a@h:': 'sip a - h -2 - - (uri-port-bad)',
    'sip:a@h:99999': 'sip a - h -2 - - (uri-port-bad)',
    'sip:a@h:123456': 'sip a - h -2 - - (uri-port-bad)',
    'sip:a@2001:db8::7': 'sip a - 2001 -2 - - (ipv6-unbracketed)',
    'sip:a@[2001:db8': 'sip a - [2001:db8 -1 - - (ipv6-bad)',
    'sip:a@[::1]x': 'sip a - [::1]x -1 - - (ipv6-bad)',
    'sip::pw@h': 'sip  pw h -1 - - (uri-password, uri-user-empty)',
    'sip:a@h;x=%zz': 'sip a - h -1 x=%zz - (escape-bad)',
    'sip:a%4': 'sip - - a%4 -1 - - (uri-host-bad)',
    'sip:a%4@h': 'sip a%4 - h -1 - - (escape-bad)',
    'sip:a@h;x=y@z': 'sip a - h -1 x=y@z - (uri-two-ats)',
    'sip:a"b@h': 'sip a"b - h -1 - - (uri-byte-bad)',
    'sipx:a@h': ' a - h -1 - - (uri-scheme-unknown)',
    'te:a': ' - - - -1 - - (uri-scheme-unknown)',
  };
  for (const [uri, expected] of Object.entries(cases)) {
    test(uri, () => assert.equal(parts(uri), expected));
  }
});

test('a user in UTF-8 is read, and each byte that must be escaped is odd', () => {
  const m = read(request({ To: '<sip:caf\xc3\xa9@h>' }));
  assert.equal(str(m, m.to.uri.user), 'café');
  assert.deepEqual(oddities(m), ['uri-byte-bad', 'uri-byte-bad']);
});

test('the short way and the tolerant one', () => {
  const m = createMessage();
  for (const uri of ['sip:alice@example.com', 'sip:h', 'sip:h:5060', 'sip:a@h:65535;x=y;z', 'sip:a&b=c@1.2.3.4;lr']) {
    const plain = read(request({ To: `<${uri}>` }));
    const tolerant = createUri();
    parseUri(m, plain.bytes, plain.to.uri.span.start, plain.to.uri.span.end, tolerant);
    assert.equal(m.oddityCount, 0);
    assert.deepEqual(plain.to.uri, tolerant, uri);
  }
});

test('IPv6 addresses (RFC 4291 §2.2)', () => {
  const problem = (s: string): number => ipv6Problem(raw(s), 0, s.length);
  for (const good of [
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '1:2:3:4:5:6:7:8',
    '::ffff:192.0.2.1',
    '64:ff9b::192.0.2.33',
    '1:2:3:4:5:6:192.0.2.1',
    'fe80::1%eth0',
    '1::8',
  ]) {
    assert.equal(problem(good), 0, good);
  }
  for (const bad of [
    '',
    ':',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    ':1::2',
    '1:',
    '::12345',
    '::1.2.3',
    '::1.2.3.256',
    'g::',
    '1:2:3:4:5:6:7:192.0.2.1',
    '::1:',
    '192.0.2.1',
    '::192.0.2.01',
    '1:::2::3',
    '1::::2',
    `:::${'0'.repeat(60)}`,
  ]) {
    assert.equal(problem(bad), 1, bad);
  }
  for (const slip of ['2001:db8:::1', ':::', 'fe80:::1%eth0', '1111:2222:3333:4444:5555:::255.255.255.255'])
    assert.equal(problem(slip), 2, slip);
});

test('where a host ends', () => {
  assert.equal(hostEnd(raw('[::1]:5060'), 0, 10), 5);
  assert.equal(hostEnd(raw('host;lr'), 0, 7), 4);
  assert.equal(hostEnd(raw('host'), 0, 4), 4);
});
