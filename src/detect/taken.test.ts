import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Happenings, happenings } from '../../test/happenings.ts';
import { type Place, packetOf, request, response, type Wording } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const REGISTRAR = '198.51.100.1:5060';
const DESK = '192.0.2.10:5060';
const DESK_TWO = '192.0.2.11:5060';
const JOINER = '203.0.113.66:5060';

/** An office in which telephones register and are called, message by message. */
class Office {
  readonly packets: Packet[] = [];
  #time = 1_700_000_000e6;
  #n = 0;
  readonly #bound = new Map<string, string[]>();

  #say(text: string, src: Place, dst: Place, after: number): void {
    this.#time += after * 1e6;
    this.packets.push(packetOf(text, this.#time, src, dst, this.packets.length + 1));
  }

  /** A telephone of this make registers a user beside all that did before. */
  register(user: string, from: Place, agent: string, contact = `<sip:${user}@${from}>`): this {
    const w: Wording = { user, callId: `r${++this.#n}`, branch: `z9hG4bK-r${this.#n}` };
    this.#say(request('REGISTER', { ...w, headers: [`Contact: ${contact}`, `User-Agent: ${agent}`] }), from, REGISTRAR, 0.1);
    const all = [...(this.#bound.get(user) ?? []).filter((each) => each !== contact), contact];
    this.#bound.set(user, all);
    const headers = all.map((each) => `Contact: ${each};expires=600`);
    this.#say(response(200, 'REGISTER', { ...w, headers }), REGISTRAR, from, 0.01);
    return this;
  }

  /** The proxy calls a user there; he answers after so many seconds, and says so twice. */
  call(user: string, at: Place, after: number): this {
    const w: Wording = { user, fromUser: 'caller', callId: `i${++this.#n}`, branch: `z9hG4bK-i${this.#n}` };
    this.#say(request('INVITE', w), REGISTRAR, at, 0.1);
    this.#say(response(180, 'INVITE', w), at, REGISTRAR, 0.01);
    for (let i = 0; i < 2; i++)
      this.#say(response(200, 'INVITE', { ...w, headers: ['Server: softphone'] }), at, REGISTRAR, i === 0 ? after : 0.001);
    return this;
  }

  run(): Happenings {
    return happenings(this.packets);
  }
}

function taken({ events }: Happenings): unknown[] {
  return events.filter(({ type }) => type === 'call.taken').map(({ src, account, data }) => [src, account, data]);
}

function told({ alerts }: Happenings): string[] {
  return alerts.filter(({ rule }) => rule === 'call-interception').map(({ subject, count }) => `${subject.value} ${count}`);
}

/** Two desk phones, and one who joined both. */
function joined(): Office {
  const office = new Office().register('a', DESK, 'desk').register('b', DESK_TWO, 'desk');
  return office.register('a', JOINER, 'softphone').register('b', '203.0.113.66:5062', 'softphone');
}

describe('a call answered at once by who joined the telephone of an account', () => {
  test('is told once, with whom he joined; two accounts are an alert', () => {
    const happened = joined().call('a', JOINER, 0.15).call('b', '203.0.113.66:5062', 0.2).run();
    const common = { owner: '192.0.2.10', userAgent: 'softphone' };
    assert.deepEqual(taken(happened), [
      ['203.0.113.66', 'a@example.com', { ...common, after: 0.16, since: 0 }],
      ['203.0.113.66', 'b@example.com', { ...common, owner: '192.0.2.11', after: 0.21, since: 1 }],
    ]);
    assert.deepEqual(told(happened), ['203.0.113.66 2']);
  });

  test('one account is no alert: a softphone may answer by itself', () => {
    const happened = joined().call('a', JOINER, 0.15).call('a', JOINER, 0.15).run();
    assert.equal(taken(happened).length, 2);
    assert.deepEqual(told(happened), []);
  });

  test('is none if a person answers, or the desk phone', () => {
    const office = joined().call('a', JOINER, 1.2).call('b', '203.0.113.66:5062', 4);
    assert.deepEqual(taken(office.call('a', DESK, 0.1).call('nobody', DESK, 0.1).run()), []);
  });

  test('is none with a second telephone of the same make or at the same address', () => {
    const same = new Office().register('a', DESK, 'desk').register('a', JOINER, 'desk').call('a', JOINER, 0.1);
    // So that some binding has joined another.
    const near = same.register('b', DESK_TWO, 'desk').register('b', '192.0.2.11:5070', 'softphone').register('c', DESK, 'desk');
    const happened = near.register('c', JOINER, 'softphone').call('b', '192.0.2.11:5070', 0.1).call('a', JOINER, 0.1).run();
    assert.deepEqual(taken(happened), []);
  });

  test('is none after the telephone that was joined has gone over to the same make', () => {
    const office = joined().register('a', DESK, 'softphone');
    assert.deepEqual(taken(office.call('a', JOINER, 0.1).run()), []);
  });
});
