import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Conversation } from '../../../test/conversation.ts';
import { challenge, request, response, type Wording } from '../../../test/talk.ts';
import { FAILED, NONE, type Observation, UNKNOWN_USER } from '../observation.ts';

const CLIENT = '192.0.2.66:5060';
const SERVER = '198.51.100.1:5060';

/** A tap that sees requests only; a tenth of a second between two. */
class Requests extends Conversation {
  #n = 0;

  ask(method: string, w: Wording = {}): Observation {
    this.wait(0.1);
    const n = ++this.#n;
    return this.send(request(method, { branch: `z9hG4bK-${n}`, callId: `c${n}`, ...w }), CLIENT, SERVER);
  }

  /** A REGISTER with credentials. */
  prove(nonce: string, proof: string, count = ''): Observation {
    const nc = count === '' ? '' : `, nc=${count}, qop=auth, cnonce="c"`;
    const line = `Authorization: Digest username="alice", realm="example.com", nonce="${nonce}", uri="sip:example.com", response="${proof}"${nc}`;
    return this.ask('REGISTER', { headers: [line] });
  }
}

function times<T>(n: number, what: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => what(i));
}

function count(outcomes: readonly number[], outcome: number): number {
  return outcomes.filter((each) => each === outcome).length;
}

describe('probes', () => {
  test('one user after the other, without ever any credentials', () => {
    const t = new Requests();
    const outcomes = times(30, (i) => t.ask('REGISTER', { user: `u${i}` }).inferred);
    assert.deepEqual(outcomes.slice(0, 10), Array(10).fill(NONE), 'answers may be late');
    assert.equal(count(outcomes, UNKNOWN_USER), 20);
    assert.equal(t.ask('OPTIONS', { user: 'x' }).inferred, NONE, 'OPTIONS need no credentials');
  });

  test('not in the first half second', () => {
    const t = new Requests();
    const outcomes = times(
      30,
      (i) => t.send(request('REGISTER', { user: `u${i}`, branch: `z9hG4bK-q${i}`, callId: `q${i}` }), CLIENT, SERVER).inferred,
    );
    assert.equal(count(outcomes, UNKNOWN_USER), 0);
  });

  test('phones of an office that sign in are none', () => {
    const t = new Requests();
    const outcomes = times(40, (i) => {
      const user = `u${i}`;
      const bare = t.ask('REGISTER', { user }).inferred;
      return [
        bare,
        t.ask('REGISTER', {
          user,
          headers: [`Authorization: Digest username="${user}", realm="r", nonce="n${i}", uri="sip:x", response="${i}"`],
        }).inferred,
      ];
    });
    assert.equal(count(outcomes.flat(), UNKNOWN_USER), 0);
    assert.equal(count(outcomes.flat(), FAILED), 0);
  });

  test('calls that are acknowledged are none', () => {
    const t = new Requests();
    const outcomes = times(40, (i) => {
      const { inferred } = t.ask('INVITE', { user: `u${i}` });
      t.ask('ACK', { user: `u${i}`, toTag: 't' });
      return inferred;
    });
    assert.equal(count(outcomes, UNKNOWN_USER), 0);
  });

  test('once an answer is seen it is what counts', () => {
    const t = new Requests();
    times(12, (i) => t.ask('REGISTER', { user: `u${i}` }));
    t.send(response(401, 'REGISTER', { user: 'u11', branch: 'z9hG4bK-12', callId: 'c12', headers: [challenge('n')] }), SERVER, CLIENT);
    assert.equal(t.ask('REGISTER', { user: 'next' }).inferred, NONE);
  });
});

describe('guesses', () => {
  test('one response after the other over new nonces', () => {
    const t = new Requests();
    const seen = times(30, (i) => t.prove(`n${i}`, `p${i}`).inferred);
    assert.equal(count(seen, FAILED), 20);
    assert.equal(t.prove('n', 'p').attempt?.refusals, 21);
  });

  test('over one nonce, with its counter raised, at once', () => {
    const t = new Requests();
    const outcomes = times(30, (i) => t.prove('n', `p${i}`, `0000${i + 10}`).inferred);
    assert.equal(count(outcomes, FAILED), 20);
  });

  test('a phone that signs in again every thirty seconds is none, whatever becomes of its nonce', () => {
    const t = new Requests();
    const outcomes = times(40, (i) => {
      t.wait(30);
      // The nonce of last time is stale: the same request again over a new one.
      const first = t.prove(`n${i}`, `a${i}`, '00000002').inferred;
      return [first, t.prove(`n${i + 1}`, `b${i}`, '00000001').inferred];
    });
    assert.equal(count(outcomes.flat(), FAILED), 0);
    const another = new Requests();
    const steady = times(40, (i) => {
      another.wait(30);
      return another.prove('m', `c${i}`, `0000${i + 10}`).inferred;
    });
    assert.equal(count(steady, FAILED), 0);
  });

  test('nor is one that sends the same again', () => {
    const t = new Requests();
    assert.equal(
      count(
        times(30, () => t.prove('n', 'p').inferred),
        FAILED,
      ),
      0,
    );
  });
});
