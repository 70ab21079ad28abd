import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tool } from '../../test/peers.ts';
import { captureOf, type Datagram, runOf } from '../../test/recording.ts';
import { request } from '../../test/talk.ts';
import { pike } from './pike.ts';
import { pikeWindows } from './pikewindows.ts';

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;
const unable = pike.available();
const needed = process.getuid?.() === 0 ? tool('kamailio', 'apt-get install kamailio') : { skip: unable ?? false };

test('no window where no address has as many requests in a unit and a half', () => {
  const arrivals = (gap: number, count: number, sources = 1): { time: number; src: string }[] =>
    Array.from({ length: count }, (_, i) => ({ time: i * gap, src: `10.0.0.${i % sources}` }));
  assert.deepEqual(pikeWindows(arrivals(SECOND / 5, 1000), 30, 2 * SECOND), []);
  assert.deepEqual(pikeWindows(arrivals(SECOND / 50, 1000, 10), 30, 2 * SECOND), []);
  assert.deepEqual(pikeWindows(arrivals(SECOND / 20, 29), 30, 2 * SECOND), []);
  assert.deepEqual(pikeWindows(arrivals(SECOND / 20, 30), 30, 2 * SECOND), [
    { first: -6 * SECOND, last: 4.45 * SECOND, hot: new Map([['10.0.0.0', 4.45 * SECOND]]) },
  ]);
});

test('bursts far apart are windows of their own; a long one is cut', () => {
  const burst = (start: number, count: number): { time: number; src: string }[] =>
    Array.from({ length: count }, (_, i) => ({ time: (start + i / 20) * SECOND, src: '10.0.0.1' }));
  const two = pikeWindows([...burst(0, 40), ...burst(5, 40), ...burst(500, 40)], 30, 2 * SECOND);
  assert.deepEqual(
    two.map(({ first }) => first / SECOND),
    [-6, 494],
  );
  const [long] = pikeWindows(burst(0, 20_000), 30, 2 * SECOND);
  assert.equal(long?.last, 60 * SECOND);
});

/** Requests of one source, `rate` each second. */
function flood(src: string, rate: number, seconds: number): Datagram[] {
  return Array.from({ length: rate * seconds }, (_, i) => ({
    payload: request('OPTIONS', { callId: `${src}-${i}`, branch: `z9hG4bK${src}${i}` }),
    time: START + Math.round((i * SECOND) / rate),
    src: `${src}:5060`,
    dst: '10.0.0.2:5060',
  }));
}

test('a real pike blocks who floods, at the time of the recording, and nobody else', needed, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-pike-test-'));
  try {
    const all = [
      ...flood('10.9.9.9', 60, 6),
      ...flood('10.0.0.7', 2, 6),
      ...flood('10.9.9.9', 200, 1).map((each) => ({ ...each, dst: '10.0.0.3:5060' })),
    ];
    writeFileSync(join(folder, 'merged.pcap.gz'), captureOf(all.sort((a, b) => a.time - b.time)));
    const [finding, ...more] = await pike.findings(runOf(folder, { proxy: '10.0.0.2:5060', trunk: '10.0.0.9:5060' }));
    assert.deepEqual(more, []);
    assert.equal(finding?.subject, '10.9.9.9');
    // Between 30 and 90 requests, in one unit: within 90/60 s and two units.
    assert.ok(finding.time >= START + (29 * SECOND) / 60 && finding.time <= START + 5.5 * SECOND, String(finding.time - START));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
