/** Which messages a detector blamed (message level), and which slices of the traffic (slice level). Defined in README.md. */
import { isAddress } from '../src/network.ts';
import type { Finding } from './detector.ts';
import { accountParts, host, isSameAccount } from './match.ts';
import type { Messages } from './messages.ts';

/** SIP messages of one slice (paper 000). */
export const SLICE = 30;

type Column = 'src' | 'dst' | 'callId' | 'from' | 'to';

/** Where messages are compared with what a finding names, and with which texts (by number). */
interface Suspicion {
  readonly columns: readonly Column[];
  readonly texts: ReadonlySet<number>;
}

/** 1 for every message that one of the findings blames. */
export function blamed(findings: readonly Finding[], messages: Messages): Uint8Array {
  const marks = new Uint8Array(messages.count);
  const names = new Names(messages.texts);
  for (const finding of findings) {
    const { columns, texts } = suspicionOf(finding, names);
    if (texts.size > 0) for (const column of columns) mark(marks, messages, finding, { column: messages[column], texts });
  }
  return marks;
}

/** The first that it names of: an address to blame or in whose name it was, a Call-ID, an account, an address or account under attack. */
function suspicionOf({ subject, claimed, target, callId }: Finding, names: Names): Suspicion {
  const who = host(subject ?? claimed ?? '');
  const at = target === undefined ? '' : host(target);
  if (isAddress(who)) return { columns: ['src'], texts: names.exactly(who) };
  if (callId !== undefined) return { columns: ['callId'], texts: names.exactly(callId) };
  if (who === '' && isAddress(at)) return { columns: ['dst'], texts: names.exactly(at) };
  return { columns: ['from', 'to'], texts: names.account(who !== '' ? who : at) };
}

/** The numbers of texts by what they say. */
class Names {
  readonly #texts: readonly string[];
  readonly #numbers = new Map<string, number>();
  /** By the user of an account, in lower case; made when the first account is asked for. */
  #users: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    for (const [number, text] of texts.entries()) this.#numbers.set(text, number);
  }

  exactly(text: string): ReadonlySet<number> {
    const number = text === '' ? undefined : this.#numbers.get(text);
    return new Set(number === undefined ? [] : [number]);
  }

  account(account: string): ReadonlySet<number> {
    this.#users ??= Map.groupBy(this.#texts.keys(), (number) => accountParts(this.#texts[number]!).user);
    const same = this.#users.get(accountParts(account).user) ?? [];
    return new Set(same.filter((number) => isSameAccount(this.#texts[number]!, account)));
  }
}

interface Named {
  readonly column: Uint32Array;
  readonly texts: ReadonlySet<number>;
}

function mark(marks: Uint8Array, { time, count }: Messages, { first, last }: Finding, { column, texts }: Named): void {
  for (let i = firstAt(time, first); i < count && time[i]! <= last; i++) if (texts.has(column[i]!)) marks[i] = 1;
}

/** Index of the first time that is not before `from`. */
function firstAt(time: Float64Array, from: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What was said of messages or slices. */
export interface Tally {
  /** Labelled and blamed, benign and blamed, labelled and not blamed, benign and not blamed. */
  readonly hits: number;
  readonly falseHits: number;
  readonly misses: number;
  readonly rest: number;
}

/** Bands of k, the labelled messages in an attack slice: the least of each. */
export const BANDS = [1, 2, 6, 16, 30] as const;

/** Slices: their tally, and of attack slices by band of k how many there were and how many were blamed. */
export interface SliceTally extends Tally {
  readonly bands: readonly { readonly slices: number; readonly hits: number }[];
}

/** Tally of the messages. @param labels 1 for labelled ones. */
export function tallyMessages(labels: Uint8Array, marks: Uint8Array): Tally {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * 2 + marks[i]!]!++;
  return { rest: counts[0]!, falseHits: counts[1]!, misses: counts[2]!, hits: counts[3]! };
}

/**
 * Tally of slices of 30 SIP messages that follow each other: an attack slice holds a labelled one, a blamed slice a blamed one.
 * What is left over at the end is no slice.
 */
export function tallySlices({ sip }: Messages, labels: Uint8Array, marks: Uint8Array): SliceTally {
  const counts = [0, 0, 0, 0];
  const bands = BANDS.map(() => ({ slices: 0, hits: 0 }));
  let [held, k, hit] = [0, 0, 0];
  for (let i = 0; i < sip.length; i++) {
    if (sip[i] !== 1) continue;
    held++;
    k += labels[i]!;
    hit |= marks[i]!;
    if (held < SLICE) continue;
    counts[(k > 0 ? 2 : 0) + hit]!++;
    const band = bands[bandOf(k)];
    if (band !== undefined) {
      band.slices++;
      band.hits += hit;
    }
    [held, k, hit] = [0, 0, 0];
  }
  return { rest: counts[0]!, falseHits: counts[1]!, misses: counts[2]!, hits: counts[3]!, bands };
}

/** Index in `BANDS`, -1 for a benign slice. */
function bandOf(k: number): number {
  return BANDS.findLastIndex((least) => k >= least);
}
