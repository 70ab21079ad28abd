/**
 * How rules read the fields of Events: closures made at load, one per field. A field that an Event does not carry (an old
 * log) reads as '', 0 or false.
 */
import { COMMON_FIELDS, type EventType, type FieldKind } from '../eventfields.ts';
import { EVENT_NAMES, EVENTS, type EventName } from '../events.ts';
import type { Key } from '../table.ts';
import type { Event } from '../types.ts';
import type { MoreTypes } from './plan.ts';

/** A field a rule names, with its readers. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Its value as text. */
  readonly text: (event: Event) => string;
  /** Appends its value to a key, so that different values give different keys. */
  readonly append: (event: Event, key: Key) => void;
}

const NUMBERS: ReadonlySet<FieldKind> = new Set(['port', 'number', 'count', 'duration', 'status']);

/** How conditions see a kind. */
export function typeOf(kind: FieldKind): 'number' | 'duration' | 'string' | 'address' | 'flag' | 'secret' {
  if (kind === 'duration' || kind === 'address' || kind === 'flag' || kind === 'secret') return kind;
  return NUMBERS.has(kind) ? 'number' : 'string';
}

const NO_MORE: MoreTypes = new Map();

/** True for a type of the catalogue. */
export function isEventName(type: string): type is EventName {
  return EVENT_NAMES.some((name) => name === type);
}

/** All fields of one type; undefined if there is no such type. */
export function fieldsOfType(type: string, more: MoreTypes = NO_MORE): ReadonlyMap<string, FieldKind> | undefined {
  if (!isEventName(type)) return more.get(type);
  const own: EventType['fields'] = EVENTS[type].fields;
  return new Map<string, FieldKind>([
    ...Object.entries(COMMON_FIELDS),
    ...Object.entries(own).map(([name, { kind }]): [string, FieldKind] => [name, kind]),
  ]);
}

/** Fields that all these types of Event have, with one kind. `more`: types beside the catalogue. */
export function fieldsOf(types: readonly string[], more: MoreTypes = NO_MORE): Map<string, FieldKind> {
  const known = new Map<string, FieldKind>(Object.entries(COMMON_FIELDS));
  const [first, ...others] = types.map((type) => fieldsOfType(type, more) ?? known);
  for (const [name, kind] of first ?? []) if (others.every((fields) => fields.get(name) === kind)) known.set(name, kind);
  return known;
}

/** Two lists of fields give keys that can be compared. */
export function compareKinds(a: readonly Field[], b: readonly Field[]): boolean {
  return a.length === b.length && a.every(({ kind }, i) => kind === b[i]?.kind);
}

/** Reader of a text field. */
export function textOf(name: string): (event: Event) => string {
  switch (name) {
    case 'src':
      return (event) => event.src;
    case 'dst':
      return (event) => event.dst;
    case 'account':
      return (event) => event.account;
    case 'callId':
      return (event) => event.callId;
    case 'origin':
      return (event) => event.origin;
    case 'via':
      return (event) => event.via;
    default:
      return (event) => {
        const value = event.data[name];
        return typeof value === 'string' ? value : '';
      };
  }
}

/** Reader of a number field. */
export function numberOf(name: string): (event: Event) => number {
  if (name === 'srcPort') return (event) => event.srcPort;
  if (name === 'dstPort') return (event) => event.dstPort;
  return (event) => {
    const value = event.data[name];
    return typeof value === 'number' ? value : 0;
  };
}

/** Reader of a flag. */
export function flagOf(name: string): (event: Event) => boolean {
  return (event) => event.data[name] === true;
}

/** A field with its readers. */
export function makeField(name: string, kind: FieldKind): Field {
  const type = typeOf(kind);
  if (type === 'number' || type === 'duration') {
    const number = numberOf(name);
    return { name, kind, text: (event) => `${number(event)}`, append: (event, key) => appendNumber(number(event), key) };
  }
  if (type === 'flag') {
    const flag = flagOf(name);
    return { name, kind, text: (event) => `${flag(event)}`, append: (event, key) => void key.addByte(flag(event) ? 1 : 0) };
  }
  const text = textOf(name);
  return { name, kind, text, append: (event, key) => void key.addString(text(event)) };
}

const number64 = new Float64Array(1);
const bytes64 = new Uint8Array(number64.buffer);

function appendNumber(value: number, key: Key): void {
  number64[0] = value;
  key.add(bytes64, 0, 8);
}
