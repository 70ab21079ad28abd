import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Conversation } from '../../test/conversation.ts';
import { request, response } from '../../test/talk.ts';
import { splitNumber } from './dialled.ts';
import type { Observation } from './observation.ts';

const CALLER = '192.0.2.66:5060';
const OTHER = '192.0.2.67:5060';
const SERVER = '198.51.100.1:5060';

class Dialler extends Conversation {
  #n = 0;

  /** Dials; what is seen of the INVITE. */
  dial(user: string, src = CALLER): Observation {
    const n = ++this.#n;
    return this.send(request('INVITE', { user, callId: `c${n}`, branch: `z9hG4bK-${n}` }), src, SERVER);
  }

  /** The last INVITE is answered. */
  answer(user: string, status: number, src = CALLER): Observation {
    return this.send(response(status, 'INVITE', { user, callId: `c${this.#n}`, branch: `z9hG4bK-${this.#n}` }), SERVER, src);
  }

  prefixes(user: string, src = CALLER): number {
    return this.dial(user, src).retried?.prefixes ?? 0;
  }
}

describe('a number behind several prefixes', () => {
  test('is told from the second prefix on, each prefix once', () => {
    const t = new Dialler();
    const dialled = [
      '972599501806',
      '011972599501806',
      '972599501806',
      '9011972599501806',
      '011972599501806',
      '*67972599501806',
      '#972599501806',
    ];
    assert.deepEqual(
      dialled.map((user) => t.prefixes(user)),
      [0, 2, 0, 3, 0, 4, 5],
    );
  });

  test('is the same whatever separates its digits, with a plus or parameters', () => {
    const t = new Dialler();
    const dialled = ['+49891234567', '49891234567', '49(89)123-45.67', '+49891234567;phone-context=x', '0049891234567'];
    assert.deepEqual(
      dialled.map((user) => t.prefixes(user)),
      [0, 0, 0, 0, 2],
    );
  });

  test('is counted for each source, for an hour', () => {
    const t = new Dialler();
    assert.equal(t.prefixes('0891234567'), 0);
    assert.equal(t.prefixes('00891234567', OTHER), 0);
    assert.equal(t.prefixes('00891234567'), 2);
    t.wait(3601);
    assert.equal(t.prefixes('000891234567'), 0);
  });

  test('is remembered with the last sixteen prefixes', () => {
    const t = new Dialler();
    for (let i = 1; i <= 16; i++) assert.equal(t.prefixes(`${100 + i}123456789`), i === 1 ? 0 : i);
    assert.equal(t.prefixes('101123456789'), 0);
    assert.equal(t.prefixes('200123456789'), 17);
    assert.equal(t.prefixes('101123456789'), 18);
  });

  test('is answered', () => {
    const t = new Dialler();
    t.dial('0123456789');
    assert.equal(t.answer('0123456789', 404).retried, undefined);
    t.dial('90123456789');
    const answered = t.answer('90123456789', 200);
    assert.deepEqual([answered.retried?.prefixes, answered.retried?.answered, answered.relation?.connected], [2, 1, 1]);
  });

  test('is answered when it is long forgotten', () => {
    const t = new Dialler();
    t.dial('0123456789');
    t.dial('90123456789');
    t.tracker.dialled.table.each(t.now, (_, slot) => t.tracker.dialled.table.remove(slot));
    assert.equal(t.answer('90123456789', 200).retried, undefined);
  });
});

test('a trunk is not watched', () => {
  const t = new Dialler();
  for (let i = 0; i < 128; i++) {
    t.dial(String(100_000_000 + i));
    t.answer(String(100_000_000 + i), 200);
  }
  assert.deepEqual([t.prefixes('9100000000'), t.prefixes('00100000000')], [0, 0]);
  assert.equal(t.tracker.dialled.table.inserted, 128);
});

test('a full table makes numbers anew in used places', () => {
  const t = new Dialler();
  for (let i = 0; i < 6000; i++) {
    const user = String(100_000_000 + i);
    assert.deepEqual([t.prefixes(user), t.prefixes(`0${user}`)], [0, 2]);
  }
  assert.ok(t.tracker.dialled.table.evicted > 0);
});

test('what is no number, or a short one, is left', () => {
  const t = new Dialler();
  for (const user of ['alice', '10', '12345678', '12345*6789', '1234+56789', `${'9'.repeat(60)}0123456789`, 'x123456789', ';123456789'])
    t.dial(user);
  assert.equal(t.tracker.dialled.table.inserted, 0);
  t.dial('alice');
  assert.equal(t.answer('alice', 200).relation?.connected, 1);
  assert.equal(t.answer('alice', 200).retried, undefined);
});

test('a call that is repeated with credentials is the same', () => {
  const t = new Dialler();
  assert.equal(t.prefixes('0123456789'), 0);
  t.answer('0123456789', 401);
  assert.equal(t.prefixes('0123456789'), 0);
});

test('a number in two parts', () => {
  assert.deepEqual(splitNumber('+49 (89)'), { prefix: '', suffix: '+49 89' });
  assert.deepEqual(splitNumber('1010333-011.972599501806;npdi'), { prefix: '1010333011972', suffix: '599501806' });
});
