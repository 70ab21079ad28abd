import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { challenge, credentials, type Place, packetOf, request, response, type Wording } from '../../test/talk.ts';
import { addressText } from '../bytes.ts';
import { createMessage, parseSip } from '../decode/sip.ts';
import type { Abandoned } from './authentication.ts';
import type { LoneChallenge } from './loads/loneanswers.ts';
import { ACCEPTED, CHALLENGE, FAILED, NONE, type Observation, OPEN, STALE, UNKNOWN_USER } from './observation.ts';
import type { SeenRequest } from './sightings.ts';
import { type Capacities, Tracker } from './tracker.ts';
import type { Transaction } from './transactions.ts';

const SMALL = 1024;
const CAPACITIES: Capacities = {
  transactions: SMALL,
  nonces: SMALL,
  attempts: SMALL,
  peers: SMALL,
  relations: SMALL,
  registrations: SMALL,
  calls: SMALL,
  promises: SMALL,
  streams: SMALL,
  dialogs: SMALL,
  legs: SMALL,
  loads: SMALL,
};
const PHONE = '192.0.2.9:5060';
const SERVER = '198.51.100.1:5060';

/** A tracker, its clock and what lapsed. */
class Talk {
  readonly message = createMessage();
  readonly tracker: Tracker;
  readonly unanswered: string[] = [];
  readonly abandoned: string[] = [];
  readonly contacted: string[] = [];
  readonly lone: string[] = [];
  now = 1_000_000_000;

  constructor(callsWanted = true, capacities = CAPACITIES) {
    this.tracker = new Tracker(capacities, { k0: 1, k1: 2 }, this.message, { calls: callsWanted, silence: true });
  }

  send(text: string, src: Place, dst: Place): Observation {
    this.now += 10_000;
    this.lapse();
    const packet = packetOf(text, this.now, src, dst);
    assert.ok(parseSip(this.message, packet.bytes, 0, packet.end), 'the test speaks SIP');
    return this.tracker.observe(packet, this.message, this.now);
  }

  ask(method: string, w: Wording = {}, phone: Place = PHONE): Observation {
    return this.send(request(method, w), phone, SERVER);
  }

  reply(status: number, method: string, w: Wording = {}, phone: Place = PHONE): Observation {
    return this.send(response(status, method, w), SERVER, phone);
  }

  wait(seconds: number): void {
    this.now += seconds * 1e6;
    this.lapse();
  }

  lapse(): void {
    if (this.tracker.isDue(this.now)) this.tracker.lapse(this.now, this.lapses);
  }

  finish(): void {
    this.tracker.finish(this.now, this.lapses);
  }

  #seen({ slot, server, sighting }: SeenRequest): string {
    const { contacts } = this.tracker;
    return `${contacts.methodOf(slot)} ${addressText(server)} ${contacts.callIdOf(slot)} ${sighting.frame}`;
  }

  readonly lapses = {
    unanswered: (t: Transaction) => this.unanswered.push(String(t.method)),
    lone: (c: LoneChallenge) => this.lone.push(`${c.user}@${c.host}`),
    abandoned: (c: Abandoned) => this.abandoned.push(`${c.user}@${c.host}`),
    dialog: () => {},
    forged: () => {},
    stray: () => {},
    media: () => {},
    contacted: (r: SeenRequest) => this.contacted.push(this.#seen(r)),
  };
}

