import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, planFaults, planned, told } from '../../test/planrules.ts';
import type { Event } from '../types.ts';

const BYE = {
  shape: 'sequence',
  within: '1m',
  steps: [
    { name: 'up', on: 'dialog.confirmed' },
    { name: 'end', on: 'dialog.ended', where: "reason == 'bye'" },
    { name: 'media', on: 'media.late', where: 'src == end.src' },
  ],
};

test('steps in order make a match; a step may compare with an earlier one', () => {
  const rules = { r: { ...BYE, why: '{up.dst} {end.src} {src}', subject: { kind: 'address', value: 'end.src' } } };
  const correlator = planned(rules);
  const out = told(correlator, [
    at(0, 'dialog.confirmed', { dst: '192.0.2.9' }),
    at(1, 'dialog.ended', { reason: 'bye', src: '192.0.2.1' }),
    at(2, 'media.late', { src: '192.0.2.2' }),
    at(3, 'media.late', { src: '192.0.2.1' }),
  ]);
  assert.deepEqual(out, ['r open 1 at 3']);
  const [alert] = correlator.out;
  assert.deepEqual([alert?.why, alert?.subject.value, alert?.evidence.length], ['192.0.2.9 192.0.2.1 192.0.2.1', '192.0.2.1', 3]);
  assert.equal((alert?.last ?? 0) - (alert?.first ?? 0), 3e6);
});

test('another order, another group, too late: no match', () => {
  const up = (s: number, callId = 'c1') => at(s, 'dialog.confirmed', { callId });
  const bye = (s: number, callId = 'c1') => at(s, 'dialog.ended', { reason: 'bye', src: 'a', callId });
  const media = (s: number, callId = 'c1') => at(s, 'media.late', { src: 'a', callId });
  assert.deepEqual(told(planned({ r: BYE }), [bye(0), up(1), media(2)]), []);
  assert.deepEqual(told(planned({ r: BYE }), [up(0), bye(1, 'c2'), media(2)]), []);
  assert.deepEqual(told(planned({ r: BYE }), [up(0), bye(1), media(60.000001)]), []);
  assert.deepEqual(told(planned({ r: BYE }), [up(0), bye(1), media(60)]), ['r open 1 at 60']);
});

test('a step has its own times: not before, not after', () => {
  const steps = [BYE.steps[0], { name: 'end', on: 'dialog.ended', after: '2s', within: '4s' }];
  const out = (s: number) => told(planned({ r: { ...BYE, steps } }), [at(0, 'dialog.confirmed'), at(s, 'dialog.ended')]);
  assert.deepEqual(
    [1.9, 2, 4, 4.1].map((s) => out(s).length),
    [0, 1, 1, 0],
  );
});

test('every first match starts an instance of its own (S4-07)', () => {
  const steps = [
    { name: 'first', on: 'dialog.started' },
    { name: 'second', on: 'dialog.ended', where: 'dst == first.dst' },
  ];
  const rule = { ...BYE, steps, by: ['src'], subject: { kind: 'address', value: 'src' }, why: '{first.dst}', quiet: '1ms' };
  const started = (s: number, dst: string) => at(s, 'dialog.started', { src: '192.0.2.1', dst });
  const ended = (s: number, dst: string) => at(s, 'dialog.ended', { src: '192.0.2.1', dst });
  const events = [started(0, '192.0.2.3'), started(1, '192.0.2.4'), ended(2, '192.0.2.4'), ended(3, '192.0.2.3')];
  const all = planned({ r: rule });
  told(all, events);
  assert.deepEqual(
    all.out.filter(({ state }) => state === 'open').map(({ why }) => why),
    ['192.0.2.4', '192.0.2.3'],
  );
  // With one instance a repeated first step changes nothing, as in SEC's Pair.
  const one = planned({ r: { ...rule, instances: 1 } });
  told(one, events);
  assert.deepEqual(
    one.out.filter(({ state }) => state === 'open').map(({ why }) => why),
    ['192.0.2.3'],
  );
});

test('instances are bounded: the least advanced one makes room', () => {
  const steps = [
    { name: 'first', on: 'dialog.started' },
    { name: 'second', on: 'dialog.confirmed', where: 'dst == first.dst' },
    { name: 'third', on: 'dialog.ended', where: 'dst == first.dst' },
  ];
  const rule = { ...BYE, steps, instances: 2, why: '{first.dst}' };
  const ip = (n: number) => `192.0.2.${n}`;
  const correlator = planned({ r: rule });
  told(correlator, [
    at(0, 'dialog.started', { dst: ip(1) }),
    at(1, 'dialog.confirmed', { dst: ip(1) }),
    at(2, 'dialog.started', { dst: ip(2) }),
    at(3, 'dialog.started', { dst: ip(3) }),
    at(4, 'dialog.confirmed', { dst: ip(2) }),
    at(5, 'dialog.ended', { dst: ip(2) }),
    at(6, 'dialog.ended', { dst: ip(1) }),
  ]);
  assert.deepEqual(
    correlator.out.map(({ why }) => why),
    [ip(1)],
  );
});

