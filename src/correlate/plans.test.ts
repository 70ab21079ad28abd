import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, line, MIDNIGHT, planFaults, planFile, planned, planRules, S, told } from '../../test/planrules.ts';
import { Correlator } from './correlator.ts';
import { Memories } from './memories.ts';
import { runRuleTests } from './ruletests.ts';

const SRC = { by: ['src'], subject: { kind: 'address', value: 'src' }, why: '{src} {count}' };
const H = 3600;
const failed = (s: number, given: Record<string, unknown> = {}) => at(s, 'auth.failed', { src: '192.0.2.1', account: 'a@x', ...given });
const opened = (lines: readonly string[]): string[] => lines.filter((each) => each.includes(' open '));

test('schedule, none expected: only what comes at that time is a match', () => {
  const night = { ...SRC, shape: 'schedule', on: 'auth.failed', at: '0 22 * * *', within: '8h', expect: 'none', quiet: '1h' };
  const out = (hour: number) => told(planned({ r: night }), [failed(hour * H)]).length;
  assert.deepEqual([1, 5.99, 6, 12, 21.99, 22, 23.5, 30].map(out), [1, 1, 0, 0, 0, 1, 1, 0]);
  const inBerlin = { ...night, zone: '+01:00' };
  assert.deepEqual(
    [4.9, 5.1, 20.9, 21.1].map((hour) => told(planned({ r: inBerlin }), [failed(hour * H)]).length),
    [1, 0, 0, 1],
  );
  const trusted = { ...night, where: 'not trusted' };
  assert.deepEqual(told(planned({ r: trusted }), [failed(23 * H, { trusted: true })]), []);
});

test('schedule, some expected: a known group that stays away is a match, at the end of the time', () => {
  const audit = { ...SRC, shape: 'schedule', on: 'auth.failed', at: '0 * * * *', within: '10m', expect: 'some', quiet: '1m' };
  const events = [failed(60), failed(H), failed(H + 590), failed(3 * H + 5), failed(3 * H + 5, { src: '192.0.2.2' })];
  const out = opened(told(planned({ r: audit }), events, H));
  // 02:00 lacks the first; 04:00 both are not yet due.
  assert.deepEqual(out, [`r open 1 at ${2 * H + 600}`]);
  const later = opened(told(planned({ r: audit }), [failed(60)], 3 * H));
  assert.deepEqual(
    later,
    [1, 2].map((hour) => `r open 1 at ${hour * H + 600}`),
    'the hours after it; 03:00 is not over',
  );
  assert.deepEqual(opened(told(planned({ r: audit }), [failed(60), failed(40 * 86_400)])).length > 100, true, 'expected for a week');
});

test('schedule, report: at the time each group that had Events is a match, with their number', () => {
  const daily = { ...SRC, shape: 'schedule', on: 'auth.failed', at: '0 0 * * *', expect: 'report', raise: 'event' };
  const rules = { daily, many: { ...SRC, shape: 'any', on: 'rule.daily', where: 'seen >= 3', why: '{src} {seen}', quiet: '1h' } };
  const correlator = planned(rules);
  told(correlator, [failed(1), failed(2), failed(3), failed(4, { src: '192.0.2.2' }), failed(26 * H)], 30 * H);
  assert.deepEqual(
    correlator.out.filter(({ state }) => state === 'open').map((alert) => [line(alert), alert.why]),
    [[`many open 1 at ${24 * H}`, '192.0.2.1 3']],
  );
  const never = planned({ r: { ...daily, at: '0 0 30 2 *' } });
  assert.deepEqual(told(never, [failed(0)], 400 * 24 * H), [], 'a day that does not exist');
});

const ASK = { ...SRC, shape: 'script', on: 'auth.failed', where: 'refusals > 2', program: 'compare', quiet: '1m' };
const answered = (s: number, asked: string, code: number) => at(s, 'script.answered', { asked, program: 'compare', code, said: 'odd' });

