import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { A, B, CALLEE, CALLER, MediaTalk, rtpOf, type SdpWords, sdp } from '../../../test/mediatalk.ts';
import type { Place } from '../../../test/talk.ts';

const INTRUDER = '203.0.113.66:7777';
const PUBLIC = '203.0.113.7:61000';

function talk(): MediaTalk {
  return new MediaTalk().invite().accept();
}

describe('a call with media both ways', () => {
  test('streams begin, end and are told of', () => {
    const t = talk().rtp(A, B, 50, { ssrc: 1 }).rtp(B, A, 25, { ssrc: 0xffff_fff0, type: 8 });
    const started = t.of('media.started');
    assert.deepEqual(
      started.map(({ data }) => [data.sequence, data.timestamp]),
      [
        [100, 101 * 160],
        [100, 101 * 160],
      ],
    );
    assert.deepEqual(
      started.map(({ from, to, callId, data }) => [from, to, callId, data.phase, data.promised, data.codec, data.media, data.streams]),
      [
        [A, B, 'c1', 'call', 'sdp', 'PCMU', 'audio', 1],
        [B, A, 'c1', 'call', 'sdp', 'PCMA', 'audio', 1],
      ],
    );
    t.hangUp();
    const [first, second] = t.streams();
    assert.deepEqual(first, {
      src: '192.0.2.10',
      srcPort: 4000,
      dst: '198.51.100.20',
      dstPort: 5000,
      ssrc: 1,
      media: 'audio',
      codec: 'PCMU',
      encryption: 'none',
      first: first!.first,
      last: first!.first + 49 * 20_000,
      packets: 50,
      bytes: 8000,
      lost: 0,
      duplicates: 0,
      late: 0,
      jitter: 0,
      jitterMax: 0,
      promised: 'sdp',
      digits: 0,
    });
    assert.deepEqual([second?.ssrc, second?.packets, second?.codec], [0xffff_fff0, 25, 'PCMA']);
    assert.deepEqual(t.of('media.ended'), []);
    t.wait(100);
    assert.deepEqual(
      t.of('media.ended').map(({ from, data }) => [from, data.packets, data.seconds, data.rate, data.farLoss, data.mos]),
      [
        [A, 50, 0.98, 50, -1, 0],
        [B, 25, 0.48, 25, -1, 0],
      ],
    );
    t.finish();
    assert.equal(t.of('media.ended').length, 2, 'each once');
    assert.deepEqual(t.pipeline.query('counts').media, { 'streams-promised': 2, packets: 75 });
    assert.deepEqual(t.of('media.late'), []);
  });

  test('talk lasts as long as the side that sent for less time', () => {
    const talkOf = (caller: number, callee: number): unknown[] => {
      const t = new MediaTalk().invite().sip('SIP/2.0 200 OK', '1 INVITE', sdp(B));
      t.rtp(A, B, caller).rtp(B, A, callee, { ssrc: 2 }).wait(40);
      return t.of('dialog.unacknowledged').map(({ data }) => data.talk);
    };
    assert.deepEqual(talkOf(100, 50), [0.98]);
    assert.deepEqual(talkOf(25, 50), [0.48]);
    assert.deepEqual(talkOf(100, 0), [0], 'one who speaks alone');
  });

  test('early media, and media before any description was seen', () => {
    const t = new MediaTalk().invite().sip('SIP/2.0 183 Session Progress', '1 INVITE', sdp(B)).rtp(B, A, 3);
    assert.equal(t.of('media.started')[0]?.data.phase, 'early');
    const u = new MediaTalk().rtp(B, A, 3, { ssrc: 9 }).invite().rtp(B, A, 1, { ssrc: 9, sequence: 103 });
    assert.deepEqual(
      u.of('media.started').map(({ callId, data }) => [callId, data.promised]),
      [['c1', 'sdp']],
    );
    assert.equal(u.streams()[0]?.packets, 4, 'those before count too');
  });

  test('what looks like RTP once is no stream, what nobody promised is one from four packets on', () => {
    const t = new MediaTalk().rtp(A, B, 3).finish();
    assert.deepEqual(t.of('media.started'), []);
    const u = new MediaTalk().rtp(A, B, 5).finish();
    assert.deepEqual(
      u.of('media.started').map(({ callId, data }) => [callId, data.promised, data.phase, data.streams, data.media]),
      [['', 'none', 'none', 0, '']],
    );
    assert.deepEqual(u.pipeline.query('counts').media, { 'streams-unpromised': 1, packets: 5 });
    assert.deepEqual(u.of('media.ended')[0]?.data.packets, 5);
  });

  test('a call whose INVITE was not seen has promises without a call', () => {
    const t = new MediaTalk().accept().rtp(A, B, 3);
    assert.deepEqual(
      t.of('media.started').map(({ callId, data }) => [callId, data.promised, data.phase]),
      [['', 'sdp', 'none']],
    );
  });

  test('silence, and going on after it: told once at the end of each', () => {
    const t = talk().rtp(A, B, 10).wait(100);
    assert.equal(t.of('media.ended').length, 1);
    t.rtp(A, B, 10, { sequence: 110 }).wait(40);
    assert.deepEqual(t.of('media.late'), []);
    t.wait(60).finish();
    assert.deepEqual(
      t.of('media.ended').map(({ data }) => data.packets),
      [10, 20],
    );
    assert.deepEqual(t.pipeline.query('counts').media, { 'streams-promised': 1, packets: 20 });
    const u = new MediaTalk().rtp(A, B, 10).wait(100).rtp(A, B, 10, { sequence: 110 }).finish();
    assert.deepEqual(
      u.of('media.ended').map(({ data }) => data.packets),
      [10, 10],
      'without a call it is another stream',
    );
  });
});

