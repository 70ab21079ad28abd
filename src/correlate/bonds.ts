/**
 * How strongly Ties bind two addresses: several weak ones together may do what none does alone. What only shows that two know the
 * same (a password, a number to call) is kept apart from what shows that they are one (paper 004: credentials are passed on).
 */
import { type Bound, TIE_KINDS, type Tie } from '../types.ts';

/** Weight from which two stories are one incident. */
export const ENOUGH = 0.5;
/** Most pairs of addresses remembered. */
const MOST_BONDS = 10_000;

/** What a kind of Tie is worth, and what it proves. */
interface Worth {
  readonly weight: number;
  readonly kind: Bound['kind'];
  readonly reason: (value: string) => string;
}

const WORTH: Readonly<Record<Tie['kind'], Worth>> = {
  cnonce: { weight: 0.9, kind: 'same actor', reason: (value) => `same cnonce ${value}, which clients make at random` },
  credential: { weight: 0.8, kind: 'shares knowledge', reason: (value) => `knows the password of ${value}` },
  number: { weight: 0.6, kind: 'shares knowledge', reason: (value) => `dials the same number, which ends in ${value}` },
  // Thousands have the same tool.
  tool: { weight: 0.3, kind: 'shares knowledge', reason: (value) => `same tool, ${value}` },
  // Calls of one length need not be one recording.
  media: { weight: 0.3, kind: 'shares knowledge', reason: (value) => `plays a recording of the same length (${value})` },
};

/** What binds two addresses. */
export interface Bond {
  /** One Tie of a kind, the first. */
  readonly ties: Map<Tie['kind'], string>;
  readonly a: string;
  readonly b: string;
}

/** All bonds, the one that was last touched longest ago first. */
export class Bonds {
  readonly #bonds = new Map<string, Bond>();

  /** Takes a Tie; of one kind between two addresses the first counts. */
  add({ kind, value, address, other }: Tie): void {
    if (address === other) return;
    const [a, b] = address < other ? [address, other] : [other, address];
    const key = `${a} ${b}`;
    const bond = this.#bonds.get(key) ?? { ties: new Map<Tie['kind'], string>(), a, b };
    this.#bonds.delete(key);
    this.#bonds.set(key, bond);
    if (!bond.ties.has(kind)) bond.ties.set(kind, value);
    if (this.#bonds.size <= MOST_BONDS) return;
    for (const oldest of this.#bonds.keys()) {
      this.#bonds.delete(oldest);
      return;
    }
  }

  /** Those that are strong enough to make two stories one, in an order that does not depend on when they came. */
  strong(): Bond[] {
    const strong = [...this.#bonds.values()].filter((bond) => strengthOf(bond).weight >= ENOUGH);
    return strong.sort((x, y) => (x.a === y.a ? compare(x.b, y.b) : compare(x.a, y.a)));
  }
}

/** What a bond is worth: each Tie leaves less doubt (1 − Π(1 − weight)); it proves one actor if any of them does. */
export function strengthOf({ ties }: Pick<Bond, 'ties'>): Bound {
  let doubt = 1;
  let kind: Bound['kind'] = 'shares knowledge';
  const reasons: string[] = [];
  for (const each of TIE_KINDS) {
    const value = ties.get(each);
    if (value === undefined) continue;
    const worth = WORTH[each];
    doubt *= 1 - worth.weight;
    if (worth.kind === 'same actor') kind = worth.kind;
    reasons.push(worth.reason(value));
  }
  return { weight: Math.round((1 - doubt) * 100) / 100, kind, reason: reasons.join('; ') };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