test('script: the question goes up, the verdict comes back as an Event', () => {
  const correlator = planned({ r: { ...ASK, why: '{src} {verdict.said}' } });
  const event = failed(1, { refusals: 3 });
  told(correlator, [failed(0), event, failed(2, { refusals: 4 })]);
  assert.deepEqual(
    correlator.asks.map(({ rule, program, event: about }) => [rule, program, about]),
    [['r', 'compare', event]],
    'one question at a time about a group',
  );
  const { id } = correlator.asks[0]!;
  told(correlator, [answered(3, 'another', 0), answered(4, id, 1)]);
  assert.equal(correlator.out.length, 0);
  told(correlator, [failed(5, { refusals: 5 })]);
  told(correlator, [answered(6, correlator.asks[1]!.id, 0)]);
  assert.deepEqual(correlator.out.map(line), ['r open 1 at 6']);
  assert.equal(correlator.out[0]?.why, '192.0.2.1 odd');
});

test('script: a log of Events gives the same without the program', () => {
  const correlator = planned({ r: ASK });
  const event = failed(1, { refusals: 3 });
  assert.deepEqual(told(correlator, [event, answered(2, `r ${event.id}`, 0)]), ['r open 1 at 2']);
  const odd = planned({ r: { ...ASK, verdict: "code == 7 and said contains 'od'" } });
  assert.deepEqual(told(odd, [event, answered(2, `r ${event.id}`, 7)]), ['r open 1 at 2']);
});

test('script: questions without an answer are bounded', () => {
  const correlator = planned({ r: ASK });
  const events = Array.from({ length: 300 }, (_, i) => failed(i, { src: `192.0.2.${i}`, refusals: 3 }));
  told(correlator, events);
  told(correlator, [answered(400, `r ${events[0]!.id}`, 0), answered(401, `r ${events[299]!.id}`, 0)]);
  assert.deepEqual(correlator.out.map(line), ['r open 1 at 401'], 'the oldest were given up');
});

const COUNT = { ...SRC, shape: 'count', on: 'auth.failed', limit: 3, within: '10s' };

test('until, at most so many in a time: back to normal (SingleWith2Thresholds)', () => {
  const rule = { ...COUNT, until: { limit: 1, within: '20s' } };
  const run = (seconds: number[], pause: number) =>
    told(
      planned({ r: rule }),
      seconds.map((s) => failed(s)),
      pause,
    );
  assert.deepEqual(run([0, 1, 2], 60), ['r open 3 at 2', 'r closed 3 at 22'], 'a whole time after the opening');
  assert.deepEqual(run([0, 1, 2, 15], 60), ['r open 3 at 2', 'r closed 4 at 22'], 'one is normal');
  assert.deepEqual(run([0, 1, 2, 10, 15], 60), ['r open 3 at 2', 'r closed 5 at 35'], 'two are not');
  assert.deepEqual(run([0, 1, 2, 10, 15, 20, 25], 60), ['r open 3 at 2', 'r closed 7 at 45']);
  const none = { ...COUNT, until: { limit: 0, within: '5s' } };
  assert.deepEqual(
    told(
      planned({ r: none }),
      [0, 1, 2, 6].map((s) => failed(s)),
      60,
    ),
    ['r open 3 at 2', 'r closed 4 at 11'],
  );
});

test('until, an Event: it ends the group, also before it came to an Alert', () => {
  const rule = { ...COUNT, until: { on: 'auth.accepted', where: 'not trusted' } };
  const ok = (s: number, trusted = false) => at(s, 'auth.accepted', { src: '192.0.2.1', trusted });
  assert.deepEqual(told(planned({ r: rule }), [failed(0), failed(1), ok(2), failed(3)]), []);
  assert.deepEqual(told(planned({ r: rule }), [failed(0), failed(1), ok(2, true), failed(3), ok(4)]), ['r open 3 at 3', 'r closed 3 at 4']);
  assert.deepEqual(told(planned({ r: rule }), [ok(0)]), []);
  const mapped = { ...COUNT, until: { on: 'auth.accepted', by: 'dst' } };
  assert.deepEqual(told(planned({ r: mapped }), [failed(0), failed(1), at(2, 'auth.accepted', { dst: '192.0.2.1' }), failed(3)]), []);
  assert.match(planFaults({ ...COUNT, until: {} }).join(), /either "on"/);
  assert.match(planFaults({ ...COUNT, until: { on: 'auth.accepted', by: 'account' } }).join(), /must match "by" \(src: address\)/);
});

