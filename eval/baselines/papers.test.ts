import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saidOf } from '../../test/recording.ts';
import type { Said } from './messages.ts';
import { preprocessorFindings } from './paper002.ts';
import { flowFindings, PAPER_LIMITS, SHIPPED_LIMITS } from './paper003.ts';
import { registrationFindings } from './paper004.ts';

const SECOND = 1_000_000;
const IDLE = 1800 * SECOND;
const many = (count: number, gap: number, change: (i: number) => Partial<Said>): Said[] =>
  Array.from({ length: count }, (_, i) => saidOf({ time: i * gap, ...change(i) }));

/** A refusal of a REGISTER; the server is 10.0.0.2. */
const refusal = (client: string, user: string, more: Partial<Said> = {}): Partial<Said> => ({
  method: 'REGISTER',
  status: 401,
  src: '10.0.0.2',
  dst: client,
  to: `${user}@example.com`,
  ...more,
});

test('004: the hundredth REGISTER for one extension within 60 s is told once, the ninety-ninth is not', () => {
  const guesses = (count: number, gap: number): Said[] => many(count, gap, () => ({ method: 'REGISTER', to: '100@example.com' }));
  assert.deepEqual(registrationFindings(guesses(99, 1)), []);
  assert.deepEqual(registrationFindings(guesses(100, 0.61 * SECOND)), []);
  const [finding, ...others] = registrationFindings(guesses(250, 0.1 * SECOND));
  assert.deepEqual(others, []);
  assert.equal(finding?.time, 9.9 * SECOND);
  assert.equal(finding.first, 0);
  assert.equal(finding.last, 24.9 * SECOND);
  assert.equal(finding.class, 'password-guessing');
  assert.equal(finding.subject, '10.0.0.1');
  assert.equal(finding.target, '100@example.com');
});

test('004: many extensions, many sources and answers do not count together', () => {
  const spread = (change: (i: number) => Partial<Said>): unknown =>
    registrationFindings(many(300, 1000, (i) => ({ method: 'REGISTER', ...change(i) })));
  assert.deepEqual(
    spread((i) => ({ to: `${i % 4}@example.com` })),
    [],
  );
  assert.deepEqual(
    spread((i) => ({ src: `10.0.1.${i % 4}` })),
    [],
  );
  assert.deepEqual(
    spread(() => ({ status: 401 })),
    [],
  );
});

test('003: 21 refusals of one user are guessing, told 30 minutes after the last; 20 are not', () => {
  const run = (count: number): Said[] => many(count, SECOND, () => refusal('10.0.0.9', 'alice'));
  assert.deepEqual(flowFindings(run(20), PAPER_LIMITS), []);
  const [finding, ...others] = flowFindings(run(21), PAPER_LIMITS);
  assert.deepEqual(others, []);
  assert.equal(finding?.class, 'password-guessing');
  assert.equal(finding.subject, '10.0.0.9');
  assert.equal(finding.target, 'alice@example.com');
  assert.equal(finding.time, 20 * SECOND + IDLE);
  assert.deepEqual(flowFindings(run(50), SHIPPED_LIMITS), []);
  assert.equal(flowFindings(run(51), SHIPPED_LIMITS).length, 1);
});

test('003: ten users of one client are a scan; other answers and 404s are not seen', () => {
  const scan = (count: number, status = 401): Said[] => many(count, SECOND, (i) => refusal('10.0.0.9', `${100 + i}`, { status }));
  assert.deepEqual(flowFindings(scan(9), PAPER_LIMITS), []);
  assert.deepEqual(
    flowFindings(scan(10), PAPER_LIMITS).map(({ class: kind, target }) => [kind, target]),
    [['extension-scan', '10.0.0.2']],
  );
  assert.deepEqual(flowFindings(scan(24), SHIPPED_LIMITS), []);
  assert.equal(flowFindings(scan(25), SHIPPED_LIMITS).length, 1);
  assert.deepEqual(flowFindings(scan(100, 404), PAPER_LIMITS), []);
});

test('003: a success below the threshold forgets the attempts, one above it is told', () => {
  const then = (count: number, more: readonly Said[] = []): Said[] => [
    ...many(count, SECOND, () => refusal('10.0.0.9', 'alice')),
    saidOf({ ...refusal('10.0.0.9', 'alice'), status: 200, time: count * SECOND }),
    ...more,
  ];
  const again = many(15, SECOND, (i) => refusal('10.0.0.9', 'alice', { time: (100 + i) * SECOND }));
  assert.deepEqual(flowFindings(then(15, again), PAPER_LIMITS), []);
  assert.match(flowFindings(then(30), PAPER_LIMITS)[0]?.text ?? '', /30 attempts .* successful/);
  const user = many(6, SECOND, (i) => refusal('10.0.0.9', 'alice', { status: 200, time: (200 + i) * SECOND }));
  assert.deepEqual(flowFindings(then(60, user), SHIPPED_LIMITS), []);
});

test('003: half an hour of silence parts two attacks, and parts what would have been one', () => {
  const two = [0, 3600].flatMap((start) => many(30, SECOND, (i) => refusal('10.0.0.9', 'alice', { time: (start + i) * SECOND })));
  assert.equal(flowFindings(two, PAPER_LIMITS).length, 2);
  const slow = many(100, IDLE + SECOND, () => refusal('10.0.0.9', 'alice'));
  assert.deepEqual(flowFindings(slow, PAPER_LIMITS), []);
});

test('003: several clients at one user are one distributed attack', () => {
  const spread = many(40, SECOND, (i) => refusal(`10.0.3.${i % 4}`, 'alice'));
  const found = flowFindings(spread, PAPER_LIMITS);
  assert.deepEqual(
    found.map(({ class: kind, subject, target }) => [kind, subject, target]),
    [['distributed-guessing', undefined, 'alice@example.com']],
  );
  assert.deepEqual(flowFindings(spread, SHIPPED_LIMITS), []);
});

