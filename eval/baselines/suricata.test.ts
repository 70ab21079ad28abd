import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tool } from '../../test/peers.ts';
import { captureOf, type Datagram, runOf } from '../../test/recording.ts';
import { request, response } from '../../test/talk.ts';
import type { Finding } from '../detector.ts';
import { serverAddresses } from './servers.ts';
import { findingsOf, suricata, suricataPublished } from './suricata.ts';

const needed = tool('suricata', 'apt-get install suricata');
/** A server on a port that is nobody's habit. */
const SERVER = '10.0.0.2:7654';

async function found(datagrams: readonly Datagram[], detector = suricata): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-suricata-test-'));
  try {
    writeFileSync(join(folder, 'merged.pcap.gz'), captureOf(datagrams));
    return await detector.findings(runOf(folder, { proxy: SERVER }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** REGISTERs, 20 each second, and the server's refusals. */
function guessing(count: number, status: number): Datagram[] {
  return Array.from({ length: count }, (_, i) => {
    const wording = { callId: `g${i}`, branch: `z9hG4bK${i}`, user: `${100 + i}` };
    const time = 1_700_000_000_123_456 + i * 50_000;
    return [
      { payload: request('REGISTER', wording), time, src: '10.9.9.9:5555', dst: SERVER },
      { payload: response(status, 'REGISTER', wording), time: time + 1000, src: SERVER, dst: '10.9.9.9:5555' },
    ];
  }).flat();
}

test('a flood of REGISTERs is told, with the end that each rule blames', needed, async () => {
  const findings = await found(guessing(100, 404));
  assert.deepEqual(
    findings.map(({ class: kind, subject, target }) => [kind, subject, target]),
    [
      ['extension-scan', '10.9.9.9', '10.0.0.2'],
      ['flood', '10.9.9.9', '10.0.0.2'],
    ],
  );
  assert.equal(findings[0]?.time, 1_700_000_000_123_456 + 29 * 50_000 + 1000);
  assert.equal(findings[1]?.time, 1_700_000_000_123_456 + 59 * 50_000);
  assert.deepEqual(await found(guessing(20, 404)), []);
});

test('the published limits accuse nobody of 401s, and fire after five', needed, async () => {
  const findings = await found(guessing(6, 401), suricataPublished);
  assert.deepEqual(
    findings.map(({ class: kind, subject, target, time }) => [kind, subject, target, time]),
    [['password-guessing', undefined, '10.0.0.2', 1_700_000_000_123_456 + 4 * 50_000 + 1000]],
  );
});

test("the operator's own servers are no flooders", needed, async () => {
  const relayed = guessing(200, 401).filter((each) => each.dst === SERVER);
  const from = (src: string): Datagram[] => relayed.map((each) => ({ ...each, src, dst: '10.0.0.7:5060' }));
  assert.deepEqual(await found(from(SERVER)), []);
  assert.deepEqual(
    (await found(from('10.9.9.9:5555'))).map(({ class: kind }) => kind),
    ['flood'],
  );
});

test('what is no capture is a failure, not silence', needed, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-suricata-test-'));
  try {
    writeFileSync(join(folder, 'merged.pcap.gz'), 'no capture at all, whatever its name says');
    await assert.rejects(suricata.findings(runOf(folder)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('alerts of one rule about one end are one finding until it has been quiet for ten minutes', () => {
  const alert = (second: string): string =>
    JSON.stringify({
      timestamp: `2026-01-02T03:${second}.000001+0000`,
      src_ip: '10.0.0.1',
      dest_ip: '10.0.0.2',
      alert: { signature_id: 1, signature: 'x', metadata: { class: ['flood'], blames: ['src'] } },
    });
  const findings = findingsOf([alert('04:05'), alert('04:15'), alert('20:00'), ''].join('\n'));
  const start = Date.parse('2026-01-02T03:04:05Z') * 1000 + 1;
  assert.deepEqual(
    findings.map(({ time, last }) => [time, last]),
    [
      [start, start + 10_000_000],
      [start + 955_000_000, start + 955_000_000],
    ],
  );
});

test('addresses of servers, however they are written', () => {
  const servers = { a: '10.0.0.1', b: '10.0.0.1:5060', c: '2001:db8::1', d: '[2001:db8::2]:5060' };
  assert.deepEqual(serverAddresses({ kind: 'proxy', domain: 'x', servers }), ['10.0.0.1', '2001:db8::1', '2001:db8::2']);
});
