import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { securityLine } from '../../lab/servers/serverlog.ts';
import { tool } from '../../test/peers.ts';
import { runOf } from '../../test/recording.ts';
import { fail2ban, fail2banStrict } from './fail2ban.ts';

const needed = tool('fail2ban-server', 'apt-get install fail2ban');
const START = Date.UTC(2026, 3, 1, 12) * 1000;

/** The proxy's line about a failure, seconds after the start. */
function line(seconds: number, address: string, kind: 'wrong' | 'unknown' = 'wrong'): string {
  const about = { kind, source: `${address}:5062`, method: 'REGISTER', account: 'sip:100@example.com' } as const;
  return securityLine({ time: START + seconds * 1e6 + 250_000, callId: "x'(1)", about }) ?? '';
}

/** Subject and seconds of the bans. */
async function bansOf(lines: readonly string[], detector = fail2ban): Promise<[string | undefined, number][]> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-fail2ban-test-'));
  try {
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs', 'security.log'), lines.map((each) => `${each}\n`).join(''));
    const findings = await detector.findings(runOf(folder));
    return findings.map(({ subject, time }) => [subject, (time - START) / 1e6]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const failures = (count: number, gap: number): string[] =>
  Array.from({ length: count }, (_, i) => line(i * gap, '10.9.9.9', i % 2 === 0 ? 'wrong' : 'unknown'));

test('ten failures in ten minutes are a ban, at the time of the tenth; five with the strict limit', needed, async () => {
  assert.deepEqual(await bansOf(failures(9, 1)), []);
  assert.deepEqual(await bansOf(failures(30, 1)), [['10.9.9.9', 9.25]]);
  assert.deepEqual(await bansOf(failures(4, 1), fail2banStrict), []);
  assert.deepEqual(await bansOf(failures(9, 1), fail2banStrict), [['10.9.9.9', 4.25]]);
});

test('failures count in the time of the log, and for each address alone', needed, async () => {
  assert.deepEqual(await bansOf(failures(40, 200)), []);
  assert.equal((await bansOf(failures(40, 30)))[0]?.[1], 9 * 30 + 0.25);
  assert.deepEqual(await bansOf(Array.from({ length: 40 }, (_, i) => line(i, `10.9.9.${i % 5}`))), []);
});

test('a site without that log has nothing to ban, a log of other lines neither', needed, async () => {
  assert.deepEqual(await fail2ban.findings(runOf(join(tmpdir(), 'ringfence-no-such-run'))), []);
  assert.deepEqual(await bansOf(['', 'something else', '[2026-04-01 12:00:00.000000] NOTICE[1]: x.c:1 y: fine']), []);
});
