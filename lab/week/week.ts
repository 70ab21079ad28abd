/**
 * `npm run lab -- week`: a week of traffic composed of recorded runs, as paper 003 saw one (E3-3): benign days one after the
 * other, and attacks on top of them in the paper's shares (plan.ts). Recordings are moved in time as a whole, so that no
 * sender's rate changes; an attack that is needed more than once comes again from other addresses (disguise.ts). What comes out
 * is a run like any other: `ringfence eval` judges it.
 */
import { appendFileSync, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { FIRST_TEST_SEED, findRuns, type Run, readCalls } from '../../eval/runs.ts';
import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { drawAddress, drawNetwork } from '../network/plan.ts';
import { type Random, seeded } from '../random.ts';
import { hashFiles } from '../record/finish.ts';
import type { Campaign, Label, Manifest, WeekPart } from '../record/folder.ts';
import { commit, host } from '../run.ts';
import type { Guise } from './disguise.ts';
import { LOGS, logLines, logText } from './logs.ts';
import { copyPart, lostLabels, merged, type Part, type WeekPacket, wholePart } from './parts.ts';
import { PAPER_WEEK, type Placement, planWeek, type Source, type WeekPlan } from './plan.ts';
import { type AttackTally, type Tally, tallyAttack, tallyBenign } from './tally.ts';

/** What is wanted. */
export interface WeekOrder {
  readonly days: number;
  /** Draws when attacks come and from where. From 1000 on only runs of the test set are taken, below only others (G2). */
  readonly seed: number;
  /** Benign days alone. */
  readonly benign: boolean;
  /** Folders with recorded runs. */
  readonly from: readonly string[];
  /** Folder in which that of the week is made. */
  readonly out: string;
}

/** Name of the scenario that a week's manifest has; it is composed, so that `lab run` does not know it. */
export const WEEK = 'week';

const DAY = 86_400_000_000;

/** A recorded attack that may be part of a week. */
interface Attack extends Source {
  readonly tally: AttackTally;
}

/** A part with what the manifest and the logs need of it. */
interface Placed {
  readonly part: Part;
  readonly run: Run;
  readonly shift: number;
  readonly messages: number;
  /** Id of its campaign; empty: it has none. */
  readonly campaign: string;
  readonly guise?: Guise;
}

/**
 * Composes a week and writes its folder, `OUT/week_DAYS-days_SEED` (`benign-week_…` without attacks).
 * @throws Error if the runs do not suffice, or the folder is there already.
 */
export async function makeWeek(order: WeekOrder, tell: (line: string) => void): Promise<Manifest> {
  const name = order.benign ? `benign-${WEEK}` : WEEK;
  const folder = join(resolve(order.out), `${name}_${order.days}-days_${order.seed}`);
  if (existsSync(folder)) throw new Error(`${folder} is there already: remove it, or take another seed`);
  const partial = `${folder}.partial`;
  const began = performance.now();
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'logs'), { recursive: true });
  try {
    const week = await compose(order, tell);
    tell(`writing ${week.placed.length} parts`);
    const written = await write(partial, week.placed);
    const manifest: Manifest = { ...manifestOf(order, week, written, (performance.now() - began) / 1000), files: await hashFiles(partial) };
    writeFileSync(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
    renameSync(partial, folder);
    return manifest;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Everything that is decided before the first packet is written. */
interface Week {
  readonly days: readonly Run[];
  readonly placed: readonly Placed[];
  readonly campaigns: ReadonlyMap<string, Campaign>;
  readonly plan: WeekPlan<Attack>;
}

async function compose(order: WeekOrder, tell: (line: string) => void): Promise<Week> {
  const isTest = order.seed >= FIRST_TEST_SEED;
  const runs = findRuns(order.from).filter(({ split, manifest }) => (split === 'test') === isTest && manifest.week === undefined);
  const days = runs.filter(({ manifest }) => manifest.scenario === 'benign-day').toSorted((a, b) => a.manifest.seed - b.manifest.seed);
  if (days.length < order.days)
    throw new Error(`${order.days} benign days are wanted, and there are ${days.length} (${isTest ? 'test' : 'validation'} set)`);
  const chosen = days.slice(0, order.days);
  const start = midnight(chosen[0]!.first);
  if (!order.benign) tell('counting what the days and the attacks hold');
  const tallies = order.benign ? [] : await inTurn(chosen, tallyBenign);
  const placed = chosen.map((run, i) => wholeDay(run, start + i * DAY - midnight(run.first)));
  const none: WeekPlan<Attack> = { placements: [], hostile: 0, benign: 0, strongest: 0 };
  if (order.benign) return { days: chosen, placed, campaigns: new Map(), plan: none };
  const attacks = await attacksOf(runs);
  const random = seeded(order.seed, WEEK);
  const benign = tallies.reduce((sum, tally) => sum + tally.benign, 0);
  const plan = planWeek(attacks, benign, order.days * DAY, random.fork('plan'));
  const campaigns = new Map<string, Campaign>();
  const draw = newcomers([...tallies, ...attacks.map(({ tally }) => tally)], random.fork('addresses'));
  for (const placement of plan.placements) placed.push(...place(placement, start, `c${campaigns.size + 1}`, draw, campaigns));
  return { days: chosen, placed, campaigns, plan };
}

function midnight(time: number): number {
  return Math.floor(time / DAY) * DAY;
}

function wholeDay(run: Run, shift: number): Placed {
  return { part: wholePart(run, shift, ''), run, shift, messages: run.manifest.sipMessages, campaign: '' };
}

async function inTurn<T, U>(list: readonly T[], of: (each: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const each of list) results.push(await of(each));
  return results;
}

/** Scans and guesses by one address that nobody else has: what the paper saw (it never met a distributed attack, S3-18). */
async function attacksOf(runs: readonly Run[]): Promise<Attack[]> {
  const wanted = runs.filter(({ manifest: { campaigns } }) => {
    const [kind] = campaigns[0]?.classes ?? [];
    return kind === 'extension-scan' || kind === 'password-guessing';
  });
  const tallies = await inTurn(wanted, tallyAttack);
  return tallies.flatMap((tally): Attack[] => {
    if (tally?.alone !== true) return [];
    const { run, hostile, benign, copyable, campaign } = tally;
    const kind = campaign.classes[0] === 'extension-scan' ? 'scan' : 'guess';
    const single = campaign.attack === 'A13' && campaign.outcome === 'failed';
    return [{ tally, name: run.name, kind, hostile, benign, duration: run.last - run.first, copyable, single }];
  });
}

/** Draws addresses that nobody in the week has. */
function newcomers(tallies: readonly Tally[], random: Random): () => string {
  const used = new Set<string>();
  for (const { addresses } of tallies) for (const address of addresses) used.add(address);
  return () => drawAddress([drawNetwork(random)], used, random);
}

/** The parts of one attack, and its campaign. */
function place(
  { source, start, copy, rounds }: Placement<Attack>,
  week: number,
  id: string,
  draw: () => string,
  campaigns: Map<string, Campaign>,
): Placed[] {
  const { run, campaign, attacker, hostileMessages } = source.tally;
  const shift = week + start - run.first;
  const own = { ...campaign, id, first: campaign.first + shift, last: campaign.last + shift };
  if (copy === 0) {
    campaigns.set(id, own);
    return [{ part: wholePart(run, shift, id), run, shift, messages: run.manifest.sipMessages, campaign: id }];
  }
  const to = draw();
  // From the first packet of a round to that of the next: its own length and one pause of its own.
  const round = Math.round((campaign.last - campaign.first) * (1 + 1 / Math.max(1, campaign.packets - 1)));
  const last = own.last + (rounds - 1) * round;
  campaigns.set(id, { ...own, attackers: [to], last, packets: campaign.packets * rounds });
  return Array.from({ length: rounds }, (_, i) => {
    const guise = { from: attacker, to, key: `${id}.${i}` };
    const moved = shift + i * round;
    return {
      part: copyPart({ run, campaign, guise, shift: moved, id }),
      run,
      shift: moved,
      messages: hostileMessages,
      campaign: id,
      guise,
    };
  });
}

/** What the files turned out to hold. */
interface Written {
  readonly packets: number;
  readonly first: number;
  readonly last: number;
}

async function write(folder: string, placed: readonly Placed[]): Promise<Written> {
  const written = { packets: 0, first: 0, last: 0 };
  const labels = join(folder, 'labels.jsonl');
  writeFileSync(labels, '');
  const records = recorded(merged(placed.map(({ part }) => part)), labels, written);
  await pipeline(Readable.from(records), createGzip({ level: 1 }), createWriteStream(join(folder, 'merged.pcap.gz')));
  const whole = placed.filter(({ guise }) => guise === undefined);
  for (const { run, shift, campaign } of whole) appendFileSync(labels, lines(campaign === '' ? [] : lostLabels(run, shift, campaign)));
  writeFileSync(join(folder, 'calls.jsonl'), whole.map(({ run, shift }) => movedCalls(run, shift)).join(''));
  for (const name of LOGS) {
    const all = placed.flatMap(({ run, shift, guise }) => logLines(run, name, shift, guise));
    writeFileSync(join(folder, 'logs', name), logText(all));
  }
  return written;
}

/** Bytes of packets, and labels, that are gathered before they are written. */
const CHUNK = 1 << 20;
const LABELS = 10_000;

/** The capture in pieces; the labels go to their file as their packets pass. */
async function* recorded(
  packets: AsyncIterable<WeekPacket>,
  file: string,
  written: { -readonly [K in keyof Written]: number },
): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [writePcapHeader()];
  let size = 0;
  let labels: Label[] = [];
  for await (const { time, data, label } of packets) {
    if (written.packets++ === 0) written.first = time;
    written.last = time;
    if (label !== undefined) labels.push({ ...label, frame: written.packets });
    pending.push(writePcapRecord(time, data));
    size += data.length;
    if (labels.length >= LABELS) {
      appendFileSync(file, lines(labels));
      labels = [];
    }
    if (size < CHUNK) continue;
    yield Buffer.concat(pending);
    pending = [];
    size = 0;
  }
  appendFileSync(file, lines(labels));
  if (pending.length > 0) yield Buffer.concat(pending);
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

function movedCalls(run: Run, shift: number): string {
  return lines(
    readCalls(run).map((call) => ({
      ...call,
      start: call.start + shift,
      end: call.end + shift,
      ...(call.answer === undefined ? {} : { answer: call.answer + shift }),
    })),
  );
}

function manifestOf(order: WeekOrder, { days, placed, campaigns, plan }: Week, written: Written, seconds: number): Omit<Manifest, 'files'> {
  const whole = [...new Set(placed.filter(({ guise }) => guise === undefined).map(({ run }) => run))];
  const manifests = whole.map(({ manifest }) => manifest);
  const list = [...campaigns.values()];
  const hardNegatives: Record<string, number> = {};
  for (const { manifest } of days) {
    for (const [name, times] of Object.entries(manifest.hardNegatives)) hardNegatives[name] = (hardNegatives[name] ?? 0) + times;
  }
  const tools = Map.groupBy(
    manifests.flatMap((manifest) => manifest.tools),
    ({ command, version }) => `${basename(command[0] ?? '')} ${version}`,
  );
  const { hostile, benign, strongest } = plan;
  const scale = (hostile + benign) / PAPER_WEEK.answers;
  const scans = list.filter(({ attack }) => attack === 'A12').length;
  return {
    format: 1,
    scenario: order.benign ? `benign-${WEEK}` : WEEK,
    kind: order.benign ? 'benign' : 'attack',
    intensity: `${order.days} days`,
    seed: order.seed,
    commit: commit(),
    host: host(),
    // Of the site that is worst off.
    impairment: manifests.map(({ impairment }) => impairment).reduce((a, b) => (b.loss > a.loss ? b : a)),
    site: { ...days[0]!.site, servers: serversOf(manifests) },
    ...written,
    seconds: Math.round(seconds * 10) / 10,
    campaigns: list,
    tools: [...tools.values()].map(([first]) => first!),
    hardNegatives,
    sipMessages: placed.reduce((sum, { messages }) => sum + messages, 0),
    week: { parts: placed.map(partOf), answers: { hostile, benign, strongest }, scale, guesses: list.length - scans, scans },
  };
}

/** All servers of all sites; the first site's have their names, those of others a number behind it. */
function serversOf(manifests: readonly Manifest[]): Record<string, string> {
  const entries = manifests.flatMap(({ site }, i) =>
    Object.entries(site.servers).map(([name, address]) => [i === 0 ? name : `${name}-${i + 1}`, address] as const),
  );
  return Object.fromEntries(entries);
}

function partOf({ run, shift, campaign, guise }: Placed): WeekPart {
  return {
    run: run.name,
    capture: run.manifest.files['merged.pcap.gz'] ?? '',
    shift,
    ...(campaign === '' ? {} : { campaign }),
    ...(guise === undefined ? {} : { copied: { from: guise.from, to: guise.to } }),
  };
}
