/**
 * What goes up of each SIP message if a sink wants it: the bytes of the message and where in them its parts lie. Copying them
 * costs a fraction of what strings would; a sink makes of it what it needs, by `recordAt` or straight from the bytes. Nothing
 * in it is masked or neutralised yet.
 */
import { addressText, ENDPOINT, portOf, text } from './bytes.ts';
import type { SipRecord, Transport } from './types.ts';

/** Transports by code. */
export const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls', 'ws', 'wss', 'sctp'];

/** Oddities kept of one message. */
export const MOST_ODDITIES = 8;

/** Where the numbers of a message stand, counted from the first. A span takes two: start and end in `bytes`; start -1: absent. */
export const AT = {
  // Numbers
  start: 0,
  end: 1,
  frame: 2,
  vlan: 3,
  transport: 4,
  /** Bits, see `FLAG`. */
  flags: 5,
  method: 6,
  status: 7,
  cseq: 8,
  cseqMethod: 9,
  viaPort: 10,
  rport: 11,
  viaCount: 12,
  contentLength: 13,
  /** Code of the authentication outcome. */
  outcome: 14,
  /** Ordinal of the transaction, 0: none. */
  transaction: 15,
  oddityCount: 16,
  oddities: 17,
  // Spans
  methodName: 25,
  uri: 27,
  uriPassword: 29,
  reason: 31,
  callId: 33,
  cseqMethodName: 35,
  fromDisplay: 37,
  fromUri: 39,
  fromPassword: 41,
  fromTag: 43,
  toDisplay: 45,
  toUri: 47,
  toPassword: 49,
  toTag: 51,
  viaTransport: 53,
  viaHost: 55,
  branch: 57,
  received: 59,
  contactUri: 61,
  contactPassword: 63,
  userAgent: 65,
  contentType: 67,
  credentials: 69,
  username: 71,
  realm: 73,
  digestUri: 75,
  algorithm: 77,
  qop: 79,
  challenge: 81,
  challengeRealm: 83,
  challengeAlgorithm: 85,
  challengeQop: 87,
  body: 89,
  /** How the client was found: index in `ATTRIBUTIONS`. */
  attributed: 91,
  /** Numbers of one message. */
  size: 92,
} as const;

/** Bits of `AT.flags`. */
export const FLAG = {
  request: 1,
  retransmission: 2,
  /** The From tag carries a guessed password (M-10). */
  guess: 4,
  digest: 8,
  truncated: 16,
} as const;

/** Bytes of the endpoints before each message. */
export const ENDPOINTS = 3 * ENDPOINT;

/** Words for the codes in the numbers; the kernel does not know those of decode and track. */
export interface Words {
  readonly methods: readonly string[];
  readonly oddities: readonly string[];
  readonly outcomes: readonly string[];
}

/** SIP messages, in order; good until the engine is drained the next time but one. */
export class SipRecords {
  count = 0;
  /** Of each message `AT.size` numbers. */
  numbers = new Int32Array(AT.size * 64);
  times = new Float64Array(64);
  /** Of each message three endpoints (see types.ts): where from, where to, who asked; then its bytes, from `AT.start` on. */
  bytes: Uint8Array = new Uint8Array(1 << 16);
  readonly files: string[] = [];
  readonly tunnels: string[] = [];
  readonly words: Words;
  #used = 0;

  constructor(words: Words) {
    this.words = words;
  }

  /** Forgets all messages and keeps the memory, unless that has become unusually large. */
  reset(): void {
    this.count = 0;
    this.#used = 0;
    this.files.length = 0;
    this.tunnels.length = 0;
    if (this.bytes.length > LARGE) this.bytes = new Uint8Array(1 << 16);
  }

  /**
   * Makes room for a message and copies endpoints and bytes.
   * @returns the index of its first number; its `AT.start` and `AT.end` are set.
   */
  add(time: number, src: Uint8Array, dst: Uint8Array, client: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
    const index = this.count++;
    if (index === this.times.length) this.#grow();
    const used = this.#used;
    const at = used + ENDPOINTS;
    const next = at + end - start;
    if (next > this.bytes.length) this.#extend(next);
    const own = this.bytes;
    for (let i = 0; i < ENDPOINT; i++) {
      own[used + i] = src[i]!;
      own[used + ENDPOINT + i] = dst[i]!;
      own[used + 2 * ENDPOINT + i] = client[i]!;
    }
    own.set(bytes.subarray(start, end), at);
    this.#used = next;
    this.times[index] = time;
    const first = index * AT.size;
    this.numbers[first + AT.start] = at;
    this.numbers[first + AT.end] = next;
    return first;
  }

  #grow(): void {
    const numbers = new Int32Array(this.numbers.length * 2);
    const times = new Float64Array(this.times.length * 2);
    numbers.set(this.numbers);
    times.set(this.times);
    this.numbers = numbers;
    this.times = times;
  }

  #extend(least: number): void {
    const bytes = new Uint8Array(Math.max(least, this.bytes.length * 2));
    bytes.set(this.bytes);
    this.bytes = bytes;
  }
}

/** Bytes above which a batch gives its buffer back. */
const LARGE = 1 << 25;

/** The message as plain data, `index` from 0. Secrets are not masked. */
export function recordAt(records: SipRecords, index: number): SipRecord {
  const { numbers: n, words, bytes } = records;
  const at = index * AT.size;
  const of = (field: number): string => text(bytes, n[at + field]!, n[at + field + 1]!);
  const has = (flag: number): boolean => (n[at + AT.flags]! & flag) !== 0;
  const start = n[at + AT.start]!;
  const src = bytes.subarray(start - ENDPOINTS, start - 2 * ENDPOINT);
  const dst = bytes.subarray(start - 2 * ENDPOINT, start - ENDPOINT);
  const oddities = n.subarray(at + AT.oddities, at + AT.oddities + n[at + AT.oddityCount]!);
  return {
    time: records.times[index]!,
    file: records.files[index]!,
    frame: n[at + AT.frame]!,
    src: addressText(src),
    srcPort: portOf(src),
    dst: addressText(dst),
    dstPort: portOf(dst),
    transport: TRANSPORTS[n[at + AT.transport]!]!,
    vlan: n[at + AT.vlan]!,
    tunnel: records.tunnels[index]!,
    request: has(FLAG.request),
    method: has(FLAG.request) ? of(AT.methodName) : of(AT.cseqMethodName),
    status: n[at + AT.status]!,
    reason: of(AT.reason),
    uri: of(AT.uri),
    from: { display: of(AT.fromDisplay), uri: of(AT.fromUri), tag: of(AT.fromTag) },
    to: { display: of(AT.toDisplay), uri: of(AT.toUri), tag: of(AT.toTag) },
    guess: has(FLAG.guess),
    callId: of(AT.callId),
    cseq: n[at + AT.cseq]!,
    via: { host: of(AT.viaHost), branch: of(AT.branch), received: of(AT.received), rport: n[at + AT.rport]! },
    viaCount: n[at + AT.viaCount]!,
    contact: of(AT.contactUri),
    userAgent: of(AT.userAgent),
    contentType: of(AT.contentType),
    contentLength: n[at + AT.contentLength]!,
    user: of(AT.username),
    realm: of(AT.realm),
    body: of(AT.body),
    oddities: Array.from(oddities, (code) => words.oddities[code]!),
    retransmission: has(FLAG.retransmission),
    outcome: words.outcomes[n[at + AT.outcome]!]!,
    transaction: n[at + AT.transaction]!,
  };
}
