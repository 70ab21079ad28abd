/**
 * E2-2: calls in which addresses change for good reasons (NAT, a proxy chain that hides who is behind it, mobility, several interfaces,
 * forking), and each kind again with forged BYEs among them, at equal conditions: a rule that compares bare addresses cries at both.
 */
import type { Account, CampaignHandle, Intensity, Lab, Scenario, SegmentName, SiteWish } from '../../scenario.ts';
import { Actor, type Endpoint, type Request, unlabelled } from '../senders/actor.ts';
import { Answerer } from '../senders/answerer.ts';
import { nextHop, spareAccount, within } from '../senders/dial.ts';
import { type Lived, type Notice, type Places, Roamer } from './roamer.ts';

/** One reason for which addresses change. */
interface Kind {
  readonly name: string;
  readonly why: string;
  readonly site: 'proxy' | 'proxy-chain';
  readonly places: Places;
  readonly notices: readonly Notice[];
  /** Telephones that ring for one account. */
  readonly forks: number;
}

const stay: Places = { first: 'office', second: 'office', sameAddress: true, apart: false, enrols: 'first' };
const KINDS: readonly Kind[] = [
  {
    name: 'nat',
    why: 'callers behind NAT whose ports change',
    site: 'proxy',
    places: { ...stay, first: 'home', second: 'home' },
    notices: ['none', 'none', 'INVITE'],
    forks: 1,
  },
  {
    name: 'proxy-chain',
    why: 'a chain of proxies that hides the topology',
    site: 'proxy-chain',
    places: stay,
    notices: ['none', 'INVITE', 'UPDATE'],
    forks: 1,
  },
  {
    name: 'mobility',
    why: 'callers who go from Wi-Fi to LTE and back',
    site: 'proxy',
    places: { first: 'office', second: 'internet', sameAddress: false, apart: false, enrols: 'moving' },
    notices: ['INVITE', 'INVITE', 'UPDATE', 'none'],
    forks: 1,
  },
  {
    name: 'interfaces',
    why: 'callers with several interfaces',
    site: 'proxy',
    places: { first: 'office', second: 'floor', sameAddress: false, apart: true, enrols: 'first' },
    notices: ['none', 'none', 'UPDATE'],
    forks: 1,
  },
  { name: 'forking', why: 'accounts with three telephones', site: 'proxy', places: stay, notices: ['none'], forks: 3 },
];

/** Accounts of the answering side, then of the callers. */
const CALLED = 4;
const CALLERS = 16;

/** Benign ones, then the same with forged BYEs. */
export const TWINS: readonly Scenario[] = [...KINDS.map((kind) => twin(kind, false)), ...KINDS.map((kind) => twin(kind, true))];

function twin(kind: Kind, attacked: boolean): Scenario {
  const site: SiteWish = { kind: kind.site, phones: 4 };
  const intensities = [40, 200].map((value) => ({ name: `${value} dialogs`, value }));
  const run = (lab: Lab, intensity: Intensity): Promise<void> => play(lab, intensity, kind, attacked);
  const common = { intensities, site, proof: 'hashes', run } as const;
  if (!attacked) return { ...common, name: `twin-${kind.name}`, title: `Benign: ${kind.why}` };
  return { ...common, name: `teardown-${kind.name}`, title: `Forged BYEs among ${kind.why}`, attack: 'A17' };
}

async function play(lab: Lab, intensity: Intensity, kind: Kind, attacked: boolean): Promise<void> {
  const accounts = Array.from({ length: CALLED + CALLERS }, (_, i) => spareAccount(lab, i));
  const called = await Promise.all(accounts.slice(0, CALLED).map((account) => answerers(lab, account, kind.forks)));
  const callers = await Promise.all(accounts.slice(CALLED).map((account, i) => Roamer.open(lab, account, placesOf(kind, i))));
  const attack = attacked ? await Attack.open(lab, intensity) : undefined;
  const ahead = lab.start - lab.now();
  const world: World = { lab, kind, attack, now: () => lab.now() + ahead };
  let left = intensity.value;
  const lines = callers.map(async (caller) => {
    await lab.sleep(lab.random.exponential(300));
    while (left-- > 0) {
      await one(world, caller, lab.random.pick(called));
      await lab.sleep(lab.random.exponential(150));
    }
  });
  await Promise.all(lines);
  await lab.sleep(500);
  attack?.end();
  for (const each of [...called.flat(), ...callers]) each.close();
}

