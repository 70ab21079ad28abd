import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import { compileRule, type RuleOverride } from './compile.ts';
import { testEvent } from './ruletests.ts';

const compile = (change: Record<string, unknown>, override?: RuleOverride, profile = 'default') =>
  compileRule(stringify({ ...GOOD, ...change }), 'r.yaml', profile, override);

function faultsOf(change: Record<string, unknown>, override?: RuleOverride, profile = 'default'): string[] {
  const { rule, faults } = compile(change, override, profile);
  assert.equal(rule, undefined);
  return faults.map(({ message }) => message);
}

function ruleOf(change: Record<string, unknown>, override?: RuleOverride, profile = 'default') {
  const { rule, faults } = compile(change, override, profile);
  assert.deepEqual(faults, []);
  assert.ok(rule !== undefined);
  return rule;
}

test('a good rule compiles', () => {
  const rule = ruleOf({});
  assert.deepEqual(
    [rule.on, rule.tiers, rule.by.map(({ name }) => name), rule.shape, rule.targets],
    [['auth.failed'], [{ limit: 3, within: 60e6, idle: 300e6 }], ['src', 'account'], 'count', false],
  );
  assert.equal(rule.where?.(testEvent('auth.failed', { refusals: 1 }, 0, 1)), true);
});

test('faults of the schema stop it, with their places', () => {
  const { rule, faults } = compileRule('id: x\nlimt: 3\n', 'r.yaml', 'default');
  assert.equal(rule, undefined);
  assert.ok(
    faults.some(
      ({ where, message, code }) => where === 'r.yaml:2:1' && code === 'rule-invalid' && message.includes('did you mean "limit"'),
    ),
  );
});

test('a fault inside a condition has its own column', () => {
  const text = stringify(GOOD).replace('where: refusals > $least', 'where: refusals > 3 and method = 5');
  const { faults } = compileRule(text, 'r.yaml', 'default');
  const line = text.split('\n').findIndex((each) => each.startsWith('where:')) + 1;
  assert.deepEqual(
    faults.map(({ where }) => where),
    [`r.yaml:${line}:${'where: refusals > 3 and method '.length + 1}`],
  );
});

test('wrong names are refused with the nearest right one', () => {
  assert.match(faultsOf({ by: ['scr', 'account'] })[0] ?? '', /unknown field "scr" .*did you mean "src"/);
  assert.match(faultsOf({ by: 'accuont', subject: { kind: 'address', value: 'account' } })[0] ?? '', /did you mean "account"/);
  assert.match(faultsOf({ sample: 'usr' })[0] ?? '', /did you mean "user"/);
  assert.match(faultsOf({ target: { kind: 'account', value: 'acount' } })[0] ?? '', /did you mean "account"/);
  assert.match(faultsOf({ subject: { kind: 'address', value: 'srcc' } })[0] ?? '', /did you mean "src"/);
  assert.match(faultsOf({ why: '{scr}' })[0] ?? '', /unknown name "scr"; did you mean "src"/);
  assert.match(faultsOf({ limit: '$leest' })[0] ?? '', /unknown variable "\$leest"; did you mean "\$least"/);
  assert.match(faultsOf({ idle: '$xyzxyz' })[0] ?? '', /unknown variable "\$xyzxyz"$/);
  assert.match(faultsOf({ on: 'auth.fialed' })[0] ?? '', /did you mean "auth.failed"/);
});

test('secrets can be neither grouped by, counted, sampled nor shown', () => {
  assert.match(faultsOf({ by: ['src', 'guess'] })[0] ?? '', /secret/);
  assert.match(faultsOf({ sample: 'guess' })[0] ?? '', /secret/);
  assert.match(faultsOf({ shape: 'distinct', field: 'guess' })[0] ?? '', /secret/);
  assert.match(faultsOf({ target: { kind: 'account', value: 'guess' } })[0] ?? '', /secret/);
  assert.match(faultsOf({ why: 'he tried {guess}' })[0] ?? '', /secret/);
  assert.match(faultsOf({ success: { on: 'auth.accepted', why: '{guess}' } })[0] ?? '', /secret/);
});

test('the subject is one of the fields grouped by', () => {
  assert.match(faultsOf({ subject: { kind: 'address', value: 'dst' } })[0] ?? '', /the subject must be one of "by": src, account/);
});

