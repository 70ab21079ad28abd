/**
 * A whole message read out: every header by its kind, all values of lists, as strings. For people (`explain`), tests and
 * whoever needs more than the eager pass keeps; it allocates freely and is not for the hot path. It also looks at the
 * headers that the eager pass only notes down, so it may find more oddities.
 */
import { text } from '../bytes.ts';
import type { Span } from '../types.ts';
import { createAddress, parseAddress } from './address.ts';
import { createDigest, parseDigest } from './digest.ts';
import { forgetQuotes, skipQuoted, skipSpace, skipToken, trimSpace } from './grammar.ts';
import { HEADERS, type ValueKind } from './headers.ts';
import { attach } from './lines.ts';
import { type AddressView, HEADER_STRIDE, SCHEMES, type SipMessage, type UriView } from './message.ts';
import { addOddity, type Grade, ODDITY_NAMES, type OddityName, oddityCode, oddityGrade } from './oddities.ts';
import { createParam, nextParam } from './params.ts';
import { createMessage } from './sip.ts';
import { createVia, parseVia } from './via.ts';

const TOKEN_BAD = oddityCode('token-bad');
const PARAMETER_DUPLICATE = oddityCode('parameter-duplicate');
const VALUE_EMPTY = oddityCode('value-empty');

/** `name=value`; a quoted value without its quotes; no value: undefined. */
export interface ReadParam {
  readonly name: string;
  readonly value: string | undefined;
}

/** A URI read out. Absent parts are empty. */
export interface ReadUri {
  readonly text: string;
  /** `sip`, `sips`, `tel`, or as written. */
  readonly scheme: string;
  readonly user: string;
  readonly password: string;
  readonly host: string;
  /** -1: none, -2: no port number. */
  readonly port: number;
  readonly params: readonly ReadParam[];
  readonly headers: string;
}

/** One value of a header. Fields that its kind does not have are absent. */
export interface ReadValue {
  /** The value as text, folds as one space. */
  readonly text: string;
  /** Display name without quotes (kinds address, uri). */
  readonly display?: string;
  readonly uri?: ReadUri;
  /** What stands before the parameters: token, type/subtype, authentication scheme, Via protocol. */
  readonly word?: string;
  /** Via host and port. */
  readonly host?: string;
  readonly port?: number;
  readonly params: readonly ReadParam[];
}

/** One header line. */
export interface ReadHeader {
  readonly id: number;
  /** Canonical name; as written if it is not in the table. */
  readonly name: string;
  readonly kind: ValueKind;
  readonly values: readonly ReadValue[];
}

/** One oddity with what it is about. */
export interface ReadOddity {
  readonly name: OddityName;
  readonly grade: Grade;
  /** Bytes of `SipMessage.bytes`. */
  readonly start: number;
  readonly end: number;
}

/** The whole message. */
export interface Inspection {
  /** Method, empty in responses. */
  readonly method: string;
  readonly uri: ReadUri | undefined;
  /** 0 in requests. */
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly ReadHeader[];
  /** Length in bytes; the body itself stays bytes. */
  readonly bodyLength: number;
  readonly oddities: readonly ReadOddity[];
}

/** Takes the oddities of what is read here, and stands for the message in the readers. */
const notes = createMessage();
const param = createParam();

/** Reads a message out. `message` is not changed. */
export function inspect(message: SipMessage): Inspection {
  attach(message.bytes);
  forgetQuotes();
  notes.oddityCount = 0;
  notes.bytes = message.bytes;
  const headers: ReadHeader[] = [];
  for (let at = 0; at < message.headerCount * HEADER_STRIDE; at += HEADER_STRIDE) headers.push(readHeader(message, at));
  return {
    method: textOf(message.bytes, message.methodSpan),
    uri: message.isRequest ? readUri(message.bytes, message.uri) : undefined,
    status: message.status,
    reason: textOf(message.bytes, message.reason),
    headers,
    bodyLength: message.body.end - message.body.start,
    oddities: allOddities(message),
  };
}