describe('behind NAT', () => {
  const inside = sdp('10.0.0.5:4000');

  test('answers go to where media came from', () => {
    const t = new MediaTalk().invite(inside).accept().rtp(PUBLIC, B, 5, { ssrc: 1 }).rtp(B, PUBLIC, 5, { ssrc: 2 });
    assert.deepEqual(
      t.streams().map(({ src, promised, codec }) => [src, promised, codec]),
      [
        ['203.0.113.7', 'sdp', 'PCMU'],
        ['198.51.100.20', 'symmetric', 'PCMU'],
      ],
    );
    assert.deepEqual(t.of('media.unpromised'), []);
    t.finish();
    assert.deepEqual(t.pipeline.query('counts').media, { 'streams-promised': 1, 'streams-symmetric': 1, packets: 10 });
  });

  test('the answers are seen first', () => {
    const t = new MediaTalk().invite(inside).accept().rtp(B, PUBLIC, 3, { ssrc: 2 }).rtp(PUBLIC, B, 2, { ssrc: 1 });
    assert.deepEqual(t.of('media.started')[0]?.data.promised, 'none');
    t.rtp(B, PUBLIC, 2, { ssrc: 2, sequence: 103 });
    assert.deepEqual(
      t.streams().map(({ promised }) => promised),
      ['symmetric', 'sdp'],
    );
  });

  test('without a call nothing is learned', () => {
    const t = new MediaTalk().accept().rtp(PUBLIC, B, 4, { ssrc: 1 }).rtp(B, PUBLIC, 4, { ssrc: 2 });
    assert.deepEqual(
      t.of('media.started').map(({ data }) => data.promised),
      ['sdp', 'none'],
    );
  });
});

describe('others come in', () => {
  test('a source that nobody announced, beside the one that was', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 }).rtp(INTRUDER, B, 1, { ssrc: 2 });
    assert.deepEqual(t.of('media.unpromised'), [], 'the other one may have moved');
    t.rtp(A, B, 40, { ssrc: 1, sequence: 110 });
    assert.deepEqual(t.of('media.unpromised'), [], 'it moved, and its last packets are on their way');
    t.rtp(A, B, 15, { ssrc: 1, sequence: 150 });
    const [event] = t.of('media.unpromised');
    assert.deepEqual([event?.from, event?.to, event?.callId], [INTRUDER, B, 'c1']);
    assert.deepEqual([event?.data.rival, event?.data.rivalPort, event?.data.ssrc, event?.data.streams], ['192.0.2.10', 4000, 2, 2]);
    t.rtp(B, INTRUDER, 4, { ssrc: 3 });
    assert.equal(t.streams().at(-1)?.promised, 'none', 'an intruder is not where answers belong');
  });

  test('the one that was announced comes second: the other one is told of', () => {
    const t = talk().rtp(INTRUDER, B, 10, { ssrc: 2 }).rtp(A, B, 1, { ssrc: 1 });
    assert.deepEqual(t.of('media.unpromised'), []);
    t.rtp(INTRUDER, B, 55, { ssrc: 2, sequence: 110 });
    assert.deepEqual(
      t.of('media.unpromised').map(({ from, data }) => [from, data.rival]),
      [[INTRUDER, '192.0.2.10']],
    );
  });

  test('a source that follows after silence, and two that were announced, are none', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 }).wait(2).rtp(INTRUDER, B, 10, { ssrc: 2 });
    assert.deepEqual(t.of('media.unpromised'), []);
    const other = '192.0.2.10:4002';
    const u = new MediaTalk()
      .invite(`${sdp(A)}m=audio 4002 RTP/AVP 0\r\n`)
      .accept()
      .rtp(A, B, 5, { ssrc: 1 })
      .rtp(other, B, 5, { ssrc: 2 });
    assert.deepEqual(u.of('media.unpromised'), []);
    const v = talk().rtp(PUBLIC, B, 5, { ssrc: 1 }).rtp('203.0.113.7:61001', B, 50, { ssrc: 1, sequence: 105 });
    assert.deepEqual(v.of('media.unpromised'), [], 'a NAT chose another port');
  });

  test('after the call was over nobody is suspected, and of what is forgotten nothing is told', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 }).hangUp().rtp(INTRUDER, B, 1, { ssrc: 2 }).rtp(A, B, 60, { ssrc: 1, sequence: 110 });
    assert.deepEqual(t.of('media.unpromised'), []);
    const u = new MediaTalk({ streams: 8 }).invite().accept().rtp(A, B, 10, { ssrc: 1 }).rtp(INTRUDER, B, 1, { ssrc: 2 });
    for (let n = 3; n < 9; n++) u.rtp(`203.0.113.${n}:9`, A, 1, { ssrc: n }).send(rtpOf({ ssrc: 99, sequence: n }), INTRUDER, A);
    u.rtp('203.0.113.77:9', A, 2, { ssrc: 77 }).rtp(A, B, 5, { ssrc: 1, sequence: 110 });
    assert.ok(u.of('media.unpromised').every(({ data }) => data.rival === '192.0.2.10' || data.rival.startsWith('203.')));
  });

  test('another SSRC from the same source', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 }).wait(11).rtp(A, B, 2, { ssrc: 2 });
    assert.deepEqual(t.of('media.ssrc-changed'), [], 'after 5 s it is another talk');
    t.rtp(A, B, 2, { ssrc: 3 });
    const [event] = t.of('media.ssrc-changed');
    assert.deepEqual([event?.from, event?.data.before, event?.data.ssrc, event?.data.gap, event?.data.signalled], [A, 2, 3, 0.02, false]);
    const u = talk().rtp(A, B, 2, { ssrc: 1 }).rtp(A, B, 2, { ssrc: 2 });
    assert.equal(u.of('media.ssrc-changed')[0]?.data.signalled, true);
    const bundled = sdp(B, { session: ['a=group:BUNDLE 0 1'] });
    const v = new MediaTalk().invite().accept(bundled).rtp(A, B, 2, { ssrc: 1 }).rtp(A, B, 2, { ssrc: 2 });
    assert.deepEqual(v.of('media.ssrc-changed'), [], 'BUNDLE: several at the same time');
  });
});

