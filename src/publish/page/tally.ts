/** Messages over time, by what they are, in a fixed number of intervals that widen as the capture grows. */
import { AT, FLAG, type SipRecords } from '../../siprecords.ts';

/** Intervals. */
export const BINS = 180;

/** Kinds of message, in the order of the charts. */
export const KINDS = ['REGISTER', 'INVITE', 'OPTIONS', 'other requests', 'success', 'challenge', 'refusal', 'server error'] as const;
/** Requests come first in KINDS. */
export const REQUEST_KINDS = 4;

/** Counts messages. */
export class Tally {
  /** µs of the beginning of the first interval; meaningless before the first message. */
  first = 0;
  /** µs of an interval. */
  width = 10_000;
  /** Interval of the latest message. */
  last = -1;
  readonly #counts = KINDS.map(() => new Float64Array(BINS));

  /** Counts of a kind, by interval. */
  of(kind: number): Float64Array {
    return this.#counts[kind]!;
  }

  /** Counts all messages of a batch. */
  take(records: SipRecords): void {
    const n = records.numbers;
    for (let i = 0; i < records.count; i++) {
      const at = i * AT.size;
      const request = (n[at + AT.flags]! & FLAG.request) !== 0;
      const kind = request ? requestKind(records.words.methods[n[at + AT.method]!]!) : answerKind(n[at + AT.status]!);
      if (kind >= 0) this.#counts[kind]![this.#bin(records.times[i]!)]!++;
    }
  }

  #bin(time: number): number {
    if (this.last < 0) this.first = time;
    // A file that is older than the one before it: its messages are told at the beginning.
    let bin = Math.max(0, Math.floor((time - this.first) / this.width));
    while (bin >= BINS) {
      this.#widen();
      bin = Math.floor((time - this.first) / this.width);
    }
    if (bin > this.last) this.last = bin;
    return bin;
  }

  #widen(): void {
    this.width *= 2;
    this.last = Math.floor(this.last / 2);
    for (const counts of this.#counts) {
      for (let i = 0; i < BINS; i++) counts[i] = 2 * i + 1 < BINS ? counts[2 * i]! + counts[2 * i + 1]! : 0;
    }
  }
}

function requestKind(method: string): number {
  switch (method) {
    case 'REGISTER':
      return 0;
    case 'INVITE':
      return 1;
    case 'OPTIONS':
      return 2;
    default:
      return REQUEST_KINDS - 1;
  }
}

/** Provisional answers and redirections say nothing worth a line. */
function answerKind(status: number): number {
  if (status >= 200 && status < 300) return 4;
  if (status === 401 || status === 407) return 5;
  if (status >= 400 && status < 500) return 6;
  return status >= 500 ? 7 : -1;
}
