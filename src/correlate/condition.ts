/**
 * Conditions compiled to closures: the tree of expression.ts is typed from the kinds of the fields it names, so that a
 * port is never compared with an address, and every wrong word is found at load.
 */
import type { FieldKind } from '../eventfields.ts';
import { contains, type Network, parseNetwork } from '../network.ts';
import { nearest } from '../schema.ts';
import type { Event } from '../types.ts';
import { ConditionFault, type Expression, type Literal, type Operator, parseCondition, type VariableValue } from './expression.ts';
import { flagOf, numberOf, textOf, typeOf } from './fields.ts';

/** What a condition may ask beside its Event. */
export interface Held {
  /** Events of the steps before, by the number of their step; an unordered sequence may not have them all. */
  readonly steps: readonly (Event | undefined)[];
  /** A rule remembers these values in that list now. */
  remembers(list: string, values: readonly string[]): boolean;
}

/** A compiled condition. */
export type Predicate = (event: Event, held?: Held) => boolean;

/** How a part of a condition reads its value. */
type Read<V> = (event: Event, held: Held) => V;

/** What names mean in a condition. */
export interface Scope {
  readonly fields: ReadonlyMap<string, FieldKind>;
  readonly variables: Readonly<Record<string, VariableValue>>;
  /** Names of the steps before, whose fields are read as `step.field`. */
  readonly steps?: readonly string[];
  /** Lists that the rule declares, with what the site put into them. */
  readonly lists?: ReadonlyMap<string, readonly string[]>;
}

/** What is wrong in a condition; `at` counts its characters from 0. */
export interface Wrong {
  readonly at: number;
  readonly message: string;
  readonly near: string | undefined;
}

type Typed =
  | { readonly type: 'number' | 'duration'; readonly get: Read<number> }
  | { readonly type: 'string' | 'address' | 'secret'; readonly get: Read<string> }
  | { readonly type: 'flag'; readonly get: Read<boolean> };

const SECONDS = 1e6;
const NOTHING: Held = { steps: [], remembers: () => false };

/** Compiles a condition, or says what is wrong where. Durations compare with fields of kind duration, which are seconds. */
export function compileCondition(source: string, scope: Scope): { readonly predicate: Predicate } | { readonly wrong: Wrong } {
  try {
    const test = flag(parseCondition(source, scope.variables), scope);
    return { predicate: (event, held = NOTHING) => test(event, held) };
  } catch (e) {
    if (!(e instanceof ConditionFault)) throw e;
    return { wrong: { at: e.at, message: e.message, near: e.near } };
  }
}

function flag(x: Expression, scope: Scope): Read<boolean> {
  const made = typed(x, scope);
  if (made.type === 'flag') return made.get;
  throw new ConditionFault(x.at, `expected true or false, received ${article(made.type)}: compare it with something`);
}

function typed(x: Expression, scope: Scope): Typed {
  switch (x.op) {
    case 'number':
      return { type: 'number', get: constant(x.value) };
    case 'duration':
      return { type: 'duration', get: constant(x.value / SECONDS) };
    case 'string':
      return { type: 'string', get: constant(x.value) };
    case 'flag':
      return { type: 'flag', get: constant(x.value) };
    case 'network':
      return addressLiteral(x.value, x.at);
    case 'list':
    case 'named-list':
      throw new ConditionFault(x.at, 'a list may stand only after "in"');
    case 'tuple':
      throw new ConditionFault(x.at, 'several values in parentheses may stand only before "in @list"');
    case 'name':
      return name(x.name, x.at, scope);
    case 'not': {
      const of = flag(x.of, scope);
      return { type: 'flag', get: (event, held) => !of(event, held) };
    }
    case 'negate': {
      const of = typed(x.of, scope);
      if (of.type !== 'number' && of.type !== 'duration')
        throw new ConditionFault(x.of.at, `expected a number, received ${article(of.type)}`);
      const { get } = of;
      return { type: of.type, get: (event, held) => -get(event, held) };
    }
    default:
      return binary(x.op, x.left, x.right, x.at, scope);
  }
}

function constant<V>(value: V): () => V {
  return () => value;
}

const article = (type: string): string => ({ address: 'an address', flag: 'true or false', string: 'a text' })[type] ?? `a ${type}`;

function name(word: string, at: number, scope: Scope): Typed {
  const kind = scope.fields.get(word);
  if (kind === undefined) throw new ConditionFault(at, `unknown field "${word}"`, nearest(word, scope.fields.keys()));
  const [step = '', field = ''] = word.split('.');
  const index = (scope.steps ?? []).indexOf(step);
  const type = typeOf(kind);
  if (index >= 0 && field !== '') return earlier(type, index, field);
  if (type === 'flag') return { type, get: flagOf(word) };
  return type === 'number' || type === 'duration' ? { type, get: numberOf(word) } : { type, get: textOf(word) };
}

