import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '../../../test/alerts.ts';
import type { Call } from '../../types.ts';
import { CALLS_HEADER, callLine } from './callcsv.ts';
import { CallSink } from './callsink.ts';

/** A target that remembers what came. */
function target(): { path: string; text: string; done: string; write(bytes: Uint8Array): void; commit(): void; abandon(): void } {
  return {
    path: 'calls.csv',
    text: '',
    done: '',
    write(bytes) {
      this.text += Buffer.from(bytes).toString();
    },
    commit() {
      this.done += 'commit';
    },
    abandon() {
      this.done += 'abandon';
    },
  };
}

const batch = (...calls: Call[]) => ({ events: [], alerts: [], calls, records: undefined });

test('the header once, then a line per call as they come', async () => {
  const file = target();
  const sink = new CallSink(file);
  await sink.take(batch());
  assert.equal(file.text, '');
  await sink.take(batch(call({ callId: 'a' }), call({ callId: 'b' })));
  await sink.take(batch(call({ callId: 'c' })));
  await sink.finish();
  assert.equal(file.text, CALLS_HEADER + ['a', 'b', 'c'].map((callId) => callLine(call({ callId }))).join(''));
  assert.deepEqual([file.done, sink.name], ['commit', 'calls calls.csv']);
});

test('no call: the header alone; given up: nothing stays', async () => {
  const file = target();
  await new CallSink(file).finish();
  assert.equal(file.text, CALLS_HEADER);
  const other = target();
  new CallSink(other).abandon();
  assert.deepEqual([other.text, other.done], ['', 'abandon']);
});
