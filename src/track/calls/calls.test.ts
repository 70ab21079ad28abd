import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB, MALLORY, Phones } from '../../../test/phones.ts';
import { packetOf, place, request, response } from '../../../test/talk.ts';
import { parseSip } from '../../decode/sip.ts';
import type { Call, MediaStream, Transport } from '../../types.ts';

const IN = { toTag: 't1' };
const SECOND = 1e6;

function only(calls: readonly Call[]): Call {
  assert.equal(calls.length, 1);
  return calls[0]!;
}

const stream = (encryption: MediaStream['encryption']): MediaStream => ({
  src: '192.0.2.9',
  srcPort: 4000,
  dst: '198.51.100.1',
  dstPort: 4002,
  ssrc: 1,
  media: 'audio',
  codec: 'PCMU',
  encryption,
  first: 0,
  last: 0,
  packets: 100,
  bytes: 16_000,
  lost: 0,
  duplicates: 0,
  late: 0,
  jitter: 0,
  jitterMax: 0,
  promised: 'sdp',
  digits: 0,
});

describe('the record of a call', () => {
  test('every time and name of an answered call with credentials', () => {
    const p = new Phones();
    const caller = ['Contact: <sip:alice@192.0.2.9:5062>', 'User-Agent: Phone A', 'P-Asserted-Identity: <sip:a@b>'];
    p.ask('INVITE', { headers: caller });
    p.reply(407, 'INVITE', { headers: ['Proxy-Authenticate: Digest realm="b", nonce="n"'] });
    const sent = ['Proxy-Authorization: Digest username="a", realm="b", nonce="n", uri="sip:x", response="0"'];
    p.ask('INVITE', { cseq: 2, headers: [...caller, ...sent] });
    p.wait(1);
    p.reply(180, 'INVITE', { cseq: 2 });
    p.wait(3);
    p.reply(200, 'INVITE', { cseq: 2, headers: ['Server: Phone B'] });
    p.ask('ACK', { ...IN, cseq: 2 });
    p.wait(60);
    p.askBack('BYE', { cseq: 1, headers: ['Reason: Q.850;cause=16'] });
    p.wait(0.5);
    p.reply(200, 'BYE', { fromTag: 't1', toTag: 'f1', cseq: 1 }, ALICE, BOB);
    const c = only(p.calls());
    assert.deepEqual(
      [c.callId, c.from, c.to, c.contact],
      ['c1', 'sip:alice@example.com', 'sip:alice@example.com', 'sip:alice@192.0.2.9:5062'],
    );
    assert.deepEqual([c.src, c.dst, c.transport, c.complete], ['192.0.2.9', '198.51.100.1', 'udp', true]);
    assert.deepEqual([c.disposition, c.status, c.cause, c.hungUpBy, c.forks], ['answered', 200, 16, 'callee', 1]);
    assert.deepEqual([c.callerAgent, c.calleeAgent], ['Phone A', 'Phone B']);
    const about = (us: number, seconds: number) =>
      assert.ok(us >= seconds * SECOND && us < (seconds + 0.2) * SECOND, `${us} µs are not ${seconds} s`);
    about(c.setup, 1);
    about(c.ringing - c.start, 1);
    about(c.answered - c.start, 4);
    about(c.billed, 60);
    about(c.duration, 64);
    assert.deepEqual(c.security, { signalling: 'none', authenticated: true, identity: 'asserted', attestation: '', media: 'unseen' });
  });

  test('how it went and who ended it, by the last status', () => {
    for (const [status, disposition, hungUpBy] of [
      [302, 'redirected', 'network'],
      [401, 'challenged', 'none'],
      [404, 'rejected', 'network'],
      [408, 'unanswered', 'network'],
      [480, 'unanswered', 'network'],
      [486, 'busy', 'callee'],
      [487, 'cancelled', 'network'],
      [503, 'rejected', 'network'],
      [600, 'busy', 'callee'],
      [603, 'rejected', 'callee'],
      [607, 'rejected', 'callee'],
      [608, 'rejected', 'callee'],
    ] as const) {
      const p = new Phones();
      p.ask('INVITE');
      p.reply(status, 'INVITE');
      const c = only(p.calls());
      assert.deepEqual([c.disposition, c.hungUpBy, c.status, c.billed], [disposition, hungUpBy, status, 0]);
      assert.equal(c.ended > 0, disposition !== 'challenged');
    }
  });

  test('redirected and called again, one Call-ID: one call, with the last outcome', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(302, 'INVITE');
    p.ask('INVITE', { cseq: 2, user: 'carol' });
    assert.equal(p.tracker.calls.over.length, 0);
    p.reply(200, 'INVITE', { cseq: 2, user: 'carol' });
    const c = only(p.calls());
    assert.deepEqual([c.disposition, c.hungUpBy, c.ended], ['answered', 'none', 0]);
    assert.ok(c.setup > 0 && c.setup < c.answered - c.start, 'the redirection decided first');
  });

  test('a branch that is refused after another one was answered changes nothing', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(200, 'INVITE', { toTag: 'a' });
    p.reply(487, 'INVITE', { toTag: 'b' });
    assert.equal(only(p.calls()).disposition, 'answered');
  });

  test('hops over TLS: none, some, all', () => {
    const signalling = (...transports: Transport[]) => {
      const p = new Phones();
      for (const [i, transport] of transports.entries()) {
        const packet = { ...packetOf(request('INVITE', { branch: `z9hG4bKh${i}` }), p.now, ALICE, BOB), transport };
        assert.ok(parseSip(p.message, packet.bytes, 0, packet.end));
        p.tracker.observe(packet, p.message, p.now);
      }
      const c = only(p.calls());
      const { secure, partlySecure } = p.tracker.calls.summary;
      return [c.transport, c.security.signalling, secure, partlySecure];
    };
    assert.deepEqual(signalling('tcp', 'udp'), ['tcp', 'none', 0, 0]);
    assert.deepEqual(signalling('tls', 'udp'), ['tls', 'some', 0, 1]);
    assert.deepEqual(signalling('wss', 'tls'), ['wss', 'all', 1, 0]);
  });

  test('streams come from whoever watches media', () => {
    for (const [media, streams] of [
      ['unseen', []],
      ['none', [stream('none')]],
      ['some', [stream('none'), stream('sdes')]],
      ['all', [stream('dtls'), stream('zrtp')]],
    ] as const) {
      const p = new Phones();
      const asked: number[] = [];
      p.tracker.calls.mediaOf = (slot, generation) => {
        asked.push(slot, generation);
        return streams;
      };
      const call = p.ask('INVITE').call;
      const c = only(p.calls());
      assert.deepEqual([c.security.media, c.streams.length], [media, streams.length]);
      assert.deepEqual(asked, [call?.slot, call?.generation]);
    }
  });

  test('hold: an offer that only sends is one, an offer that does both is none', () => {
    const p = new Phones();
    p.establish();
    for (const [i, attribute] of ['sendonly', 'sendrecv', 'inactive'].entries()) {
      const body = `v=0\r\na=${attribute}\r\n`;
      const text = request('INVITE', { ...IN, cseq: 2 + i, branch: `z9hG4bKhold${i}` });
      p.send(text.replace('Content-Length: 0\r\n\r\n', `Content-Length: ${body.length}\r\n\r\n${body}`), ALICE, BOB);
    }
    const c = only(p.calls());
    assert.deepEqual([c.reinvites, c.holds], [3, 2]);
  });
});

