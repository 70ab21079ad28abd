import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventName } from '../events.ts';
import { compileCondition, type Wrong } from './condition.ts';
import type { VariableValue } from './expression.ts';
import { fieldsOf } from './fields.ts';
import { testEvent } from './ruletests.ts';

const VARIABLES = { most: 3, long: '2m', on: true, tool: 'svwar', own: ['10.0.0.0/8', '192.0.2.1'], codes: [401, 407], words: ['a', 'b'] };
const FIELDS = {
  src: '10.0.0.1',
  dst: '2001:db8::1',
  account: 'alice@example.org',
  userAgent: 'friendly-scanner',
  method: 'REGISTER',
  status: 401,
  refusals: 4,
  trusted: true,
  guess: 'x',
};

const scope = (type: EventName, variables: Record<string, VariableValue> = VARIABLES) => ({ fields: fieldsOf([type]), variables });

function holds(source: string, given: Record<string, unknown> = FIELDS, type: EventName = 'auth.failed'): boolean {
  const made = compileCondition(source, scope(type));
  assert.ok('predicate' in made, `${source}: ${JSON.stringify(made)}`);
  return made.predicate(testEvent(type, given, 0, 1));
}

function wrong(source: string, type: EventName = 'auth.failed'): Wrong {
  const made = compileCondition(source, scope(type));
  assert.ok('wrong' in made, `${source} was accepted`);
  return made.wrong;
}

test('comparisons of numbers, texts, flags', () => {
  for (const s of [
    'refusals == 4',
    'refusals != 5',
    'refusals < 5',
    'refusals <= 4',
    'refusals > 3',
    'refusals >= 4',
    'srcPort == 5060',
    'dstPort == 5060',
  ])
    assert.ok(holds(s), s);
  for (const s of ['refusals != 4', 'refusals < 4', 'refusals > 4', 'status == 407']) assert.ok(!holds(s), s);
  assert.ok(holds('method == \'REGISTER\' and userAgent != ""'));
  assert.ok(holds('trusted') && holds('trusted == true') && !holds('trusted != true') && !holds('not trusted'));
  assert.ok(holds('userAgent contains "scan"') && holds("account startsWith 'alice'") && !holds("callId startsWith 'a'"));
  assert.ok(holds("method == 'a\\'b'", { method: "a'b" }));
});

test('arithmetic and precedence', () => {
  assert.ok(
    holds('1 + 2 * 3 == 7') && holds('(1 + 2) * 3 == 9') && holds('8 / 4 / 2 == 1') && holds('2 - 3 == -1') && holds('refusals * 4 >= 16'),
  );
  assert.ok(
    holds('true or false and false') && !holds('(true or false) and false') && holds('not false and true') && holds('not not true'),
  );
  assert.ok(!holds('refusals / 0 < 5'));
});

test('membership', () => {
  assert.ok(
    holds('src in 10.0.0.0/8') && holds('src in [192.0.2.1, 10.0.0.1]') && holds("src in ['10.0.0.0/8']") && !holds('src not in $own'),
  );
  assert.ok(holds('dst in 2001:db8::/32') && holds("dst in '2001:db8::/32'") && !holds('dst in [10.0.0.0/8]'));
  assert.ok(
    holds('status in [401, 407]') && holds('status in $codes') && holds("method not in ['INVITE', 'ACK']") && !holds('method in $words'),
  );
});

test('addresses compare in any spelling', () => {
  assert.ok(holds('dst == 2001:DB8:0::1') && holds("dst == '2001:db8::1'") && holds('10.0.0.1 == src') && holds('src != 10.0.0.2'));
  assert.ok(holds('src != dst') && holds("src != ''") && !holds("src == ''") && holds("src == ''", {}));
});

test('durations compare with seconds', () => {
  const event = { expires: 90 };
  assert.ok(holds('expires < 2m', event, 'registration.changed') && holds('expires * 2 == 3m', event, 'registration.changed'));
  assert.ok(holds('expires + 30s == $long and expires - 30s == 1m and expires / 90s == 1', event, 'registration.changed'));
  assert.ok(
    holds('2 * expires / 2 == 90s and -expires < 0s', event, 'registration.changed') &&
      holds('expires in [90s]', event, 'registration.changed'),
  );
});

test('variables stand for their values', () => {
  assert.ok(holds('refusals > $most') && holds('trusted == $on') && holds('userAgent != $tool'));
});

test('a field that an Event does not carry reads as empty', () => {
  const made = compileCondition("refusals == 0 and userAgent == '' and not trusted", scope('auth.failed'));
  assert.ok('predicate' in made && made.predicate({ ...testEvent('auth.failed', {}, 0, 1), data: {} }));
});

test('a secret says only whether it is there', () => {
  assert.ok(holds("guess != ''") && !holds("'' == guess"));
  assert.match(wrong("guess == 'abc'").message, /secret is compared only with ''/);
  assert.match(wrong("'abc' == guess").message, /secret/);
  assert.match(wrong("guess in ['abc']").message, /secret cannot be looked up/);
  assert.match(wrong("guess contains 'a'").message, /looks into a text, received a secret/);
  assert.match(wrong('userAgent contains guess').message, /looks for a text, received a secret/);
});