/** All values of the headers with that name, in order (RFC 3261 §7.3.1: lines and commas mean the same). */
export function valuesOf(inspection: Inspection, name: string): ReadValue[] {
  const wanted = name.toLowerCase();
  return inspection.headers.filter((h) => h.name.toLowerCase() === wanted).flatMap((h) => h.values);
}

/** Value of a parameter, any case; undefined if there is none or it has no value. */
export function paramOf(value: { readonly params: readonly ReadParam[] }, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return value.params.find((p) => p.name.toLowerCase() === wanted)?.value;
}

/** `%41` as `A` (RFC 3261 §19.1.2); what is no escape stays. Escapes of bytes that are no UTF-8 stay too. */
export function decodeEscapes(written: string): string {
  return written.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
    const decoded = bytes.toString('utf8');
    return decoded.includes('\ufffd') ? run : decoded;
  });
}

function allOddities(message: SipMessage): ReadOddity[] {
  const seen = new Map<string, ReadOddity>();
  for (const source of [message, notes]) {
    for (let i = 0; i < source.oddityCount; i++) {
      const { code, start, end } = source.oddities[i]!;
      seen.set(`${code} ${start}`, { name: ODDITY_NAMES[code]!, grade: oddityGrade(code), start, end });
    }
  }
  return [...seen.values()];
}

function textOf(bytes: Uint8Array, span: Span): string {
  return text(bytes, span.start, span.end);
}

/** Text of a value, each fold as one space (RFC 3261 §7.3.1). */
function valueText(b: Uint8Array, start: number, end: number): string {
  return text(b, start, end).replace(/\r?\n[ \t]+/g, ' ');
}

function readHeader(message: SipMessage, at: number): ReadHeader {
  const { bytes, headers } = message;
  const id = headers[at]!;
  const { name, kind, list } = HEADERS[id]!;
  const start = headers[at + 3]!;
  const end = headers[at + 4]!;
  const values = start === end ? [] : readValues(bytes, start, end, kind, list);
  return { id, name: id === 0 ? text(bytes, headers[at + 1]!, headers[at + 2]!) : name, kind, values };
}

function readValues(b: Uint8Array, start: number, end: number, kind: ValueKind, list: boolean): ReadValue[] {
  if (kind === 'auth') return [readAuth(b, start, end)];
  if (kind === 'date' || !list) return [readValue(b, start, end, kind, false)];
  const values: ReadValue[] = [];
  let i = start;
  while (i <= end) {
    const stop = elementEnd(b, i, end);
    const from = skipSpace(b, i, stop);
    const last = trimSpace(b, from, stop);
    if (from < last) values.push(readValue(b, from, last, kind, true));
    else addOddity(notes, VALUE_EMPTY, i === end ? i - 1 : i, i === end ? i : stop);
    i = stop + 1;
  }
  return values;
}

/** Index of the comma that ends the element at `i`, outside quotes and angle brackets, or `end`. */
function elementEnd(b: Uint8Array, i: number, end: number): number {
  let inside = false;
  while (i < end) {
    const c = b[i]!;
    if (c === 0x2c && !inside) return i;
    if (c === 0x3c) inside = true;
    else if (c === 0x3e) inside = false;
    else if (c === 0x22 && !inside) {
      const close = skipQuoted(b, i, end);
      i = close < 0 ? end - 1 : close - 1;
    }
    i++;
  }
  return end;
}

function readValue(b: Uint8Array, start: number, end: number, kind: ValueKind, list: boolean): ReadValue {
  switch (kind) {
    case 'via':
      return readVia(b, start, end);
    case 'address':
    case 'uri':
      return readAddress(b, start, end, list);
    case 'token':
    case 'type':
    case 'word':
    case 'number':
      return readWord(b, start, end, kind);
    default:
      return { text: valueText(b, start, end), params: [] };
  }
}

function readVia(b: Uint8Array, start: number, end: number): ReadValue {
  const view = createVia();
  parseVia(notes, b, start, end, view);
  const semicolon = paramsStart(b, start, end);
  return {
    text: valueText(b, start, end),
    word: textOf(b, view.transport),
    host: textOf(b, view.host),
    port: view.port,
    params: readParams(b, semicolon, end),
  };
}

