/** `ringfence check [FILE|FOLDER…]`: is the configuration right, are the rules, and do the rules find what they say? */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG, type Config, loadConfig, parseConfig } from '../config.ts';
import { loadRules } from '../correlate/load.ts';
import { runRuleTests } from '../correlate/ruletests.ts';
import type { Fault } from '../errors.ts';
import { check } from '../readyaml.ts';
import { faultLines, notText } from './faultlines.ts';

/** Where `check` writes, and under which profile rules are compiled that no config names. */
export interface CheckOptions {
  /** Takes the report, line by line. */
  readonly out: { write(text: string): unknown };
  readonly profile?: string;
}

/** Config that is checked if no path is given and it exists. */
const STANDARD_CONFIG = 'ringfence.yaml';

interface Tally {
  readonly faults: Fault[];
  configs: number;
  rules: number;
  tests: number;
}

/**
 * Checks config files, rule files and folders of rule files; without any, `ringfence.yaml` if there is one and the rules
 * that come with Ringfence. Prints faults (see `faultLines`) and a summary.
 * @returns the exit code: 0 if all is well, 1 if there are faults.
 */
export function runCheck(paths: readonly string[], options: CheckOptions): Promise<number> {
  const tally: Tally = { faults: [], configs: 0, rules: 0, tests: 0 };
  const profile = options.profile ?? 'default';
  if (paths.length === 0) checkConfig(existsSync(STANDARD_CONFIG) ? STANDARD_CONFIG : undefined, tally);
  for (const path of paths) checkPath(path, profile, tally);
  for (const line of faultLines(tally.faults)) options.out.write(`${line}\n`);
  options.out.write(`${summary(tally)}\n`);
  return Promise.resolve(tally.faults.length === 0 ? 0 : 1);
}

/** A file by what it is; a folder as one set of rules, except for the config files in it. */
function checkPath(path: string, profile: string, tally: Tally): void {
  const found = isFolder(path) ? yamlFiles(path) : [];
  const rules: string[] = [];
  for (const file of found.length > 0 ? found : [path]) {
    const binary = notText(file, 'rule-invalid');
    if (binary !== undefined) tally.faults.push(binary);
    else if (isConfig(file, found.length > 0)) checkConfig(file, tally);
    else rules.push(file);
  }
  if (rules.length > 0) checkRules(rules, { profile, overrides: {} }, undefined, tally);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What `loadRules` would read of a folder, in its order. */
function yamlFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(folder, name));
}

/**
 * A rule file says what it looks at, a config never does.
 * @param sure only if it also has a key of a config: an empty file among rules is a rule that lacks everything.
 */
function isConfig(path: string, sure: boolean): boolean {
  if (!existsSync(path) || isFolder(path)) return false;
  const text = readFileSync(path, 'utf8');
  if (/^(id|on|shape|why):/m.test(text)) return false;
  return !sure || [...text.matchAll(/^([a-z]+):/gm)].some(([, key]) => Object.hasOwn(CONFIG.fields, key ?? ''));
}

function checkConfig(file: string | undefined, tally: Tally): void {
  tally.configs++;
  const text = file === undefined ? '' : readFileSync(file, 'utf8');
  const result = file === undefined ? loadConfig() : parseConfig(text, file);
  if ('faults' in result) tally.faults.push(...result.faults);
  else checkRules(result.config.rules, result.config, { file: file ?? '', text }, tally);
}

type RuleSettings = { readonly profile: string } & Pick<Config, 'overrides'> & Partial<Pick<Config, 'lists'>>;

function checkRules(
  folders: readonly string[],
  settings: RuleSettings,
  config: { file: string; text: string } | undefined,
  tally: Tally,
): void {
  const { rules, faults, surroundings } = loadRules(folders, settings);
  tally.faults.push(...faults.map((fault) => (config === undefined ? fault : placed(fault, config))));
  tally.rules += rules.length;
  for (const { file } of rules) {
    for (const result of runRuleTests(readFileSync(file, 'utf8'), file, surroundings)) {
      tally.tests++;
      for (const fault of result.faults)
        tally.faults.push({ code: 'rule-invalid', where: file, message: `test "${result.name}": ${fault}` });
    }
  }
}

/** The loader knows the key of an override, the config file knows its place. */
function placed(fault: Fault, { file, text }: { file: string; text: string }): Fault {
  if (fault.code !== 'config-invalid') return fault;
  const { line: row, column } = check(CONFIG, text, file).locate(fault.where.split('.'));
  return { ...fault, where: `${file}:${row}:${column}`, message: `${fault.where}: ${fault.message}` };
}

function summary({ configs, rules, tests, faults }: Tally): string {
  const parts = [
    configs === 0 ? '' : plural(configs, 'configuration'),
    plural(rules, 'rule'),
    plural(tests, 'test'),
    plural(faults.length, 'fault'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
