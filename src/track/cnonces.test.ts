import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conversation } from '../../test/conversation.ts';
import { request } from '../../test/talk.ts';

const SERVER = '198.51.100.1:5060';
const DAY = 86_400;

class Clients extends Conversation {
  #n = 0;

  /** A REGISTER with that cnonce; the row of who used it before, or -1. */
  register(src: string, cnonce: string, callId = `c${this.#n}`): number {
    const n = ++this.#n;
    const digest = `Authorization: Digest username="alice", realm="r", nonce="n", uri="sip:r", response="x", cnonce="${cnonce}", nc=00000001, qop=auth`;
    const o = this.send(request('REGISTER', { callId, branch: `z9hG4bK-${n}`, headers: [digest] }), `${src}:5060`, SERVER);
    return this.tracker.cnonces.note(o, this.now);
  }

  /** The address in a row. */
  addressAt(row: number): string {
    return this.tracker.cnonces.table.rows.subarray(row + 12, row + 16).join('.');
  }
}

test('the second source of a cnonce is told, with who had it before', () => {
  const t = new Clients();
  assert.equal(t.register('192.0.2.1', 'a1b2c3d4'), -1);
  assert.equal(t.register('192.0.2.1', 'a1b2c3d4'), -1);
  assert.equal(t.addressAt(t.register('192.0.2.2', 'a1b2c3d4')), '192.0.2.1');
  assert.equal(t.tracker.cnonces.sources, 2);
  assert.equal(t.register('192.0.2.2', 'a1b2c3d4'), -1);
  assert.equal(t.register('192.0.2.2', 'another0'), -1);
});

test('a constant of a tool is told four times at most', () => {
  const t = new Clients();
  const rows = ['1', '2', '3', '4', '5', '6'].map((host) => t.register(`192.0.2.${host}`, '00000000'));
  assert.deepEqual(
    rows.map((row) => (row < 0 ? '' : t.addressAt(row))),
    ['', '192.0.2.1', '192.0.2.2', '192.0.2.3', '', ''],
  );
});

test('short ones say nothing, and a request that was forwarded is the same one', () => {
  const t = new Clients();
  for (const host of ['1', '2']) assert.equal(t.register(`192.0.2.${host}`, '1234567'), -1);
  for (const host of ['3', '4']) assert.equal(t.register(`192.0.2.${host}`, 'forwarded', 'one-call'), -1);
});

test('after a month without it a cnonce is forgotten', () => {
  const t = new Clients();
  t.register('192.0.2.1', 'a1b2c3d4');
  t.wait(29 * DAY);
  assert.ok(t.register('192.0.2.2', 'a1b2c3d4') >= 0);
  t.wait(31 * DAY);
  assert.equal(t.register('192.0.2.3', 'a1b2c3d4'), -1);
  // The slot is used anew, for another source.
  assert.equal(t.addressAt(t.register('192.0.2.4', 'a1b2c3d4')), '192.0.2.3');
});
