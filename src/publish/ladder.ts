/** A call flow as SVG: who takes part stands in columns, messages go down the page in order of time. */
import type { Conversation, Step } from './conversations.ts';
import { clock, several, span } from './layout.ts';
import { html, type Markup, NONE } from './markup.ts';

/** Columns of one ladder. */
const PARTIES = 5;
/** Messages of one ladder. */
const MESSAGES = 30;
const LEFT = 124;
const GAP = 220;
const TOP = 44;
const ROW = 26;
/** Further height of a message that speaks of media. */
const MEDIA_ROW = 15;

/** The ladder of one or several conversations as one; empty if nothing was kept of them. */
export function ladder(conversations: readonly Conversation[], title: string): Markup {
  const all = conversations.flatMap(({ steps }) => steps).sort((a, b) => a.time - b.time);
  if (all.length === 0) return NONE;
  const steps = all.slice(0, MESSAGES);
  const nameOf = namer(steps);
  const parties = [...new Set(steps.flatMap((step) => [nameOf(step.src), nameOf(step.dst)]))].slice(0, PARTIES);
  const shown = steps.filter((step) => parties.includes(nameOf(step.src)) && parties.includes(nameOf(step.dst)));
  const left = all.length - shown.length + conversations.reduce((sum, { more }) => sum + more, 0);
  const height = TOP + shown.reduce((sum, step) => sum + heightOf(step), 0) + 12;
  const width = LEFT + GAP * (parties.length - 1) + 92;
  const begin = shown[0]?.time ?? 0;
  let y = TOP;
  const arrows = shown.map((step) => {
    y += heightOf(step);
    return arrow(step, parties.indexOf(nameOf(step.src)), parties.indexOf(nameOf(step.dst)), y, begin);
  });
  const rest = left > 0 ? html` ${several(left, 'more message')} left out.` : NONE;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><svg class="ladder" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${told(shown)}">
${parties.map((party, i) => column(party, i, height))}
${arrows}</svg></div><p class="note"># is the frame number.${rest}</p>
`;
}

/** Endpoints by address and port while they fit, else by address. */
function namer(steps: readonly Step[]): (endpoint: string) => string {
  const endpoints = new Set(steps.flatMap(({ src, dst }) => [src, dst]));
  return endpoints.size <= PARTIES ? (endpoint) => endpoint : (endpoint) => endpoint.replace(/:\d+$/, '');
}

function heightOf({ media }: Step): number {
  return media === '' ? ROW : ROW + MEDIA_ROW;
}

function column(party: string, index: number, height: number): Markup {
  const x = LEFT + GAP * index;
  return html`<text class="party" x="${x}" y="18" text-anchor="middle">${short(party, 34)}</text><line class="life" x1="${x}" x2="${x}" y1="28" y2="${height - 4}"/>`;
}

function arrow(step: Step, from: number, to: number, y: number, begin: number): Markup {
  const x1 = LEFT + GAP * from;
  const loop = from === to;
  const x2 = loop ? x1 + 60 : LEFT + GAP * to;
  const way = x2 > x1 ? 1 : -1;
  const tone = toneOf(step);
  const line = step.media === '' ? y : y - MEDIA_ROW;
  const middle = (x1 + x2) / 2;
  const again = step.retransmission ? ' again' : '';
  const media =
    step.media === ''
      ? NONE
      : html`<text class="media" x="${middle}" y="${line + 13}" text-anchor="middle">${short(mediaText(step), 40)}</text>`;
  return html`<g class="${tone}${again}"><text class="when" x="4" y="${line + 4}">${whenOf(step, begin)}</text><text class="what" x="${middle}" y="${line - 5}" text-anchor="middle">${labelOf(step)} <tspan>#${step.frame}</tspan></text><line x1="${x1}" x2="${x2 - way * 7}" y1="${line}" y2="${line}"/><path d="M${x2} ${line}l${-way * 8} -4v8z"/>${media}</g>
`;
}

function whenOf(step: Step, begin: number): string {
  return step.time === begin ? clock(step.time) : `+${span(step.time - begin)}`;
}

function labelOf({ request, method, status, reason, signed, retransmission, oddities }: Step): string {
  const what = request ? `${short(method, 14)}${signed ? ' with credentials' : ''}` : `${status} ${short(reason, 22)}`;
  const notes = [retransmission ? 'again' : '', oddities.length > 0 ? 'odd' : ''].filter(Boolean).join(', ');
  return notes === '' ? what : `${what} (${notes})`;
}

/** Media to where the message comes from needs its port only. */
function mediaText({ media, src }: Step): string {
  return media.replace(`to ${src.replace(/:\d+$/, '')}:`, 'to port ');
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function toneOf({ request, status }: Step): string {
  if (request) return 'request';
  if (status < 300 || status === 401 || status === 407) return 'answer';
  return status >= 500 ? 'answer bad' : 'answer warn';
}

function told(steps: readonly Step[]): string {
  return `${several(steps.length, 'message')}: ${steps
    .slice(0, 12)
    .map((step) => labelOf(step))
    .join(', ')}`;
}