function readAddress(b: Uint8Array, start: number, end: number, list: boolean): ReadValue {
  // `Contact: *` is the only value of these headers that holds no URI (RFC 3261 §10.2.2).
  if (end - start === 1 && b[start] === 0x2a) return { text: '*', params: [] };
  const view: AddressView = createAddress();
  parseAddress(notes, b, start, end, view, list);
  const { params } = view;
  return {
    text: valueText(b, start, end),
    display: unquote(valueText(b, view.display.start, view.display.end)),
    uri: readUri(b, view.uri),
    params: params.start < 0 ? [] : readParams(b, params.start, params.end),
  };
}

function readUri(b: Uint8Array, view: UriView): ReadUri {
  const whole = textOf(b, view.span);
  const { params } = view;
  return {
    text: whole,
    scheme: view.scheme > 0 ? SCHEMES[view.scheme]! : (/^([A-Za-z][A-Za-z0-9+.-]*):/.exec(whole)?.[1] ?? ''),
    user: textOf(b, view.user),
    password: textOf(b, view.password),
    host: textOf(b, view.host),
    port: view.port,
    params: params.start < 0 ? [] : readParams(b, params.start, params.end),
    headers: textOf(b, view.headers),
  };
}

/** Word and parameters; a token must be one. */
function readWord(b: Uint8Array, start: number, end: number, kind: ValueKind): ReadValue {
  const params = paramsStart(b, start, end);
  const last = trimSpace(b, start, params > end ? end : params - 1);
  if (kind === 'token' && skipToken(b, start, last) !== last) addOddity(notes, TOKEN_BAD, start, last);
  return { text: valueText(b, start, end), word: valueText(b, start, last), params: readParams(b, params, end) };
}

/** Index behind the first `;` outside quotes and angle brackets; `end + 1` if there is none. */
function paramsStart(b: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    if (b[i] === 0x3b) return i + 1;
    if (b[i] !== 0x22) continue;
    const close = skipQuoted(b, i, end);
    if (close < 0) return end + 1;
    i = close - 1;
  }
  return end + 1;
}

function readParams(b: Uint8Array, start: number, end: number): ReadParam[] {
  const list: ReadParam[] = [];
  for (let i = start; i < end; i = param.next + 1) {
    nextParam(notes, b, i, end, false, param);
    const name = text(b, param.nameStart, param.nameEnd);
    if (list.some((p) => p.name.toLowerCase() === name.toLowerCase()))
      addOddity(notes, PARAMETER_DUPLICATE, param.nameStart, param.nameEnd);
    const value = param.valueStart < 0 ? undefined : unquote(valueText(b, param.valueStart, param.valueEnd));
    if (name !== '' || value !== undefined) list.push({ name, value });
  }
  return list;
}

/** Scheme, then `name=value` separated by commas (RFC 7616 §3.3, §3.4; other schemes alike). */
function readAuth(b: Uint8Array, start: number, end: number): ReadValue {
  parseDigest(notes, b, start, end, createDigest(), false, true);
  const scheme = skipToken(b, start, end);
  const params: ReadParam[] = [];
  for (let i = scheme; i < end; ) {
    const stop = elementEnd(b, i, end);
    const from = skipSpace(b, i, stop);
    if (from < stop) {
      nextParam(notes, b, from, stop, false, param);
      const value = param.valueStart < 0 ? undefined : unquote(valueText(b, param.valueStart, param.valueEnd));
      params.push({ name: text(b, param.nameStart, param.nameEnd), value });
    }
    i = stop + 1;
  }
  return { text: valueText(b, start, end), word: text(b, start, scheme), params };
}

/** The string that a quoted string stands for (RFC 3261 §25.1); anything else as it is. */
function unquote(written: string): string {
  if (!(written.length >= 2 && written.startsWith('"') && written.endsWith('"'))) return written;
  return written.slice(1, -1).replace(/\\([\s\S])/g, '$1');
}