test('each shape has its own keys', () => {
  assert.deepEqual(ruleOf({ shape: 'any', limit: undefined, within: undefined, quiet: '1m' }).tiers, [
    { limit: 1, within: Number.POSITIVE_INFINITY, idle: 60e6 },
  ]);
  assert.equal(ruleOf({ shape: 'any', limit: undefined, within: undefined, quiet: '1m' }).tiers[0]?.idle, 60e6);
  assert.match(faultsOf({ shape: 'any', within: undefined })[0] ?? '', /shape any takes no "limit"/);
  assert.match(faultsOf({ within: undefined })[0] ?? '', /shape count needs "limit" and "within"/);
  assert.match(faultsOf({ shape: 'distinct' })[0] ?? '', /needs "field"/);
  assert.match(faultsOf({ field: 'account' })[0] ?? '', /takes no "field"/);
  assert.match(faultsOf({ quiet: '1m' })[0] ?? '', /takes no "quiet"/);
  assert.equal(ruleOf({ shape: 'distinct', field: 'user' }).sample?.name, 'user');
});

test('limits and times: numbers, variables, bounds', () => {
  assert.deepEqual(ruleOf({ limit: '$most', idle: '$pause', variables: { ...GOOD.variables, most: { about: 'most', value: 7 } } }).tiers, [
    { limit: 7, within: 60e6, idle: 120e6 },
  ]);
  assert.equal(ruleOf({ idle: '$pause' }).tiers[0]?.idle, 120e6);
  assert.match(faultsOf({ limit: '$least' })[0] ?? '', /"\$least" is 0, a limit is a whole number from 1/);
  assert.match(faultsOf({ within: '$least' })[0] ?? '', /"\$least" is 0, expected a duration/);
  assert.match(faultsOf({ limit: 1001 })[0] ?? '', /above 1000 needs shape count and "within: idle"/);
  assert.deepEqual(ruleOf({ limit: 100_000, within: 'idle' }).tiers, [{ limit: 100_000, within: Number.POSITIVE_INFINITY, idle: 300e6 }]);
  assert.deepEqual(ruleOf({ slower: { limit: 9, within: '1h' } }).tiers[1], { limit: 9, within: 3600e6, idle: 300e6 });
  assert.deepEqual(ruleOf({ slower: { limit: 9, within: '1h', idle: '$pause' } }).tiers[1], { limit: 9, within: 3600e6, idle: 120e6 });
  assert.match(faultsOf({ within: 'idle', slower: { limit: 9, within: 'idle', idle: '1h' } })[0] ?? '', /both limits have the same "idle"/);
  assert.match(faultsOf({ slower: { limit: 9, within: 'idle' } })[0] ?? '', /in both limits or in none/);
});

test('a profile changes limit, times and condition, and nothing else', () => {
  const profiles = { paper: { limit: 20, within: 'idle', idle: '30m', where: null, slower: null }, nemea: { where: 'trusted' } };
  const change = { profiles, slower: { limit: 9, within: '1h' } };
  const paper = ruleOf(change, {}, 'paper');
  assert.deepEqual([paper.tiers, paper.where], [[{ limit: 20, within: Number.POSITIVE_INFINITY, idle: 1800e6 }], undefined]);
  assert.equal(ruleOf(change, {}, 'nemea').where?.(testEvent('auth.failed', { refusals: 1 }, 0, 1)), false);
  assert.equal(ruleOf(change).tiers.length, 2);
  assert.match(faultsOf({ profiles: { paper: { where: 'trusted ==' } } }, {}, 'paper')[0] ?? '', /ends too early/);
  assert.match(faultsOf({ profiles: { paper: { idle: '$gone' } } }, {}, 'paper')[0] ?? '', /unknown variable/);
  assert.match(faultsOf({ profiles: { papper: {} } })[0] ?? '', /did you mean "paper"/);
  assert.match(faultsOf({ profiles: { paper: { level: 'info' } } })[0] ?? '', /unknown key "level"/);
});

test('exceptions of the rule and of the site exempt Events', () => {
  const rule = ruleOf({ except: ['src in 10.0.0.0/8'] }, { except: ['src == 192.0.2.1'] });
  const met = (src: string): boolean | undefined => rule.where?.(testEvent('auth.failed', { src, refusals: 1 }, 0, 1));
  assert.deepEqual([met('10.1.1.1'), met('192.0.2.1'), met('192.0.2.2')], [false, false, true]);
  assert.equal(ruleOf({ where: undefined, except: ['trusted'] }).where?.(testEvent('auth.failed', {}, 0, 1)), true);
  assert.match(faultsOf({ except: ['srcc in 10.0.0.0/8'] })[0] ?? '', /did you mean "src"/);
  assert.match(faultsOf({}, { except: ['src im 10.0.0.0/8'] })[0] ?? '', /^except "src im 10.0.0.0\/8", character 5: .*did you mean "in"/);
  assert.match(faultsOf({}, { except: ['5 ~'] })[0] ?? '', /character 3: received "~", which is no part of a condition$/);
});

