/** The evaluation as a Markdown page: docs/evaluation.md is one. */
import { neutral } from '../src/publish/neutral.ts';
import type { Evaluation } from './evaluate.ts';
import { pitfalls } from './pitfalls.ts';
import {
  attackTable,
  benignTable,
  type Cell,
  confusionTable,
  detectorTable,
  experimentTable,
  failureTable,
  globalTable,
  headline,
  madeTable,
  nuisanceTable,
  recordingTable,
  requiredTable,
  rivalTable,
  sliceTable,
  type Table,
  toolTable,
  twinTable,
} from './tables.ts';

/** The page, with its line break at the end. */
export function markdownReport(evaluation: Evaluation): string {
  const [own] = evaluation.detectors;
  const parts = [
    '# Evaluation',
    'Made by `ringfence eval` from recordings of the lab; do not edit. [How it is counted](../eval/README.md), [the lab](../lab/README.md).',
    `**${headline(evaluation)}**`,
    ...(own === undefined ? [] : ['## What we are bad at', markdownTable(failureTable(own), 3), markdownTable(nuisanceTable(own), 3)]),
    '## What is required',
    markdownTable(globalTable(evaluation), 3),
    markdownTable(requiredTable(evaluation), 3),
    markdownTable(experimentTable(evaluation), 3),
    '## What is reached',
    markdownTable(detectorTable(evaluation), 3),
    markdownTable(benignTable(evaluation), 3),
    markdownTable(twinTable(evaluation), 3),
    ...(own === undefined ? [] : [markdownTable(attackTable(own), 3)]),
    markdownTable(rivalTable(evaluation), 3),
    ...(own === undefined ? [] : [markdownTable(confusionTable(own), 3)]),
    markdownTable(sliceTable(evaluation), 3),
    '## Pitfalls',
    'After Arp et al., “Dos and Don’ts of Machine Learning in Computer Security” (USENIX Security 2022).',
    pitfalls(evaluation)
      .map(({ name, state, answer }) => `- **${name}: ${state}.** ${answer}`)
      .join('\n'),
    '## How it was made',
    markdownTable(madeTable(evaluation), 3),
    markdownTable(recordingTable(evaluation), 3),
    markdownTable(toolTable(evaluation), 3),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A table under a heading of that depth. */
export function markdownTable({ title, note, columns, rows, none }: Table, depth: number): string {
  const head = `${'#'.repeat(depth)} ${title}`;
  if (rows.length === 0) return `${head}\n\n${none}`;
  const lines = [
    columns.map(({ name }) => name),
    columns.map(({ right = false }) => (right ? '--:' : '--')),
    ...rows.map((row) => columns.map((_, i) => cellText(row[i] ?? ''))),
  ];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return note === '' ? `${head}\n\n${table}` : `${head}\n\n${note}\n\n${table}`;
}

/** Text of a cell that breaks out of neither its cell nor the page. */
function cellText(cell: Cell): string {
  const text = neutral(typeof cell === 'string' ? cell : cell.text, 400).replace(/[\\|<>`*_[\]]/g, (character) => `\\${character}`);
  return typeof cell !== 'string' && cell.tone === 'bad' ? `**${text}**` : text;
}
