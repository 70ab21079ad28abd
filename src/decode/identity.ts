/**
 * The Identity header (RFC 8224 §4, compact form §7): a PASSporT (RFC 8225) of `header.payload.signature` with the extension
 * of SHAKEN (RFC 8588) if `ppt` says so. Read on demand, into strings. The signature is not checked: that needs certificates
 * from the network, and this program asks nobody.
 */
import { text } from '../bytes.ts';

/** Most characters of each part of a PASSporT that are decoded; real ones have some hundred. */
const LONGEST_PART = 4096;
/** Most destinations kept. */
const MOST_DESTINATIONS = 8;

/** How an Identity header is written: `full`; `compact` without header and payload; `legacy` of RFC 4474; `bad`: none of these. */
export type IdentityForm = 'full' | 'compact' | 'legacy' | 'bad';

/** What an Identity header says. Empty strings: it does not say. */
export interface Passport {
  readonly form: IdentityForm;
  /** Signature algorithm: that of the PASSporT, else of the header parameter. RFC 8225 §4.2 has ES256 only. */
  readonly alg: string;
  /** Extension, e.g. `shaken` (RFC 8588), `div` (RFC 8946). */
  readonly ppt: string;
  /** Where its certificate lies: `x5u`, else the `info` parameter. */
  readonly certificate: string;
  /** The `info` parameter and `x5u` differ. */
  readonly certificatesDiffer: boolean;
  /** Who calls: a telephone number, else a URI. */
  readonly origin: string;
  readonly originIsNumber: boolean;
  /** Whom: telephone numbers and URIs. */
  readonly destinations: readonly string[];
  /** Seconds since 1970 of its making, -1: it does not say. */
  readonly issued: number;
  /** `A`, `B` or `C` (RFC 8588 §4): full, partial, gateway. */
  readonly attestation: string;
  /** `origid` (RFC 8588 §5). */
  readonly originId: string;
}

/** Reads one value of an Identity header, `b[start, end)`. */
export function readIdentity(b: Uint8Array, start: number, end: number): Passport {
  const value = text(b, start, Math.min(end, start + 3 * LONGEST_PART)).trim();
  const [token = '', ...rest] = value.split(';');
  const parameters = parametersOf(rest);
  const info = (parameters.get('info') ?? '').replace(/^<|>$/g, '');
  const parts = token.trim().split('.');
  const form = formOf(token.trim(), parts);
  const header = form === 'full' ? claims(parts[0]!) : undefined;
  const payload = form === 'full' ? claims(parts[1]!) : undefined;
  const x5u = string(header, 'x5u');
  const origin = object(payload, 'orig');
  const number = string(origin, 'tn');
  const issued = payload?.['iat'];
  return {
    form: form === 'full' && (header === undefined || payload === undefined) ? 'bad' : form,
    alg: string(header, 'alg') || (parameters.get('alg') ?? ''),
    ppt: string(header, 'ppt') || (parameters.get('ppt') ?? ''),
    certificate: x5u || info,
    certificatesDiffer: x5u !== '' && info !== '' && x5u !== info,
    origin: number || string(origin, 'uri'),
    originIsNumber: number !== '',
    destinations: destinationsOf(object(payload, 'dest')),
    issued: typeof issued === 'number' && Number.isFinite(issued) ? issued : -1,
    attestation: string(payload, 'attest'),
    originId: string(payload, 'origid'),
  };
}

function formOf(token: string, parts: readonly string[]): IdentityForm {
  if (token.startsWith('"')) return 'legacy';
  if (parts.length !== 3 || parts.some((part) => !/^[A-Za-z0-9_-]*$/.test(part)) || parts[2] === '') return 'bad';
  if (parts[0] === '' && parts[1] === '') return 'compact';
  return parts[0] !== '' && parts[1] !== '' ? 'full' : 'bad';
}

function parametersOf(parts: readonly string[]): Map<string, string> {
  return new Map(
    parts.slice(0, 16).map((part) => {
      const equals = part.indexOf('=');
      const name = equals < 0 ? part : part.slice(0, equals);
      return [
        name.trim().toLowerCase(),
        equals < 0
          ? ''
          : part
              .slice(equals + 1)
              .trim()
              .replace(/^"|"$/g, ''),
      ] as const;
    }),
  );
}

type Claims = Readonly<Record<string, unknown>>;

/** The JSON object that a part of a PASSporT is, undefined if it is none. */
function claims(part: string): Claims | undefined {
  if (part.length > LONGEST_PART) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isClaims(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function string(from: Claims | undefined, name: string): string {
  const value = from !== undefined && Object.hasOwn(from, name) ? from[name] : undefined;
  return typeof value === 'string' ? value.slice(0, 256) : '';
}

function object(from: Claims | undefined, name: string): Claims | undefined {
  const value = from !== undefined && Object.hasOwn(from, name) ? from[name] : undefined;
  return isClaims(value) ? value : undefined;
}

function destinationsOf(dest: Claims | undefined): string[] {
  const all = [dest?.['tn'], dest?.['uri']].flatMap((value): unknown[] => (Array.isArray(value) ? value : [value]));
  return all.filter((value) => typeof value === 'string').slice(0, MOST_DESTINATIONS);
}

/**
 * True if two telephone numbers are the same as far as can be told: without visual separators and prefixes (RFC 8224 §8.3); a national
 * number of seven digits or more matches an international one that ends so.
 */
export function sameNumber(one: string, other: string): boolean {
  const a = digitsOf(one);
  const b = digitsOf(other);
  if (a === '' || b === '') return false;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long === short || (short.length >= 7 && long.endsWith(short));
}

/** Digits without `+`, `00` or one `0` before them. */
function digitsOf(number: string): string {
  return number.replace(/[^0-9]/g, '').replace(/^0{1,2}/, '');
}