test('a step may need several Events, and steps may come in any order', () => {
  const steps = [
    { name: 'refused', on: 'auth.failed', times: 3 },
    { name: 'in', on: 'auth.accepted' },
  ];
  const rule = { ...BYE, by: ['src'], subject: { kind: 'address', value: 'src' }, why: '{src}', steps };
  const failed = (s: number) => at(s, 'auth.failed', { src: 'a' });
  const ok = (s: number) => at(s, 'auth.accepted', { src: 'a' });
  assert.deepEqual(told(planned({ r: rule }), [failed(0), failed(1), ok(2), failed(3)]), []);
  assert.deepEqual(told(planned({ r: rule }), [failed(0), failed(1), failed(2), ok(3)]), ['r open 1 at 3']);
  const free = { ...rule, ordered: false, why: '{src}' };
  assert.deepEqual(told(planned({ r: free }), [failed(0), ok(1), failed(2), failed(3)]), ['r open 1 at 3']);
  assert.deepEqual(told(planned({ r: free }), [failed(0), ok(1), failed(59), failed(61)]), [], 'all within the time');
  assert.deepEqual(told(planned({ r: free }), [failed(0), failed(30), ok(31), failed(59), failed(61)]), ['r open 1 at 59']);
});

test('unordered steps read those that have come, and nothing of others', () => {
  const steps = [
    { name: 'a', on: 'dialog.started', where: "b.src == '' or src == b.src" },
    { name: 'b', on: 'dialog.ended' },
  ];
  const rule = { ...BYE, ordered: false, steps };
  assert.deepEqual(told(planned({ r: rule }), [at(0, 'dialog.ended', { src: 'x' }), at(1, 'dialog.started', { src: 'x' })]), [
    'r open 1 at 1',
  ]);
  assert.deepEqual(told(planned({ r: rule }), [at(0, 'dialog.started', { src: 'y' }), at(1, 'dialog.ended', { src: 'x' })]), [
    'r open 1 at 1',
  ]);
});

test('a single step is a match at once', () => {
  assert.deepEqual(told(planned({ r: { ...BYE, steps: [BYE.steps[0]] } }), [at(5, 'dialog.confirmed')]), ['r open 1 at 5']);
});

const ABSENT = {
  shape: 'absence',
  within: '5s',
  steps: [
    { name: 'answer', on: 'dialog.started' },
    { name: 'ack', on: 'dialog.confirmed' },
  ],
};

test('absence: the last step did not come within the time after the one before', () => {
  const started = at(0, 'dialog.started');
  assert.deepEqual(told(planned({ r: ABSENT }), [started], 4), []);
  assert.deepEqual(told(planned({ r: ABSENT }), [started], 6), ['r open 1 at 5']);
  assert.deepEqual(told(planned({ r: ABSENT }), [started, at(5, 'dialog.confirmed')], 60), [], 'the end belongs to the time');
  assert.deepEqual(told(planned({ r: ABSENT }), [started, at(5.000001, 'dialog.confirmed')], 60), ['r open 1 at 5']);
  assert.deepEqual(told(planned({ r: ABSENT }), [started, at(1, 'dialog.confirmed', { callId: 'c2' })], 60), ['r open 1 at 5']);
});

test('absence: the same whether time passes in one step or in many', () => {
  const events = [0, 1, 2, 30].flatMap((s, i) => [
    at(s, 'dialog.started', { callId: `c${i}` }),
    at(s + 3, 'dialog.confirmed', { callId: `c${i % 2}` }),
  ]);
  events.sort((a, b) => a.time - b.time);
  const once = planned({ r: ABSENT });
  told(once, events, 60);
  const often = planned({ r: ABSENT });
  for (const each of events) {
    for (let n = 0; n < 50; n++) often.advance(each.time - 50 + n);
    often.handle(each, each.time);
  }
  often.advance((events.at(-1)?.time ?? 0) + 60e6);
  assert.deepEqual(once.out, often.out);
  assert.equal(once.out.length, 2);
});

