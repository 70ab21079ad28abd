/** A31: a stolen account calls numbers that pay the thief (S4-03, S4-36): at night, one after the other or many at once. */
import type { CallPlan } from '../agents/plan.ts';
import type { Random } from '../random.ts';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { costlyRange, internationalPrefix } from './senders/numbers.ts';
import { inLines, Robot } from './senders/robot.ts';

/** How the account is used: `calls` in all, so many at a time. */
interface Use {
  readonly calls: number;
  readonly lines: number;
}

const USES: Readonly<Record<string, Use>> = {
  '12 calls/h': { calls: 12, lines: 1 },
  '4 calls/h': { calls: 8, lines: 1 },
  '60 calls/h': { calls: 40, lines: 3 },
  '10 at once': { calls: 20, lines: 10 },
  '30 at once': { calls: 60, lines: 30 },
};

/** The owner's phone stays registered and goes on calling. */
export const tollFraud: Scenario = {
  name: 'toll-fraud',
  title: 'At night a stolen account calls costly numbers, in sequence or many at once',
  attack: 'A31',
  intensities: Object.keys(USES).map((name) => ({ name, value: Number.parseInt(name, 10) })),
  proof: 'hashes',
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const use = USES[intensity.name];
  const random = lab.random.fork('fraud');
  const account = random.pick(lab.phones)?.account;
  if (use === undefined || account === undefined) throw new Error(`nobody to steal from, or no such intensity: ${intensity.name}`);
  const campaign = lab.campaign({
    attack: 'A31',
    classes: ['toll-fraud', 'account-takeover'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: [`${account.user}@${account.domain}`],
  });
  const robot = await Robot.open(lab, campaign, { segment: 'attack', account });
  const plans = drawPlans(random, use, intensity, lab.start + random.integer(1, 4) * 3600e6);
  const number = costlyRange(random);
  const prefix = internationalPrefix(random);
  const few = Array.from({ length: random.integer(1, 6) }, number);
  const records = await inLines(20, plans, async (plan) => {
    return await robot.call(`${prefix}${random.chance(0.5) ? random.pick(few) : number()}`, plan);
  });
  const answered = records.filter(({ answer }) => answer !== undefined).length;
  end(
    campaign,
    answered,
    robot.address,
    records.flatMap(({ callId, to }) => [callId, to.replace(/^sips?:|@.*$/g, '')]),
  );
  await lab.sleep(300);
  robot.close();
}

function end(campaign: CampaignHandle, answered: number, attacker: string, targets: readonly string[]): void {
  campaign.end(answered > 0 ? 'succeeded' : 'failed', { targets, attackers: [attacker] });
}

/** Calls of each line follow each other; lines start within half a minute. Most are answered, and held for as long as that pays. */
function drawPlans(random: Random, { calls, lines }: Use, { value, name }: Intensity, night: number): CallPlan[] {
  const plans: CallPlan[] = [];
  const free = Array.from({ length: lines }, () => night + random.unit() * 30e6);
  const mean = name.endsWith('/h') ? (3600 * lines) / value : 1500;
  for (let i = 0; i < calls; i++) {
    const line = i % lines;
    const start = Math.round(free[line]!);
    const talk = Math.max(5, mean * (0.5 + 0.4 * random.unit()));
    const answers = random.chance(0.85);
    const answer = answers ? ({ kind: 'answer', after: 0.3 + random.unit() } as const) : ({ kind: 'unavailable', after: 0.5 } as const);
    plans.push({ start, talk, media: 'edges', edge: 1, answer, hangup: random.chance(0.8) ? 'caller' : 'called' });
    free[line] = start + (answers ? talk : 10) * 1e6 + mean * 1e6 * 0.2 * random.exponential(1) + 5e6;
  }
  return plans;
}
