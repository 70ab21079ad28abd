/** What the command line and the config file say, put together: configuration and compiled rules, or one clear error. */
import { type Config, loadConfig } from '../config.ts';
import type { CompiledRule } from '../correlate/compile.ts';
import { loadRules } from '../correlate/load.ts';
import { type Fault, RingfenceError } from '../errors.ts';
import { type KnownClient, loadKnownClients } from '../knowndna.ts';
import { severity, WARNING } from '../publish/findings.ts';
import { faultLines, notText } from './faultlines.ts';

/** Options that several commands have. */
export interface SettingsOptions {
  /** Folder or file of rules instead of those the config names. */
  readonly rules?: string;
  readonly config?: string;
  /** Profile instead of the one the config names. */
  readonly profile?: string;
}

/** What the engine is started with. */
export interface Settings {
  readonly config: Config;
  readonly rules: readonly CompiledRule[];
  /** Programs that are known by their DNA. */
  readonly known: readonly KnownClient[];
}

/** @throws RingfenceError `config-invalid` or `rule-invalid` with the faults, one a line (see `faultLines`). */
export function loadSettings(options: SettingsOptions): Settings {
  const binary = notText(options.config ?? '', 'config-invalid') ?? notText(options.rules ?? '', 'rule-invalid');
  if (binary !== undefined) throw allOf([binary]);
  const result = loadConfig(options.config);
  if ('faults' in result) throw allOf(result.faults);
  const { config } = result;
  const folders = options.rules === undefined ? config.rules : [options.rules];
  const { rules, faults } = loadRules(folders, {
    profile: options.profile ?? config.profile,
    overrides: config.overrides,
    lists: config.lists,
  });
  const clients = loadKnownClients(config.dna);
  const unknown = rules.flatMap((rule) => unregistered(rule, config));
  const all = [...faults, ...unknown, ...clients.faults];
  if (all.length > 0) throw allOf(all);
  return { config, rules, known: clients.known };
}

/** A rule names a program; only the config of this machine says what that is. */
function unregistered({ plan, file }: CompiledRule, { programs }: Config): Fault[] {
  if (plan?.kind !== 'script' || Object.hasOwn(programs, plan.program)) return [];
  const message = `${file}: it asks the program "${plan.program}", which the config does not name under "programs"`;
  return [{ code: 'rule-invalid', where: file, message }];
}

function allOf(faults: readonly Fault[]): RingfenceError {
  const [first] = faults;
  return new RingfenceError(first?.code ?? 'config-invalid', first?.where ?? '', faultLines(faults).join('\n'));
}

/** Titles of the rules that can tell of an attack (level `warning` or above, perhaps only once it succeeded), the worst first. */
export function attackTitles(rules: readonly CompiledRule[]): string[] {
  const worst = ({ level, success }: CompiledRule): number =>
    Math.max(severity(level), success === undefined ? 0 : severity(success.level));
  return rules
    .filter((rule) => worst(rule) >= WARNING)
    .sort((a, b) => worst(b) - worst(a))
    .map(({ title }) => title);
}
