/**
 * SIP messages of the lab's own agents: built from fields, read tolerantly. Nothing here knows `src/decode`: a fault there must not
 * be answered by the same fault here.
 */

/** A header field: its usual full name, e.g. `Call-ID`, and its value. */
export type Field = readonly [name: string, value: string];

/** A message that was read. Names of fields are full and lower-case, in the order of the message. */
export interface Message {
  /** Method of the request, or of the CSeq of a response. */
  readonly method: string;
  /** Request-URI; empty in a response. */
  readonly uri: string;
  /** Status of a response; 0 in a request. */
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: string;
}

/** A message to be written. `start` is its request line or status line. */
export interface Draft {
  readonly start: string;
  readonly fields: readonly Field[];
  readonly body: string;
}

/** How a maker writes header fields: which come first (lower case names), and how a full name is spelt. */
export interface Spelling {
  readonly order: readonly string[];
  spell(name: string): string;
}

const COMPACT: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  c: 'content-type',
  l: 'content-length',
  k: 'supported',
  s: 'subject',
  o: 'event',
  r: 'refer-to',
  u: 'allow-events',
  e: 'content-encoding',
  x: 'session-expires',
  b: 'referred-by',
};

/** Compact form of a full lower-case name (RFC 3261 §7.3.3), if it has one. */
export function compactName(name: string): string | undefined {
  return Object.keys(COMPACT).find((short) => COMPACT[short] === name);
}

/** Writes a message: fields in the maker's order (others after those, as given), Content-Length counted. */
export function writeMessage(draft: Draft, spelling: Spelling): Buffer {
  const body = Buffer.from(draft.body);
  const rank = (field: Field): number => {
    const at = spelling.order.indexOf(field[0].toLowerCase());
    return at < 0 ? spelling.order.length : at;
  };
  const fields = [...draft.fields, ['Content-Length', String(body.length)] as const].sort((a, b) => rank(a) - rank(b));
  const head = fields.map(([name, value]) => `${spelling.spell(name)}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${draft.start}\r\n${head}\r\n`), body]);
}

const REQUEST = /^([A-Za-z]+) (\S+) SIP\/2\.0$/;
const STATUS = /^SIP\/2\.0 (\d{3})/;

/** Reads a datagram; undefined if it is no SIP message. */
export function readMessage(bytes: Uint8Array): Message | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const lines = (end < 0 ? text : text.slice(0, end)).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const start = lines.shift() ?? '';
  const fields = lines.flatMap(readField);
  const body = end < 0 ? '' : text.slice(end + 4);
  const request = REQUEST.exec(start);
  if (request) return { method: request[1] ?? '', uri: request[2] ?? '', status: 0, fields, body };
  const status = STATUS.exec(start);
  if (!status) return undefined;
  const method = (field(fields, 'cseq') ?? '').split(/\s+/)[1] ?? '';
  return { method, uri: '', status: Number(status[1]), fields, body };
}

function readField(line: string): Field[] {
  const colon = line.indexOf(':');
  if (colon < 0) return [];
  const name = line.slice(0, colon).trim().toLowerCase();
  return [[COMPACT[name] ?? name, line.slice(colon + 1).trim()]];
}

function field(fields: readonly Field[], name: string): string | undefined {
  return fields.find((one) => one[0] === name)?.[1];
}

/** First value of a field (full lower-case name), or an empty text. */
export function headerOf(message: Message, name: string): string {
  return field(message.fields, name) ?? '';
}

/** All values of a field that may stand in one line with commas: Via, Route, Record-Route, Contact. */
export function headersOf(message: Message, name: string): string[] {
  return message.fields.filter((one) => one[0] === name).flatMap((one) => splitCommas(one[1]));
}

function splitCommas(text: string): string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,])+/g) ?? [];
  return parts.map((part) => part.trim());
}

/** A parameter of a header value, e.g. `tag` of From or `branch` of Via; undefined if absent, empty if it has no value. */
export function parameterOf(value: string, name: string): string | undefined {
  const after = value.replace(/^[^<]*<[^>]*>/, '');
  const found = new RegExp(`;\\s*${name}\\s*(?:=\\s*("[^"]*"|[^;,\\s]*))?(?=[;,\\s]|$)`, 'i').exec(after);
  return found ? (found[1] ?? '').replaceAll('"', '') : undefined;
}

/** URI of a From, To, Contact, Route or Refer-To value, without angle brackets. */
export function uriOf(value: string): string {
  const bracketed = /<([^>]*)>/.exec(value);
  return bracketed?.[1] ?? value.split(';')[0]?.trim() ?? '';
}

/** User part of a URI; empty if it has none. */
export function userOf(uri: string): string {
  return /^sips?:([^@;?]*)@/i.exec(uri)?.[1] ?? '';
}

/** Host and port of a URI (5060 if it names none). */
export function hostOf(uri: string): { readonly address: string; readonly port: number } {
  const found = /^(?:sips?:)?(?:[^@]*@)?(\[[^\]]*\]|[^:;?>]*)(?::(\d+))?/i.exec(uri);
  return { address: found?.[1] ?? '', port: Number(found?.[2] ?? 5060) };
}

/** Number of a CSeq. */
export function cseqOf(message: Message): number {
  return Number.parseInt(headerOf(message, 'cseq'), 10) || 0;
}

const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  302: 'Moved Temporarily',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  503: 'Service Unavailable',
  603: 'Decline',
};

/** Status line of a response. */
export function statusLine(status: number): string {
  return `SIP/2.0 ${status} ${REASONS[status] ?? 'Unknown'}`;
}

/** A response to a request: Via, Record-Route, From, To (with this tag), Call-ID and CSeq are taken over (RFC 3261 §8.2.6). */
export function answerTo(request: Message, status: number, tag: string, more: readonly Field[] = [], body = ''): Draft {
  const to = headerOf(request, 'to');
  const tagged = status === 100 || parameterOf(to, 'tag') !== undefined ? to : `${to};tag=${tag}`;
  const routes = status > 100 && status < 300 ? request.fields.filter((one) => one[0] === 'record-route') : [];
  const fields: Field[] = [
    ...request.fields.filter((one) => one[0] === 'via').map((one): Field => ['Via', one[1]]),
    ...routes.map((one): Field => ['Record-Route', one[1]]),
    ['From', headerOf(request, 'from')],
    ['To', tagged],
    ['Call-ID', headerOf(request, 'call-id')],
    ['CSeq', headerOf(request, 'cseq')],
    ...more,
  ];
  return { start: statusLine(status), fields, body };
}
