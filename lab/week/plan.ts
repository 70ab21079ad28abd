/**
 * Which recordings make a week like that of paper 003 (S3-16), and when each is played: as many answers to attackers, as many
 * guesses for each scan, and one attack with the share of the strongest one. Nothing of what a recording holds is changed for it.
 */
import type { Random } from '../random.ts';

/** What the paper's table 1 says of the week; each share a quotient of two of its numbers. */
export const PAPER_WEEK = {
  /** Answers that were analysed. */
  answers: 40_909_352,
  /** Of the analysed answers, those to attackers: 18,945,291 of 40,909,352. */
  malicious: 18_945_291 / 40_909_352,
  /** Of the attacks, scans: 520 of 7,008. */
  scans: 520 / 7_008,
  /** Of the answers to attackers, those to the strongest one: 6,930,911 of 18,945,291. */
  strongest: 6_930_911 / 18_945_291,
} as const;

/** A recorded attack as the plan knows it. */
export interface Source {
  readonly name: string;
  readonly kind: 'guess' | 'scan';
  /** Analysed answers to the attacker, and to everybody else in the recording. */
  readonly hostile: number;
  readonly benign: number;
  /** µs from the first to the last packet of the recording. */
  readonly duration: number;
  /** Whether another attacker can be made of it, and whether the strongest one. */
  readonly copyable: boolean;
  readonly single: boolean;
}

/** One attack of the week. */
export interface Placement<S extends Source> {
  readonly source: S;
  /** µs from the start of the week. */
  readonly start: number;
  /** 0: the whole recording with everybody in it; 1, 2 …: its attacker alone, as somebody else. */
  readonly copy: number;
  /** How often the attacker does all of it, without a pause. */
  readonly rounds: number;
}

/** Everything that is played on top of the benign days. */
export interface WeekPlan<S extends Source> {
  readonly placements: readonly Placement<S>[];
  /** Analysed answers to attackers, to others, and to the strongest attacker. */
  readonly hostile: number;
  readonly benign: number;
  readonly strongest: number;
}

/**
 * Plans the attacks.
 * @param benign analysed answers of the benign days. @param length µs of the week.
 * @throws Error if the recordings do not suffice: no scan, no guessing, or nothing that can become the strongest.
 */
export function planWeek<S extends Source>(sources: readonly S[], benign: number, length: number, random: Random): WeekPlan<S> {
  const guesses = random.shuffle(sources.filter(({ kind, hostile }) => kind === 'guess' && hostile > 0));
  const scans = random.shuffle(sources.filter(({ kind, hostile }) => kind === 'scan' && hostile > 0));
  const single = guesses.filter((source) => source.single && source.copyable).toSorted((a, b) => b.hostile - a.hostile)[0];
  if (scans.length === 0 || single === undefined) throw new Error('a week needs recordings of extension scans and of password guessing');
  const uses = new Map<S, number>();
  let own = 0;
  let others = benign;
  const use = (source: S): void => {
    if (!uses.has(source)) others += source.benign;
    uses.set(source, (uses.get(source) ?? 0) + 1);
    own += source.hostile;
  };
  // Without the strongest attacker, whose answers come on top.
  const wanted = (): number => ((others * PAPER_WEEK.malicious) / (1 - PAPER_WEEK.malicious)) * (1 - PAPER_WEEK.strongest);
  const next = turns(guesses, uses);
  const nextScan = turns(scans, uses);
  let [attacks, scanned] = [1, 0];
  for (;;) {
    const scan = scanned < PAPER_WEEK.scans * (attacks + 1) - 0.5;
    const source = (scan ? nextScan : next)(wanted() - own);
    if (source === undefined) break;
    use(source);
    attacks++;
    if (scan) scanned++;
  }
  const rounds = Math.max(1, Math.round((own * PAPER_WEEK.strongest) / (1 - PAPER_WEEK.strongest) / single.hostile));
  const strongest = rounds * single.hostile;
  const start = Math.max(0, Math.round(random.unit() * (length - rounds * single.duration)));
  const last = { source: single, copy: Math.max(1, uses.get(single) ?? 0), rounds, start };
  const placements = [...[...uses].flatMap(([source, times]) => spread(source, times, length, random)), last];
  return { placements, hostile: own + strongest, benign: others, strongest };
}

/** Each in turn; one that is more than what is left is passed over, one that cannot be copied comes once. Undefined: nothing fits. */
function turns<S extends Source>(list: readonly S[], uses: ReadonlyMap<S, number>): (left: number) => S | undefined {
  let at = 0;
  return (left) => {
    for (let tries = 0; tries < list.length; tries++) {
      const source = list[at++ % list.length]!;
      if (source.hostile <= left && (source.copyable || !uses.has(source))) return source;
    }
    return undefined;
  };
}

/** Copies of one recording are spread over the week: one in each of as many equal parts, the whole recording first. */
function spread<S extends Source>(source: S, times: number, length: number, random: Random): Placement<S>[] {
  return Array.from({ length: times }, (_, copy) => {
    const part = length / times;
    const start = Math.min(part * copy + random.unit() * part, length - source.duration);
    return { source, copy, rounds: 1, start: Math.max(0, Math.round(start)) };
  });
}
