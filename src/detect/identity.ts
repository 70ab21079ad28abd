/** A call asserts an identity (STIR), and whether it fits the message that carries it. */
import { keptText, LONGEST_TEXT } from '../bytes.ts';
import { DATE, headerByName, headerValue } from '../decode/headers.ts';
import { type Passport, readIdentity, sameNumber } from '../decode/identity.ts';
import { decodeEscapes, type Inspection, inspect, type ReadUri, valuesOf } from '../decode/inspect.ts';
import type { SipMessage } from '../decode/message.ts';
import { readDate } from '../decode/values.ts';
import type { Observation } from '../track/observation.ts';
import type { Span } from '../types.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const ASSERTED = typeIndex('identity.asserted');
const MISMATCH = typeIndex('identity.mismatch');
const IDENTITY = headerByName('Identity');
/** Most Identity headers of a message that are read. */
const MOST = 4;
/** Seconds a PASSporT is fresh (RFC 8224 §12.1). */
const FRESH = 60;

/** What does not fit: what is asserted, and what is there. */
interface Misfit {
  readonly what: 'form' | 'alg' | 'certificate' | 'origin' | 'destination' | 'date' | 'age';
  readonly asserted: string;
  readonly seen: string;
}

/** Emits `identity.asserted` for each Identity header of an initial request and `identity.mismatch` for what does not fit. */
export function detectIdentity(o: Observation, emitter: Emitter): void {
  if (!emitter.wants(ASSERTED) && !emitter.wants(MISMATCH)) return;
  const { message: m, packet } = o;
  for (let n = 0; n < MOST; n++) {
    const value = headerValue(m, IDENTITY, n);
    if (value === undefined) return;
    const passport = readIdentity(m.bytes, value.start, value.end);
    if (emitter.wants(ASSERTED)) tellAsserted(o, emitter, passport);
    if (!emitter.wants(MISMATCH)) continue;
    for (const misfit of misfits(passport, o, packet.time / 1e6, value)) {
      const { what, asserted, seen } = misfit;
      const cut = { asserted: asserted.slice(0, LONGEST_TEXT), seen: seen.slice(0, LONGEST_TEXT) };
      emitter.emit('identity.mismatch', MISMATCH, sceneOf(o, ''), { what, ...cut, attestation: passport.attestation });
    }
  }
}

function tellAsserted(o: Observation, emitter: Emitter, p: Passport): void {
  emitter.emit('identity.asserted', ASSERTED, sceneOf(o, ''), {
    form: p.form,
    attestation: p.attestation,
    origin: p.origin,
    destination: (p.destinations[0] ?? '').slice(0, LONGEST_TEXT),
    ppt: p.ppt,
    alg: p.alg,
    certificate: hostOf(p.certificate),
    age: p.issued < 0 ? 0 : Math.round(o.packet.time / 1e6 - p.issued),
  });
}

/** Host of an http(s) URL, else the text itself. */
function hostOf(url: string): string {
  return /^https?:\/\/([^/:?#]*)/i.exec(url)?.[1] ?? url;
}

function misfits(p: Passport, o: Observation, now: number, value: Span): Misfit[] {
  const found: Misfit[] = [];
  if (p.form === 'legacy') return found;
  if (p.form === 'bad') found.push({ what: 'form', asserted: '', seen: keptText(o.message.bytes, value.start, value.end) });
  if (p.alg !== '' && p.alg !== 'ES256') found.push({ what: 'alg', asserted: p.alg, seen: 'ES256' });
  if (p.certificatesDiffer) found.push({ what: 'certificate', asserted: p.certificate, seen: 'another one in the info parameter' });
  if (p.form !== 'full') return found;
  const read = inspect(o.message);
  return [...found, ...partyMisfits(p, read), ...timeMisfits(p, o.message, now)];
}

/** Origin against From and P-Asserted-Identity, destinations against To and Request-URI (RFC 8224 §4.1, §6.2). */
function partyMisfits(p: Passport, read: Inspection): Misfit[] {
  const found: Misfit[] = [];
  const callers = [...urisOf(read, 'P-Asserted-Identity'), ...urisOf(read, 'From')];
  if (p.origin !== '' && callers.length > 0 && !callers.some((uri) => fits(p.origin, uri))) {
    found.push({ what: 'origin', asserted: p.origin, seen: callers.map((uri) => uri.text).join(', ') });
  }
  const called = [...urisOf(read, 'To'), ...(read.uri === undefined ? [] : [read.uri])];
  if (p.destinations.length > 0 && !p.destinations.some((each) => called.some((uri) => fits(each, uri)))) {
    found.push({ what: 'destination', asserted: p.destinations.join(', '), seen: called.map((uri) => uri.text).join(', ') });
  }
  return found;
}

function urisOf(read: Inspection, header: string): ReadUri[] {
  return valuesOf(read, header).flatMap(({ uri }) => (uri === undefined ? [] : [uri]));
}

/** True if a number or URI of a PASSporT is that of the message. */
function fits(asserted: string, uri: ReadUri): boolean {
  const user = decodeEscapes(uri.user).split(';')[0]!;
  const at = asserted.indexOf('@');
  if (at < 0) return sameNumber(asserted, user);
  const name = asserted.slice(0, at).replace(/^[a-z]+:/i, '');
  const host = asserted.slice(at + 1).replace(/[:;?>].*$/s, '');
  return name === user && host.toLowerCase() === uri.host.toLowerCase();
}

/** `iat` against Date and against the time of the packet: a minute either way (RFC 8224 §12.1). */
function timeMisfits(p: Passport, m: SipMessage, now: number): Misfit[] {
  if (p.issued < 0) return [];
  const issued = String(p.issued);
  const date = headerValue(m, DATE);
  const written = date === undefined ? -1 : readDate(m.bytes, date.start, date.end);
  const found: Misfit[] = [];
  if (written >= 0 && Math.abs(written - p.issued) > FRESH) found.push({ what: 'date', asserted: issued, seen: String(written) });
  if (Math.abs(now - p.issued) > FRESH) found.push({ what: 'age', asserted: issued, seen: `${Math.round(now - p.issued)} s` });
  return found;
}
