/** How well media arrived: the worst streams, by loss and jitter. */
import type { MediaStream } from '../../types.ts';
import { number, several, span } from '../layout.ts';
import { html, type Markup, NONE } from './markup.ts';

/** Streams told. */
const MOST = 10;
/** Loss and jitter from which people hear it: ITU-T G.114 and G.1020 leave about one per cent and 30 ms. */
const BAD_LOSS = 0.01;
const BAD_JITTER = 30_000;

/** Keeps the worst of all streams. */
export class Quality {
  count = 0;
  readonly #worst: MediaStream[] = [];

  /** Takes the streams of a call. */
  take(streams: readonly MediaStream[]): void {
    for (const stream of streams) {
      this.count++;
      this.#worst.push(stream);
    }
    if (this.#worst.length > 50 * MOST) this.#cut();
  }

  /** The worst, the worst first. */
  get worst(): readonly MediaStream[] {
    this.#cut();
    return this.#worst;
  }

  #cut(): void {
    this.#worst.sort((a, b) => badness(b) - badness(a) || a.first - b.first);
    this.#worst.length = Math.min(this.#worst.length, MOST);
  }
}

function loss({ lost, packets }: MediaStream): number {
  return lost + packets === 0 ? 0 : lost / (lost + packets);
}

function badness(stream: MediaStream): number {
  return Math.max(loss(stream) / BAD_LOSS, stream.jitterMax / BAD_JITTER);
}

/** Loss and jitter of the worst streams; a full bar is ten times what people hear. */
export function qualityRows(quality: Quality): Markup {
  const { worst } = quality;
  if (worst.length === 0) return NONE;
  const most =
    quality.count > worst.length
      ? html`<p class="note">The ${number(worst.length)} worst of ${several(quality.count, 'stream')}.</p>`
      : NONE;
  return html`<section><h2>Media quality</h2><div class="rows streams"><div class="row head"><span class="name soft">Stream</span><span class="soft">Loss</span><span></span><span class="soft">Jitter at its highest</span><span></span></div>
${worst.map(row)}</div>${most}<p class="note">Amber from 1 % lost or 30 ms of jitter, from where people hear it; a full bar is ten times that.</p></section>
`;
}

function row(stream: MediaStream): Markup {
  const { src, srcPort, dst, dstPort, codec, encryption, jitterMax } = stream;
  const share = loss(stream);
  const about = `${codec}${encryption === 'none' ? '' : `, encrypted (${encryption})`}`;
  return html`<div class="row"><span class="name">${src}:${srcPort} <span class="soft">to</span> ${dst}:${dstPort} <span class="soft">${about}</span></span>
${bar(share, BAD_LOSS)}<span class="value">${(share * 100).toFixed(1)} % lost</span>${bar(jitterMax, BAD_JITTER)}<span class="value">${span(jitterMax)} jitter</span></div>
`;
}

function bar(value: number, bad: number): Markup {
  const width = Math.round(Math.min(1, value / (10 * bad)) * 1000) / 10;
  return html`<svg class="bars" aria-hidden="true"><rect class="${value >= bad ? 'warn' : 'traffic'}" width="${width}%" height="10"/></svg>`;
}
