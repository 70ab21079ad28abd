/**
 * One schema: file -> frozen Config, or a list of faults. `ringfence.example.yaml` and the reference page are made from
 * it. Nothing else reads settings: no environment variable changes what is detected.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fault } from './errors.ts';
import { type Network, parseNetwork } from './network.ts';
import { PACKAGE_ROOT } from './packageroot.ts';
import { check } from './readyaml.ts';
import { type Infer, type Schema, schema } from './schema.ts';
import type { Seed } from './table.ts';

const capacity = (about: string, standard: number) =>
  schema({ type: 'integer', minimum: 8, maximum: 4_194_304, unit: 'entries', about, default: standard });

/** Schema of the config file. */
export const CONFIG = schema({
  type: 'object',
  about: 'The configuration of Ringfence. Every key may be left out.',
  fields: {
    node: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$',
      says: 'a name of letters, digits, - and _',
      about: 'Name of this sensor, part of the ids of Events and Alerts.',
      default: 'analyze',
    },
    seed: {
      type: 'string',
      pattern: '^[0-9a-fA-F]{16}$',
      says: '16 hexadecimal digits',
      about:
        'Secret seed of all hash tables. The same seed gives the same results byte for byte; on a sensor that attackers can reach set your own, so that nobody can aim at a table.',
      default: '52696e6766656e63',
    },
    rules: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      about: 'Folders of rule files, relative to this file; `builtin` stands for those that come with Ringfence.',
      default: ['builtin'],
    },
    dna: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      about:
        'Files of programs that are known by their DNA, relative to this file; `builtin` stands for the one that comes with Ringfence. The first program that fits counts.',
      default: ['builtin'],
    },
    profile: {
      type: 'enum',
      values: ['default', 'paper', '002', 'nemea'],
      about:
        'Thresholds of the rules: our own, those of the papers, those of paper 002 (`"002"`, in quotes) with its comparison of addresses, or those of NEMEA’s sip_bf_detector, for comparison.',
      default: 'default',
    },
    network: {
      type: 'object',
      about: 'Whose word counts about where a request came from.',
      fields: {
        proxies: {
          type: 'array',
          items: { type: 'string' },
          about:
            'Addresses and networks of your own proxies and SBCs, e.g. `192.0.2.5` or `198.51.100.0/24`: the Via they wrote names the attacker behind them. List none that passes on a Via `received` which a client wrote.',
          default: [],
        },
        own: {
          type: 'array',
          items: { type: 'string' },
          about: 'Your own networks, e.g. `198.51.100.0/24`: an attacker in them is to be found, not blocked.',
          default: [],
        },
      },
      default: {},
    },
    overrides: {
      type: 'map',
      about: 'What this site changes of single rules, by their id.',
      values: {
        type: 'object',
        fields: {
          variables: {
            type: 'map',
            about: 'Values for variables of the rule; its file lists them.',
            values: {
              type: 'oneOf',
              of: [
                { type: 'number' },
                { type: 'boolean' },
                { type: 'array', items: { type: 'oneOf', of: [{ type: 'number' }, { type: 'string' }] } },
                { type: 'string' },
              ],
            },
            default: {},
          },
          except: {
            type: 'array',
            items: { type: 'string' },
            about: 'Conditions that exempt an Event from the rule, e.g. `src in 192.0.2.0/24`.',
            default: [],
          },
        },
      },
      default: {},
    },
    lists: {
      type: 'map',
      about: 'What stands in the lists that rules read as `@name`, e.g. `trunks: [192.0.2.0/24]`.',
      values: { type: 'array', items: { type: 'string', minLength: 1 } },
      default: {},
    },
    programs: {
      type: 'map',
      about:
        'Programs that rules of shape script may ask: the command and its arguments, e.g. `compare: [/usr/local/bin/compare-profile]`. It gets the Event as JSON on standard input; its exit code is its verdict.',
      values: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
      default: {},
    },
    tables: {
      type: 'object',
      about: 'How much is remembered. A full table forgets what was seen longest ago, and counts it.',
      fields: {
        transactions: capacity('Requests that wait for their answer, and those answered seconds ago.', 65_536),
        nonces: capacity('Challenges that servers gave out within about a minute.', 32_768),
        attempts: capacity('Sources and the accounts they gave wrong credentials for within the hour.', 32_768),
        peers: capacity('Addresses and what they did.', 32_768),
        relations: capacity('Who sent requests to whom within the hour.', 65_536),
        registrations: capacity('Bindings of accounts to contacts.', 32_768),
        accounts: capacity('Accounts whose habits are known, within 40 days.', 16_384),
        calls: capacity('Calls that are not over.', 32_768),
        promises: capacity('Endpoints where calls said that media would arrive.', 32_768),
        streams: capacity('RTP streams.', 32_768),
        dialogs: capacity('Dialogs that are not over, and those that ended a minute ago.', 32_768),
        legs: capacity('What the other side of a B2BUA may be joined by.', 16_384),
        loads: capacity('Sources, targets and accounts that are asked often, and how much within the minute.', 8192),
        alerts: capacity('Groups that each rule counts at the same time.', 8192),
      },
      default: {},
    },
    limits: {
      type: 'object',
      about: 'What `analyze` holds in memory before it moves the rest to a temporary file.',
      fields: {
        alerts: { type: 'integer', minimum: 1, unit: 'alerts', about: 'Alerts held.', default: 10_000 },
        calls: { type: 'integer', minimum: 1, unit: 'calls', about: 'Calls held.', default: 10_000 },
      },
      default: {},
    },
  },
});

