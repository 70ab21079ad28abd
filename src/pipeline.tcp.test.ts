/** From frames of TCP to Alerts: connections that never come to be, and resets of nobody. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ipv4, segment, sipMessage, tcp, udp } from '../test/traces/make-links.ts';
import { openCapture } from './capture/reader.ts';
import { loadConfig } from './config.ts';
import { loadRules } from './correlate/load.ts';
import { Pipeline } from './pipeline.ts';
import { writePcapHeader, writePcapRecord } from './wire/pcap.ts';

const SERVER = '198.51.100.2';
const SYN = 2;

/** Rules that were met by a capture, with whom they name and blame. */
async function alertsOf(records: readonly Uint8Array[]): Promise<string[]> {
  const loaded = loadConfig();
  assert.ok('config' in loaded);
  const { config } = loaded;
  const { rules } = loadRules(config.rules, { profile: config.profile });
  const pipeline = new Pipeline({ config, rules, boot: 1, sinks: { events: false, calls: false } });
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  try {
    const path = join(folder, 'capture.pcap');
    writeFileSync(path, Buffer.concat([writePcapHeader({ linkType: 101 }), ...records]));
    const reader = await openCapture(path);
    while (await reader.fill()) while (reader.next()) pipeline.handle(reader.packet);
    await reader.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
  pipeline.command({ kind: 'finish' });
  const met = pipeline.drain().alerts.map(({ rule, subject, target }) => `${rule} of ${subject.value} at ${target.value}`);
  return [...new Set(met)];
}

test('a SYN flood names the server, and nobody else', async () => {
  const none = new Uint8Array(0);
  const records: Uint8Array[] = [];
  for (let n = 0; n < 1500; n++) {
    const src = `203.0.${n >> 8}.${n & 255}`;
    const at = 1e15 + n * 10_000;
    records.push(
      writePcapRecord(at, ipv4(withFlags(tcp(40_000, 5061, n, none), SYN), { protocol: 6, src, dst: SERVER })),
      writePcapRecord(at + 100, ipv4(withFlags(tcp(5061, 40_000, n, none), SYN | 16), { protocol: 6, src: SERVER, dst: src })),
    );
  }
  assert.deepEqual(await alertsOf(records), [`syn-flood of  at ${SERVER}`]);
});

test('what is sent behind a SYN flood says nothing of it', async () => {
  const none = new Uint8Array(0);
  const records: Uint8Array[] = [];
  for (let n = 0; n < 1500; n++) {
    const src = `203.0.${n >> 8}.${n & 255}`;
    const at = 1e15 + n * 10_000;
    records.push(
      writePcapRecord(at, ipv4(withFlags(tcp(40_000, 5061, n, none), SYN), { protocol: 6, src, dst: SERVER })),
      writePcapRecord(at + 100, ipv4(withFlags(tcp(5061, 40_000, n, none), SYN | 16), { protocol: 6, src: SERVER, dst: src })),
    );
  }
  for (let n = 0; n < 3; n++)
    records.push(
      writePcapRecord(
        1e15 + 16e6 + n,
        ipv4(udp(5060, 5060, Buffer.from(sipMessage(`x${n}`))), { protocol: 17, src: '192.0.2.7', dst: `192.0.2.${10 + n}` }),
      ),
    );
  assert.deepEqual(await alertsOf(records), [`syn-flood of  at ${SERVER}`]);
});

test('a reset in the name of a telephone that goes on', async () => {
  const [a, b] = [sipMessage('a'), sipMessage('b')];
  const frames = [segment(1, a), segment(1 + a.length, '', 4), segment(1 + a.length, b)];
  assert.deepEqual(await alertsOf(frames.map((frame, n) => writePcapRecord(1e15 + n * 1e6, frame))), [`tcp-reset-forged of  at ${SERVER}`]);
});

/** The flags alone: `tcp` always says ACK. */
function withFlags(header: Buffer, flags: number): Buffer {
  header[13] = flags;
  return header;
}
