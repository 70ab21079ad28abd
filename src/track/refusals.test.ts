import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Conversation } from '../../test/conversation.ts';
import { challenge, credentials, type Place, request, response } from '../../test/talk.ts';
import type { Observation } from './observation.ts';

const SERVER = '198.51.100.1:5060';
/** One NAT, two ports. */
const GUESSER = '192.0.2.66:40001';
const PHONE = '192.0.2.66:40002';

/** How a try to sign in is worded. */
interface Try {
  readonly status: number;
  readonly from?: Place;
  readonly user?: string;
  readonly agent?: string;
  readonly callId?: string;
  readonly method?: string;
}

/** People who sign in at a server. */
class Tries extends Conversation {
  #n = 0;

  /** Tries a password over a new challenge; what is seen of the answer. */
  try({ status, from = GUESSER, user = 'alice', agent = 'Tool/1', method = 'REGISTER', callId = `c${this.#n}` }: Try): Observation {
    const n = ++this.#n;
    const w = { callId, cseq: 2 * n, branch: `z9hG4bK-a${n}`, user: method === 'INVITE' ? 'bob' : user, fromUser: user };
    const asked = [`User-Agent: ${agent}`];
    this.send(request(method, { ...w, headers: asked }), from, SERVER);
    this.send(response(401, method, { ...w, headers: [challenge(`n${n}`)] }), SERVER, from);
    const again = { ...w, cseq: 2 * n + 1, branch: `z9hG4bK-b${n}` };
    this.send(request(method, { ...again, headers: [...asked, credentials(`n${n}`, user)] }), from, SERVER);
    return this.send(response(status, method, { ...again, headers: status === 401 ? [challenge(`m${n}`)] : [] }), SERVER, from);
  }

  refuse(times: number, more: Partial<Try> = {}): this {
    for (let i = 0; i < times; i++) this.try({ status: 401, ...more });
    return this;
  }
}

describe('a password that is right at the first try', () => {
  test('of a source that had others refused for other accounts, from the same port', () => {
    const t = new Tries().refuse(3, { user: 'bob' }).refuse(2, { user: 'carol' });
    assert.equal(t.try({ status: 200 }).others, 5);
    assert.equal(t.try({ status: 200, from: PHONE, user: 'dave' }).others, 0, 'a telephone behind the same address');
  });

  test('of an account for which others had theirs refused, by the same program', () => {
    const t = new Tries();
    for (let i = 1; i <= 6; i++) t.try({ status: 401, from: `203.0.113.${i}:5060`, agent: `Bot/${i % 2}` });
    assert.equal(t.try({ status: 200, from: '203.0.113.99:5060', agent: 'Bot/1' }).others, 6);
    assert.equal(t.try({ status: 200, from: '203.0.113.98:5060', agent: 'Phone/1' }).others, 0, 'the owner from a new place');
    assert.equal(t.try({ status: 200, from: '203.0.113.99:5060', agent: 'Bot/1', user: 'bob' }).others, 0, 'another account');
  });

  test('four programs are remembered, the latest; what writes no make says nothing', () => {
    const t = new Tries();
    for (let i = 1; i <= 5; i++) t.try({ status: 401, from: `203.0.113.${i}:5060`, agent: `Bot/${i}` });
    assert.equal(t.try({ status: 200, from: '203.0.113.77:5060', agent: 'Bot/1' }).others, 0);
    assert.equal(t.try({ status: 200, from: '203.0.113.78:5060', agent: 'Bot/5' }).others, 5);
    t.try({ status: 401, from: '203.0.113.8:5060', method: 'SUBSCRIBE', user: 'eve' });
    assert.equal(t.try({ status: 200, from: '203.0.113.9:5060', method: 'SUBSCRIBE', user: 'eve' }).others, 0);
  });

  test('nobody was refused', () => {
    assert.equal(new Tries().try({ status: 200 }).others, 0);
  });
});

describe('who was refused, and who is accepted', () => {
  test('the same port or program: it is he', () => {
    for (const more of [{}, { from: PHONE }, { agent: 'Phone/1' }]) {
      const t = new Tries().refuse(5, { callId: 'same' });
      const o = t.try({ status: 200, callId: 'other', ...more });
      assert.deepEqual([o.trusted, o.attempt?.refusals, o.use], [false, 5, ''], JSON.stringify(more));
      assert.equal(t.tracker.takeovers.table.inserted, 1, 'the account has fallen');
    }
  });

  test('another program at another port: somebody else behind the same address', () => {
    const t = new Tries().refuse(5, { callId: 'same' });
    const o = t.try({ status: 200, from: PHONE, agent: 'Phone/1', callId: 'other' });
    assert.deepEqual([o.trusted, o.attempt?.refusals], [true, 5]);
    assert.equal(t.tracker.takeovers.table.inserted, 0);
  });
});

describe('guesses with INVITE', () => {
  const call = (t: Tries, status: number): Observation => t.try({ status, method: 'INVITE' });

  test('nobody there, busy: the password was right, and the account has fallen', () => {
    for (const status of [480, 486, 603]) {
      const t = new Tries().refuse(4, { method: 'INVITE' });
      const o = call(t, status);
      assert.deepEqual([o.attempt?.refusals, o.trusted], [4, false], `${status}`);
      assert.equal(t.tracker.takeovers.table.inserted, 1, `${status}`);
    }
  });

  test('what a server says before it looks at the password', () => {
    for (const status of [400, 483, 500, 503]) {
      const t = new Tries().refuse(4, { method: 'INVITE' });
      assert.equal(call(t, status).attempt, undefined, `${status}`);
    }
  });
});
