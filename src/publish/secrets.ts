/**
 * Masking: what no output shows. Fields of kind `secret`, passwords in URIs, credentials that can be tried offline, and
 * passwords that a guessing tool writes into its tags (M-10).
 */
import type { EventType } from '../eventfields.ts';
import { EVENTS } from '../events.ts';
import { MASK, maskPasswords } from '../passwords.ts';
import type { Event } from '../types.ts';

/** Says whether a tag carries a guessed password. */
export type CarriesGuess = (tag: string) => boolean;

const TYPES: Readonly<Record<string, EventType | undefined>> = EVENTS;

/** The data of an Event with every secret masked; an empty secret stays empty, so that one sees there was none. */
export function maskData(event: Pick<Event, 'type' | 'data'>): Record<string, string | number | boolean> {
  const fields = TYPES[event.type]?.fields ?? {};
  const out: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(event.data)) out[name] = fields[name]?.kind === 'secret' && value !== '' ? MASK : value;
  return out;
}

const TAG = /(;\s*tag\s*=\s*)([^\s;,>]+)/gi;
/** What of a Digest answer a person could try passwords against (RFC 7616 §3.4). */
const RESPONSE = /(\bresponse\s*=\s*)("[^"]*"?|[^\s,]+)/gi;
const SCHEME = /^\s*([\w-]+)[\s\S]*$/;

/** What a server answers with in Authentication-Info (RFC 7616 §3.5): passwords can be tried against it as well. */
const SERVERS_RESPONSE = /(\brspauth\s*=\s*)("[^"]*"?|[^\s,]+)/gi;

/** A header value or Request-URI as text, without passwords. */
export function maskValue(value: string, carriesGuess: CarriesGuess): string {
  const bare = maskPasswords(value).replace(SERVERS_RESPONSE, `$1${MASK}`);
  return bare.replace(TAG, (whole, name: string, tag: string) => {
    return carriesGuess(tag) ? `${name}${MASK} (a guessed password)` : whole;
  });
}

/** The value of Authorization or Proxy-Authorization: Digest without its response, any other scheme without all but its name. */
export function maskCredentials(value: string): string {
  if (/^\s*digest\b/i.test(value)) return maskPasswords(value.replace(RESPONSE, `$1${MASK}`));
  return value.replace(SCHEME, `$1 ${MASK}`);
}