describe('when a call is told', () => {
  test('32 s after its end, once, and then its place is kept for late messages', () => {
    const p = new Phones();
    p.establish();
    p.ask('BYE', { ...IN, cseq: 2 });
    p.reply(200, 'BYE', { cseq: 2 });
    p.wait(31);
    assert.equal(p.tracker.calls.over.length, 0);
    p.wait(2);
    assert.equal(p.tracker.calls.over.length, 1);
    assert.equal(p.ask('BYE', { ...IN, cseq: 3 }, MALLORY).fromParty, false);
    p.wait(400);
    only(p.calls());
  });

  test('one that is called again meanwhile is not over', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(503, 'INVITE');
    p.wait(20);
    p.ask('INVITE', { cseq: 2 });
    p.wait(20);
    assert.equal(p.tracker.calls.over.length, 0);
    p.reply(200, 'INVITE', { cseq: 2 });
    p.ask('ACK', { ...IN, cseq: 2 });
    p.ask('BYE', { ...IN, cseq: 3 });
    p.reply(200, 'BYE', { cseq: 3 });
    p.wait(33);
    assert.equal(p.tracker.calls.over.length, 1);
  });

  test('a Call-ID that is used again after its call was told begins another call', () => {
    const p = new Phones();
    for (const wait of [40, 0]) {
      p.ask('INVITE');
      p.reply(486, 'INVITE');
      p.wait(wait);
    }
    assert.equal(p.calls().length, 2);
    p.wait(40);
    assert.equal(p.askBack('INFO').call?.complete, false);
  });

  test('a call that was pushed out while it faded is told once', () => {
    const p = new Phones({ calls: 8 });
    p.ask('INVITE');
    p.reply(486, 'INVITE');
    for (let i = 0; i < 30; i++) p.ask('INVITE', { callId: `c${i + 2}` });
    p.wait(40);
    assert.equal(p.calls().filter(({ callId }) => callId === 'c1').length, 1);
  });

  test('two dialogs that fall silent: the call is told after the second', () => {
    const p = new Phones();
    p.ask('INVITE');
    for (const toTag of ['a', 'b']) {
      p.reply(200, 'INVITE', { toTag, branch: 'z9hG4bK-1', headers: ['Session-Expires: 60'] });
      p.ask('ACK', { toTag });
    }
    for (let i = 0; i < 3; i++) p.wait(900);
    p.wait(40);
    assert.equal(p.tracker.calls.over.length, 1);
  });

  test('the last BYE of a call that another fork outlived does not end it twice', () => {
    const p = new Phones();
    p.ask('INVITE');
    p.reply(486, 'INVITE');
    p.send(response(200, 'INVITE', { branch: 'z9hG4bK-1', toTag: 'late' }), BOB, ALICE);
    p.ask('BYE', { toTag: 'late', cseq: 2 });
    p.reply(200, 'BYE', { toTag: 'late', cseq: 2 });
    const c = only(p.calls());
    assert.deepEqual([c.disposition, c.ended > 0], ['answered', true]);
  });
});

