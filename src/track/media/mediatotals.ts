/** What all streams come to, counted as each ends. */
import { ENCRYPTIONS } from './promises.ts';
import { lostOf, PROMISED, type Stream, SYMMETRIC } from './streams.ts';

/** Labels of the totals, by code; the last is no sum but the highest, in milliseconds. */
export const MEDIA_TOTALS = [
  'streams-promised',
  'streams-symmetric',
  'streams-unpromised',
  'streams-encrypted',
  'packets',
  'lost',
  'duplicates',
  'late',
  'digits',
  'fax-packets',
  'jitter-max-ms',
] as const;

const PACKETS = 4;
const FAX = 9;
const JITTER = 10;

/** The totals. */
export class MediaTotals {
  readonly counts = new Float64Array(MEDIA_TOTALS.length);

  /** Adds a stream (`sign` 1), or takes back one that goes on (-1). */
  count(s: Stream, sign: number): void {
    const { counts } = this;
    counts[s.promised === PROMISED ? 0 : s.promised === SYMMETRIC ? 1 : 2]! += sign;
    if (ENCRYPTIONS[s.encryption] !== 'none') counts[3]! += sign;
    counts[PACKETS]! += sign * s.packets;
    counts[PACKETS + 1]! += sign * lostOf(s);
    counts[PACKETS + 2]! += sign * s.duplicates;
    counts[PACKETS + 3]! += sign * s.late;
    counts[PACKETS + 4]! += sign * s.digits;
    counts[JITTER] = Math.max(counts[JITTER]!, Math.round(s.jitterMax / 1000));
  }

  /** A packet of T.38 (UDPTL) went to an endpoint that was promised for it. */
  fax(): void {
    this.counts[FAX]!++;
  }
}