/** Networks of this site. */
export interface Site {
  /** Our own proxies, whose Via is believed. */
  readonly proxies: readonly Network[];
  /** Our own networks: who attacks from there is to be found, not blocked. */
  readonly own: readonly Network[];
}

/** A checked configuration, deeply frozen. `rules` and `dna` hold full paths, `seed` the words of the table hash. */
export type Config = Omit<Infer<typeof CONFIG>, 'seed' | 'network'> & { readonly seed: Seed; readonly network: Site };

/** A configuration, or everything that is wrong with it. */
export type ConfigResult = { readonly config: Config } | { readonly faults: readonly Fault[] };

/** Where the rules that come with Ringfence are. */
export const BUILTIN_RULES: string = fileURLToPath(new URL('rules', PACKAGE_ROOT));

/** The programs that Ringfence knows by their DNA. */
export const BUILTIN_DNA: string = fileURLToPath(new URL('dna/known.yaml', PACKAGE_ROOT));

/** Reads a config file; without one, everything is as standard. */
export function loadConfig(file?: string): ConfigResult {
  if (file === undefined) return parseConfig('', 'config');
  try {
    return parseConfig(readFileSync(file, 'utf8'), file);
  } catch (e) {
    const reason = e instanceof Error ? e.message : String(e);
    return { faults: [{ code: 'config-invalid', where: file, message: `cannot be read: ${reason}` }] };
  }
}

/** Checks the text of a config file; `file` is its name in messages, and the folder that its paths are relative to. */
export function parseConfig(text: string, file: string): ConfigResult {
  const { value, faults, locate } = check(CONFIG, text, file);
  if (value === undefined) return { faults };
  const wrong: Fault[] = [];
  const networks = (key: 'proxies' | 'own'): readonly Network[] =>
    Object.freeze(
      value.network[key].flatMap((written, i) => {
        const network = parseNetwork(written);
        if (network !== undefined) return [network];
        const { line, column } = locate(['network', key, i]);
        const message = `expected an address or a network without bits beyond its prefix, e.g. 198.51.100.0/24, received "${written}"`;
        wrong.push({ code: 'config-invalid', where: `${file}:${line}:${column}`, message });
        return [];
      }),
    );
  const network = Object.freeze({ proxies: networks('proxies'), own: networks('own') });
  if (wrong.length > 0) return { faults: wrong };
  const rules = value.rules.map((folder) => (folder === 'builtin' ? BUILTIN_RULES : resolve(dirname(file), folder)));
  const dna = value.dna.map((path) => (path === 'builtin' ? BUILTIN_DNA : resolve(dirname(file), path)));
  return { config: Object.freeze({ ...value, rules: Object.freeze(rules), dna: Object.freeze(dna), seed: seedOf(value.seed), network }) };
}

function seedOf(hex: string): Seed {
  return Object.freeze({ k0: Number.parseInt(hex.slice(0, 8), 16) | 0, k1: Number.parseInt(hex.slice(8), 16) | 0 });
}

/** The example file: every key with its meaning and its standard value. Committed as ringfence.example.yaml. */
export function exampleConfig(): string {
  const head = [
    '# Configuration of Ringfence. Made from src/config.ts by `node tools/docs.ts`; do not edit.',
    '# Every key may be left out; shown are the standard values.',
  ];
  return `${[...head, ...exampleFields(CONFIG, '')].join('\n')}\n`;
}

function exampleFields(s: Schema & { type: 'object' }, indent: string): string[] {
  return Object.entries(s.fields).flatMap(([name, field]) => {
    const unit = field.unit === undefined ? '' : ` (${field.unit})`;
    const about = field.about === undefined ? [] : [`${indent}# ${field.about}${unit}`];
    const lead = indent === '' ? [''] : [];
    if (field.type === 'object') return [...lead, ...about, `${indent}${name}:`, ...exampleFields(field, `${indent}  `)];
    return [
      ...lead,
      ...about,
      ...allowedLine(field, indent),
      `${indent}${name}: ${JSON.stringify(field.default)}`,
      ...exampleMap(field, indent),
    ];
  });
}

function allowedLine(s: Schema, indent: string): string[] {
  return s.type === 'enum' ? [`${indent}# One of: ${s.values.join(', ')}`] : [];
}

/** The shape of a map of objects, as comments: it is empty as standard. */
function exampleMap(s: Schema, indent: string): string[] {
  if (s.type !== 'map' || s.values.type !== 'object') return [];
  const lines = exampleFields(s.values, `${indent}    `).map((line) => line.slice(indent.length));
  return [`${indent}#   RULE-ID:`, ...lines.map((line) => `${indent}# ${line.replace(/^( *)# /, '$1# ')}`)];
}