describe('transactions', () => {
  test('an answer meets its request, repetitions are told', () => {
    const talk = new Talk();
    const first = talk.ask('OPTIONS');
    assert.equal(first.initial, true);
    assert.equal(first.retransmission, false);
    assert.equal(talk.ask('OPTIONS').retransmission, true);
    const answer = talk.reply(200, 'OPTIONS');
    assert.equal(answer.concluded, true);
    assert.deepEqual([answer.transaction?.requests, answer.transaction?.answers, answer.transaction?.status], [2, 1, 200]);
    const again = talk.reply(200, 'OPTIONS');
    assert.deepEqual([again.retransmission, again.concluded], [true, false]);
  });

  test('one branch used for different requests gives different transactions (nmap: branch=foo)', () => {
    const talk = new Talk();
    talk.ask('OPTIONS', { branch: 'foo', callId: 'a' });
    assert.equal(talk.ask('OPTIONS', { branch: 'foo', callId: 'b' }).retransmission, false);
    assert.equal(talk.reply(200, 'OPTIONS', { branch: 'foo', callId: 'a' }).transaction?.requests, 1);
  });

  test('one Call-ID and CSeq for different branches gives different transactions (M-05)', () => {
    const talk = new Talk();
    talk.ask('REGISTER', { cseq: 2, branch: 'z9hG4bK1', fromTag: 'x1' });
    assert.equal(talk.ask('REGISTER', { cseq: 2, branch: 'z9hG4bK2', fromTag: 'x2' }).retransmission, false);
  });

  test('a request without a branch still meets its answer', () => {
    const talk = new Talk();
    const bare = (s: string) => s.replace(/;branch=\S+/, '');
    talk.send(bare(request('OPTIONS')), PHONE, SERVER);
    assert.equal(talk.send(bare(response(200, 'OPTIONS')), SERVER, PHONE).concluded, true);
  });

  test('a method without an RFC known here gets a transaction too', () => {
    const talk = new Talk();
    talk.ask('DANCE');
    assert.equal(talk.reply(501, 'DANCE').concluded, true);
    assert.equal(talk.ask('PRANCE').retransmission, false);
  });

  test('the ACK to a refusal joins its INVITE, the ACK to a 2xx has none', () => {
    const talk = new Talk();
    talk.ask('INVITE');
    talk.reply(486, 'INVITE');
    const ack = talk.ask('ACK', { toTag: 't1' });
    assert.equal(ack.transaction?.acknowledged, true);
    assert.equal(ack.retransmission, false);
    assert.equal(talk.ask('ACK', { toTag: 't1' }).retransmission, true);
    assert.equal(talk.ask('ACK', { branch: 'z9hG4bKother', toTag: 't1' }).transaction, undefined);
  });

  test('an answer without its request touches nothing', () => {
    const o = new Talk().reply(200, 'OPTIONS');
    assert.deepEqual([o.transaction, o.concluded, o.outcome], [undefined, false, NONE]);
  });

  test('an INVITE may ring for minutes, its final answer is still met', () => {
    const talk = new Talk();
    talk.ask('INVITE');
    talk.reply(180, 'INVITE');
    talk.wait(120);
    assert.equal(talk.reply(200, 'INVITE').concluded, true);
  });

  test('a request without any answer lapses after 32 s, once', () => {
    const talk = new Talk();
    talk.ask('OPTIONS');
    talk.wait(31);
    assert.deepEqual(talk.unanswered, []);
    talk.wait(1.1);
    assert.equal(talk.unanswered.length, 1);
    talk.wait(100);
    assert.equal(talk.unanswered.length, 1);
  });

  test('neither answered requests nor those in a dialog lapse; entries that were pushed out do not either', () => {
    const talk = new Talk();
    talk.ask('OPTIONS', { callId: 'answered' });
    talk.reply(100, 'OPTIONS', { callId: 'answered' });
    talk.ask('INFO', { callId: 'dialog', toTag: 't' });
    const slot = talk.tracker.transactions.table;
    talk.ask('OPTIONS', { callId: 'pushed out' });
    slot.each(talk.now, (t, i) => t.answers === 0 && t.initial && slot.remove(i));
    talk.wait(40);
    assert.deepEqual(talk.unanswered, []);
  });

  test('at the end of the input only what waited four seconds counts as unanswered', () => {
    const talk = new Talk();
    talk.ask('OPTIONS', { callId: 'old' });
    talk.wait(5);
    talk.ask('OPTIONS', { callId: 'young' });
    talk.finish();
    assert.equal(talk.unanswered.length, 1);
  });
});