describe('too late', () => {
  test('media after the call was over, told at 1 s and when four times as late', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 }).hangUp();
    t.rtp(A, B, 40, { ssrc: 1, sequence: 110 });
    assert.deepEqual(t.of('media.late'), []);
    t.rtp(A, B, 300, { ssrc: 1, sequence: 150 });
    assert.deepEqual(
      t.of('media.late').map(({ from, callId, data }) => [from, callId, data.why, Math.round(data.after)]),
      [
        [A, 'c1', 'over', 1],
        [A, 'c1', 'over', 4],
      ],
    );
  });

  test('after an answer without a description, who begins to talk is not late, who goes on is', () => {
    const t = talk().rtp(B, A, 10, { ssrc: 1 }).hangUp();
    const head = ['Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-c1-1', 'From: <sip:a@example.com>;tag=a'];
    const more = ['To: <sip:b@example.com>;tag=c', 'Call-ID: c1', 'CSeq: 1 INVITE', 'Content-Length: 0', '', ''];
    t.send(['SIP/2.0 200 OK', ...head, ...more].join('\r\n'), '198.51.100.20:5060', '192.0.2.10:5060');
    t.rtp(B, A, 200, { ssrc: 7 });
    assert.deepEqual(t.of('media.late'), []);
    t.rtp(A, B, 200, { ssrc: 2 });
    assert.deepEqual(t.of('media.late'), []);
  });

  test('another who was called answers after all: what he says is not late, what the others say is', () => {
    const body = sdp('198.51.100.20:5002');
    const head = [
      'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-c1-1',
      'From: <sip:a@example.com>;tag=a',
      'To: <sip:b@example.com>;tag=c',
    ];
    const more = ['Call-ID: c1', 'CSeq: 1 INVITE', 'Content-Type: application/sdp', `Content-Length: ${body.length}`, ''];
    const t = talk().rtp(B, A, 10, { ssrc: 1 }).hangUp();
    t.send(['SIP/2.0 200 OK', ...head, ...more, body].join('\r\n'), '198.51.100.20:5060', '192.0.2.10:5060');
    t.rtp('198.51.100.20:5002', A, 200, { ssrc: 7 });
    assert.deepEqual(t.of('media.late'), []);
    t.rtp(B, A, 100, { ssrc: 1, sequence: 110 });
    assert.deepEqual(
      t.of('media.late').map(({ from, data }) => [from, data.why]),
      [[B, 'over']],
    );
  });

  describe('one leg of a B2BUA that leaves the media alone is over', () => {
    const B2BUA: Place = '203.0.113.5:5060';

    /** Both legs are up, the media goes straight, and the leg of the callee ends. `sessions`: Session-IDs of the legs. */
    function halfOver(...sessions: [string, string]): MediaTalk {
      const [one, two] = [
        { callId: 'leg-a', dst: B2BUA },
        { callId: 'leg-b', src: B2BUA, dst: CALLEE },
      ];
      const headers = sessions.map((id) => [`Session-ID: ${id}`]);
      const t = new MediaTalk();
      t.sip('INVITE sip:b@example.com SIP/2.0', '1 INVITE', sdp(A), { ...one, toTag: false, headers: headers[0]! });
      t.sip('INVITE sip:b@example.com SIP/2.0', '1 INVITE', sdp(A), { ...two, toTag: false, headers: headers[1]! });
      t.sip('SIP/2.0 200 OK', '1 INVITE', sdp(B), { callId: 'leg-b', dst: B2BUA });
      t.sip('SIP/2.0 200 OK', '1 INVITE', sdp(B), { callId: 'leg-a', src: B2BUA });
      t.sip('ACK sip:b@example.com SIP/2.0', '1 ACK', '', one).sip('ACK sip:b@example.com SIP/2.0', '1 ACK', '', two);
      t.rtp(A, B, 10, { ssrc: 1 });
      t.sip('BYE sip:b@example.com SIP/2.0', '2 BYE', '', two).sip('SIP/2.0 200 OK', '2 BYE', '', { callId: 'leg-b', dst: B2BUA });
      return t;
    }
    const SESSION = 'ab30317f1a784dc48ff824d0d3715d86';
    const goesOn = (t: MediaTalk): unknown[] =>
      t
        .rtp(A, B, 220, { ssrc: 1, sequence: 110 })
        .of('media.late')
        .map(({ from, callId, data }) => [from, callId, data.why, Math.round(data.after)]);

    test('and the caller knows nothing of it: he talks on to who has left', () => {
      assert.deepEqual(goesOn(halfOver(SESSION, SESSION)), [
        [A, 'leg-a', 'over', 1],
        [A, 'leg-a', 'over', 4],
      ]);
    });

    test('and so is the other one, at once', () => {
      const t = halfOver(SESSION, SESSION);
      t.sip('BYE sip:b@example.com SIP/2.0', '2 BYE', '', { callId: 'leg-a', src: B2BUA, dst: CALLER });
      t.sip('SIP/2.0 200 OK', '2 BYE', '', { callId: 'leg-a', src: CALLER, dst: B2BUA });
      assert.deepEqual(t.rtp(A, B, 20, { ssrc: 1, sequence: 110 }).wait(5).of('media.late'), []);
    });

    test('two calls of a telephone that uses one port for all of them are no legs', () => {
      assert.deepEqual(goesOn(halfOver(SESSION, SESSION.replace('ab', 'cd'))), []);
    });
  });

  test('a stream that begins after the end of its call', () => {
    const t = talk().hangUp().wait(2).rtp(A, B, 3, { ssrc: 5 });
    assert.deepEqual(
      t.of('media.late').map(({ data }) => [data.why, Math.round(data.after)]),
      [['over', 2]],
    );
    assert.equal(t.of('media.started')[0]?.data.phase, 'over');
  });

  const MOVED = '203.0.113.99:6000';
  test('an endpoint was replaced by a re-INVITE and still sends', () => {
    const t = talk().rtp(B, A, 10, { ssrc: 1 });
    t.sip('INVITE sip:a@example.com SIP/2.0', '2 INVITE', sdp(MOVED, { version: 2 }), { from: 'b' });
    t.sip('SIP/2.0 200 OK', '2 INVITE', sdp(A), { from: 'b' });
    t.rtp(B, A, 40, { ssrc: 1, sequence: 110 });
    assert.deepEqual(t.of('media.late'), []);
    t.rtp(B, A, 40, { ssrc: 1, sequence: 150 });
    assert.deepEqual(
      t.of('media.late').map(({ from, data }) => [from, data.why, Math.round(data.after)]),
      [[B, 'replaced', 1]],
    );
    const u = talk().sip('UPDATE sip:a@example.com SIP/2.0', '2 UPDATE', sdp(MOVED), { from: 'b' });
    u.sip('SIP/2.0 200 OK', '2 UPDATE', sdp(A), { from: 'b' });
    u.wait(3).rtp(B, A, 2, { ssrc: 4 });
    assert.deepEqual(
      u.of('media.late').map(({ data }) => data.why),
      ['replaced'],
    );
  });

  test('an offer takes media elsewhere once it is accepted: until then, and after a refusal, they go on as before', () => {
    const t = talk().rtp(B, A, 10, { ssrc: 1 });
    t.sip('INVITE sip:a@example.com SIP/2.0', '2 INVITE', sdp(MOVED, { version: 2 }), { from: 'b' });
    t.rtp(B, A, 250, { ssrc: 1, sequence: 110 });
    assert.deepEqual(t.of('media.late'), [], 'its answer was lost, and is sent again');
    t.sip('SIP/2.0 200 OK', '2 INVITE', sdp(A), { from: 'b' }).rtp(B, A, 60, { ssrc: 1, sequence: 360 });
    assert.deepEqual(
      t.of('media.late').map(({ data }) => [data.why, Math.round(data.after)]),
      [['replaced', 1]],
    );
    const u = talk().rtp(B, A, 10, { ssrc: 1 });
    u.sip('INVITE sip:a@example.com SIP/2.0', '2 INVITE', sdp(MOVED, { version: 2 }), { from: 'b' });
    u.sip('SIP/2.0 488 Not Acceptable Here', '2 INVITE', '', { from: 'b' }).rtp(B, A, 150, { ssrc: 1, sequence: 110 });
    assert.deepEqual(u.of('media.late'), []);
  });

  test('hold, and the same endpoint again, replace nothing', () => {
    const t = talk().rtp(B, A, 10, { ssrc: 1 });
    for (const [n, body] of [sdp('0.0.0.0:5000'), sdp(B, { section: ['a=sendonly'] }), sdp(B)].entries()) {
      t.sip('INVITE sip:a@example.com SIP/2.0', `${n + 2} INVITE`, body, { from: 'b' }).sip('SIP/2.0 200 OK', `${n + 2} INVITE`, sdp(A), {
        from: 'b',
      });
    }
    t.wait(3).rtp(B, A, 100, { ssrc: 1, sequence: 110 });
    assert.deepEqual(t.of('media.late'), []);
  });
});

