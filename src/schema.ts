/**
 * One small schema language for everything a person or a program writes to or reads from Ringfence: config, rules, the
 * analysis. From a schema come the check with file, line and column (readyaml.ts), the defaults, the example file, the
 * reference docs and the JSON Schema. (docs/decisions/: why not a library: none gives a place in the file and the nearest right word,
 * and the candidates cost 60–145 ms at start.)
 */
/** What every schema may carry. */
interface Described {
  /** One sentence for the reference docs. */
  readonly about?: string;
  /** Unit of a number, e.g. `entries`. */
  readonly unit?: string;
  /** What stands in for an absent key, written as in the file (`30s`, not microseconds). */
  readonly default?: unknown;
  /** The key may be absent, and then is absent from the result. */
  readonly optional?: true;
  /** `null` is allowed. */
  readonly nullable?: true;
}

/** An object with known keys; any other key is a fault unless `open`. */
export interface ObjectSchema extends Described {
  readonly type: 'object';
  readonly fields: Readonly<Record<string, Schema>>;
  readonly open?: true;
}

/** A schema: plain data. Durations are written `30s`, `10m`, `2h`, `1d`, `500ms` and read as µs. `any` takes plain data unread. */
export type Schema =
  | ObjectSchema
  | (Described & { readonly type: 'string'; readonly pattern?: string; readonly says?: string; readonly minLength?: number })
  | (Described & { readonly type: 'number' | 'integer'; readonly minimum?: number; readonly maximum?: number })
  | (Described & { readonly type: 'boolean' | 'any' })
  | (Described & { readonly type: 'duration'; readonly minimum?: string; readonly maximum?: string })
  | (Described & { readonly type: 'enum'; readonly values: readonly string[] })
  | (Described & { readonly type: 'array'; readonly items: Schema; readonly minItems?: number; readonly maxItems?: number })
  | (Described & { readonly type: 'map'; readonly values: Schema; readonly keys?: readonly string[] })
  | (Described & { readonly type: 'oneOf'; readonly of: readonly Schema[] });

/** The checked value of a schema. */
export type Infer<S> = S extends { readonly nullable: true } ? Bare<S> | null : Bare<S>;

type Bare<S> = S extends { readonly type: 'object'; readonly fields: infer F }
  ? { readonly [K in keyof F as F[K] extends { readonly optional: true } ? never : K]: Infer<F[K]> } & {
      readonly [K in keyof F as F[K] extends { readonly optional: true } ? K : never]?: Infer<F[K]>;
    }
  : S extends { readonly type: 'string' }
    ? string
    : S extends { readonly type: 'number' | 'integer' | 'duration' }
      ? number
      : S extends { readonly type: 'boolean' }
        ? boolean
        : S extends { readonly type: 'enum'; readonly values: readonly (infer V)[] }
          ? V
          : S extends { readonly type: 'array'; readonly items: infer I }
            ? readonly Infer<I>[]
            : S extends { readonly type: 'map'; readonly values: infer V }
              ? Readonly<Record<string, Infer<V>>>
              : S extends { readonly type: 'oneOf'; readonly of: readonly (infer O)[] }
                ? Infer<O>
                : unknown;

/** Keeps the literal types of a schema written as plain data, so that `Infer` can read them. */
export function schema<const S extends Schema>(s: S): S {
  return s;
}

const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/;
const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86400e6 };

/** µs of `30s`, `10m`, `2h`, `1d`, `500ms`, `5us`; -1 if it is none of these. */
export function parseDuration(s: string): number {
  const parts = DURATION.exec(s);
  return parts === null ? -1 : Math.round(Number(parts[1]) * UNITS[parts[2] ?? '']!);
}

/** The shortest exact way to write a duration of `us` µs, e.g. `30m`. */
export function formatDuration(us: number): string {
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNITS[unit]!;
    if (us >= size && us % size === 0) return `${us / size}${unit}`;
  }
  return `${us}us`;
}

/** The word of `words` nearest to `word` by edit distance (insert, delete, replace, swap), if one is near enough to be meant. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.max(1, Math.ceil(word.length / 3))) + 1;
  for (const candidate of words) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      row.push(d);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** Name of what a schema takes, for messages and docs. */
export function kindName(s: Schema): string {
  switch (s.type) {
    case 'oneOf':
      return s.of.map(kindName).join(' or ');
    case 'array':
      return `a list (${kindName(s.items)})`;
    case 'map':
      return 'a map';
    case 'enum':
      return 'one of the words';
    case 'integer':
      return 'a whole number';
    case 'string':
      return s.says ?? 'text';
    case 'duration':
      return 'a duration';
    case 'any':
      return 'a value';
    case 'boolean':
      return 'true or false';
    default:
      return s.type === 'object' ? 'a map' : 'a number';
  }
}

/** What a schema allows beyond its kind, in words; empty if nothing more. */
export function allowedText(s: Schema): string {
  switch (s.type) {
    case 'enum':
      return s.values.join(', ');
    case 'duration':
      return `e.g. 500ms, 30s, 10m, 2h, 1d${range(s.minimum, s.maximum)}`;
    case 'number':
    case 'integer':
      return range(s.minimum, s.maximum).slice(2);
    case 'array':
      return range(s.minItems, s.maxItems).slice(2);
    case 'object':
      return Object.keys(s.fields).join(', ');
    case 'string':
      return s.pattern ?? '';
    default:
      return '';
  }
}

function range(low: number | string | undefined, high: number | string | undefined): string {
  const least = low === undefined ? '' : `, at least ${low}`;
  return high === undefined ? least : `${least}, at most ${high}`;
}

/** JSON Schema 2020-12 of a schema; `title` and `$id` name the document. */
export function toJsonSchema(s: Schema, head: { readonly title?: string; readonly $id?: string } = {}): Record<string, unknown> {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...head, ...jsonSchema(s) };
}

function jsonSchema(s: Schema): Record<string, unknown> {
  const body = jsonBody(s);
  if (s.about !== undefined) body['description'] = s.unit === undefined ? s.about : `${s.about} (${s.unit})`;
  if (s.default !== undefined) body['default'] = s.default;
  return s.nullable ? { anyOf: [body, { type: 'null' }] } : body;
}

const defined = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).filter(([, v]) => v !== undefined));

function jsonBody(s: Schema): Record<string, unknown> {
  switch (s.type) {
    case 'object': {
      const properties = Object.fromEntries(Object.entries(s.fields).map(([name, field]) => [name, jsonSchema(field)]));
      const required = Object.keys(s.fields).filter((name) => !s.fields[name]?.optional && s.fields[name]?.default === undefined);
      return { type: 'object', properties, required, additionalProperties: s.open === true };
    }
    case 'map':
      return defined({ type: 'object', propertyNames: s.keys && { enum: s.keys }, additionalProperties: jsonSchema(s.values) });
    case 'array':
      return defined({ type: 'array', items: jsonSchema(s.items), minItems: s.minItems, maxItems: s.maxItems });
    case 'enum':
      return { enum: [...s.values] };
    case 'oneOf':
      return { anyOf: s.of.map(jsonSchema) };
    case 'any':
      return {};
    case 'duration':
      return { type: 'string', pattern: DURATION.source };
    case 'string':
      return defined({ type: 'string', pattern: s.pattern, minLength: s.minLength });
    case 'boolean':
      return { type: 'boolean' };
    default:
      return defined({ type: s.type, minimum: s.minimum, maximum: s.maximum });
  }
}