describe('authentication outcomes (C-03)', () => {
  /** A REGISTER with credentials over that nonce and its answer. */
  function attempt(talk: Talk, nonce: string, status: number, next: string, n: number, more = ''): Observation {
    const w = { branch: `z9hG4bK-${n}`, cseq: n };
    talk.ask('REGISTER', { ...w, headers: [credentials(nonce)] });
    return talk.reply(status, 'REGISTER', {
      ...w,
      headers: status === 401 ? [challenge(next, more)] : ['Contact: <sip:alice@192.0.2.9>;expires=600'],
    });
  }

  test('the first 401 is a challenge and no failure; the right password is accepted', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    assert.equal(talk.reply(401, 'REGISTER', { headers: [challenge('n1')] }).outcome, CHALLENGE);
    const o = attempt(talk, 'n1', 200, '', 2);
    assert.equal(o.outcome, ACCEPTED);
    assert.equal(o.attempt, undefined, 'nothing was refused before');
    assert.deepEqual([o.change, o.binding?.bindings, o.binding?.expires], ['added', 1, 600]);
  });

  test('refused credentials are failures and are counted; success afterwards knows of them', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(401, 'REGISTER', { headers: [challenge('n1')] });
    for (let i = 1; i <= 3; i++) {
      const o = attempt(talk, `n${i}`, 401, `n${i + 1}`, i + 1);
      assert.deepEqual([o.outcome, o.attempt?.refusals, o.attempt?.trusted], [FAILED, i, false]);
    }
    const o = attempt(talk, 'n4', 200, '', 5);
    assert.deepEqual([o.outcome, o.attempt?.refusals], [ACCEPTED, 3]);
  });

  test('refusals that come as the timer of a device sends them', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(401, 'REGISTER', { headers: [challenge('n1')] });
    const steady = [30, 31, 29, 30, 60, 45, 30, 5, 31].map((pause, i) => {
      talk.wait(pause);
      return attempt(talk, `n${i + 1}`, 401, `n${i + 2}`, i + 2).attempt?.steady;
    });
    assert.deepEqual(steady, [0, 1, 2, 3, 4, 2, 3, 1, 2], 'one beat is missed; 45 s and 5 s are off the beat');
  });

  test('a refusal of the same nonce and response off the beat says nothing, one over another nonce does', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(401, 'REGISTER', { headers: [challenge('n1')] });
    const nonces = ['n1', 'n1', 'n1', 'n1', 'n1', 'n1', 'n2'];
    const steady = [30, 31, 29, 30, 0, 0, 0].map((pause, i) => {
      talk.wait(pause);
      return attempt(talk, nonces[i]!, 401, nonces[i + 1] ?? 'n2', i + 2).attempt?.steady;
    });
    assert.deepEqual(steady, [0, 1, 2, 3, 3, 3, 1]);
  });

  test('a good registration in between does not reset the count (E3-8)', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(401, 'REGISTER', { headers: [challenge('n1')] });
    attempt(talk, 'n1', 401, 'n2', 2);
    attempt(talk, 'n2', 200, '', 3);
    talk.ask('REGISTER', { branch: 'z9hG4bK-4', cseq: 4 });
    talk.reply(401, 'REGISTER', { branch: 'z9hG4bK-4', cseq: 4, headers: [challenge('n3')] });
    assert.equal(attempt(talk, 'n3', 401, 'n4', 5).attempt?.refusals, 2);
  });

  test('stale=true is not a failure', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(401, 'REGISTER', { headers: [challenge('n1')] });
    assert.equal(attempt(talk, 'n1', 401, 'n2', 2, ', stale=true').outcome, STALE);
  });

  test('a nonce that was accepted before has run out when it is refused', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(401, 'REGISTER', { headers: [challenge('n1')] });
    attempt(talk, 'n1', 200, '', 2);
    assert.equal(attempt(talk, 'n1', 401, 'n2', 3).outcome, STALE);
  });

  test('over nonces nobody was seen to give out: the first refusal is stale, later ones count, until an acceptance', () => {
    const talk = new Talk();
    assert.equal(attempt(talk, 'old', 401, 'n1', 1).outcome, STALE);
    assert.equal(attempt(talk, 'older', 401, 'n2', 2).outcome, FAILED);
    assert.equal(attempt(talk, 'n2', 200, '', 3).outcome, ACCEPTED);
    assert.equal(attempt(talk, 'invented', 401, 'n3', 4).outcome, STALE);
  });

  test('403 to credentials is a failure, without credentials an unknown user; 402 needs credentials', () => {
    const talk = new Talk();
    assert.equal(attempt(talk, 'any', 403, '', 1).outcome, FAILED);
    talk.ask('REGISTER', { callId: 'x' });
    assert.equal(talk.reply(403, 'REGISTER', { callId: 'x' }).outcome, UNKNOWN_USER);
    talk.ask('REGISTER', { callId: 'y' });
    assert.equal(talk.reply(402, 'REGISTER', { callId: 'y' }).outcome, NONE);
    assert.deepEqual([...talk.tracker.outcomes], [1, 0, 1, 1, 0, 0, 0]);
  });

  test('404 names an unknown user, other refusals say nothing, an open registrar accepts all', () => {
    const talk = new Talk();
    talk.ask('REGISTER', { callId: 'a' });
    assert.equal(talk.reply(404, 'REGISTER', { callId: 'a' }).probed, true);
    talk.ask('INVITE', { callId: 'b' });
    assert.deepEqual([talk.reply(486, 'INVITE', { callId: 'b' }).outcome], [NONE]);
    talk.ask('REGISTER', { callId: 'c' });
    assert.equal(talk.reply(200, 'REGISTER', { callId: 'c' }).outcome, OPEN);
  });

  test('credentials that are not Digest are not looked at', () => {
    const talk = new Talk();
    talk.ask('REGISTER', { headers: ['Authorization: Basic YWxpY2U6eA=='] });
    assert.equal(talk.reply(401, 'REGISTER', { headers: ['WWW-Authenticate: Basic realm="x"'] }).outcome, CHALLENGE);
  });

  test('a challenge nobody answers is abandoned after 2 s; one whose nonce was used is not', () => {
    const talk = new Talk();
    talk.ask('REGISTER', { user: 'left' });
    talk.reply(401, 'REGISTER', { user: 'left', headers: [challenge('n1')] });
    talk.ask('REGISTER', { user: 'taken', callId: 'c2' });
    talk.reply(401, 'REGISTER', { user: 'taken', callId: 'c2', headers: [challenge('n2')] });
    talk.ask('REGISTER', { user: 'taken', callId: 'c3', cseq: 2, headers: [credentials('n2', 'taken')] });
    talk.wait(2.1);
    assert.deepEqual(talk.abandoned, ['left@example.com']);
  });

  test('at the end of the input a challenge half a second old counts as abandoned, a younger one does not', () => {
    const talk = new Talk();
    talk.ask('REGISTER', { user: 'old' });
    talk.reply(401, 'REGISTER', { user: 'old', headers: [challenge('n1')] });
    talk.wait(0.6);
    talk.ask('REGISTER', { user: 'young', callId: 'c2' });
    talk.reply(401, 'REGISTER', { user: 'young', callId: 'c2', headers: [challenge('n2')] });
    talk.finish();
    assert.deepEqual(talk.abandoned, ['old@example.com']);
  });

  test('one nonce given to one client for different users pends for each (Kamailio: one nonce a second)', () => {
    const talk = new Talk();
    for (const user of ['1000', '1001', '1002']) {
      talk.ask('REGISTER', { user, callId: user });
      talk.reply(401, 'REGISTER', { user, callId: user, headers: [challenge('same')] });
    }
    talk.ask('REGISTER', { user: '1001', callId: '1001', cseq: 2, headers: [credentials('same', '1001')] });
    talk.wait(3);
    assert.deepEqual(talk.abandoned, ['1000@example.com', '1002@example.com']);
  });

  test('a nonce given again does not pend twice; one that was pushed out does not lapse', () => {
    const talk = new Talk();
    for (const callId of ['a', 'b']) {
      talk.ask('REGISTER', { callId });
      talk.reply(401, 'REGISTER', { callId, headers: [challenge('same')] });
    }
    const { nonces } = talk.tracker.authentication;
    nonces.each(talk.now, (_, slot) => nonces.remove(slot));
    talk.wait(3);
    assert.deepEqual(talk.abandoned, []);
  });

  test('a phone that registered the account before its first refusal is trusted', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(401, 'REGISTER', { headers: [challenge('n1')] });
    attempt(talk, 'n1', 200, '', 2);
    talk.ask('REGISTER', { branch: 'z9hG4bK-3', cseq: 3 });
    talk.reply(401, 'REGISTER', { branch: 'z9hG4bK-3', cseq: 3, headers: [challenge('n2')] });
    assert.equal(attempt(talk, 'n2', 401, 'n3', 4).attempt?.trusted, true);
    const other = { callId: 'o', branch: 'z9hG4bK-o' };
    talk.ask('REGISTER', { ...other, headers: [credentials('x')] }, '203.0.113.5:5060');
    assert.equal(talk.reply(403, 'REGISTER', other, '203.0.113.5:5060').attempt?.trusted, false);
  });
});

