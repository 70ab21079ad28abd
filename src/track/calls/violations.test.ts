import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB, MALLORY, Phones, verdict } from '../../../test/phones.ts';

const IN = { toTag: 't1' };

/** A call that was over half a minute ago. */
function past(): Phones {
  const p = new Phones();
  p.establish();
  p.ask('BYE', { ...IN, cseq: 2 });
  p.reply(200, 'BYE', { cseq: 2 });
  p.wait(30);
  return p;
}

describe('what a party may not do', () => {
  test('acknowledge what was never asked; an ACK that comes late is fine', () => {
    const p = new Phones();
    p.establish();
    assert.equal(verdict(p.ask('ACK', { ...IN, cseq: 5 })), 'ack-without-invite party');
    assert.equal(verdict(p.askBack('ACK', { cseq: 1 })), 'ack-without-invite party');
    p.ask('INVITE', { ...IN, cseq: 2 });
    assert.equal(verdict(p.ask('ACK', { ...IN, cseq: 1 })), 'fine');
  });

  test('BYE without a dialog, and by the called before the answer; the caller may', () => {
    const p = new Phones();
    assert.equal(verdict(p.ask('BYE', { callId: 'none' })), 'bye-outside-dialog stranger');
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    assert.equal(verdict(p.ask('BYE', { cseq: 2 })), 'bye-outside-dialog party');
    assert.equal(verdict(p.ask('BYE', { cseq: 2 }, MALLORY)), 'bye-outside-dialog stranger');
    assert.equal(verdict(p.askBack('BYE', { cseq: 1 })), 'bye-before-answer party');
    assert.equal(verdict(p.ask('BYE', { ...IN, cseq: 3 })), 'fine');
  });

  test('fall behind with CSeq; numbers that come in another order within two seconds are fine', () => {
    const p = new Phones();
    p.establish();
    p.ask('INFO', { ...IN, cseq: 50 });
    assert.equal(verdict(p.ask('INFO', { ...IN, cseq: 49 })), 'fine');
    p.wait(3);
    assert.equal(verdict(p.ask('INFO', { ...IN, cseq: 49 })), 'fine', 'seen before');
    assert.equal(verdict(p.ask('INFO', { ...IN, cseq: 48 })), 'cseq-behind party');
    assert.equal(verdict(p.ask('BYE', { ...IN, cseq: 2 })), 'cseq-behind party');
    assert.equal(verdict(p.askBack('INFO', { cseq: 1 })), 'fine', 'each side counts for itself');
  });

  test('re-INVITE before the answer, or while its own INVITE is open; INVITEs of both sides may cross', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    assert.equal(verdict(p.ask('INVITE', { ...IN, cseq: 2 })), 'reinvite-not-active party');
    const q = new Phones();
    q.establish();
    assert.equal(verdict(q.ask('INVITE', { ...IN, cseq: 2 })), 'fine');
    assert.equal(verdict(q.askBack('INVITE', { cseq: 1 })), 'fine', 'one of them is answered 491');
    assert.equal(verdict(q.ask('INVITE', { ...IN, cseq: 3 })), 'reinvite-not-active party');
  });

  test('go on with a call that is over, but for messages that crossed the BYE and for what subscriptions say', () => {
    for (const [method, what] of [
      ['INVITE', 'invite-in-terminated party'],
      ['UPDATE', 'update-inactive party'],
      ['INFO', 'request-in-terminated party'],
      ['PRACK', 'request-in-terminated party'],
      ['BYE', 'fine'],
      ['NOTIFY', 'fine'],
      ['REFER', 'fine'],
    ] as const)
      assert.equal(verdict(past().ask(method, { ...IN, cseq: 3 })), what, method);
    const p = new Phones();
    p.establish();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.reply(200, 'BYE', { cseq: 2 });
    assert.equal(verdict(p.askBack('INVITE', { cseq: 1 })), 'fine');
    assert.equal(p.dialogs()[0]?.callee.pending, false);
  });

  test('UPDATE outside any dialog; in an early one it may', () => {
    const p = new Phones();
    assert.equal(verdict(p.ask('UPDATE', { callId: 'none' })), 'update-inactive stranger');
    assert.equal(verdict(p.ask('INFO', { callId: 'none' })), 'fine');
    p.ask('INVITE');
    p.reply(180, 'INVITE');
    assert.equal(verdict(p.askBack('UPDATE', { cseq: 1 })), 'fine');
  });

  test('PRACK outside any dialog, or for an answer that was not sent', () => {
    const p = new Phones();
    assert.equal(verdict(p.ask('PRACK', { callId: 'none' })), 'prack-unknown stranger');
    p.ask('INVITE');
    p.reply(183, 'INVITE', { headers: ['RSeq: 4'] });
    assert.equal(verdict(p.ask('PRACK', { ...IN, cseq: 2, headers: ['RAck: 5 1 INVITE'] })), 'prack-unknown party');
    assert.equal(verdict(p.ask('PRACK', { ...IN, cseq: 3, headers: ['RAck: 4 1 INVITE'] })), 'fine');
  });

  test('CANCEL what it has acknowledged; a CANCEL that crosses the 200 is fine', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(200, 'INVITE');
    assert.equal(verdict(p.ask('CANCEL', { branch: 'z9hG4bK-1' })), 'fine');
    p.ask('ACK', IN);
    p.wait(3);
    assert.equal(
      verdict(p.ask('CANCEL', { branch: 'z9hG4bK-1', fromTag: 'f1', headers: ['X-Try: 2'], cseq: 1, callId: 'c1' })),
      'fine',
      'a repetition',
    );
    const q = new Phones();
    q.ask('INVITE');
    q.reply(200, 'INVITE');
    q.wait(5);
    assert.equal(verdict(q.ask('CANCEL', { branch: 'z9hG4bK-1' })), 'fine', 'the 200 may have been lost');
    const r = new Phones();
    r.establish();
    r.wait(3);
    assert.equal(verdict(r.ask('CANCEL', { branch: 'z9hG4bK-1' })), 'cancel-after-final party');
    const s = new Phones();
    s.ask('INVITE');
    s.reply(486, 'INVITE');
    s.ask('ACK', { branch: 'z9hG4bK-1', toTag: 't1' });
    s.wait(3);
    assert.equal(verdict(s.ask('CANCEL', { branch: 'z9hG4bK-1' })), 'cancel-after-final party');
  });
});

test('an adopted dialog is not held to what was before', () => {
  const p = new Phones();
  p.askBack('INFO', { cseq: 40 });
  for (const method of ['ACK', 'UPDATE', 'PRACK', 'INVITE']) assert.equal(verdict(p.ask(method, { ...IN, cseq: 9 })), 'fine', method);
});

test('a server that restarted answers 481, and the call is set up anew', () => {
  const p = new Phones();
  p.establish();
  p.ask('INVITE', { ...IN, cseq: 2 });
  p.reply(481, 'INVITE', { cseq: 2 });
  assert.equal(verdict(p.ask('ACK', { ...IN, cseq: 2, branch: p.branch })), 'fine');
  assert.equal(verdict(p.ask('BYE', { ...IN, cseq: 3 })), 'fine');
  p.reply(481, 'BYE', { cseq: 3 });
  assert.equal(verdict(p.ask('INVITE', { cseq: 4 }, ALICE, BOB)), 'fine');
});
