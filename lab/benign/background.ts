/** The phones that go on with their lives while an attack runs: registered, calling each other and the telephone network in real time. */
import { Phone } from '../agents/phone.ts';
import type { CallPlan } from '../agents/plan.ts';
import { drawMakers, drawShape, type Shape } from '../agents/shape.ts';
import { Trunk } from '../agents/trunk.ts';
import type { Lab, SegmentName } from '../scenario.ts';

/** The phones, until they are stopped. */
export interface Background {
  readonly phones: readonly Phone[];
  /** Makes no more calls, waits for those in process, hangs up the rest. */
  stop(): Promise<void>;
}

/** Where phones are, in turn: most at work, some behind the NAT, some anywhere. */
const PLACES: readonly SegmentName[] = ['office', 'floor', 'office', 'home', 'floor', 'internet'];
/** Seconds between calls, on average. */
const GAP = 1.2;
/** Seconds of talk: the median and the longest. */
const TALK = 4;
const LONGEST = 12;

/** Registers the phones and starts their calls. @throws Error if the site refuses a phone. */
export async function background(lab: Lab, count: number): Promise<Background> {
  const random = lab.random.fork('background');
  const makers = drawMakers(random.fork('makers'));
  const trunk = await openTrunk(lab, drawShape(makers, random.fork('trunk')));
  const phones = await Promise.all(
    lab.site.accounts.slice(0, count).map(async (account, i) => {
      const segment = lab.segment(PLACES[i % PLACES.length]!);
      return await Phone.open({ lab, segment, account, shape: drawShape(makers, random.fork(`phone ${i}`)) });
    }),
  );
  const states = await Promise.all(phones.map(async (phone) => await phone.register()));
  const refused = states.find((status) => status !== 200);
  if (refused !== undefined) throw new Error(`a background phone was answered ${refused} when it registered`);
  const calls = new Calls(lab, phones, trunk);
  calls.go();
  return { phones, stop: async () => await calls.stop() };
}

/** The provider's gateway at the address that the site knows. */
async function openTrunk(lab: Lab, shape: Shape): Promise<Trunk> {
  const { trunk, proxy, domain } = lab.site;
  const setup = { lab, segment: lab.segment('trunk'), shape, random: lab.random.fork('trunk') };
  const policy = { answer: () => ({ kind: 'answer', after: 1 }) as const, hangUpAfter: () => LONGEST };
  return await Trunk.open({ ...setup, ...trunk, proxy, user: 'gateway', domain, password: '' }, policy);
}

/** Calls by Poisson arrivals until they are stopped. */
class Calls {
  readonly #lab: Lab;
  readonly #random: Lab['random'];
  readonly #phones: readonly Phone[];
  readonly #trunk: Trunk;
  readonly #open = new Set<Promise<unknown>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(lab: Lab, phones: readonly Phone[], trunk: Trunk) {
    this.#lab = lab;
    this.#random = lab.random.fork('calls');
    this.#phones = phones;
    this.#trunk = trunk;
  }

  go(): void {
    this.#timer = setTimeout(() => {
      this.#call();
      this.go();
    }, this.#random.exponential(GAP) * 1000);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const patience = new Promise((resolve) => setTimeout(resolve, (LONGEST / 2) * 1000));
    await Promise.race([Promise.allSettled(this.#open), patience]);
    for (const one of [...this.#phones, this.#trunk]) one.close();
  }

  #call(): void {
    const random = this.#random;
    const caller = random.pick(this.#phones);
    const inward = random.chance(0.3);
    const outward = !inward && random.chance(0.5);
    const called = random.pick(this.#phones.filter((phone) => phone.agent.segment !== caller.agent.segment));
    const plan = this.#plan();
    if (inward) this.#keep(this.#trunk.call(this.#lab.site.number(), caller.account.user, plan));
    else this.#keep(caller.call(outward ? this.#lab.site.number() : called.account.user, plan));
  }

  #plan(): CallPlan {
    const random = this.#random;
    const talk = Math.min(LONGEST, random.logNormal(TALK, 0.5));
    const hangup = random.pick(['caller', 'called'] as const);
    if (random.chance(0.1)) return { talk, media: 'none', answer: { kind: 'busy', after: 0.3 } };
    if (random.chance(0.15)) return { talk, media: 'none', answer: { kind: 'never' }, giveUp: 1 + random.exponential(2) };
    return { talk, media: 'full', hangup, answer: { kind: 'answer', after: 0.5 + random.exponential(1) } };
  }

  #keep(call: Promise<unknown>): void {
    this.#open.add(call);
    void call.catch(() => {}).finally(() => this.#open.delete(call));
  }
}