/** Of the telephones with several interfaces every other registers through both (RFC 5626). */
function placesOf({ places }: Kind, i: number): Places {
  return places.apart && i % 2 === 1 ? { ...places, enrols: 'both' } : places;
}

/** What the calls of a run share. */
interface World {
  readonly lab: Lab;
  readonly kind: Kind;
  readonly attack: Attack | undefined;
  /** Simulated time, some seconds early: the set-up of the run is not in it. */
  now(): number;
}

/** The telephones of one account: one of them answers, the others only ring. */
async function answerers(lab: Lab, account: Account, count: number): Promise<Answerer[]> {
  const where: readonly SegmentName[] = ['floor', 'internet', 'office'];
  const list = Array.from({ length: count }, (_, i) => {
    const rings = i === 0 ? lab.random.integer(80, 250) : -1;
    return Answerer.open(lab, unlabelled, where[i % where.length] ?? 'floor', account, { rings, talks: 30_000 });
  });
  return await Promise.all(list);
}

/** One call with a change in it. */
async function one(world: World, caller: Roamer, called: readonly Answerer[]): Promise<void> {
  const { lab, kind, attack } = world;
  const answerer = called[0];
  if (answerer === undefined) return;
  const start = world.now();
  const lived = await caller.call(answerer.account.user, lab.random.pick(kind.notices), lab.random.integer(250, 600));
  if (lived === undefined) return;
  if (attack?.wants() === true) await attack.tearDown(lived, caller, answerer);
  else lab.hardNegative(`address-change-${kind.name}`);
  await caller.hangUp(lived);
  const { callId } = lived.call;
  const record = {
    callId,
    from: caller.account.user,
    to: answerer.account.user,
    start,
    answer: lived.answered + start,
    end: world.now(),
    status: 200,
  };
  lab.call({ ...record, media: 'full', kind: `address-change-${kind.name}` });
}

/** The forger of BYEs: in the path, so he knows tags and CSeq; half of them bear the caller's address. */
class Attack {
  readonly #lab: Lab;
  readonly #campaign: CampaignHandle;
  readonly #actor: Actor;
  readonly #every: number;
  readonly #targets: string[] = [];
  readonly #spoofed: string[];
  #seen = 0;
  #torn = 0;

  private constructor(lab: Lab, campaign: CampaignHandle, actor: Actor, spoofed: string[], every: number) {
    this.#spoofed = spoofed;
    this.#lab = lab;
    this.#campaign = campaign;
    this.#actor = actor;
    this.#every = every;
  }

  static async open(lab: Lab, intensity: Intensity): Promise<Attack> {
    const spoofed: string[] = [];
    const about = {
      attack: 'A17',
      classes: ['teardown', 'anomaly'],
      stage: 'disrupt',
      intensity: intensity.name,
      targets: [],
      spoofed,
    } as const;
    const campaign = lab.campaign(about);
    return new Attack(lab, campaign, await Actor.open(lab, campaign, 'attack'), spoofed, intensity.value > 100 ? 12 : 6);
  }

  /** Whether this call is to be torn down. */
  wants(): boolean {
    return this.#seen++ % this.#every === 2;
  }

  /** Sends the BYE in the caller's name; the caller knows nothing of it and talks on for some seconds. */
  async tearDown({ call }: Lived, caller: Roamer, answerer: Answerer): Promise<void> {
    this.#targets.push(call.callId);
    const bye = within(call, 'BYE', 2);
    if (this.#targets.length % 2 === 0) await this.#actor.ask(bye, nextHop(call));
    else await this.#forge(bye, nextHop(call), caller.place);
    if (!answerer.holds(call.callId)) this.#torn++;
    await this.#lab.sleep(this.#lab.random.integer(3_000, 5_000));
  }

  /** Sends it with the caller's address; nobody hears the answer. */
  async #forge(bye: Request, to: Endpoint, { address, port }: Endpoint): Promise<void> {
    if (!this.#spoofed.includes(address)) this.#spoofed.push(address);
    const mask = await this.#lab.segment('attack').forger(address, port);
    const via = `SIP/2.0/UDP ${address}:${port};branch=${this.#actor.branch()};rport`;
    this.#campaign.send(mask, this.#actor.compose({ ...bye, via }), to, bye.callId);
    await this.#lab.sleep(400);
    mask.close();
  }

  end(): void {
    this.#campaign.end(this.#torn > 0 ? 'succeeded' : 'failed', { targets: this.#targets, attackers: [this.#actor.address] });
    this.#actor.close();
  }
}
