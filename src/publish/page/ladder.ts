/** A call flow as SVG: who takes part stands in columns, messages go down the page in order of time. */
import type { MediaStream } from '../../types.ts';
import type { Conversation, Step } from '../conversations.ts';
import { clock, several, span } from '../layout.ts';
import { html, type Markup, NONE } from './markup.ts';

/** Columns of one ladder. */
const PARTIES = 5;
/** Messages of one ladder: so many from its beginning, so many from its end. */
const FIRST = 20;
const LAST = 10;
const LEFT = 124;
const GAP = 220;
const TOP = 44;
const ROW = 26;
/** Further height of a message that speaks of media. */
const MEDIA_ROW = 15;

/** Media streams of one ladder. */
const STREAMS = 6;

/** The ladder of one or several conversations as one, with the media of the call; empty if nothing was kept of them. */
export function ladder(conversations: readonly Conversation[], title: string, streams: readonly MediaStream[] = []): Markup {
  const signalling = conversations.flatMap(({ steps }) => steps);
  if (signalling.length === 0) return NONE;
  const all = [...signalling, ...streams.slice(0, STREAMS).map((stream) => flow(stream, signalling))].sort((a, b) => a.time - b.time);
  const steps = all.length <= FIRST + LAST ? all : [...all.slice(0, FIRST), ...all.slice(-LAST)];
  const nameOf = namer(steps);
  const parties = [...new Set(steps.flatMap((step) => [nameOf(step.src), nameOf(step.dst)]))].slice(0, PARTIES);
  const shown = steps.filter((step) => parties.includes(nameOf(step.src)) && parties.includes(nameOf(step.dst)));
  const left = all.length - shown.length + conversations.reduce((sum, { more }) => sum + more, 0);
  // Where the end of a long flow goes on after what is left out.
  const resumes = all.length > FIRST + LAST ? shown.find((step) => all.indexOf(step) >= all.length - LAST) : undefined;
  const height = TOP + (resumes === undefined ? 0 : ROW) + shown.reduce((sum, step) => sum + heightOf(step), 0) + 12;
  const width = LEFT + GAP * (parties.length - 1) + 92;
  const begin = shown[0]?.time ?? 0;
  let y = TOP;
  const arrows = shown.map((step) => {
    const gap = step === resumes ? html`<text class="when" x="4" y="${(y += ROW)}">⋮</text>` : NONE;
    y += heightOf(step);
    return html`${gap}${arrow(step, parties.indexOf(nameOf(step.src)), parties.indexOf(nameOf(step.dst)), y, begin)}`;
  });
  const rest = left > 0 ? html` ${several(left, 'more message')} left out.` : NONE;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><svg class="ladder" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${told(shown)}">
${parties.map((party, i) => column(party, i, height))}
${arrows}</svg></div><p class="note"># is the frame number.${rest}</p>
`;
}

/** A media stream as a step between those parties whose addresses it has. */
function flow({ src, dst, first, last, codec, packets }: MediaStream, signalling: readonly Step[]): Step {
  const endpoints = signalling.flatMap((step) => [step.src, step.dst]);
  const party = (address: string): string => endpoints.find((each) => each.replace(/:\d+$/, '') === address) ?? address;
  return {
    time: first,
    file: '',
    frame: 0,
    src: party(src.includes(':') ? `[${src}]` : src),
    dst: party(dst.includes(':') ? `[${dst}]` : dst),
    request: true,
    method: RTP,
    status: 0,
    reason: `${codec}, ${several(packets, 'packet')}, ${span(last - first)}`,
    retransmission: false,
    signed: false,
    oddities: [],
    media: '',
  };
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
  return html`<g class="${tone}${again}"><text class="when" x="4" y="${line + 4}">${whenOf(step, begin)}</text><text class="what" x="${middle}" y="${line - 5}" text-anchor="middle">${labelOf(step)}${step.frame > 0 ? html` <tspan>#${step.frame}</tspan>` : NONE}</text><line x1="${x1}" x2="${x2 - way * 7}" y1="${line}" y2="${line}"/><path d="M${x2} ${line}l${-way * 8} -4v8z"/>${media}</g>
`;
}

function whenOf(step: Step, begin: number): string {
  return step.time === begin ? clock(step.time) : `+${span(step.time - begin)}`;
}

/** Stands for the method of a step that is a media stream. */
const RTP = 'RTP';

function labelOf({ request, method, status, reason, signed, retransmission, oddities }: Step): string {
  if (method === RTP) return `${RTP} ${short(reason, 32)}`;
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

function toneOf({ request, method, status }: Step): string {
  if (method === RTP) return 'rtp';
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
