/** Grammars of the identifiers that makers invent: branches, tags, Call-IDs, and the names of makers themselves. */
import type { Random } from '../random.ts';

const HEX = '0123456789abcdef';
const DIGITS = '0123456789';
const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Draws one identifier. */
export type Grammar = (random: Random) => string;

/** A grammar of texts of a length that the maker has settled on: hexadecimal, decimal, mixed, grouped or UUID. */
export function drawGrammar(random: Random, short: number, long: number): Grammar {
  const length = random.integer(short, long);
  const uuid: Grammar = (r) => [8, 4, 4, 4, 12].map((n) => r.text(n, HEX)).join('-');
  const grammars: Grammar[] = [
    (r) => r.text(length, HEX),
    (r) => r.text(length, HEX).toUpperCase(),
    (r) => String(r.integer(1, 9)) + r.text(Math.min(length, 18), DIGITS),
    (r) => r.text(length, MIXED),
    (r) => `${r.text(length, HEX)}-${r.text(4, HEX)}`,
    (r) => `${r.text(Math.max(4, length >> 1), DIGITS)}_${r.text(4, MIXED)}`,
    (r) => `${r.text(6, MIXED)}.${r.text(length, MIXED)}`,
    uuid,
  ];
  return random.pick(grammars);
}

/** What a maker puts between the magic cookie and the rest of a branch. */
export function drawBranch(random: Random): Grammar {
  const rest = drawGrammar(random, 8, 24);
  const mark = random.pick(['', '', '-', '.', 'K', 'Pj', 'nash', '-524287-1---', 'bK']);
  return (r) => `z9hG4bK${mark}${rest(r)}`;
}

const FIRST = [
  'Vel',
  'Ora',
  'Tri',
  'Nex',
  'Cal',
  'Pho',
  'Lin',
  'Sol',
  'Bra',
  'Quin',
  'Hal',
  'Mer',
  'Tel',
  'Ost',
  'Fen',
  'Kin',
  'Ryb',
  'Zan',
];
const MIDDLE = ['a', 'i', 'o', 'e', 'an', 'ar', 'in', 'u', 'is'];
const LAST = ['tel', 'fon', 'vox', 'lin', 'com', 'sys', 'nix', 'dia', 'ral', 'tec', 'wave', 'fone'];

/** Invented name of a maker; no real one. */
export function drawName(random: Random): string {
  return random.pick(FIRST) + random.pick(MIDDLE) + random.pick(LAST);
}

/** How the maker's User-Agent reads; each device may have its own MAC address or version in it. */
export function drawUserAgent(random: Random): Grammar {
  const name = drawName(random);
  const model = random.text(1, 'ABCDGHKMPSTVX') + random.integer(1, 9) + random.pick(['0', '00', '20', '5', '1', '']);
  const major = random.integer(1, 12);
  const version: Grammar = (r) => `${major}.${r.integer(0, 3)}.${r.integer(0, 2)}${r.chance(0.2) ? `.${r.integer(1, 99)}` : ''}`;
  return random.pick<Grammar>([
    (r) => `${name} ${model} ${version(r)}`,
    (r) => `${name}/${version(r)}`,
    (r) => `${name}-${model}/${version(r)}`,
    (r) => `${name} ${model} ${version(r)} ${r.text(12, HEX)}`,
    (r) => `${name}/${model}-${version(r)}_${r.text(12, HEX).toUpperCase()}`,
    (r) => `${name}/${version(r)} (${r.pick(['Windows', 'Linux', 'Android 14', 'iOS 18', 'macOS'])})`,
    (r) => `${name} (${model}) v${version(r)} build ${r.integer(1000, 9999)}`,
    () => name,
  ]);
}
