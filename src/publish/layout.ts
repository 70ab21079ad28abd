/** How text is laid out for a person: numbers, times, wrapped paragraphs, aligned columns, colours. */
import { styleText } from 'node:util';
import { columns } from './neutral.ts';

/** What colours are for. */
export type Tone = 'title' | 'bad' | 'warn' | 'good' | 'faint' | 'plain';

const FORMATS: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  title: 'bold',
  bad: ['bold', 'red'],
  warn: 'yellow',
  good: 'green',
  faint: 'dim',
  plain: 'reset',
};

/** Where the text goes. */
export interface Page {
  /** Columns of a line. */
  readonly width: number;
  readonly color: boolean;
}

/** Text in a tone; unchanged without colour. */
export function paint(page: Page, tone: Tone, text: string): string {
  return page.color && tone !== 'plain' ? styleText(FORMATS[tone], text, { validateStream: false }) : text;
}

/** `1,234,567`. */
export function number(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 packet`, `2 packets`. */
export function several(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** `812 B`, `1.2 kB`, `34 MB`. */
export function bytes(n: number): string {
  let size = n;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (size < 1000 || unit === 'GB') return `${size < 10 && unit !== 'B' ? size.toFixed(1) : number(size)} ${unit}`;
    size /= 1000;
  }
  return '';
}

/** A time span in µs as people say it: `80 µs`, `350 ms`, `4.2 s`, `9m 41s`, `3h 05m`, `2d 04h`. */
export function span(us: number): string {
  const s = us / 1e6;
  if (s < 0.001) return `${Math.round(us)} µs`;
  if (s < 1) return `${Math.round(us / 1000)} ms`;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${two((s % 3600) / 60)}m`;
  return `${Math.floor(s / 86_400)}d ${two((s % 86_400) / 3600)}h`;
}

/** The range of what a Date can say, in µs; times beyond come from broken captures. */
const LAST = 8.64e18;

const DAY = 86_400_000_000;
/** The day last written and its text: most times of a capture are of one day. */
let lastDay = Number.NaN;
let lastDayText = '';

/** `2026-11-20T08:00:00.123456Z`: UTC with microseconds. */
export function isoTime(us: number): string {
  const time = Math.min(Math.max(us, -LAST), LAST);
  const date = Math.floor(time / DAY);
  if (date !== lastDay) {
    lastDay = date;
    lastDayText = new Date(date * 86_400_000).toISOString().replace(/^\+/, '').split('T')[0]!;
  }
  const rest = Math.floor(time - date * DAY);
  const second = Math.floor(rest / 1_000_000);
  return `${lastDayText}T${two(second / 3600)}:${two((second % 3600) / 60)}:${two(second % 60)}.${String(rest % 1_000_000).padStart(6, '0')}Z`;
}

function two(n: number): string {
  return n < 10 ? `0${Math.floor(n)}` : String(Math.floor(n));
}

/** `2026-11-20`, UTC. */
export function day(us: number): string {
  return isoTime(us).split('T')[0]!;
}

/** `08:00:00`, UTC. */
export function clock(us: number): string {
  return isoTime(us).split('T')[1]!.slice(0, 8);
}

/** Text filled up to a width with spaces. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** Text filled up to a width with spaces on its left. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}

/**
 * A paragraph of neutral text as lines of at most `width` columns: the first begins with `lead`, the others with as many spaces.
 * A word longer than a line is broken.
 */
export function wrap(lead: string, text: string, width: number): string[] {
  const indent = columns(lead);
  const room = Math.max(20, width - indent);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, room))) {
    if (line !== '' && columns(line) + 1 + columns(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, i) => (i === 0 ? lead : ' '.repeat(indent)) + each);
}

function pieces(word: string, room: number): string[] {
  if (columns(word) <= room) return [word];
  const out: string[] = [];
  let piece = '';
  for (const character of word) {
    if (columns(piece) + columns(character) > room) {
      out.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...out, piece];
}

/** Rows of a name and a value, the values wrapped below each other: `  Requests   REGISTER 440 · OPTIONS 61`. */
export function listed(rows: readonly (readonly [name: string, text: string])[], page: Page): string[] {
  const width = rows.reduce((most, [name]) => Math.max(most, columns(name)), 0);
  return rows.flatMap(([name, text]) => {
    const lead = `  ${pad(name, width)}  `;
    const [first = '', ...rest] = wrap(lead, text, page.width);
    return [`  ${paint(page, 'faint', pad(name, width))}  ${first.slice(lead.length)}`, ...rest];
  });
}
