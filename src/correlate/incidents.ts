/**
 * Alerts of one attacker become one Incident: the attack story, stage after stage. Attackers are first told apart by address
 * (subjects of kind address or endpoint) or else by the subject itself; then stories of addresses that Ties bind strongly enough
 * are told as one. Bounded: the story that was silent longest is forgotten first, also when all of them together hold too much,
 * and of a very long one the Alerts between its first and its latest.
 */
import { createHash } from 'node:crypto';
import { isAddress } from '../network.ts';
import { type Alert, type Bound, type Incident, LEVELS, type Outcome, type Party, STAGES, type Stage, type Tie } from '../types.ts';
import { ADDRESS_REASON, ADDRESS_WEIGHT } from './attribution.ts';
import { Bonds, strengthOf } from './bonds.ts';
import { filings } from './taxonomy.ts';

/** Most Alerts, accounts and targets of one Incident. */
const MOST_ALERTS = 1000;
const MOST_NAMES = 1000;

/** What a story needs of an Alert: thousands are kept. */
type Chapter = Pick<Alert, 'id' | 'first' | 'last' | 'level' | 'outcome' | 'stage' | 'class' | 'attributed'>;

interface Story {
  readonly id: string;
  readonly subject: Party;
  /** Latest version of each Alert, by id, in the order of their opening. */
  readonly alerts: Map<string, Chapter>;
  readonly accounts: Set<string>;
  readonly targets: Set<string>;
  /** Addresses that an Alert about an account names as those who attacked it together. */
  readonly sources: Set<string>;
}

/** Collects Alerts and tells the Incidents they make up. */
export class Incidents {
  readonly #capacity: number;
  /** By subject, the one touched longest ago first. */
  readonly #stories = new Map<string, Story>();

  readonly #bonds = new Bonds();

  /** Alerts, accounts and targets of all stories. */
  #held = 0;
  readonly #room: number;

  /**
   * @param capacity most Incidents held.
   * @param room most Alerts, accounts and targets held in all of them together; one Incident alone may hold 3,000.
   */
  constructor(capacity = 10_000, room = 100_000) {
    this.#capacity = capacity;
    this.#room = room;
  }

