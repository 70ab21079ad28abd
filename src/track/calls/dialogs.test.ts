import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ALICE, BOB, MALLORY, Phones, verdict } from '../../../test/phones.ts';
import { request, response } from '../../../test/talk.ts';
import {
  BY_BYE,
  BY_FORK,
  BY_IDLE,
  BY_LEAVING,
  BY_NOTIFY,
  BY_SESSION_TIMER,
  BY_STRANGER,
  CALLEE,
  CALLER,
  CONFIRMED,
  EARLY,
  TERMINATED,
} from './dialogstate.ts';

const IN = { toTag: 't1' };
const PROXY = '198.51.100.99:5060';

describe('a BYE without an answer ends the call all the same (RFC 3261 §15.1.1)', () => {
  const told = (p: Phones): (string | number)[] => p.finish().map(({ hungUpBy, billed }) => `${hungUpBy} ${billed / 1e6}`);
  const answered = (): Phones => {
    const p = new Phones();
    p.establish();
    p.wait(9.98);
    return p;
  };

  test('when 32 s have passed, at the time of the BYE', () => {
    const p = answered();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.wait(31);
    assert.equal(p.dialogs()[0]?.state, CONFIRMED);
    p.wait(1);
    const [dialog] = p.dialogs();
    assert.deepEqual([dialog?.state, dialog?.endedBy, dialog?.reason], [TERMINATED, CALLER, BY_LEAVING]);
    assert.deepEqual(p.happened, ['started', 'confirmed', '~ended']);
    p.wait(40);
    assert.equal(p.tracker.calls.over.length, 1, 'told as soon as any other');
    assert.deepEqual(told(p), ['caller 10']);
  });

  test('which is no violation of the other side, who may never have got it', () => {
    const p = answered();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.wait(40);
    assert.equal(p.dialogs()[0]?.reason, BY_LEAVING);
    assert.equal(verdict(p.askBack('INVITE', { cseq: 7 })), 'fine');
  });

  test('when the capture ends', () => {
    const p = answered();
    p.askBack('BYE', { cseq: 7 });
    assert.deepEqual(told(p), ['callee 10']);
    assert.deepEqual(p.happened, ['started', 'confirmed', '~ended']);
  });

  test('not when it was challenged: the one with credentials counts', () => {
    for (const again of [false, true]) {
      const p = answered();
      p.ask('BYE', { ...IN, cseq: 2 });
      p.reply(401, 'BYE', { cseq: 2 });
      p.wait(20);
      if (again) p.ask('BYE', { ...IN, cseq: 3 });
      p.wait(20);
      assert.equal(p.dialogs()[0]?.state, CONFIRMED);
      assert.deepEqual(told(p), [again ? 'caller 30.02' : 'none 0']);
    }
  });

  test('of two at the same time the challenge to the later one changes nothing', () => {
    const p = answered();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.askBack('BYE', { cseq: 7 });
    p.reply(407, 'BYE', { fromTag: 't1', toTag: 'f1', cseq: 7 }, ALICE, BOB);
    assert.deepEqual(told(p), ['caller 10']);
  });

  test('one side alone, in the middle of nowhere, is no call', () => {
    const p = new Phones();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.wait(40);
    assert.deepEqual([told(p), p.happened], [[], ['started']]);
  });
});

