import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MediaTalk, rtpOf, sdp } from '../../../test/mediatalk.ts';

const PLACES = ['192.0.2.10:4000', '192.0.2.10:4002', '198.51.100.20:5000', '203.0.113.7:61000', '203.0.113.66:7777'];
const place = fc.constantFrom(...PLACES);
const call = fc.constantFrom('c1', 'c2', 'c3');

type Act = (t: MediaTalk) => unknown;
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ at: place, id: call }).map(
    ({ at, id }): Act =>
      (t) =>
        t.invite(sdp(at), id),
  ),
  fc.record({ at: place, id: call }).map(
    ({ at, id }): Act =>
      (t) =>
        t.accept(sdp(at), id),
  ),
  fc.record({ at: place, id: call, n: fc.integer({ min: 2, max: 9 }) }).map(
    ({ at, id, n }): Act =>
      (t) =>
        t.sip('UPDATE sip:b@example.com SIP/2.0', `${n} UPDATE`, sdp(at, { version: n }), { callId: id }),
  ),
  call.map(
    (id): Act =>
      (t) =>
        t.hangUp(id),
  ),
  fc.constantFrom(0.5, 8, 45, 200, 20_000).map(
    (seconds): Act =>
      (t) =>
        t.wait(seconds),
  ),
  fc
    .record({
      src: place,
      dst: place,
      ssrc: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 9 }),
      sequence: fc.nat(70_000),
    })
    .map(
      ({ src, dst, ssrc, count, sequence }): Act =>
        (t) =>
          t.rtp(src, dst, count, { ssrc, sequence }),
    ),
  fc.record({ src: place, dst: place, bytes: fc.uint8Array({ maxLength: 40 }) }).map(
    ({ src, dst, bytes }): Act =>
      (t) =>
        t.send(Buffer.concat([rtpOf({ sequence: 1, payload: Buffer.alloc(0) }), bytes]), src, dst),
  ),
  fc
    .record({ src: place, dst: place, type: fc.constantFrom(200, 201, 202, 207), bytes: fc.uint8Array({ minLength: 28, maxLength: 28 }) })
    .map(
      ({ src, dst, type, bytes }): Act =>
        (t) =>
          t.send(Buffer.concat([Buffer.from([0x81, type, 0, 7]), bytes]), src, dst),
    ),
);

/** What the Events of streams come to. */
function sums(t: MediaTalk): { started: number; ended: number; packets: number } {
  const ended = t.of('media.ended');
  return { started: t.of('media.started').length, ended: ended.length, packets: ended.reduce((sum, { data }) => sum + data.packets, 0) };
}

test('whatever happens, every stream that began ends, and its numbers are possible', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const t = new MediaTalk({ streams: 1024 });
      for (const each of acts) each(t);
      t.finish();
      for (const { data } of t.of('media.ended')) {
        assert.ok(data.packets >= 2 && data.lost >= 0 && data.seconds >= 0 && data.jitter >= 0 && data.gap >= 0, JSON.stringify(data));
        assert.ok(
          data.duplicates + data.late < data.packets && data.rate <= data.packets && data.digits <= data.packets,
          JSON.stringify(data),
        );
      }
      const { started, ended, packets } = sums(t);
      const { media } = t.pipeline.query('counts');
      const streams = (media['streams-promised'] ?? 0) + (media['streams-symmetric'] ?? 0) + (media['streams-unpromised'] ?? 0);
      assert.ok(ended >= started, `${started} began, ${ended} ended`);
      assert.equal(streams, started);
      assert.ok((media['packets'] ?? 0) <= packets);
    }),
    { numRuns: 60 },
  );
});

test('the same with tables of eight entries: nothing throws, and the totals count every stream once', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const t = new MediaTalk({ streams: 8, promises: 8, calls: 8 });
      for (const each of acts) each(t);
      t.finish();
      const { media } = t.pipeline.query('counts');
      const streams = (media['streams-promised'] ?? 0) + (media['streams-symmetric'] ?? 0) + (media['streams-unpromised'] ?? 0);
      assert.ok(streams <= sums(t).started && Object.values(media).every((n) => n >= 0), JSON.stringify(media));
    }),
    { numRuns: 60 },
  );
});