describe('odd packets', () => {
  test('payload types nobody named; comfort noise and what one side named are none', () => {
    const offer = sdp(A, { formats: '0 98', section: ['a=rtpmap:98 opus/48000/2'] });
    const t = new MediaTalk().invite(offer).accept().rtp(A, B, 3, { ssrc: 1 });
    t.rtp(A, B, 3, { ssrc: 1, sequence: 103, type: 13 }).rtp(A, B, 3, { ssrc: 1, sequence: 106, type: 98 });
    assert.deepEqual(t.of('media.odd'), []);
    t.rtp(A, B, 3, { ssrc: 1, sequence: 109, type: 99 }).rtp(A, B, 3, { ssrc: 1, sequence: 112, type: 77 });
    assert.deepEqual(
      t.of('media.odd').map(({ data }) => [data.what, data.payloadType, data.codec, data.size]),
      [['foreign-payload', 99, 'PT 99', 172]],
    );
  });

  test('oversized packets, and two packets that contradict each other', () => {
    const t = talk()
      .rtp(A, B, 3, { ssrc: 1, payload: Buffer.alloc(1401) })
      .rtp(B, A, 2, { ssrc: 2 });
    t.rtp(B, A, 2, { ssrc: 2, payload: Buffer.alloc(1500), sequence: 102 });
    t.rtp(B, A, 1, { ssrc: 2, sequence: 103, timestamp: 5 });
    assert.deepEqual(
      t.of('media.odd').map(({ from, data }) => [from, data.what]),
      [
        [A, 'oversized'],
        [B, 'oversized'],
        [B, 'conflict'],
      ],
    );
    t.finish();
    assert.deepEqual(
      t.of('media.ended').map(({ data }) => [data.oversized, data.conflicts, data.duplicates]),
      [
        [3, 0, 0],
        [2, 1, 1],
      ],
    );
  });

  test('jumps of the sequence: told at the 1st, 2nd and 4th', () => {
    const t = talk().rtp(A, B, 5, { ssrc: 1 });
    for (let n = 1; n <= 5; n++) t.rtp(A, B, 3, { ssrc: 1, sequence: 10_000 * n });
    assert.deepEqual(
      t.of('media.jumped').map(({ data }) => [data.jumps, data.expected, data.sequence]),
      [
        [1, 105, 10_000],
        [2, 10_003, 20_000],
        [4, 30_003, 40_000],
      ],
    );
    t.finish();
    assert.deepEqual([t.streams()[0]?.lost, t.streams()[0]?.packets], [0, 20]);
  });

  test('a flood of streams, another SSRC in each packet', () => {
    const t = talk();
    for (let n = 0; n < 300; n++) t.send(rtpOf({ sequence: n, ssrc: n }), A, B, 0.001);
    assert.deepEqual(
      t.of('media.flooded').map(({ from, data }) => [from, data.rate, data.newcomers]),
      [
        [A, 1, 128],
        [A, 1, 256],
      ],
    );
    const u = talk();
    for (let n = 0; n < 300; n++) u.send(rtpOf({ sequence: n, ssrc: n }), A, B, 0.02);
    assert.deepEqual(u.of('media.flooded'), []);
  });

  test('a flood of one stream', () => {
    const t = talk();
    for (let n = 0; n < 1200; n++) t.send(rtpOf({ sequence: n }), A, B, 0.0005);
    assert.deepEqual(
      t.of('media.flooded').map(({ data }) => [data.rate, data.calls]),
      [
        [512, 1],
        [1024, 1],
      ],
    );
    t.finish();
    assert.equal(t.of('media.ended')[0]?.data.rate, 1200);
  });
});

