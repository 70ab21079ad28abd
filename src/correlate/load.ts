/** Reads folders of rule files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BUILTIN_RULES } from '../config.ts';
import type { Fault } from '../errors.ts';
import { nearest } from '../schema.ts';
import { type CompiledRule, compileRule, type RuleOverride } from './compile.ts';
import { raisedTypes } from './machine.ts';
import type { MoreTypes, Surroundings } from './plan.ts';

/** How rules are loaded: the profile, and what the config changes, by rule id. */
export interface LoadOptions {
  readonly profile: string;
  readonly overrides?: Readonly<Record<string, RuleOverride>>;
  /** What the config puts into lists. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Event types of other sources. */
  readonly types?: MoreTypes;
  /** The rules carry no tests: others test them. */
  readonly proven?: boolean;
}

/**
 * The text without its tests, lines kept. The tests of the rules that come with Ringfence were run when it was built, and reading
 * them is four fifths of the time a rule takes to load.
 */
function withoutTests(text: string): string {
  return text.replace(/^tests:\n(?:[ #-].*\n|\n)*/m, (tests) => tests.replace(/.+/g, ''));
}

/** A rule file before it is compiled. */
interface Source {
  readonly file: string;
  readonly text: string;
  readonly id: string;
  /** Rules that it looks at. */
  readonly needs: readonly string[];
  readonly proven: boolean;
}

/** What came of loading: rules in the order of their files, and the types that they raise (for their tests). */
export interface Loaded {
  readonly rules: CompiledRule[];
  readonly faults: Fault[];
  readonly surroundings: Surroundings;
}

/**
 * Compiles every `.yaml` file of the folders (and single files), in the order of their names; a rule that looks at another one after
 * it. Rules without a fault are there even if others have some; of two with the same id the first one stays.
 */
export function loadRules(folders: readonly string[], options: LoadOptions): Loaded {
  const overrides = options.overrides ?? {};
  const faults: Fault[] = [];
  const rules = new Map<string, CompiledRule>();
  const types = new Map(options.types);
  const surroundings = { types, lists: options.lists ?? {} };
  const sources = folders.flatMap((folder) => ruleFiles(folder, faults)).map((file) => sourceOf(file, options.proven));
  for (const source of inOrder(sources, faults)) {
    const { file, text, id, proven } = source;
    const own = Object.hasOwn(overrides, id) ? overrides[id] : undefined;
    const compiled = compileRule(text, file, options.profile, own, proven, surroundings);
    faults.push(...compiled.faults);
    const { rule } = compiled;
    const same = rule && rules.get(rule.id);
    if (same) faults.push({ code: 'rule-duplicate', where: file, message: `the id "${same.id}" is taken by ${same.file}` });
    else if (rule) {
      rules.set(rule.id, rule);
      for (const [type, fields] of raisedTypes(rule.id, rule.fields, rule.source.shape === 'absence')) types.set(type, fields);
    }
  }
  const seen = new Set(sources.map(({ id }) => id));
  for (const id of Object.keys(overrides)) if (!seen.has(id)) faults.push(unknownRule(id, seen));
  const places = new Map(sources.map(({ file }, i) => [file, i]));
  const sorted = [...rules.values()].sort((a, b) => (places.get(a.file) ?? 0) - (places.get(b.file) ?? 0));
  return { rules: sorted, faults, surroundings };
}

function sourceOf(file: string, proven = file.startsWith(BUILTIN_RULES)): Source {
  const whole = readFileSync(file, 'utf8');
  const bare = withoutTests(whole);
  const id = /^id:\s*([a-z0-9-]+)/m.exec(bare)?.[1] ?? '';
  const needs = [...bare.matchAll(/\brule\.([a-z][a-z0-9-]*)/g)].map(([, name]) => name ?? '');
  return { file, text: proven ? bare : whole, id, needs, proven };
}

/** Each rule after those it looks at; a rule that looks at itself, by whatever way, is refused. */
function inOrder(sources: readonly Source[], faults: Fault[]): Source[] {
  const ids = new Set(sources.map(({ id }) => id));
  const placed = new Set<string>();
  const order: Source[] = [];
  let left = [...sources];
  for (let before = -1; left.length > 0 && before !== order.length; ) {
    before = order.length;
    const ready = left.filter(({ needs }) => needs.every((id) => placed.has(id) || !ids.has(id)));
    left = left.filter((source) => !ready.includes(source));
    order.push(...ready);
    for (const { id } of ready) placed.add(id);
  }
  for (const { file, id, needs } of left)
    faults.push({ code: 'rule-invalid', where: file, message: `"${id}" looks at itself, by way of: ${needs.join(', ')}` });
  return order;
}

function unknownRule(id: string, known: ReadonlySet<string>): Fault {
  const near = nearest(id, known);
  const meant = near === undefined ? '' : `; did you mean "${near}"?`;
  return { code: 'config-invalid', where: `overrides.${id}`, message: `there is no rule "${id}"${meant}` };
}

function ruleFiles(path: string, faults: Fault[]): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
    if (files.length === 0) faults.push({ code: 'rule-invalid', where: path, message: 'the folder holds no rule file (.yaml)' });
    return files.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(path, name));
  } catch {
    faults.push({ code: 'rule-invalid', where: path, message: 'there is no such rule file or folder' });
    return [];
  }
}
