import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tool } from '../test/peers.ts';
import { captureOf, type Datagram } from '../test/recording.ts';
import { request } from '../test/talk.ts';
import { hashFiles } from './record/finish.ts';
import type { Label, Manifest } from './record/folder.ts';
import { hashOf } from './record/frames.ts';
import type { Scenario } from './scenario.ts';
import { verify } from './verify.ts';

const needed = tool('tshark', 'apt-get install tshark');
const START = 1_700_000_000_000_000;
const ATTACKER = '10.9.9.9:5555';
const PROXY = '10.0.0.2:5060';
/** Finds the attack below without its labels or its address. */
const FILTER: Scenario['proof'] = { filter: 'sip.Method == "OPTIONS" && sip.from.user == "mallory"' };

const packet = (method: string, user: string, src: string, index: number): Datagram => ({
  payload: request(method, { fromUser: user, branch: `z9hG4bK${index}`, callId: `c${index}` }),
  time: START + index * 1000,
  src,
  dst: PROXY,
});
/** Frames 2 and 4 are the attack's. */
const talk = [
  packet('OPTIONS', 'alice', '10.0.0.1:5060', 1),
  packet('OPTIONS', 'mallory', ATTACKER, 2),
  packet('REGISTER', 'mallory', '10.0.0.1:5060', 3),
  packet('OPTIONS', 'mallory', ATTACKER, 4),
];

function labelOf(frame: number, change: Partial<Label> = {}): Label {
  const { time, src, dst, payload } = talk[frame - 1]!;
  const hash = hashOf(Buffer.from(payload));
  return { time, src, dst, transport: 'udp', label: 'A11', campaign: 'c1', stage: 'recon', hash, frame, ...change };
}

interface Change {
  readonly labels?: readonly Label[];
  readonly datagrams?: readonly Datagram[];
  readonly manifest?: Partial<Manifest>;
  readonly proof?: Scenario['proof'] | 'none';
  /** Done to the folder after the manifest was written. */
  readonly after?: (folder: string) => void;
}

/** The line that verify tells of a run. */
async function lineOf({
  labels = [labelOf(2), labelOf(4)],
  datagrams = talk,
  manifest = {},
  proof = FILTER,
  after,
}: Change): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-verify-'));
  try {
    writeFileSync(join(folder, 'merged.pcap.gz'), captureOf(datagrams));
    writeFileSync(join(folder, 'labels.jsonl'), labels.map((label) => `${JSON.stringify(label)}\n`).join(''));
    const campaign = { id: 'c1', attack: 'A11', packets: labels.filter(({ frame }) => frame !== undefined).length };
    const impairment = { by: 'none', delayMs: 0, jitterMs: 0, loss: 0 };
    const whole = {
      scenario: 'test',
      kind: 'attack',
      campaigns: [campaign],
      packets: datagrams.length,
      impairment,
      files: await hashFiles(folder),
      ...manifest,
    };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(whole));
    after?.(folder);
    const lines: string[] = [];
    const bad = await verify(
      [folder],
      () => (proof === 'none' ? undefined : proof),
      (line) => lines.push(line.replace(folder, 'RUN')),
    );
    assert.equal(lines.length, 1);
    assert.equal(bad, lines[0]?.startsWith('ok ') ? 0 : 1);
    return lines[0] ?? '';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a run whose labels hold', needed, async () => {
  assert.equal(await lineOf({}), 'ok     RUN: 4 frames, 2 labels, 0 lost, 0 twins, proof by filter');
  assert.equal(await lineOf({ proof: 'hashes' }), 'ok     RUN: 4 frames, 2 labels, 0 lost, 0 twins, proof by hashes');
});

