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
