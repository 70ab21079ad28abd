/** Messages labelled attacks: the decoder says what is wrong with each that is not valid. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shared } from '../peers.ts';
import { LABELLED, readLabelled } from './labelled.ts';

const table = shared(LABELLED);

test('every labelled message that breaks a rule is told', { skip: table.skip }, (t) => {
  const { messages, told, valid, missed } = readLabelled(table.path);
  t.diagnostic(`${told} of ${messages} told`);
  for (const [reason, n] of valid) {
    t.diagnostic(`${String(n).padStart(5)}  valid: ${reason}`);
    assert.ok(n > 0, reason);
  }
  assert.equal(messages, 1571);
  assert.deepEqual(missed, []);
});
