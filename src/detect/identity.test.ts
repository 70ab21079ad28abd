import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { packetOf, request } from '../../test/talk.ts';
import { readIdentity, sameNumber } from '../decode/identity.ts';

const NOW = 1_700_000_000;
const HEADER = { alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: 'https://cert.example.org/passport.cer' };
const PAYLOAD = {
  attest: 'A',
  dest: { tn: ['12155551213'] },
  iat: NOW,
  orig: { tn: '12155551212' },
  origid: '123e4567-e89b-12d3-a456-426655440000',
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (header: unknown = HEADER, payload: unknown = PAYLOAD): string => `${part(header)}.${part(payload)}.c2lnbmF0dXJl`;
const identity = (t = token(), more = ';info=<https://cert.example.org/passport.cer>;alg=ES256;ppt="shaken"'): string =>
  `Identity: ${t}${more}`;

function called(headers: readonly string[], users: { from?: string; to?: string } = {}, seconds = NOW + 1): Happenings {
  const text = request('INVITE', { user: users.to ?? '12155551213', fromUser: users.from ?? '12155551212', headers });
  return happenings([packetOf(text, seconds * 1e6, '192.0.2.66:5060', '198.51.100.1:5060')]);
}

const misfits = (all: Happenings): string[] => dataOf(all, 'identity.mismatch').map((data) => String(data['what']));

test('an identity that fits', () => {
  const all = called([identity(), 'Date: Tue, 14 Nov 2023 22:13:25 GMT']);
  assert.deepEqual(dataOf(all, 'identity.asserted'), [
    {
      form: 'full',
      attestation: 'A',
      origin: '12155551212',
      destination: '12155551213',
      ppt: 'shaken',
      alg: 'ES256',
      certificate: 'cert.example.org',
      age: 1,
    },
  ]);
  assert.deepEqual(misfits(all), []);
  assert.deepEqual(all.alerts, []);
});

test('numbers are the same however they are written', () => {
  for (const from of ['+12155551212', '2155551212', '+1-215-555-1212', '0012155551212', '%2B12155551212', '12155551212;phone-context=x']) {
    assert.deepEqual(misfits(called([identity()], { from })), [], from);
  }
  assert.deepEqual(misfits(called([identity(), 'P-Asserted-Identity: <tel:+12155551212>'], { from: 'anonymous' })), []);
  assert.equal(sameNumber('5551212', '12155551212'), true);
  assert.equal(sameNumber('51212', '12155551212'), false);
  assert.equal(sameNumber('', ''), false);
});

test('a URI for a caller', () => {
  const uri = (text: string): string =>
    identity(token(HEADER, { ...PAYLOAD, orig: { uri: text }, dest: { uri: ['sip:bob@example.com'] } }));
  assert.deepEqual(misfits(called([uri('sip:alice@example.com')], { from: 'alice', to: 'bob' })), []);
  assert.deepEqual(misfits(called([uri('sip:alice@EXAMPLE.com:5060')], { from: 'alice', to: 'bob' })), []);
  assert.deepEqual(misfits(called([uri('sip:alice@example.net')], { from: 'alice', to: 'bob' })), ['origin']);
});

test('another caller: a warning; another destination, another time: a notice', () => {
  const stolen = called([identity()], { from: '19995550000' });
  assert.deepEqual(misfits(stolen), ['origin']);
  assert.deepEqual(
    stolen.alerts.map(({ rule, level }) => [rule, level]),
    [['identity-mismatch', 'warning']],
  );
  const replayed = called([identity(), 'Date: Tue, 14 Nov 2023 23:13:20 GMT'], { to: '3000' }, NOW + 3600);
  assert.deepEqual(misfits(replayed), ['destination', 'date', 'age']);
  assert.deepEqual(
    replayed.alerts.map(({ rule, level }) => [rule, level]),
    [['identity-doubt', 'notice']],
  );
});

test('forms that are not full', () => {
  const form = (value: string): string =>
    dataOf(called([value]), 'identity.asserted').map(({ form: f, ppt, alg }) => `${f} ${ppt} ${alg}`)[0]!;
  assert.equal(form(identity('..c2lnbmF0dXJl')), 'compact shaken ES256');
  assert.equal(
    form(
      'Identity: "ZYNBbHC00VMZr2kZt6VmCvPonWJMGvQTBDqghoWeLxJfzB2a1pxAr3VgrB0SsSAaifsRdiOPoQZYOy2wrVghuhcsMbHWUSFxI6p6q5TOQXHMmz6uEo3svJsSH49thyGnFVcnyaZ++yRlBYYQTLqWzJ+KVhPKbfU/pryhVn9Yc6U="',
    ),
    'legacy  ',
  );
  for (const bad of [
    'x',
    'a.b',
    `${part(HEADER)}..sig`,
    `x.${part(PAYLOAD)}.sig`,
    `${part(HEADER)}.${part([1])}.sig`,
    '...',
    `a.b!.c`,
    `${part('x')}.${part(null)}.c`,
    `${'a'.repeat(5000)}.${part(PAYLOAD)}.c`,
  ])
    assert.deepEqual(misfits(called([identity(bad, '')])), ['form'], bad);
});

test('what must not be: another algorithm, two certificates', () => {
  assert.deepEqual(misfits(called([identity(token({ ...HEADER, alg: 'none' }))])), ['alg']);
  assert.deepEqual(misfits(called([identity(token({ ...HEADER, x5u: 'ftp://evil' }))])), ['certificate']);
});

test('claims of other types than they should be are not there', () => {
  const odd = identity(token({ alg: 1, x5u: {} }, { attest: 1, dest: 5, iat: 'x', orig: ['tn'], origid: null }), '');
  const all = called([
    odd,
    identity(token(HEADER, { dest: { tn: [1, '12155551213'] }, iat: null, orig: { tn: 7 } }), ''),
    ...Array.from({ length: 5 }, () => identity()),
  ]);
  assert.equal(dataOf(all, 'identity.asserted').length, 4);
  assert.deepEqual(misfits(all), []);
  assert.deepEqual(dataOf(all, 'identity.asserted')[0], {
    form: 'full',
    attestation: '',
    origin: '',
    destination: '',
    ppt: '',
    alg: '',
    certificate: '',
    age: 0,
  });
  const bytes = Buffer.from(`${token()};canon`);
  assert.equal(readIdentity(bytes, 0, bytes.length).originId, PAYLOAD.origid);
});
