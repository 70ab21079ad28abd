/** One walk over all alerts, however many: what of them the text report needs, in bounded memory. */
import type { Network } from '../network.ts';
import type { Alert, AttackClass, Incident } from '../types.ts';
import { type Findings, severity, WARNING } from './findings.ts';

/** Incidents the report tells in full. */
export const SHOWN = 10;
/** Alerts kept for the report. */
const KEPT = 200;

/** What the report needs of the alerts. */
export interface Digest {
  /** The worst incidents at warning or above, the worst first. */
  readonly incidents: readonly Incident[];
  /** Incidents at warning or above, all of them. */
  readonly attackers: number;
  /** The alerts of `incidents`, by id. */
  readonly byId: ReadonlyMap<string, Alert>;
  /** Alerts at warning or above. */
  readonly serious: number;
  /** Those of them by which an attacker got in, the first of them. */
  readonly entries: readonly Alert[];
  readonly entryCount: number;
  /** Alerts at warning or above that are in no shown incident, the worst first, as far as kept. */
  readonly others: readonly Alert[];
  /** Alerts below warning: title to count. */
  readonly minor: ReadonlyMap<string, number>;
  /** Networks of this site. */
  readonly own: readonly Network[];
}

/** Attacks whose success means that the attacker is inside: he holds an account, a call or money that is not his. */
const ENTRIES: ReadonlySet<AttackClass> = new Set<AttackClass>([
  'password-guessing',
  'distributed-guessing',
  'account-takeover',
  'toll-fraud',
  'billing-bypass',
  'hijack',
]);

/** True if the alert shows that the attacker got in. */
export function isEntry(alert: Alert): boolean {
  return alert.outcome === 'succeeded' && ENTRIES.has(alert.class);
}

/** Accounts an alert shows to be in the attacker's hands; empty if none is named. */
export function fallenOf(alert: Alert): readonly string[] {
  if (!isEntry(alert)) return [];
  const { fallen = [], target, subject } = alert;
  if (fallen.length > 0) return fallen;
  return [target, subject]
    .filter(({ kind }) => kind === 'account')
    .map(({ value }) => value)
    .slice(0, 1);
}

/** Walks over the alerts of the findings. */
export async function digestOf(findings: Findings): Promise<Digest> {
  const bad = findings.incidents.filter((incident) => severity(incident.level) >= WARNING).sort(worstFirst);
  const incidents = bad.slice(0, SHOWN);
  const wanted = new Set(incidents.flatMap(({ stages }) => stages.flatMap(({ alerts }) => alerts)));
  const byId = new Map<string, Alert>();
  const entries: Alert[] = [];
  const others: Alert[] = [];
  const minor = new Map<string, number>();
  let serious = 0;
  let entryCount = 0;
  for await (const alert of findings.alerts) {
    if (severity(alert.level) < WARNING) {
      if (minor.size < KEPT || minor.has(alert.title)) minor.set(alert.title, (minor.get(alert.title) ?? 0) + 1);
    } else {
      serious++;
      if (isEntry(alert) && !isTold(alert, entries) && ++entryCount <= KEPT) entries.push(alert);
      if (wanted.has(alert.id)) byId.set(alert.id, alert);
      else if (others.length < KEPT) others.push(alert);
    }
  }
  others.sort((a, b) => severity(b.level) - severity(a.level) || a.first - b.first);
  return { incidents, attackers: bad.length, byId, serious, entries, entryCount, others, minor, own: findings.own ?? [] };
}

/** What is done with an account whose fall was told before is no second entry. */
function isTold(alert: Alert, entries: readonly Alert[]): boolean {
  if (alert.class !== 'account-takeover') return false;
  const accounts = fallenOf(alert);
  return entries.some((entry) => fallenOf(entry).some((account) => accounts.includes(account)));
}

function worstFirst(a: Incident, b: Incident): number {
  return rank(b) - rank(a) || a.first - b.first || (a.id < b.id ? -1 : 1);
}

function rank(incident: Incident): number {
  return severity(incident.level) * 2 + (incident.outcome === 'succeeded' ? 1 : 0);
}