test('rules feed rules: openings and ends', () => {
  const rules = {
    low: { ...COUNT, raise: 'event', idle: '30s' },
    high: {
      shape: 'distinct',
      on: 'rule.low',
      by: ['account'],
      field: 'src',
      limit: 2,
      within: '1m',
      subject: { kind: 'account', value: 'account' },
      why: '{count}',
    },
    calm: { ...SRC, shape: 'any', on: 'rule.low.over', why: '{src}' },
  };
  const events = [0, 1, 2, 3].flatMap((s) => [failed(s), failed(s + 0.5, { src: '192.0.2.2' })]);
  assert.deepEqual(told(planned(rules), events, 60), ['high open 2 at 2.5', 'calm open 1 at 33', 'calm open 1 at 33.5']);
  assert.match(
    planFaults({ ...SRC, shape: 'any', on: 'rule.lowe' }, { types: new Map([['rule.low', new Map()]]) }).join(),
    /no rule that raises "rule.lowe"; did you mean "rule.low"/,
  );
  const each = {
    each: { ...SRC, shape: 'any', on: 'auth.failed', raise: 'event' },
    two: { ...SRC, shape: 'count', on: 'rule.each', limit: 2, within: '1m' },
  };
  assert.deepEqual(told(planned(each), [failed(0), failed(1)]), ['two open 2 at 1']);
  const once = { ...each, each: { ...each.each, quiet: '1h' } };
  assert.deepEqual(told(planned(once), [failed(0), failed(1)]), [], 'with quiet the repeats say nothing');
});

test('a silent rule leaves no Alert, not at the end of the input either', () => {
  const correlator = planned({ low: { ...COUNT, raise: 'event' } });
  told(
    correlator,
    [0, 1, 2].map((s) => failed(s)),
  );
  correlator.finish(MIDNIGHT + 10 * S);
  assert.deepEqual(correlator.out, []);
  assert.equal(correlator.stats()[0]?.alerts, 1);
});

test('lists: what rules remember for a time, what a site put in, and both', () => {
  const rules = {
    scan: { ...SRC, shape: 'any', on: 'account.probed', raise: 'event', remember: { list: 'scanners', value: 'src', for: '10s' } },
    clear: { ...SRC, shape: 'any', on: 'auth.accepted', raise: 'event', forget: { list: 'scanners', value: 'src' } },
    r: { ...SRC, shape: 'any', on: 'auth.failed', where: 'src in @scanners', lists: { scanners: 'who scanned' }, quiet: '1ms' },
  };
  const probe = (s: number) => at(s, 'account.probed', { src: '192.0.2.1' });
  assert.deepEqual(opened(told(planned(rules), [failed(0), probe(1), failed(2), failed(11), failed(11.1)])), [
    'r open 1 at 2',
    'r open 1 at 11',
  ]);
  assert.deepEqual(opened(told(planned(rules), [probe(1), probe(5), failed(15)])), ['r open 1 at 15'], 'each time anew');
  assert.deepEqual(opened(told(planned(rules), [probe(1), at(2, 'auth.accepted', { src: '192.0.2.1' }), failed(3)])), []);
  const site = { lists: { scanners: ['192.0.2.0/30', '198.51.100.7'] } };
  const sources = ['192.0.2.1', '192.0.2.5', '198.51.100.7'];
  assert.deepEqual(
    sources.map((src) => opened(told(planned({ r: rules.r }, site), [failed(0, { src })])).length),
    [1, 0, 1],
  );
  const accounts = { ...rules.r, where: 'account in @scanners' };
  assert.equal(told(planned({ r: accounts }, { lists: { scanners: ['a@x'] } }), [failed(0)]).length, 1);
});

test('lists: several values together', () => {
  const rules = {
    mark: { ...SRC, shape: 'any', on: 'auth.accepted', raise: 'event', remember: { list: 'pairs', value: ['src', 'account'], for: '1h' } },
    r: { ...SRC, shape: 'any', on: 'auth.failed', where: '(src, account) in @pairs', lists: { pairs: 'who owns what' }, quiet: '1ms' },
  };
  const events = [at(0, 'auth.accepted', { src: '192.0.2.1', account: 'a@x' }), failed(1, { account: 'b@x' }), failed(2)];
  assert.deepEqual(opened(told(planned(rules), events)), ['r open 1 at 2']);
});

test('lists are bounded: what was renewed longest ago is forgotten', () => {
  const memories = new Memories(3600 * S, 8, { k0: 1, k1: 2 });
  memories.now = MIDNIGHT;
  for (let i = 0; i < 100; i++) {
    memories.now = MIDNIGHT + i;
    memories.remember('l', [`v${i}`], 60 * S);
  }
  const kept = Array.from({ length: 100 }, (_, i) => memories.remembers('l', [`v${i}`])).filter(Boolean).length;
  assert.ok(kept > 0 && kept <= 16, `${kept}`);
  assert.ok(memories.remembers('l', ['v99']));
});

