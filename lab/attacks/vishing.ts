/**
 * A30: calls that lie about who calls. Vishing: a machine speaks as somebody's bank, asks for keys, or asks to be called back. Wangiri: it
 * rings once and leaves a costly number behind.
 */
import type { CallPlan, MidCall } from '../agents/plan.ts';
import { recording } from '../agents/sound.ts';
import type { Random } from '../random.ts';
import type { CallRecord } from '../record/folder.ts';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { foreignDomain } from './senders/names.ts';
import { costlyRange, internationalPrefix } from './senders/numbers.ts';
import { type Caller, inLines, type Place, Robot } from './senders/robot.ts';
import { spread } from './senders/schedule.ts';

const LINES = 20;
/** Simulated seconds after the start of the run at which the first call may come. */
const AFTER = 60;

/** Robot calls with a menu. */
export const vishing: Scenario = {
  name: 'vishing',
  title: 'A machine calls in the name of a bank and asks for keys, or to be called back at a costly number',
  attack: 'A30',
  intensities: perHour(60, 20, 200),
  proof: 'hashes',
  run: runVishing,
};

/** One ring, no answer, a number that costs. */
export const wangiri: Scenario = {
  name: 'wangiri',
  title: 'A machine rings once and hangs up; who calls back pays',
  attack: 'A30',
  intensities: perHour(200, 60, 1000),
  proof: 'hashes',
  run: runWangiri,
};

function perHour(...values: readonly number[]): Intensity[] {
  return values.map((value) => ({ name: `${value} calls/h`, value }));
}

/** Simulated starts of a campaign at that rate, microseconds since 1970. */
function starts(lab: Lab, random: Random, rate: number): number[] {
  const count = Math.min(40, Math.max(15, rate / 2));
  return spread(random, count, (3600 * count) / rate).map((ms) => Math.round(lab.start + AFTER * 1e6 + ms * 1000));
}

/** Such calls come from the telephone network, or from a SIP server somewhere. */
function place(lab: Lab, random: Random): Place {
  if (random.chance(0.6)) return { segment: 'trunk', address: lab.site.trunk.address };
  return { segment: 'attack', domain: foreignDomain(random) };
}

function open(lab: Lab, intensity: Intensity, classes: Parameters<Lab['campaign']>[0]['classes']): CampaignHandle {
  return lab.campaign({ attack: 'A30', classes, stage: 'abuse', intensity: intensity.name, targets: [lab.site.proxy.address] });
}

const CLAIMS = ['Security Department', 'Your Bank', 'Card Services', 'Tax Office', 'Fraud Prevention', 'IT Support'];

async function runVishing(lab: Lab, intensity: Intensity): Promise<void> {
  const campaign = open(lab, intensity, ['spit', 'impersonation']);
  const random = lab.random.fork('campaign');
  const number = lab.site.number(); // before anything waits: the background draws from the same numbers
  const robot = await Robot.open(lab, campaign, place(lab, random));
  const called = lab.phones.map(({ account }) => account.user);
  const length = random.integer(20, 45);
  const script = recording(random.fork('script'), length);
  const from: Caller = { user: number, ...(random.chance(0.7) ? { name: random.pick(CLAIMS) } : {}) };
  const records = await inLines(LINES, starts(lab, random, intensity.value), async (start) => {
    const to = random.pick(called);
    return await robot.call(to, { start, edge: 1, ...listener(random, length), voice: script() }, from);
  });
  if (records.every(({ answer }) => answer === undefined)) throw new Error('nobody answered: this is no vishing');
  const callback = random.chance(0.5) ? `${internationalPrefix(random)}${costlyRange(random)()}` : undefined;
  if (callback !== undefined) await callBack(lab, random, callback, Math.max(...records.map(({ end }) => end)));
  campaign.end('succeeded', { targets: [...targetsOf(records), ...(callback ? [callback] : [])], attackers: [robot.address] });
  await lab.sleep(300);
  robot.close();
}

/** What a called person does: hang up, listen to the end, or press what the menu asks for and then the digits of a card. */
function listener(random: Random, length: number): CallPlan {
  const answer = { kind: 'answer', after: 0.5 + Math.min(3, random.exponential(1.2)) } as const;
  const draw = random.unit();
  if (draw < 0.15) return { talk: 0, media: 'none', answer: { kind: 'never' }, giveUp: 5 };
  if (draw < 0.55) return { talk: 1.5 + random.exponential(3), media: 'edges', answer, hangup: 'called' };
  if (draw < 0.75) return { talk: length, media: 'edges', answer, hangup: 'caller' };
  const key = { by: 'called', kind: 'digits', way: 'rtp' } as const;
  const events: MidCall[] = [{ ...key, after: length * 0.6, digits: random.pick(['1', '2', '9']) }];
  if (random.chance(0.5)) events.push({ ...key, after: length * 0.9, digits: random.text(4, '0123456789') });
  return { talk: length * 1.3, media: 'edges', answer, events, hangup: random.pick(['caller', 'called']) };
}

async function runWangiri(lab: Lab, intensity: Intensity): Promise<void> {
  const campaign = open(lab, intensity, ['spit', 'toll-fraud']);
  const random = lab.random.fork('campaign');
  const robot = await Robot.open(lab, campaign, place(lab, random));
  const called = lab.phones.map(({ account }) => account.user);
  const number = costlyRange(random);
  const one = random.chance(0.5) ? number() : undefined;
  const left: string[] = [];
  const records = await inLines(LINES, starts(lab, random, intensity.value), async (start) => {
    const user = one ?? number();
    left.push(user);
    const plan: CallPlan = { start, talk: 0, media: 'none', answer: { kind: 'never' }, giveUp: 1 + random.unit() };
    return await robot.call(random.pick(called), plan, { user: `+${user}` });
  });
  const costly = `${internationalPrefix(random)}${random.pick(left)}`;
  const paid = await callBack(lab, random, costly, Math.max(...records.map(({ end }) => end)));
  campaign.end(paid > 0 ? 'succeeded' : 'failed', { targets: [...targetsOf(records), costly], attackers: [robot.address] });
  await lab.sleep(300);
  robot.close();
}

/** Accounts that were called, and the Call-IDs. */
function targetsOf(records: readonly CallRecord[]): string[] {
  return [...new Set(records.map(({ to }) => to.replace(/^sips?:/, ''))), ...records.map(({ callId }) => callId)];
}

/** Two or three victims call the costly number, minutes later: their own, unlabelled calls. Gives how many were answered. */
async function callBack(lab: Lab, random: Random, number: string, after: number): Promise<number> {
  const victims = random.shuffle(lab.phones).slice(0, random.integer(2, 3));
  const calls = victims.map(async (phone) => {
    const start = Math.round(after + random.exponential(300) * 1e6);
    const plan: CallPlan = { start, talk: 30 + random.exponential(90), media: 'edges', edge: 1, answer: { kind: 'answer', after: 0.5 } };
    const { record } = await phone.call(number, plan);
    lab.call(record);
    return record.answer !== undefined;
  });
  return (await Promise.all(calls)).filter(Boolean).length;
}
