/** Calls that people make on the benign day: who calls whom, how it ends, how long it lasts (evaluation.md G12). */
import type { Random } from '../random.ts';
import { arrivals } from './curve.ts';
import type { Callee, DaySize, PlannedCall, PlannedPhone, PlanSources, Result } from './plan.ts';
import { losesPower } from './registrations.ts';

/** Shares of results, in percent. */
const RESULTS: readonly (readonly [Result, number])[] = [
  ['answered', 65],
  ['busy', 10],
  ['cancelled', 20],
  ['misdialled', 5],
];

/** Longest hold in seconds; the log-normal has no end. */
const LONGEST = 5400;

/** Seconds before the power comes back in which the phones are dark. */
const DARK = 60;

/** Draws the calls of people, ordered by time; nobody is in two calls at once, and nobody calls in a power cut. */
export function drawPeople(phones: readonly PlannedPhone[], size: DaySize, storm: number, sources: PlanSources): PlannedCall[] {
  const random = sources.random.fork('people');
  const desks = phones.filter((phone) => phone.role === 'desk');
  const known = Array.from({ length: Math.max(20, Math.ceil(size.calls / 6)) }, sources.number);
  const busyUntil = new Map<number, number>();
  const book = (wanted: number): Callee => ({ number: known[wanted]! });
  const calls: PlannedCall[] = [];
  for (const at of arrivals(random, size.calls * 1.07, size.period)) {
    const talk = drawTalk(drawResult(random), random);
    const end = at + talk.ring + talk.hold + 3;
    const free = desks.filter((phone) => (busyUntil.get(phone.index) ?? 0) < at && !(losesPower(phone) && dark(at, end, storm, size)));
    const pair = drawPair(free, talk.result, random, () => book(Math.floor(known.length * random.unit() ** 2)), sources);
    if (pair === undefined || end > size.period.to) continue;
    for (const side of desksOf(pair)) busyUntil.set(side, end);
    calls.push({ at, ...pair, ...talk, endedBy: random.chance(0.5) ? 'caller' : 'called', media: 'edges', twists: [] });
  }
  return calls;
}

/** Phones of the plan that take part in a call. */
export function desksOf(call: Pick<PlannedCall, 'from' | 'to'>): number[] {
  const callee = 'phone' in call.to ? [call.to.phone] : [];
  return call.from === 'trunk' ? callee : [call.from, ...callee];
}

/** Draws how a call ends. */
export function drawResult(random: Random, shares: readonly (readonly [Result, number])[] = RESULTS): Result {
  const draw = random.unit() * 100;
  let sum = 0;
  return shares.find(([, share]) => draw < (sum += share))?.[0] ?? 'answered';
}

/** Draws the times of a call: hold is log-normal with the median that is given. Rings are short: they are played in real time. */
export function drawTalk(result: Result, random: Random, median = 100, sigma = 1): Pick<PlannedCall, 'result' | 'ring' | 'hold'> {
  if (result === 'misdialled') return { result, ring: 0, hold: 0 };
  if (result === 'busy') return { result, ring: 0.2 + random.unit(), hold: 0 };
  if (result === 'cancelled') return { result, ring: 4 + 8 * random.unit(), hold: 0 };
  const ring = Math.min(12, Math.max(0.8, random.logNormal(4, 0.5)));
  return { result, ring, hold: Math.min(LONGEST, Math.max(2.5, random.logNormal(median, sigma))) };
}

/** Whether a call would fall into the power cut or the storm after it. */
function dark(at: number, end: number, storm: number, size: DaySize): boolean {
  return end > storm - DARK && at < storm + size.storm + 10;
}

/** Most calls go to or come from the telephone network. */
function drawPair(
  free: readonly PlannedPhone[],
  result: Result,
  random: Random,
  known: () => Callee,
  sources: PlanSources,
): Pick<PlannedCall, 'from' | 'to'> | undefined {
  if (free.length < 2) return undefined;
  const [one, other] = random.shuffle(free);
  const direction = random.unit();
  const nobody: Callee = { nobody: direction < 0.2 ? sources.number() : sources.nobody() };
  const wrong = result === 'misdialled';
  if (direction < 0.45) return { from: one!.index, to: wrong ? nobody : known() };
  if (direction < 0.84) return { from: 'trunk', to: wrong ? nobody : { phone: one!.index } };
  return { from: one!.index, to: wrong ? nobody : { phone: other!.index } };
}
