/** What each phone does outside its calls on a benign day: registrations, keepalives, subscriptions; and the moves of movers. */
import type { Phone } from '../agents/phone.ts';
import type { Lab, SegmentName } from '../scenario.ts';
import type { Step } from './chain.ts';
import type { HardNegative } from './negatives.ts';
import type { DayPlan, PlannedPhone, PlannedRegistration } from './plan.ts';

/** Simulated time (microseconds since 1970) of a second of the plan. */
export type Clock = (second: number) => number;

/** What steps need. */
export interface StepSources {
  readonly lab: Lab;
  readonly plan: DayPlan;
  readonly clock: Clock;
  /** Counts a hard negative. */
  readonly count: (name: HardNegative) => void;
}

/** The registrations of a phone as steps, in order. */
export function registrationSteps(planned: PlannedPhone, phone: Phone, sources: StepSources): Step[] {
  const list = sources.plan.registrations[planned.index]!;
  let moves = 0;
  return list.flatMap((one): Step[] => {
    const place: SegmentName = moves % 2 === 0 ? 'internet' : 'office';
    // Every second move takes place in a call, which registers by itself.
    if (one.what === 'move' && moves++ % 2 === 0) return [];
    return [{ at: one.at, run: () => registerOnce(one, planned, phone, place, sources) }];
  });
}

async function registerOnce(
  one: PlannedRegistration,
  planned: PlannedPhone,
  phone: Phone,
  place: SegmentName,
  sources: StepSources,
): Promise<void> {
  const { lab, plan, clock, count } = sources;
  const options = { expires: planned.expires, at: clock(one.at) };
  if (one.what === 'wrong') {
    await phone.register({ ...options, password: `${phone.account.password}1` });
    count(planned.role === 'stale-password' ? 'stale-password' : 'mistyped-password');
    return;
  }
  if (one.what === 'move') await phone.agent.moveTo(lab.segment(place));
  const status =
    one.what === 'refresh' || one.what === 'move'
      ? await phone.register(options)
      : await phone.reboot({ ...options, clears: one.what === 'star' });
  if (status !== 200) throw new Error(`REGISTER (${one.what}) from ${planned.segment}: ${status}`);
  if (one.what === 'move') count('hand-over-registration');
  if (one.what === 'star') count('contact-star');
  if (one.what === 'boot' && one.at >= plan.storm && one.at < plan.storm + plan.size.storm) count('power-cut-storm');
}

/** OPTIONS of a phone's keepalive, or of the monitoring probe. */
export function optionsSteps(planned: PlannedPhone, phone: Phone, { plan, clock, count }: StepSources): Step[] {
  const every = planned.role === 'probe' ? plan.size.probe : planned.keepalive;
  return every === 0
    ? []
    : repeated(plan, every, planned, async (at) => {
        const status = await phone.options(clock(at));
        if (status !== 200) throw new Error(`OPTIONS from ${planned.segment}: ${status}`);
        if (planned.role === 'probe') count('monitoring-probe');
      });
}

/** SUBSCRIBEs to the state of the next phone, which notifies. */
export function subscribeSteps(planned: PlannedPhone, phone: Phone, watched: Phone, { plan, clock }: StepSources): Step[] {
  if (planned.subscribe === 0) return [];
  return repeated(plan, planned.subscribe, planned, async (at) => {
    const status = await phone.subscribe('dialog', watched.account.user, clock(at));
    if (status !== 200) throw new Error(`SUBSCRIBE from ${planned.segment}: ${status}`);
  });
}

/** A step every so many seconds of the plan; phones are not in step with each other. */
function repeated(plan: DayPlan, every: number, planned: PlannedPhone, run: (at: number) => Promise<void>): Step[] {
  const { from, to } = plan.size.period;
  const steps: Step[] = [];
  for (let at = from + every * ((planned.index * 0.381966) % 1); at < to - 10; at += every) steps.push({ at, run: () => run(at) });
  return steps;
}
