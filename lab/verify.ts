/**
 * `npm run lab -- verify FOLDER...`: proves the labels of runs with tshark, which knows nothing of the lab, and the files with
 * their hashes. What must hold of a run:
 *
 * - every file has the hash that the manifest says, and none is unknown to it;
 * - every label belongs to a campaign of the manifest, and every campaign has as many labelled packets as it says;
 * - the labelled frame goes from where to where the label says, with a payload of that hash, and no frame without a label carries
 *   the same bytes between the same ends;
 * - a label without a frame is a packet lost before the router: no more of them than the loss of the run explains;
 * - if the scenario has a filter: it selects exactly the labelled frames.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hashFiles } from './record/finish.ts';
import type { Label, Manifest } from './record/folder.ts';
import { hashOf } from './record/frames.ts';
import { unexplained } from './record/losses.ts';
import type { Scenario } from './scenario.ts';

/** What a run's check came to. */
export interface Verdict {
  /** Empty: everything holds. */
  readonly faults: readonly string[];
  readonly labels: number;
  readonly lost: number;
  /** Frames without a label that carry the bytes of a labelled one between other ends: relayed, or replayed by the attacker. */
  readonly twins: number;
  readonly frames: number;
  /** How the labels were proven. */
  readonly proof: 'filter' | 'hashes' | 'none';
}

/**
 * Checks runs and tells one line of each.
 * @param proofOf the proof of a scenario, by its name. @returns how many runs have faults.
 */
export async function verify(
  folders: readonly string[],
  proofOf: (scenario: string) => Scenario['proof'],
  tell: (line: string) => void,
): Promise<number> {
  let bad = 0;
  for (const folder of folders) {
    const { faults, labels, lost, twins, frames, proof } = await verifyRun(folder, proofOf);
    if (faults.length > 0) bad++;
    const counts = `${frames} frames, ${labels} labels, ${lost} lost, ${twins} twins, proof by ${proof}`;
    tell(faults.length === 0 ? `ok     ${folder}: ${counts}` : `FAULT  ${folder}: ${counts}; ${faults.join('; ')}`);
  }
  return bad;
}

/** Checks one run. A run that cannot be read is a fault, not an error. */
export async function verifyRun(folder: string, proofOf: (scenario: string) => Scenario['proof']): Promise<Verdict> {
  if (!existsSync(join(folder, 'manifest.json'))) {
    return { faults: ['it has no manifest.json: no run, or one that failed'], labels: 0, lost: 0, twins: 0, frames: 0, proof: 'none' };
  }
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const labels = labelsIn(folder);
  const faults = [...(await fileFaults(folder, manifest)), ...campaignFaults(manifest, labels), ...lossFaults(manifest, labels)];
  const framed = new Map(labels.flatMap((label) => (label.frame === undefined ? [] : [[label.frame, label]])));
  const shared = { labels: labels.length, lost: labels.length - framed.size };
  // Nothing in a benign run is labelled, so that there is nothing to prove; and what does not even fit together needs no proof.
  if (manifest.kind === 'benign' || faults.length > 0) return { ...shared, faults, twins: 0, frames: manifest.packets, proof: 'none' };
  try {
    const capture = join(folder, 'merged.pcap.gz');
    const proof = proofOf(manifest.scenario);
    const { frames, twins, faults: wrong } = await byHashes(capture, framed);
    faults.push(...wrong);
    if (frames !== manifest.packets) faults.push(`tshark counts ${frames} frames, the manifest ${manifest.packets}`);
    if (proof === undefined) faults.push(`the scenario ${manifest.scenario} says nothing of its proof`);
    else if (proof !== 'hashes') faults.push(...(await byFilter(capture, proof.filter, framed)));
    return { ...shared, faults, twins, frames, proof: proof === undefined || proof === 'hashes' ? 'hashes' : 'filter' };
  } catch (error) {
    return { ...shared, faults: [...faults, String(error)], twins: 0, frames: 0, proof: 'hashes' };
  }
}