describe('registrations', () => {
  function register(talk: Talk, n: number, headers: string[]): Observation {
    talk.ask('REGISTER', { branch: `z9hG4bK${n}`, cseq: n });
    return talk.reply(200, 'REGISTER', { branch: `z9hG4bK${n}`, cseq: n, headers });
  }

  test('added, refreshed, changed, removed', () => {
    const talk = new Talk();
    assert.equal(register(talk, 1, ['Contact: <sip:a@192.0.2.9>', 'Expires: 60']).change, 'added');
    assert.equal(register(talk, 2, ['Contact: <sip:a@192.0.2.9>']).change, 'refreshed');
    const moved = register(talk, 3, ['Contact: <sip:a@192.0.2.77>;expires=9999999']);
    assert.deepEqual([moved.change, moved.binding?.expires], ['added', 86_400]);
    assert.deepEqual([register(talk, 4, []).change], ['removed']);
    assert.equal(register(talk, 5, ['Contact: <sip:a@192.0.2.9>']).change, 'added');
  });

  /** What became of each binding, and how many are in force. */
  function changesOf(talk: Talk, n: number, headers: string[], phone: Place = PHONE): string[] {
    const w = { branch: `z9hG4bK${n}`, cseq: n };
    talk.ask('REGISTER', w, phone);
    const { binding } = talk.reply(200, 'REGISTER', { ...w, headers }, phone);
    const { changes, changed } = talk.tracker.registrations;
    const told = changes
      .slice(0, changed)
      .map((c) => `${c.change} ${Buffer.from(c.bytes).toString('latin1', c.start, c.end)} ${c.expires}`);
    return [...told, `${binding?.bindings}`];
  }

  test('each binding that the answer lists is followed, with its own time', () => {
    const talk = new Talk();
    const home = '<sip:a@192.0.2.9>;q=0.5;expires=600';
    assert.deepEqual(changesOf(talk, 1, [`Contact: ${home}, <sip:a@192.0.2.50>;expires=60`]), [
      'added sip:a@192.0.2.9 600',
      'added sip:a@192.0.2.50 60',
      '2',
    ]);
    // Another phone of the same person: of those listed along only its own is new.
    const third = 'Contact: <sip:a@203.0.113.7>;expires=3600';
    const others = 'm: <sip:a@192.0.2.9>;expires=590, <sip:a@192.0.2.50>;expires=50';
    talk.wait(10);
    assert.deepEqual(changesOf(talk, 2, [third, others], '203.0.113.7:5060'), ['added sip:a@203.0.113.7 3600', '3']);
    // The second binding runs out by itself; the third is removed by the first phone.
    talk.wait(100);
    assert.deepEqual(changesOf(talk, 3, ['Contact: <sip:a@192.0.2.9>;expires=600']), [
      'refreshed sip:a@192.0.2.9 600',
      'removed sip:a@203.0.113.7 0',
      '1',
    ]);
  });

  test('a REGISTER that only asks changes nothing of others, and a 0 in the answer is no binding', () => {
    const talk = new Talk();
    changesOf(talk, 1, ['Contact: <sip:a@192.0.2.9>;expires=600']);
    assert.deepEqual(changesOf(talk, 2, ['Contact: <sip:a@192.0.2.9>;expires=600'], '192.0.2.10:5060'), ['1']);
    assert.deepEqual(changesOf(talk, 3, ['Contact: <sip:a@192.0.2.9>;expires=0']), ['removed sip:a@192.0.2.9 0', '0']);
  });

  test('of very many bindings eight are told apart, and all are counted', () => {
    const talk = new Talk();
    const many = Array.from({ length: 100 }, (_, i) => `Contact: <sip:a@192.0.2.9:${1000 + i}>`);
    const told = changesOf(talk, 1, many);
    assert.deepEqual([told.length, told.at(-1)], [9, '64'], 'beyond 64 nobody looks');
    assert.deepEqual(changesOf(talk, 2, many.slice(0, 8)).length, 9, 'its own are refreshed');
    assert.deepEqual(changesOf(talk, 3, []).filter((line) => line.startsWith('removed')).length, 8);
  });

  test('a binding that is listed many times is one change', () => {
    const talk = new Talk();
    const same = Array.from({ length: 60 }, () => 'Contact: <sip:a@192.0.2.9>');
    assert.equal(changesOf(talk, 1, same).length, 2);
    assert.equal(changesOf(talk, 2, same).length, 2);
  });

  test('every endpoint that holds a binding may mistype its password', () => {
    const talk = new Talk();
    changesOf(talk, 1, ['Contact: <sip:a@192.0.2.9>']);
    changesOf(talk, 2, ['Contact: <sip:a@192.0.2.9>, <sip:a@203.0.113.7>'], '203.0.113.7:5060');
    talk.ask('OPTIONS', { branch: 'z9hG4bKlook' });
    const bound = (phone: Place): boolean => talk.tracker.registrations.boundBy(packetOf('', 0, phone, SERVER).src, talk.message, talk.now);
    assert.deepEqual([bound(PHONE), bound('203.0.113.7:5060'), bound('203.0.113.8:5060')], [true, true, false]);
    const from = (): string => addressText(talk.tracker.registrations.boundFrom(talk.message, talk.now) ?? new Uint8Array(18));
    assert.equal(from(), '192.0.2.9');
    changesOf(talk, 3, ['Contact: <sip:a@203.0.113.7>;expires=600'], '203.0.113.7:5060');
    talk.ask('OPTIONS', { branch: 'z9hG4bKagain' });
    assert.equal(from(), '203.0.113.7');
    talk.ask('OPTIONS', { branch: 'z9hG4bKnobody', user: 'nobody' });
    assert.equal(from(), '::');
    // In the second in which the last binding runs out.
    changesOf(talk, 4, ['Contact: <sip:a@203.0.113.7>;expires=60'], '203.0.113.7:5060');
    talk.now = Math.floor(talk.now / 1e6) * 1e6 + 59_999_000;
    talk.ask('OPTIONS', { branch: 'z9hG4bKlast' });
    assert.equal(from(), '::');
  });

  test('a binding is gone when its time is over', () => {
    const talk = new Talk();
    register(talk, 1, ['Contact: <sip:a@192.0.2.9>;expires=60']);
    talk.wait(61);
    assert.equal(register(talk, 2, ['Contact: <sip:a@192.0.2.9>;expires=60']).change, 'added');
  });
});

