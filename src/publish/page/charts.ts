/** Charts of the page: attacks and traffic over the same time. Bars stretch with the page, text does not: it is never part of them. */
import type { Alert, Incident } from '../../types.ts';
import { isEntry } from '../digest.ts';
import { severity } from '../findings.ts';
import { clock, day, number, several, span } from '../layout.ts';
import { html, type Markup, NONE } from './markup.ts';
import { BINS, KINDS, REQUEST_KINDS, type Tally } from './tally.ts';

/** From when to when the charts go, µs. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}

/** A time as per cent of the extent, with at most two decimals. */
function percent(time: number, { first, last }: Extent): number {
  if (last <= first) return 0;
  return Math.round(Math.min(Math.max((time - first) / (last - first), 0), 1) * 10_000) / 100;
}

/** One row of the time line. */
export interface Attack {
  readonly incident: Incident;
  readonly alerts: readonly Alert[];
}

/** Lanes of one attacker. */
const MOST_LANES = 12;

/** Who did what when: a lane per alert, below its attacker. */
export function attackLine(attacks: readonly Attack[], extent: Extent): Markup {
  if (attacks.length === 0) return NONE;
  const groups = attacks.map(({ incident, alerts }) => {
    const more = alerts.length - MOST_LANES;
    const rest = more > 0 ? html`<p class="note">${several(more, 'more alert')}</p>` : NONE;
    return html`<h3>${incident.subject.value || 'unknown'}</h3>${alerts.slice(0, MOST_LANES).map((alert) => lane(alert, extent))}${rest}`;
  });
  return html`<div class="rows attacks">${groups}${axis(extent)}</div>`;
}

function lane(alert: Alert, extent: Extent): Markup {
  const { title, level, first, last } = alert;
  const x = percent(first, extent);
  const width = Math.max(0.7, Math.round((percent(last, extent) - x) * 100) / 100);
  const tone = severity(level) >= severity('high') ? 'bad' : 'warn';
  const from = Math.min(x, 100 - width);
  const entered = isEntry(alert);
  const mark = entered ? html`<circle class="entry" cx="${percent(alert.proof?.time ?? last, extent)}%" cy="12" r="5"/>` : NONE;
  const told = `${title}, ${level}, ${clock(first)} to ${clock(last)}${entered ? ', got in' : ''}`;
  return html`<div class="row"><span class="name">${title}</span>
<svg class="track" role="img" aria-label="${told}"><line class="base" x1="0" x2="100%" y1="12" y2="12"/><rect class="${tone}" x="${from}%" width="${width}%" y="6" height="12" rx="2"/>${mark}</svg>
<span class="value">${entered ? html`<span class="badge bad">got in</span>` : span(last - first)}</span></div>
`;
}

/** Requests and answers over time, a row per kind that was seen. */
export function trafficRows(tally: Tally, extent: Extent): Markup {
  if (tally.last < 0) return html`<p>There was no SIP message.</p>`;
  const bins = tally.last + 1;
  const row = (kind: number): Markup => {
    const counts = tally.of(kind).subarray(0, bins);
    const sum = counts.reduce((total, n) => total + n, 0);
    if (sum === 0) return NONE;
    const most = counts.reduce((best, n) => Math.max(best, n), 0);
    const name = KINDS[kind]!;
    const tone = kind === 6 || kind === 7 ? 'warn' : kind < REQUEST_KINDS ? 'traffic' : 'quiet';
    const told = `${name}: ${number(sum)} in all, at most ${number(most)} in ${span(tally.width)}`;
    return html`<div class="row"><span class="name">${name}</span>
<svg class="bars" role="img" aria-label="${told}" viewBox="0 0 ${bins} 24" preserveAspectRatio="none"><path class="${tone}" d="${{ markup: steps(counts, most) }}"/></svg>
<span class="value">${number(sum)}</span></div>
`;
  };
  const kinds = KINDS.map((_, kind) => kind);
  return html`<h3>Requests</h3><div class="rows">${kinds.slice(0, REQUEST_KINDS).map(row)}</div>
<h3>Answers</h3><div class="rows">${kinds.slice(REQUEST_KINDS).map(row)}${axis(extent)}</div>
<p class="note">Each row has its own scale; a column is ${span(tally.width)}.</p>`;
}

/** A filled outline of columns, 24 high. */
function steps(counts: Float64Array, most: number): string {
  let path = 'M0 24';
  let before = 24;
  for (let i = 0; i < counts.length && i < BINS; i++) {
    const n = counts[i]!;
    // What is there is seen, however little it is.
    const y = n === 0 ? 24 : Math.min(22.5, Math.round((24 - (n / most) * 23) * 10) / 10);
    if (y !== before) path += `V${y}`;
    path += `H${i + 1}`;
    before = y;
  }
  return `${path}V24Z`;
}

/** Three times below the rows; UTC. */
export function axis({ first, last }: Extent): Markup {
  const dated = day(first) !== day(last);
  const at = (share: number): string => {
    const time = first + (last - first) * share;
    return dated ? `${day(time)} ${clock(time).slice(0, 5)}` : clock(time);
  };
  return html`<div class="row axis"><span class="name"></span><span class="ticks"><time>${at(0)}</time><time>${at(0.5)}</time><time>${at(1)}</time></span><span class="value"></span></div>`;
}
