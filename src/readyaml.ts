/**
 * Reads a YAML (or JSON) text under a schema: the value with its defaults, or every fault with its place in the file.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import type { ErrorCode, Fault } from './errors.ts';
import { allowedText, type Infer, kindName, nearest, type ObjectSchema, parseDuration, type Schema } from './schema.ts';

/** A place in a file; lines and columns count from 1, the offset from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A fault in a file a person wrote. `where` is `file:line:column`; `message` says it all in one line. */
export interface SchemaFault extends Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly received: string;
  /** What may stand there, in words; empty where nothing may. */
  readonly allowed: string;
  /** The right word that is nearest to the one received. */
  readonly nearest?: string;
}

/** Outcome of `check`: a deeply frozen value, or faults; `locate` finds any part of the document again. */
export interface Checked<T> {
  readonly value: T | undefined;
  readonly faults: readonly SchemaFault[];
  /** What the document says, unchecked; undefined if it is no YAML. */
  readonly raw: () => unknown;
  /** The place of a part of the document (of its nearest parent, if absent) and, in a string, of its character `at`. */
  readonly locate: (path: readonly (string | number)[], at?: number) => Place;
}

/**
 * Checks YAML (or JSON) text against a schema. All faults are found, not just the first; the value is there only if there
 * is none. `code` is the error code its faults carry.
 */
export function check<S extends Schema>(s: S, text: string, file: string, code?: ErrorCode): Checked<Infer<S>>;
export function check(s: Schema, text: string, file: string, code: ErrorCode = 'config-invalid'): Checked<unknown> {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const checker = new Checker(doc, lines, text, file, code);
  for (const e of [...doc.errors, ...doc.warnings]) checker.fault(e.pos[0], e.message, '', '');
  const value = checker.faults.length === 0 ? checker.read(s, doc.contents ?? doc.createNode({}), 0) : undefined;
  return {
    value: checker.faults.length === 0 ? value : undefined,
    faults: checker.faults,
    raw: () => (doc.errors.length > 0 ? undefined : plain(doc)),
    locate: (path, at = 0) => checker.locate(path, at),
  };
}

