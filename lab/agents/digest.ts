/** Digest authentication of the lab's agents (RFC 2617, RFC 8760), in the ways in which makers write it. */
import { hash } from 'node:crypto';
import type { Random } from '../random.ts';

/** What a server asked for in WWW-Authenticate or Proxy-Authenticate. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: 'MD5' | 'SHA-256';
  /** `auth` if the server offers it; of `auth-int` nothing is known here. */
  readonly qop: boolean;
  readonly opaque: string | undefined;
  readonly stale: boolean;
}

/** How a maker writes its credentials. */
export interface DigestHabit {
  /** Order of the parameters. */
  readonly order: readonly string[];
  readonly quotedAlgorithm: boolean;
  readonly quotedQop: boolean;
  /** False: answers in the way of RFC 2069 although the server offers qop. */
  readonly usesQop: boolean;
  readonly cnonceLength: number;
  readonly separator: string;
}

/** Reads a challenge; undefined if it is no Digest or of an unknown algorithm. */
export function readChallenge(value: string): Challenge | undefined {
  if (!/^digest\s/i.test(value)) return undefined;
  const get = (name: string): string | undefined => {
    const found = new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(value);
    return found ? (found[1] ?? found[2]) : undefined;
  };
  const algorithm = (get('algorithm') ?? 'MD5').toUpperCase();
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined;
  const qop = (get('qop') ?? '').split(',').some((one) => one.trim() === 'auth');
  const stale = get('stale')?.toLowerCase() === 'true';
  return { realm: get('realm') ?? '', nonce: get('nonce') ?? '', algorithm, qop, opaque: get('opaque'), stale };
}

/** What is signed, and with what. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  /** How often this nonce has been used, from 1. */
  readonly count: number;
}

/** Value of Authorization or Proxy-Authorization that answers the challenge. */
export function authorize(challenge: Challenge, who: Credentials, habit: DigestHabit, random: Random): string {
  const digest = (text: string): string => hash(challenge.algorithm === 'MD5' ? 'md5' : 'sha256', text);
  const a1 = digest(`${who.user}:${challenge.realm}:${who.password}`);
  const a2 = digest(`${who.method}:${who.uri}`);
  const qop = challenge.qop && habit.usesQop;
  const cnonce = random.text(habit.cnonceLength, '0123456789abcdef');
  const nc = who.count.toString(16).padStart(8, '0');
  const response = digest(qop ? `${a1}:${challenge.nonce}:${nc}:${cnonce}:auth:${a2}` : `${a1}:${challenge.nonce}:${a2}`);
  const parts: Record<string, string> = {
    username: `"${who.user}"`,
    realm: `"${challenge.realm}"`,
    nonce: `"${challenge.nonce}"`,
    uri: `"${who.uri}"`,
    response: `"${response}"`,
    algorithm: habit.quotedAlgorithm ? `"${challenge.algorithm}"` : challenge.algorithm,
    ...(qop ? { qop: habit.quotedQop ? '"auth"' : 'auth', cnonce: `"${cnonce}"`, nc } : {}),
    ...(challenge.opaque === undefined ? {} : { opaque: `"${challenge.opaque}"` }),
  };
  const named = habit.order.filter((name) => name in parts).map((name) => `${name}=${parts[name]}`);
  return `Digest ${named.join(habit.separator)}`;
}
