import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { A, B, CALLEE, MediaTalk, sdp } from '../../../test/mediatalk.ts';
import { ALICE, BOB, MALLORY, Phones } from '../../../test/phones.ts';
import { request, response } from '../../../test/talk.ts';
import { EVIDENCE_NAMES } from './forgeries.ts';

const evidence = (code: number): string => EVIDENCE_NAMES[code]!;
const NEW = '203.0.113.9:5060';
const REGISTRAR = '198.51.100.5:5060';

describe('requests of another make', () => {
  test('a BYE with the name of another program', () => {
    const p = new Phones();
    p.establish({ headers: ['User-Agent: Phone/1'] });
    assert.equal(evidence(p.ask('BYE', { toTag: 't1', headers: ['User-Agent: Tool/9'] }).forgery), 'other-make');
  });

  test('who has two legs: Max-Forwards of an INVITE is counted down from that of the other leg, and a BYE has its own', () => {
    const p = new Phones();
    p.establish();
    const text = request('BYE', { toTag: 't1', branch: 'z9hG4bK-own' });
    assert.equal(evidence(p.send(text.replace('Max-Forwards: 70', 'Max-Forwards: 69'), ALICE, BOB).forgery), '');
  });

  test('a blank more before a To without a tag', () => {
    const p = new Phones();
    p.send(request('INVITE', { branch: 'z9hG4bK-first' }).replace('To: ', 'To:  '), ALICE, BOB);
    p.reply(200, 'INVITE', { branch: 'z9hG4bK-first' });
    assert.equal(evidence(p.ask('BYE', { toTag: 't1' }).forgery), '');
    const other = request('BYE', { toTag: 't1', branch: 'z9hG4bK-forged' }).replace('From: ', 'From:  ');
    assert.equal(evidence(p.send(other, ALICE, BOB).forgery), 'other-make');
  });

  test('the party itself, whichever it is', () => {
    const p = new Phones();
    p.establish();
    assert.equal(evidence(p.askBack('INFO').forgery), '');
    assert.equal(evidence(p.askBack('BYE').forgery), '');
    const q = new Phones();
    q.establish();
    assert.equal(evidence(q.ask('BYE', { toTag: 't1' }).forgery), '');
  });

  test('spelling counts', () => {
    const p = new Phones();
    p.establish();
    const text = request('BYE', { toTag: 't1', branch: 'z9hG4bK-forged' }).replace(/Call-ID: /, 'Call-ID:');
    assert.equal(evidence(p.send(text, ALICE, BOB).forgery), 'other-make');
  });
});

describe('from a new place', () => {
  test('without media nobody can tell: told after a while, once', () => {
    const p = new Phones();
    p.establish();
    p.ask('BYE', { toTag: 't1' }, MALLORY);
    p.ask('BYE', { toTag: 't1', cseq: 7 }, MALLORY);
    assert.deepEqual(p.forged, []);
    p.wait(3);
    assert.deepEqual(p.forged.map(evidence), ['no-media']);
  });

  /** A call whose caller registers at `at` for a minute; someone hangs up in its name from NEW after `wait` s. */
  function movedAway(wait: number, at = NEW): { party: boolean; forged: string[] } {
    const p = new Phones();
    p.establish();
    const w = { callId: 'r1', fromTag: 'r1', headers: ['Contact: <sip:alice@203.0.113.9>;expires=60'] };
    p.ask('REGISTER', w, at, REGISTRAR);
    p.reply(200, 'REGISTER', w, REGISTRAR, at);
    p.wait(wait);
    const { fromParty } = p.ask('BYE', { toTag: 't1', cseq: 2 }, NEW);
    p.wait(3);
    return { party: fromParty, forged: p.forged.map(evidence) };
  }

  test('a telephone that has registered where it is now is a party, as long as that binding is in force', () => {
    assert.deepEqual(movedAway(1), { party: true, forged: [] });
    assert.deepEqual(movedAway(1, '203.0.113.10:5060'), { party: false, forged: ['no-media'] }, 'elsewhere');
    assert.deepEqual(movedAway(62), { party: false, forged: ['no-media'] });
  });
});