describe('keys', () => {
  const event = (key: number, end: boolean, duration: number): Buffer =>
    Buffer.from([key, end ? 0x8a : 0x0a, duration >> 8, duration & 255]);
  const press = (t: MediaTalk, key: number, sequence: number, type = 101): void => {
    for (const [n, end] of [false, false, true, true, true].entries()) {
      const words = { type, sequence: sequence + n, timestamp: sequence * 160, payload: event(key, end, 400 * Math.min(n + 1, 3)) };
      t.send(rtpOf(words), A, B, 0.02);
    }
  };

  test('each telephone-event once over its repetitions', () => {
    const t = talk().rtp(A, B, 3);
    press(t, 5, 103);
    press(t, 5, 108);
    press(t, 11, 113);
    assert.deepEqual(
      t.of('dtmf.sent').map(({ from, callId, data }) => [from, callId, data.way, data.digit, data.seconds]),
      [
        [A, 'c1', 'rtp', '5', 0.15],
        [A, 'c1', 'rtp', '5', 0.15],
        [A, 'c1', 'rtp', '#', 0.15],
      ],
    );
    assert.equal(t.streams()[0]?.digits, 3);
    assert.equal(t.streams()[0]?.codec, 'PCMU', 'events are no codec');
  });

  test('encrypted ones are counted only; those of nobody’s call are guessed by their form', () => {
    const keys = { protocol: 'RTP/SAVP', section: ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x'] };
    const t = new MediaTalk().invite(sdp(A, keys)).accept(sdp(B, keys)).rtp(A, B, 3);
    press(t, 5, 103);
    assert.equal(t.pipeline.query('counts').oddity['sdp-key-clear'], 2);
    assert.deepEqual([t.of('dtmf.sent').length, t.streams()[0]?.digits, t.streams()[0]?.encryption], [0, 1, 'sdes']);
    const u = new MediaTalk();
    press(u, 16, 103, 97);
    assert.deepEqual(
      u.of('dtmf.sent').map(({ data }) => [data.digit, data.seconds]),
      [['16', 0]],
    );
  });

  test('in the body of an INFO', () => {
    const t = talk().sip('INFO sip:b@example.com SIP/2.0', '2 INFO', 'Signal=*\r\nDuration=250\r\n', { type: 'application/dtmf-relay' });
    assert.deepEqual(
      t.of('dtmf.sent').map(({ from, callId, data }) => [from, callId, data]),
      [[CALLER, 'c1', { way: 'info', digit: '*', seconds: 0.25 }]],
    );
    t.sip('INFO sip:b@example.com SIP/2.0', '3 INFO', 'x', { type: 'application/dtmf' });
    t.sip('MESSAGE sip:b@example.com SIP/2.0', '4 MESSAGE', '1', { type: 'application/dtmf' });
    assert.equal(t.of('dtmf.sent').length, 1);
  });
});

describe('how it is protected', () => {
  const seen = (offer: SdpWords, answer: SdpWords): string | undefined => {
    const t = new MediaTalk().invite(sdp(A, offer)).accept(sdp(B, answer)).rtp(A, B, 3);
    return t.streams()[0]?.encryption;
  };
  test('by what both sides say', () => {
    assert.equal(seen({}, {}), 'none');
    assert.equal(seen({ protocol: 'RTP/SAVP' }, { protocol: 'RTP/SAVP' }), 'srtp');
    const dtls = { protocol: 'UDP/TLS/RTP/SAVPF', session: ['a=fingerprint:sha-256 AB'] };
    assert.equal(seen(dtls, dtls), 'dtls');
    const zrtp = { section: ['a=zrtp-hash:1.10 ab'] };
    assert.equal(seen(zrtp, zrtp), 'zrtp');
    assert.equal(seen({}, zrtp), 'none', 'one side alone protects nothing');
    assert.equal(seen({ protocol: 'RTP/AVPF' }, { protocol: 'RTP/AVPF' }), 'none');
  });

  test('ZRTP and DTLS are seen on the way', () => {
    const t = talk();
    const hello = Buffer.concat([Buffer.from('10000001', 'hex'), Buffer.from('ZRTP'), Buffer.alloc(30)]);
    t.send(hello, A, B).send(hello, B, A).send(hello, INTRUDER, PUBLIC).rtp(A, B, 3);
    assert.equal(t.streams()[0]?.encryption, 'zrtp');
    assert.equal(t.pipeline.query('counts').protocol['zrtp'], 3);
    const record = Buffer.from('16fefd0000000000000000000161', 'hex');
    const u = talk().send(record, A, B).send(record, B, A).rtp(A, B, 3);
    assert.equal(u.streams()[0]?.encryption, 'dtls');
  });

  test('fax over UDPTL where it was promised', () => {
    const t = new MediaTalk().send('\0\x01nothing yet', A, B);
    const fax = { media: 'image', protocol: 'udptl', formats: 't38' };
    t.invite(sdp(A, fax))
      .accept(sdp(B, fax))
      .send('\0\x01\x06\0\0\x01\x02\x03', A, B)
      .send('\0\x01\x06\0\0\x01\x02\x03', A, INTRUDER)
      .finish();
    assert.deepEqual(t.pipeline.query('counts').media, { 'fax-packets': 1 });
  });
});

describe('what the far end says', () => {
  const sender = (ssrc: number, ntp: number, block = Buffer.alloc(0)): Buffer => {
    const head = Buffer.alloc(28);
    head[0] = 0x80 | (block.length / 24);
    head[1] = 200;
    head.writeUInt16BE((28 + block.length) / 4 - 1, 2);
    head.writeUInt32BE(ssrc, 4);
    head.writeUInt32BE(ntp, 10);
    return Buffer.concat([head, block]);
  };
  const receiver = (block: Buffer): Buffer => Buffer.concat([Buffer.from([0x81, 201, 0, 7, 0, 0, 0, 9]), block]);
  const block = (ssrc: number, lastSr: number, delay: number): Buffer => {
    const b = Buffer.alloc(24);
    b.writeUInt32BE(ssrc, 0);
    b[4] = 64;
    b.writeUInt32BE(80, 12);
    b.writeUInt32BE(lastSr, 16);
    b.writeUInt32BE(delay, 20);
    return b;
  };
  const AR = '192.0.2.10:4001';
  const BR = '198.51.100.20:5001';

  test('loss, round trip and MOS, on the ports beside', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 });
    t.send(sender(1, 0xabcdef01), AR, BR).send(receiver(block(1, 0xabcdef01, 65_536)), BR, AR, 1.25);
    const xr = Buffer.concat([
      Buffer.from([0x80, 207, 0, 10, 0, 0, 0, 9, 7, 0, 0, 8, 0, 0, 0, 1]),
      Buffer.alloc(18),
      Buffer.from([41]),
      Buffer.alloc(9),
    ]);
    t.send(xr, BR, AR).finish();
    const [ended] = t.of('media.ended');
    assert.deepEqual([ended?.data.farLoss, ended?.data.roundTrip, ended?.data.mos], [0.25, 0.25, 4.1]);
  });

  test('on the same ports, with an unknown SR, of an unknown stream', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 });
    t.send(receiver(block(1, 5, 0)), B, A)
      .send(receiver(block(77, 0, 0)), B, A)
      .send(sender(78, 1), A, B);
    t.send(receiver(Buffer.concat([block(1, 0, 0), Buffer.alloc(4)])), B, A).finish();
    const [ended] = t.of('media.ended');
    assert.deepEqual([ended?.data.farLoss, ended?.data.roundTrip], [0.25, -1]);
  });
});