test('the endpoints of a call are those of its first message', () => {
  const p = new Phones();
  const call = p.establish().call;
  const [src, dst] = [new Uint8Array(18), new Uint8Array(18)];
  assert.equal(p.tracker.calls.endpoints(call!.slot, src, dst), true);
  assert.deepEqual([src, dst], [place(ALICE), place(BOB)]);
});

test('sums over all calls', () => {
  const p = new Phones();
  p.establish({ callId: 'a' });
  p.wait(10);
  p.ask('BYE', { ...IN, callId: 'a', cseq: 2 });
  p.reply(200, 'BYE', { callId: 'a', cseq: 2 });
  p.ask('INVITE', { callId: 'b', headers: ['Identity: x;info=<https://y>'] });
  p.reply(486, 'INVITE', { callId: 'b' });
  p.ask('INVITE', { callId: 'c', headers: ['P-Asserted-Identity: <sip:a@b>'] });
  p.reply(180, 'INVITE', { callId: 'c', toTag: 'x' });
  p.reply(180, 'INVITE', { callId: 'c', toTag: 'y' });
  p.askBack('INFO', { callId: 'd' });
  p.reply(200, 'INFO', { callId: 'd', fromTag: 't1', toTag: 'f1' }, ALICE, BOB);
  p.calls();
  const { billed, ringing, ...counts } = p.tracker.calls.summary;
  assert.ok(billed > 10 * SECOND && billed < 10.2 * SECOND && ringing > 0);
  assert.deepEqual(counts, {
    calls: 4,
    incomplete: 1,
    answered: 2,
    finished: 1,
    setups: 2,
    hungUpBy: { none: 2, caller: 1, callee: 1, network: 0 },
    forked: 1,
    held: 0,
    transferred: 0,
    joined: 0,
    secure: 0,
    partlySecure: 0,
    authenticated: 0,
    signed: 1,
    asserted: 1,
  });
});