describe('peers', () => {
  test('the first contact within the hour is one of strangers', () => {
    const talk = new Talk();
    assert.equal(talk.ask('OPTIONS', { callId: 'a' }).stranger, true);
    assert.equal(talk.ask('OPTIONS', { callId: 'b' }).stranger, false);
    talk.wait(3601);
    assert.equal(talk.ask('OPTIONS', { callId: 'c' }).stranger, true);
  });

  test('who answers different clients serves them', () => {
    const talk = new Talk();
    for (const [i, phone] of ['192.0.2.1:5060', '192.0.2.2:5060', '192.0.2.1:5062'].entries()) {
      talk.ask('OPTIONS', { callId: `c${i}` }, phone);
      talk.reply(200, 'OPTIONS', { callId: `c${i}` }, phone);
    }
    const server = packetOf('', 0, SERVER, PHONE).src;
    assert.equal(talk.tracker.peers.peer(server, talk.now).serves, 2, 'ports do not make clients');
  });

  test('hits and misses are halved every 30 minutes', () => {
    const talk = new Talk();
    for (let i = 0; i < 4; i++) {
      talk.ask('REGISTER', { user: `u${i}`, callId: `c${i}` });
      talk.reply(404, 'REGISTER', { user: `u${i}`, callId: `c${i}` });
    }
    const { src, dst } = packetOf('', 0, PHONE, SERVER);
    assert.equal(talk.tracker.peers.find(src, dst, talk.now)?.misses, 4);
    talk.ask('REGISTER', { callId: 'good' });
    talk.reply(200, 'REGISTER', { callId: 'good' });
    assert.equal(talk.tracker.peers.find(src, dst, talk.now)?.hits, 1);
    talk.wait(1800);
    talk.ask('OPTIONS', { callId: 'between' });
    talk.wait(1801);
    talk.ask('OPTIONS', { callId: 'later' });
    const relation = talk.tracker.peers.find(src, dst, talk.now);
    assert.deepEqual([relation?.misses, relation?.hits, relation?.served], [1, 0, true], 'that one ever succeeded is not forgotten');
  });

  test('an OPTIONS is a probe when it names another user than the last one, not when it repeats or names none', () => {
    const talk = new Talk();
    const probe = (user: string, callId: string) => {
      talk.ask('OPTIONS', { user, callId });
      return talk.reply(200, 'OPTIONS', { user, callId }).probed;
    };
    assert.deepEqual([probe('100', 'a'), probe('100', 'b'), probe('101', 'c'), probe('102', 'd')], [false, false, true, true]);
    const nobody = (s: string) => s.replaceAll('alice@', '');
    talk.send(nobody(request('OPTIONS', { callId: 'd' })), PHONE, SERVER);
    assert.equal(talk.send(nobody(response(200, 'OPTIONS', { callId: 'd' })), SERVER, PHONE).probed, false);
  });

  test('the second user makes a probe of the first too; not if that one was asked for at several servers', () => {
    const talk = new Talk();
    const ask = (user: string, callId: string, server: Place): Observation => {
      talk.send(request('OPTIONS', { user, callId }), PHONE, server);
      return talk.send(response(200, 'OPTIONS', { user, callId }), server, PHONE);
    };
    const seen = (o: Observation): string =>
      o.opened < 0 ? '' : `${talk.tracker.opening.userOf(o.opened)}@${talk.tracker.opening.hostOf(o.opened)}`;
    ask('700', 'a', SERVER);
    const second = ask('701', 'b', SERVER);
    assert.deepEqual([second.probed, seen(second), second.relation?.misses], [true, '700@example.com', 2]);
    assert.equal(seen(ask('702', 'c', SERVER)), '', 'it is told once');
    // A sweep for servers: the same user everywhere, then users of one of them.
    for (let i = 10; i < 13; i++) ask('100', `s${i}`, `203.0.113.${i}:5060`);
    const scan = ask('800', 'd', '203.0.113.10:5060');
    assert.deepEqual([scan.probed, seen(scan), scan.relation?.misses], [true, '', 1]);
  });

  test('a first contact is looked at again two seconds later, or at the end', () => {
    const talk = new Talk();
    talk.ask('OPTIONS', { callId: 'a' });
    talk.ask('OPTIONS', { callId: 'b' });
    talk.wait(1.9);
    assert.deepEqual(talk.contacted, []);
    talk.wait(0.2);
    assert.deepEqual(talk.contacted, ['OPTIONS 198.51.100.1 a 1']);
    talk.send(request('DANCE', { callId: 'c' }), PHONE, '198.51.100.2:5060');
    talk.finish();
    assert.deepEqual(talk.contacted.slice(1), ['DANCE 198.51.100.2 c 1']);
  });

  test('of more first contacts than there is room for the last ones are looked at', () => {
    const talk = new Talk(true, { ...CAPACITIES, peers: 8 });
    for (let i = 0; i < 100; i++) talk.send(request('OPTIONS', { callId: `c${i}` }), PHONE, `198.51.100.${i}:5060`);
    talk.finish();
    assert.ok(talk.contacted.length > 0 && talk.contacted.length <= 8);
  });

  test('who accepted a registration is a registrar', () => {
    const talk = new Talk();
    talk.ask('REGISTER');
    talk.reply(200, 'REGISTER', { headers: ['Contact: <sip:a@192.0.2.9>'] });
    const { src, dst } = packetOf('', 0, PHONE, SERVER);
    const registrar = (endpoint: Uint8Array): boolean => talk.tracker.peers.peer(endpoint, talk.now).registrar;
    assert.deepEqual([registrar(dst), registrar(src)], [true, false]);
  });

  test('a server that pings its phones probes nobody: they sent requests to it, or answer at ports of their own', () => {
    const talk = new Talk();
    const ping = (user: string, port: number) => {
      const w = { user, callId: `ping-${user}`, branch: `z9hG4bK-ping-${user}` };
      talk.send(request('OPTIONS', w), SERVER, `203.0.113.9:${port}`);
      return talk.send(response(200, 'OPTIONS', w), `203.0.113.9:${port}`, SERVER).probed;
    };
    assert.deepEqual([ping('1', 1001), ping('2', 1002), ping('3', 1003)], [false, false, false], 'a port each');
    assert.equal(ping('4', 1003), true);
    talk.ask('REGISTER', { callId: 'phone' }, '203.0.113.9:1001');
    assert.equal(ping('5', 1003), false, 'it has sent us requests');
  });

  test('the owner behind the attacker’s address is trusted when he signs in, the attacker is not', () => {
    const talk = new Talk();
    const [owner, attacker] = ['203.0.113.9:5062', '203.0.113.9:40000'];
    let n = 0;
    const sign = (from: Place, status: number) => {
      const w = { callId: `c${++n}`, branch: `z9hG4bK-sign-${n}` };
      talk.ask('REGISTER', { ...w, headers: [credentials(`n${n}`)] }, from);
      return talk.reply(status, 'REGISTER', { ...w, headers: ['Contact: <sip:alice@203.0.113.9:5062>;expires=600'] }, from);
    };
    sign(owner, 200);
    assert.equal(sign(attacker, 403).trusted, false);
    assert.equal(sign(attacker, 403).trusted, false);
    assert.deepEqual([sign(owner, 200).trusted, sign(attacker, 200).trusted], [true, false]);
  });

  test('an answer that comes when client and server are strangers again changes nothing', () => {
    const talk = new Talk();
    talk.ask('OPTIONS');
    const { relations } = talk.tracker.peers;
    relations.each(talk.now, (_, slot) => relations.remove(slot));
    assert.equal(talk.reply(200, 'OPTIONS').relation, undefined);
  });
});

