/** The pages of docs/reference/, made from the source they describe. `tools/docs.ts` writes them, a test compares them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { SKIPPED } from '../src/capture/listing.ts';
import { DROPPED } from '../src/capture/reasons.ts';
import { CAPTURE_ODDITIES } from '../src/carriage.ts';
import { CONFIG } from '../src/config.ts';
import { RULE, type RuleFile } from '../src/correlate/ruleschema.ts';
import { COMPUTED } from '../src/correlate/template.ts';
import { ODDITIES } from '../src/decode/oddities.ts';
import { ERRORS } from '../src/errors.ts';
import { COMMON_FIELDS, type EventType } from '../src/eventfields.ts';
import { EVENTS } from '../src/events.ts';
import { commands } from '../src/main.ts';
import { COUNTS } from '../src/metrics.ts';
import { ANALYSIS } from '../src/publish/analysis.ts';
import { EVE } from '../src/publish/eve/eveschema.ts';
import { check } from '../src/readyaml.ts';
import { allowedText, kindName, type Schema, toJsonSchema } from '../src/schema.ts';
import { CLASSES, LEVELS, OUTCOMES, STAGES } from '../src/types.ts';
import { ROOT } from '../test/peers.ts';
import { EQUIVALENTS, READINGS } from './equivalents.ts';

/** A line at the top of each page. */
const MADE = 'Made from the source by `npm run docs`; do not edit.';

/** File name below docs/reference -> text. */
export function pages(): Map<string, string> {
  return new Map([
    ['events.md', eventsPage()],
    ['errors.md', errorsPage()],
    ['metrics.md', metricsPage()],
    ['oddities.md', odditiesPage()],
    ['config.md', configPage()],
    ['rules.md', rulesPage()],
    ['classes.md', classesPage()],
    ['cli.md', cliPage()],
    ['analysis.md', analysisPage()],
    ['eve.md', evePage()],
    ['eve.schema.json', `${JSON.stringify(toJsonSchema(EVE, { title: 'a line of ringfence analyze --eve' }), null, 2)}\n`],
    ['analysis.schema.json', `${JSON.stringify(toJsonSchema(ANALYSIS, { title: 'ringfence analyze --json' }), null, 2)}\n`],
  ]);
}

function page(title: string, from: string, parts: readonly string[]): string {
  return `${[`# ${title}`, `${MADE} Source: \`${from}\`.`, ...parts].join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function eventsPage(): string {
  const common = Object.entries(COMMON_FIELDS).map(([name, kind]) => [code(name), kind]);
  const types = Object.entries<EventType>(EVENTS).map(([name, type]) => {
    const rows = Object.entries(type.fields).map(([field, { kind, about }]) => [code(field), kind, about]);
    return [`## ${name}`, type.about, `\`src\`: ${type.src}.`, table(['field', 'kind', 'what'], rows)].join('\n\n');
  });
  const intro =
    'An Event says what happened, without judgement. Rules judge. The kind of a field says how rules compare it and how outputs ' +
    'show it: a `secret` is masked everywhere, an `address` compares with networks.';
  return page('Events', 'src/events.ts', [intro, '## Fields of every Event', table(['field', 'kind'], common), ...types]);
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([name, about]) => [code(name), about]);
  return page('Errors', 'src/errors.ts', ['Every fault that Ringfence reports has one of these codes.', table(['code', 'meaning'], rows)]);
}

function metricsPage(): string {
  const rows = Object.entries(COUNTS).map(([name, about]) => [code(name), about]);
  const labels = (texts: Readonly<Record<string, string>>): string[][] => Object.entries(texts).map(([name, about]) => [code(name), about]);
  return page('Counters', 'src/metrics.ts', [
    'What `analyze` counts, by family and label.',
    table(['family', 'what is counted'], rows),
    '## dropped',
    'Each frame that gave no payload is counted under exactly one of these.',
    table(['label', 'what'], labels(DROPPED)),
    '## capture',
    'Beside that, whatever came of the frame:',
    table(['label', 'what'], labels(CAPTURE_ODDITIES)),
    '## skipped',
    'Files that were not read (`input.skipped`).',
    table(['label', 'what'], labels(SKIPPED)),
  ]);
}