test('media inside TURN: ChannelData and indications', () => {
  const t = talk();
  for (let n = 0; n < 4; n++) {
    const rtp = rtpOf({ sequence: 100 + n });
    t.send(Buffer.concat([Buffer.from([0x40, 1, rtp.length >> 8, rtp.length & 255]), rtp]), A, B);
  }
  t.send(Buffer.from('000100002112a442000102030405060708090a0b', 'hex'), A, B);
  t.send(Buffer.concat([Buffer.from('40010008', 'hex'), Buffer.from('notmedia')]), A, B).finish();
  assert.equal(t.streams()[0]?.packets, 4);
  assert.equal(t.pipeline.query('counts').protocol['stun'], 6);
});

describe('ICE', () => {
  test('candidates are promised too', () => {
    const section = ['a=candidate:1 1 udp 1 203.0.113.5 7000 typ srflx raddr 10.0.0.1 rport 1'];
    const t = new MediaTalk().invite(sdp(A, { section })).invite(sdp(A, { section }), 'c2').accept().rtp(B, '203.0.113.5:7000', 3);
    assert.equal(t.of('media.started')[0]?.data.promised, 'sdp');
    assert.equal(t.of('media.started')[0]?.callId, 'c2', 'who named it last');
  });
});

describe('the same ports again', () => {
  test('calls that share a port are counted, those of long ago are not', () => {
    const t = talk().wait(100).invite(sdp(A), 'c2').accept(sdp(B), 'c2').invite(sdp(A), 'c3').accept(sdp(B), 'c3');
    for (let n = 0; n < 512; n++) t.send(rtpOf({ sequence: n }), A, B, 0.0005);
    assert.deepEqual(
      t.of('media.flooded').map(({ callId, data }) => [callId, data.calls]),
      [['c3', 2]],
    );
    const u = new MediaTalk();
    for (let n = 0; n < 512; n++) u.send(rtpOf({ sequence: n }), A, B, 0.0005);
    assert.equal(u.of('media.flooded')[0]?.data.calls, 1);
  });

  test('another call with the same ports and SSRC has a stream of its own', () => {
    const t = talk().rtp(A, B, 10, { ssrc: 1 });
    t.invite(sdp(A), 'c2').accept(sdp(B), 'c2').rtp(A, B, 5, { ssrc: 1, sequence: 110 });
    assert.deepEqual([t.streams('c1')[0]?.packets, t.streams('c2')[0]?.packets], [10, 5]);
    t.finish();
    assert.deepEqual(
      t
        .of('media.ended')
        .map(({ callId, data }) => [callId, data.packets])
        .sort(),
      [
        ['c1', 10],
        ['c2', 5],
      ],
    );
  });

  test('a promise that was forgotten or renewed by the same call changes nothing', () => {
    const t = new MediaTalk({ promises: 8 }).invite().accept().rtp(A, B, 10, { ssrc: 1 });
    for (let n = 0; n < 40; n++) t.invite(sdp(`192.0.2.77:${6000 + n}`), `x${n}`);
    t.rtp(A, B, 10, { ssrc: 1, sequence: 110 }).invite().accept().rtp(A, B, 10, { ssrc: 1, sequence: 120 });
    assert.equal(t.streams()[0]?.packets, 30);
  });
});

