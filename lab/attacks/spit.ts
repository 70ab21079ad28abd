/** A29: calls with one recording to everybody on a list (SPIT; S0-64, paper 000 §5): same sound, same length, many hang up. */

import type { Policy } from '../agents/answering.ts';
import type { CallPlan } from '../agents/plan.ts';
import { CODECS, framesOf, recording } from '../agents/sound.ts';
import type { Random } from '../random.ts';
import type { Account, CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { foreignDomain } from './senders/names.ts';
import { inLines, type Place, Robot } from './senders/robot.ts';
import { spread } from './senders/schedule.ts';
import { sippSpitCommand } from './senders/sipp-spit.ts';

/** How a campaign is run: calls an hour at simulated times, or so many lines that call again and again in real time. */
interface Pace {
  readonly calls: number;
  readonly perHour?: number;
  readonly lines: number;
}

const PACES: Readonly<Record<string, Pace>> = {
  '60 calls/h': { calls: 30, perHour: 60, lines: 20 },
  '5 calls/h': { calls: 15, perHour: 5, lines: 20 },
  '20 calls/h': { calls: 20, perHour: 20, lines: 20 },
  '200 calls/h': { calls: 50, perHour: 200, lines: 20 },
  '1 at once': { calls: 6, lines: 1 },
  '10 at once': { calls: 30, lines: 10 },
  '50 at once': { calls: 100, lines: 50 },
};
const INTENSITIES = Object.entries(PACES).map(([name, { calls, perHour }]) => ({ name, value: perHour ?? calls }));

/** An account that the spammer has rented or stolen. */
const RENTED = { '7290': 'copper-lantern-55' };
/** Seconds of ringing before the machine gives up. */
const PATIENCE = 5;

/** From another domain, or from the provider's side, under one name or a new one for each call. */
export const spit: Scenario = {
  name: 'spit',
  title: 'A stranger plays one recording to everybody on a list',
  attack: 'A29',
  intensities: INTENSITIES,
  proof: 'hashes',
  run: async (lab, intensity) => await run(lab, intensity, stranger(lab)),
};

/** From an account of the site: its own customer calls. */
export const spitByCustomer: Scenario = {
  name: 'spit-customer',
  title: 'A customer of the site plays one recording to everybody on a list',
  attack: 'A29',
  intensities: INTENSITIES,
  site: { extraAccounts: RENTED },
  proof: 'hashes',
  run: async (lab, intensity) => {
    const [user = '', password = ''] = Object.entries(RENTED)[0] ?? [];
    const account: Account = { user, password, domain: lab.site.domain };
    await run(lab, intensity, { segment: 'attack', account });
  },
};

/** By SIPp: called phones answer as they like. */
export const spitBySipp: Scenario = {
  name: 'spit-sipp',
  title: 'SIPp plays one recording to everybody on a list',
  attack: 'A29',
  intensities: [5, 1, 20].map((value) => ({ name: `${value} at once`, value })),
  proof: 'hashes',
  needs: ['sipp'],
  run: runSipp,
};

async function runSipp(lab: Lab, intensity: Intensity): Promise<void> {
  const campaign = open(lab, intensity);
  campaign.owns('attack');
  const random = lab.random.fork('campaign');
  const address = lab.segment('attack').address();
  const length = random.integer(3, 5);
  const answering: Policy = {
    answer: () => reaction(random, length, PACES['1 at once']!).answer ?? { kind: 'never' },
    hangUpAfter: () => (random.chance(0.3) ? length + 2 : Math.min(length - 0.5, 0.5 + random.exponential(length / 4))),
  };
  for (const phone of lab.phones) phone.policy = answering;
  const { proxy, domain } = lab.site;
  const from = { user: callerId(lab, random), domain: random.chance(0.5) ? foreignDomain(random) : address };
  const list = hitList(lab, random, Math.max(4, 2 * intensity.value));
  const calls = list.map((user) => ({ uri: `sip:${user}@${domain}`, ...from }));
  const spitting = { calls, lines: intensity.value, recording: sound(random, length) };
  await lab.tool('attack', sippSpitCommand(spitting, address, `${proxy.address}:${proxy.port}`), 40);
  await lab.sleep(500);
  campaign.end('succeeded', { targets: list.map((user) => `${user}@${domain}`), attackers: [address] });
}

/** So many seconds of one recording as PCMU. */
function sound(random: Random, seconds: number): Buffer {
  const codec = CODECS.get(0);
  if (codec === undefined) throw new Error('there is no PCMU');
  const frames = framesOf(codec);
  const voice = recording(random.fork('recording'), seconds)();
  return Buffer.concat(Array.from({ length: seconds * 100 }, () => frames[voice() ?? 0]!));
}

function stranger(lab: Lab): Place {
  const random = lab.random.fork('stranger');
  if (random.chance(0.4)) return { segment: 'trunk', address: lab.site.trunk.address };
  return random.chance(0.5) ? { segment: 'attack', domain: foreignDomain(random) } : { segment: 'attack' };
}

async function run(lab: Lab, intensity: Intensity, place: Place): Promise<void> {
  const pace = PACES[intensity.name];
  if (pace === undefined) throw new Error(`no such pace: ${intensity.name}`);
  const campaign = open(lab, intensity);
  const random = lab.random.fork('campaign');
  // Before anything waits: the background draws from the same numbers.
  const callers = callerIds(lab, random, pace.calls);
  const robot = await Robot.open(lab, campaign, place);
  const list = hitList(lab, random, pace.calls);
  const times = spread(random, pace.calls, pace.perHour === undefined ? 0 : (3600 * pace.calls) / pace.perHour);
  const length = pace.perHour === undefined ? random.integer(3, 5) : random.integer(15, 40);
  const record = recording(random.fork('recording'), length);
  const first = lab.start + 60e6;
  const records = await inLines(pace.lines, list, async (to, i) => {
    const start = pace.perHour === undefined ? {} : { start: Math.round(first + times[i]! * 1000) };
    const plan: CallPlan = { ...start, ...reaction(random, length, pace), edge: 1, voice: record() };
    return await robot.call(to, plan, { user: callers[i]! });
  });
  const heard = records.filter(({ answer }) => answer !== undefined).length;
  const accounts = list.map((user) => `${user}@${lab.site.domain}`);
  if (heard === 0) throw new Error('nobody answered: this is no SPIT');
  campaign.end('succeeded', {
    targets: [...accounts, ...records.map(({ callId }) => callId)],
    attackers: [robot.address],
  });
  await lab.sleep(300);
  robot.close();
}

function open(lab: Lab, intensity: Intensity): CampaignHandle {
  return lab.campaign({ attack: 'A29', classes: ['spit'], stage: 'abuse', intensity: intensity.name, targets: [lab.site.proxy.address] });
}

/** A list as one buys it: mostly users who are there, some whose telephone is off, some who have left. Short lists are gone through again. */
function hitList(lab: Lab, random: Random, calls: number): string[] {
  const there = lab.phones.map(({ account }) => account.user);
  const off = lab.site.accounts.map(({ user }) => user).filter((user) => !there.includes(user));
  const gone = there.map((user) => `${user}${random.integer(0, 9)}`);
  const list = [...random.shuffle(there), ...random.shuffle(off).slice(0, there.length / 6), ...gone.slice(0, there.length / 8)];
  const sold = random.shuffle(list);
  return Array.from({ length: calls }, (_, i) => sold[i % sold.length]!);
}

/** One for all calls, or a new one for each. */
function callerIds(lab: Lab, random: Random, calls: number): string[] {
  const one = random.chance(0.5) ? callerId(lab, random) : undefined;
  return Array.from({ length: calls }, () => one ?? callerId(lab, random));
}

function callerId(lab: Lab, random: Random): string {
  return random.chance(0.7) ? lab.site.number().replace('+', random.pick(['+', '00', ''])) : `${random.integer(1000, 999999)}`;
}

/** What the called party does: most hang up soon, some hear it to the end, some do not answer. */
function reaction(random: Random, length: number, { perHour }: Pace): CallPlan {
  const media = perHour === undefined ? 'full' : 'edges';
  const draw = random.unit();
  const after = perHour === undefined ? 0.3 + random.unit() : 0.5 + Math.min(3, random.exponential(1.2));
  if (draw < 0.12) return { talk: 0, media: 'none', answer: { kind: 'never' }, giveUp: perHour === undefined ? 2 : PATIENCE };
  if (draw < 0.2) return { talk: 0, media: 'none', answer: { kind: random.pick(['busy', 'decline']), after } };
  const answer = { kind: 'answer', after } as const;
  if (draw < 0.45) return { talk: length, media, answer, hangup: 'caller' };
  return { talk: Math.min(length - 0.5, 1 + random.exponential(length / 5)), media, answer, hangup: 'called' };
}