const TWO_READINGS =
  'A message with one of these is read twice. If the readings differ on start line, From, To, Call-ID, CSeq or the end of the body, both ' +
  'are in the Event [message.ambiguous](events.md#messageambiguous). Which server reads how changes with its version; what is said here is what the ' +
  'RFCs leave open or forbid to senders.';

function odditiesPage(): string {
  const rows = Object.entries(ODDITIES).map(([name, { about, grade, reference }]) => [code(name), grade, about, reference]);
  const intro =
    'What can be odd about a SIP message. `note`: legal or common; `broken`: against the grammar or a MUST; `hostile`: hardly ever sent by ' +
    'accident. A message is never refused for it: the oddity is data.';
  const same = EQUIVALENTS.map(({ check: name, about, oddities, events, note }) => [
    name,
    about,
    [...oddities.map(code), ...(events ?? []).map((event) => `Event [${event}](events.md#${event.replaceAll('.', '')})`)].join(', '),
    note ?? '',
  ]);
  const others = [
    '## What other tools check',
    'Their checks, and what tells the same here.',
    table(['check', 'of what', 'here', 'difference'], same),
  ];
  const twice = Object.entries(READINGS).map(([name, readings]) => [code(name), ...readings]);
  const readings = ['## Two readings', TWO_READINGS, table(['oddity', 'RFC 3261', 'tolerant', 'source'], twice)];
  return page('Oddities', 'src/decode/oddities.ts', [intro, table(['name', 'grade', 'what', 'reference'], rows), ...readings, ...others]);
}

const SCHEMA_HEAD = ['key', 'kind', 'allowed', 'default', 'meaning'];

function configPage(): string {
  const intro = `${CONFIG.about} An example with every key: [ringfence.example.yaml](../../ringfence.example.yaml).`;
  return page('Config', 'src/config.ts', [intro, table(SCHEMA_HEAD, schemaRows(CONFIG))]);
}

/** The rules of the folder `rules/`, as checked against their schema. */
function rules(): RuleFile[] {
  const files = globSync('rules/*.yaml', { cwd: ROOT }).sort();
  return files.map((path) => {
    const read = check(RULE, readFileSync(join(ROOT, path), 'utf8'), path);
    if (read.value === undefined) throw new Error(`${path}: ${read.faults.map((fault) => fault.message).join('; ')}`);
    return read.value;
  });
}

function rulesPage(): string {
  const computed = Object.entries(COMPUTED).map(([name, { about }]) => [code(`{${name}}`), about]);
  const language = ['## The language', RULE.about ?? '', table(SCHEMA_HEAD, schemaRows(RULE))];
  const names = ['Names that stand in `why` beside the fields of the Event:', table(['name', 'what'], computed)];
  return page('Rules', 'src/correlate/ruleschema.ts` and `rules/', ['## The rules', ...rules().map(ruleText), ...language, ...names]);
}

function ruleText(rule: RuleFile): string {
  const { id, title, about, level, class: kind, stage, variables, without, falsePositives, references } = rule;
  const events = typesOf(rule)
    .map((name) => `[${name}](events.md#${String(name).replaceAll('.', '')})`)
    .join(', ');
  const facts = `\`${id}\`: level ${level}, class ${kind}, stage ${stage}, on ${events}.`;
  const settings = Object.entries(variables).map(([name, each]) => [code(name), code(JSON.stringify(each.value)), each.about]);
  const set = settings.length === 0 ? [] : ['A site may set:', table(['variable', 'standard', 'what'], settings)];
  const list = (head: string, lines: readonly string[]): string => `${head}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
  const less = without.map(({ evidence, concludes }) => `without ${evidence}: ${concludes}`);
  const lack = less.length === 0 ? [] : [list('What it concludes with less evidence:', less)];
  const parts = [...lack, list('What may look like it:', falsePositives), list('References:', references)];
  return [`### ${title}`, facts, (about ?? '').trim(), ...set, ...parts].join('\n\n');
}

/** Event types that a rule looks at, those of its steps among them. */
function typesOf({ on, steps }: RuleFile): string[] {
  return [...new Set([on ?? [], ...(steps ?? []).map((step) => step.on)].flat())];
}

