/** Writes text to a stream as fast as its reader takes it. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

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