/** A field of the Event of an earlier step; '', 0 or false while there is none. */
function earlier(type: ReturnType<typeof typeOf>, index: number, field: string): Typed {
  if (type === 'flag') return { type, get: ofStep(index, flagOf(field), false) };
  if (type === 'number' || type === 'duration') return { type, get: ofStep(index, numberOf(field), 0) };
  return { type, get: ofStep(index, textOf(field), '') };
}

function ofStep<V>(index: number, read: (event: Event) => V, none: V): Read<V> {
  return (_, { steps }) => {
    const event = steps[index];
    return event === undefined ? none : read(event);
  };
}

/** `x in @list`: what the site put into it, or what rules remember in it. */
function listed(left: Expression, list: string, at: number, scope: Scope): Read<boolean> {
  const entries = scope.lists?.get(list);
  if (entries === undefined) {
    const near = nearest(list, scope.lists?.keys() ?? []);
    throw new ConditionFault(at, `unknown list "@${list}": the rule names its lists under "lists"`, near && `@${near}`);
  }
  const values = (left.op === 'tuple' ? left.items : [left]).map((item) => plainText(typed(item, scope), item.at));
  const own = left.op === 'tuple' || entries.length === 0 ? undefined : siteEntries(left, entries, at, scope);
  return (event, held) =>
    (own?.(event, held) ?? false) ||
    held.remembers(
      list,
      values.map((read) => read(event, held)),
    );
}

function plainText(value: Typed, at: number): Read<string> {
  if (value.type === 'secret' || value.type === 'flag')
    throw new ConditionFault(at, `${article(value.type)} cannot be looked up in a list`);
  const { get } = value;
  return (event, held) => `${get(event, held)}`;
}

function siteEntries(left: Expression, entries: readonly string[], at: number, scope: Scope): Read<boolean> {
  const items = entries.map(
    (value): Literal => (parseNetwork(value) === undefined ? { op: 'string', value, at } : { op: 'network', value, at }),
  );
  return membership(typed(left, scope), { op: 'list', items, at }, scope);
}

function addressLiteral(text: string, at: number): Typed {
  if (text.includes('/')) throw new ConditionFault(at, `a prefix is compared with "in", as in: src in ${text}`);
  return { type: 'address', get: constant(text) };
}

function binary(op: Operator, left: Expression, right: Expression, at: number, scope: Scope): Typed {
  switch (op) {
    case 'or':
    case 'and': {
      const a = flag(left, scope);
      const b = flag(right, scope);
      return { type: 'flag', get: op === 'or' ? (e, held) => a(e, held) || b(e, held) : (e, held) => a(e, held) && b(e, held) };
    }
    case 'in':
      if (right.op === 'named-list') return { type: 'flag', get: listed(left, right.name, right.at, scope) };
      return { type: 'flag', get: membership(typed(left, scope), right, scope) };
    case '==':
    case '!=':
      return { type: 'flag', get: equality(op, typed(left, scope), typed(right, scope), left, right, at) };
    case 'contains':
    case 'startsWith':
      return { type: 'flag', get: part(op, typed(left, scope), typed(right, scope), left, right) };
    case '+':
    case '-':
    case '*':
    case '/':
      return arithmetic(op, typed(left, scope), typed(right, scope), at);
    default:
      return { type: 'flag', get: order(op, typed(left, scope), typed(right, scope), at) };
  }
}

function mismatch(what: string, a: Typed, b: Typed, at: number): never {
  throw new ConditionFault(at, `cannot ${what} ${article(a.type)} and ${article(b.type)}`);
}

function equality(op: '==' | '!=', a: Typed, b: Typed, left: Expression, right: Expression, at: number): Read<boolean> {
  const same = op === '==';
  if (a.type === 'address' || b.type === 'address') return addressEquality(same, a, b, left, right, at);
  if (a.type === 'secret' || b.type === 'secret') {
    // Whether there is a secret may decide; what it is may not.
    const other = a.type === 'secret' ? right : left;
    if (other.op !== 'string' || other.value !== '') throw new ConditionFault(other.at, "a secret is compared only with ''");
  }
  if ((a.type === 'number' || a.type === 'duration') && b.type === a.type) return compare(same, a.get, b.get);
  if (a.type === 'flag' && b.type === 'flag') return compare(same, a.get, b.get);
  if (textual(a) && textual(b)) return compare(same, a.get, b.get);
  return mismatch('compare', a, b, at);
}

function textual(x: Typed): x is Typed & { readonly type: 'string' | 'address' | 'secret' } {
  return x.type === 'string' || x.type === 'address' || x.type === 'secret';
}

function compare<V>(same: boolean, a: Read<V>, b: Read<V>): Read<boolean> {
  return same ? (event, held) => a(event, held) === b(event, held) : (event, held) => a(event, held) !== b(event, held);
}