describe('bounds', () => {
  test('more streams than fit: the totals still know them', () => {
    const t = new MediaTalk({ streams: 8 }).invite().accept();
    for (let n = 0; n < 50; n++) t.rtp(A, B, 2, { ssrc: n });
    t.finish();
    const { media } = t.pipeline.query('counts');
    assert.deepEqual([media['streams-promised'], media['packets']], [50, 100]);
    assert.ok(t.streams().length <= 8);
  });

  test('of a call 32 streams are kept, and 24 promises', () => {
    const t = new MediaTalk().invite().accept();
    for (let n = 0; n < 50; n++) t.rtp(A, B, 2, { ssrc: n });
    assert.equal(t.streams().length, 32);
    for (let n = 0; n < 40; n++) t.sip('UPDATE sip:b@example.com SIP/2.0', `${n + 2} UPDATE`, sdp(`192.0.2.10:${7000 + 2 * n}`));
    t.hangUp().wait(400);
    assert.deepEqual(t.streams(), []);
  });

  test('a call that takes the place of another has none of its streams', () => {
    const t = new MediaTalk({ calls: 8 }).invite().accept().rtp(A, B, 3);
    for (let n = 0; n < 30; n++) t.invite(sdp(`192.0.2.77:${6000 + 2 * n}`), `x${n}`);
    for (let n = 0; n < 30; n++) assert.deepEqual(t.streams(`x${n}`), []);
    assert.deepEqual(t.streams(), []);
    t.rtp(A, B, 3, { sequence: 103 }).finish();
    assert.equal(t.of('media.ended')[0]?.callId, '', 'its call is forgotten');
  });
});

