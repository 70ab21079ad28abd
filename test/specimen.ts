/** Run folders made by hand, for tests: a capture, who attacked in it and when, and a manifest that is true of them. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CallRecord, Campaign, Label, Manifest } from '../lab/record/folder.ts';
import { ROOT } from './peers.ts';

/** A run to be written. */
export interface Specimen {
  readonly manifest: Partial<Manifest>;
  /** Bytes of merged.pcap.gz. */
  readonly capture: Buffer;
  readonly campaigns?: readonly Campaign[];
  readonly labels?: readonly Label[];
  readonly calls?: readonly CallRecord[];
}

/** Writes a run folder; what its manifest does not say is unremarkable. */
export function writeRun(folder: string, { manifest, capture, campaigns = [], labels = [], calls = [] }: Specimen): void {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const lines = (values: readonly unknown[]): Buffer => Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  const contents = {
    'merged.pcap.gz': capture,
    'labels.jsonl': lines(labels),
    'calls.jsonl': lines(calls),
    'units.jsonl': lines([]),
  };
  const files: Record<string, string> = {};
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(folder, name), content);
    files[name] = createHash('sha256').update(content).digest('hex');
  }
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify({ ...STANDARD, campaigns, files, ...manifest }, null, 1)}\n`);
}

const STANDARD: Omit<Manifest, 'campaigns' | 'files'> = {
  format: 1,
  scenario: 'specimen',
  kind: 'attack',
  intensity: '10/s',
  seed: 1,
  commit: '000000000000',
  host: 'a host',
  impairment: { by: 'none', delayMs: 0, jitterMs: 0, loss: 0 },
  site: { kind: 'proxy', domain: 'pbx.invalid', servers: { proxy: '10.0.0.2:5060' } },
  first: 0,
  last: 86_400_000_000,
  seconds: 1,
  tools: [],
  hardNegatives: {},
  packets: 0,
  sipMessages: 0,
};

/** A run of the messages that a capture of the sample attack day holds: server scan, extension scan, password guessing. */
export function attackDay(): Specimen {
  const pcap = readFileSync(join(ROOT, 'samples', 'attack-day.pcap'));
  const labels: Label[] = [];
  let frame = 0;
  for (let at = 24; at < pcap.length; at += 16 + pcap.readUInt32LE(at + 8)) {
    frame++;
    const time = pcap.readUInt32LE(at) * 1e6 + pcap.readUInt32LE(at + 4);
    // IPv4 over Ethernet; 17: UDP.
    if (pcap[at + 39] !== 17 || !pcap.subarray(at + 42, at + 46).equals(ATTACKER)) continue;
    const act = ACTS.findLastIndex(({ from }) => time >= DAY_START + from * 1e6);
    const { id, attack, stage } = ACTS[act]!;
    const hash = createHash('sha256')
      .update(pcap.subarray(at + 58, at + 16 + pcap.readUInt32LE(at + 8)))
      .digest('hex')
      .slice(0, 16);
    const dst = [...pcap.subarray(at + 46, at + 50)].join('.');
    const ends = { src: '10.99.0.100:5060', dst: `${dst}:5060`, transport: 'udp' } as const;
    labels.push({ time, ...ends, label: attack, campaign: id, stage, hash, frame });
  }
  const campaigns = ACTS.map(({ id, attack, classes, stage, outcome }): Campaign => {
    const times = labels.filter(({ campaign }) => campaign === id).map(({ time }) => time);
    const who = { attackers: ['10.99.0.100'], spoofed: [], targets: ['10.99.0.2'] };
    const when = { first: Math.min(...times), last: Math.max(...times), packets: times.length };
    return { id, attack, classes, stage, intensity: '100/s', outcome, ...who, ...when };
  });
  const times = { first: campaigns[0]!.first, last: campaigns[2]!.last };
  return {
    manifest: { ...times, scenario: 'attack-day', site: { kind: 'proxy', domain: 'bench.invalid', servers: { proxy: '10.99.0.2:5060' } } },
    capture: gzipSync(pcap, { level: 1 }),
    campaigns,
    labels,
  };
}

const ATTACKER = Buffer.from([10, 99, 0, 100]);
/** 2026-11-20 08:00 UTC, µs. */
const DAY_START = Date.UTC(2026, 10, 20, 8) * 1000;
/** Seconds of the day at which its three recordings begin (tools/sample.ts). */
const ACTS = [
  { id: 'c1', attack: 'A11', classes: ['server-scan'], stage: 'recon', from: 0, outcome: 'succeeded' },
  { id: 'c2', attack: 'A12', classes: ['extension-scan'], stage: 'enumerate', from: 250, outcome: 'succeeded' },
  { id: 'c3', attack: 'A13', classes: ['password-guessing', 'account-takeover'], stage: 'credential', from: 570, outcome: 'succeeded' },
] as const;
