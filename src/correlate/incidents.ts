/**
 * Alerts of one attacker become one Incident: the attack story, stage after stage. Attackers are told apart by address
 * (subjects of kind address or endpoint) or else by the subject itself. Bounded: the Incident that was silent longest is
 * forgotten first, also when all of them together hold too much, and of a very long one the Alerts between its first and its latest.
 */
import { createHash } from 'node:crypto';
import { isAddress } from '../network.ts';
import { type Alert, type Incident, LEVELS, type Outcome, type Party, STAGES, type Stage } from '../types.ts';
import { ADDRESS_REASON, ADDRESS_WEIGHT } from './attribution.ts';

/** Most Alerts, accounts and targets of one Incident. */
const MOST_ALERTS = 1000;
const MOST_NAMES = 1000;

/** What a story needs of an Alert: thousands are kept. */
type Chapter = Pick<Alert, 'id' | 'first' | 'last' | 'level' | 'outcome' | 'stage' | 'attributed'>;

interface Story {
  readonly id: string;
  readonly subject: Party;
  /** Latest version of each Alert, by id, in the order of their opening. */
  readonly alerts: Map<string, Chapter>;
  readonly accounts: Set<string>;
  readonly targets: Set<string>;
}

/** Collects Alerts and tells the Incidents they make up. */
export class Incidents {
  readonly #capacity: number;
  /** By subject, the one touched longest ago first. */
  readonly #stories = new Map<string, Story>();

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
    const { id, first, last, level, outcome, stage, attributed } = alert;
    story.alerts.set(id, { id, first, last, level, outcome, stage, attributed });
    if (story.alerts.size > MOST_ALERTS) story.alerts.delete(keyAt(story.alerts, 1));
    collectNames(story, alert);
    this.#held += sizeOf(story) - before;
    while (this.#stories.size > this.#capacity || (this.#held > this.#room && this.#stories.size > 1)) this.#forget();
  }

  /** Forgets the story that was silent longest. */
  #forget(): void {
    const key = keyAt(this.#stories, 0);
    this.#held -= sizeOf(this.#stories.get(key)!);
    this.#stories.delete(key);
  }

  /** The Incidents by the time of their first Event. */
  list(): Incident[] {
    return [...this.#stories.values()].map(incidentOf).sort((a, b) => a.first - b.first || (a.id < b.id ? -1 : 1));
  }
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
  return { id: `incident-${id}`, subject, alerts: new Map(), accounts: new Set(), targets: new Set() };
}

function sizeOf({ alerts, accounts, targets }: Story): number {
  return alerts.size + accounts.size + targets.size;
}

/** Key number `n` from 0, in the order of insertion. */
function keyAt(map: ReadonlyMap<string, unknown>, n: number): string {
  const keys = map.keys();
  for (let i = 0; i < n; i++) keys.next();
  return `${keys.next().value}`;
}

/** Accounts at risk are those whose passwords were tried, not those a scan merely named. */
function collectNames({ accounts, targets }: Story, { target, sample, fallen = [], stage }: Alert): void {
  const atRisk = stage === 'credential' || stage === 'abuse';
  for (const name of [...fallen, target.value, ...sample]) {
    const set = isAddress(name) ? targets : atRisk && name.includes('@') ? accounts : undefined;
    if (set !== undefined && set.size < MOST_NAMES) set.add(name);
  }
}

function incidentOf({ id, subject, alerts, accounts, targets }: Story): Incident {
  const list = [...alerts.values()];
  const told: Party = subject.kind === 'none' ? { kind: 'none', value: '' } : subject;
  return {
    id,
    subject: told,
    first: Math.min(...list.map(({ first }) => first)),
    last: Math.max(...list.map(({ last }) => last)),
    level: LEVELS[Math.max(...list.map(({ level }) => LEVELS.indexOf(level)))]!,
    outcome: outcomeOf(list),
    stages: STAGES.map((stage) => stageOf(stage, list)).filter(({ alerts: ids }) => ids.length > 0),
    links: list.slice(1).map((alert) => linkOf(subject, list[0]!, alert)),
    accounts: sorted(accounts),
    targets: sorted(targets),
  };
}

/** Why an Alert belongs to the first one: by an address it is as sure as the weaker of the two attributions. */
function linkOf({ kind }: Party, first: Chapter, { id, attributed }: Chapter): Incident['links'][number] {
  if (kind !== 'address') return { alert: id, reason: `same ${kind}`, weight: 1, kind: 'same actor' };
  const weaker = ADDRESS_WEIGHT[first.attributed] < ADDRESS_WEIGHT[attributed] ? first.attributed : attributed;
  return { alert: id, reason: ADDRESS_REASON[weaker], weight: ADDRESS_WEIGHT[weaker], kind: 'same actor' };
}

function outcomeOf(list: readonly Chapter[]): Outcome {
  const has = (outcome: Outcome): boolean => list.some((alert) => alert.outcome === outcome);
  return has('succeeded') ? 'succeeded' : has('failed') ? 'failed' : 'unknown';
}

function stageOf(stage: Stage, list: readonly Chapter[]): Incident['stages'][number] {
  const own = list.filter((alert) => alert.stage === stage);
  const first = Math.min(...own.map((alert) => alert.first));
  return { stage, first, last: Math.max(...own.map((alert) => alert.last)), alerts: own.map(({ id }) => id) };
}

function sorted(names: ReadonlySet<string>): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}