test('the version of an origin may not decrease', () => {
  const t = talk();
  const again = (version: number): string | undefined => {
    const before = t.events.length;
    t.sip('UPDATE sip:b@example.com SIP/2.0', `${t.events.length + version} UPDATE`, sdp(A, { version }));
    return t.events
      .slice(before)
      .find(({ type }) => type === 'message.odd')
      ?.data['oddity']?.toString();
  };
  assert.equal(again(2), undefined);
  assert.equal(again(2), undefined);
  assert.equal(again(1), 'sdp-version-decrease');
  assert.equal(t.pipeline.query('counts').oddity['sdp-version-decrease'], 1);
});

test('what names no media promises nothing', () => {
  const t = new MediaTalk().invite(sdp(A).replace('RTP/AVP 0 101', 'TCP/MSRP *'));
  t.sip('SIP/2.0 488 Not Acceptable Here', '1 INVITE', sdp(B));
  t.sip('OPTIONS sip:b@example.com SIP/2.0', '2 OPTIONS', sdp('192.0.2.10:4100'));
  t.sip('UPDATE sip:b@example.com SIP/2.0', '3 UPDATE', 'o=- 1 1 IN IP4 192.0.2.10\r\nm=audio 4200 RTP/AVP 0\r\n');
  t.rtp(A, B, 5).rtp(A, '192.0.2.10:4100', 5).rtp(CALLER, '192.0.2.10:4200', 5).rtp(CALLEE, CALLER, 5);
  assert.deepEqual(
    t.of('media.started').map(({ data }) => data.promised),
    ['none', 'none', 'none', 'none'],
  );
});

test('what a description asks for (S1-25)', () => {
  const section = ['a=sendonly', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x'];
  const t = new MediaTalk().invite(sdp(A, { section })).accept('v=0\r\n');
  assert.equal(t.of('media.described').length, 2);
  assert.deepEqual(
    t
      .of('media.described')
      .slice(0, 1)
      .map(({ from, to, data }) => [from, to, data]),
    [
      [
        CALLER,
        CALLEE,
        {
          method: 'INVITE',
          status: 0,
          from: 'sip:a@example.com',
          to: 'sip:b@example.com',
          contact: 'sip:x@example.com',
          vias: 'SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-c1-1',
          owner: '- 7 1 IN IP4 192.0.2.10',
          sections: 1,
          address: '192.0.2.10',
          port: 4000,
          media: 'audio',
          protocol: 'RTP/AVP',
          codecs: 'PCMU, telephone-event',
          direction: 'sendonly',
          encryption: 'sdes',
        },
      ],
    ],
  );
  const last = t.of('media.described').at(-1);
  assert.deepEqual([last?.from, last?.data.status, last?.data.owner, last?.data.port, last?.data.address], [CALLEE, 200, '', 0, '']);
  const u = new MediaTalk().invite(sdp(A).replace('c=IN IP4 192.0.2.10', 'c=IN IP4 media.example.com'));
  assert.equal(u.of('media.described')[0]?.data.address, 'media.example.com');
});