test('lists: what is wrong is told', () => {
  const any = { ...SRC, shape: 'any', on: 'auth.failed', lists: { pairs: 'x' } };
  const fault = (where: string) => planFaults({ ...any, where }).join('; ');
  assert.match(fault('src in @pears'), /unknown list "@pears".*did you mean "@pairs"/);
  assert.match(fault('src == @pairs'), /a list may stand only after "in"/);
  assert.match(fault('(src, account) == src'), /may stand only before "in @list"/);
  assert.match(fault('trusted in @pairs'), /cannot be looked up/);
  assert.match(fault('guess in @pairs'), /cannot be looked up/);
  assert.match(planFaults({ ...any, remember: { list: 'pairs', value: 'scr', for: '1h' } }).join(), /did you mean "src"/);
});

test('what is wrong with times and programs is told', () => {
  const schedule = { ...SRC, shape: 'schedule', on: 'auth.failed', at: '0 0 * * *', expect: 'none', within: '1h' };
  const fault = (change: Record<string, unknown>) => planFaults({ ...schedule, ...change }).join('; ');
  assert.equal(fault({}), '');
  assert.match(fault({ at: undefined }), /needs "at" and "expect"/);
  assert.match(fault({ at: '61 0 * * *' }), /"61 0 \* \* \*" is no time/);
  assert.match(fault({ within: undefined }), /needs "within"/);
  assert.match(fault({ expect: 'report' }), /takes none/);
  assert.match(fault({ on: undefined }), /needs "on"/);
  assert.match(fault({ on: 'auth.fialed' }), /did you mean/);
  assert.match(planFaults({ ...ASK, program: undefined }).join(), /needs "program"/);
  assert.match(planFaults({ ...ASK, on: undefined }).join(), /needs "on"/);
  assert.match(planFaults({ ...ASK, verdict: 'codes == 0' }).join(), /did you mean "code"/);
});

test('the tests of rule files know plans, raised Events and time that passes', () => {
  const events = [{ type: 'dialog.started', callId: 'x' }];
  const tests = [
    { name: 'not acknowledged', events },
    { name: 'acknowledged', events: [...events, { type: 'dialog.confirmed', at: '1s', callId: 'x' }], alerts: 0 },
  ];
  const steps = [
    { name: 'a', on: 'dialog.started' },
    { name: 'b', on: 'dialog.confirmed' },
  ];
  const absence = { shape: 'absence', within: '5s', steps, tests };
  const clean = (keys: Record<string, unknown>, types?: ReturnType<typeof typesOf>) =>
    runRuleTests(planFile('r', keys), 'r.yaml', types === undefined ? {} : { types }).map(({ faults }) => faults);
  assert.deepEqual(clean(absence), [[], []]);
  assert.deepEqual(clean({ ...absence, raise: 'event' }), [[], []]);
  assert.deepEqual(
    clean({
      ...absence,
      tests: [
        { ...tests[0], alerts: 0 },
        { ...tests[1], alerts: 1 },
      ],
    }),
    [['expected 0 alerts, received 1'], ['expected 1 alerts, received 0']],
  );
  const fed = {
    shape: 'any',
    on: 'rule.low',
    why: '{count}',
    tests: [
      { name: 'fires', events: [{ type: 'rule.low', callId: 'x', count: 7 }] },
      { name: 'another', events: [{ type: 'auth.failed' }], alerts: 0 },
    ],
  };
  assert.deepEqual(clean(fed, typesOf()), [[], []]);
});

function typesOf() {
  const [low] = planRules({ low: { ...COUNT, by: ['src', 'callId'] } });
  assert.ok(low !== undefined);
  return new Map([['rule.low', new Map([...low.fields, ['count', 'count'] as const])]]);
}

test('nothing is wanted that no rule looks at, and rules are no Events of the catalogue', () => {
  const correlator = new Correlator(planRules({ low: { ...COUNT, raise: 'event' }, r: { ...SRC, shape: 'any', on: 'rule.low' }, s: ASK }), {
    node: 'n',
    seed: { k0: 1, k1: 2 },
    capacity: 64,
  });
  assert.deepEqual([...correlator.wanted].sort(), ['auth.failed', 'script.answered']);
});
