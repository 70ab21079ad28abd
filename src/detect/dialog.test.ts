import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { ALICE, BOB, MALLORY } from '../../test/phones.ts';
import { type Place, packetOf, request, response, type Wording } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

/** Packets with seconds: a script of a conversation. */
class Script {
  readonly packets: Packet[] = [];
  #time = 1_700_000_000e6;
  #n = 0;

  say(text: string, src: Place, dst: Place, after = 0.02): this {
    this.#time += after * 1e6;
    this.packets.push(packetOf(text, this.#time, src, dst, this.packets.length + 1));
    return this;
  }

  ask(method: string, w: Wording = {}, src: Place = ALICE, dst: Place = BOB, after = 0.02): this {
    return this.say(request(method, { branch: `z9hG4bKs${++this.#n}`, ...w }), src, dst, after);
  }

  reply(status: number, method: string, w: Wording = {}, src: Place = BOB, dst: Place = ALICE): this {
    return this.say(response(status, method, { branch: `z9hG4bKs${this.#n}`, ...w }), src, dst);
  }

  call(): this {
    return this.ask('INVITE').reply(180, 'INVITE').reply(200, 'INVITE').ask('ACK', IN);
  }

  run(): Happenings {
    return happenings(this.packets);
  }
}

const IN = { toTag: 't1' };

test('a call: started, confirmed, ended; each once, with its times', () => {
  const happened = new Script()
    .call()
    .ask('BYE', { ...IN, cseq: 2 }, ALICE, BOB, 30)
    .reply(200, 'BYE', { cseq: 2 })
    .run();
  assert.deepEqual(dataOf(happened, 'dialog.started'), [{ adopted: false, forks: 1 }]);
  assert.deepEqual(dataOf(happened, 'dialog.confirmed'), [{ setup: 0.02, session: true, routes: 0 }]);
  assert.deepEqual(dataOf(happened, 'dialog.ended'), [{ by: 'caller', reason: 'bye', duration: 30.02, early: false }]);
  assert.deepEqual(dataOf(happened, 'dialog.violated'), []);
  const ended = happened.events.find(({ type }) => type === 'dialog.ended');
  assert.deepEqual([ended?.src, ended?.callId, ended?.frame], ['192.0.2.9', 'c1', 6]);
});

test('an early dialog that is refused, a mid-life one that is adopted, a subscription', () => {
  const refused = new Script().ask('INVITE').reply(180, 'INVITE').reply(486, 'INVITE').run();
  assert.deepEqual(dataOf(refused, 'dialog.ended'), [{ by: 'callee', reason: '486', duration: 0, early: true }]);
  const adopted = new Script()
    .ask('BYE', { ...IN, cseq: 9 })
    .reply(200, 'BYE', { cseq: 9 })
    .run();
  assert.deepEqual(dataOf(adopted, 'dialog.started'), [{ adopted: true, forks: 1 }]);
  const subscribed = new Script().ask('SUBSCRIBE').reply(200, 'SUBSCRIBE').run();
  assert.deepEqual(dataOf(subscribed, 'dialog.confirmed'), [{ setup: 0, session: false, routes: 0 }]);
  assert.deepEqual(dataOf(subscribed, 'dialog.started'), [{ adopted: false, forks: 1 }]);
});

test('a 2xx without ACK is told 32 s later, with the time of the 2xx; so is a dialog whose session timer ran out', () => {
  const script = new Script()
    .ask('INVITE')
    .reply(200, 'INVITE', { headers: ['Session-Expires: 90'] })
    .ask('OPTIONS', { callId: 'o' }, ALICE, BOB, 33);
  // No input moves the clock far.
  for (let i = 0; i < 40; i++) script.ask('OPTIONS', { callId: `p${i}` }, ALICE, BOB, 30);
  const happened = script.run();
  const [event] = happened.events.filter(({ type }) => type === 'dialog.unacknowledged');
  assert.deepEqual([event?.src, event?.dst, event?.callId, event?.time], ['192.0.2.9', '198.51.100.1', 'c1', script.packets[1]?.time]);
  assert.deepEqual(event?.data, { repeats: 0, requests: 0, talk: 0 });
  const [end] = dataOf(happened, 'dialog.ended');
  assert.deepEqual([end?.['by'], end?.['reason']], ['timeout', 'session-timer']);
});

describe('forged messages', () => {
  const IN_ORDER = { ...IN, cseq: 2 };
  for (const [method, w] of [
    ['BYE', IN_ORDER],
    ['INVITE', IN_ORDER],
    ['UPDATE', IN_ORDER],
    ['REFER', IN_ORDER],
    ['BYE', { toTag: 'guessed', cseq: 2 }],
    ['BYE', { cseq: 2 }],
    ['CANCEL', {}],
  ] as const)
    test(`${method} ${JSON.stringify(w)} of a stranger is told, once however often it is repeated`, () => {
      const script = new Script().call().ask(method, w, MALLORY, BOB, 5);
      script.say(request(method, { branch: 'z9hG4bKs3', ...w }), MALLORY, BOB, 0.5);
      const happened = script.run();
      // What is right but for its address may be a telephone that moved: without media that is all there is to say.
      const maybe = w === IN_ORDER && method !== 'REFER';
      const told = happened.alerts.filter(({ rule }) => rule === (maybe ? 'stranger-in-call' : 'state-violation'));
      assert.equal(told.length, 1);
      if (maybe) {
        assert.deepEqual([told[0]?.subject.value, told[0]?.count, told[0]?.level], ['c1', 1, 'notice']);
        return;
      }
      assert.deepEqual(
        [told[0]?.subject.value, told[0]?.target.value, told[0]?.count, told[0]?.level],
        ['203.0.113.66', '198.51.100.1', 1, 'warning'],
      );
      assert.deepEqual(told[0]?.sample, ['c1']);
    });

  test('the Event says whose side it claims to be, where that side was seen, and where the message came from', () => {
    const script = new Script().call().ask('BYE', { fromTag: 't1', toTag: 'f1', cseq: 1 }, MALLORY, ALICE, 5);
    const [event] = script.run().events.filter(({ type }) => type === 'dialog.violated');
    assert.deepEqual([event?.src, event?.dst], ['203.0.113.66', '192.0.2.9']);
    const { age, ...data } = event?.data ?? {};
    assert.deepEqual(data, {
      what: 'sender-unknown',
      method: 'BYE',
      status: 0,
      state: 'active',
      expected: 'wait-ack or active',
      side: 'callee',
      fromParty: false,
      party: '198.51.100.1',
    });
    assert.ok(Number(age) > 5 && Number(age) < 5.2);
  });

  test('an answer from elsewhere is an Event and no alert; a CANCEL for a call nobody knows is nothing', () => {
    const happened = new Script().ask('INVITE').reply(603, 'INVITE', {}, MALLORY).ask('CANCEL', { callId: 'x' }, MALLORY).run();
    const [data, ...rest] = dataOf(happened, 'dialog.violated');
    assert.deepEqual([data?.['what'], data?.['status'], data?.['party'], rest.length], ['answer-by-stranger', 603, '', 0]);
    assert.deepEqual(happened.alerts, []);
  });

  test('a BYE without a dialog of a call nobody knows', () => {
    const [data] = dataOf(new Script().ask('BYE', { callId: 'x' }, MALLORY).run(), 'dialog.violated');
    assert.deepEqual([data?.['what'], data?.['age'], data?.['state']], ['bye-outside-dialog', 0, 'inactive']);
  });
});

test('harmless: CANCEL crosses 200, BYE crosses BYE, re-INVITEs cross, late ACK, 481 after a restart, a call begun before the capture', () => {
  const back = { fromTag: 't1', toTag: 'f1' };
  const scripts = [
    new Script().ask('INVITE').reply(180, 'INVITE').reply(200, 'INVITE').ask('CANCEL', { branch: 'z9hG4bKs1' }).ask('ACK', IN),
    new Script()
      .call()
      .ask('BYE', { ...IN, cseq: 2 })
      .ask('BYE', { ...back, cseq: 1 }, BOB, ALICE)
      .reply(200, 'BYE', { ...back, cseq: 1 }, ALICE, BOB),
    new Script()
      .call()
      .ask('INVITE', { ...IN, cseq: 2 })
      .ask('INVITE', { ...back, cseq: 1 }, BOB, ALICE)
      .reply(491, 'INVITE', { ...back, cseq: 1 }, ALICE, BOB),
    new Script().ask('INVITE').reply(200, 'INVITE').ask('ACK', IN, ALICE, BOB, 20),
    new Script()
      .call()
      .ask('BYE', { ...IN, cseq: 2 })
      .reply(481, 'BYE', { cseq: 2 })
      .ask('INVITE', { cseq: 3 }),
    new Script()
      .ask('INVITE', { ...IN, cseq: 70 })
      .reply(200, 'INVITE', { cseq: 70 })
      .ask('ACK', { ...IN, cseq: 70 }),
  ];
  for (const script of scripts) assert.deepEqual(dataOf(script.run(), 'dialog.violated'), []);
});
