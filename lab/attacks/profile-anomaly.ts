/** A36: an account that behaves as it never did (S1-49 to S1-54): a week of its owner's calls, then a day of somebody else's. */

import { Phone } from '../agents/phone.ts';
import type { CallPlan } from '../agents/plan.ts';
import type { Random } from '../random.ts';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { strangersShape } from './senders/attacker.ts';
import { costlyRange, internationalPrefix } from './senders/numbers.ts';
import { inLines } from './senders/robot.ts';

const HOUR = 3_600e6;
const DAY = 24 * HOUR;
/** Days of habit before the takeover; people whose habits are played; the first of them loses the account. */
const DAYS = 7;
const PEOPLE = 4;
/** Calls in process at once, in real time. */
const LINES = 40;

/** Calls of the week are benign and unlabelled; the takeover comes from outside with the right password. */
export const profileAnomaly: Scenario = {
  name: 'profile-anomaly',
  title: 'After a week of habits an account calls other numbers, at other hours, for other lengths',
  attack: 'A36',
  intensities: [
    { name: '40 calls', value: 40 },
    { name: '10 calls', value: 10 },
  ],
  proof: 'hashes',
  run,
};

/** What a person does: whom they call, how often on a working day, at which hours. */
interface Habit {
  readonly phone: Phone;
  readonly contacts: readonly string[];
  readonly perDay: number;
  readonly hours: readonly [number, number];
  /** Median seconds of talk. */
  readonly talk: number;
}

/** One call of the plan. */
interface Planned {
  readonly phone: Phone;
  readonly to: string;
  readonly plan: CallPlan;
}

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('habits');
  const phones = random.shuffle(lab.phones);
  const habits = phones.slice(0, PEOPLE).map((phone) => drawHabit(lab, random, phone, phones));
  const [victim] = habits;
  if (victim === undefined) throw new Error('nobody to steal from');
  const registered = habits.map(async ({ phone }) => await registerDaily(lab, random, phone));
  const week = habits.flatMap((habit) => planWeek(lab, random, habit));
  await inLines(LINES, week, async ({ phone, to, plan }) => {
    const { record } = await phone.call(to, plan);
    lab.call(record);
    return record;
  });
  await Promise.all(registered);
  await takeOver(lab, intensity, random, victim);
}

function drawHabit(lab: Lab, random: Random, phone: Phone, all: readonly Phone[]): Habit {
  const others = all.filter((other) => other !== phone).map(({ account }) => account.user);
  const colleagues = random.shuffle(others).slice(0, random.integer(2, 4));
  const outside = Array.from({ length: random.integer(1, 3) }, () => lab.site.number());
  const begin = random.integer(7, 9);
  const hours = [begin, begin + random.integer(8, 10)] as const;
  return { phone, contacts: [...colleagues, ...outside], perDay: random.integer(5, 9), hours, talk: random.integer(50, 140) };
}

/** The phone registers each morning; the times of one Call-ID rise. */
async function registerDaily(lab: Lab, random: Random, phone: Phone): Promise<void> {
  for (let day = 0; day <= DAYS; day++) await phone.register({ at: Math.round(lab.start + day * DAY + (6 + 0.2 * random.unit()) * HOUR) });
}

function planWeek(lab: Lab, random: Random, { phone, contacts, perDay, hours, talk }: Habit): Planned[] {
  const planned: Planned[] = [];
  for (let day = 0; day < DAYS; day++) {
    const weekday = new Date((lab.start + day * DAY) / 1000).getUTCDay();
    const mean = weekday === 0 || weekday === 6 ? perDay / 10 : perDay;
    const span = (hours[1] - hours[0]) * HOUR;
    let at = lab.start + day * DAY + hours[0] * HOUR + random.exponential(span / mean);
    for (; at < lab.start + day * DAY + hours[1] * HOUR; at += random.exponential(span / mean)) {
      // Who is called more often stands first.
      const to = contacts[Math.floor(contacts.length * random.unit() ** 2)]!;
      planned.push({ phone, to, plan: callAt(random, at, random.logNormal(talk, 0.6)) });
    }
  }
  return planned;
}

function callAt(random: Random, at: number, talk: number): CallPlan {
  const answers = random.chance(0.75);
  const answer = answers ? ({ kind: 'answer', after: 0.3 + random.unit() } as const) : ({ kind: 'busy', after: 0.3 } as const);
  return { start: Math.round(at), talk: Math.max(4, talk), media: 'edges', edge: 0.3, answer, hangup: random.pick(['caller', 'called']) };
}

/** The night after the week: registers from outside, calls where the owner never called. */
async function takeOver(lab: Lab, intensity: Intensity, random: Random, { phone: { account }, talk }: Habit): Promise<void> {
  const campaign = lab.campaign({
    attack: 'A36',
    classes: ['anomaly', 'account-takeover', 'toll-fraud'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: [`${account.user}@${account.domain}`],
  });
  const thief = await openThief(lab, campaign, random, account);
  const night = lab.start + DAYS * DAY + random.integer(0, 3) * HOUR;
  if (random.chance(0.6)) await thief.register({ at: night });
  const number = costlyRange(random);
  const prefix = internationalPrefix(random);
  const span = 3 * HOUR;
  const list = Array.from({ length: intensity.value }, () => night + HOUR / 6 + span * random.unit()).sort((a, b) => a - b);
  const records = await inLines(LINES, list, async (at) => {
    const { record } = await thief.call(`${prefix}${number()}`, callAt(random, at, talk * (4 + 6 * random.unit())));
    return record;
  });
  const answered = records.some(({ answer }) => answer !== undefined);
  campaign.end(answered ? 'succeeded' : 'failed', {
    attackers: [thief.address],
    targets: records.flatMap(({ callId, to }) => [callId, to.replace(/^sips?:|@.*$/g, '')]),
  });
  await lab.sleep(300);
  thief.close();
}

function openThief(lab: Lab, campaign: CampaignHandle, random: Random, account: Phone['account']): Promise<Phone> {
  const segment = lab.segment('attack');
  const address = segment.address();
  const witness: CampaignHandle['sent'] = (payload, src, dst, callId) => campaign.sent(payload, src, dst, callId);
  const fork = random.fork('thief');
  return Phone.open({
    lab,
    segment,
    account,
    address,
    port: fork.integer(10_000, 60_000),
    shape: strangersShape(fork),
    random: fork,
    witness,
  });
}
