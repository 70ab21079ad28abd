/**
 * Suricata with SIP threshold rules, run for real on the capture: a pipe of the unpacked capture in, EVE alerts out. It is told
 * what an operator would tell it: his servers, and every port on which SIP is spoken (it decodes no other).
 *
 * Suricata 7 reads SIP over UDP only.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttackClass, CLASSES } from '../../src/types.ts';
import type { Detector, Finding, RunFolder } from '../detector.ts';
import { Episodes } from './episodes.ts';
import { fingerprint, programVersion, whereIs } from './fingerprint.ts';
import { saidIn } from './messages.ts';
import { serverAddresses } from './servers.ts';

/** ms after which a run of Suricata is given up. */
const PATIENCE = 900_000;
/** µs after which an alert of the same rule about the same end is a new finding; longer than any window of the rules. */
const QUIET = 600_000_000;
/** Ports that are named to it at most; it finds common SIP on others by itself. */
const MOST_PORTS = 200;

/** Suricata with thresholds as operators write them. */
export const suricata: Detector = suricataWith('suricata', 'suricata/usual.rules');
/** Suricata with the limits of the published rule sets. */
export const suricataPublished: Detector = suricataWith('suricata-published', 'suricata/published.rules');

function suricataWith(name: string, rules: string): Detector {
  return {
    name,
    get version() {
      return fingerprint(import.meta, ['messages', 'episodes', 'servers', rules], programVersion('suricata', '-V'));
    },
    get program() {
      return programVersion('suricata', '-V');
    },
    available: () => (whereIs('suricata') === undefined ? 'suricata is not installed: apt-get install suricata' : undefined),
    findings: (run) => alertsOf(run, join(import.meta.dirname, rules)),
  };
}

async function alertsOf(run: RunFolder, rules: string): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-suricata-'));
  try {
    writeFileSync(join(folder, 'suricata.yaml'), settings(serverAddresses(run.site), await sipPorts(run)));
    await runSuricata(folder, rules, run.capture);
    return findingsOf(readFileSync(join(folder, 'eve.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Ports that requests are sent to over UDP, those of most requests first. */
async function sipPorts(run: RunFolder): Promise<number[]> {
  const counts = new Map<number, number>();
  for (const { udp, status, dstPort } of await saidIn(run)) {
    if (udp && status === 0) counts.set(dstPort, (counts.get(dstPort) ?? 0) + 1);
  }
  const ports = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_PORTS);
  return ports.length === 0 ? [5060] : ports.map(([port]) => port);
}

function settings(servers: readonly string[], ports: readonly number[]): string {
  // An address nobody has (RFC 5737) where the site has no server: an empty group is a fault.
  const group = servers.length === 0 ? ['192.0.2.0'] : servers;
  return `%YAML 1.1
---
vars:
  address-groups: {HOME_NET: "any", EXTERNAL_NET: "any", SIP_SERVERS: "[${group.join(', ')}]"}
  port-groups: {SIP_PORTS: "5060"}
stats: {enabled: no}
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, append: no, types: [{alert: {metadata: {app-layer: no, flow: no, rule: {metadata: yes, raw: no}}}}]}
app-layer:
  protocols:
    sip: {enabled: yes, udp: {detection-ports: {dp: "${ports.join(', ')}"}}}
flow: {memcap: 1gb, hash-size: 131072, prealloc: 10000, emergency-recovery: 30}
host: {memcap: 256mb, hash-size: 65536, prealloc: 1000}
defrag: {memcap: 32mb, hash-size: 65536, trackers: 65535, max-frags: 65535, prealloc: yes, timeout: 60}
rule-files: []
runmode: single
pcap-file: {checksum-checks: no}
`;
}

/** Unpacks into a pipe, which keeps days of media off the disk; Node's own pipes are sockets, which no program can open as a file. */
const UNPACKED = '{ gzip -dcf "$0" || echo "Error: the capture cannot be unpacked" >&2; } | exec suricata "$@"';

async function runSuricata(folder: string, rules: string, capture: string): Promise<void> {
  const options = ['-c', join(folder, 'suricata.yaml'), '-S', rules, '-r', '/dev/stdin', '-l', folder, '-k', 'none'];
  const env = { ...process.env, TZ: 'UTC' };
  // A process group of its own, so that giving up ends the whole pipe.
  const child = spawn('sh', ['-c', UNPACKED, capture, ...options], { stdio: ['ignore', 'ignore', 'pipe'], env, detached: true });
  const giveUp = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), PATIENCE);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const [code]: unknown[] = await once(child, 'close').finally(() => clearTimeout(giveUp));
  if (code !== 0 || said.includes('Error: ')) throw new Error(`suricata ended with ${String(code)}: ${said}`);
}

/** An alert as EVE has it. */
interface EveAlert {
  readonly timestamp: string;
  readonly src_ip: string;
  readonly dest_ip: string;
  readonly alert: {
    readonly signature_id: number;
    readonly signature: string;
    readonly metadata: { readonly class: readonly string[]; readonly blames: readonly string[] };
  };
}

/** Findings of EVE's alerts; repeated ones of one rule about one end are one. */
export function findingsOf(eve: string): Finding[] {
  const episodes = new Episodes(QUIET);
  for (const line of eve.split('\n')) {
    if (line === '') continue;
    const { timestamp, src_ip: src, dest_ip: dest, alert }: EveAlert = JSON.parse(line);
    const [blames] = alert.metadata.blames;
    const [subject, target] = blames === 'src' ? [src, dest] : blames === 'dest' ? [dest, src] : [undefined, src];
    const own = { class: classNamed(alert.metadata.class[0]), target, text: `${alert.signature_id}: ${alert.signature}` };
    const about = subject === undefined ? own : { ...own, subject };
    episodes.tell(`${alert.signature_id} ${subject ?? target}`, microseconds(timestamp), about);
  }
  return episodes.findings();
}

function classNamed(name: string | undefined): AttackClass {
  const found = CLASSES.find((each) => each === name);
  if (found === undefined) throw new Error(`a rule names no class of attack: ${name}`);
  return found;
}

/** µs of `2026-01-02T03:04:05.123456+0000`. */
function microseconds(timestamp: string): number {
  return Date.parse(`${timestamp.slice(0, 19)}Z`) * 1000 + Number(timestamp.slice(20, 26));
}