test('002: more than 100 requests of one sender in 60 s, per hop', () => {
  const calls = (count: number): Said[] => many(count, 1000, (i) => ({ callId: `c${i}`, to: `${i}@example.com` }));
  assert.deepEqual(preprocessorFindings(calls(100)), []);
  const [finding, ...others] = preprocessorFindings(calls(150));
  assert.deepEqual(others, []);
  assert.equal(finding?.class, 'spit');
  assert.equal(finding.time, 100_000);
  const proxied = many(160, 1000, (i) => (i % 2 === 0 ? { callId: `c${i}` } : { callId: `c${i - 1}`, src: '10.0.0.2', dst: '10.0.0.3' }));
  assert.deepEqual(preprocessorFindings(proxied), []);
});

test('002: floods of OPTIONS and REGISTER, by sender and by receiver', () => {
  const kinds = (method: string, by: 'from' | 'to'): string[] => {
    const other = by === 'from' ? 'to' : 'from';
    const said = many(150, 1000, (i) => ({ method, [other]: `${i}@example.com`, callId: `c${i}` }));
    return preprocessorFindings(said).map(({ text, subject }) => `${text.slice(0, 5)} ${subject ?? 'nobody'}`);
  };
  assert.deepEqual(kinds('OPTIONS', 'from'), ['S2-22 10.0.0.1']);
  assert.deepEqual(kinds('OPTIONS', 'to'), ['S2-22 nobody']);
  assert.deepEqual(kinds('REGISTER', 'from'), ['S2-30 10.0.0.1']);
  assert.deepEqual(kinds('REGISTER', 'to'), ['S2-31 nobody']);
  assert.deepEqual(kinds('INVITE', 'to'), ['S2-21 nobody']);
});

/** A call from alice (10.0.0.1) over a proxy (10.0.0.2) to bob (10.0.0.3). */
const legs = [saidOf({}), saidOf({ time: 1, src: '10.0.0.2', dst: '10.0.0.3' })];
const back = { from: 'bob@example.com', to: 'alice@example.com', toTag: true };

test('002: requests of both sides over the proxy are no strangers', () => {
  const said = [
    ...legs,
    saidOf({ time: 2, method: 'UPDATE', toTag: true }),
    saidOf({ time: 3, method: 'INVITE', ...back, src: '10.0.0.3', dst: '10.0.0.2' }),
    saidOf({ time: 4, method: 'INVITE', ...back, src: '10.0.0.2', dst: '10.0.0.1' }),
    saidOf({ time: 5, method: 'BYE', toTag: true }),
    saidOf({ time: 6, method: 'BYE', toTag: true, src: '10.0.0.2', dst: '10.0.0.3' }),
  ];
  assert.deepEqual(preprocessorFindings(said), []);
});

test('002: a proxy that passes a call twice is no stranger', () => {
  const edge = '10.0.0.2';
  const core = '10.0.0.4';
  const way = [
    ['10.0.0.1', edge],
    [edge, core],
    [core, edge],
    [edge, '10.0.0.3'],
  ] as const;
  const along = (method: string, toTag: boolean, start: number): Said[] =>
    way.map(([src, dst], i) => saidOf({ time: start + i, method, toTag, src, dst }));
  assert.deepEqual(preprocessorFindings([...along('INVITE', false, 0), ...along('INVITE', true, 10), ...along('BYE', true, 20)]), []);
});

test('002: a request of another address is a stranger, whichever side it pretends to be', () => {
  const strange = (method: string, change: Partial<Said>): (string | undefined)[][] =>
    preprocessorFindings([...legs, saidOf({ time: 9, method, toTag: true, src: '10.9.9.9', ...change })]).map((finding) => [
      finding.class,
      finding.subject,
      finding.callId,
    ]);
  assert.deepEqual(strange('BYE', {}), [['teardown', '10.9.9.9', 'c1']]);
  assert.deepEqual(strange('CANCEL', { toTag: false }), [['teardown', '10.9.9.9', 'c1']]);
  assert.deepEqual(strange('REFER', { dst: '10.0.0.3' }), [['hijack', '10.9.9.9', 'c1']]);
  assert.deepEqual(strange('INVITE', { ...back, dst: '10.0.0.1' }), [['hijack', '10.9.9.9', 'c1']]);
  assert.deepEqual(strange('UPDATE', { ...back }), [['hijack', '10.9.9.9', 'c1']]);
  assert.deepEqual(strange('BYE', { callId: 'other' }), []);
  assert.deepEqual(strange('INFO', {}), []);
  assert.deepEqual(strange('CANCEL', { ...back, toTag: false }), []);
});

test('002: a phone that registers from another address within an hour is a hijacker', () => {
  const register = (time: number, src: string, dst = '10.0.0.2'): Said => saidOf({ method: 'REGISTER', time, src, dst });
  const found = preprocessorFindings([register(0, '10.0.0.1'), register(SECOND, '10.0.0.1'), register(2 * SECOND, '10.9.9.9')]);
  assert.deepEqual(
    found.map(({ class: kind, subject, target }) => [kind, subject, target]),
    [['account-takeover', '10.9.9.9', 'alice@example.com']],
  );
  assert.deepEqual(preprocessorFindings([register(0, '10.0.0.1'), register(3601 * SECOND, '10.9.9.9')]), []);
  assert.deepEqual(preprocessorFindings([register(0, '10.0.0.1'), register(1, '10.0.0.2', '10.0.0.4')]), []);
});
