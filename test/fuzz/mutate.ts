/** Seeded mutations of byte strings, with the tokens of SIP at hand. */

/** Largest input: what a UDP datagram over IPv4 can carry. */
export const LARGEST = 65_507;

/** Pseudo-random numbers from a seed (mulberry32): the same seed gives the same run. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below - 1`. */
  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  }

  /** One of the list. */
  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!;
  }
}

const TOKENS = [
  ...[
    'INVITE ',
    'REGISTER ',
    'OPTIONS ',
    'ACK ',
    'SIP/2.0',
    'SIP/2.0 200 OK\r\n',
    'SIP/2.0 401 x\r\n',
    'SIP/3.0',
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    '\0',
  ],
  ...[
    'Via: ',
    'v: ',
    'SIP/2.0/UDP a;branch=z9hG4bK',
    ';branch=',
    ';rport',
    ';received=',
    'From: ',
    'f:',
    'To: ',
    't:',
    ';tag=',
    'Call-ID: ',
    'i: ',
  ],
  ...[
    'CSeq: ',
    'CSeq: 4294967296 X',
    'Contact: *',
    'm: ',
    'Content-Length: ',
    'l: -1',
    'Content-Type: ',
    'Max-Forwards: 256',
    'Expires: ',
    ';expires=',
  ],
  ...[
    'Authorization: Digest ',
    'WWW-Authenticate: Digest ',
    'username="',
    'realm="',
    'nonce=',
    'response=',
    'uri="',
    'stale=true',
    'qop=auth',
    'algorithm=MD5',
  ],
  ...[
    'sip:',
    'sips:',
    'tel:+1',
    '<',
    '>',
    '<sip:a@b>',
    '@',
    ':',
    ';',
    ',',
    '?',
    '=',
    '"',
    '\\"',
    '\\',
    '%00',
    '%',
    '[::1]',
    '[',
    ']',
    '*',
    ' ',
    '\t',
    ' \r\n ',
  ],
  ...['99999999999999999999', '-1', '0', '65536', '2147483648', '\u00e9', '\u202e', '\ufeff'],
].map((token) => Buffer.from(token));

const BYTES = [0, 9, 10, 13, 32, 34, 37, 42, 44, 58, 59, 60, 61, 62, 64, 91, 92, 93, 127, 128, 192, 224, 240, 255];

type Mutation = (bytes: Buffer, dice: Dice, corpus: readonly Buffer[]) => Buffer;

/** A copy with `bytes[at, at + gone)` replaced. */
function spliced(bytes: Buffer, at: number, gone: number, put: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(Math.min(bytes.length, at + gone))]);
}

/** A short stretch of the bytes: `[at, at + length)`. */
function stretch(bytes: Buffer, dice: Dice): { at: number; length: number } {
  const at = dice.roll(bytes.length + 1);
  return { at, length: Math.min(bytes.length - at, 1 + dice.roll(dice.roll(4) === 0 ? 400 : 12)) };
}

const MUTATIONS: readonly Mutation[] = [
  // One bit, one byte.
  (bytes, dice) => {
    if (bytes.length > 0) bytes[dice.roll(bytes.length)]! ^= 1 << dice.roll(8);
    return bytes;
  },
  (bytes, dice) => {
    if (bytes.length > 0) bytes[dice.roll(bytes.length)] = dice.roll(2) === 0 ? dice.pick(BYTES) : dice.roll(256);
    return bytes;
  },
  // Take out, double, repeat many times.
  (bytes, dice) => {
    const { at, length } = stretch(bytes, dice);
    return spliced(bytes, at, length, new Uint8Array());
  },
  (bytes, dice) => {
    const { at, length } = stretch(bytes, dice);
    return spliced(bytes, at, 0, bytes.subarray(at, at + length));
  },
  (bytes, dice) => {
    const { at, length } = stretch(bytes, dice);
    const part = bytes.subarray(at, at + length);
    const times = 1 + dice.roll(dice.roll(10) === 0 ? 2000 : 20);
    return spliced(bytes, at, 0, Buffer.concat(Array.from({ length: times }, () => part)));
  },
  // A token put in or written over.
  (bytes, dice) => spliced(bytes, dice.roll(bytes.length + 1), 0, dice.pick(TOKENS)),
  (bytes, dice) => {
    const token = dice.pick(TOKENS);
    return spliced(bytes, dice.roll(bytes.length + 1), token.length, token);
  },
  // The head of one with the tail of another.
  (bytes, dice, corpus) => {
    const other = dice.pick(corpus);
    return Buffer.concat([bytes.subarray(0, dice.roll(bytes.length + 1)), other.subarray(dice.roll(other.length + 1))]);
  },
  // Cut short.
  (bytes, dice) => bytes.subarray(0, dice.roll(bytes.length + 1)),
  // A line moved, doubled or lost.
  (bytes, dice) => {
    const lines = bytes.toString('latin1').split('\n');
    const [line] = lines.splice(dice.roll(lines.length), dice.roll(2));
    if (line !== undefined && dice.roll(3) > 0) lines.splice(dice.roll(lines.length + 1), 0, line);
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  // A number changed.
  (bytes, dice) => {
    const numbers = [...bytes.toString('latin1').matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes;
    const { index, 0: old } = dice.pick(numbers);
    const fresh = dice.pick(['0', '-1', '4294967295', '99999999999999999999', '', String(Number(old) + 1), String(dice.roll(70000))]);
    return spliced(bytes, index, old.length, Buffer.from(fresh));
  },
];

/** One to eight mutations of an input of the corpus. The result is a buffer of its own. */
export function mutate(corpus: readonly Buffer[], dice: Dice): Buffer {
  // Half of the time one of the newest: they have just opened a door.
  const from = dice.roll(2) === 0 ? corpus : corpus.slice(-16);
  let bytes: Buffer = Buffer.from(dice.pick(from));
  for (let n = 1 + dice.roll(dice.roll(4) === 0 ? 8 : 3); n > 0; n--) {
    bytes = Buffer.from(dice.pick(MUTATIONS)(bytes, dice, corpus).subarray(0, LARGEST));
  }
  return bytes;
}