test('absence after two steps, and that it came is an Event too', () => {
  const steps = [
    { name: 'start', on: 'dialog.started', within: '1s' },
    { name: 'ok', on: 'dialog.confirmed', within: '2s' },
    { name: 'end', on: 'dialog.ended', within: '3s' },
  ];
  const rules = { r: { ...ABSENT, steps }, met: { shape: 'any', on: 'rule.r.met', why: '{ok.src}{count}' } };
  const [start, ok] = [at(0, 'dialog.started'), at(1, 'dialog.confirmed')];
  assert.deepEqual(told(planned(rules), [start, ok], 30), ['r open 1 at 4']);
  assert.deepEqual(told(planned(rules), [start, ok, at(3, 'dialog.ended')], 30), ['met open 1 at 3']);
  assert.deepEqual(told(planned(rules), [start, at(2.5, 'dialog.confirmed')], 30), [], 'the second step was too late');
});

test('an instance that is used again has its own time', () => {
  const rule = { ...ABSENT, by: ['src'], subject: { kind: 'address', value: 'src' }, why: '{src}', quiet: '1ms' };
  const start = (s: number) => at(s, 'dialog.started', { src: 'a' });
  const ack = (s: number) => at(s, 'dialog.confirmed', { src: 'a' });
  const out = told(planned({ r: rule }), [start(0), ack(1), start(2), start(9), ack(10)], 60).filter((each) => each.includes('open'));
  assert.deepEqual(out, ['r open 1 at 7']);
});

test('groups are bounded: the one seen longest ago is forgotten', () => {
  const correlator = planned({ r: ABSENT }, {}, 8);
  const out = told(
    correlator,
    Array.from({ length: 200 }, (_, i) => at(i / 100, 'dialog.started', { callId: `c${i}` })),
    60,
  ).filter((each) => each.includes('open'));
  assert.ok(out.length > 0 && out.length <= 16, `${out.length}`);
});

test('exceptions look at the whole match', () => {
  const rule = { ...BYE, steps: BYE.steps.slice(0, 2), except: ["up.src == '192.0.2.7'"] };
  const events = (src: string) => [at(0, 'dialog.confirmed', { src }), at(1, 'dialog.ended', { reason: 'bye' })];
  assert.deepEqual(told(planned({ r: rule }), events('192.0.2.7')), []);
  assert.equal(told(planned({ r: rule }), events('192.0.2.8')).length, 1);
});

test('what is wrong with steps is told', () => {
  const faults = (change: Record<string, unknown>) => planFaults({ ...BYE, ...change }).join('; ');
  assert.equal(faults({}), '');
  assert.match(faults({ steps: undefined }), /needs "steps", at least 1/);
  assert.match(faults({ shape: 'absence', steps: BYE.steps.slice(0, 1) }), /needs "steps", at least 2/);
  assert.match(faults({ within: undefined }), /needs "within", a time/);
  assert.match(faults({ within: 'idle' }), /needs "within", a time/);
  assert.match(faults({ on: 'dialog.ended' }), /takes no "on": its steps have their own/);
  assert.match(faults({ shape: 'absence', ordered: false }), /has an order/);
  assert.match(faults({ steps: [BYE.steps[0], BYE.steps[0]] }), /there is a step "up" already/);
  assert.match(faults({ steps: [BYE.steps[0], { name: 'x', on: 'dialog.endet' }] }), /did you mean "dialog.ended"/);
  assert.match(
    faults({ steps: [BYE.steps[0], { name: 'x', on: 'dialog.ended', where: 'src == upp.src' }] }),
    /unknown field "upp.src"; did you mean "up.src"/,
  );
  assert.match(
    faults({ steps: [BYE.steps[0], { name: 'x', on: 'dialog.ended', by: ['src'] }] }),
    /must match those of the first step \(callId: text\)/,
  );
  assert.match(faults({ limit: 3 }), /takes no "limit": one match is enough/);
  assert.match(faults({ program: 'x' }), /shape sequence takes no "program"/);
  assert.match(planFaults({ shape: 'any', on: 'dialog.ended', instances: 3 }).join(), /shape any takes no "instances"/);
  assert.match(planFaults({ shape: 'any' }).join(), /shape any needs "on"/);
});

test('what a step did can be looked at', () => {
  const correlator = planned({ r: BYE, s: { shape: 'script', on: 'dialog.ended', program: 'x' } });
  const looks = (event: Event) => {
    correlator.handle(event, event.time);
    return correlator.look(event).map(({ matched, count, limit, open }) => [matched, count, limit, open]);
  };
  assert.deepEqual(looks(at(0, 'media.late', { src: 'a' })), [[false, 0, 3, false]]);
  assert.deepEqual(looks(at(1, 'dialog.confirmed')), [[true, 1, 3, false]]);
  assert.deepEqual(looks(at(2, 'dialog.ended', { reason: 'bye', src: 'a' })), [[true, 2, 3, false]], 'of a question nothing can be said');
  assert.deepEqual(looks(at(3, 'media.late', { src: 'b' })), [[false, 0, 3, false]]);
  assert.deepEqual(looks(at(4, 'media.late', { src: 'a' })), [[true, 3, 3, true]]);
});