describe('from a new place, with media', () => {
  const talking = (): MediaTalk => new MediaTalk().invite().accept().rtp(A, B, 10).rtp(B, A, 10, { ssrc: 2 });
  const goOn = (t: MediaTalk, from: string, to: string, ssrc: number): MediaTalk => t.rtp(from, to, 150, { ssrc, sequence: 110 });
  const from = { src: '203.0.113.66:5060', dst: CALLEE };
  const told = (t: MediaTalk): string[] =>
    t.of('dialog.forged').map((e) => `${e.data.method} ${e.data.evidence} ${e.data.side} ${e.from} ${e.to}`);

  test('a BYE in the name of a party that goes on sending was not its own', () => {
    const t = talking().sip('BYE sip:b@example.com SIP/2.0', '9 BYE', '', from);
    assert.deepEqual(told(t), [], 'not before time has shown it');
    goOn(t, A, B, 0x1001);
    assert.deepEqual(told(t), ['BYE media-goes-on caller 203.0.113.66:5060 198.51.100.20:5060']);
  });

  test('of a request of another make, too, it is told whether media of its call was captured', () => {
    const invite = ['INVITE sip:b@example.com SIP/2.0', '1 INVITE', sdp(A)] as const;
    const t = new MediaTalk().sip(...invite, { toTag: false, headers: ['User-Agent: Phone/1'] }).accept();
    t.rtp(A, B, 100).sip('BYE sip:b@example.com SIP/2.0', '9 BYE', '', { headers: ['User-Agent: Tool/9'] });
    assert.deepEqual(
      t.of('dialog.forged').map(({ data }) => [data.evidence, data.media]),
      [['other-make', true]],
    );
  });

  test('that the other side goes on shows nothing', () => {
    const t = talking().sip('BYE sip:b@example.com SIP/2.0', '9 BYE', '', from);
    assert.deepEqual(told(goOn(t, B, A, 2).wait(3)), []);
  });

  const INVITED = 'INVITE sip:b@example.com SIP/2.0';
  const MOVED = '203.0.113.66:4000';

  test('a re-INVITE takes media elsewhere, and who is said to have moved goes on sending from where it was', () => {
    const t = talking()
      .sip(INVITED, '2 INVITE', sdp(MOVED, { version: 2 }), from)
      .sip('SIP/2.0 200 OK', '2 INVITE', sdp(B));
    assert.deepEqual(told(goOn(t, A, B, 0x1001)), ['INVITE media-goes-on caller 203.0.113.66:5060 198.51.100.20:5060']);
    const u = talking()
      .sip(INVITED, '2 INVITE', sdp(MOVED, { version: 2 }), from)
      .sip('SIP/2.0 491 Request Pending', '2 INVITE');
    assert.equal(told(goOn(u, A, B, 0x1001)).length, 1, 'whoever tries in vain has not moved either');
  });

  test('who moves stays where it was until its offer is accepted, whose answer may be lost and sent again', () => {
    const t = talking().sip(INVITED, '2 INVITE', sdp(MOVED, { version: 2 }), from);
    t.rtp(A, B, 250, { sequence: 110 }).sip('SIP/2.0 200 OK', '2 INVITE', sdp(B)).rtp(A, B, 20, { sequence: 360 }).wait(3).wait(3);
    assert.deepEqual(told(t), []);
    const u = talking().sip(INVITED, '2 INVITE', sdp(MOVED, { version: 2 }), from);
    u.rtp(A, B, 250, { sequence: 110 }).sip('SIP/2.0 200 OK', '2 INVITE', sdp(B)).rtp(A, B, 300, { sequence: 360 });
    assert.deepEqual(told(u), ['INVITE media-goes-on caller 203.0.113.66:5060 198.51.100.20:5060']);
  });

  test('a re-INVITE that is challenged, or never answered, moves nobody', () => {
    const t = talking()
      .sip(INVITED, '2 INVITE', sdp(MOVED, { version: 2 }), from)
      .sip('SIP/2.0 407 Who', '2 INVITE');
    assert.deepEqual(told(goOn(t, A, B, 0x1001).wait(32)), []);
    const u = talking().sip(INVITED, '2 INVITE', sdp(MOVED, { version: 2 }), from);
    assert.deepEqual(told(u.rtp(A, B, 1900, { sequence: 110 }).wait(3)), []);
  });

  test('a re-INVITE that names the same place for media moves nothing', () => {
    const t = talking().sip(INVITED, '2 INVITE', sdp(A, { version: 2 }), from);
    assert.deepEqual(told(goOn(t, A, B, 0x1001).wait(3)), []);
  });

  test('a telephone that stops where it was has moved', () => {
    const t = talking().sip(INVITED, '2 INVITE', sdp(MOVED, { version: 2 }), from);
    assert.deepEqual(told(goOn(t, MOVED, B, 3).wait(3)), []);
  });
});

