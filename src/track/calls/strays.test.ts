import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB, MALLORY, Phones } from '../../../test/phones.ts';
import type { Place } from '../../../test/talk.ts';
import { BYE, CANCEL } from '../../decode/message.ts';
import type { Stray } from './strays.ts';

const IN = { toTag: 't1' };

/** The stray that an answer to this request shows, if it does. */
function shown(p: Phones, method: string, callId: string, status: number, w: object = IN, src: Place = MALLORY): Stray | undefined {
  p.ask(method, { ...w, callId }, src);
  const { stray } = p.reply(status, method, { callId }, BOB, src);
  return stray < 0 ? undefined : p.tracker.strays.table.at(stray);
}

/** Bob is seen to answer those who ask him. */
function served(): Phones {
  const p = new Phones();
  p.ask('OPTIONS', { callId: 'ping' });
  p.reply(200, 'OPTIONS', { callId: 'ping' });
  return p;
}

describe('a request inside a call that nobody knows', () => {
  test('is shown by 481 or 404, whatever the method', () => {
    const p = new Phones();
    for (const method of ['BYE', 'INVITE', 'UPDATE', 'REFER', 'PRACK', 'INFO']) {
      assert.equal(shown(p, method, `481-${method}`, 481)?.status, 481, method);
      assert.equal(shown(p, method, `404-${method}`, 404)?.status, 404, method);
    }
    for (const method of ['BYE', 'UPDATE', 'PRACK', 'CANCEL'])
      assert.equal(shown(p, method, `bare-${method}`, 481, {})?.known, false, method);
    assert.equal(p.tracker.strays.sources.inserted, 1);
  });

  test('counts by source; what is accepted was a call', () => {
    const p = new Phones();
    assert.equal(shown(p, 'BYE', 'a', 200), undefined);
    const s = shown(p, 'BYE', 'b', 481);
    assert.deepEqual([s?.method, s?.refused, s?.accepted, s?.known], [BYE, 1, 1, false]);
    assert.equal(shown(p, 'BYE', 'c', 481)?.refused, 2);
    assert.equal(shown(p, 'BYE', 'd', 481, IN, ALICE)?.refused, 1, 'another source');
    const { strays } = p.tracker;
    const [client, server] = [new Uint8Array(18), new Uint8Array(18)];
    p.ask('BYE', { ...IN, callId: 'e' }, MALLORY);
    const { stray } = p.reply(481, 'BYE', { callId: 'e' }, BOB, MALLORY);
    strays.endpoints(stray, client, server);
    assert.deepEqual([...client.slice(12), ...server.slice(12)], [203, 0, 113, 66, 19, 196, 198, 51, 100, 1, 19, 196]);
    assert.equal(Buffer.from(strays.callIdAt(stray)).toString(), 'e');
  });

  test('its source is forgotten after half an hour without another', () => {
    const p = new Phones();
    assert.equal(shown(p, 'BYE', 'a', 481)?.refused, 1);
    p.wait(1799);
    assert.equal(shown(p, 'BYE', 'b', 481)?.refused, 2);
    p.wait(1801);
    assert.equal(shown(p, 'BYE', 'c', 481)?.refused, 1);
  });

  test('is not shown by any other answer, nor by the second request for the same call within a minute', () => {
    const p = new Phones();
    for (const status of [401, 405, 408, 491, 500, 501]) assert.equal(shown(p, 'UPDATE', `${status}`, status), undefined);
    assert.equal(shown(p, 'UPDATE', 'again', 481)?.refused, 1);
    assert.equal(shown(p, 'BYE', 'again', 481), undefined);
  });

  test('is one also if its Call-ID is in view from requests of the same stranger only', () => {
    const p = new Phones();
    p.ask('ACK', { ...IN, callId: 'x' }, MALLORY);
    assert.equal(shown(p, 'BYE', 'x', 481)?.refused, 1);
    p.ask('ACK', { ...IN, callId: 'y' }, MALLORY);
    assert.equal(shown(p, 'CANCEL', 'y', 481, {})?.refused, 2);
    p.ask('ACK', { ...IN, callId: 'z' }, MALLORY);
    assert.equal(shown(p, 'BYE', 'z', 481, { toTag: 'other' })?.refused, 3);
  });

  test('is none in a call that is seen, also if its tags or branch are wrong: that is a violation', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    assert.equal(shown(p, 'CANCEL', 'c1', 481, {}), undefined);
    assert.equal(shown(p, 'BYE', 'c1', 481, { toTag: 'no' }), undefined);
    assert.equal(shown(p, 'BYE', 'c1', 481, {}), undefined);
  });

  test('without a Call-ID is kept as any other', () => {
    const p = new Phones();
    p.ask('BYE', { callId: '' }, MALLORY);
    assert.ok(p.reply(481, 'BYE', { callId: '' }, BOB, MALLORY).stray >= 0);
  });
});

