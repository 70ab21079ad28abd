/**
 * Plays a benign day in a few minutes. The day is planned first. Then everything independent is played side by side, in an order
 * of its own, each piece in real time and told to the lab as a unit of simulated time, so that only idle gaps are stretched.
 */
import type { Lab, Scenario, Site } from '../scenario.ts';
import { playCall, playCalls, type Stage, tell } from './calls.ts';
import { type Played, play } from './capacity.ts';
import { playChain, type Step, type Stretch } from './chain.ts';
import { drawDay } from './draw.ts';
import { openFleet } from './fleet.ts';
import { HARD_NEGATIVES, type HardNegative } from './negatives.ts';
import type { DaySize, PlannedPhone } from './plan.ts';
import { MACHINE_PHONES } from './population.ts';
import { optionsSteps, registrationSteps, subscribeSteps } from './steps.ts';

/** A benign scenario of this size at a site of this kind. */
export function benignScenario(name: string, title: string, size: DaySize, kind: Site['kind'] = 'proxy'): Scenario {
  const phones = size.phones + MACHINE_PHONES;
  return {
    name,
    title,
    intensities: [{ name: `${size.phones} phones`, value: size.phones }],
    site: { kind, phones, accounts: phones, ownNonces: true },
    run: (lab) => playDay(lab, size),
  };
}

/** Share of pieces that may go wrong before the run is no benign day any more. */
const TOLERATED = 0.02;

/** What a kind of site has not: an edge that hides the topology also masks where a 302 sends callers to. */
const IMPOSSIBLE: Readonly<Partial<Record<Site['kind'], readonly string[]>>> = { 'proxy-chain': ['forward-302'] };

/** Phones that boot at once when the day begins. */
const BOOT = { together: 15, perSecond: 40, behind: 60 };

async function playDay(lab: Lab, size: DaySize): Promise<void> {
  const { number, freePhone, premium } = lab.site;
  const drawn = drawDay(size, { random: lab.random, number, free: freePhone, premium, nobody: nobodyOf(lab) });
  const impossible = IMPOSSIBLE[lab.site.kind] ?? [];
  const plan = { ...drawn, calls: drawn.calls.filter((call) => !impossible.includes(call.kind ?? '')) };
  const fleet = await openFleet(lab, plan);
  const counted = new Set<string>();
  const count = (name: HardNegative): void => {
    counted.add(name);
    lab.hardNegative(name);
  };
  const clock = (second: number): number => lab.start + Math.round((second - size.period.from) * 1e6);
  const stage: Stage = { lab, plan, fleet, clock, faults: new Map(), count, counted };
  try {
    const registrations = plan.phones.map((planned) => registrationsAndTravels(planned, stage));
    const first = registrations.map((chain) => () => chain[0]!.run());
    const booted = await play(first, { ...BOOT, signal: lab.signal });
    countNat(stage);
    const calls = playCalls(stage);
    await playChains([...registrations.map((chain) => chain.slice(1)), ...otherChains(stage)], stage);
    judge(stage, [booted, await calls]);
    await lab.sleep(500);
  } finally {
    fleet.close();
  }
}

/** Registrations of a phone; of a mover, its calls too, because they have their place among the moves. */
function registrationsAndTravels(planned: PlannedPhone, stage: Stage): Step[] {
  const { plan, fleet } = stage;
  const steps = registrationSteps(planned, fleet.phones[planned.index]!, stage);
  if (planned.role !== 'mover') return steps;
  const calls = plan.calls.filter((call) => call.from === planned.index);
  return [...steps, ...calls.map((call) => ({ at: call.at, run: () => playCall(call, stage) }))].sort((a, b) => a.at - b.at);
}

/** Keepalives, probes, subscriptions: each in an order of its own. */
function otherChains(stage: Stage): Step[][] {
  const { plan, fleet } = stage;
  return plan.phones.flatMap((planned) => {
    const phone = fleet.phones[planned.index]!;
    const watched = fleet.phones[(planned.index + 1) % plan.size.phones]!;
    return [optionsSteps(planned, phone, stage), subscribeSteps(planned, phone, watched, stage)].filter((steps) => steps.length > 0);
  });
}

/** The day until the power comes back, the storm in real time, the rest: each begins when the one before it is over. */
async function playChains(chains: readonly Step[][], stage: Stage): Promise<void> {
  const { plan, lab, faults } = stage;
  const { period, storm: seconds, stretch } = plan.size;
  const end = plan.storm + seconds;
  const share = (plan.storm - period.from) / (period.to - period.from);
  const stretches: Stretch[] = [
    { from: period.from, to: plan.storm, real: stretch * share * 1000 },
    { from: plan.storm, to: end, real: seconds * 1000 },
    { from: end, to: period.to, real: stretch * (1 - share) * 1000 },
  ];
  const failed = (fault: unknown): void => tell(faults, fault);
  for (const part of stretches) await Promise.all(chains.map((chain) => playChain(chain, part, lab.signal, failed)));
}

/** Everybody at home who registered is behind the NAT. */
function countNat({ plan, count }: Stage): void {
  for (const phone of plan.phones) if (phone.segment === 'home') count('one-nat');
}

/** @throws Error that says what went wrong, and how often, if too much did, or which hard negative did not take place. */
function judge({ lab, faults, counted }: Stage, parts: readonly Played[]): void {
  for (const { failures } of parts) for (const [text, times] of failures) faults.set(text, (faults.get(text) ?? 0) + times);
  const pieces = parts.reduce((sum, { played }) => sum + played, 0);
  const failed = [...faults.values()].reduce((sum, times) => sum + times, 0);
  const told = [...faults].map(([text, times]) => `${text} (${times})`).join('; ');
  if (failed > 0) process.stdout.write(`${failed} of ${pieces} pieces went wrong: ${told}\n`);
  if (failed > pieces * TOLERATED) throw new Error(`the benign day went wrong: ${told}`);
  const missing = Object.keys(HARD_NEGATIVES).filter((name) => !counted.has(name) && !IMPOSSIBLE[lab.site.kind]?.includes(name));
  if (missing.length > 0) throw new Error(`the benign day lacks ${missing.join(', ')}`);
}

/** An extension near the real ones that nobody has. */
function nobodyOf({ site, random }: Lab): () => string {
  const users = new Set(site.accounts.map(({ user }) => user));
  const draw = random.fork('nobody');
  return () => {
    for (;;) {
      const { user } = draw.pick(site.accounts);
      const near = `${user.slice(0, -1)}${draw.integer(0, 9)}${draw.chance(0.3) ? draw.integer(0, 9) : ''}`;
      if (!users.has(near)) return near;
    }
  };
}
