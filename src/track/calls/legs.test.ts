import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, MALLORY, Phones } from '../../../test/phones.ts';
import type { Wording } from '../../../test/talk.ts';
import type { Call } from '../../types.ts';

const PBX = '198.51.100.1:5060';
const CAROL = '198.51.100.70:5060';

/** Two calls: one to the PBX, one from it. */
function legs(first: Wording, second: Wording, gap = 0.1, p = new Phones(), from = PBX): Call[] {
  p.ask('INVITE', { callId: 'one@a', fromTag: 'a1', ...first }, ALICE, PBX);
  p.wait(gap);
  p.ask('INVITE', { callId: 'two@b', fromTag: 'b1', ...second }, from, CAROL);
  return p.calls().toSorted((a, b) => (a.callId < b.callId ? -1 : 1));
}

const joined = (calls: readonly Call[]): string[] => calls.flatMap((c) => c.legs.map(({ reason, weight }) => `${reason} ${weight}`));

describe('joined by what the second leg says', () => {
  const numbers = [
    { user: '4711', fromUser: 'alice' },
    { user: 'x', fromUser: 'y' },
  ] as const;
  for (const [what, a, b] of [
    [
      'session-id 1',
      'Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000',
      'Session-ID: ab30317f1a784dc48ff824d0d3715d86',
    ],
    [
      'charging-vector 0.9',
      'P-Charging-Vector: icid-value=1234bc9876e;icid-generated-at=192.0.2.1',
      'P-Charging-Vector: icid-generated-at=x;icid-value=1234bc9876e',
    ],
    ['header 0.95', 'Subject: x', 'X-Call-ID: one@a'],
    ['header 0.95', 'Subject: x', 'X-CID: one@a '],
    ['header 0.95', 'Subject: x', 'x-original-callid: one@a'],
    ['replaces 1', 'Subject: x', 'Replaces: one@a;to-tag=t;from-tag=f'],
  ] as const)
    test(`${what}: ${b.slice(0, 20)}`, () => {
      const calls = legs({ ...numbers[0], headers: [a] }, { ...numbers[1], headers: [b] });
      assert.deepEqual(joined(calls), [what, what]);
      assert.deepEqual(
        calls.map(({ group }) => group),
        ['one@a', 'one@a'],
      );
    });

  test('a nil Session-ID, an icid that is not there, the Call-ID of nobody or of itself join nothing', () => {
    for (const header of [
      'Session-ID: 00000000000000000000000000000000',
      'Session-ID: abc',
      'P-Charging-Vector: orig-ioi=home1.net',
      'X-Call-ID: three@c',
      'X-Call-ID: two@b',
      'X-Trace: one@a',
      'Call-Info: one@a',
    ])
      assert.deepEqual(joined(legs({ ...numbers[0], headers: [header] }, { ...numbers[1], headers: [header] })), [], header);
  });

  test('three legs with one Session-ID', () => {
    const p = new Phones();
    const headers = ['Session-ID: ab30317f1a784dc48ff824d0d3715d86'];
    for (const callId of ['a', 'b', 'c'])
      p.ask('INVITE', { callId, headers, fromUser: callId, user: `to${callId}` }, ALICE, callId === 'a' ? PBX : CAROL);
    assert.deepEqual(
      p
        .calls()
        .map((c) => [
          c.callId,
          c.group,
          c.legs
            .map(({ callId }) => callId)
            .toSorted()
            .join(),
        ])
        .toSorted(),
      [
        ['a', 'a', 'b,c'],
        ['b', 'a', 'a'],
        ['c', 'a', 'a'],
      ],
    );
  });

  test('so many legs and no more', () => {
    const p = new Phones();
    for (let i = 0; i < 12; i++)
      p.ask('INVITE', { callId: `c${i}`, headers: ['Session-ID: ab30317f1a784dc48ff824d0d3715d86'], fromUser: `a${i}x`, user: `b${i}y` });
    assert.equal(Math.max(...p.calls().map((c) => c.legs.length)), 8);
  });
});

