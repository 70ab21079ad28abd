/** The evaluation as text for a terminal. */
import { type Page, pad, padLeft, paint, several, type Tone, wrap } from '../src/publish/layout.ts';
import { neutral, columns as widthOf } from '../src/publish/neutral.ts';
import type { Evaluation } from './evaluate.ts';
import {
  attackTable,
  benignTable,
  type Cell,
  type CellTone,
  type Column,
  confusionTable,
  detectorTable,
  failureTable,
  globalTable,
  headline,
  nuisanceTable,
  requiredTable,
  rivalTable,
  sliceTable,
  type Table,
  twinTable,
  UNMEASURED,
} from './tables.ts';

const TONES: Readonly<Record<CellTone, Tone>> = { good: 'good', warn: 'warn', bad: 'bad', faint: 'faint', plain: 'plain' };
/** Widest column of words. */
const WIDEST = 70;
/** Columns that only the pages show: reasons are sentences. */
const PAGES_ONLY = new Set(['Why so']);

/** The whole report. */
export function textReport(evaluation: Evaluation, page: Page): string {
  const { made, set, runs, detectors } = evaluation;
  const [own] = detectors;
  const benign = runs.filter(({ kind }) => kind === 'benign').length;
  const head = `Ringfence ${made.version} (${made.commit}) on ${several(runs.length, 'run')} of the lab: ${benign} benign, ${runs.length - benign} with attacks; ${set} set ${evaluation.hash.slice(0, 12)}`;
  const tables = [
    detectorTable(evaluation),
    ...(own === undefined ? [] : [attackTable(own)]),
    ...(detectors.length > 1 ? [rivalTable(evaluation)] : []),
    benignTable(evaluation),
    twinTable(evaluation),
    sliceTable(evaluation),
    ...(own === undefined ? [] : [confusionTable(own)]),
    measured(requiredTable(evaluation)),
    globalTable(evaluation),
    ...(own === undefined ? [] : [failureTable(own), nuisanceTable(own)]),
  ];
  const failed = detectors.flatMap(({ name, failed: list }) => list.map(({ run, reason }) => `${name} failed on ${run}: ${reason}`));
  return [
    ...wrap('', head, page.width),
    ...tables.flatMap((table) => ['', ...tableLines(table, page)]),
    '',
    ...failed.flatMap((line) => wrap('', neutral(line, 400), page.width)).map((line) => paint(page, 'bad', line)),
    ...wrap('', headline(evaluation), page.width).map((line) => paint(page, 'title', line)),
    '',
  ].join('\n');
}

/** Without the rows that no run speaks of: they are on the pages, and counted in the last line. */
function measured(table: Table): Table {
  const at = table.columns.findIndex(({ name }) => name === 'Verdict');
  const rows = table.rows.filter((row) => row[at] !== UNMEASURED);
  return { ...table, rows, none: 'No run of this set speaks of any.' };
}

/** A table as aligned lines; its note is left to the pages. */
export function tableLines({ title, columns, rows, none }: Table, page: Page): string[] {
  const shown = columns.map((_, i) => i).filter((i) => !PAGES_ONLY.has(columns[i]!.name));
  if (rows.length === 0) return [paint(page, 'title', title), `  ${none}`];
  const widths = columns.map((column, i) => widthOfColumn(column, rows, i));
  const head = shown.map((i) => paint(page, 'faint', aligned(columns[i]!.name, widths[i]!, columns[i]!))).join('  ');
  const lines = rows.map((row) => shown.map((i) => cellText(row, i, columns[i]!, widths[i]!, page)).join('  '));
  return [paint(page, 'title', title), ...[head, ...lines].map((line) => `  ${line}`.trimEnd())];
}

/** A row that breaks off (one long cell instead of many) does not widen its column. */
function widthOfColumn({ name }: Column, rows: readonly (readonly Cell[])[], i: number): number {
  const texts = rows.filter((row) => row.length > 2 || i === 0).map((row) => neutral(textOf(row[i] ?? ''), WIDEST));
  return Math.max(widthOf(name), ...texts.map(widthOf));
}

function cellText(row: readonly Cell[], i: number, column: Column, width: number, page: Page): string {
  const cell = row[i] ?? '';
  const isLast = i === row.length - 1 && row.length <= 2;
  const text = isLast && i > 0 ? neutral(textOf(cell), 200) : aligned(neutral(textOf(cell), WIDEST), width, column);
  return typeof cell === 'string' ? text : paint(page, TONES[cell.tone], text);
}

function aligned(text: string, width: number, { right = false }: Column): string {
  return right ? padLeft(text, width) : pad(text, width);
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