describe('the life of a dialog', () => {
  test('early with the first To tag, confirmed with the 2xx, terminated with the answer to the BYE', () => {
    const p = new Phones();
    assert.equal(p.ask('INVITE').dialog, undefined);
    assert.equal(p.reply(100, 'INVITE').dialog, undefined);
    assert.equal(p.reply(180, 'INVITE').dialog?.state, EARLY);
    assert.equal(p.reply(200, 'INVITE').dialog?.state, CONFIRMED);
    const ack = p.ask('ACK', IN);
    assert.deepEqual([ack.dialog?.acknowledged, ack.side], [true, CALLER]);
    const bye = p.askBack('BYE', { cseq: 7 });
    assert.deepEqual([bye.dialog?.state, bye.side], [CONFIRMED, CALLEE]);
    const over = p.reply(200, 'BYE', { fromTag: 't1', toTag: 'f1', cseq: 7 }, ALICE, BOB).dialog;
    assert.deepEqual([over?.state, over?.endedBy, over?.reason], [TERMINATED, CALLEE, BY_BYE]);
    assert.deepEqual(p.happened, ['started', 'confirmed', 'ended']);
    assert.equal(p.dialogs().length, 1, 'both directions find one dialog');
  });

  test('repetitions on one hop and the same messages on a second hop change nothing', () => {
    const p = new Phones();
    p.ask('INVITE', {}, ALICE, PROXY);
    p.ask('INVITE', {}, PROXY, BOB);
    for (const status of [180, 200, 200]) {
      p.reply(status, 'INVITE', {}, BOB, PROXY);
      p.reply(status, 'INVITE', { branch: 'z9hG4bK-1' }, PROXY, ALICE);
    }
    assert.equal(p.dialogs()[0]?.repeats, 2);
    p.ask('ACK', IN, ALICE, PROXY);
    assert.equal(verdict(p.ask('ACK', IN, PROXY, BOB)), 'fine');
    p.ask('BYE', { ...IN, cseq: 2 }, ALICE, PROXY);
    assert.equal(verdict(p.ask('BYE', { ...IN, cseq: 2 }, PROXY, BOB)), 'fine');
    p.reply(200, 'BYE', { cseq: 2 }, BOB, PROXY);
    p.reply(200, 'BYE', { cseq: 2, branch: 'z9hG4bK-5' }, PROXY, ALICE);
    assert.deepEqual(p.happened, ['started', 'confirmed', 'ended']);
    assert.deepEqual(
      p.calls().map(({ forks, src, dst, hungUpBy }) => [forks, src, dst, hungUpBy]),
      [[1, '192.0.2.9', '198.51.100.99', 'caller']],
    );
  });

  test('forks are dialogs of their own; 32 s after the first 2xx the others are over', () => {
    const p = new Phones();
    p.ask('INVITE');
    for (const toTag of ['a', 'b', 'c']) p.reply(180, 'INVITE', { toTag });
    p.reply(200, 'INVITE', { toTag: 'b' });
    p.ask('ACK', { toTag: 'b' });
    assert.deepEqual(
      p
        .dialogs()
        .map(({ state }) => state)
        .toSorted(),
      [EARLY, EARLY, CONFIRMED],
    );
    p.wait(33);
    assert.deepEqual(p.happened.slice(-2), ['~ended', '~ended']);
    assert.deepEqual(
      p
        .dialogs()
        .map(({ reason }) => reason)
        .toSorted(),
      [0, BY_FORK, BY_FORK],
    );
    assert.equal(p.calls()[0]?.forks, 3);
  });

  test('two 2xx: the call goes on until both dialogs are over', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(200, 'INVITE', { toTag: 'a' });
    p.reply(200, 'INVITE', { toTag: 'b' });
    for (const [toTag, cseq] of [
      ['a', 2],
      ['b', 2],
    ] as const) {
      p.ask('ACK', { toTag });
      p.wait(10);
      p.ask('BYE', { toTag, cseq });
      p.reply(200, 'BYE', { toTag, cseq });
    }
    const [call] = p.calls();
    assert.equal(call?.forks, 2);
    assert.ok(call!.billed > 20e6, 'the second one counts');
  });

  test('a branch that was given up and is answered all the same is confirmed', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE', { toTag: 'a' });
    p.reply(200, 'INVITE', { toTag: 'b' });
    p.ask('ACK', { toTag: 'b' });
    p.wait(40);
    assert.equal(p.reply(200, 'INVITE', { toTag: 'a' }).dialog?.state, undefined, 'its transaction is forgotten');
    p.ask('INVITE', { callId: 'x' });
    p.reply(180, 'INVITE', { callId: 'x', toTag: 'a' });
    p.reply(486, 'INVITE', { callId: 'x', toTag: 'a' });
    assert.equal(p.reply(200, 'INVITE', { callId: 'x', toTag: 'a' }).dialog?.state, CONFIRMED);
  });

  test('a refusal ends all early dialogs on the hop of the caller, on others the one with its tag', () => {
    const p = new Phones();
    p.ask('INVITE', {}, ALICE, PROXY);
    p.ask('INVITE', {}, PROXY, BOB);
    p.ask('INVITE', {}, PROXY, '198.51.100.2:5060');
    p.reply(180, 'INVITE', { branch: 'z9hG4bK-2', toTag: 'a' }, BOB, PROXY);
    p.reply(180, 'INVITE', { branch: 'z9hG4bK-3', toTag: 'b' }, '198.51.100.2:5060', PROXY);
    p.reply(486, 'INVITE', { branch: 'z9hG4bK-2', toTag: 'a' }, BOB, PROXY);
    assert.deepEqual(
      p
        .dialogs()
        .map(({ state }) => state)
        .toSorted(),
      [EARLY, TERMINATED],
    );
    p.reply(487, 'INVITE', { branch: 'z9hG4bK-3', toTag: 'new' }, '198.51.100.2:5060', PROXY);
    assert.deepEqual(
      p
        .dialogs()
        .map(({ state }) => state)
        .toSorted(),
      [EARLY, TERMINATED],
      'a tag that was never heard of',
    );
    p.reply(486, 'INVITE', { branch: 'z9hG4bK-1', toTag: 'a' }, PROXY, ALICE);
    assert.deepEqual(
      p.dialogs().map(({ reason }) => reason),
      [486, 486],
    );
  });

  test('a challenge and a refusal without any dialog end nothing', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(183, 'INVITE');
    p.reply(407, 'INVITE');
    p.ask('INVITE', { callId: 'b' });
    p.reply(404, 'INVITE', { callId: 'b' });
    assert.deepEqual(p.happened, ['started']);
  });

  test('CANCEL: the 487 ends the dialog, by the caller', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    assert.equal(verdict(p.ask('CANCEL', { branch: 'z9hG4bK-1' })), 'fine');
    p.reply(200, 'CANCEL', { branch: 'z9hG4bK-1' });
    p.reply(487, 'INVITE', { branch: 'z9hG4bK-1' });
    assert.deepEqual([p.dialogs()[0]?.endedBy, p.dialogs()[0]?.reason], [CALLER, 487]);
    assert.deepEqual([p.calls()[0]?.disposition, p.calls()[0]?.hungUpBy], ['cancelled', 'caller']);
  });

  test('PRACK, UPDATE, re-INVITE, REFER and INFO pass; holds and transfers are counted', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(183, 'INVITE', { headers: ['RSeq: 17', 'Require: 100rel'] });
    p.reply(183, 'INVITE', { headers: ['RSeq: 18', 'Require: 100rel'] });
    assert.equal(verdict(p.ask('PRACK', { ...IN, cseq: 2, headers: ['RAck: 18 1 INVITE'] })), 'fine');
    p.reply(200, 'PRACK', { cseq: 2 });
    assert.equal(verdict(p.ask('UPDATE', { ...IN, cseq: 3 })), 'fine');
    p.reply(200, 'UPDATE', { cseq: 3, headers: ['Session-Expires: 90;refresher=uac'] });
    assert.equal(p.dialogs()[0]?.expires, 90);
    p.reply(200, 'INVITE', { branch: 'z9hG4bK-1', headers: ['Session-Expires: 1800'] });
    p.ask('ACK', IN);
    const hold = p.askBack('INVITE', { cseq: 9 });
    assert.deepEqual([verdict(hold), hold.dialog?.callee.pending], ['fine', true]);
    assert.equal(p.reply(200, 'INVITE', { fromTag: 't1', toTag: 'f1', cseq: 9 }, ALICE, BOB).dialog?.callee.pending, false);
    p.askBack('ACK', { cseq: 9 });
    assert.equal(verdict(p.ask('REFER', { ...IN, cseq: 4, headers: ['Refer-To: <sip:carol@example.com>'] })), 'fine');
    p.reply(202, 'REFER', { cseq: 4 });
    assert.equal(verdict(p.ask('INFO', { ...IN, cseq: 5 })), 'fine');
    p.reply(200, 'INFO', { cseq: 5 });
    const [call] = p.calls();
    assert.deepEqual([call?.reinvites, call?.holds, call?.transfers], [1, 0, 1]);
  });

  test('a re-INVITE that is refused leaves all as it was', () => {
    const p = new Phones();
    p.establish();
    p.ask('INVITE', { ...IN, cseq: 2 });
    const d = p.reply(491, 'INVITE', { cseq: 2 }).dialog;
    assert.deepEqual([d?.state, d?.caller.pending, d?.acknowledged], [CONFIRMED, false, true]);
  });

  test('an INVITE without To tag that is answered with the same tag belongs to the same dialog', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.ask('INVITE', { cseq: 2 });
    p.reply(200, 'INVITE', { branch: 'z9hG4bK-1' });
    p.reply(200, 'INVITE', { branch: 'z9hG4bK-2', cseq: 2 });
    p.ask('ACK', IN);
    assert.equal(verdict(p.ask('ACK', { ...IN, cseq: 2 })), 'fine');
    assert.equal(p.dialogs().length, 1);
  });

  test('an ACK proves a 2xx that was not seen', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    assert.equal(p.ask('ACK', IN).dialog?.state, CONFIRMED);
  });

  test('a BYE that a party sends ends the dialog also when it is refused; a challenge does not', () => {
    const p = new Phones();
    p.establish();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.reply(407, 'BYE', { cseq: 2 });
    assert.equal(p.dialogs()[0]?.state, CONFIRMED);
    p.ask('BYE', { ...IN, cseq: 3 });
    p.reply(481, 'BYE', { cseq: 3 });
    assert.deepEqual([p.dialogs()[0]?.state, p.dialogs()[0]?.reason], [TERMINATED, 481]);
    p.reply(200, 'BYE', { cseq: 3 });
    assert.equal(p.dialogs()[0]?.reason, 481);
  });

  test('BYEs cross', () => {
    const p = new Phones();
    p.establish();
    p.ask('BYE', { ...IN, cseq: 2 });
    assert.equal(verdict(p.askBack('BYE', { cseq: 1 })), 'fine');
    p.reply(200, 'BYE', { branch: 'z9hG4bK-3', cseq: 2 });
    assert.equal(p.dialogs()[0]?.endedBy, CALLER);
  });
});