describe('joined by numbers, place and time', () => {
  test('both numbers end alike, whatever prefixes were added', () => {
    const calls = legs({ user: '003049123456', fromUser: '+4940777' }, { user: '+49123456', fromUser: '40777' });
    assert.deepEqual(joined(calls), ['numbers 0.8', 'numbers 0.8']);
  });

  test('the caller’s number alone, if nobody else called with it then', () => {
    assert.deepEqual(joined(legs({ user: '2302', fromUser: 'telephone1' }, { user: 'telephone2', fromUser: 'telephone1' })), [
      'numbers 0.5',
      'numbers 0.5',
    ]);
    const p = new Phones();
    p.ask('INVITE', { callId: 'zero', user: '2303', fromUser: 'telephone1' }, MALLORY, PBX);
    assert.deepEqual(joined(legs({ user: '2302', fromUser: 'telephone1' }, { user: 'telephone2', fromUser: 'telephone1' }, 0.1, p)), []);
  });

  test('not joined: too late, elsewhere, other numbers, the first one over, anonymous, one host', () => {
    const same = { user: '4711', fromUser: '0815' };
    assert.deepEqual(joined(legs(same, same)), ['numbers 0.8', 'numbers 0.8']);
    assert.deepEqual(joined(legs(same, same, 2.5)), []);
    assert.deepEqual(joined(legs(same, same, 0.1, new Phones(), MALLORY)), []);
    assert.deepEqual(joined(legs(same, { user: '4711', fromUser: '9915' })), []);
    assert.deepEqual(joined(legs({ user: '94711', fromUser: '0815' }, { user: '84711', fromUser: '0815' })), [
      'numbers 0.5',
      'numbers 0.5',
    ]);
    const nobody = { user: '4711', fromUser: 'Anonymous' };
    assert.deepEqual(joined(legs(nobody, nobody)), []);
    assert.deepEqual(joined(legs({ user: '4711', fromUser: '5' }, { user: '4711', fromUser: '5' })), []);
    const p = new Phones();
    p.ask('INVITE', { ...same, callId: 'one@a' });
    p.reply(486, 'INVITE', { ...same, callId: 'one@a' });
    p.ask('INVITE', { ...same, callId: 'two@b' }, PBX, CAROL);
    assert.deepEqual(joined(p.calls()), []);
    const q = new Phones();
    for (const callId of ['a', 'b']) q.ask('INVITE', { ...same, callId }, PBX, PBX);
    assert.deepEqual(joined(q.calls()), []);
  });

  test('the second leg may come on a second hop; a second hop of the first is not a leg', () => {
    const p = new Phones();
    const same = { user: '4711', fromUser: '0815' };
    p.ask('INVITE', { ...same, callId: 'a' }, ALICE, MALLORY);
    p.ask('INVITE', { ...same, callId: 'a' }, MALLORY, PBX);
    p.ask('INVITE', { ...same, callId: 'b' }, PBX, CAROL);
    assert.deepEqual(joined(p.calls()), ['numbers 0.8', 'numbers 0.8']);
  });

  test('without a taker of calls they are counted', () => {
    const p = new Phones({}, false);
    const same = { user: '4711', fromUser: '0815' };
    legs(same, same, 0.1, p);
    assert.equal(p.tracker.calls.summary.joined, 2);
  });

  test('a call that was pushed out joins nothing', () => {
    const p = new Phones();
    p.ask('INVITE', { callId: 'a', user: '4711', fromUser: '0815' }, ALICE, PBX);
    const { table } = p.tracker.calls;
    table.each(p.now, (_, slot) => table.remove(slot));
    p.ask('INVITE', { callId: 'b', user: '4711', fromUser: '0815' }, PBX, CAROL);
    assert.deepEqual(joined(p.calls()), []);
  });
});