  /** Takes an Alert or a later version of it. */
  add(alert: Alert): void {
    const subject = actorOf(alert);
    const key = `${subject.kind} ${subject.value}`;
    const story = this.#stories.get(key) ?? newStory(subject, alert);
    this.#stories.delete(key);
    this.#stories.set(key, story);
    const before = sizeOf(story);
    const { id, first, last, level, outcome, stage, class: kind, attributed } = alert;
    story.alerts.set(id, { id, first, last, level, outcome, stage, class: kind, attributed });
    if (story.alerts.size > MOST_ALERTS) story.alerts.delete(keyAt(story.alerts, 1));
    collectNames(story, alert);
    this.#held += sizeOf(story) - before;
    while (this.#stories.size > this.#capacity || (this.#held > this.#room && this.#stories.size > 1)) this.#forget();
  }

  /** Takes what two addresses have in common. */
  tie(tie: Tie): void {
    this.#bonds.add(tie);
  }

  /** Forgets the story that was silent longest. */
  #forget(): void {
    const key = keyAt(this.#stories, 0);
    this.#held -= sizeOf(this.#stories.get(key)!);
    this.#stories.delete(key);
  }

  /** The Incidents by the time of their first Event. */
  list(): Incident[] {
    return this.#joined()
      .map(incidentOf)
      .sort((a, b) => a.first - b.first || (a.id < b.id ? -1 : 1));
  }

  /** Stories that bonds make one: of each its members, the first one first, and the bonds by which the others were reached. */
  #joined(): Saga[] {
    const all = [...this.#stories.values()].sort((a, b) => startOf(a) - startOf(b) || (a.id < b.id ? -1 : 1));
    const byAddress = new Map(all.filter(({ subject }) => subject.kind === 'address').map((story) => [story.subject.value, story]));
    const edges = new Map<Story, Edge[]>();
    const add = (from: Story, edge: Edge): void => {
      const list = edges.get(from);
      if (list === undefined) edges.set(from, [edge]);
      else list.push(edge);
    };
    const join = (a: Story | undefined, b: Story | undefined, bound: Bound): void => {
      if (a === undefined || b === undefined) return;
      add(a, { to: b, bound });
      add(b, { to: a, bound });
    };
    for (const bond of this.#bonds.strong()) join(byAddress.get(bond.a), byAddress.get(bond.b), strengthOf(bond));
    for (const story of all) for (const source of story.sources) join(story, byAddress.get(source), together(story.subject.value));
    const told = new Set<Story>();
    return all.flatMap((story) => (told.has(story) ? [] : [sagaFrom(story, edges, told)]));
  }
}

/** What binds the sources that guess the password of one account at the same time (S3-06). */
function together(account: string): Bound {
  return { reason: `guesses the password of ${account} together with others`, weight: 0.7, kind: 'same actor' };
}

/** Another story that belongs to one, and why. */
interface Edge {
  readonly to: Story;
  readonly bound: Bound;
}

/** Stories that are told as one. */
interface Saga {
  readonly founder: Story;
  /** The others, with the story each was reached from, and why. */
  readonly joined: readonly { readonly story: Story; readonly from: Story; readonly bound: Bound }[];
}

/** All that can be reached from a story, nearest first. */
function sagaFrom(founder: Story, edges: ReadonlyMap<Story, readonly Edge[]>, told: Set<Story>): Saga {
  const joined: { story: Story; from: Story; bound: Bound }[] = [];
  told.add(founder);
  for (let i = -1; i < joined.length; i++) {
    const from = i < 0 ? founder : joined[i]!.story;
    for (const { to: story, bound } of edges.get(from) ?? []) {
      if (told.has(story)) continue;
      told.add(story);
      joined.push({ story, from, bound });
    }
  }
  return { founder, joined };
}

function startOf({ alerts }: Story): number {
  return Math.min(...[...alerts.values()].map(({ first }) => first));
}

function actorOf({ subject, id }: Alert): Party {
  if (subject.kind === 'endpoint') return { kind: 'address', value: subject.value };
  // Nobody to join with: it stays alone.
  return subject.value === '' ? { kind: 'none', value: id } : subject;
}

function newStory(subject: Party, alert: Alert): Story {
  const id = createHash('sha256')
    .update(JSON.stringify([subject, alert.id]))
    .digest('hex')
    .slice(0, 12);
  return { id: `incident-${id}`, subject, alerts: new Map(), accounts: new Set(), targets: new Set(), sources: new Set() };
}

function sizeOf({ alerts, accounts, targets, sources }: Story): number {
  return alerts.size + accounts.size + targets.size + sources.size;
}

/** Key number `n` from 0, in the order of insertion. */
function keyAt(map: ReadonlyMap<string, unknown>, n: number): string {
  const keys = map.keys();
  for (let i = 0; i < n; i++) keys.next();
  return `${keys.next().value}`;
}

/** Accounts at risk are those whose passwords were tried, not those a scan merely named. */
function collectNames({ accounts, targets, sources }: Story, { target, sample, fallen = [], stage, class: kind }: Alert): void {
  const atRisk = stage === 'credential' || stage === 'abuse';
  if (kind === 'distributed-guessing') for (const name of sample) if (isAddress(name) && sources.size < MOST_NAMES) sources.add(name);
  for (const name of [...fallen, target.value, ...sample]) {
    const set = isAddress(name) ? (sources.has(name) ? undefined : targets) : atRisk && name.includes('@') ? accounts : undefined;
    if (set !== undefined && set.size < MOST_NAMES) set.add(name);
  }
}

function incidentOf({ founder, joined }: Saga): Incident {
  const { id, subject } = founder;
  const stories = [founder, ...joined.map(({ story }) => story)];
  const list = stories.flatMap(({ alerts }) => [...alerts.values()]);
  const told: Party = subject.kind === 'none' ? { kind: 'none', value: '' } : subject;
  return {
    id,
    subject: told,
    others: joined
      .filter(({ story }) => story.subject.kind === 'address')
      .map(({ story, bound }) => ({ address: story.subject.value, ...bound })),
    first: Math.min(...list.map(({ first }) => first)),
    last: Math.max(...list.map(({ last }) => last)),
    level: LEVELS[Math.max(...list.map(({ level }) => LEVELS.indexOf(level)))]!,
    outcome: outcomeOf(list),
    stages: STAGES.map((stage) => stageOf(stage, list)).filter(({ alerts: ids }) => ids.length > 0),
    links: [...ownLinks(founder), ...joined.flatMap(({ story, from, bound }) => [joinLink(story, from, bound), ...ownLinks(story)])],
    accounts: sorted(new Set(stories.flatMap(({ accounts }) => [...accounts]))),
    targets: sorted(new Set(stories.flatMap(({ targets }) => [...targets]))),
  };
}

/** Why the Alerts of one story belong to its first one. */
function ownLinks({ subject, alerts }: Story): Incident['links'][number][] {
  const [first, ...rest] = alerts.values();
  return rest.map((alert) => linkOf(subject, first!, alert));
}

/** Why the first Alert of a story belongs to the first one of another. */
function joinLink(story: Story, from: Story, bound: Bound): Incident['links'][number] {
  return { alert: keyAt(story.alerts, 0), to: keyAt(from.alerts, 0), ...bound };
}

/** Why an Alert belongs to the first one: by an address it is as sure as the weaker of the two attributions. */
function linkOf({ kind }: Party, first: Chapter, { id, attributed }: Chapter): Incident['links'][number] {
  if (kind !== 'address') return { alert: id, to: first.id, reason: `same ${kind}`, weight: 1, kind: 'same actor' };
  const weaker = ADDRESS_WEIGHT[first.attributed] < ADDRESS_WEIGHT[attributed] ? first.attributed : attributed;
  return { alert: id, to: first.id, reason: ADDRESS_REASON[weaker], weight: ADDRESS_WEIGHT[weaker], kind: 'same actor' };
}

function outcomeOf(list: readonly Chapter[]): Outcome {
  const has = (outcome: Outcome): boolean => list.some((alert) => alert.outcome === outcome);
  return has('succeeded') ? 'succeeded' : has('failed') ? 'failed' : 'unknown';
}

function stageOf(stage: Stage, list: readonly Chapter[]): Incident['stages'][number] {
  const own = list.filter((alert) => alert.stage === stage);
  const first = Math.min(...own.map((alert) => alert.first));
  const last = Math.max(...own.map((alert) => alert.last));
  return { stage, first, last, alerts: own.map(({ id }) => id), filings: filings(own.map((alert) => alert.class)) };
}

function sorted(names: ReadonlySet<string>): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}
