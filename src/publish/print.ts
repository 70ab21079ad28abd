/** Writes text to a stream as fast as its reader takes it. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Page } from './layout.ts';

/** Standard output or error, or what stands in for it. */
export type Output = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly hasColors?: () => boolean;
};

/** Narrowest page that text is laid out for. */
const NARROWEST = 40;
/** Width where nobody says. */
const STANDARD = 80;

/** The page of an output: as wide as its terminal, in colour only on a terminal that has them. */
export function pageOf(out: Output, color = true): Page {
  return {
    width: Math.max(NARROWEST, out.columns || STANDARD),
    color: color && out.isTTY === true && out.hasColors?.() === true,
  };
}

const CHUNK = 1 << 16;

/** Writes the pieces in order and waits whenever the stream is full; what is not yet written stays below 64 kB. */
export async function print(out: Writable, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  let pending = '';
  for await (const piece of pieces) {
    pending += piece;
    if (pending.length < CHUNK) continue;
    if (!out.write(pending)) await once(out, 'drain');
    pending = '';
  }
  if (pending !== '' && !out.write(pending)) await once(out, 'drain');
}