function classesPage(): string {
  const all = rules();
  const links = (kind: string): string =>
    all
      .filter((rule) => rule.class === kind)
      .map((rule) => `[${rule.id}](rules.md)`)
      .join(', ');
  const rows = CLASSES.map((kind) => [code(kind), links(kind)]);
  const words = (list: readonly string[]): string => list.map(code).join(', ');
  const lines = [`Levels, from mild to bad: ${words(LEVELS)}.`, `Stages: ${words(STAGES)}.`, `Outcomes: ${words(OUTCOMES)}.`];
  const intro = 'Kinds of attack that an Alert can be about, with the rules that find them today. A class without a rule is not found yet.';
  return page('Classes', 'src/types.ts', [intro, table(['class', 'rules'], rows), ...lines]);
}

function cliPage(): string {
  const program = commands();
  const parts = program.commands.flatMap((command) => [
    commandText(program, command),
    ...command.commands.map((each) => commandText(program, each, `${command.name()} `)),
  ]);
  return page('Command line', 'src/main.ts', [program.description(), ...parts, '## For all', optionTable(program)]);
}

function commandText(program: Command, command: Command, parent = ''): string {
  const use = `\`\`\`\n${program.name()} ${parent}${command.name()} ${command.usage()}\n\`\`\``;
  const rows = command.registeredArguments.map((argument) => [code(argument.name()), argument.description]);
  const parts = [`## ${parent}${command.name()}`, use, command.description()];
  if (rows.length > 0) parts.push(table(['argument', 'meaning'], rows));
  if (command.options.length > 0) parts.push(optionTable(command));
  return parts.join('\n\n');
}

function optionTable(command: Command): string {
  const rows = command.options.map((option) => [code(option.flags), option.description, (option.argChoices ?? []).map(code).join(', ')]);
  return table(['option', 'meaning', 'one of'], rows);
}

function analysisPage(): string {
  const intro =
    `What \`analyze --json\` prints. ${ANALYSIS.about ?? ''} As JSON Schema: [analysis.schema.json](analysis.schema.json). ` +
    'Alerts are in their last version. What attackers chose is neutralised, what is secret is masked.';
  return page('JSON output', 'src/publish/analysis.ts', [intro, table(SCHEMA_HEAD, schemaRows(ANALYSIS))]);
}

function evePage(): string {
  const intro =
    'What `analyze --eve` writes: a JSON object per line, with the keys of Suricata’s EVE where Suricata has them. As JSON Schema: ' +
    '[eve.schema.json](eve.schema.json). What attackers chose is neutralised, what is secret is masked.';
  const parts = EVE.of.map((event) =>
    [`## ${event.fields.event_type.values[0]}`, event.about, table(SCHEMA_HEAD, schemaRows(event))].join('\n\n'),
  );
  return page('EVE output', 'src/publish/eve/eveschema.ts', [intro, ...parts]);
}

/** Every field below a schema as table rows: path, kind, what is allowed, default, meaning. */
export function schemaRows(schema: Schema, path = ''): string[][] {
  const below = childrenOf(schema, path);
  const own = path === '' || schema.type === 'object' ? [] : [row(schema, path)];
  return [...own, ...below.flatMap(([name, child]) => schemaRows(child, name))];
}

function childrenOf(schema: Schema, path: string): [string, Schema][] {
  const prefix = path === '' ? '' : `${path}.`;
  switch (schema.type) {
    case 'object':
      return Object.entries(schema.fields).map(([name, field]) => [`${prefix}${name}`, field]);
    case 'array':
      return hasKeys(schema.items) ? [[`${path}[]`, schema.items]] : [];
    case 'map':
      return hasKeys(schema.values) ? [[`${prefix}*`, schema.values]] : [];
    case 'oneOf':
      return schema.of.filter(hasKeys).map((each) => [path, each]);
    default:
      return [];
  }
}

/** True if there are keys to tell of somewhere below. */
function hasKeys(schema: Schema): boolean {
  if (schema.type === 'array') return hasKeys(schema.items);
  if (schema.type === 'map') return hasKeys(schema.values);
  return schema.type === 'object' || (schema.type === 'oneOf' && schema.of.some(hasKeys));
}

function row(schema: Schema, path: string): string[] {
  const kind = schema.unit === undefined ? kindName(schema) : `${kindName(schema)}, ${schema.unit}`;
  const standard = schema.default === undefined ? '' : JSON.stringify(schema.default);
  return [code(path), kind, allowedText(schema), code(standard), schema.about ?? ''];
}
