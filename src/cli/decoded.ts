/** For `explain`: what capture and decode made of a packet. Secrets are masked here, neutralising is the page's work. */
import { addressText, portOf, text } from '../bytes.ts';
import { readTag } from '../decode/guess.ts';
import { CONTENT_LENGTH, CSEQ, EXPIRES, MAX_FORWARDS } from '../decode/headers.ts';
import { inspect, type ReadHeader, type ReadOddity, type ReadParam, type ReadUri, type ReadValue } from '../decode/inspect.ts';
import { HEADER_STRIDE, METHODS, type SipMessage } from '../decode/message.ts';
import { ODDITIES } from '../decode/oddities.ts';
import { H225, MGCP, RTCP, RTP, sniff } from '../decode/sniff.ts';
import type { StageNote } from '../publish/explain.ts';
import { isoTime } from '../publish/layout.ts';
import { maskCredentials, maskValue } from '../publish/secrets.ts';
import type { Packet, Span } from '../types.ts';
import { mgcpLines, q931Lines } from './decodedgateways.ts';
import { rtcpLines, rtpLines, sdpLines } from './decodedmedia.ts';

type Line = readonly [name: string, text: string];

/** Frame, link, addresses and payload. */
export function captureNote(p: Packet): StageNote {
  const whole = p.frameEnd > p.frameStart ? `${p.frameEnd - p.frameStart} bytes of frame` : 'put together from fragments';
  const lines: Line[] = [
    ['time', isoTime(p.time)],
    ['frame', `${p.frameNumber}, at byte ${p.offset} of ${p.where.file}`],
    ['link', p.vlan < 0 ? p.where.link : `${p.where.link}, VLAN ${p.vlan}`],
    ['from', `${addressText(p.src)} port ${portOf(p.src)}`],
    ['to', `${addressText(p.dst)} port ${portOf(p.dst)}`],
    ['payload', `${p.end - p.start} bytes over ${p.transport}, ${whole}${p.truncated ? ', cut short by the capture' : ''}`],
  ];
  return { stage: 'capture', lines };
}

const KINDS = [
  'nothing that is read here; it is counted and left',
  'SIP',
  'RTP',
  'RTCP',
  'STUN or TURN',
  'DTLS; it is counted and left',
  'ZRTP; keys are agreed on',
  'MGCP',
  'H.323 call signalling (H.225.0), as far as its Q.931 header goes',
];

/** What it is; for SIP the start line, each header with how it was read, the body and what was odd. */
export function decodeNote(p: Packet, m: SipMessage | undefined): StageNote {
  if (m === undefined) return { stage: 'decode', lines: otherLines(p) };
  const { headers, oddities } = inspect(m);
  const lines: Line[] = [
    ['kind', m.isRequest ? 'SIP request' : 'SIP answer'],
    ['start line', startLine(m)],
  ];
  for (const [i, header] of headers.entries()) lines.push(...headerLines(m, i * HEADER_STRIDE, header));
  lines.push(bodyLine(m), ...sdpLines(m), ...oddities.map((oddity) => oddityLine(oddity, m)));
  if (oddities.length === 0) lines.push(['oddities', 'none']);
  return { stage: 'decode', lines };
}

/** What tells more of the kinds that are no SIP. */
const READERS: Readonly<Record<number, ((p: Packet) => Line[]) | undefined>> = {
  [RTP]: rtpLines,
  [RTCP]: rtcpLines,
  [MGCP]: mgcpLines,
  [H225]: q931Lines,
};

/** What is no SIP. */
function otherLines(p: Packet): Line[] {
  const kind = sniff(p.bytes, p.start, p.end);
  return [['kind', KINDS[kind] ?? ''], ...(READERS[kind]?.(p) ?? [])];
}

function startLine(m: SipMessage): string {
  if (!m.isRequest) return `${m.status} ${of(m, m.reason)}`;
  const known = m.method === 0 ? ' (no method known here)' : '';
  return `${of(m, m.methodSpan)} ${masked(of(m, m.uri.span))}${known}`;
}

function of(m: SipMessage, span: Span): string {
  return text(m.bytes, span.start, span.end);
}

function masked(value: string): string {
  return maskValue(value, carriesGuess);
}