describe('what time does', () => {
  test('a 2xx nobody acknowledges is told after 32 s, if the caller would have been seen', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(200, 'INVITE');
    p.wait(33);
    assert.deepEqual(p.happened, ['started', 'confirmed', '~unacknowledged']);
    const q = new Phones();
    q.ask('INVITE');
    q.reply(200, 'INVITE', { headers: ['Record-Route: <sip:198.51.100.77;lr>'] });
    q.wait(33);
    assert.deepEqual(q.happened, ['started', 'confirmed'], 'the ACK may take another way');
    const r = new Phones();
    r.establish();
    r.wait(33);
    assert.deepEqual(r.happened, ['started', 'confirmed']);
  });

  test('a dialog that was pushed out does not lapse', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(200, 'INVITE');
    const { table } = p.tracker.dialogs;
    table.each(p.now, (_, slot) => table.remove(slot));
    p.wait(1000);
    assert.deepEqual(p.happened, ['started', 'confirmed']);
  });

  test('silence: four hours, half an hour if early, the session timer if there is one', () => {
    const p = new Phones();
    p.establish();
    p.wait(4 * 3600 - 1000);
    p.wait(900);
    assert.equal(p.dialogs()[0]?.state, CONFIRMED);
    for (let i = 0; i < 3; i++) p.wait(900);
    assert.equal(p.happened.at(-1), '~ended');
    assert.deepEqual(
      p.calls().map(({ ended, hungUpBy }) => [ended, hungUpBy]),
      [[0, 'none']],
    );
    const q = new Phones();
    q.ask('INVITE');
    q.reply(180, 'INVITE');
    for (let i = 0; i < 4; i++) q.wait(900);
    assert.deepEqual(q.happened, ['started', '~ended']);
    const r = new Phones();
    r.ask('INVITE');
    r.reply(200, 'INVITE', { headers: ['Session-Expires: 600'] });
    r.ask('ACK', IN);
    const d = r.dialogs()[0];
    for (let i = 0; i < 3; i++) r.wait(900);
    assert.deepEqual([d?.state, d?.reason], [TERMINATED, BY_SESSION_TIMER]);
    assert.notEqual(BY_SESSION_TIMER, BY_IDLE);
  });

  test('an ended dialog is not looked at again, and is forgotten after a minute', () => {
    const p = new Phones();
    p.establish();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.reply(200, 'BYE', { cseq: 2 });
    p.wait(60);
    assert.equal(p.dialogs().length, 1);
    p.wait(5);
    assert.equal(p.dialogs().length, 0);
    p.wait(1000);
    assert.deepEqual(p.happened, ['started', 'confirmed', 'ended']);
  });

  test('an early dialog that ended is not looked at when its time would come', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    p.reply(486, 'INVITE');
    const { table } = p.tracker.dialogs;
    table.each(p.now, (_, slot) => table.touch(slot, p.now));
    p.wait(1000);
    assert.deepEqual(p.happened, ['started', 'ended']);
  });
});