/** Addresses in Events have one spelling each; those written in rules are brought to bytes. */
function addressEquality(same: boolean, a: Typed, b: Typed, left: Expression, right: Expression, at: number): Read<boolean> {
  const written = left.op === 'name' ? right : left;
  const field = left.op === 'name' ? a : b;
  if (!textual(a) || !textual(b)) return mismatch('compare', a, b, at);
  if (written.op === 'name') return a.type === b.type ? compare(same, a.get, b.get) : mismatch('compare', a, b, at);
  if (!textual(field) || field.type !== 'address' || (written.op !== 'string' && written.op !== 'network'))
    return mismatch('compare', a, b, at);
  const get = field.get;
  // '' asks whether there is an address at all.
  if (written.op === 'string' && written.value === '') return compare(same, get, constant(''));
  const network = networkOf(written.value, written.at);
  if (network.bits !== 128) throw new ConditionFault(written.at, `a prefix is compared with "in", as in: src in ${written.value}`);
  return (event, held) => contains(network, get(event, held)) === same;
}

function networkOf(text: string, at: number): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new ConditionFault(at, `"${text}" is no address and no prefix`);
  return network;
}

function membership(a: Typed, right: Expression, scope: Scope): Read<boolean> {
  const items = right.op === 'list' ? right.items : right.op === 'network' || right.op === 'string' ? [right] : undefined;
  if (items === undefined) throw new ConditionFault(right.at, 'after "in" stands a [list] or a prefix');
  if (a.type === 'address') {
    const { get } = a;
    const networks = items.map((item) => networkOf(`${item.value}`, item.at));
    return (event, held) => {
      const address = get(event, held);
      for (const network of networks) if (contains(network, address)) return true;
      return false;
    };
  }
  if (a.type === 'flag' || a.type === 'secret') throw new ConditionFault(right.at, `${article(a.type)} cannot be looked up in a list`);
  return among(a, items, scope);
}

function among(a: Typed, items: readonly Literal[], scope: Scope): Read<boolean> {
  const allowed = new Set<string | number | boolean>();
  for (const item of items) {
    // A text that reads as an address is still a text beside a text field.
    const value = typed(item.op === 'network' ? { op: 'string', value: item.value, at: item.at } : item, scope);
    if (value.type !== a.type) mismatch('compare', a, value, item.at);
    allowed.add(item.op === 'duration' ? item.value / SECONDS : item.value);
  }
  const { get } = a;
  return (event, held) => allowed.has(get(event, held));
}

function part(op: 'contains' | 'startsWith', a: Typed, b: Typed, left: Expression, right: Expression): Read<boolean> {
  if (a.type !== 'string') throw new ConditionFault(left.at, `"${op}" looks into a text, received ${article(a.type)}`);
  if (b.type !== 'string') throw new ConditionFault(right.at, `"${op}" looks for a text, received ${article(b.type)}`);
  const whole = a.get;
  const piece = b.get;
  if (op === 'contains') return (event, held) => whole(event, held).includes(piece(event, held));
  return (event, held) => whole(event, held).startsWith(piece(event, held));
}

function arithmetic(op: '+' | '-' | '*' | '/', a: Typed, b: Typed, at: number): Typed {
  const result = arithmeticType(op, a.type, b.type);
  if (result === undefined || !numeric(a) || !numeric(b)) return mismatch(`use "${op}" on`, a, b, at);
  const x = a.get;
  const y = b.get;
  if (op === '+') return { type: result, get: (e, held) => x(e, held) + y(e, held) };
  if (op === '-') return { type: result, get: (e, held) => x(e, held) - y(e, held) };
  if (op === '*') return { type: result, get: (e, held) => x(e, held) * y(e, held) };
  return { type: result, get: (e, held) => x(e, held) / y(e, held) };
}

function numeric(x: Typed): x is Typed & { readonly type: 'number' | 'duration' } {
  return x.type === 'number' || x.type === 'duration';
}

/** Durations add up, and are multiplied and divided by numbers. */
function arithmeticType(op: '+' | '-' | '*' | '/', a: string, b: string): 'number' | 'duration' | undefined {
  if (a === 'number' && b === 'number') return 'number';
  if (a === 'duration' && b === 'duration') return op === '+' || op === '-' ? 'duration' : op === '/' ? 'number' : undefined;
  if (a === 'duration' && b === 'number') return op === '*' || op === '/' ? 'duration' : undefined;
  return a === 'number' && b === 'duration' && op === '*' ? 'duration' : undefined;
}

function order(op: '<' | '<=' | '>' | '>=', a: Typed, b: Typed, at: number): Read<boolean> {
  if (!numeric(a) || !numeric(b) || a.type !== b.type) return mismatch(`order`, a, b, at);
  const x = a.get;
  const y = b.get;
  if (op === '<') return (event, held) => x(event, held) < y(event, held);
  if (op === '<=') return (event, held) => x(event, held) <= y(event, held);
  if (op === '>') return (event, held) => x(event, held) > y(event, held);
  return (event, held) => x(event, held) >= y(event, held);
}
