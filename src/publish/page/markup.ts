/** HTML and SVG that cannot be broken out of: every text that is put into a template is made neutral and escaped. */
import { neutral } from '../neutral.ts';

/** Markup that is safe as it stands; made by `html` only. */
export interface Markup {
  readonly markup: string;
}

/** What a template takes: text and numbers are escaped, markup is not. */
export type Piece = string | number | Markup | readonly Markup[];

/** Most characters of one text on the page. */
const MOST = 400;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Neutral text for an element or a quoted attribute, at most `most` characters. */
export function escaped(text: string, most = MOST): string {
  return neutral(text, most).replace(/[&<>"'`]/g, (character) => ESCAPES[character]!);
}

/** A template: what stands in it is trusted, what is put in is not. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let markup = strings[0]!;
  for (const [i, piece] of pieces.entries()) markup += textOf(piece) + strings[i + 1]!;
  return { markup };
}

/** No markup at all. */
export const NONE: Markup = { markup: '' };

function textOf(piece: Piece): string {
  if (typeof piece === 'string') return escaped(piece);
  if (typeof piece === 'number') return String(piece);
  return 'markup' in piece ? piece.markup : piece.map(({ markup }) => markup).join('');
}