test('the filter must find all labelled frames and no other', needed, async () => {
  assert.match(await lineOf({ labels: [labelOf(2)] }), /^FAULT .*the filter finds 1 frames without a label, the first is 4/);
  assert.match(await lineOf({ labels: [labelOf(2), labelOf(3), labelOf(4)] }), /the filter misses 1 of 3 labelled frames, the first is 3/);
  assert.match(await lineOf({ proof: { filter: 'sip.nonsense == 1' } }), /tshark ended with/);
  assert.match(await lineOf({ proof: 'none' }), /says nothing of its proof/);
});

test('a label must be of the very packet', needed, async () => {
  const wrong = [{ hash: '0123456789abcdef' }, { src: '10.9.9.8:5555' }, { dst: '10.0.0.2:5061' }];
  for (const change of wrong)
    assert.match(await lineOf({ labels: [labelOf(2, change), labelOf(4)] }), /1 labelled frames are not what .* first is 2/);
  assert.match(
    await lineOf({ labels: [labelOf(2), labelOf(4), labelOf(4, { frame: 9 })] }),
    /1 labels are of frames that the capture does not have/,
  );
});

test('bytes that were sent again are labelled too; the same bytes between other ends are counted', needed, async () => {
  const again = { ...talk[3]!, time: START + 9000 };
  assert.match(await lineOf({ datagrams: [...talk, again], proof: 'hashes' }), /1 frames without a label are equal to labelled ones/);
  const relayed = { ...again, src: PROXY, dst: '10.0.0.3:5060' };
  assert.equal(
    await lineOf({ datagrams: [...talk, relayed], proof: 'hashes' }),
    'ok     RUN: 5 frames, 2 labels, 0 lost, 1 twins, proof by hashes',
  );
});

test('a lost packet needs a lossy link', needed, async () => {
  const { frame: _, ...lost } = labelOf(2, { src: '', dst: '', hash: '0123456789abcdef' });
  const labels = [labelOf(2), labelOf(4), lost];
  assert.match(await lineOf({ labels }), /1 of 3 labels have no frame, and a loss of 0 % does not explain it/);
  const impairment = { by: 'relay', delayMs: 20, jitterMs: 1, loss: 0.01 } as const;
  assert.match(await lineOf({ labels, manifest: { impairment } }), /^ok .* 3 labels, 1 lost/);
});

test('campaigns and counts must fit', needed, async () => {
  assert.match(await lineOf({ labels: [labelOf(2, { campaign: 'c7' }), labelOf(4)] }), /campaign c7, which the manifest does not know/);
  assert.match(await lineOf({ labels: [labelOf(2, { label: 'A12' }), labelOf(4)] }), /a label of c1 says A12, the manifest A11/);
  assert.match(await lineOf({ manifest: { packets: 5 } }), /tshark counts 4 frames, the manifest 5/);
  assert.match(await lineOf({ manifest: { campaigns: [] } }), /has no campaign/);
  assert.match(await lineOf({ manifest: { kind: 'benign' } }), /a benign run has labels/);
  assert.match(await lineOf({ manifest: { kind: 'benign', campaigns: [] }, labels: [] }), /^ok .* proof by none/);
});

test('files must be those of the manifest', needed, async () => {
  assert.match(await lineOf({ after: (folder) => appendFileSync(join(folder, 'labels.jsonl'), '\n') }), /labels.jsonl is not what it was/);
  assert.match(await lineOf({ after: (folder) => writeFileSync(join(folder, 'more'), 'x') }), /more is not in the manifest/);
  const rename = (folder: string): void => {
    const text = readFileSync(join(folder, 'manifest.json'), 'utf8').replace('"labels.jsonl"', '"gone.jsonl"');
    writeFileSync(join(folder, 'manifest.json'), text);
  };
  assert.match(
    await lineOf({ after: rename }),
    /gone.jsonl is missing; labels.jsonl is not in the manifest|labels.jsonl is not in the manifest.*gone.jsonl is missing/,
  );
  assert.match(await lineOf({ after: (folder) => rmSync(join(folder, 'manifest.json')) }), /no manifest.json/);
});
