import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import type { PlannedCall } from './plan.ts';
import { scriptOf } from './script.ts';

const CALL: PlannedCall = {
  at: 100,
  from: 3,
  to: { number: '+4930123456' },
  result: 'answered',
  ring: 4,
  hold: 200,
  endedBy: 'called',
  media: 'edges',
  twists: [],
};
const sources = { random: seeded(1), start: 5_000_000, number: () => '+4930999', forwardTo: '201' };
const script = (changes: Partial<PlannedCall>) => scriptOf({ ...CALL, ...changes }, sources);

test('results become answers', () => {
  const { start, talk, media, hangup, answer, giveUp, events } = script({});
  assert.deepEqual(
    { start, talk, media, hangup, answer },
    { start: 5_000_000, talk: 200, media: 'edges', hangup: 'called', answer: { kind: 'answer', after: 4 } },
  );
  assert.equal(giveUp, undefined);
  assert.equal(events, undefined);
  assert.deepEqual(script({ result: 'busy', ring: 1 }).answer, { kind: 'busy', after: 1 });
  assert.equal(script({ result: 'misdialled' }).answer?.kind, 'missing');
  const given = script({ result: 'cancelled', ring: 7 });
  assert.deepEqual([given.answer, given.giveUp], [{ kind: 'never' }, 7]);
  assert.deepEqual(script({ kind: 'forward-302' }).answer, { kind: 'redirect', after: 0.2, to: '201' });
});

test('twists become what happens in the call, within its talk', () => {
  const kinds = { hold: 'hold', transfer: 'transfer', t38: 'fax', dtmf: 'digits', 'hand-over': 'move' } as const;
  for (const twist of ['hold', 'transfer', 't38', 'dtmf', 'hand-over'] as const) {
    const [event] = script({ twists: [twist] }).events ?? [];
    assert.equal(event?.kind, kinds[twist]);
    assert.ok(event.after > 0 && event.after < 200);
  }
  const [held] = script({ twists: ['hold', 'music'] }).events ?? [];
  assert.ok(held?.kind === 'hold' && held.music && !held.newSource && held.after + held.seconds < 200);
  const { sessionTimer = 0 } = script({ twists: ['session-timer'] });
  assert.ok(sessionTimer >= 90 && sessionTimer <= 200);
  assert.ok((script({ twists: ['lost-ack'] }).lostAcks ?? 0) >= 1);
  assert.ok((script({ twists: ['late-rtp'] }).lateMedia ?? 0) >= 200);
});
