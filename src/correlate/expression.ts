/**
 * The syntax of conditions: text to a tree with places. Lowest to highest: `or`, `and`, `not`, comparison (== != < <= >
 * >= in, not in, contains, startsWith; not chained), `+ -`, `* /`, unary `-`. Operands: numbers, durations (`30s`), texts in
 * quotes, true and false, addresses and prefixes, `[lists]`, fields, `step.fields`, `$variables`, `@lists` of the site or of
 * what rules remember; `(a, b) in @list` looks up several values together.
 */

import { parseNetwork } from '../network.ts';
import { nearest, parseDuration } from '../schema.ts';

/** Operators between two operands. */
export type Operator = 'or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'contains' | 'startsWith' | '+' | '-' | '*' | '/';

/** A value written in a condition; durations are µs here. */
export type Literal =
  | { readonly op: 'number' | 'duration'; readonly value: number; readonly at: number }
  | { readonly op: 'string' | 'network'; readonly value: string; readonly at: number }
  | { readonly op: 'flag'; readonly value: boolean; readonly at: number };

/** A condition as a tree; `at` is the character it begins with (for operators: the operator). */
export type Expression =
  | Literal
  | { readonly op: 'list'; readonly items: readonly Literal[]; readonly at: number }
  | { readonly op: 'name'; readonly name: string; readonly at: number }
  | { readonly op: 'named-list'; readonly name: string; readonly at: number }
  | { readonly op: 'tuple'; readonly items: readonly Expression[]; readonly at: number }
  | { readonly op: 'not' | 'negate'; readonly of: Expression; readonly at: number }
  | { readonly op: Operator; readonly left: Expression; readonly right: Expression; readonly at: number };

/** What a `$variable` stands for: as in a YAML file, durations and networks as text. */
export type VariableValue = number | boolean | string | readonly (string | number)[];

/** Thrown inside the condition compiler, and caught by it: what is wrong at which character. */
export class ConditionFault extends Error {
  readonly at: number;
  readonly near: string | undefined;

  constructor(at: number, message: string, near?: string) {
    super(message);
    this.at = at;
    this.near = near;
  }
}

const TOKEN =
  /(?<network>\d+\.\d+\.\d+\.\d+(?:\/\d+)?(?![\w.])|[0-9a-fA-F]*(?::[0-9a-fA-F.]*){2,}(?:\/\d+)?)|(?<duration>\d+(?:\.\d+)?(?:us|ms|s|m|h|d)\b)|(?<number>\d+(?:\.\d+)?(?![\w.]))|(?<list>@[A-Za-z][\w-]*)|(?<word>[A-Za-z]\w*\.[A-Za-z]\w*|\$?[A-Za-z]\w*)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<sign>==|!=|<=|>=|[<>+\-*/()[\],])/y;

interface Token {
  readonly kind: string;
  readonly text: string;
  readonly at: number;
}

function tokens(source: string): Token[] {
  const list: Token[] = [];
  for (let at = 0; ; ) {
    while (at < source.length && /\s/.test(source[at]!)) at++;
    if (at === source.length) {
      list.push({ kind: 'end', text: 'the end', at });
      return list;
    }
    TOKEN.lastIndex = at;
    const groups = Object.entries(TOKEN.exec(source)?.groups ?? {}).filter(([, found]) => found !== undefined);
    const [kind, text] = groups[0] ?? wrongCharacter(source, at);
    list.push({ kind, text, at });
    at += text.length;
  }
}

function wrongCharacter(source: string, at: number): never {
  const c = source[at]!;
  if (c === '=') throw new ConditionFault(at, 'received "=", equality is written "=="', '==');
  if (c === '&' || c === '|' || c === '!') throw new ConditionFault(at, `received "${c}", write and, or, not`);
  if (c === '"' || c === "'") throw new ConditionFault(at, 'this text has no closing quote');
  throw new ConditionFault(at, `received "${/^[\w.]+/.exec(source.slice(at))?.[0] ?? c}", which is no part of a condition`);
}

const COMPARISONS: readonly Operator[] = ['==', '!=', '<', '<=', '>', '>=', 'in', 'contains', 'startsWith'];
const WORDS = ['and', 'or', 'not', 'in', 'contains', 'startsWith', 'true', 'false'];

/**
 * Reads a condition. `variables` are put in place of their `$name`.
 * @throws ConditionFault with the place of what is wrong.
 */
