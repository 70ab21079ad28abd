/** Credentials and challenges in place (RFC 3261 §20.7, §20.27, §20.28, §20.44; RFC 7616 §3.3, §3.4; RFC 8760). */

import type { Span } from '../types.ts';
import { clearSpan, isHex, isSpace, sameName, setSpan, skipQuoted, skipSpace, skipToken } from './grammar.ts';
import { checkText } from './injection.ts';
import type { DigestView, SipMessage } from './message.ts';
import { addOddity, oddityCode } from './oddities.ts';

const COMMA = 0x2c;
const EQUALS = 0x3d;
const QUOTE = 0x22;

const SCHEME_UNKNOWN = oddityCode('auth-scheme-unknown');
const INCOMPLETE = oddityCode('digest-incomplete');
const DIGEST_BAD = oddityCode('digest-bad');
const RESPONSE_BAD = oddityCode('digest-response-bad');
const UNTERMINATED = oddityCode('quote-unterminated');

function word(s: string): Uint8Array {
  return Uint8Array.from(Buffer.from(s, 'latin1'));
}

const DIGEST = word('digest');
const TRUE = word('true');
/** Parameter names in the order of `spanOf`. */
const NAMES = ['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'nc', 'qop', 'algorithm', 'opaque', 'stale'].map(word);

/** Index in NAMES plus 1, by length and first letter, which tell them all apart. */
const BY_LENGTH_AND_LETTER = new Uint8Array(16 * 32);
for (const [k, name] of NAMES.entries()) BY_LENGTH_AND_LETTER[name.length * 32 + (name[0]! & 31)] = k + 1;

/** A view with everything absent. */
export function createDigest(): DigestView {
  const none = (): Span => ({ start: -1, end: -1 });
  return {
    span: none(),
    digest: false,
    proxy: false,
    username: none(),
    realm: none(),
    nonce: none(),
    uri: none(),
    response: none(),
    cnonce: none(),
    nc: none(),
    qop: none(),
    algorithm: none(),
    opaque: none(),
    stale: false,
  };
}

/** Makes everything absent. */
export function clearDigest(view: DigestView): void {
  clearSpan(view.span);
  for (let k = 0; k < 10; k++) clearSpan(spanOf(view, k));
  view.digest = false;
  view.proxy = false;
  view.stale = false;
}

function spanOf(view: DigestView, k: number): Span {
  switch (k) {
    case 0:
      return view.username;
    case 1:
      return view.realm;
    case 2:
      return view.nonce;
    case 3:
      return view.uri;
    case 4:
      return view.response;
    case 5:
      return view.cnonce;
    case 6:
      return view.nc;
    case 7:
      return view.qop;
    case 8:
      return view.algorithm;
    default:
      return view.opaque;
  }
}

/**
 * Reads a header value of credentials (`challenge` false) or of one challenge (`challenge` true) into `view`; what is odd
 * is added to `m`. Schemes other than Digest leave the parameters absent.
 */
export function parseDigest(
  m: SipMessage,
  b: Uint8Array,
  start: number,
  end: number,
  view: DigestView,
  proxy: boolean,
  challenge: boolean,
): void {
  clearDigest(view);
  setSpan(view.span, start, end);
  view.proxy = proxy;
  const scheme = skipToken(b, start, end);
  if (!sameName(b, start, scheme, DIGEST)) {
    addOddity(m, SCHEME_UNKNOWN, start, scheme);
    return;
  }
  view.digest = true;
  let i = scheme;
  while (i < end) i = readParam(m, b, i, end, view);
  check(m, b, view, challenge);
}

/** Reads one `name=value` from `i` on; returns the index behind it. */
function readParam(m: SipMessage, b: Uint8Array, i: number, end: number, view: DigestView): number {
  while (i < end && (isSpace(b[i]!) || b[i] === COMMA)) i++;
  if (i >= end) return end;
  const name = i;
  i = skipToken(b, i, end);
  const nameEnd = i;
  i = skipSpace(b, i, end);
  if (nameEnd === name || i >= end || b[i] !== EQUALS) {
    addOddity(m, DIGEST_BAD, name, i < end ? i + 1 : end);
    while (i < end && b[i] !== COMMA) i++;
    return i;
  }
  i = skipSpace(b, i + 1, end);
  const value = i;
  if (b[i] === QUOTE && i < end) {
    i = skipQuoted(b, i, end);
    if (i < 0) {
      addOddity(m, UNTERMINATED, value, end);
      take(b, name, nameEnd, value + 1, end, view);
      return end;
    }
    take(b, name, nameEnd, value + 1, i - 1, view);
    return i;
  }
  // Without quotes: a token, but URIs and base64 nonces are seen too.
  while (i < end && b[i] !== COMMA && !isSpace(b[i]!)) i++;
  take(b, name, nameEnd, value, i, view);
  return i;
}

function take(b: Uint8Array, name: number, nameEnd: number, value: number, valueEnd: number, view: DigestView): void {
  if (nameEnd - name > 15) return;
  const k = BY_LENGTH_AND_LETTER[(nameEnd - name) * 32 + (b[name]! & 31)]! - 1;
  if (k < 0 || !sameName(b, name, nameEnd, NAMES[k]!)) return;
  if (k === 10) view.stale = sameName(b, value, valueEnd, TRUE);
  else if (spanOf(view, k).start < 0) setSpan(spanOf(view, k), value, valueEnd);
}

function check(m: SipMessage, b: Uint8Array, view: DigestView, challenge: boolean): void {
  const { username, realm, nonce, uri, response, span } = view;
  if (realm.start < 0 || nonce.start < 0 || (!challenge && (username.start < 0 || uri.start < 0 || response.start < 0))) {
    addOddity(m, INCOMPLETE, span.start, span.end);
  }
  if (challenge) return;
  if (response.start >= 0 && !isResponse(b, response.start, response.end)) addOddity(m, RESPONSE_BAD, response.start, response.end);
  checkText(m, b, username.start, username.end);
  checkText(m, b, realm.start, realm.end);
}

/** 32 (MD5) or 64 (SHA-256, SHA-512/256) hexadecimal digits. */
function isResponse(b: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 32 && end - start !== 64) return false;
  for (let i = start; i < end; i++) if (!isHex(b[i]!)) return false;
  return true;
}
