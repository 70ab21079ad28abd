import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Conversation } from '../../../test/conversation.ts';
import { challenge, type Place, request, response, type Wording } from '../../../test/talk.ts';
import { ACCEPTED, FAILED, NONE, UNKNOWN_USER } from '../observation.ts';

const CLIENT = '192.0.2.66:5060';
const SERVER = '198.51.100.1:5060';

/** A tap that sees answers only. */
class Answers extends Conversation {
  #branch = 0;

  /** The outcome of one more answer. */
  hear(status: number, method = 'REGISTER', w: Wording = {}, server: Place = SERVER): number {
    const headers = status === 401 ? [challenge(`n${this.#branch}`)] : [];
    return this.send(response(status, method, { branch: `z9hG4bK-${++this.#branch}`, headers, ...w }), server, CLIENT).inferred;
  }

  hearAll(...statuses: number[]): number[] {
    return statuses.map((status) => this.hear(status));
  }
}

describe('failures are the challenges that are left over (C-03)', () => {
  test('each success takes back one challenge', () => {
    const t = new Answers();
    assert.deepEqual(t.hearAll(401, 200, 401, 200, 401, 200), [NONE, NONE, NONE, NONE, NONE, NONE]);
    assert.equal(t.tracker.loneAnswers.account?.trusted, true);
  });

  test('a challenge after a challenge is a refusal, and 403 is one', () => {
    const t = new Answers();
    assert.deepEqual(t.hearAll(401, 401, 401, 403, 401, 200), [NONE, FAILED, FAILED, FAILED, NONE, ACCEPTED]);
    assert.equal(t.tracker.loneAnswers.account?.refusals, 3);
    assert.equal(t.tracker.loneAnswers.account?.trusted, false);
  });

  test('a stale nonce is none', () => {
    const t = new Answers();
    t.hear(401);
    assert.equal(t.hear(401, 'REGISTER', { headers: [challenge('m', ', stale=true')] }), NONE);
    assert.equal(t.hear(200), NONE);
  });

  test('repetitions and provisional answers say nothing', () => {
    const t = new Answers();
    t.hear(401, 'INVITE', { branch: 'z9hG4bK-same' });
    assert.equal(t.hear(401, 'INVITE', { branch: 'z9hG4bK-same', headers: [challenge('n0')] }), NONE);
    assert.equal(t.hear(100, 'INVITE'), NONE);
    assert.equal(t.hear(401, 'INVITE'), FAILED, 'still waiting');
    assert.equal(t.hear(486, 'INVITE'), NONE);
    assert.equal(t.hear(401, 'INVITE'), NONE, 'busy: the one before was accepted');
  });

  test('methods and users are told apart', () => {
    const t = new Answers();
    t.hear(401);
    assert.equal(t.hear(401, 'SUBSCRIBE'), NONE);
    assert.equal(t.hear(401, 'REGISTER', { user: 'bob' }), NONE);
  });
});

describe('probes', () => {
  test('unknown users, whoever they are', () => {
    const t = new Answers();
    assert.deepEqual(
      ['a', 'b', 'c'].map((user) => t.hear(404, 'REGISTER', { user })),
      [UNKNOWN_USER, UNKNOWN_USER, UNKNOWN_USER],
    );
    assert.equal(t.hear(403, 'INVITE', { user: 'd' }), UNKNOWN_USER);
    assert.equal(t.hear(604, 'INVITE', { user: 'e' }), UNKNOWN_USER);
    assert.deepEqual([t.tracker.loneAnswers.pair?.misses, t.tracker.loneAnswers.pair?.hits], [5, 0]);
    assert.equal(t.hear(404, 'BYE', { user: 'f' }), NONE, 'what is in a dialog is not about a user');
    t.hear(407, 'INVITE', { user: 'g' });
    assert.equal(t.hear(404, 'INVITE', { user: 'g' }), NONE, 'he proved who he is before');
  });

  test('challenges that nothing follows within 2 s', () => {
    const t = new Answers();
    t.hear(401, 'REGISTER', { user: 'a' });
    t.hear(401, 'REGISTER', { user: 'b' });
    t.hear(200, 'REGISTER', { user: 'b' });
    t.hear(401, 'REGISTER', { user: 'c' });
    t.hear(401, 'REGISTER', { user: 'c' });
    t.wait(3);
    assert.deepEqual(t.lone, ['a@example.com']);
    t.hear(401, 'REGISTER', { user: 'd' });
    t.finish(0.3);
    assert.deepEqual(t.lone, ['a@example.com'], 'at the end of the input half a second');
  });

  test('at the end of the input half a second is enough', () => {
    const t = new Answers();
    t.hear(401, 'REGISTER', { user: 'a' });
    t.finish(0.6);
    assert.deepEqual(t.lone, ['a@example.com']);
  });

  test('a table that forgot tells nothing', () => {
    const t = new Answers();
    t.hear(401, 'REGISTER', { user: 'a' });
    t.tracker.loneAnswers.table.each(t.now, (_, slot) => t.tracker.loneAnswers.table.remove(slot));
    t.wait(3);
    assert.deepEqual(t.lone, []);
  });

  test('OPTIONS to one user after the other, not pings of phones behind one address', () => {
    const t = new Answers();
    assert.deepEqual(
      ['a', 'b', 'b', 'c', ''].map((user) => t.hear(200, 'OPTIONS', { user })),
      [UNKNOWN_USER, UNKNOWN_USER, NONE, UNKNOWN_USER, NONE],
    );
    const phones = new Answers();
    assert.deepEqual(
      ['a', 'b', 'c'].map((user, i) => phones.hear(200, 'OPTIONS', { user }, `198.51.100.1:${40000 + i}`)),
      [UNKNOWN_USER, NONE, NONE],
    );
  });
});

describe('only where requests are not seen', () => {
  test('late answers to a client that was seen to ask say nothing', () => {
    const t = new Answers();
    t.send(request('OPTIONS', { branch: 'z9hG4bK-seen' }), CLIENT, SERVER);
    assert.deepEqual(t.hearAll(401, 401, 401), [NONE, NONE, NONE]);
    assert.equal(t.tracker.loneAnswers.table.inserted, 0);
  });

  test('nor do answers of a server that others are seen to ask', () => {
    const t = new Answers();
    t.send(request('OPTIONS', { branch: 'z9hG4bK-seen' }), '192.0.2.1:5060', SERVER);
    t.send(response(200, 'OPTIONS', { branch: 'z9hG4bK-seen' }), SERVER, '192.0.2.1:5060');
    assert.deepEqual(t.hearAll(401, 401, 404), [NONE, NONE, NONE]);
    assert.equal(t.tracker.loneAnswers.table.inserted, 0);
  });

  test('an entry in a used place is new', () => {
    const t = new Answers();
    t.hearAll(401, 401, 401);
    t.wait(3700);
    assert.equal(t.hear(401), NONE);
    assert.equal(t.tracker.loneAnswers.account?.refusals, 0);
  });
});