describe('begun before the capture', () => {
  test('the first message of a dialog adopts it: no violation, and a call that is not complete', () => {
    const p = new Phones();
    const info = p.askBack('INFO', { cseq: 40 });
    assert.deepEqual([verdict(info), info.dialog?.adopted, info.call?.complete], ['fine', true, false]);
    p.reply(200, 'INFO', { fromTag: 't1', toTag: 'f1', cseq: 40 }, ALICE, BOB);
    assert.equal(verdict(p.ask('INVITE', { ...IN, cseq: 12 })), 'fine');
    p.reply(200, 'INVITE', { cseq: 12 });
    assert.equal(verdict(p.ask('ACK', { ...IN, cseq: 12 })), 'fine');
    p.ask('BYE', { ...IN, cseq: 13 });
    p.reply(200, 'BYE', { cseq: 13 });
    const [call] = p.calls();
    assert.deepEqual([call?.complete, call?.disposition, call?.duration, call!.ended > 0], [false, 'answered', 0, true]);
    assert.deepEqual(p.happened, ['started', 'ended']);
  });

  test('requests of one side only are no call', () => {
    const p = new Phones();
    p.ask('BYE', { ...IN, cseq: 13 });
    assert.deepEqual(p.calls(), []);
  });

  test('a call whose 2xx was lost goes on when a party speaks in it', () => {
    const p = new Phones();
    p.ask('INVITE');
    assert.equal(verdict(p.askBack('INFO', { cseq: 1 })), 'fine');
    const d = p.dialogs()[0];
    assert.deepEqual([d?.adopted, p.tracker.dialogs.table.stats().inserted], [true, 1]);
    p.reply(200, 'INFO', { fromTag: 't1', toTag: 'f1' }, ALICE, BOB);
    p.askBack('BYE', { cseq: 2 });
    p.reply(200, 'BYE', { fromTag: 't1', toTag: 'f1', cseq: 2 }, ALICE, BOB);
    const [call] = p.calls();
    assert.deepEqual([call?.disposition, call?.hungUpBy], ['answered', 'callee']);
  });

  test('the ACK to a refusal on a branch of its own adopts nothing, nor does what is at home elsewhere', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(486, 'INVITE');
    p.ask('ACK', { ...IN, branch: 'z9hG4bK-own' });
    p.ask('MESSAGE', { ...IN, callId: 'm' });
    p.askBack('NOTIFY', { callId: 'n' });
    p.send('BYE sip:x SIP/2.0\r\nTo: <sip:a@b>;tag=x\r\nCSeq: 1 BYE\r\n\r\n', ALICE, BOB);
    assert.deepEqual(p.happened, []);
  });
});

