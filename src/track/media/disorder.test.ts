import assert from 'node:assert/strict';
import { test } from 'node:test';
import { A, B, MediaTalk, sdp } from '../../../test/mediatalk.ts';

/** A call whose caller speaks. */
function talk(): MediaTalk {
  const t = new MediaTalk();
  t.invite(sdp(A));
  t.accept(sdp(B));
  t.rtp(A, B, 50, { sequence: 100 });
  return t;
}

test('sound in the name of the peer, ahead of him', () => {
  const t = talk();
  for (let n = 0; n < 20; n++) {
    t.rtp(A, B, 1, { sequence: 150 + n });
    t.rtp(A, B, 1, { sequence: 5000 + n });
  }
  const told = t.of('media.disordered');
  assert.ok(told.length > 0);
  assert.deepEqual([told[0]?.data.disorder, told[0]?.data.calls, told[0]?.data.size], [16, 1, 172]);
});

test('another name in each packet', () => {
  const t = talk();
  for (let n = 0; n < 20; n++) t.rtp('203.0.113.66:7777', B, 1, { sequence: n * 977, ssrc: 77 + n });
  assert.equal(t.of('media.disordered').length, 1);
});

test('one jump, some loss, and slow strangers are none', () => {
  const t = talk();
  t.rtp(A, B, 50, { sequence: 30_000 });
  t.rtp(A, B, 50, { sequence: 30_100 });
  for (let n = 0; n < 40; n++) {
    t.wait(0.2);
    t.rtp(A, B, 1, { sequence: n * 7000, ssrc: 9 });
  }
  assert.equal(t.of('media.disordered').length, 0);
});