export function parseCondition(source: string, variables: Readonly<Record<string, VariableValue>>): Expression {
  return new Parser(tokens(source), variables).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #variables: Readonly<Record<string, VariableValue>>;
  #next = 0;

  constructor(list: readonly Token[], variables: Readonly<Record<string, VariableValue>>) {
    this.#tokens = list;
    this.#variables = variables;
  }

  whole(): Expression {
    const tree = this.#or();
    const { kind, text, at } = this.#peek();
    if (kind === 'end') return tree;
    if (COMPARISONS.some((comparison) => comparison === text))
      throw new ConditionFault(at, 'comparisons cannot be chained: join them with "and"');
    throw new ConditionFault(at, `expected an operator, received "${text}"`, nearest(text, WORDS));
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(...texts: string[]): Token | undefined {
    const token = this.#peek();
    if (token.kind === 'string' || !texts.includes(token.text)) return undefined;
    this.#next++;
    return token;
  }

  #expect(text: string): void {
    const { text: received, at } = this.#peek();
    if (this.#take(text) === undefined) throw new ConditionFault(at, `expected "${text}", received "${received}"`);
  }

  #or(): Expression {
    let left = this.#and();
    for (let sign = this.#take('or'); sign !== undefined; sign = this.#take('or'))
      left = { op: 'or', left, right: this.#and(), at: sign.at };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    for (let sign = this.#take('and'); sign !== undefined; sign = this.#take('and'))
      left = { op: 'and', left, right: this.#not(), at: sign.at };
    return left;
  }

  #not(): Expression {
    const sign = this.#take('not');
    return sign === undefined ? this.#comparison() : { op: 'not', of: this.#not(), at: sign.at };
  }

  #comparison(): Expression {
    const left = this.#sum();
    const not = this.#take('not');
    if (not !== undefined) {
      const { at } = this.#peek();
      this.#expect('in');
      return { op: 'not', of: { op: 'in', left, right: this.#sum(), at }, at: not.at };
    }
    const { text, at } = this.#peek();
    const op = COMPARISONS.find((comparison) => comparison === text);
    if (op === undefined || this.#take(op) === undefined) return left;
    return { op, left, right: this.#sum(), at };
  }

  #sum(): Expression {
    let left = this.#product();
    for (let sign = this.#take('+', '-'); sign !== undefined; sign = this.#take('+', '-'))
      left = { op: sign.text === '+' ? '+' : '-', left, right: this.#product(), at: sign.at };
    return left;
  }

  #product(): Expression {
    let left = this.#operand();
    for (let sign = this.#take('*', '/'); sign !== undefined; sign = this.#take('*', '/'))
      left = { op: sign.text === '*' ? '*' : '/', left, right: this.#operand(), at: sign.at };
    return left;
  }

  #operand(): Expression {
    const token = this.#peek();
    const { kind, text, at } = token;
    this.#next++;
    if (kind === 'word') return this.#word(text, at);
    if (kind === 'list') return { op: 'named-list', name: text.slice(1), at };
    if (kind === 'sign') return this.#sign(text, at);
    if (kind === 'end') throw new ConditionFault(at, 'the condition ends too early');
    return literal(token);
  }

  #sign(text: string, at: number): Expression {
    if (text === '-') return { op: 'negate', of: this.#operand(), at };
    if (text === '[') return this.#list(at);
    if (text !== '(') throw new ConditionFault(at, `expected a value, received "${text}"`);
    const inside = this.#or();
    const items = [inside];
    while (this.#take(',') !== undefined) items.push(this.#or());
    this.#expect(')');
    return items.length === 1 ? inside : { op: 'tuple', items, at };
  }

  #list(at: number): Expression {
    const items: Literal[] = [];
    do {
      const token = this.#peek();
      if (!['string', 'number', 'duration', 'network'].includes(token.kind))
        throw new ConditionFault(token.at, `expected a number, a text in quotes or an address, received "${token.text}"`);
      this.#next++;
      items.push(literal(token));
    } while (this.#take(',') !== undefined);
    this.#expect(']');
    return { op: 'list', items, at };
  }

  #word(text: string, at: number): Expression {
    if (text.startsWith('$')) return this.#variable(text.slice(1), at);
    if (text === 'true' || text === 'false') return { op: 'flag', value: text === 'true', at };
    if (WORDS.includes(text)) throw new ConditionFault(at, `expected a value, received "${text}"`);
    return { op: 'name', name: text, at };
  }

  #variable(name: string, at: number): Expression {
    const value = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined;
    if (value === undefined) {
      const near = nearest(name, Object.keys(this.#variables));
      throw new ConditionFault(at, `unknown variable "$${name}"`, near === undefined ? undefined : `$${near}`);
    }
    if (typeof value === 'object') return { op: 'list', items: value.map((item) => valueLiteral(item, at)), at };
    return valueLiteral(value, at);
  }
}

function literal({ kind, text, at }: Token): Literal {
  switch (kind) {
    case 'number':
      return { op: 'number', value: Number(text), at };
    case 'duration':
      return { op: 'duration', value: parseDuration(text), at };
    case 'network':
      if (parseNetwork(text) === undefined) throw new ConditionFault(at, `"${text}" is no address and no prefix`);
      return { op: 'network', value: text, at };
    default:
      return { op: 'string', value: text.slice(1, -1).replace(/\\(.)/g, '$1'), at };
  }
}

function valueLiteral(value: number | boolean | string, at: number): Literal {
  if (typeof value === 'number') return { op: 'number', value, at };
  if (typeof value === 'boolean') return { op: 'flag', value, at };
  const us = parseDuration(value);
  if (us >= 0) return { op: 'duration', value: us, at };
  return parseNetwork(value) === undefined ? { op: 'string', value, at } : { op: 'network', value, at };
}