describe('subscriptions', () => {
  test('a dialog of their own: begun by SUBSCRIBE or REFER, ended by NOTIFY', () => {
    const p = new Phones();
    p.ask('SUBSCRIBE', { headers: ['Event: presence'] });
    const d = p.reply(200, 'SUBSCRIBE').dialog;
    assert.deepEqual([d?.session, d?.state], [false, CONFIRMED]);
    p.askBack('NOTIFY', { cseq: 1, headers: ['Subscription-State: active;expires=60'] });
    p.askBack('NOTIFY', { cseq: 2 });
    p.ask('SUBSCRIBE', { ...IN, cseq: 2 });
    p.reply(200, 'SUBSCRIBE', { cseq: 2 });
    assert.equal(d?.state, CONFIRMED);
    p.askBack('NOTIFY', { cseq: 3, headers: ['Subscription-State: terminated;reason=timeout'] });
    assert.deepEqual([d?.state, d?.reason], [TERMINATED, BY_NOTIFY]);
    p.ask('REFER', { callId: 'r', headers: ['Refer-To: <sip:carol@example.com>'] });
    assert.equal(p.reply(202, 'REFER', { callId: 'r' }).dialog?.session, false);
    p.ask('SUBSCRIBE', { callId: 's' });
    assert.equal(p.reply(489, 'SUBSCRIBE', { callId: 's' }).dialog, undefined);
    assert.deepEqual(p.calls(), []);
  });

  test('a 2xx without To tag makes none; seen on a second hop it is the same', () => {
    const p = new Phones();
    p.ask('SUBSCRIBE', {}, ALICE, PROXY);
    p.ask('SUBSCRIBE', {}, PROXY, BOB);
    p.reply(200, 'SUBSCRIBE', {}, BOB, PROXY);
    p.reply(200, 'SUBSCRIBE', { branch: 'z9hG4bK-1' }, PROXY, ALICE);
    p.ask('SUBSCRIBE', { callId: 'b' });
    p.send(
      `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=${p.branch}\r\nFrom: <sip:a@b>;tag=f1\r\nTo: <sip:c@d>\r\nCall-ID: b\r\nCSeq: 1 SUBSCRIBE\r\n\r\n`,
      BOB,
      ALICE,
    );
    assert.deepEqual(p.happened, ['started', 'confirmed']);
  });
});

