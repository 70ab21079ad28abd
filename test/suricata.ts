/**
 * EVE records of SIP messages, ours and Suricata's, of the same captures. As a program: one line per capture.
 *
 * usage: node test/suricata.ts CAPTURE…
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCapture } from '../src/capture/reader.ts';
import { loadConfig } from '../src/config.ts';
import { Pipeline } from '../src/pipeline.ts';
import { EveRecords } from '../src/publish/eve/everecord.ts';
import { JsonBytes } from '../src/publish/eve/jsonbytes.ts';

/** A line of EVE about a SIP message, as far as both have it. */
export interface EveLine {
  readonly event_type: string;
  /** Suricata has none for packets of its own making. */
  readonly pcap_cnt?: number;
  readonly sip: { readonly method?: string; readonly code?: string; readonly uri?: string; readonly [key: string]: unknown };
}

/** All that Suricata needs to log SIP, wherever it is installed. */
const CONFIG = `%YAML 1.1
---
vars:
  address-groups: {HOME_NET: "any", EXTERNAL_NET: "any"}
  port-groups: {SIP_PORTS: "5060"}
stats: {enabled: no}
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, append: no, types: [sip]}
app-layer:
  protocols:
    sip: {enabled: yes, udp: {detection-ports: {dp: "5060, 5061, 5070"}}}
rule-files: []
runmode: single
pcap-file: {checksum-checks: no}
`;

/** Suricata's records of a capture. */
export function suricataEve(path: string): EveLine[] {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-suricata-'));
  try {
    writeFileSync(join(folder, 'suricata.yaml'), CONFIG);
    execFileSync('suricata', ['-c', join(folder, 'suricata.yaml'), '-r', path, '-l', folder, '-k', 'none'], { stdio: 'ignore' });
    return lines(readFileSync(join(folder, 'eve.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Ours; no rule runs. */
export async function ownEve(path: string): Promise<EveLine[]> {
  const loaded = loadConfig();
  if (!('config' in loaded)) throw new Error('the standard configuration has a fault');
  const pipeline = new Pipeline({ config: loaded.config, rules: [], boot: 1, sinks: { events: false, calls: false, records: true } });
  const out = new JsonBytes();
  const writer = new EveRecords(out);
  const reader = await openCapture(path);
  try {
    while (await reader.fill()) {
      while (reader.next()) pipeline.handle(reader.packet);
      const { records } = pipeline.drain();
      for (let i = 0; i < (records?.count ?? 0); i++) writer.write(records!, i);
    }
  } finally {
    await reader.close();
  }
  return lines(out.bytes.toString('utf8', 0, out.length));
}

function lines(text: string): EveLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): EveLine => JSON.parse(line))
    .filter((line) => line.event_type === 'sip');
}

/** Methods and codes by frame, to tell which records one has and the other lacks. */
export function keysOf(records: readonly EveLine[]): Map<string, number> {
  const keys = new Map<string, number>();
  for (const { pcap_cnt: frame, sip } of records) {
    if (frame === undefined) continue;
    const key = `${frame} ${sip.method ?? sip.code}`;
    keys.set(key, (keys.get(key) ?? 0) + 1);
  }
  return keys;
}

if (import.meta.main) {
  for (const path of process.argv.slice(2)) {
    try {
      const [own, theirs] = [await ownEve(path), suricataEve(path)];
      const have = keysOf(own);
      const missed = [...keysOf(theirs)].filter(([key]) => !have.has(key)).map(([key]) => key);
      console.log([own.length, theirs.length, path, missed.slice(0, 5).join(', ')].join('\t'));
    } catch (error) {
      console.log(['-', '-', path, error instanceof Error ? error.message.split('\n')[0] : ''].join('\t'));
    }
  }
}