describe('what only looks so', () => {
  test('a call that was seen, and that the other side lost in a restart', () => {
    const p = new Phones();
    p.establish();
    assert.equal(shown(p, 'BYE', 'c1', 481, { ...IN, cseq: 2 }, ALICE), undefined);
    assert.equal(p.tracker.strays.table.inserted, 0);
  });

  test('a BYE to a fork whose answer was not captured', () => {
    const p = new Phones();
    p.establish();
    p.ask('BYE', { toTag: 'fork', cseq: 2 });
    assert.equal(p.reply(481, 'BYE', { toTag: 'fork', cseq: 2 }).stray, -1);
  });

  test('a CANCEL that came too late for its INVITE', () => {
    const p = new Phones();
    p.ask('INVITE');
    const { branch } = p;
    p.reply(486, 'INVITE');
    p.ask('CANCEL', { branch });
    assert.equal(p.reply(481, 'CANCEL', { branch }).stray, -1);
  });

  test('a NOTIFY for a subscription that was lost', () => {
    assert.equal(shown(new Phones(), 'NOTIFY', 's', 481), undefined);
  });
});

describe('no answer', () => {
  test('counts after two seconds, at a server that answers others', () => {
    const p = served();
    p.ask('CANCEL', { callId: 'a' }, MALLORY);
    p.wait(1.9);
    assert.deepEqual(p.strays, []);
    p.wait(0.2);
    const s = p.tracker.strays.table.at(p.strays[0]!);
    assert.deepEqual([p.strays.length, s.method, s.status, s.refused], [1, CANCEL, 0, 1]);
  });

  test('does not where nobody is answered, or if one came that says something else', () => {
    const deaf = new Phones();
    deaf.ask('CANCEL', { callId: 'a' }, MALLORY);
    deaf.wait(3);
    const p = served();
    shown(p, 'BYE', 'b', 500);
    p.ask('UPDATE', { ...IN, callId: 'c' }, MALLORY);
    p.reply(100, 'UPDATE', { callId: 'c' }, BOB, MALLORY);
    p.wait(3);
    assert.deepEqual([...deaf.strays, ...p.strays], []);
  });

  test('does not after the entry or its transaction made room for another', () => {
    const p = served();
    p.ask('CANCEL', { callId: 'a' }, MALLORY);
    p.tracker.strays.table.each(p.now, (_, slot) => p.tracker.strays.table.remove(slot));
    p.ask('CANCEL', { callId: 'b' }, MALLORY);
    p.tracker.strays.table.each(p.now, (s) => {
      s.transactionGeneration--;
    });
    p.wait(3);
    assert.deepEqual(p.strays, []);
  });
});

describe('a source that is no stranger', () => {
  test('answers others', () => {
    assert.equal(shown(served(), 'BYE', 'a', 481, IN, BOB)?.known, true);
  });

  test('had a call or REGISTER accepted there, or registered the account of its From', () => {
    const p = new Phones();
    const binding = { headers: ['Contact: <sip:alice@203.0.113.66>;expires=600'] };
    p.ask('REGISTER', { callId: 'r', ...binding }, MALLORY);
    p.reply(200, 'REGISTER', { callId: 'r', ...binding }, BOB, MALLORY);
    assert.equal(shown(p, 'BYE', 'a', 481)?.known, true);
    p.ask('BYE', { ...IN, callId: 'b' }, MALLORY, ALICE);
    const own = p.reply(481, 'BYE', { callId: 'b' }, ALICE, MALLORY);
    assert.equal(p.tracker.strays.table.at(own.stray).known, true, 'elsewhere, in its own name');
    p.ask('BYE', { ...IN, callId: 'c', fromUser: 'carol' }, MALLORY, ALICE);
    const other = p.reply(481, 'BYE', { callId: 'c', fromUser: 'carol' }, ALICE, MALLORY);
    assert.equal(p.tracker.strays.table.at(other.stray).known, false, 'in the name of another');
  });
});

test('thousands of them take no more room than there is', () => {
  const p = served();
  for (let i = 0; i < 20_000; i++) p.ask('CANCEL', { callId: `c${i}` }, `203.0.113.${i % 250}:5060`);
  p.wait(3);
  const [strays, sources] = [p.tracker.strays.table, p.tracker.strays.sources].map((table) => table.stats());
  assert.ok(strays!.capacity === 8_192 && sources!.capacity === 4_096);
  assert.ok(p.strays.length > 0);
});
