import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alert } from '../../test/alerts.ts';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { ROOT } from '../../test/peers.ts';
import { AlertLines, QuietTime } from './following.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-follow-'));
after(() => rmSync(folder, { recursive: true }));
const SAMPLE = readFileSync(join(ROOT, 'samples', 'attack-day.pcap'));

/** Runs `analyze --follow` on what grows meanwhile, until all of the last alert was told; then SIGINT. */
async function follow(
  args: readonly string[],
  grow: (write: (bytes: Buffer) => void) => void,
): Promise<{ code: number | null; signal: string | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'ringfence.js'), 'analyze', '--follow', ...args], { stdio: 'pipe' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  grow((bytes) => child.stdin.write(bytes));
  for (let waits = 0; !/critical succeeded password-guessing/.test(err); waits++) {
    assert.ok(waits < 300, err);
    await sleep(100);
  }
  assert.equal(out, '');
  child.kill('SIGINT');
  const [code, signal] = await once(child, 'close');
  child.stdin.destroy();
  return { code, signal, out, err };
}

test('a growing file in a folder: alerts as they come, the report at SIGINT', async () => {
  const file = join(folder, 'day.pcap');
  writeFileSync(file, SAMPLE.subarray(0, 100_000));
  setTimeout(() => appendFileSync(file, SAMPLE.subarray(100_000)), 1500);
  const { code, signal, out, err } = await follow([folder], () => {});
  assert.deepEqual([code, signal], [1, null]);
  assert.match(out, /^An attacker got in/);
  assert.doesNotMatch(out, /interrupted/);
  assert.match(err, /^2\d{3}-\d\d-\d\dT[\d:.]+Z warning tool-scan [\d.]+: /, 'the first alert: the tool is known by its first request');
  assert.match(err, /^2\d{3}-\d\d-\d\dT[\d:.]+Z warning server-scan [\d.]+: /m);
});

test('standard input that stays open', async () => {
  const { out } = await follow(['-'], (write) => write(SAMPLE));
  assert.match(out, /^An attacker got in/);
});

test('an alert is told again only when it got worse or succeeded; its text does no harm', () => {
  const lines = new AlertLines();
  const first = alert({ id: 'a', level: 'warning', outcome: 'unknown' });
  assert.match(lines.line(first), /^\S+Z warning \S+ \S+: .*\n$/);
  assert.equal(lines.line({ ...first, count: 9 }), '');
  assert.match(lines.line({ ...first, level: 'critical', outcome: 'succeeded' }), / critical succeeded /);
  for (let i = 0; i < 10_001; i++) lines.line(alert({ id: `${i}` }));
  assert.notEqual(lines.line({ ...first, level: 'critical', outcome: 'succeeded' }), '', 'forgotten by now');
  for (const text of HOSTILE) {
    const line = lines.line(alert({ id: text, why: text, subject: { kind: 'address', value: text } }));
    assert.equal(hasHarm(line.slice(0, -1)), false, JSON.stringify(line));
  }
});

test('time goes on while nothing comes', async () => {
  const quiet = new QuietTime();
  assert.equal(quiet.now, 0);
  quiet.heard(1e15);
  const before = quiet.now;
  await sleep(30);
  assert.ok(before >= 1e15 && quiet.now >= before + 20_000 && quiet.now < 1e15 + 60e6);
});