test('a site may set the variables a rule has, to values of the same sort', () => {
  const variables = {
    ...GOOD.variables,
    own: { about: 'own', value: ['10.0.0.0/8'] },
    hard: { about: 'hard', value: true },
    tool: { about: 'tool', value: 'svwar' },
  };
  const rule = ruleOf(
    { variables, except: ['src in $own and $hard'] },
    { variables: { least: 5, pause: '3m', own: ['192.0.2.0/24'], hard: true } },
  );
  assert.equal(rule.where?.(testEvent('auth.failed', { src: '192.0.2.1', refusals: 6 }, 0, 1)), false);
  assert.equal(rule.where?.(testEvent('auth.failed', { src: '10.0.0.1', refusals: 6 }, 0, 1)), true);
  assert.equal(rule.where?.(testEvent('auth.failed', { src: '10.0.0.1', refusals: 5 }, 0, 1)), false);
  assert.match(faultsOf({}, { variables: { laest: 5 } })[0] ?? '', /unknown variable "laest"; did you mean "least"/);
  assert.match(faultsOf({}, { variables: { qqqqqqq: 5 } })[0] ?? '', /unknown variable "qqqqqqq"$/);
  assert.match(faultsOf({}, { variables: { least: '5m' } })[0] ?? '', /"least" must be a number, received a duration/);
  assert.match(faultsOf({ variables }, { variables: { own: 'x' } })[0] ?? '', /must be a list, received a text/);
  assert.match(faultsOf({ variables }, { variables: { tool: true } })[0] ?? '', /must be a text, received true or false/);
});

test('the fields of success match those grouped by', () => {
  assert.deepEqual(
    ruleOf({ success: { on: 'auth.accepted' } }).success?.by.map(({ name }) => name),
    ['src', 'account'],
  );
  const mapped = ruleOf({
    success: { on: ['auth.accepted'], by: ['dst', 'account'], where: 'refusals > 2', level: 'critical', why: '{src}!' },
  }).success;
  assert.deepEqual([mapped?.by.map(({ name }) => name), mapped?.level], [['dst', 'account'], 'critical']);
  assert.match(faultsOf({ success: { on: 'auth.accepted', by: ['src'] } })[0] ?? '', /must match "by" \(src: address, account: account\)/);
  assert.match(faultsOf({ success: { on: 'auth.accepted', by: ['account', 'src'] } })[0] ?? '', /must match/);
  assert.match(faultsOf({ success: { on: 'auth.accepted', where: 'refusal > 2' } })[0] ?? '', /did you mean "refusals"/);
});

test('a rule proves that it fires and that it does not, with Events that can be', () => {
  const [fires, quiet] = GOOD.tests;
  assert.match(faultsOf({ tests: [quiet, quiet] })[0] ?? '', /no test fires/);
  assert.match(faultsOf({ tests: [fires, fires] })[0] ?? '', /no test shows what does not fire/);
  const odd = { name: 'odd', events: [{ type: 'auth.failed', refusal: 1, trusted: 'yes', status: '401', src: 5 }] };
  assert.deepEqual(faultsOf({ tests: [fires, quiet, odd] }), [
    'auth.failed has no field "refusal"; did you mean "refusals"?',
    '"trusted" must be boolean, received string',
    '"status" must be number, received string',
    '"src" must be string, received number',
  ]);
});

test('measure: a number of the Event, for shape any alone', () => {
  const any = { shape: 'any', limit: undefined, within: undefined };
  assert.equal(ruleOf({ ...any, measure: 'refusals' }).measure?.(testEvent('auth.failed', { refusals: 7 }, 0, 1)), 7);
  assert.equal(ruleOf(any).measure, undefined);
  assert.match(faultsOf({ measure: 'refusals' })[0] ?? '', /shape count takes no "measure"/);
  assert.match(faultsOf({ ...any, measure: 'account' })[0] ?? '', /"account" is no number/);
  assert.match(faultsOf({ ...any, measure: 'refusal' })[0] ?? '', /unknown field "refusal"/);
});
