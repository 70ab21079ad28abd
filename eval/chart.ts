/** The chart of the page: recall of each attack at each strength, against what is required, the best other detector beside it. */
import { html, type Markup, NONE } from '../src/publish/page/markup.ts';
import type { Evaluation } from './evaluate.ts';
import { requiredFor } from './required.ts';
import type { AttackRow } from './summary.ts';
import { attackName, ratio, time } from './tables.ts';

/** A row per attack and strength; empty without attacks. */
export function recallChart({ detectors: [own, ...others] }: Evaluation): Markup {
  const rows = own?.summary.attacks ?? [];
  const single = rows.filter((row) => row.intensity !== '');
  if (single.length === 0) return html`<p>There was no attack run.</p>`;
  const rivals = others.flatMap(({ name, summary }) => summary.attacks.map((row) => ({ name, row })));
  const groups = [...Map.groupBy(single, ({ attack }) => attack)];
  return html`<p class="note">Share of the attacks that were told with a right class, with its 95 % interval over runs (thin line); the upright mark is what is required, the ring the best other detector, named where it is better.</p>
<div class="chart">${groups.map(([attack, strengths]) => html`<h3>${attackName(attack)}</h3>${strengths.map((row) => rowMarkup(row, rivals))}`)}</div>`;
}

interface Rival {
  readonly name: string;
  readonly row: AttackRow;
}

function rowMarkup(row: AttackRow, rivals: readonly Rival[]): Markup {
  const { attack, intensity, recall, delay } = row;
  const needed = requiredFor(attack, intensity)?.recall;
  const best = rivals
    .filter(({ row: other }) => other.attack === attack && other.intensity === intensity)
    .toSorted((a, b) => b.row.recall.value - a.row.recall.value)[0];
  const tone = needed === undefined ? 'warn' : recall.value >= needed ? 'good' : recall.value >= needed / 2 ? 'warn' : 'bad';
  const beaten = best !== undefined && best.row.recall.value > recall.value;
  const beside = best === undefined ? '' : `; ${best.name} ${ratio(best.row.recall.value)}`;
  const told = `${attackName(attack)}, ${intensity}: ${recall.hits} of ${recall.of} told${needed === undefined ? '' : `, required ${ratio(needed)}`}${beside}`;
  return html`<div class="row"><span class="name">${intensity}</span>
<svg role="img" aria-label="${told}"><title>${told}</title><rect class="rail" x="0" width="100%" y="5" height="12" rx="2"/><rect class="${tone}" x="0" width="${percent(recall.value)}" y="5" height="12" rx="2"/>${range(row)}${needed === undefined ? NONE : html`<line class="need" x1="${percent(needed)}" x2="${percent(needed)}" y1="2" y2="20"/>`}${best === undefined || best.row.recall.hits === 0 ? NONE : html`<circle class="rival" cx="${percent(best.row.recall.value)}" cy="11" r="5"/>`}</svg>
<span class="value"><span class="${recall.hits === 0 ? 'none' : ''}">${recall.hits}/${recall.of}</span> <span class="soft">${delayText(delay.median)}</span>${beaten ? html` <span class="soft">${best.name} ${best.row.recall.hits}/${best.row.recall.of}</span>` : NONE}</span></div>
`;
}

function delayText(delay: number): string {
  if (Number.isNaN(delay)) return '';
  return delay < 1000 ? 'at once' : `in ${time(delay)}`;
}

function range({ recall: { interval } }: AttackRow): Markup {
  if (interval === undefined || interval.low === interval.high) return NONE;
  return html`<line class="range" x1="${percent(interval.low)}" x2="${percent(interval.high)}" y1="11" y2="11"/>`;
}

function percent(share: number): string {
  return Number.isNaN(share) ? '0%' : `${Math.round(share * 1000) / 10}%`;
}
