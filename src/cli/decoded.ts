/** For `explain`: what capture and decode made of a packet. Secrets are masked here, neutralising is the page's work. */
import { addressText, portOf, text } from '../bytes.ts';
import { readTag } from '../decode/guess.ts';
import {
  AUTHORIZATION,
  CONTACT,
  CONTENT_LENGTH,
  CSEQ,
  FROM,
  HEADERS,
  MAX_FORWARDS,
  PROXY_AUTHENTICATE,
  PROXY_AUTHORIZATION,
  TO,
  VIA,
  WWW_AUTHENTICATE,
} from '../decode/headers.ts';
import { type AddressView, type DigestView, HEADER_STRIDE, METHODS, SCHEMES, type SipMessage } from '../decode/message.ts';
import { ODDITIES, ODDITY_NAMES } from '../decode/oddities.ts';
import { sniff } from '../decode/sniff.ts';
import type { StageNote } from '../publish/explain.ts';
import { isoTime } from '../publish/layout.ts';
import { maskCredentials, maskValue } from '../publish/secrets.ts';
import type { Oddity, Packet, Span } from '../types.ts';

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

const KINDS = ['not SIP, RTP or RTCP; it is counted and left', 'SIP', 'RTP; it is counted and left', 'RTCP; it is counted and left'];

/** What it is; for SIP the start line, each header with how it was read, the body and what was odd. */
export function decodeNote(p: Packet, m: SipMessage | undefined): StageNote {
  if (m === undefined) return { stage: 'decode', lines: [['kind', KINDS[sniff(p.bytes, p.start, p.end)] ?? '']] };
  const lines: Line[] = [
    ['kind', m.isRequest ? 'SIP request' : 'SIP answer'],
    ['start line', startLine(m)],
    ...headerLines(m),
    bodyLine(m),
  ];
  for (let i = 0; i < m.oddityCount; i++) lines.push(oddityLine(m.oddities[i]!, m));
  if (m.oddityCount === 0) lines.push(['oddities', 'none']);
  return { stage: 'decode', lines };
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

function headerLines(m: SipMessage): Line[] {
  const seen = new Set<number>();
  const lines: Line[] = [];
  for (let i = 0; i < m.headerCount; i++) {
    const at = i * HEADER_STRIDE;
    const id = m.headers[at]!;
    const name = text(m.bytes, m.headers[at + 1]!, m.headers[at + 2]!);
    const value = text(m.bytes, m.headers[at + 3]!, m.headers[at + 4]!);
    const shown = id === AUTHORIZATION || id === PROXY_AUTHORIZATION ? maskCredentials(value) : masked(value);
    const reading = seen.has(id) ? 'a further one, kept as bytes' : readingOf(m, id);
    const long = HEADERS[id]?.name ?? '';
    const meant = long !== '' && long.toLowerCase() !== name.toLowerCase() ? `${name} (${long})` : name;
    lines.push([meant, shown]);
    if (reading !== '') lines.push(['', `read as: ${reading}`]);
    seen.add(id);
  }
  return lines;
}

/** How the first header with that id was read; empty for those that stay bytes. */
function readingOf(m: SipMessage, id: number): string {
  switch (id) {
    case 0:
      return 'unknown header';
    case VIA:
      return parts({
        transport: of(m, m.via.transport),
        host: of(m, m.via.host),
        port: given(m.via.port),
        branch: of(m, m.via.branch),
        received: of(m, m.via.received),
        rport: m.via.rport === 0 ? 'asked for' : given(m.via.rport),
        values: String(m.viaCount),
      });
    case FROM:
      return addressReading(m, m.from);
    case TO:
      return addressReading(m, m.to);
    case CONTACT:
      return m.contactStar ? 'all bindings' : addressReading(m, m.contact);
    case CSEQ:
      return parts({ number: given(m.cseq), method: METHODS[m.cseqMethod] || of(m, m.cseqMethodSpan) });
    case MAX_FORWARDS:
      return m.maxForwards < 0 ? given(m.maxForwards) : '';
    case CONTENT_LENGTH:
      return m.contentLength < 0 ? given(m.contentLength) : '';
    case AUTHORIZATION:
    case PROXY_AUTHORIZATION:
      return digestReading(m, m.credentials);
    case WWW_AUTHENTICATE:
    case PROXY_AUTHENTICATE:
      return digestReading(m, m.challenge);
    default:
      return '';
  }
}

function addressReading(m: SipMessage, a: AddressView): string {
  const { scheme, user, host, port, password } = a.uri;
  return parts({
    scheme: SCHEMES[scheme] || 'unknown',
    user: of(m, user),
    password: password.start < 0 ? '' : 'present, not shown',
    host: of(m, host),
    port: given(port),
    tag: carriesGuess(of(m, a.tag)) ? 'a guessed password, not shown' : of(m, a.tag),
    expires: given(a.expires),
  });
}

function digestReading(m: SipMessage, d: DigestView): string {
  if (!d.digest) return 'not Digest';
  const length = d.response.end - d.response.start;
  return parts({
    username: of(m, d.username),
    realm: of(m, d.realm),
    nonce: of(m, d.nonce),
    uri: masked(of(m, d.uri)),
    response: d.response.start < 0 ? '' : `${length} bytes, not shown`,
    algorithm: of(m, d.algorithm),
    qop: of(m, d.qop),
    stale: d.stale ? 'true' : '',
  });
}

function parts(named: Readonly<Record<string, string>>): string {
  return Object.entries(named)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name} ${value}`)
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

function oddityLine({ code, start, end }: Oddity, m: SipMessage): Line {
  const name = ODDITY_NAMES[code]!;
  const { about, grade, reference } = ODDITIES[name];
  return ['odd', `${name} (${grade}), bytes ${start - m.start} to ${end - m.start}: ${about} ${reference}`];
}
