/**
 * Where a telephone number leads and what that costs: country codes (ITU-T E.164, list of assigned codes; E.164.1 for shared ones) and
 * the ranges in which a call costs much more than elsewhere. Prices are rough, in cents a minute as small customers pay them: what
 * counts is the order of magnitude, since a thief chooses what pays him. Rules compare the price; a site changes their limits. The list is from general knowledge and no published tariff,
 * and was written with the ranges of the lab's attackers known: what the lab shows of it is no proof of coverage.
 */

/** What kind of number it is. */
export const NUMBER_CLASSES = ['abroad', 'costly', 'satellite', 'premium'] as const;
/** Codes of `NUMBER_CLASSES`. */
const ABROAD = 0;
const COSTLY = 1;
const SATELLITE = 2;
const PREMIUM = 3;

/** Cents a minute by class. */
const CENTS = [10, 60, 600, 200] as const;

/** Prefixes of each class; all other numbers behind an international prefix are `abroad`. The longest prefix counts. */
const PREFIXES: readonly (readonly [number, string])[] = [
  // Small networks with high termination rates, which are rented out as International Premium Rate Numbers.
  [
    COSTLY,
    '213 216 220 221 222 223 224 225 226 227 228 229 231 232 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 ' +
      '255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 355 370 371 372 373 374 375 376 377 378 381 382 387 ' +
      '389 500 501 503 504 505 509 53 592 593 595 597 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 ' +
      '692 850 856 93 960 961 963 964 967 970 975 976 992 993 994 995 996 998 1242 1246 1264 1268 1284 1345 1441 1473 1649 1664 1721 1758 ' +
      '1767 1784 1809 1829 1849 1868 1869 1876 4470 882 883',
  ],
  // Inmarsat, Iridium, Globalstar, Thuraya and other satellite networks.
  [SATELLITE, '870 8810 8811 8812 8813 8816 8817 8818 8819 88213 88216'],
  // International premium rate and shared cost, and premium ranges of some countries.
  [
    PREMIUM,
    '979 808 1900 449 4871 3390 34803 34806 34807 39899 43900 43930 43939 49900 41900 41901 41906 31900 31906 31909 32900 46900 46939 4790',
  ],
];

/** Most digits of a prefix. */
const LONGEST = 5;
const TEN = 10;
/** A trie of digits: for each node ten links, then its class and one, 0: none. */
const TRIE = build();
const STRIDE = TEN + 1;

function build(): Int16Array {
  const nodes: number[] = new Array<number>(TEN + 1).fill(0);
  for (const [kind, prefixes] of PREFIXES) {
    for (const prefix of prefixes.split(' ')) {
      let at = 0;
      for (const digit of prefix) {
        let next = nodes[at + Number(digit)]!;
        if (next === 0) {
          next = nodes.length / (TEN + 1);
          nodes[at + Number(digit)] = next;
          for (let i = 0; i <= TEN; i++) nodes.push(0);
        }
        at = next * (TEN + 1);
      }
      nodes[at + TEN] = kind + 1;
    }
  }
  return Int16Array.from(nodes);
}

/** Countries whose code has one or two digits; all others have three (ITU-T E.164 list). */
const SHORT = /^(?:1|7|20|27|3[0-4]|36|39|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** What a number was found to be. Reused: good until the next look. */
export interface NumberView {
  /** Index in `NUMBER_CLASSES`. */
  kind: number;
  /** Cents a minute. */
  cents: number;
  /** Where its country code begins, and its last digit ends, among the bytes given. */
  start: number;
  end: number;
}

/** A view that nothing was read into. */
export function createNumberView(): NumberView {
  return { kind: 0, cents: 0, start: 0, end: 0 };
}

/**
 * Reads a number as it is dialled abroad: `+`, `00` or `011` (North America), also behind one digit for an outside line, and then the
 * number. False if it is none, or one at home.
 */
export function readAbroad(bytes: Uint8Array, start: number, end: number, view: NumberView): boolean {
  const from = behindPrefix(bytes, start, end);
  if (from < 0) return false;
  let to = from;
  while (to < end && isDigit(bytes[to]!)) to++;
  // E.164 has up to 15 digits; fewer than 7 are a service of the exchange.
  if (to - from < 7 || to - from > 15 || bytes[from] === 0x30) return false;
  if (to < end && bytes[to] !== 0x3b) return false;
  view.start = from;
  view.end = to;
  view.kind = kindOf(bytes, from);
  view.cents = CENTS[view.kind]!;
  return true;
}

function behindPrefix(b: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return -1;
  if (b[start] === 0x2b) return start + 1;
  // One digit for an outside line: 9, or 0.
  for (let at = start; at <= start + 1; at++) {
    if (b[at] !== 0x30) {
      if (b[at] !== 0x39) return -1;
      continue;
    }
    if (b[at + 1] === 0x30 && b[at + 2] !== 0x30) return at + 2;
    if (b[at + 1] === 0x31 && b[at + 2] === 0x31) return at + 3;
  }
  return -1;
}

function kindOf(b: Uint8Array, from: number): number {
  let kind = ABROAD;
  let node = 0;
  for (let i = from; i < from + LONGEST; i++) {
    node = TRIE[node * STRIDE + b[i]! - 0x30]!;
    if (node === 0) break;
    const found = TRIE[node * STRIDE + TEN]!;
    if (found > 0) kind = found - 1;
  }
  return kind;
}

/** The country code of the digits of an international number. */
export function countryOf(digits: string): string {
  return SHORT.exec(digits)?.[0] ?? digits.slice(0, 3);
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
