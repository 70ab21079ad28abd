/** What two sets of rules make of the same Events: Alert by Alert, and who is accused by the one and not by the other. */
import { type Alert, LEVELS, type Level } from '../types.ts';

/** Most different Alerts kept of one set. */
const MOST = 100_000;

/** An Alert in its last version, and when it was told first. */
export interface Told {
  readonly alert: Alert;
  /** µs when it was opened. */
  readonly opened: number;
}

/** An Alert that both sets tell, and not in the same way. */
export interface Changed {
  readonly before: Told;
  readonly after: Told;
}

/** How the Alerts of two sets differ. */
export interface Difference {
  readonly added: readonly Told[];
  readonly gone: readonly Told[];
  readonly changed: readonly Changed[];
  /** Alerts that are the same. */
  readonly same: number;
  /** Subjects with an Alert at `warning` or above after and none before, and the other way round. */
  readonly accused: readonly string[];
  readonly cleared: readonly string[];
}

/** Collects the Alerts of one set. */
export class Verdict {
  /** Alerts that there was no room for. */
  left = 0;
  readonly #told = new Map<string, Told>();

  /** Takes a version of an Alert. */
  add(alert: Alert): void {
    const known = this.#told.get(alert.id);
    if (known === undefined && this.#told.size >= MOST) {
      if (alert.state === 'open') this.left++;
    } else this.#told.set(alert.id, { alert, opened: known?.opened ?? alert.time });
  }

  /** All of them, in the order in which they were told first. */
  list(): Told[] {
    return [...this.#told.values()];
  }
}

/** Compares two sets. Alerts are the same story if they have one id, or else one rule, subject and target, and times that meet. */
export function differenceOf(before: readonly Told[], after: readonly Told[]): Difference {
  const byId = new Map(before.map((told) => [told.alert.id, told]));
  const byStory = new Map<string, Told[]>();
  for (const told of before) {
    const list = byStory.get(storyOf(told));
    if (list === undefined) byStory.set(storyOf(told), [told]);
    else list.push(told);
  }
  const left = new Set(before);
  const added: Told[] = [];
  const changed: Changed[] = [];
  let same = 0;
  // Those with the same id first, so that no other takes their place.
  const others = after.filter((told) => {
    const twin = byId.get(told.alert.id);
    if (twin === undefined) return true;
    left.delete(twin);
    if (alike(twin, told)) same++;
    else changed.push({ before: twin, after: told });
    return false;
  });
  for (const told of others) {
    const twin = byStory.get(storyOf(told))?.find((each) => left.has(each) && meet(each.alert, told.alert));
    if (twin === undefined) added.push(told);
    else changed.push({ before: twin, after: told });
    if (twin !== undefined) left.delete(twin);
  }
  const guiltyBefore = guilty(before);
  const guiltyAfter = guilty(after);
  return {
    added,
    gone: [...left],
    changed,
    same,
    accused: [...guiltyAfter].filter((who) => !guiltyBefore.has(who)),
    cleared: [...guiltyBefore].filter((who) => !guiltyAfter.has(who)),
  };
}

function storyOf({ alert: { rule, subject, target } }: Told): string {
  return JSON.stringify([rule, subject.value, target.value]);
}

function meet(a: Alert, b: Alert): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function alike(a: Told, b: Told): boolean {
  const key = ({ opened, alert }: Told): string =>
    [opened, alert.level, alert.outcome, alert.state, alert.count, alert.first, alert.last].join(' ');
  return key(a) === key(b);
}

function guilty(all: readonly Told[]): Set<string> {
  const bad = (level: Level): boolean => LEVELS.indexOf(level) >= LEVELS.indexOf('warning');
  return new Set(all.filter(({ alert }) => bad(alert.level) && alert.subject.value !== '').map(({ alert }) => alert.subject.value));
}