describe('strangers', () => {
  test('whatever a stranger sends into a call is told and changes nothing until it is accepted', () => {
    const p = new Phones();
    p.establish();
    p.wait(5);
    for (const [method, cseq] of [
      ['BYE', 2],
      ['INVITE', 3],
      ['UPDATE', 4],
      ['REFER', 5],
      ['INFO', 6],
    ] as const) {
      assert.equal(verdict(p.ask(method, { ...IN, cseq }, MALLORY)), 'sender-unknown stranger', method);
      p.reply(481, method, { cseq }, BOB, MALLORY);
    }
    const d = p.dialogs()[0];
    assert.deepEqual([d?.state, d?.caller.cseq, d?.bye], [CONFIRMED, 1, 0]);
    assert.equal(p.calls()[0]?.ended, 0);
  });

  test('a BYE of a stranger that is accepted ends the call: that is what the victim believes', () => {
    const p = new Phones();
    p.establish();
    assert.equal(verdict(p.askBack('BYE', { cseq: 9 }, MALLORY)), 'sender-unknown stranger');
    const d = p.reply(200, 'BYE', { fromTag: 't1', toTag: 'f1', cseq: 9 }, ALICE, MALLORY).dialog;
    assert.deepEqual([d?.state, d?.reason, d?.endedBy], [TERMINATED, BY_STRANGER, CALLEE]);
    assert.equal(p.calls()[0]?.hungUpBy, 'callee');
  });

  test('tags that are of no dialog of a call that was seen from its first INVITE', () => {
    const p = new Phones();
    p.establish();
    assert.equal(verdict(p.ask('BYE', { toTag: 'guessed', cseq: 2 }, MALLORY)), 'tags-unknown stranger');
    assert.equal(verdict(p.ask('BYE', { toTag: 'lost', cseq: 2 })), 'fine', 'a fork that was not seen');
  });

  test('CANCEL: of the sender of the INVITE and with its branch, or it is told', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    assert.equal(verdict(p.ask('CANCEL', { branch: 'z9hG4bK-1' }, MALLORY)), 'sender-unknown stranger');
    assert.equal(verdict(p.ask('CANCEL', { branch: 'z9hG4bK-else' }, MALLORY)), 'cancel-unmatched stranger');
    assert.equal(verdict(p.ask('CANCEL', { branch: 'z9hG4bK-mine' })), 'fine', 'its INVITE may have been missed');
    assert.equal(verdict(p.ask('CANCEL', { callId: 'unknown' })), 'fine');
    assert.equal(p.calls()[0]?.disposition, 'unanswered');
  });

  test('a hop nobody has seen before is no stranger: neither end of it was known', () => {
    const p = new Phones();
    p.establish();
    assert.equal(verdict(p.ask('BYE', { ...IN, cseq: 2 }, '10.0.0.1:5060', '10.0.0.2:5060')), 'fine');
  });

  test('Contact and Record-Route name who may come next', () => {
    const p = new Phones();
    p.ask('INVITE', { headers: ['Contact: <sip:alice@192.0.2.200:5062>'] });
    p.reply(200, 'INVITE', { headers: ['Record-Route: <sip:198.51.100.50;lr>, <sip:198.51.100.51:5070;lr>'] });
    p.ask('ACK', IN);
    for (const [i, from] of ['192.0.2.200:40000', '198.51.100.50:5060', '198.51.100.51:5070'].entries())
      assert.equal(verdict(p.ask('INFO', { ...IN, cseq: 2 + i }, from)), 'fine', from);
  });

  test('a final answer from elsewhere is told, and believed: the caller does', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    const o = p.reply(486, 'INVITE', {}, MALLORY);
    assert.equal(verdict(o), 'answer-by-stranger stranger');
    assert.equal(p.calls()[0]?.disposition, 'busy');
  });

  test('of a call that is forgotten nobody can say who is a stranger', () => {
    const p = new Phones();
    p.establish();
    const { table } = p.tracker.calls;
    table.each(p.now, (_, slot) => table.remove(slot));
    assert.equal(verdict(p.ask('BYE', { ...IN, cseq: 2 }, MALLORY)), 'fine');
    p.reply(200, 'BYE', { cseq: 2 }, BOB, MALLORY);
    assert.equal(p.dialogs()[0]?.state, TERMINATED);
  });

  test('an answer whose dialog is forgotten touches nothing; one whose call is forgotten makes a dialog', () => {
    const p = new Phones();
    p.establish();
    p.ask('INFO', { ...IN, cseq: 2 });
    const { table } = p.tracker.dialogs;
    table.each(p.now, (_, slot) => table.remove(slot));
    assert.equal(p.reply(200, 'INFO', { cseq: 2 }).dialog, undefined);
    p.ask('INVITE', { callId: 'f' });
    const calls = p.tracker.calls.table;
    calls.each(p.now, (_, slot) => calls.remove(slot));
    assert.equal(p.reply(200, 'INVITE', { callId: 'f' }).dialog?.call, -1);
  });
});

