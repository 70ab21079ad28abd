/** Reads folders of rule files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BUILTIN_RULES } from '../config.ts';
import type { Fault } from '../errors.ts';
import { nearest } from '../schema.ts';
import { type CompiledRule, compileRule, type RuleOverride } from './compile.ts';

/** How rules are loaded: the profile, and what the config changes, by rule id. */
export interface LoadOptions {
  readonly profile: string;
  readonly overrides?: Readonly<Record<string, RuleOverride>>;
}

/**
 * The text without its tests, lines kept. The tests of the rules that come with Ringfence were run when it was built, and reading
 * them is four fifths of the time a rule takes to load.
 */
function withoutTests(text: string): string {
  return text.replace(/^tests:\n(?:[ #-].*\n|\n)*/m, (tests) => tests.replace(/.+/g, ''));
}

/**
 * Compiles every `.yaml` file of the folders (and single files), in the order of their names. Rules without a fault are
 * there even if others have some; of two with the same id the first one stays.
 */
export function loadRules(folders: readonly string[], options: LoadOptions): { rules: CompiledRule[]; faults: Fault[] } {
  const overrides = options.overrides ?? {};
  const faults: Fault[] = [];
  const rules = new Map<string, CompiledRule>();
  const seen = new Set<string>();
  for (const file of folders.flatMap((folder) => ruleFiles(folder, faults))) {
    const proven = file.startsWith(BUILTIN_RULES);
    const text = proven ? withoutTests(readFileSync(file, 'utf8')) : readFileSync(file, 'utf8');
    const id = /^id:\s*([a-z0-9-]+)/m.exec(text)?.[1] ?? '';
    const compiled = compileRule(text, file, options.profile, Object.hasOwn(overrides, id) ? overrides[id] : undefined, proven);
    seen.add(id);
    faults.push(...compiled.faults);
    const { rule } = compiled;
    const same = rule && rules.get(rule.id);
    if (same) faults.push({ code: 'rule-duplicate', where: file, message: `the id "${same.id}" is taken by ${same.file}` });
    else if (rule) rules.set(rule.id, rule);
  }
  for (const id of Object.keys(overrides)) if (!seen.has(id)) faults.push(unknownRule(id, seen));
  return { rules: [...rules.values()], faults };
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
