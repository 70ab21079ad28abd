/** Calls of the benign day that look like attacks and are none: machines, a call centre, phones that move, fork or forward. */
import type { Random } from '../random.ts';
import { arrivals, type Period } from './curve.ts';
import { drawResult, drawTalk } from './people.ts';
import type { Callee, DaySize, PlannedCall, PlannedPhone, PlannedRegistration, PlanSources, Result, Role } from './plan.ts';

/** How calls of a call centre end: few answer. */
const CENTRE: readonly (readonly [Result, number])[] = [
  ['answered', 45],
  ['busy', 12],
  ['cancelled', 38],
  ['misdialled', 5],
];

/** A call without anything unusual. */
const PLAIN = { endedBy: 'caller', media: 'edges', twists: [] } as const;

/** Draws the calls of everybody who is not a person at a desk, in no order. */
export function drawMachines(
  phones: readonly PlannedPhone[],
  registrations: readonly (readonly PlannedRegistration[])[],
  size: DaySize,
  sources: PlanSources,
): PlannedCall[] {
  const of = (role: Role): readonly PlannedPhone[] => phones.filter((phone) => phone.role === role);
  const one = (role: Role): number => of(role)[0]!.index;
  const few = Math.ceil(size.machines / 2);
  const random = sources.random.fork('machines');
  return [
    ...callCentre(one('call-centre'), size, random.fork('centre'), sources),
    ...fax(one('fax'), size, random.fork('fax'), sources.number()),
    ...alarm(one('alarm'), size, random.fork('alarm'), sources.number()),
    ...probe(one('probe'), size, random.fork('probe'), sources.number()),
    ...pauses(one('forwarder'), few, size, random.fork('pauses'), sources),
    ...inbound('forking', { phone: one('twin') }, few, size, random.fork('twin')),
    ...inbound('forward-302', { phone: one('forwarder') }, few, size, random.fork('forwarder')),
    ...of('mover').flatMap((phone) => travels(phone.index, registrations[phone.index]!, random.fork(`mover ${phone.index}`), sources)),
  ];
}

/** Many short calls from one source to as many callees, in Poisson arrivals over the working day. */
function callCentre(from: number, size: DaySize, random: Random, sources: PlanSources): PlannedCall[] {
  return arrivals(random, size.callCentre, inside(size.period)).map((at) => {
    const talk = drawTalk(drawResult(random, CENTRE), random, 25, 0.7);
    const to: Callee = talk.result === 'misdialled' ? { nobody: sources.number() } : { number: sources.number() };
    return { ...PLAIN, at, from, to, ...talk, kind: 'call-centre' };
  });
}

/** A fax tries the same number, every minute or two, until the other side has paper again; then T.38. Twice a night. */
function fax(from: number, size: DaySize, random: Random, number: string): PlannedCall[] {
  return [0.08, 0.93].flatMap((share) => {
    let at = size.period.from + share * (size.period.to - size.period.from) * (0.9 + 0.1 * random.unit());
    return Array.from({ length: size.machines }, (_, i): PlannedCall => {
      at += 60 + random.exponential(size.period.to - size.period.from > 7200 ? 60 : 5);
      const last = i === size.machines - 1;
      const talk = last ? ({ result: 'answered', ring: 2, hold: 30 + 20 * random.unit() } as const) : drawTalk('busy', random);
      return { ...PLAIN, at, from, to: { number }, ...talk, twists: last ? ['t38'] : [], kind: 'fax-dialler' };
    }).filter((call) => call.at + call.ring + call.hold < size.period.to);
  });
}

/** An alarm dialler reports to the same number again and again: seconds of touch tones. */
function alarm(from: number, size: DaySize, random: Random, number: string): PlannedCall[] {
  const { from: start, to } = size.period;
  const every = (to - start) / (size.machines * 2 + 1);
  return Array.from({ length: size.machines * 2 }, (_, i): PlannedCall => {
    const at = start + every * (i + 0.5 + 0.1 * random.unit());
    const talk = { result: 'answered', ring: 1, hold: 3 + 3 * random.unit() } as const;
    return { ...PLAIN, at, from, to: { number }, ...talk, media: 'full', twists: ['dtmf'], kind: 'alarm-dialler' };
  });
}

/** A test call of a second, exactly as often as the probe is told. */
function probe(from: number, size: DaySize, random: Random, number: string): PlannedCall[] {
  const calls: PlannedCall[] = [];
  for (let at = size.period.from + size.probe / 2; at < size.period.to - 10; at += size.probe) {
    const talk = { result: 'answered', ring: 0.3 + 0.1 * random.unit(), hold: 1 } as const;
    calls.push({ ...PLAIN, at: at + 0.1 * random.unit(), from, to: { number }, ...talk, media: 'full', kind: 'monitoring-probe' });
  }
  return calls;
}

/** Calls from the telephone network to a phone that forks or forwards. */
function inbound(kind: string, to: Callee, expected: number, size: DaySize, random: Random): PlannedCall[] {
  const period = inside(size.period);
  const mean = (period.to - period.from) / (expected + 1);
  return Array.from({ length: expected }, (_, i) => {
    const at = period.from + (i + 0.5) * mean + 0.2 * random.unit() * mean;
    return { ...PLAIN, at, from: 'trunk', to, ...drawTalk('answered', random, Math.min(60, mean / 4), 0.3), kind };
  });
}

/** Calls with pauses of speech, in full: their ends send comfort noise. */
function pauses(from: number, count: number, size: DaySize, random: Random, { number }: PlanSources): PlannedCall[] {
  const period = inside(size.period);
  const every = (period.to - period.from) / count;
  return Array.from({ length: count }, (_, i): PlannedCall => {
    const talk = { result: 'answered', ring: 1 + random.unit(), hold: 11 + 3 * random.unit() } as const;
    return {
      ...PLAIN,
      at: period.from + every * (i + 0.8 * random.unit()),
      from,
      to: { number: number() },
      ...talk,
      media: 'full',
      kind: 'comfort-noise',
    };
  });
}

/** A call across every second move of a phone between Wi-Fi and LTE, and some in between. */
function travels(from: number, registrations: readonly PlannedRegistration[], random: Random, sources: PlanSources): PlannedCall[] {
  const moves = registrations.filter((one) => one.what === 'move');
  return moves.flatMap((move, i): PlannedCall[] => {
    const ring = 1 + 2 * random.unit();
    if (i % 2 === 1) return [{ ...PLAIN, at: move.at + 60, from, to: { number: sources.number() }, result: 'answered', ring, hold: 20 }];
    const before = 10 + 10 * random.unit();
    const call = {
      ...PLAIN,
      from,
      to: { number: sources.number() },
      result: 'answered',
      ring,
      twists: ['hand-over'],
      kind: 'hand-over',
    } as const;
    return [{ ...call, at: move.at - before - ring, hold: 2 * before }];
  });
}

/** The period without its edges, so that calls end in it. */
function inside(period: Period): Period {
  const margin = (period.to - period.from) * 0.05;
  return { from: period.from + margin, to: period.to - margin };
}
