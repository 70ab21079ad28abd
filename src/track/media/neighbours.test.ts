import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { A, B, MediaTalk, sdp } from '../../../test/mediatalk.ts';

const OFFICE = '0a0000000001';
const FLOOR = '0a0000000002';
const ELSEWHERE = '0a0000000666';

/** Calls one after the other; of each both sides speak, unless told otherwise. */
function calls(t: MediaTalk, count: number, way: (side: 'a' | 'b') => string = (side) => (side === 'a' ? OFFICE : FLOOR)): MediaTalk {
  for (let n = 0; n < count; n++) {
    begin(t, `c${n}`);
    t.mac = way('a');
    t.rtp(A, B, 4, { ssrc: 100 + n });
    t.mac = way('b');
    t.rtp(B, A, 4, { ssrc: 200 + n });
    t.mac = OFFICE;
    t.hangUp(`c${n}`);
  }
  return t;
}

function begin(t: MediaTalk, callId: string): void {
  t.mac = OFFICE;
  t.invite(sdp(A), callId);
  t.mac = FLOOR;
  t.accept(sdp(B), callId);
}

/** A call, of which the only sound comes from elsewhere. */
function forged(t: MediaTalk, callId = 'x'): MediaTalk {
  begin(t, callId);
  t.mac = ELSEWHERE;
  return t.rtp(A, B, 4, { ssrc: 666 });
}

const told = (t: MediaTalk): unknown[] =>
  t.of('media.detoured').map(({ from, to, callId, data }) => [from, to, callId, data.described, data.same, data.others]);

describe('media of whom writes the address of a telephone', () => {
  test('among calls that come as they should', () => {
    assert.deepEqual(told(forged(calls(new MediaTalk(), 4))), [[A, B, 'x', 5, 8, 1]]);
  });

  test('told again when twice as many have come as they should, as long as it is remembered', () => {
    const t = calls(forged(new MediaTalk()), 2);
    assert.deepEqual(told(t), [
      [A, B, 'x', 1, 0, 1],
      [A, B, 'x', 2, 1, 1],
      [A, B, 'x', 2, 2, 1],
      [A, B, 'x', 3, 4, 1],
    ]);
    t.hangUp('x').wait(100);
    assert.equal(told(calls(t, 4)).length, 4, 'its stream is forgotten');
  });

  test('of the last eight', () => {
    const t = new MediaTalk();
    for (let n = 0; n < 10; n++) forged(t, `x${n}`).hangUp(`x${n}`);
    const before = told(t).length;
    assert.equal(before, 10);
    assert.equal(told(calls(t, 1)).length, before + 2 * 8);
  });

  test('what was long ago counts half', () => {
    const t = forged(calls(new MediaTalk(), 1));
    const { neighbours } = t.pipeline.tracker.media;
    neighbours.same = 4095;
    t.wait(100);
    calls(t, 1);
    assert.deepEqual([neighbours.same, neighbours.others, neighbours.detours.length], [2049, 0.5, 0]);
  });
});

describe('what is no detour', () => {
  const none = (t: MediaTalk): void => assert.deepEqual(told(t), []);

  test('media over another neighbour that brings signalling of the same network', () => {
    const t = new MediaTalk();
    t.mac = ELSEWHERE;
    t.sip('INVITE sip:b@example.com SIP/2.0', '1 INVITE', sdp('192.0.2.77:4000'), {
      callId: 'other',
      toTag: false,
      src: '192.0.2.77:5060',
    });
    none(forged(t));
  });

  test('on the link of many hosts each has a neighbour of its own, and so has who forges', () => {
    const t = new MediaTalk();
    for (let n = 0; n < 6; n++) {
      t.mac = `0b000000000${n}`;
      const src = `192.0.2.8${n}:5060`;
      t.sip('INVITE sip:b@example.com SIP/2.0', '1 INVITE', sdp(`192.0.2.8${n}:4000`), { callId: `n${n}`, toTag: false, src });
    }
    t.mac = '0b0000000000';
    t.rtp('192.0.2.80:4000', B, 4);
    none(t);
    begin(t, 'x');
    t.mac = '0b0000000001';
    t.rtp(A, B, 4);
    assert.equal(told(t).length, 1);
  });

  test('a port of a NAT, a network that is not known, frames that are not', () => {
    const t = calls(new MediaTalk(), 1);
    begin(t, 'nat');
    t.mac = ELSEWHERE;
    t.rtp('192.0.2.10:61000', B, 4, { ssrc: 9 });
    none(t);
    begin(t, 'far');
    t.mac = ELSEWHERE;
    t.rtp('203.0.113.9:4000', B, 4, { ssrc: 10 });
    none(t);
    const plain = calls(new MediaTalk(), 1, () => '');
    assert.equal(plain.pipeline.tracker.media.neighbours.same, 0);
    none(plain);
  });
});

test('what is forgotten begins anew', () => {
  const t = forged(calls(new MediaTalk(), 1));
  t.wait(5 * 3600);
  assert.equal(told(forged(t, 'later')).length, 2);
  const [, later] = t.of('media.detoured');
  assert.equal(later?.data.described, 1);
});
