/** Calls of people to service numbers: free phone often, premium rate of their own country now and then. */
import type { Random } from '../random.ts';
import type { PlannedCall, PlanSources } from './plan.ts';

/** Of the calls of people to numbers, the share that goes to each kind of service. */
const FREE = 0.02;
const PREMIUM = 0.003;

/** Calls of each kind that even the smallest day has: one may fail. */
const LEAST = 2;

/** Premium calls of one account in a day. */
const MOST = 2;

/** The same calls, some of them to services in place of subscribers. */
export function dealServices(calls: readonly PlannedCall[], random: Random, { free, premium }: PlanSources): PlannedCall[] {
  const fit = random.shuffle(calls.flatMap((call, i) => (plain(call) ? [i] : [])));
  const count = (share: number): number => Math.max(LEAST, Math.round(share * fit.length));
  const dealt = new Map<number, PlannedCall>();
  const spent = new Map<PlannedCall['from'], number>();
  const dear = fit.filter((i) => {
    const mine = (spent.get(calls[i]!.from) ?? 0) + 1;
    spent.set(calls[i]!.from, mine);
    return mine <= MOST;
  });
  for (const i of dear.slice(0, count(PREMIUM))) dealt.set(i, { ...calls[i]!, to: { number: premium() }, kind: 'premium-call' });
  const others = fit.filter((i) => !dealt.has(i));
  for (const i of others.slice(0, count(FREE))) dealt.set(i, { ...calls[i]!, to: { number: free() }, kind: 'free-phone' });
  return calls.map((call, i) => dealt.get(i) ?? call);
}

/** A call of a person to a subscriber of the telephone network in which nothing unusual happens. */
function plain({ from, to, kind, twists }: PlannedCall): boolean {
  return from !== 'trunk' && 'number' in to && kind === undefined && twists.length === 0;
}
