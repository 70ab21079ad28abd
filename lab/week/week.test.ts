/** A week out of small recordings made by hand: two calm days, a scan and somebody who guesses while a phone registers. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findRuns, readCalls, readLabels } from '../../eval/runs.ts';
import { tool } from '../../test/peers.ts';
import { captureOf, type Datagram } from '../../test/recording.ts';
import { writeRun } from '../../test/specimen.ts';
import type { AttackId, Campaign, Label } from '../record/folder.ts';
import { hashOf } from '../record/frames.ts';
import { verifyRun } from '../verify.ts';
import { frameOf, type PcapRecord, recordsOf } from './records.ts';
import { ipOf } from './tally.ts';
import { makeWeek, type WeekOrder } from './week.ts';

const DAY = 86_400_000_000;
const MONDAY = Date.UTC(2026, 1, 2) * 1000;
const PROXY = '192.0.2.1:5060';
const PHONE = '10.9.0.7:5060';
const ATTACKER = '198.51.100.7';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-week-'));
after(() => rmSync(folder, { recursive: true }));
const runs = join(folder, 'runs');

/** A REGISTER and its 401 or 200, two milliseconds apart. */
function register(time: number, client: `${string}:${number}`, user: string, id: string, status: string): Datagram[] {
  const head = `Via: SIP/2.0/UDP ${client};branch=z9hG4bK${id}\r\nFrom: <sip:${user}@pbx.invalid>;tag=f\r\nTo: <sip:${user}@pbx.invalid>\r\nCall-ID: ${id}\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n`;
  return [
    { time, payload: `REGISTER sip:pbx.invalid SIP/2.0\r\n${head}`, src: client, dst: PROXY },
    { time: time + 2000, payload: `SIP/2.0 ${status}\r\n${head}`, src: PROXY, dst: client },
  ];
}

const calls = [{ callId: 'a', from: 'sip:1@a', to: 'sip:2@a', start: 5e6, answer: 6e6, end: 7e6, status: 200, media: 'none' } as const];

for (const [i, seed] of [4, 5, 1004].entries()) {
  const first = MONDAY + 9 * i * DAY;
  const minutes = Array.from({ length: 120 }, (_, minute) =>
    register(first + minute * 60e6, PHONE, '7', `day${seed}minute${minute}`, '200 OK'),
  );
  const manifest = { kind: 'benign', scenario: 'benign-day', seed, first, last: first + DAY - 1, hardNegatives: { fax: 2 } } as const;
  writeRun(join(runs, `day-${seed}`), {
    manifest: { ...manifest, sipMessages: 240 },
    capture: captureOf(minutes.flat(), 1),
    calls: calls.map((call) => ({ ...call, start: first + call.start, answer: first + call.answer, end: first + call.end })),
  });
}

/** Tries, one a second from `first` on, and one registration of the site's phone in between. */
function attack(
  name: string,
  id: AttackId,
  kind: 'extension-scan' | 'password-guessing',
  tries: number,
  first: number,
  others: readonly Datagram[] = [],
): void {
  const all = Array.from({ length: tries }, (_, i) => {
    const user = kind === 'extension-scan' ? `${100 + i}` : '100';
    return register(first + i * 1e6, `${ATTACKER}:5061`, user, `${name}0000000${i}`, '401 Unauthorized');
  });
  const packets = [...all.flat(), ...others, ...register(first + 500_000, PHONE, '7', `${name}phone`, '200 OK')].sort(
    (a, b) => a.time - b.time,
  );
  const labels = packets.flatMap(({ time, payload, src }, i): Label[] => {
    if (!String(src).startsWith(ATTACKER) || others.some((other) => other.payload === payload)) return [];
    const ends = { src: `${ATTACKER}:5061`, dst: PROXY, transport: 'udp' } as const;
    return [{ time, ...ends, label: id, campaign: 'c1', stage: 'recon', hash: hashOf(Buffer.from(payload)), frame: i + 1 }];
  });
  const lost = { ...labels[0]!, src: '', dst: '', time: first + 1 };
  delete lost.frame;
  const who = { attackers: [ATTACKER], spoofed: [], targets: ['100@pbx.invalid'], outcome: 'failed', intensity: '1/s' } as const;
  const when = { first, last: first + (tries - 1) * 1e6, packets: tries };
  const campaign: Campaign = { id: 'c1', attack: id, classes: [kind], stage: 'recon', ...who, ...when };
  const impairment = { by: 'relay', delayMs: 20, jitterMs: 1, loss: 0.01 } as const;
  const manifest = {
    scenario: kind,
    attack: id,
    seed: 3,
    impairment,
    first,
    last: packets.at(-1)!.time,
    sipMessages: packets.length,
  } as const;
  writeRun(join(runs, name), { manifest, capture: captureOf(packets, 1), campaigns: [campaign], labels: [...labels, lost] });
  const at = new Date(first / 1000 + 1).toISOString().replace('T', ' ').replace('Z', '000');
  const said = `[${at}] wrong password for '${ATTACKER}:5061' (callid: ${name}00000000)\n[${at}] another one\n`;
  writeFileSync(join(runs, name, 'logs', 'security.log'), said);
}

attack('scan', 'A12', 'extension-scan', 12, MONDAY + 30 * DAY);
attack('guess', 'A13', 'password-guessing', 30, MONDAY + 40 * DAY);
// A phone behind the attacker's own address: who is who cannot be told by it.
attack(
  'shared',
  'A13',
  'password-guessing',
  90,
  MONDAY + 50 * DAY,
  register(MONDAY + 50 * DAY, `${ATTACKER}:5070`, '8', 'neighbour', '200 OK'),
);

