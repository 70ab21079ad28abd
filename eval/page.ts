/** The evaluation as a page that stands alone. */
import { createHash } from 'node:crypto';
import { several } from '../src/publish/layout.ts';
import { html, type Markup, NONE } from '../src/publish/page/markup.ts';
import { STYLE } from '../src/publish/page/pagestyle.ts';
import { recallChart } from './chart.ts';
import type { Evaluation } from './evaluate.ts';
import { pitfalls } from './pitfalls.ts';
import {
  amount,
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
  UNMEASURED,
} from './tables.ts';

/** What this page has beyond the style of Ringfence's pages. */
const OWN_STYLE = `
:root{--good:#1f6f43;--good-fill:#3f9d6b}
@media (prefers-color-scheme:dark){:root{--good:#7fd0a3;--good-fill:#3f9d6b}}
body{max-width:80rem}
.wide{overflow-x:auto}
.wide table{table-layout:auto}
.wide td,.wide th{padding:.3125rem .875rem .3125rem 0;overflow-wrap:normal}
.wide td:first-child{white-space:nowrap}.wide td.words{min-width:6.5rem}.wide td.words:last-child{min-width:15rem}.wide td.long{min-width:15rem;color:var(--soft);font-size:.8125rem}
td.good,span.good{color:var(--good)}td.warn{color:var(--warn)}td.bad{color:var(--bad);font-weight:600}td.faint{color:var(--soft)}
.chart{display:grid;gap:1px}
.chart .row{grid-template-columns:14rem minmax(0,1fr) 17rem}.chart .none{color:var(--bad);font-weight:600}
.chart .name{white-space:nowrap}
.chart .value{text-align:left;color:var(--ink)}.chart .value .soft{color:var(--soft)}
.chart svg{display:block;width:100%;height:22px;overflow:visible}
.chart .rail{fill:var(--panel)}.chart .good{fill:var(--good-fill)}.chart .warn{fill:var(--warn-fill)}.chart .bad{fill:var(--bad-fill)}
.chart .need{stroke:var(--ink);stroke-width:2}.chart .range{stroke:var(--ink);stroke-width:1.5;opacity:.55}
.chart .rival{fill:none;stroke:var(--quiet);stroke-width:1.5}
.checks{list-style:none;padding:0;margin:0;max-width:52rem}
.checks li{display:grid;grid-template-columns:5rem 1fr;gap:0 1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.checks .state{font-size:.8125rem;font-weight:600}.checks b{font-weight:600}
.state.avoided{color:var(--good)}.state.partly{color:var(--warn)}.state.open{color:var(--bad)}
@media (max-width:46rem){.chart .row{grid-template-columns:1fr auto}.chart svg{grid-column:1/-1}.checks li{grid-template-columns:1fr}}
`;