describe('calls', () => {
  const dispositions = (talk: Talk) => talk.tracker.calls.over.map((c) => c.disposition);

  test('an answered call is over with its BYE, once', () => {
    const talk = new Talk();
    talk.ask('INVITE');
    talk.reply(180, 'INVITE');
    talk.reply(200, 'INVITE');
    talk.wait(60);
    talk.ask('BYE', { branch: 'z9hG4bK2', toTag: 't1', cseq: 2 });
    talk.reply(200, 'BYE', { branch: 'z9hG4bK2', cseq: 2 });
    talk.ask('BYE', { branch: 'z9hG4bK3', toTag: 't1', cseq: 3 });
    talk.finish();
    const [call, ...rest] = talk.tracker.calls.over;
    assert.equal(rest.length, 0);
    assert.deepEqual([call?.callId, call?.disposition, call?.status, call?.src], ['c1', 'answered', 200, '192.0.2.9']);
    assert.ok(call!.ended - call!.answered > 60e6 && call!.answered > call!.start);
  });

  test('a challenged INVITE goes on; busy, rejected and cancelled are told apart', () => {
    const talk = new Talk();
    talk.ask('INVITE', { callId: 'a' });
    talk.reply(407, 'INVITE', { callId: 'a' });
    talk.ask('INVITE', { callId: 'a', branch: 'z9hG4bK2', cseq: 2 });
    talk.reply(486, 'INVITE', { callId: 'a', branch: 'z9hG4bK2', cseq: 2 });
    talk.ask('INVITE', { callId: 'b' });
    talk.reply(404, 'INVITE', { callId: 'b' });
    talk.ask('INVITE', { callId: 'c' });
    talk.ask('CANCEL', { callId: 'c' });
    talk.reply(487, 'INVITE', { callId: 'c' });
    talk.ask('INVITE', { callId: 'd' });
    talk.ask('CANCEL', { callId: 'd' });
    talk.ask('INVITE', { callId: 'e' });
    talk.ask('INVITE', { callId: 'f' });
    talk.reply(401, 'INVITE', { callId: 'f' });
    talk.finish();
    assert.deepEqual(dispositions(talk).toSorted(), ['busy', 'cancelled', 'challenged', 'rejected', 'unanswered', 'unanswered']);
  });

  test('without a taker calls are counted and not kept', () => {
    const talk = new Talk(false);
    talk.ask('INVITE');
    talk.reply(200, 'INVITE');
    talk.finish();
    assert.deepEqual(talk.tracker.calls.over, []);
    assert.deepEqual([...talk.tracker.calls.byDisposition], [0, 0, 1, 0, 0, 0, 0]);
  });

  test('a BYE or CANCEL that is refused ends nothing', () => {
    const talk = new Talk();
    talk.ask('INVITE');
    const forged = '203.0.113.66:5060';
    for (const method of ['CANCEL', 'BYE']) {
      talk.ask(method, { branch: `z9hG4bK-forged-${method}` }, forged);
      talk.reply(481, method, { branch: `z9hG4bK-forged-${method}` }, forged);
    }
    talk.reply(200, 'INVITE');
    talk.finish();
    const [call] = talk.tracker.calls.over;
    assert.deepEqual([call?.disposition, call?.ended], ['answered', 0]);
  });

  test('a BYE whose call was not seen begins an incomplete one when it is accepted; an answer of a forgotten call touches nothing', () => {
    const talk = new Talk();
    talk.ask('BYE', { toTag: 't1' });
    assert.equal(talk.reply(200, 'BYE').call?.complete, false);
    talk.ask('INVITE', { callId: 'x' });
    const { table } = talk.tracker.calls;
    table.each(talk.now, (_, slot) => table.remove(slot));
    assert.equal(talk.reply(200, 'INVITE', { callId: 'x' }).call, undefined);
  });

  test('an unfinished call that makes room for another is told', () => {
    const talk = new Talk(true, { ...CAPACITIES, calls: 8 });
    for (let i = 0; i < 30; i++) talk.ask('INVITE', { callId: `c${i}`, branch: `z9hG4bK-branch-${i}` });
    assert.ok(talk.tracker.calls.over.length >= 22, 'none is lost');
    talk.finish();
    assert.equal(new Set(talk.tracker.calls.over.map((c) => c.callId)).size, 30);
  });

  test('the tables tell their sizes', () => {
    const names = new Talk().tracker.tables().map((t) => t.name);
    const more = [
      'first contacts',
      'first OPTIONS',
      'registrations',
      'calls',
      'dialled numbers',
      'cnonces',
      'broken requests',
      'callers',
      'callers abroad',
      'callbacks',
      'homes',
      'dialogs',
      'suspects',
      'stray requests',
      'sources of strays',
      'legs',
      'replays',
      'loads',
      'stalled domains',
      'takeovers',
      'lone answers',
      'refusals',
    ];
    assert.deepEqual(names.slice(5), [...more, 'promises', 'streams', 'neighbours', 'described keys']);
  });
});

