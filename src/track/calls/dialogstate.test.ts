import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Phones } from '../../../test/phones.ts';
import { ACK, BYE, CANCEL, INFO, INVITE, UPDATE } from '../../decode/message.ts';
import { BEHIND, compareCSeq, expectedStates, HIGHER, makeDialog, noteCSeq, REPEATED, surveillance } from './dialogstate.ts';

test('the machine of paper 002: Inactive, Wait ack, Active and back (S2-24)', () => {
  const p = new Phones();
  const states = [surveillance(undefined)];
  const look = () => states.push(surveillance(p.dialogs()[0]));
  p.ask('INVITE');
  p.reply(180, 'INVITE');
  look();
  p.reply(200, 'INVITE');
  look();
  p.ask('ACK', { toTag: 't1' });
  look();
  p.ask('INVITE', { toTag: 't1', cseq: 2 });
  look();
  p.reply(200, 'INVITE', { cseq: 2 });
  look();
  p.ask('ACK', { toTag: 't1', cseq: 2 });
  look();
  p.ask('BYE', { toTag: 't1', cseq: 3 });
  p.reply(200, 'BYE', { cseq: 3 });
  look();
  assert.deepEqual(states, ['inactive', 'wait-ack', 'wait-ack', 'active', 'wait-ack', 'wait-ack', 'active', 'inactive']);
});

test('where the machine allows which method (S2-25)', () => {
  const table = [INVITE, ACK, BYE, CANCEL, UPDATE, INFO].map((method) => expectedStates(method).join(' '));
  assert.deepEqual(table, ['inactive active', 'wait-ack', 'wait-ack active', 'wait-ack', 'wait-ack active', 'wait-ack active']);
});

test('an adopted dialog is active: its ACK was before', () => {
  const d = makeDialog();
  d.state = 2;
  d.adopted = true;
  assert.equal(surveillance(d), 'active');
});

test('CSeq numbers: every one of the last 32 is remembered, what is further behind is behind', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 60 }), fc.integer({ min: 0, max: 200 }), (sent, asked) => {
      const { caller } = makeDialog();
      const seen = new Set<number>();
      let highest = -1;
      for (const n of sent) {
        // What falls out of the window is forgotten.
        if (n > highest) for (const old of seen) if (n - old >= 32) seen.delete(old);
        if (n > highest - 32) seen.add(n);
        highest = Math.max(highest, n);
        noteCSeq(caller, n, 0);
      }
      const expected = highest < 0 || asked > highest ? HIGHER : seen.has(asked) ? REPEATED : BEHIND;
      assert.equal(compareCSeq(caller, asked), expected);
    }),
  );
});

test('a message without a CSeq number is not noted', () => {
  const { caller } = makeDialog();
  noteCSeq(caller, -1, 0);
  assert.equal(caller.cseq, -1);
});