/** Aliases may stand for more than anyone can hold: then it says nothing. */
function plain(doc: Document): unknown {
  try {
    return doc.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** One walk over a document: collects faults and builds the frozen value. */
class Checker {
  readonly faults: SchemaFault[] = [];
  readonly #doc: Document;
  readonly #lines: LineCounter;
  readonly #text: string;
  readonly #file: string;
  readonly #code: ErrorCode;

  constructor(doc: Document, lines: LineCounter, text: string, file: string, code: ErrorCode) {
    this.#doc = doc;
    this.#lines = lines;
    this.#text = text;
    this.#file = file;
    this.#code = code;
  }

  fault(offset: number, what: string, received: string, allowed: string, near?: string): undefined {
    const { line, column } = this.place(offset);
    const message = `${what}${near === undefined ? '' : `; did you mean "${near}"?`}${allowed === '' ? '' : ` (allowed: ${allowed})`}`;
    const where = `${this.#file}:${line}:${column}`;
    const fault = { code: this.#code, where, file: this.#file, line, column, offset, message, received, allowed };
    this.faults.push(near === undefined ? fault : { ...fault, nearest: near });
    return undefined;
  }

  place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), offset };
  }

  read(s: Schema, given: Node | null, parent: number): unknown {
    const node = isAlias(given) ? (given.resolve(this.#doc) ?? null) : given;
    const at = given?.range?.[0] ?? parent;
    if (s.nullable && (node === null || (isScalar(node) && node.value === null))) return null;
    if (s.type === 'oneOf') return this.#oneOf(s.of, given, at);
    if (s.type === 'object' && isMap(node)) return this.#object(s, node.items, at);
    if (s.type === 'map' && isMap(node)) return this.#map(s, node.items, at);
    if (s.type === 'array' && isSeq(node)) return this.#array(s, node.items, at);
    if (s.type === 'any') return deepFreeze(node?.toJS(this.#doc) ?? null);
    if (isScalar(node)) {
      const value = readScalar(s, node);
      if (value !== undefined) return value;
    }
    const received = shown(node);
    const near = s.type === 'enum' ? nearest(received, s.values) : undefined;
    return this.fault(at, `expected ${kindName(s)}, received ${quoted(received)}`, received, allowedText(s), near);
  }

  #oneOf(of: readonly Schema[], given: Node | null, at: number): unknown {
    const known = this.faults.length;
    const attempts: SchemaFault[][] = [];
    for (const s of of) {
      const value = this.read(s, given, at);
      const faults = this.faults.splice(known);
      if (faults.length === 0) return value;
      attempts.push(faults);
    }
    // A fault further inside means that this alternative was the one meant.
    const inside = attempts.find((faults) => faults.some((f) => f.offset > at));
    if (inside !== undefined) {
      this.faults.push(...inside);
      return undefined;
    }
    const received = shown(given);
    const near = nearest(
      received,
      of.flatMap((s) => (s.type === 'enum' ? s.values : [])),
    );
    return this.fault(
      at,
      `expected ${of.map(kindName).join(' or ')}, received ${quoted(received)}`,
      received,
      of.map(allowedText).filter(Boolean).join('; '),
      near,
    );
  }

  #object(s: ObjectSchema, items: Pairs, at: number): unknown {
    const entries: [string, unknown][] = [];
    const seen = new Set<string>();
    for (const { key, value } of items) {
      const name = shown(key);
      const field = Object.hasOwn(s.fields, name) ? s.fields[name] : undefined;
      seen.add(name);
      if (field !== undefined) entries.push([name, this.read(field, asNode(value), offsetOf(key, at))]);
      else if (s.open) entries.push([name, this.read({ type: 'any' }, asNode(value), offsetOf(key, at))]);
      else this.#unknownKey(name, Object.keys(s.fields), offsetOf(key, at));
    }
    for (const [name, field] of Object.entries(s.fields)) {
      if (seen.has(name)) continue;
      if (field.default !== undefined) entries.push([name, this.read(field, this.#doc.createNode(field.default), at)]);
      else if (!field.optional) this.fault(at, `"${name}" is missing`, '', `"${name}": ${kindName(field)}`);
    }
    return Object.freeze(Object.fromEntries(entries));
  }

  #map(s: Schema & { type: 'map' }, items: Pairs, at: number): unknown {
    const entries: [string, unknown][] = [];
    for (const { key, value } of items) {
      const name = shown(key);
      if (s.keys !== undefined && !s.keys.includes(name)) this.#unknownKey(name, s.keys, offsetOf(key, at));
      else entries.push([name, this.read(s.values, asNode(value), offsetOf(key, at))]);
    }
    return Object.freeze(Object.fromEntries(entries));
  }

  #array(s: Schema & { type: 'array' }, items: readonly unknown[], at: number): unknown {
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = s;
    if (items.length < minItems || items.length > maxItems)
      this.fault(at, `expected ${kindName(s)}, received ${items.length} entries`, `${items.length} entries`, allowedText(s));
    return Object.freeze(items.map((item) => this.read(s.items, asNode(item), at)));
  }

  #unknownKey(name: string, known: readonly string[], at: number): void {
    this.fault(at, `unknown key "${name}"`, name, known.join(', '), nearest(name, known));
  }

  locate(path: readonly (string | number)[], at: number): Place {
    let node: unknown = this.#doc.contents;
    let offset = offsetOf(node, 0);
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#doc);
      const pair = isMap(node) ? node.items.find((p) => shown(p.key) === `${step}`) : undefined;
      if (pair === undefined && !isSeq(node)) break;
      node = pair === undefined ? (isSeq(node) ? node.items[Number(step)] : undefined) : pair.value;
      offset = offsetOf(node, offsetOf(pair?.key, offset));
    }
    return this.place(isScalar(node) && typeof node.value === 'string' ? this.#inside(node, node.value, offset, at) : offset);
  }

  /** Offset of character `at` of a string in the text, whatever its YAML style: blanks may fold, all else stands as written. */
  #inside(node: Scalar, value: string, offset: number, at: number): number {
    let left = value.slice(0, at).replace(/\s/g, '').length;
    const text = this.#text;
    let i = offset;
    if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') i = text.indexOf('\n', i) + 1;
    else if (node.type !== 'PLAIN') i++;
    for (; i < text.length; i++) {
      if (/\s/.test(text[i]!)) continue;
      if (left-- === 0) break;
    }
    return i;
  }
}

type Pairs = readonly { readonly key: unknown; readonly value: unknown }[];

const asNode = (x: unknown): Node | null => (isMap(x) || isSeq(x) || isScalar(x) || isAlias(x) ? x : null);
const offsetOf = (x: unknown, parent: number): number => asNode(x)?.range?.[0] ?? parent;
const quoted = (received: string): string => (/^(map|list) of \d+$|^nothing$/.test(received) ? received : `"${received}"`);

function shown(x: unknown): string {
  if (isMap(x)) return `map of ${x.items.length}`;
  if (isSeq(x)) return `list of ${x.items.length}`;
  if (isAlias(x)) return `*${x.source}`;
  if (!isScalar(x) || x.value === null) return 'nothing';
  return typeof x.value === 'string' ? x.value : (x.source ?? `${x.value}`);
}

/** The value of a scalar under a scalar schema; undefined if it does not fit. */
function readScalar(s: Schema, node: Scalar): unknown {
  const { value } = node;
  switch (s.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'enum':
      return s.values.find((v) => v === shown(node));
    case 'number':
    case 'integer': {
      const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = s;
      if (typeof value !== 'number' || (s.type === 'integer' && !Number.isSafeInteger(value))) return undefined;
      return value >= minimum && value <= maximum ? value : undefined;
    }
    case 'duration': {
      const us = typeof value === 'string' ? parseDuration(value) : -1;
      return us >= parseDuration(s.minimum ?? '0s') && (s.maximum === undefined || us <= parseDuration(s.maximum)) ? us : undefined;
    }
    case 'string': {
      // `name: 007` and `seed: 1234` are meant as written.
      const words = value === null ? '' : shown(node);
      return words.length >= (s.minLength ?? 0) && (s.pattern === undefined || new RegExp(s.pattern, 'u').test(words)) ? words : undefined;
    }
    default:
      return undefined;
  }
}

function deepFreeze(x: unknown): unknown {
  if (typeof x === 'object' && x !== null) Object.values(Object.freeze(x)).forEach(deepFreeze);
  return x;
}