test('full tables forget the oldest and work on: every kind of entry is made anew in a used place', () => {
  const tiny: Capacities = {
    transactions: 8,
    nonces: 8,
    attempts: 8,
    peers: 8,
    relations: 8,
    registrations: 8,
    calls: 8,
    promises: 8,
    streams: 8,
    dialogs: 8,
    legs: 8,
    loads: 8,
  };
  const talk = new Talk(true, tiny);
  for (let i = 0; i < 40; i++) {
    const phone = `192.0.2.${i}:5060`;
    const w = { user: `u${i}`, callId: `c${i}`, branch: `z9hG4bK-branch-${i}` };
    const server = `198.51.100.${i}:5060`;
    talk.send(request('REGISTER', w), phone, server);
    assert.equal(talk.send(response(401, 'REGISTER', { ...w, headers: [challenge(`n${i}`)] }), server, phone).outcome, CHALLENGE);
    const again = { ...w, branch: `${w.branch}-2`, cseq: 2 };
    talk.send(request('REGISTER', { ...again, headers: [credentials(`n${i}`, `u${i}`)] }), phone, server);
    const refused = talk.send(response(401, 'REGISTER', { ...again, headers: [challenge(`m${i}`)] }), server, phone);
    assert.deepEqual([refused.outcome, refused.attempt?.refusals], [FAILED, 1], 'nothing of a former entry is left');
  }
  const filled = ['transactions', 'peers', 'relations', 'nonces', 'attempts', 'first contacts'];
  for (const table of talk.tracker.tables()) if (filled.includes(table.name)) assert.ok(table.evicted > 0, table.name);
});
