import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { pageOf, print } from './print.ts';
import { Progress } from './progress.ts';

/** A terminal that remembers and a clock that is set by hand. */
function setUp(isTTY: boolean): {
  out: { isTTY: boolean; columns: number; text: string[]; write(s: string): void };
  clock: { now: number };
} {
  const text: string[] = [];
  return { out: { isTTY, columns: 100, text, write: (s) => void text.push(s) }, clock: { now: 1000 } };
}

test('at most five lines a second, none in the first moment, bytes, rate and time left', () => {
  const { out, clock } = setUp(true);
  const progress = new Progress(out, 10_000_000, () => clock.now);
  for (let i = 1; i <= 200; i++) {
    clock.now = 1000 + i * 10;
    progress.update(i * 25_000, i * 100);
  }
  assert.ok(out.text.length >= 6 && out.text.length <= 8, `${out.text.length} lines in 2 s`);
  const last = out.text.at(-1)!;
  assert.match(last, /^\r4\d % of 10 MB, 1\d,\d00 packets, 10,000 packets\/s, 2\.\d s left\x1b\[K$/);
  progress.clear();
  assert.equal(out.text.at(-1), '\r\x1b[K');
});

test('without a size it tells what was read', () => {
  const { out, clock } = setUp(true);
  const progress = new Progress(out, 0, () => clock.now);
  clock.now = 3000;
  progress.update(2_000_000, 4000);
  assert.match(out.text[0]!, /2\.0 MB read, 4,000 packets, 2,000 packets\/s/);
  out.columns = 10;
  clock.now = 4000;
  progress.update(3_000_000, 4000);
  assert.equal(out.text[1], '\r3.0 MB re\x1b[K');
});

test('silent on anything but a terminal', () => {
  const { out, clock } = setUp(false);
  const progress = new Progress(out, 0, () => clock.now);
  clock.now = 99_999;
  progress.update(1, 1);
  progress.clear();
  assert.deepEqual(out.text, []);
});

test('printing waits for a slow reader and loses nothing', async () => {
  let waiting = 0;
  let most = 0;
  let text = '';
  const slow = new Writable({
    highWaterMark: 1000,
    write(chunk, _encoding, done) {
      waiting = slow.writableLength;
      most = Math.max(most, waiting);
      setImmediate(() => {
        text += chunk;
        done();
      });
    },
  });
  const pieces = Array.from({ length: 400 }, (_, i) => `${i}:${'x'.repeat(1000)}\n`);
  await print(slow, pieces);
  assert.equal(text, pieces.join(''));
  assert.ok(most < 200_000, `${most} bytes waited`);
});

test('printing a little, or nothing', async () => {
  const out = new PassThrough();
  await print(out, []);
  await print(out, ['a', 'b']);
  assert.equal(out.read()?.toString(), 'ab');
});

test('a page is as wide as its terminal, and has colours only there', () => {
  const pipe = new PassThrough();
  assert.deepEqual(pageOf(pipe), { width: 80, color: false });
  const terminal = (colors: boolean) => Object.assign(new PassThrough(), { isTTY: true, columns: 132, hasColors: () => colors });
  assert.deepEqual(pageOf(terminal(true)), { width: 132, color: true });
  assert.deepEqual(pageOf(terminal(true), false), { width: 132, color: false });
  assert.deepEqual(pageOf(terminal(false)), { width: 132, color: false });
  assert.deepEqual(pageOf(Object.assign(new PassThrough(), { isTTY: true, columns: 5 })), { width: 40, color: false });
});
