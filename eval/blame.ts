/** Which messages a detector blamed (message level), and which slices of the traffic (slice level). Defined in README.md. */
import { isAddress } from '../src/network.ts';
import type { Finding } from './detector.ts';
import { host, isSameAccount } from './match.ts';
import type { Messages } from './messages.ts';

/** SIP messages of one slice (paper 000). */
export const SLICE = 30;

/** Where messages are compared with what a finding names, and with which texts. */
interface Suspicion {
  readonly columns: readonly ('src' | 'dst' | 'callId' | 'from' | 'to')[];
  readonly isNamed: (text: string) => boolean;
}

/** 1 for every message that one of the findings blames. */
export function blamed(findings: readonly Finding[], messages: Messages): Uint8Array {
  const marks = new Uint8Array(messages.count);
  const known = new Map<string, Uint8Array>();
  for (const finding of findings) {
    const suspicion = suspicionOf(finding);
    if (suspicion === undefined) continue;
    const { columns, key, isNamed } = suspicion;
    const named = known.get(key) ?? Uint8Array.from(messages.texts, (text) => (text !== '' && isNamed(text) ? 1 : 0));
    known.set(key, named);
    mark(marks, messages, { columns, named, from: finding.first, to: finding.last });
  }
  return marks;
}

/** The first that it names of: an address to blame, a Call-ID, an account, an address or account under attack. */
function suspicionOf({ subject, target, callId }: Finding): (Suspicion & { readonly key: string }) | undefined {
  const who = subject === undefined ? '' : host(subject);
  const at = target === undefined ? '' : host(target);
  if (isAddress(who)) return { columns: ['src'], key: `is ${who}`, isNamed: (text) => text === who };
  if (callId !== undefined) return { columns: ['callId'], key: `is ${callId}`, isNamed: (text) => text === callId };
  const account = [who, at].find((name) => name !== '' && !isAddress(name));
  if (who === '' && isAddress(at)) return { columns: ['dst'], key: `is ${at}`, isNamed: (text) => text === at };
  if (account === undefined) return undefined;
  return { columns: ['from', 'to'], key: `account ${account}`, isNamed: (text) => isSameAccount(text, account) };
}

interface Part {
  readonly columns: Suspicion['columns'];
  readonly named: Uint8Array;
  readonly from: number;
  readonly to: number;
}

function mark(marks: Uint8Array, messages: Messages, { columns, named, from, to }: Part): void {
  const { time, count } = messages;
  for (let i = firstAt(time, from); i < count && time[i]! <= to; i++) {
    for (const column of columns) if (named[messages[column][i]!] === 1) marks[i] = 1;
  }
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
