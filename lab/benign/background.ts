/** Everyday traffic around an attack: a few phones that register, refresh and call, in real time. */
import { setTimeout } from 'node:timers/promises';
import { Phone } from '../agents/phone.ts';
import type { Answer, CallPlan } from '../agents/plan.ts';
import { drawMakers, drawShape, type Maker } from '../agents/shape.ts';
import { drawnPolicy, type Trunk } from '../agents/trunk.ts';
import type { Random } from '../random.ts';
import type { Lab, SegmentName } from '../scenario.ts';
import { openTrunk } from './fleet.ts';
import { drawResult } from './people.ts';

/** Phones at work. */
export interface Background {
  readonly phones: Phone[];
  /** Lets calls end for some seconds, then leaves. */
  stop(): Promise<void>;
}

/** Where the phones are, in turn. */
const PLACES: readonly SegmentName[] = ['office', 'home', 'office', 'floor', 'home', 'internet', 'office', 'floor'];

/** Milliseconds between two calls of one phone, on average. */
const PER_PHONE = 30_000;

/** Calls at once at most: a long flood must not pile them up. */
const AT_ONCE = 12;

/** Milliseconds that calls have to end when the run is over. */
const GRACE = 4000;

/** Phones that register at the same time, at the beginning. */
const TOGETHER = 5;

/** Opens so many phones and the trunk, registers them, and lets them call each other and the world until `stop`. */
export async function background(lab: Lab, count: number): Promise<Background> {
  const random = lab.random.fork('background');
  const makers = drawMakers(random.fork('makers'));
  const trunk = await openTrunk(lab, drawShape(makers, random.fork('trunk')));
  trunk.policy = drawnPolicy(random.fork('policy'));
  const phones: Phone[] = [];
  for (let i = 0; i < count; i++) phones.push(await openPhone(lab, i, makers, random.fork(`phone ${i}`)));
  for (let i = 0; i < count; i += TOGETHER) {
    const states = await Promise.all(phones.slice(i, i + TOGETHER).map((phone) => phone.register(lifetime(phone))));
    const refused = states.find((status) => status !== 200);
    if (refused !== undefined) throw new Error(`a background phone was answered ${refused} when it registered`);
  }
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, lab.signal]);
  const loops = [
    callOn(lab, phones, trunk, random.fork('calls'), signal),
    ...phones.map((phone) => stayRegistered(phone, random.fork(phone.account.user), signal)),
  ];
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.race([Promise.all(loops), pause(GRACE)]);
    for (const one of [...phones, trunk]) one.close();
  };
  return { phones, stop };
}

function openPhone(lab: Lab, index: number, makers: readonly Maker[], random: Random): Promise<Phone> {
  const account = lab.site.accounts[index];
  if (account === undefined) throw new Error(`the site has no account for phone ${index} of the background`);
  const segment = lab.segment(PLACES[index % PLACES.length]!);
  const answer = (): Answer => ({ kind: 'answer', after: 1 + random.exponential(2) });
  return Phone.open({ lab, segment, account, shape: drawShape(makers, random), random, policy: { answer } });
}

/** Phones behind the NAT refresh often, or its binding ends. */
function lifetime(phone: Phone): { readonly expires: number } {
  return { expires: phone.agent.segment.name === 'home' ? 60 : phone.shape.expires };
}

async function stayRegistered(phone: Phone, random: Random, signal: AbortSignal): Promise<void> {
  const { expires } = lifetime(phone);
  // The first refresh comes anywhere in the interval: the phones have not been switched on together.
  for (let next = expires * random.unit(); !signal.aborted; next = expires * (0.8 + 0.15 * random.unit())) {
    await pause(next * 1000, signal);
    if (!signal.aborted) await phone.register({ expires }).catch(() => undefined);
  }
}

/** Poisson arrivals of calls until the signal; waits for those under way. */
async function callOn(lab: Lab, phones: readonly Phone[], trunk: Trunk, random: Random, signal: AbortSignal): Promise<void> {
  const under = new Set<Promise<void>>();
  while (phones.length > 1) {
    await pause(random.exponential(PER_PHONE / phones.length), signal);
    if (signal.aborted) break;
    if (under.size >= AT_ONCE) continue;
    const run: Promise<void> = oneCall(lab, phones, trunk, random.fork(`call ${lab.now()}`))
      .catch(() => undefined)
      .finally(() => under.delete(run));
    under.add(run);
  }
  await Promise.all(under);
}

async function oneCall(lab: Lab, phones: readonly Phone[], trunk: Trunk, random: Random): Promise<void> {
  const [one, other] = random.shuffle(phones);
  if (one === undefined || other === undefined) return;
  const plan = drawPlan(random);
  const wrong = plan.answer?.kind === 'missing';
  const direction = random.unit();
  const number = lab.site.number();
  const { record, also } =
    direction < 0.4
      ? await one.call(number, plan)
      : direction < 0.7
        ? await trunk.call(number, wrong ? `${one.account.user}0` : one.account.user, plan)
        : await one.call(wrong ? `${other.account.user}0` : other.account.user, plan);
  for (const call of [record, ...also]) lab.call(call);
}

/** Short calls with full media, results as on the benign day. */
function drawPlan(random: Random): CallPlan {
  const result = drawResult(random);
  const talk = Math.min(15, Math.max(2, random.logNormal(5, 0.6)));
  const ring = 0.5 + random.exponential(1.5);
  const rest = { talk, media: 'full', hangup: random.chance(0.5) ? 'caller' : 'called' } as const;
  if (result === 'answered') return { ...rest, answer: { kind: 'answer', after: ring } };
  if (result === 'busy') return { ...rest, answer: { kind: 'busy', after: 0.3 } };
  if (result === 'misdialled') return { ...rest, answer: { kind: 'missing', after: 0.1 } };
  return { ...rest, answer: { kind: 'never' }, giveUp: 2 + random.exponential(3) };
}

/** Waits, or until the signal fires. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
