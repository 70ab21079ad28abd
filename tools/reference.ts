/** The pages of docs/reference/, made from the source they describe. `tools/docs.ts` writes them, a test compares them. */
import { ERRORS } from '../src/errors.ts';
import { COMMON_FIELDS, EVENTS, type EventType } from '../src/events.ts';
import { COUNTS } from '../src/metrics.ts';
import { allowedText, kindName, type Schema } from '../src/schema.ts';

/** A line at the top of each page. */
const MADE = 'Made from the source by `npm run docs`; do not edit.';

/** File name below docs/reference -> text. */
export function pages(): Map<string, string> {
  return new Map([
    ['events.md', eventsPage()],
    ['errors.md', errorsPage()],
    ['metrics.md', metricsPage()],
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
  return page('Counters', 'src/metrics.ts', ['What `analyze` counts, by family and label.', table(['family', 'what is counted'], rows)]);
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
      return isPlain(schema.items) ? [] : [[`${path}[]`, schema.items]];
    case 'map':
      return isPlain(schema.values) ? [] : [[`${prefix}*`, schema.values]];
    case 'oneOf':
      return schema.of.filter((each) => !isPlain(each)).map((each) => [path, each]);
    default:
      return [];
  }
}

function isPlain(schema: Schema): boolean {
  return !['object', 'array', 'map', 'oneOf'].includes(schema.type);
}

function row(schema: Schema, path: string): string[] {
  const kind = schema.unit === undefined ? kindName(schema) : `${kindName(schema)}, ${schema.unit}`;
  const standard = schema.default === undefined ? '' : JSON.stringify(schema.default);
  return [code(path), kind, allowedText(schema), code(standard), schema.about ?? ''];
}
