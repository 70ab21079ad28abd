import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from './timeline.ts';

const SECOND = 1e6;

test('a packet moves with the last unit of its Call-ID, others by the shift of the run', () => {
  const timeline = new Timeline(7);
  timeline.unit({ callId: 'a', real: 10 * SECOND, simulated: 100 * SECOND });
  timeline.unit({ callId: 'a', real: 12 * SECOND, simulated: 400 * SECOND });
  assert.equal(timeline.shift(11 * SECOND, 'a', '', ''), 90 * SECOND);
  assert.equal(timeline.shift(13 * SECOND, 'a', '', ''), 388 * SECOND);
  assert.equal(timeline.shift(11 * SECOND, 'b', '', ''), 7);
});

test('media moves with the call that owned its address at that time', () => {
  const timeline = new Timeline(0);
  timeline.unit({ callId: 'a', real: 1 * SECOND, simulated: 11 * SECOND });
  timeline.unit({ callId: 'b', real: 5 * SECOND, simulated: 95 * SECOND });
  timeline.media('10.0.0.1:4000', 'a', 1 * SECOND);
  timeline.media('10.0.0.1:4000', 'b', 5 * SECOND);
  assert.equal(timeline.shift(2 * SECOND, undefined, '9.9.9.9:1', '10.0.0.1:4000'), 10 * SECOND);
  assert.equal(timeline.shift(6 * SECOND, undefined, '10.0.0.1:4000', '9.9.9.9:1'), 90 * SECOND);
  assert.equal(timeline.shift(6 * SECOND, undefined, '10.0.0.2:4000', '9.9.9.9:1'), 0);
});

test('an address that two calls share at once does not move the media of one with the other', () => {
  const timeline = new Timeline(0);
  timeline.unit({ callId: 'b', real: 5 * SECOND, simulated: 95 * SECOND });
  for (const address of ['10.0.0.1:4000', '10.0.0.2:4000']) timeline.media(address, 'a', 1 * SECOND);
  for (const address of ['10.0.0.1:4000', '10.0.0.3:4000']) timeline.media(address, 'b', 5 * SECOND);
  for (const [real, far, shift] of [
    [6, '10.0.0.2:4000', 0],
    [6, '10.0.0.3:4000', 90],
    [2, '10.0.0.2:4000', 0],
  ] as const) {
    assert.equal(timeline.shift(real * SECOND, undefined, far, '10.0.0.1:4000'), shift * SECOND);
    assert.equal(timeline.shift(real * SECOND, undefined, '10.0.0.1:4000', far), shift * SECOND);
  }
});

test('where the ends agree on no call, the later one counts', () => {
  const timeline = new Timeline(0);
  timeline.unit({ callId: 'b', real: 5 * SECOND, simulated: 95 * SECOND });
  timeline.media('10.0.0.1:4000', 'a', 1 * SECOND);
  timeline.media('10.0.0.3:4000', 'b', 5 * SECOND);
  assert.equal(timeline.shift(6 * SECOND, undefined, '10.0.0.3:4000', '10.0.0.1:4000'), 90 * SECOND);
  assert.equal(timeline.shift(6 * SECOND, undefined, '10.0.0.1:4000', '10.0.0.3:4000'), 90 * SECOND);
});

test('the other leg of a bridged call moves with the first', () => {
  const timeline = new Timeline(7);
  timeline.leg('b', 'a');
  assert.equal(timeline.shift(11 * SECOND, 'b', '', ''), 7);
  timeline.unit({ callId: 'a', real: 10 * SECOND, simulated: 100 * SECOND });
  assert.equal(timeline.shift(11 * SECOND, 'b', '', ''), 90 * SECOND);
});

test('gaps may grow, never shrink', () => {
  const timeline = new Timeline(0);
  timeline.unit({ callId: 'a', real: 10 * SECOND, simulated: 100 * SECOND });
  assert.throws(() => timeline.unit({ callId: 'a', real: 20 * SECOND, simulated: 105 * SECOND }), /only gaps may be stretched/);
});
