import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conversation } from '../../test/conversation.ts';
import { request } from '../../test/talk.ts';

const SERVER = '198.51.100.1:5060';

/** A client that sends requests of its own with these headers. */
class Sender extends Conversation {
  #n = 0;

  /** Requests with faults, kinds of these, requests in all; undefined for a request without any. */
  ask(headers: readonly string[], src = '192.0.2.66:5060'): number[] | undefined {
    const n = ++this.#n;
    const { broken, relation } = this.send(request('OPTIONS', { branch: `z9hG4bK-${n}`, callId: `c${n}`, headers }), src, SERVER);
    return broken && [broken.requests, broken.kinds, relation?.requests ?? 0];
  }
}

test('requests with faults are counted, and kinds of faults', () => {
  const t = new Sender();
  assert.equal(t.ask([]), undefined);
  assert.equal(t.ask(['User-Agent: x', 'Proxy-Require: y']), undefined, 'a note is no fault');
  assert.deepEqual(t.ask(['Date: x', 'Date: x']), [1, 2, 3]);
  assert.deepEqual(t.ask(['Date: x']), [2, 2, 4]);
  assert.deepEqual(t.ask(['Expires: x']), [3, 3, 5]);
  assert.deepEqual(t.ask(['Expires: x'], '192.0.2.67:5060'), [1, 1, 1], 'of each client');
});

test('half of it is forgotten every half hour, with the requests of the relation', () => {
  const t = new Sender();
  for (let i = 0; i < 8; i++) t.ask(['Date: x']);
  t.wait(1750);
  assert.deepEqual(t.ask(['Expires: x']), [9, 2, 9]);
  t.wait(60);
  assert.equal(t.ask([]), undefined);
  assert.deepEqual(t.ask(['Expires: x']), [5, 1, 6]);
  t.wait(1700);
  t.ask([]);
  t.wait(1800);
  t.ask([]);
  assert.deepEqual(t.ask(['Date: x']), [3, 1, 5]);
  for (let i = 0; i < 8; i++) t.ask(['Date: x']);
  t.wait(1900);
  t.ask([]);
  assert.deepEqual(t.ask(['Date: x']), [3, 1, 5], 'twice meanwhile');
});

test('a full table makes entries anew in used places', () => {
  const t = new Sender();
  for (let i = 0; i < 1000; i++) assert.deepEqual(t.ask(['Date: x'], `192.0.${i >> 8}.${i & 255}:5060`), [1, 1, 1]);
  assert.ok(t.tracker.faults.table.evicted > 0);
});
