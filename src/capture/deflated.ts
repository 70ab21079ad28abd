/**
 * Compressed WebSocket messages (permessage-deflate, RFC 7692 §7.2): each is raw DEFLATE without its last four bytes, and
 * may refer to the 32 KiB before it in the same direction (context takeover). Those are kept for a bounded number of
 * directions.
 */
import { constants, inflateRawSync } from 'node:zlib';

/** What a sender takes off the end of each message (RFC 7692 §7.2.1). */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
/** How far back a message may refer. */
const REACH = 32 * 1024;
/** Directions whose past is kept: 8 MiB. */
const MAX_PASTS = 256;

/** What one direction has said so far, the last of it; undefined: nothing compressed. */
export type Past = Buffer | undefined;

/** Opens messages, and counts what it keeps for them. */
export class Deflated {
  /** Messages that could not be opened. */
  closed = 0;
  /** The past of the direction behind the message opened last. */
  past: Past;
  #pasts = 0;

  /** The message in `bytes[0, length)` of a direction with that past, of at most `most` bytes. Undefined: it cannot be opened. */
  open(past: Past, bytes: Buffer, length: number, most: number): Buffer | undefined {
    if (past !== undefined || this.#pasts < MAX_PASTS) {
      try {
        const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: most };
        const message = inflateRawSync(
          Buffer.concat([bytes.subarray(0, length), TAIL]),
          past === undefined ? options : { ...options, dictionary: past },
        );
        if (past === undefined) this.#pasts++;
        this.past = Buffer.concat([past ?? Buffer.alloc(0), message]).subarray(-REACH);
        return message;
      } catch {
        // Damaged, too large, or with references to what was not seen.
      }
    }
    this.closed++;
    return undefined;
  }

  /** A direction has ended. */
  forget(past: Past): void {
    if (past !== undefined) this.#pasts--;
  }
}