/** The page. */
export function pageReport(evaluation: Evaluation): string {
  const [own] = evaluation.detectors;
  const style = STYLE + OWN_STYLE;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Ringfence: evaluation</title><style>${{ markup: style }}</style></head><body>
<header class="top"><b>Ringfence</b><span>Evaluation on the ${evaluation.set} set</span></header>
<main>${verdict(evaluation)}
${facts(evaluation)}
${own === undefined ? NONE : section('What we are bad at', [failureTable(own), nuisanceTable(own)])}
<section><h2>Each attack</h2>${recallChart(evaluation)}${own === undefined ? NONE : folded(attackTable(own))}</section>
<section><h2>What is required</h2>${titled(globalTable(evaluation))}${required(requiredTable(evaluation))}${folded(experimentTable(evaluation))}</section>
${section('Beside others', [detectorTable(evaluation), benignTable(evaluation), twinTable(evaluation), rivalTable(evaluation)])}
${own === undefined ? NONE : section('In detail', [confusionTable(own), sliceTable(evaluation)])}
<section><h2>Pitfalls</h2><p class="note">After Arp et al., “Dos and Don’ts of Machine Learning in Computer Security”, USENIX Security 2022.</p>${checks(evaluation)}</section>
<section><h2>How it was made</h2>${titled(madeTable(evaluation))}${folded(recordingTable(evaluation))}${folded(toolTable(evaluation))}</section>
</main></body></html>
`.markup;
}

function verdict(evaluation: Evaluation): Markup {
  const missed = [...evaluation.attacks, ...evaluation.globals].filter((each) => each.verdict === 'missed').length;
  const [first = '', ...rest] = headline(evaluation).split(/(?<=\.) (?=[0-9])/);
  return html`<div class="verdict ${missed > 0 ? 'warn' : ''}"><h1>${first}</h1>${rest.length > 0 ? html`<p>${rest.join(' ')}</p>` : NONE}</div>`;
}

function facts({ runs, detectors, made, hash }: Evaluation): Markup {
  const benign = detectors[0]?.summary.benign;
  const messages = runs.reduce((all, { sipMessages }) => all + sipMessages, 0);
  const rows: [string, string][] = [
    ['Attack runs', String(runs.filter(({ kind }) => kind === 'attack').length)],
    ['Benign days', amount(benign?.days ?? Number.NaN)],
    ['SIP messages', messages.toLocaleString('en')],
    ['False alarms a day, at most', amount(benign?.perDay.upper ?? Number.NaN)],
  ];
  const [date = ''] = made.time.split('T');
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
<div class="small"><dt>Judged</dt><dd><span>${date}</span> <span>commit ${made.commit}</span></dd></div>
<div class="small"><dt>Data</dt><dd><span>${several(runs.length, 'run')}</span> <span>${hash.slice(0, 12)}</span></dd></div></dl>`;
}

function section(title: string, tables: readonly Table[]): Markup {
  return html`<section><h2>${title}</h2>${tables.map(titled)}</section>`;
}

function titled(table: Table): Markup {
  return html`<h3>${table.title}</h3>${tableMarkup(table)}`;
}

/** What was measured in the open, the rest folded. */
function required(table: Table): Markup {
  const at = table.columns.findIndex(({ name }) => name === 'Verdict');
  const isMeasured = (row: readonly Cell[]): boolean => row[at] !== UNMEASURED;
  const rest = table.rows.filter((row) => !isMeasured(row));
  const measured = { ...table, rows: table.rows.filter(isMeasured), none: 'No run of this set speaks of any.' };
  if (rest.length === 0) return titled(measured);
  return html`${titled(measured)}${folded({ ...table, title: `${several(rest.length, 'requirement')} that no run of this set speaks of`, note: '', rows: rest })}`;
}

function folded(table: Table): Markup {
  return html`<details><summary>${table.title}</summary>${tableMarkup(table)}</details>`;
}

function tableMarkup({ title, note, columns, rows, none }: Table): Markup {
  if (rows.length === 0) return html`<p>${none}</p>`;
  const head = columns.map(({ name, right = false }) => html`<th scope="col" class="${right ? 'n' : ''}">${name}</th>`);
  const cell = (row: readonly Cell[], i: number): Markup => {
    const each = row[i] ?? '';
    const text = typeof each === 'string' ? each : each.text;
    const tone = typeof each === 'string' || each.tone === 'plain' ? '' : each.tone;
    const kind = columns[i]?.right === true ? 'n' : text.length > 60 ? 'long' : 'words';
    return html`<td class="${`${kind} ${tone}`.trim()}">${text}</td>`;
  };
  return html`${note === '' ? NONE : html`<p class="note">${note}</p>`}<div class="wide" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => html`<tr>${columns.map((_, i) => cell(row, i))}</tr>`)}</tbody></table></div>`;
}

function checks(evaluation: Evaluation): Markup {
  const items = pitfalls(evaluation).map(
    ({ name, state, answer }) => html`<li><span class="state ${state}">${state}</span><span><b>${name}.</b> ${answer}</span></li>`,
  );
  return html`<ul class="checks">${items}</ul>`;
}
