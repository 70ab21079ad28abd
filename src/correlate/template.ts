/**
 * The `why` of a rule: text with `{names}` in braces, checked at load. A name is a field of the Event that belongs to the
 * Alert, or one of the computed names below. Fields of kind secret are refused: no Alert can hold one.
 */
import type { FieldKind } from '../eventfields.ts';
import { nearest } from '../schema.ts';
import type { Event } from '../types.ts';
import { makeField } from './fields.ts';

/** What an Alert knows when its text is written. Times in µs. */
export interface Facts {
  /** The last Event that belongs to it. */
  readonly event: Event;
  readonly count: number;
  /** `count` is an estimate. */
  readonly estimated: boolean;
  readonly events: number;
  readonly limit: number;
  readonly within: number;
  readonly first: number;
  readonly last: number;
}

/** A compiled `why`. */
export type Template = (facts: Facts) => string;

/** What is wrong in a template; `at` counts its characters from 0. */
export interface WrongName {
  readonly at: number;
  readonly message: string;
  readonly near: string | undefined;
}

const LONGEST = 80;

/** The computed names and what they stand for. */
export const COMPUTED: Readonly<Record<string, { readonly about: string; readonly text: (facts: Facts) => string }>> = {
  count: {
    about: 'Events, or different values, that belong to the Alert',
    text: (f) => (f.estimated ? `about ${grouped(f.count)}` : grouped(f.count)),
  },
  events: { about: 'Events that belong to the Alert', text: (f) => grouped(f.events) },
  limit: { about: 'the limit that was reached', text: (f) => grouped(f.limit) },
  within: { about: 'the time of that limit, e.g. `10 minutes`', text: (f) => durationWords(f.within) },
  span: { about: 'time from the first to the last Event', text: (f) => durationWords(f.last - f.first) },
  rate: { about: '`count` per second, minute or hour over that time', text: (f) => rateWords(f.count, f.last - f.first) },
};

/** Compiles a template, or says every name that is wrong and where. */
export function compileTemplate(
  source: string,
  fields: ReadonlyMap<string, FieldKind>,
): { template: Template; wrong: readonly WrongName[] } {
  const wrong: WrongName[] = [];
  const parts: Template[] = [];
  let end = 0;
  for (const found of source.matchAll(/\{([^{}]*)\}/g)) {
    const [whole, name = ''] = found;
    const before = source.slice(end, found.index);
    end = found.index + whole.length;
    parts.push(() => before);
    const part = partOf(name, fields);
    if (typeof part === 'function') parts.push(part);
    else wrong.push({ at: found.index + 1, ...part });
  }
  const rest = source.slice(end);
  return { template: (facts) => parts.map((part) => part(facts)).join('') + rest, wrong };
}

function partOf(name: string, fields: ReadonlyMap<string, FieldKind>): Template | { message: string; near: string | undefined } {
  if (Object.hasOwn(COMPUTED, name)) return COMPUTED[name]!.text;
  const kind = fields.get(name);
  if (kind === 'secret') return { message: `"${name}" is a secret and cannot be shown`, near: undefined };
  if (kind === undefined) return { message: `unknown name "${name}"`, near: nearest(name, [...Object.keys(COMPUTED), ...fields.keys()]) };
  const field = makeField(name, kind);
  // A log does not always tell which server it is of.
  const nothing = kind === 'address' ? 'an unknown address' : '';
  return (facts) => cut(field.text(facts.event)) || nothing;
}

function cut(value: string): string {
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`;
}

const WORDS: readonly (readonly [number, string])[] = [
  [86400e6, 'day'],
  [3600e6, 'hour'],
  [60e6, 'minute'],
  [1e6, 'second'],
];

/** `10 minutes`, `1 hour`, `2.5 seconds`, `0.02 seconds`: for people, at most three digits after rounding. */
export function durationWords(us: number): string {
  if (us === Number.POSITIVE_INFINITY) return 'one go';
  const [size, word] = WORDS.find(([unit]) => us >= unit) ?? [1e6, 'second'];
  const n = rounded(us / size);
  return `${n} ${word}${n === '1' ? '' : 's'}`;
}

function rateWords(count: number, us: number): string {
  // n Events are n - 1 intervals apart.
  const perSecond = us > 0 ? ((count - 1) * 1e6) / us : count;
  if (perSecond >= 1) return `${rounded(perSecond)} per second`;
  if (perSecond >= 1 / 60) return `${rounded(perSecond * 60)} per minute`;
  return `${rounded(perSecond * 3600)} per hour`;
}

function rounded(n: number): string {
  return n >= 100 ? grouped(Math.round(n)) : `${Number(n.toPrecision(2))}`;
}

/** `1,234,567`, for whole numbers. */
function grouped(n: number): string {
  return `${n}`.replace(/\B(?=(\d{3})+$)/g, ',');
}