describe('behind a proxy', () => {
  const PROXY = '198.51.100.99:5060';
  const IN = { toTag: 't1', cseq: 2 };
  const forwarded = (text: string): string => text.replace('Via: ', 'Via: SIP/2.0/UDP 198.51.100.99;branch=z9hG4bKp\r\nVia: ');
  const INVITED = { branch: 'z9hG4bKa' };

  /** A proxy forwards an INVITE, and the telephone rings. */
  function ringing(): Phones {
    const p = new Phones();
    p.ask('INVITE', INVITED, ALICE, PROXY);
    p.send(forwarded(request('INVITE', INVITED)), PROXY, BOB);
    below(p, 180);
    above(p, 180);
    return p;
  }

  /** The telephone answers the proxy. */
  const below = (p: Phones, status: number): string => evidence(p.send(forwarded(response(status, 'INVITE', INVITED)), BOB, PROXY).forgery);
  /** The caller is answered in the name of the proxy. */
  const above = (p: Phones, status: number, toTag = 't1'): string =>
    evidence(p.reply(status, 'INVITE', { ...INVITED, toTag }, PROXY, ALICE).forgery);

  test('the refusal of a telephone that goes on ringing, and then answers', () => {
    assert.equal(above(ringing(), 486), 'not-answered');
    assert.equal(above(ringing(), 480, 'proxy'), '', 'a proxy refuses with a tag of its own');
    const p = ringing();
    assert.equal(below(p, 486), '');
    assert.equal(above(p, 486), '', 'it has refused');
    const q = ringing();
    assert.equal(below(q, 603), '');
    assert.equal(below(q, 200), 'answered-after');
    assert.equal(below(ringing(), 200), '');
  });

  test('what a proxy that hides its topology is told by the telephone is no answer to the caller', () => {
    const INNER = '198.51.100.98:5060';
    const p = new Phones();
    const hidden = (text: string, branch: string): string =>
      text.replace('Via: ', `Via: SIP/2.0/UDP 198.51.100.99;branch=${branch}\r\nVia: `);
    const invite = { branch: 'z9hG4bKa' };
    const veiled = { branch: 'z9hG4bKveil' };
    p.ask('INVITE', invite, ALICE, PROXY);
    p.send(hidden(request('INVITE', veiled), 'z9hG4bKe1'), PROXY, INNER);
    const back = (text: string): string =>
      hidden(text, 'z9hG4bKe1').replace('Via: ', 'Via: SIP/2.0/UDP 198.51.100.98;branch=z9hG4bKi\r\nVia: ');
    p.send(back(request('INVITE', veiled)), INNER, PROXY);
    p.send(hidden(request('INVITE', { branch: 'z9hG4bKother' }), 'z9hG4bKe2'), PROXY, BOB);
    for (const status of [180, 486]) {
      assert.equal(evidence(p.send(hidden(response(status, 'INVITE', { branch: 'z9hG4bKother' }), 'z9hG4bKe2'), BOB, PROXY).forgery), '');
      assert.equal(evidence(p.send(back(response(status, 'INVITE', veiled)), PROXY, INNER).forgery), '');
      assert.equal(evidence(p.send(hidden(response(status, 'INVITE', veiled), 'z9hG4bKe1'), INNER, PROXY).forgery), '');
      assert.equal(evidence(p.reply(status, 'INVITE', invite, PROXY, ALICE).forgery), '', `${status}`);
    }
  });

  test('a refusal in the name of who rings, of another make', () => {
    const forged = forwarded(response(302, 'INVITE', INVITED)).replace('Call-ID: ', 'Call-ID:');
    assert.equal(evidence(ringing().send(forged, BOB, PROXY).forgery), 'other-make');
    assert.equal(below(ringing(), 302), '');
    const p = ringing();
    assert.equal(evidence(p.send(forged.replace(/tag=t1/, 'tag=t2'), BOB, PROXY).forgery), '', 'in the name of somebody else');
    assert.equal(evidence(p.send(forged, BOB, PROXY).forgery), '', 'what comes after the first is not compared');
  });

  test('messages without a Call-ID belong to no call', () => {
    const p = new Phones();
    const bare = (text: string): string => text.replace(/Call-ID: [^\r]*\r\n/, '');
    p.send(bare(request('INVITE', INVITED)), ALICE, BOB);
    p.send(bare(response(180, 'INVITE', INVITED)), BOB, ALICE);
    assert.equal(evidence(p.send(bare(response(302, 'INVITE', INVITED)).replace('CSeq: ', 'CSeq:'), BOB, ALICE).forgery), '');
    assert.equal(evidence(p.send(bare(request('CANCEL', INVITED)).replace('CSeq: ', 'CSeq:'), ALICE, BOB).forgery), '');
  });

  test('487 where the caller has not cancelled', () => {
    const p = ringing();
    p.ask('CANCEL', { branch: 'z9hG4bKp' }, PROXY, BOB);
    assert.equal(below(p, 487), '');
    assert.equal(above(p, 487), 'not-cancelled');
    const q = ringing();
    q.ask('CANCEL', INVITED, ALICE, PROXY);
    q.ask('CANCEL', { branch: 'z9hG4bKp' }, PROXY, BOB);
    assert.equal(below(q, 487), '');
    assert.equal(above(q, 487), '');
  });

  /** A request in the name of the caller from the address of the proxy, in a call. */
  function inside(method: string, text = (own: string) => own): string {
    const p = ringing();
    below(p, 200);
    above(p, 200);
    p.ask('ACK', { toTag: 't1' }, ALICE, PROXY);
    return evidence(p.send(text(request(method, { ...IN, branch: 'z9hG4bKown' })), PROXY, BOB).forgery);
  }

  test('a request that a proxy does not send of its own bears the mark of whom it forwards for', () => {
    for (const method of ['REFER', 'UPDATE', 'INVITE']) {
      assert.equal(inside(method), 'not-forwarded', method);
      assert.equal(inside(method, forwarded), '', method);
    }
    assert.equal(inside('BYE'), '', 'a proxy may end a call');
  });
});
