/**
 * Faults in the conditions and sentences of a rule file that does not meet its schema: told at once with those of the
 * schema, so that a file need not be mended twice. Whatever cannot be judged for want of sound surroundings is left out.
 */
import type { Fault } from '../errors.ts';
import type { FieldKind } from '../eventfields.ts';
import { EVENT_NAMES, type EventName } from '../events.ts';
import type { Place } from '../readyaml.ts';
import { compileCondition, type Wrong } from './condition.ts';
import type { VariableValue } from './expression.ts';
import { fieldsOf } from './fields.ts';
import { compileTemplate } from './template.ts';

type Path = readonly (string | number)[];
type Plain = Readonly<Record<string, unknown>>;
type Locate = (path: Path, at?: number) => Place;

/** Text in a rule file, where it stands, and the Events it speaks of. */
interface Piece {
  readonly path: Path;
  readonly source: unknown;
  readonly on: unknown;
  readonly sentence?: boolean;
}

/**
 * The faults, in the order of the file.
 * @param raw the YAML as it was read, unchecked.
 */
export function unsoundFaults(raw: unknown, file: string, locate: Locate): Fault[] {
  if (!isPlain(raw)) return [];
  const variables = variablesOf(raw['variables']);
  return piecesOf(raw).flatMap(({ path, source, on, sentence = false }) => {
    const fields = fieldsAt(on);
    if (fields === undefined || typeof source !== 'string') return [];
    return wrongs(source, fields, variables, sentence).map(({ at, message, near }) => {
      const { line, column, offset } = locate(path, at);
      const meant = near === undefined ? '' : `; did you mean "${near}"?`;
      return { code: 'rule-invalid' as const, where: `${file}:${line}:${column}`, offset, message: message + meant };
    });
  });
}

function piecesOf(raw: Plain): Piece[] {
  const { on, where, except, why } = raw;
  const success = isPlain(raw['success']) ? raw['success'] : {};
  const profiles = isPlain(raw['profiles']) ? raw['profiles'] : {};
  const then = success['on'];
  return [
    { path: ['where'], source: where, on },
    ...(Array.isArray(except) ? except : []).map((source: unknown, i) => ({ path: ['except', i], source, on })),
    ...Object.entries(profiles).map(([name, profile]) => {
      return { path: ['profiles', name, 'where'], source: isPlain(profile) ? profile['where'] : undefined, on };
    }),
    { path: ['success', 'where'], source: success['where'], on: then },
    { path: ['success', 'why'], source: success['why'], on: then, sentence: true },
    { path: ['why'], source: why, on, sentence: true },
  ];
}

function wrongs(
  source: string,
  fields: ReadonlyMap<string, FieldKind>,
  variables: Readonly<Record<string, VariableValue>> | undefined,
  sentence: boolean,
): readonly Pick<Wrong, 'at' | 'message' | 'near'>[] {
  if (sentence) return compileTemplate(source, fields).wrong;
  // What a variable is cannot be said while one of them is at fault.
  if (variables === undefined && source.includes('$')) return [];
  const made = compileCondition(source, { fields, variables: variables ?? {} });
  return 'wrong' in made ? [made.wrong] : [];
}

/** Fields of the Events that are named; undefined if one of them does not exist. */
function fieldsAt(on: unknown): ReadonlyMap<string, FieldKind> | undefined {
  const list: unknown[] = Array.isArray(on) ? on : [on];
  const names = list.filter((name): name is EventName => EVENT_NAMES.some((known) => known === name));
  return names.length === 0 || names.length < list.length ? undefined : fieldsOf(names);
}

/** Values of the variables; undefined if one of them has none that a condition could use. */
function variablesOf(raw: unknown): Record<string, VariableValue> | undefined {
  if (raw === undefined) return {};
  if (!isPlain(raw)) return undefined;
  const entries: [string, VariableValue][] = [];
  for (const [name, variable] of Object.entries(raw)) {
    const value = isPlain(variable) ? variable['value'] : undefined;
    if (!isValue(value)) return undefined;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

function isValue(x: unknown): x is VariableValue {
  if (Array.isArray(x)) return x.every((item) => typeof item === 'string' || typeof item === 'number');
  return typeof x === 'string' || typeof x === 'number' || typeof x === 'boolean';
}

function isPlain(x: unknown): x is Plain {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}
