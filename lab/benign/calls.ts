/** Plays the calls of a benign day. */
import { type Piece, type Played, play } from './capacity.ts';
import type { Fleet } from './fleet.ts';
import { negativesOf } from './negatives.ts';
import type { Callee, PlannedCall } from './plan.ts';
import { scriptOf } from './script.ts';
import type { StepSources } from './steps.ts';

/** A day that is being played. */
export interface Stage extends StepSources {
  readonly fleet: Fleet;
  /** Hard negatives that have taken place. */
  readonly counted: ReadonlySet<string>;
  /** What went wrong, each text with how often. */
  readonly faults: Map<string, number>;
}

/** Calls at once: more would be late with their media. */
const TOGETHER = 450;

/** Milliseconds that timers may be late before no new call is begun. */
const BEHIND = 60;

/** Seconds after which a call that has not ended is given up: longer than all retransmissions of its last request. */
const PATIENCE = 60;

/** Counts a fault. */
export function tell(faults: Map<string, number>, fault: unknown): void {
  const text = fault instanceof Error ? fault.message : String(fault);
  faults.set(text, (faults.get(text) ?? 0) + 1);
}

/** Plays all calls but those of movers: the long ones (full media) first, so that the end does not wait for them. */
export function playCalls(stage: Stage): Promise<Played> {
  const { plan, lab } = stage;
  const movers = new Set(plan.phones.filter((phone) => phone.role === 'mover').map((phone) => phone.index));
  const calls = plan.calls.filter((call) => call.from === 'trunk' || !movers.has(call.from));
  const length = (call: PlannedCall): number => (call.media === 'full' ? call.hold : 0);
  const long = calls.filter((call) => length(call) > 10).sort((a, b) => length(b) - length(a));
  const short = lab.random.fork('order').shuffle(calls.filter((call) => length(call) <= 10));
  const pieces: Piece[] = mixed(long, short).map((call) => () => playCall(call, stage));
  return play(pieces, { together: TOGETHER, perSecond: plan.size.pace, behind: BEHIND, signal: lab.signal });
}

/** Long ones early, but every second place goes to a short one: set-ups come evenly. */
function mixed(long: readonly PlannedCall[], short: readonly PlannedCall[]): PlannedCall[] {
  const heads = long.flatMap((call, i) => [call, ...short.slice(i, i + 1)]);
  return [...heads, ...short.slice(long.length)];
}

/** Plays one call. @throws Error if it ended otherwise than planned. */
export async function playCall(call: PlannedCall, stage: Stage): Promise<void> {
  const { lab, plan, fleet, clock, count } = stage;
  const random = lab.random.fork(`call ${call.at}`);
  const forwardTo = fleet.phones[0]!.account.user;
  const script = scriptOf(call, { random, number: lab.site.number, forwardTo, start: clock(call.at) });
  const callee = nameOf(call.to, fleet);
  const going = call.from === 'trunk' ? fleet.trunk.call(lab.site.number(), callee, script) : fleet.phones[call.from]!.call(callee, script);
  const patience = call.ring + (call.media === 'full' ? call.hold : 0) + PATIENCE;
  const ended = await Promise.race([going, lab.sleep(patience * 1000)]);
  if (ended === undefined) throw new Error(`${told(call, stage)} never ended`);
  const { record, also } = ended;
  for (const one of [record, ...also]) lab.call(one);
  const noisy = (index: number): boolean => fleet.phones[index]!.shape.sdp.comfortNoise;
  for (const name of negativesOf(call, record.status, plan.phones, noisy)) count(name);
  const wanted = STATUS[call.result];
  if (!wanted.includes(record.status)) throw new Error(`${told(call, stage)}: ${record.status}`);
}

/** Statuses with which a call of that result may end. */
const STATUS: Readonly<Record<PlannedCall['result'], readonly number[]>> = {
  answered: [200],
  busy: [486],
  cancelled: [487],
  misdialled: [404],
};

function nameOf(to: Callee, fleet: Fleet): string {
  if ('phone' in to) return fleet.phones[to.phone]!.account.user;
  return 'number' in to ? to.number : to.nobody;
}

/** The call in words, for faults. */
function told({ from, to, kind, result, twists }: PlannedCall, { plan }: Stage): string {
  const place = (index: number): string => plan.phones[index]!.segment;
  const ends = `${from === 'trunk' ? from : place(from)} - ${'phone' in to ? place(to.phone) : 'trunk'}`;
  return `${kind ?? 'call'} ${ends} to be ${[result, ...twists].join(' with ')}`;
}