function labelsIn(folder: string): Label[] {
  const lines = readFileSync(join(folder, 'labels.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Label => JSON.parse(line));
}

async function fileFaults(folder: string, { files }: Manifest): Promise<string[]> {
  const { 'manifest.json': _, ...found } = await hashFiles(folder);
  const names = new Set([...Object.keys(files), ...Object.keys(found)]);
  const word = (name: string): string | undefined => {
    if (found[name] === undefined) return `${name} is missing`;
    if (files[name] === undefined) return `${name} is not in the manifest`;
    return found[name] === files[name] ? undefined : `${name} is not what it was: its hash differs from the manifest's`;
  };
  return [...names].flatMap((name) => word(name) ?? []);
}

function campaignFaults({ kind, campaigns }: Manifest, labels: readonly Label[]): string[] {
  if (kind === 'benign') return labels.length + campaigns.length === 0 ? [] : ['a benign run has labels'];
  if (campaigns.length === 0) return ['an attack run has no campaign'];
  const known = new Map(campaigns.map((campaign) => [campaign.id, campaign]));
  const counts = new Map<string, number>();
  const faults = new Set<string>();
  for (const { campaign: id, label, frame } of labels) {
    const campaign = known.get(id);
    if (campaign === undefined) faults.add(`a label names campaign ${id}, which the manifest does not know`);
    else if (campaign.attack !== label) faults.add(`a label of ${id} says ${label}, the manifest ${campaign.attack}`);
    if (frame !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const { id, packets } of campaigns) {
    const own = counts.get(id) ?? 0;
    if (own !== packets || own === 0) faults.add(`campaign ${id} has ${packets} packets and ${own} labelled frames`);
  }
  return [...faults];
}

function lossFaults({ impairment }: Manifest, labels: readonly Label[]): string[] {
  const fault = unexplained(labels, impairment.loss);
  return fault === undefined ? [] : [fault];
}

/** What each frame holds: its own bytes, so nothing is put together; what ICMP quotes was not sent in that frame. */
const FIELDS = [
  'frame.number',
  'ip.src',
  'ip.dst',
  'udp.srcport',
  'udp.dstport',
  'tcp.srcport',
  'tcp.dstport',
  'udp.payload',
  'tcp.payload',
];
const AS_SENT = ['-o', 'ip.defragment:FALSE', '-o', 'tcp.desegment_tcp_streams:FALSE', '--disable-protocol', 'icmp'];

interface HashProof {
  readonly frames: number;
  readonly twins: number;
  readonly faults: readonly string[];
}

async function byHashes(capture: string, framed: ReadonlyMap<number, Label>): Promise<HashProof> {
  const hashes = new Set([...framed.values()].map(({ hash }) => hash));
  const labelled = new Set<string>();
  const others: string[] = [];
  const wrong: number[] = [];
  let frames = 0;
  for await (const row of tshark([
    ...AS_SENT,
    '-r',
    capture,
    '-T',
    'fields',
    '-E',
    'occurrence=f',
    ...FIELDS.flatMap((field) => ['-e', field]),
  ])) {
    frames++;
    const [number = '', src, dst, udpFrom, udpTo, tcpFrom = '', tcpTo = '', udp, tcp = ''] = row.split('\t');
    const payload = Buffer.from(udp || tcp, 'hex');
    const hash = hashOf(payload);
    const way = `${src}:${udpFrom || tcpFrom} ${dst}:${udpTo || tcpTo} ${hash}`;
    const label = framed.get(Number(number));
    if (label !== undefined) {
      labelled.add(way);
      if (way !== `${label.src} ${label.dst} ${label.hash}`) wrong.push(Number(number));
    } else if (payload.length > 0 && hashes.has(hash)) others.push(way);
  }
  const missed = others.filter((way) => labelled.has(way)).length;
  const faults = [
    ...(wrong.length > 0 ? [`${wrong.length} labelled frames are not what their labels say, the first is ${wrong[0]}`] : []),
    ...(missed > 0 ? [`${missed} frames without a label are equal to labelled ones`] : []),
    ...beyond(framed, frames),
  ];
  return { frames, twins: others.length - missed, faults };
}

function beyond(framed: ReadonlyMap<number, Label>, frames: number): string[] {
  const count = [...framed.keys()].filter((frame) => frame > frames).length;
  return count > 0 ? [`${count} labels are of frames that the capture does not have`] : [];
}

async function byFilter(capture: string, filter: string, framed: ReadonlyMap<number, Label>): Promise<string[]> {
  const selected = new Set<number>();
  for await (const row of tshark(['-r', capture, '-Y', filter, '-T', 'fields', '-e', 'frame.number'])) selected.add(Number(row));
  const missed = [...framed.keys()].filter((frame) => !selected.has(frame));
  const extra = [...selected].filter((frame) => !framed.has(frame));
  return [
    ...(missed.length > 0 ? [`the filter misses ${missed.length} of ${framed.size} labelled frames, the first is ${missed[0]}`] : []),
    ...(extra.length > 0 ? [`the filter finds ${extra.length} frames without a label, the first is ${extra[0]}`] : []),
  ];
}

/** Lines that tshark prints. @throws Error with what it says if it fails. */
async function* tshark(options: readonly string[]): AsyncGenerator<string, void, void> {
  const child = spawn('tshark', ['-n', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000);
  });
  const ended = once(child, 'close');
  try {
    yield* createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    const [code]: unknown[] = await ended;
    if (code !== 0)
      throw new Error(
        `tshark ended with ${String(code)}: ${said
          .replace(/^Running as user.*$/gm, '')
          .replace(/\s+/g, ' ')
          .trim()}`,
      );
  } finally {
    child.kill();
  }
}