/** M-10: a tag into which a guessing tool wrote user and password. */
function carriesGuess(tag: string): boolean {
  const bytes = Buffer.from(tag, 'latin1');
  return readTag(bytes, { start: 0, end: bytes.length })?.kind === 'guess';
}

/** The header as written, then each of its values as it was read. `at`: its place in `m.headers`. */
function headerLines(m: SipMessage, at: number, { id, name, kind, values }: ReadHeader): Line[] {
  const written = text(m.bytes, m.headers[at + 1]!, m.headers[at + 2]!);
  const value = text(m.bytes, m.headers[at + 3]!, m.headers[at + 4]!);
  const meant = name.toLowerCase() === written.toLowerCase() ? written : `${written} (${name})`;
  const secret = kind === 'auth' && isAnswer(name);
  const known = [numberReading(m, id), ...values.map((each) => valueReading(each, secret))];
  const readings = id === 0 ? ['an unknown header, kept as bytes'] : known;
  const lines = readings.filter((reading) => reading !== '').map((reading): Line => ['', `read as: ${reading}`]);
  return [[meant, secret ? maskCredentials(value) : masked(value)], ...lines];
}

/** The header answers a challenge and may hold what passwords can be tried against. */
function isAnswer(name: string): boolean {
  return /authorization$/i.test(name);
}

/** How a header that is a number was read, where that is worth a line. */
function numberReading(m: SipMessage, id: number): string {
  switch (id) {
    case CSEQ:
      return parts([
        ['number', given(m.cseq)],
        ['method', METHODS[m.cseqMethod] || of(m, m.cseqMethodSpan)],
      ]);
    case MAX_FORWARDS:
      return bad(m.maxForwards);
    case CONTENT_LENGTH:
      return bad(m.contentLength);
    case EXPIRES:
      return bad(m.expires);
    default:
      return '';
  }
}

function bad(n: number): string {
  return n < 0 ? given(n) : '';
}

/** A value in parts; empty if these say no more than the value itself. */
function valueReading(value: ReadValue, secret: boolean): string {
  const { text: whole, display = '', uri, word = '', host = '', port = -1, params } = value;
  if (secret && word.toLowerCase() !== 'digest') return `${word}, not shown`;
  const own: Part[] = [['', word], ['name', display], ...uriParts(uri), ['host', host], ['port', given(port)]];
  const all = parts([...own, ...params.map((param) => paramPart(param, secret))]);
  return all === whole ? '' : all;
}

type Part = readonly [name: string, value: string];

function uriParts(uri: ReadUri | undefined): Part[] {
  if (uri === undefined) return [];
  const { scheme, user, password, host, port, params, headers } = uri;
  return [
    ['scheme', scheme],
    ['user', user],
    ['password', password === '' ? '' : 'present, not shown'],
    ['host', host],
    ['port', given(port)],
    ...params.map((param) => paramPart(param, false)),
    ['headers', masked(headers)],
  ];
}

function paramPart({ name, value }: ReadParam, secret: boolean): Part {
  if (value === undefined) return [name, 'without a value'];
  if (secret && name.toLowerCase() === 'response') return [name, `${value.length} characters, not shown`];
  if (name.toLowerCase() === 'tag' && carriesGuess(value)) return [name, 'a guessed password, not shown'];
  return [name, masked(value)];
}

function parts(named: readonly Part[]): string {
  return named
    .filter(([, value]) => value !== '')
    .map(([name, value]) => (name === '' ? value : `${name} ${value}`))
    .join(', ');
}

/** A number of the message; the negative ones say why there is none. */
function given(n: number): string {
  return n === -1 ? '' : n < 0 ? 'not a number in range' : String(n);
}

/** Type and length; never the body itself (design: Privacy). */
function bodyLine(m: SipMessage): Line {
  const length = m.body.start < 0 ? 0 : m.body.end - m.body.start;
  return ['body', length === 0 ? 'none' : `${length} bytes of ${of(m, m.contentType) || 'unknown type'}, not shown`];
}

function oddityLine({ name, grade, start, end }: ReadOddity, m: SipMessage): Line {
  const { about, reference } = ODDITIES[name];
  return ['odd', `${name} (${grade}), bytes ${start - m.start} to ${end - m.start}: ${about} ${reference}`];
}