test('more forks than anyone has end together as far as there is room', () => {
  const p = new Phones();
  p.ask('INVITE');
  for (let i = 0; i < 20; i++) p.reply(180, 'INVITE', { toTag: `t${i}` });
  p.reply(486, 'INVITE', { toTag: 'none' });
  assert.equal(p.happened.filter((each) => each === 'ended').length, 16);
  assert.ok(p.dialogs().every(({ state }) => state === TERMINATED));
});

test('tags that begin alike tell the sides apart all the same', () => {
  for (const [fromTag, toTag] of [
    ['a1', 'a2'],
    ['a2', 'a1'],
    ['a', 'ab'],
    ['ab', 'a'],
  ] as const) {
    const p = new Phones();
    p.establish({ fromTag, toTag });
    assert.equal(p.ask('INFO', { fromTag, toTag, cseq: 2 }).side, CALLER);
    assert.equal(p.ask('INFO', { fromTag: toTag, toTag: fromTag, cseq: 1 }, BOB, ALICE).side, CALLEE);
    assert.equal(p.dialogs().length, 1);
  }
});

test('the Call-ID of a dialog is in its key', () => {
  const p = new Phones();
  p.establish({ callId: 'abc@example.com' });
  const { dialogs } = p.tracker;
  dialogs.table.each(p.now, (_, slot) => assert.equal(Buffer.from(dialogs.callIdAt(slot)).toString(), 'abc@example.com'));
});

test('whatever is said in whatever order: nothing breaks, no call is told twice, no call has more open dialogs than dialogs', () => {
  const places = [ALICE, BOB, MALLORY, PROXY];
  const METHODS = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'PRACK', 'UPDATE', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'INFO'];
  const message = fc.record({
    method: fc.constantFrom(...METHODS),
    status: fc.option(fc.constantFrom(100, 180, 183, 200, 202, 302, 407, 481, 486, 487, 603), { nil: undefined }),
    callId: fc.constantFrom('a', 'b'),
    fromTag: fc.constantFrom('f1', 't1', 'x'),
    toTag: fc.option(fc.constantFrom('t1', 'f1', 'y'), { nil: undefined }),
    branch: fc.constantFrom('z9hG4bK-1', 'z9hG4bK-2', 'z9hG4bK-3'),
    cseq: fc.integer({ min: 0, max: 4 }),
    src: fc.constantFrom(...places),
    dst: fc.constantFrom(...places),
    wait: fc.constantFrom(0, 0, 0, 3, 40, 1000),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 40 }), (script) => {
      const p = new Phones({ calls: 8, dialogs: 8 });
      for (const { method, status, toTag, src, dst, wait, ...w } of script) {
        const wording = toTag === undefined ? w : { ...w, toTag };
        p.send(status === undefined ? request(method, wording) : response(status, method, wording), src, dst);
        p.wait(wait);
        p.tracker.calls.table.each(p.now, ({ open, forks }) => assert.ok(open >= 0 && open <= forks));
      }
      const told = p.calls();
      assert.equal(told.length, p.tracker.calls.summary.calls);
      for (const c of told) assert.ok(c.billed >= 0 && c.duration >= 0 && c.setup >= 0 && c.start > 0, JSON.stringify(c));
    }),
    { numRuns: 400, seed: 7 },
  );
});
