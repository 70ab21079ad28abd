/**
 * Which programs are known by their DNA (decode/dna): the schema of such a file, and who a DNA belongs to. The list that comes
 * with Ringfence is dna/known.yaml; a site adds files of its own under `dna` in the config.
 */
import { readFileSync } from 'node:fs';
import type { Fault } from './errors.ts';
import { check } from './readyaml.ts';
import { type Infer, schema } from './schema.ts';

/** The fields of a DNA in their order: those of the core, then those of the build. */
export const DNA_FIELDS = {
  core: ['order', 'lines', 'via', 'branch', 'tag', 'callId', 'from'],
  build: ['method', 'headers', 'cseq', 'contact', 'length', 'digest', 'sdp'],
} as const;

/** What a program is: `attack` made to attack or audit, `test` makes calls for tests, `monitor` asks whether a server lives, `product` anything else. */
const KINDS = ['attack', 'test', 'monitor', 'product'] as const;
/** What this request of it is for. */
const PURPOSES = ['scan', 'enumerate', 'guess', 'call', 'flood', 'none'] as const;

const PATTERN = schema({
  type: 'oneOf',
  of: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
  ],
});

const MARK = schema({
  type: 'map',
  keys: [...DNA_FIELDS.core, ...DNA_FIELDS.build],
  values: PATTERN,
});

/** Schema of a file of known clients. */
export const KNOWN_CLIENTS = schema({
  type: 'object',
  about: 'Programs and how they are known by their DNA.',
  fields: {
    version: { type: 'enum', values: ['1'], about: 'version of the DNA its marks are written for' },
    clients: {
      type: 'array',
      items: {
        type: 'object',
        fields: {
          name: { type: 'string', minLength: 1, about: 'name of the program' },
          kind: { type: 'enum', values: KINDS, about: 'what it is' },
          purpose: { type: 'enum', values: PURPOSES, about: 'what such a request of it is for' },
          sure: { type: 'boolean', about: 'no other program is known that writes so' },
          about: { type: 'string', minLength: 1, about: 'where this is known from' },
          marks: {
            type: 'array',
            items: MARK,
            minItems: 1,
            about: 'one of them must fit: a pattern (* stands for anything), or several of which one must fit, per field',
          },
        },
      },
      about: 'the first one that fits counts',
    },
  },
});

type Entry = Infer<typeof KNOWN_CLIENTS>['clients'][number];

/** A program that is known. */
export interface KnownClient {
  readonly name: string;
  readonly kind: Entry['kind'];
  readonly purpose: Entry['purpose'];
  readonly sure: boolean;
  /** One of them must fit as a whole. */
  readonly marks: readonly (readonly FieldMark[])[];
}

/** What one field of a DNA must be. */
interface FieldMark {
  readonly build: boolean;
  /** Index among the fields of its half. */
  readonly field: number;
  readonly pattern: RegExp;
}

/** Reads files of known clients, in their order. Those of a file with a fault are left out. */
export function loadKnownClients(files: readonly string[]): { known: KnownClient[]; faults: Fault[] } {
  const known: KnownClient[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const text = textOf(file);
    if (text === undefined) {
      faults.push({ code: 'dna-invalid', where: file, message: 'there is no such file of known clients' });
      continue;
    }
    const result = readKnownClients(text, file);
    known.push(...result.known);
    faults.push(...result.faults);
  }
  return { known, faults };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Reads the text of such a file; `file` is its name in faults. */
export function readKnownClients(text: string, file: string): { known: KnownClient[]; faults: readonly Fault[] } {
  const { value, faults } = check(KNOWN_CLIENTS, text, file, 'dna-invalid');
  return { known: (value?.clients ?? []).map(compiled), faults };
}

function compiled({ name, kind, purpose, sure, marks }: Entry): KnownClient {
  return {
    name,
    kind,
    purpose,
    sure,
    marks: marks.map((mark) => Object.entries(mark).map(([field, pattern]) => fieldMark(field, pattern))),
  };
}

function fieldMark(field: string, pattern: string | readonly string[]): FieldMark {
  const own: readonly string[] = DNA_FIELDS.core;
  const build = !own.includes(field);
  const names: readonly string[] = build ? DNA_FIELDS.build : own;
  const patterns = typeof pattern === 'string' ? [pattern] : pattern;
  return { build, field: names.indexOf(field), pattern: new RegExp(`^(?:${patterns.map(expression).join('|')})$`) };
}

/** A star stands for anything within the field; runs of them for no more than one. */
function expression(pattern: string): string {
  return pattern
    .replace(/\*+/g, '*')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^_]*');
}

/** Who a DNA belongs to, by the texts of its halves; undefined: nobody who is known. */
export function recognise(known: readonly KnownClient[], core: string, build: string): KnownClient | undefined {
  const own = core.split('_');
  const rest = build.split('_');
  return known.find(({ marks }) => marks.some((mark) => mark.every((m) => m.pattern.test((m.build ? rest : own)[m.field] ?? ''))));
}