const order: WeekOrder = { days: 2, seed: 3, benign: false, from: [runs], out: folder };
const manifest = await makeWeek(order, () => {});
const week = findRuns([join(folder, 'week_2-days_3')])[0]!;
const packets: PcapRecord[] = [];
for await (const batch of recordsOf(week.capture)) packets.push(...batch);

test('a week is a run: its packets in order, and what the manifest says of them is so', () => {
  assert.equal(packets.length, manifest.packets);
  assert.ok(packets.every(({ time }, i) => i === 0 || time >= packets[i - 1]!.time));
  assert.deepEqual([manifest.first, manifest.last], [packets[0]!.time, packets.at(-1)!.time]);
  assert.equal(manifest.sipMessages, manifest.packets);
  assert.equal(manifest.hardNegatives['fax'], 4);
  const { hostile, benign, strongest } = manifest.week!.answers;
  const answers = packets.map((each) => frameOf(each)).filter(({ src }) => src === PROXY);
  const got = (address: string): number => answers.filter(({ dst }) => ipOf(dst) === address).length;
  const attackers = manifest.campaigns.flatMap((campaign) => campaign.attackers);
  assert.equal(new Set(attackers).size, new Set(attackers.filter((address) => address !== ATTACKER)).size + 1);
  assert.equal(
    [...new Set(attackers)].reduce((sum, address) => sum + got(address), 0),
    hostile,
  );
  assert.equal(answers.length, hostile + benign);
  assert.ok(manifest.week!.parts.every(({ run }) => run !== 'shared'));
  assert.equal(
    Math.max(...manifest.campaigns.map((campaign) => got(campaign.attackers[0]!) * (campaign.attackers[0] === ATTACKER ? 0 : 1))),
    strongest,
  );
});

test('days follow each other, and nobody became faster or slower', () => {
  const phone = packets.filter((each) => frameOf(each).src === PHONE);
  const day = (time: number): number => Math.floor((time - MONDAY) / DAY);
  assert.deepEqual(new Set(phone.map(({ time }) => day(time))), new Set([0, 1]));
  for (const { attackers, packets: sent, first, last } of manifest.campaigns) {
    const own = packets.filter((each) => ipOf(frameOf(each).src) === attackers[0] && each.time >= first && each.time <= last);
    assert.equal(own.length, sent);
    assert.ok(own.every(({ time }, i) => i === 0 || Math.abs(time - own[i - 1]!.time - 1e6) < 2));
  }
});

test('every label names the packet that it is about, and lost packets have none', () => {
  const labels = readLabels(week);
  const framed = labels.filter(({ frame }) => frame !== undefined);
  for (const { frame, src, dst, hash, time } of framed) {
    const { data, time: at } = packets[frame! - 1]!;
    const there = frameOf({ time: at, data });
    assert.deepEqual([there.src, there.dst, hashOf(data.subarray(there.payload)), at], [src, dst, hash, time]);
  }
  for (const { id, packets: sent } of manifest.campaigns) assert.equal(framed.filter(({ campaign }) => campaign === id).length, sent);
  const whole = manifest.week!.parts.filter(({ campaign, copied }) => campaign !== undefined && copied === undefined);
  assert.equal(labels.length - framed.length, whole.length);
});

test('tshark, which knows nothing of how a week is made, finds what the labels say', tool('tshark', 'apt-get install tshark'), async () => {
  const verdict = await verifyRun(week.path, () => 'hashes');
  assert.deepEqual([verdict.faults, verdict.frames, verdict.proof], [[], manifest.packets, 'hashes']);
});

test('calls and logs have moved with the packets; of a copy only what names its attacker', () => {
  assert.deepEqual(
    readCalls(week).map(({ start }) => start - MONDAY),
    [5e6, DAY + 5e6],
  );
  const log = readFileSync(join(week.logs, 'security.log'), 'utf8').trim().split('\n');
  const { parts } = manifest.week!;
  const copies = parts.flatMap(({ copied }) => copied?.to ?? []);
  for (const address of copies) assert.ok(log.some((line) => line.includes(`'${address}:5061'`)));
  const whole = parts.filter(({ campaign, copied }) => campaign !== undefined && copied === undefined);
  assert.equal(log.filter((line) => line.includes('another one')).length, whole.length);
  assert.ok(log.every((line, i) => i === 0 || line.slice(0, 28) >= log[i - 1]!.slice(0, 28)));
});

test('a calm week holds the days alone', async () => {
  const calm = await makeWeek({ ...order, benign: true }, () => {});
  assert.deepEqual([calm.kind, calm.campaigns, calm.packets], ['benign', [], 480]);
  assert.equal(readLabels(findRuns([join(folder, 'benign-week_2-days_3')])[0]!).length, 0);
});

test('what cannot be made is said, and nothing is left of it', async () => {
  await assert.rejects(
    makeWeek(order, () => {}),
    /is there already/,
  );
  await assert.rejects(
    makeWeek({ ...order, days: 3 }, () => {}),
    /3 benign days are wanted, and there are 2 \(validation set\)/,
  );
  await assert.rejects(
    makeWeek({ ...order, days: 1, seed: 1000 }, () => {}),
    /needs recordings of extension scans/,
  );
  assert.equal(findRuns([folder]).filter(({ name }) => name.includes('week')).length, 2);
});
