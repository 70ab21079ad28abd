import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Conversation } from '../../test/conversation.ts';
import { challenge, credentials, type Place, request, response, type Wording } from '../../test/talk.ts';
import type { Observation } from './observation.ts';

const GUESSER = '192.0.2.66:5060';
const OWNER = '192.0.2.9:5060';
const FAR = '203.0.113.5:5060';
const SERVER = '198.51.100.1:5060';

/** People who sign in at a server. */
class SignIns extends Conversation {
  #n = 0;

  /** Signs in with credentials that are answered with `status`; what is seen of the answer. */
  signIn(who: Place, status: number, method = 'REGISTER', more: Wording = {}): Observation {
    const n = ++this.#n;
    const w = { callId: `c${n}`, cseq: 1, branch: `z9hG4bK-a${n}`, ...more };
    this.send(request(method, w), who, SERVER);
    this.send(response(401, method, { ...w, headers: [challenge(`n${n}`)] }), SERVER, who);
    const again = { ...w, cseq: 2, branch: `z9hG4bK-b${n}` };
    this.send(request(method, { ...again, headers: [credentials(`n${n}`), ...(more.headers ?? [])] }), who, SERVER);
    const headers = status === 401 ? [challenge(`m${n}`)] : (more.headers ?? [`Contact: <sip:alice@${who}>;expires=3600`]);
    return this.send(response(status, method, { ...again, headers }), SERVER, who);
  }

  fall(): Observation {
    for (let i = 0; i < 5; i++) this.signIn(GUESSER, 401);
    return this.signIn(GUESSER, 200);
  }
}

describe('an account that was guessed', () => {
  test('is registered by the guesser at once, and he calls', () => {
    const t = new SignIns();
    assert.equal(t.fall().use, 'registered');
    const { takeovers } = t.tracker;
    assert.equal(takeovers.fallen?.refusals, 5);
    assert.deepEqual(takeovers.guesser.slice(12), Uint8Array.of(192, 0, 2, 66, 19, 196));
    assert.equal(t.signIn(GUESSER, 200, 'INVITE', { user: 'bob' }).use, 'called');
    assert.equal(t.signIn(GUESSER, 200, 'SUBSCRIBE').use, '');
    assert.equal(takeovers.table.inserted, 1, 'it fell once');
  });

  test('appears elsewhere, hours later', () => {
    const t = new SignIns();
    t.fall();
    t.wait(3 * 3600);
    assert.equal(t.signIn(FAR, 200).use, 'elsewhere');
  });

  test('is used by its owner, who was bound before', () => {
    const t = new SignIns();
    t.signIn(OWNER, 200);
    t.fall();
    t.wait(1);
    assert.equal(t.signIn(OWNER, 200).use, '');
  });

  test('is used by one who had been in touch before it fell', () => {
    const t = new SignIns();
    t.send(request('OPTIONS', { branch: 'z9hG4bK-early', callId: 'early' }), FAR, SERVER);
    t.wait(10);
    t.fall();
    assert.equal(t.signIn(FAR, 200).use, '');
  });

  test('is asked for its bindings only: nothing is taken over', () => {
    const t = new SignIns();
    t.fall();
    assert.equal(t.signIn(GUESSER, 200, 'REGISTER', { headers: [] }).use, '');
  });

  test('is watched for a day', () => {
    const t = new SignIns();
    t.fall();
    t.wait(25 * 3600);
    assert.equal(t.signIn(FAR, 200).use, '');
  });
});

test('two wrong passwords and then the right one: a person', () => {
  const t = new SignIns();
  t.signIn(OWNER, 401);
  t.signIn(OWNER, 401);
  assert.equal(t.signIn(OWNER, 200).use, '');
  assert.equal(t.tracker.takeovers.table.inserted, 0);
});

describe('an account without a password', () => {
  const bind = (t: SignIns, who: Place, headers: readonly string[]): Observation => {
    const w = { user: '100', callId: 'open', branch: 'z9hG4bK-open', headers };
    t.send(request('REGISTER', w), who, SERVER);
    return t.send(response(200, 'REGISTER', w), SERVER, who);
  };

  test('is registered by a scanner', () => {
    const t = new SignIns();
    for (let i = 0; i < 12; i++) {
      const w = { user: `u${i}`, callId: `s${i}`, branch: `z9hG4bK-s${i}` };
      t.send(request('REGISTER', w), GUESSER, SERVER);
      t.send(response(404, 'REGISTER', w), SERVER, GUESSER);
    }
    assert.equal(bind(t, GUESSER, []).use, '', 'without a Contact nothing is bound');
    const w = { user: '101', callId: 'open2', branch: 'z9hG4bK-open2', headers: ['Contact: <sip:101@192.0.2.66>'] };
    t.send(request('REGISTER', w), GUESSER, SERVER);
    assert.equal(t.send(response(200, 'REGISTER', w), SERVER, GUESSER).use, 'open');
    assert.equal(t.tracker.takeovers.fallen, undefined);
  });

  test('is registered by its phone', () => {
    assert.equal(bind(new SignIns(), OWNER, ['Contact: <sip:100@192.0.2.9>']).use, '');
  });
});
