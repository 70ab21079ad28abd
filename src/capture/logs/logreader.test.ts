import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { addressText } from '../../bytes.ts';
import type { LogEntry } from '../../types.ts';
import { LONGEST_LINE } from './logline.ts';
import { type LogReader, openLogs } from './logreader.ts';

const folder = mkdtempSync(join(tmpdir(), 'logs-'));
after(() => rmSync(folder, { recursive: true }));
const LIAR = '203.0.113.9';

function line(second: number, from = '<sip:100@pbx.example>', host = '192.0.2.66'): string {
  const at = `2026-11-21 12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`;
  return `[${at}] NOTICE[25690] chan_sip.c: Registration from '${from}' failed for '${host}:5061' - Wrong password\n`;
}

/** A line that says nothing. */
function noise(bytes: number): string {
  return `[2026-11-21 12:00:00] VERBOSE[1] pbx.c: ${'x'.repeat(180)}\n`.repeat(Math.ceil(bytes / 220));
}

let files = 0;
function log(text: string | Buffer): string {
  const path = join(folder, `${++files}.log`);
  writeFileSync(path, text);
  return path;
}

async function entries(...paths: readonly string[]): Promise<LogEntry[]> {
  const reader = await openLogs(paths);
  const all = await rest(reader);
  await reader.close();
  return all;
}

async function rest(reader: LogReader): Promise<LogEntry[]> {
  const all: LogEntry[] = [];
  while (await reader.fill()) for (let entry = reader.next(); entry !== undefined; entry = reader.next()) all.push(entry);
  return all;
}

function short({ what, src, line: at }: LogEntry): string {
  return what === 'forged' ? `forged in ${at}` : `${what} ${addressText(src)} in ${at}`;
}

test('lines of a file, also compressed, with and without a last line end, from Windows too', async () => {
  const text = line(0) + noise(1) + line(1);
  const told = ['refused 192.0.2.66 in 1', 'refused 192.0.2.66 in 3'];
  for (const content of [text, text.slice(0, -1), text.replaceAll('\n', '\r\n'), gzipSync(text)])
    assert.deepEqual((await entries(log(content))).map(short), told);
});

test('what was read is counted', async () => {
  const reader = await openLogs([log(line(0) + noise(1) + line(5))]);
  await rest(reader);
  await reader.close();
  const [counts] = reader.counts;
  const first = Date.UTC(2026, 10, 21, 12) * 1000;
  assert.deepEqual([counts?.lines, counts?.entries, counts?.first, counts?.last], [3, 2, first, first + 5e6]);
});

test('several logs are one, in order of time', async () => {
  const one = log(line(0) + line(4) + line(5));
  const two = log(line(1, undefined, '192.0.2.2') + line(3, undefined, '192.0.2.2') + noise(200_000) + line(6, undefined, '192.0.2.2'));
  const all = await entries(one, two);
  assert.deepEqual(
    all.map(({ time }) => (time / 1e6) % 60),
    [0, 1, 3, 4, 5, 6],
  );
});

test('a line break in the attacker’s words makes up no address', async () => {
  const forged = line(2, undefined, LIAR);
  // Whole lines between the halves, a tail that ends the first half, a head that begins the second, and both ends cut.
  for (const words of [
    `A\n${forged}B`,
    `A' failed for '${LIAR}:5060' - Wrong password\n${forged}B`,
    `A\n${forged}${forged.slice(0, 50)}`,
    'A\nB',
  ]) {
    const all = await entries(log(noise(200_000) + line(1, undefined, '192.0.2.7') + line(2, words) + noise(200_000) + line(9)));
    const addresses = new Set(all.filter(({ what }) => what !== 'forged').map(({ src }) => addressText(src)));
    assert.ok(!addresses.has(LIAR), words);
    assert.ok(
      all.some(({ what }) => what === 'forged'),
      words,
    );
    assert.equal(all.at(-1)?.what, 'refused');
    assert.ok(addresses.has('192.0.2.66'), 'what comes later is believed again');
  }
});

test('what stood before the break is withdrawn as far as one message reaches, and no further', async () => {
  const words = `A' failed for '${LIAR}:5060' - Wrong password\nB`;
  const all = await entries(log(line(1, undefined, '192.0.2.1') + noise(80_000) + line(2, undefined, '192.0.2.2') + line(3, words)));
  assert.deepEqual(all.map(short), ['refused 192.0.2.1 in 1', `forged in ${all[1]?.line}`]);
  assert.equal(all[1]?.withdrawn, 2);
  assert.match(all[1]?.text ?? '', /^B' failed for/);
});

test('an ambiguous line and one that is too long harm only themselves', async () => {
  const ambiguous = `[2026-11-21 12:00:02] NOTICE[1] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from 'x' failed for '${LIAR}:1' (callid: ' failed for '192.0.2.66:5061' (callid: c) - Failed to authenticate\n`;
  const long = line(3, 'x'.repeat(200_000));
  assert.deepEqual((await entries(log(line(1) + ambiguous + long + line(4)))).map(short), [
    'refused 192.0.2.66 in 1',
    'forged in 2',
    'forged in 3',
    'refused 192.0.2.66 in 4',
  ]);
  assert.ok(LONGEST_LINE < 200_000);
});

test('what Asterisk tells twice counts once', async () => {
  const security = (second: number): string =>
    `[2026-11-21 12:00:0${second}] SECURITY[73] res_security_log.c: SecurityEvent="InvalidPassword",EventTV="2026-11-21T12:00:00.000+0000",Severity="Error",Service="SIP",EventVersion="1",AccountID="100",SessionID="s",LocalAddress="IPV4/UDP/198.51.100.1/5060",RemoteAddress="IPV4/UDP/192.0.2.66/5061"\n`;
  assert.equal((await entries(log(security(0) + line(1) + security(2) + line(3)))).length, 2);
});

test('a named pipe is read to its end', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const writer = createWriteStream(path);
  writer.end(line(0) + line(1));
  assert.equal((await entries(path)).length, 2);
});

test('followed, what was written is told at once, and what is written later as it comes', async () => {
  const path = log(line(0));
  const stop = new AbortController();
  const reader = await openLogs([path, log('nothing\n')], stop.signal);
  const told: string[] = [];
  const read = async (): Promise<void> => {
    await reader.fill();
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) told.push(short(entry));
  };
  for (let i = 0; i < 3; i++) await read();
  assert.deepEqual(told, ['refused 192.0.2.66 in 1']);
  appendFileSync(path, line(1).slice(0, 30));
  await read();
  appendFileSync(path, line(1).slice(30));
  for (let i = 0; i < 3; i++) await read();
  assert.deepEqual(told.slice(1), ['refused 192.0.2.66 in 2']);
  stop.abort();
  assert.deepEqual(await rest(reader), []);
  await reader.close();
});

test('a log that is not there is refused', async () => {
  await assert.rejects(openLogs([log(line(0)), join(folder, 'none')]), { code: 'capture-not-found' });
});
