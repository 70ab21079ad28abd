/** Valid messages with faults put in, one kind at a time as test suites for parsers do (PROTOS c07-sip, RFC 4475), or bytes at random. */
import type { Random } from '../../random.ts';

/** Longest payload of one Ethernet frame: faults are not hidden in fragments. */
const LONGEST = 1472;

/** Makes one faulty message out of a valid one (Latin-1). */
type Fault = (message: string, random: Random) => string;

/** Text that fills a field: long runs, printf conversions, numbers at limits, control bytes, broken escapes and UTF-8. */
function filling(random: Random): string {
  return random.pick([
    () => random.pick(['A', 'a', '0', ' ', '/', ';', '<', '%', '\xff']).repeat(random.integer(64, 900)),
    () => random.pick(['%n', '%s', '%x', '%.9999d', '%p']).repeat(random.integer(2, 30)),
    () => random.pick(['-1', '0', '2147483648', '4294967296', '99999999999999999999', '1e9', '0x7fffffff', '-2147483649']),
    () => random.pick(['\0', '\x01\x02\x7f', '\t\v\f', '\x1b[2J', '\r']).repeat(random.integer(1, 8)),
    () => random.pick(['%', '%0', '%00', '%zz', '%ff%fe', '%0d%0a', '\xc0\xaf', '\xed\xa0\x80', '\xfe\xff']).repeat(random.integer(1, 6)),
    () => random.pick(['"', '<', '>', '(', '@', '::', ';;', ',,', '[[', '\\']).repeat(random.integer(1, 20)),
    () => '',
  ])();
}

/** Start and end of a header line, drawn; the start line is none. */
function line(message: string, random: Random): readonly [start: number, end: number] {
  const head = message.slice(0, message.indexOf('\r\n\r\n'));
  const starts = [...head.matchAll(/\r\n/g)].map(({ index }) => index + 2);
  const start = random.pick(starts);
  const end = head.indexOf('\r\n', start);
  return [start, end < 0 ? head.length : end];
}

const value: Fault = (message, random) => {
  const [start, end] = line(message, random);
  const colon = message.indexOf(':', start);
  return `${message.slice(0, colon + 1)} ${filling(random)}${message.slice(end)}`;
};

const dropped: Fault = (message, random) => {
  const [start, end] = line(message, random);
  return message.slice(0, start) + message.slice(end + 2);
};

const doubled: Fault = (message, random) => {
  const [start, end] = line(message, random);
  const copy = message.slice(start, end).replace(/\d/g, () => random.text(1, '0123456789'));
  return `${message.slice(0, end)}\r\n${copy}${message.slice(end)}`;
};

/** A part of a value replaced: a parameter, a host, a number. */
const part: Fault = (message, random) => {
  const [start, end] = line(message, random);
  const words = [...message.slice(start, end).matchAll(/[A-Za-z0-9.+-]{2,}/g)].slice(1);
  const word = words.length === 0 ? undefined : random.pick(words);
  if (word === undefined) return value(message, random);
  const at = start + word.index;
  return message.slice(0, at) + filling(random) + message.slice(at + word[0].length);
};

const start: Fault = (message, random) => {
  const [method = '', uri = '', version = ''] = message.slice(0, message.indexOf('\r\n')).split(' ');
  const rest = message.slice(message.indexOf('\r\n'));
  return (
    random.pick([
      `${filling(random)} ${uri} ${version}`,
      `${method} ${filling(random)} ${version}`,
      `${method} ${uri} ${random.pick(['SIP/7.0', 'sip/2.0', 'SIP/2', 'HTTP/1.1', 'SIP/2.0.0', 'SIP / 2.0', ''])}`,
      `${method}  ${uri}\t${version}`,
      `${method.toLowerCase()} ${uri} ${version}`,
      `${method} ${uri.replace('sip:', random.pick(['sips:sip:', 'http://', 'tel:', 'sip://', 'nobodyKnowsThisScheme:', '']))} ${version}`,
      `${method} ${uri}${random.pick([':99999', ':-1', ';;;', '?%', '@@', ';maddr=', ';transport=\0'])} ${version}`,
    ]) + rest
  );
};

const lines: Fault = (message, random) => {
  const [begin, end] = line(message, random);
  return random.pick([
    () => message.replaceAll('\r\n', '\n'),
    () => message.replaceAll('\r\n', '\r'),
    () => `${message.slice(0, end)}\r\n ${filling(random)}\r\n\t${message.slice(end)}`,
    () => `${message.slice(0, message.indexOf(':', begin))} \t:${message.slice(message.indexOf(':', begin) + 1)}`,
    () => message.slice(0, begin) + message.slice(begin, end).replace(':', '') + message.slice(end),
    () => `${message.slice(0, begin)}${filling(random)}: x\r\n${message.slice(begin)}`,
    () =>
      `${message.slice(0, begin)}${`Via: SIP/2.0/UDP h${random.integer(1, 99)};branch=z9hG4bK\r\n`.repeat(random.integer(8, 20))}${message.slice(begin)}`,
    () => message.replace('\r\n\r\n', '\r\n'),
    () => `${random.pick(['\r\n\r\n\r\n', '\0\0', 'x'])}${message}`,
  ])();
};

const length: Fault = (message, random) => {
  const wrong = random.pick(['-1', '999999', '4294967295', `${random.integer(1, 9)}`, 'ten', '', '0 0', '0\r\nContent-Length: 77']);
  return message.replace(/^(Content-Length|l):.*$/im, `$1: ${wrong}`);
};

const body: Fault = (message, random) => {
  const at = message.indexOf('\r\n\r\n') + 4;
  if (at === message.length) return message + filling(random);
  const rows = message.slice(at).split('\r\n');
  const row = random.integer(0, rows.length - 1);
  const changed = [...rows.slice(0, row), `${random.pick(['v', 'o', 'c', 'm', 'a', '='])}=${filling(random)}`, ...rows.slice(row + 1)];
  return message.slice(0, at) + changed.join('\r\n');
};

const cut: Fault = (message, random) => message.slice(0, random.integer(1, message.length - 1));
const twice: Fault = (message) => message + message;

const bytes: Fault = (message, random) => {
  const changed = Buffer.from(message, 'latin1');
  for (let i = random.integer(1, 12); i > 0; i--) changed[random.integer(0, changed.length - 1)] = random.integer(0, 255);
  return changed.toString('latin1');
};

const FAULTS: readonly Fault[] = [value, value, part, part, dropped, doubled, start, lines, lines, length, body, cut, twice];

/** How a fuzzer works: one fault of a catalogue in each message, bytes at random, or now this and now that. */
export type Style = 'faults' | 'bytes' | 'both';

/** A faulty copy of a valid message, never longer than a frame and never empty. */
export function mutate(message: Buffer, style: Style, random: Random): Buffer {
  const text = message.toString('latin1');
  const random1 = style === 'bytes' || (style === 'both' && random.chance(0.5));
  const faulty = (random1 ? bytes : random.pick(FAULTS))(text, random);
  return Buffer.from((faulty === text ? cut(text, random) : faulty).slice(0, LONGEST), 'latin1');
}
