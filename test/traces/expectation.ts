/**
 * What an expectation is. Beside each stands the tshark command that shows it and what it printed, so that it cannot be
 * wished; it is written from the packets, before the rules that meet it.
 */
import { createHash } from 'node:crypto';
import type { AttackClass, Outcome } from '../../src/types.ts';

/** A command line, run by `sh` with the file in `$PCAP`, and the standard output it must give (without double quotes, trimmed). */
export interface Proof {
  readonly command: string;
  readonly printed: string;
}

/** One Alert that must be there, in its last version. */
export interface ExpectedAlert {
  readonly class: AttackClass;
  /** Classes that name it as well, where the packets do not decide between them. */
  readonly also?: readonly AttackClass[];
  /** Address of the attacker; empty where `attackers` counts them. */
  readonly attacker: string;
  /** At least so many different addresses must be named, each in an Alert of this class. */
  readonly attackers?: number;
  /** The address attacked, or `user@realm`, or empty where there are many and no single one is right. */
  readonly target: string;
  /**
   * What may be said about the outcome. Where the packets prove one, `unknown` may stand beside it if the proof is not
   * in what a rule sees; the opposite of the truth may never stand here.
   */
  readonly outcomes: readonly Outcome[];
  /**
   * Bounds of `count`: above is what the packets hold, below what no reading of them can deny. A flood may be counted in
   * requests or in times at which it was too much: its lower bound is 1.
   */
  readonly least: number;
  readonly most: number;
  /** The attack may be told in several Alerts (one per account or per server); the bounds then hold for the one with the highest count. */
  readonly apart?: boolean;
  /** Why no principled rule can see it in these packets, or which later work is needed; reported apart, demanded of nobody. */
  readonly beyond?: string;
}

/** One capture and all that it must raise at `warning` or above. */
export interface Expectation {
  /** Below the shared folder. */
  readonly file: string;
  /** What happened in it, told by a person who read the packets. */
  readonly story: string;
  readonly alerts: readonly ExpectedAlert[];
  /** Classes that may be raised besides, for the attackers above; for anyone if no attacker is named. */
  readonly may: readonly AttackClass[];
  readonly proofs: readonly Proof[];
}

/** Rows of the index that are no captures. */
export interface NoCaptures {
  /** Matches their paths below the shared folder. */
  readonly files: RegExp;
  /** What they are. */
  readonly reason: string;
}

/** Captures that were worked with before the halves were drawn: seen, whatever their hash says. */
const KNOWN = ['svmap', 'svwar_reg', 'svwar_invite', 'svwar_opt', 'svcrack'].map((tool) => `captures/tools/${tool}.pcap`);

/**
 * Which half a file belongs to: detectors are made and tuned on the seen ones alone. The SHA-256 of its path below the
 * shared folder decides: a first hexadecimal digit that is odd is blind.
 */
export function half(file: string): 'seen' | 'blind' {
  if (KNOWN.includes(file) || !file.startsWith('captures/')) return 'seen';
  const digit = createHash('sha256').update(file).digest('hex').slice(0, 1);
  return Number.parseInt(digit, 16) % 2 === 1 ? 'blind' : 'seen';
}