test('what is wrong is told with its place and the nearest right word', () => {
  const cases: [string, number, RegExp, string?][] = [
    ['refusal > 3', 0, /unknown field "refusal"/, 'refusals'],
    ['refusals > $mots', 11, /unknown variable "\$mots"/, '$most'],
    ['refusals > $zzzzzz', 11, /unknown variable/],
    ['refusals = 3', 9, /equality is written "=="/, '=='],
    ['trusted && true', 8, /write and, or, not/],
    ['trusted adn true', 8, /expected an operator, received "adn"/, 'and'],
    ['refusals', 0, /expected true or false, received a number/],
    ['src', 0, /received an address/],
    ['userAgent or trusted', 0, /received a text/],
    ['refusals > ', 11, /ends too early/],
    ['refusals > )', 11, /expected a value, received "\)"/],
    ['refusals > and', 11, /expected a value, received "and"/],
    ['(refusals > 3', 13, /expected "\)", received "the end"/],
    ['1 < refusals < 3', 13, /cannot be chained/],
    ["method == 'REG", 10, /no closing quote/],
    ['refusals > 10mm', 11, /received "10mm"/],
    ['refusals > ?', 11, /received "\?"/],
    ['refusals > 30s', 9, /cannot order a number and a duration/],
    ['refusals == trusted', 9, /cannot compare a number and true or false/],
    ['src == 5', 4, /cannot compare an address and a number/],
    ['src == method', 4, /cannot compare an address and a text/],
    ['src == trusted', 4, /cannot compare/],
    ['method == 10.0.0.1', 7, /cannot compare a text and an address/],
    ["src == 'x'", 7, /"x" is no address/],
    ['src == 10.0.0.0/8', 7, /compared with "in"/],
    ["src == '10.0.0.0/8'", 7, /compared with "in"/],
    ['10.0.0.0/8 == src', 0, /compared with "in"/],
    ['10.0.0.1 == 10.0.0.1 + 1', 21, /cannot use "\+"/],
    ["src == 10.0.0.1 and dst in ['x']", 28, /no address/],
    ['src in 10.0.0.1/8', 7, /"10.0.0.1\/8" is no address and no prefix/],
    ['src in dst', 7, /stands a \[list\] or a prefix/],
    ['trusted in [1]', 11, /cannot be looked up/],
    ['status in [401, true]', 16, /expected a number, a text/],
    ["status in [401, 'x']", 16, /cannot compare/],
    ['status in [401', 14, /expected "\]"/],
    ['[1] == 1', 0, /only after "in"/],
    ['not 5', 4, /expected true or false/],
    ['-trusted', 1, /expected a number, received true or false/],
    ['method + 1 == 2', 7, /cannot use "\+" on a text and a number/],
    ['trusted not contains 5', 12, /expected "in"/],
  ];
  for (const [source, at, message, near] of cases) {
    const found = wrong(source);
    assert.equal(found.at, at, `${source}: ${found.message}`);
    assert.match(found.message, message, source);
    assert.equal(found.near, near, source);
  }
  assert.match(wrong('expires * 2s > 1s', 'registration.changed').message, /cannot use/);
  assert.match(wrong('2 / expires > 1', 'registration.changed').message, /cannot use/);
  assert.match(wrong('expires + 1 > 1s', 'registration.changed').message, /cannot use/);
});

test('any text is either a condition or told what is wrong with it; nothing is thrown', () => {
  const word = fc.constantFrom(
    'refusals',
    'trusted',
    'src',
    'method',
    '(',
    ')',
    '[',
    ']',
    ',',
    '==',
    '<',
    'and',
    'or',
    'not',
    'in',
    '10.0.0.0/8',
    '5',
    "'x'",
    '30s',
    '$most',
    '$own',
    '-',
    '*',
    'contains',
    'guess',
    '::1',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), (words) => {
      const source = words.join(' ');
      const made = compileCondition(source, scope('auth.failed'));
      if ('predicate' in made) assert.equal(typeof made.predicate(testEvent('auth.failed', FIELDS, 0, 1)), 'boolean');
      else assert.ok(made.wrong.at >= 0 && made.wrong.at <= source.length && made.wrong.message !== '');
    }),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(fc.string(), (source) => 'wrong' in compileCondition(source, scope('auth.failed')) || source.trim() !== ''));
});

test('conditions over several types of Event know the fields that all have, with the same kind', () => {
  const fields = fieldsOf(['auth.failed', 'account.probed']);
  assert.ok(fields.has('method') && fields.has('user') && !fields.has('refusals') && !fields.has('misses'));
});

test('how an address was found, and through whom, are fields of every Event', () => {
  const proxied = { ...FIELDS, origin: 'via', via: '10.0.0.5' };
  assert.ok(holds('origin == "via" and via in 10.0.0.0/8', proxied));
  assert.ok(holds('origin == "packet" and not (via in 0.0.0.0/0)'));
});
