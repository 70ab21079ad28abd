/**
 * Event lines as paper 001 §5.1 has them (S1-23 to S1-26): one message a line, with its time; the same lines for SEC and for Ringfence.
 * The attacks and the harmless traffic in them are made here, from a seed.
 */

import type { MoreTypes } from '../../src/correlate/plan.ts';
import { COMMON_FIELDS, type FieldKind } from '../../src/eventfields.ts';
import type { Event } from '../../src/types.ts';

const SIP = {
  client: 'address',
  server: 'address',
  fromTag: 'text',
  media: 'text',
  method: 'method',
  status: 'status',
  cseq: 'method',
} as const;
const RTP = { from: 'text', to: 'text', ssrc: 'number' } as const;
const MGCP = { transaction: 'text', endpoint: 'text', verb: 'name', status: 'status', media: 'text' } as const;
const TYPES: Readonly<Record<string, Readonly<Record<string, FieldKind>>>> = {
  'sip.message': SIP,
  'rtp.packet': RTP,
  'mgcp.message': MGCP,
};

/** The types of these lines, for the compiler of rules. */
export const LINE_TYPES: MoreTypes = new Map(
  Object.entries(TYPES).map(([type, fields]) => [type, new Map<string, FieldKind>(Object.entries({ ...COMMON_FIELDS, ...fields }))]),
);

/** Midnight of the recording, s: 2026-03-02 UTC. */
export const DAY = 1_772_409_600;

/** A line before it is written. */
interface Entry {
  readonly time: number;
  readonly text: string;
}

/** Deterministic numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Writes lines of messages. */
class Talk {
  readonly entries: Entry[] = [];
  readonly random: () => number;
  #calls = 0;

  constructor(seed: number) {
    this.random = randomOf(seed);
  }

  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  callId(): string {
    return `c${++this.#calls}`;
  }

  sip(
    time: number,
    client: string,
    callId: string,
    account: string,
    method: string,
    status = 0,
    cseq = method,
    more: { tag?: string; media?: string } = {},
  ): void {
    const text = `sip.message client=${client} server=198.51.100.1 callId=${callId} account=${account} fromTag=${more.tag ?? `t${callId}`} media=${more.media ?? ''} method=${method} status=${status} cseq=${cseq}`;
    this.entries.push({ time, text });
  }

  rtp(time: number, from: string, to: string): void {
    this.entries.push({ time, text: `rtp.packet from=${from} to=${to} ssrc=7` });
  }

  mgcp(time: number, transaction: string, endpoint: string, verb: string, status = 0, media = ''): void {
    this.entries.push({
      time,
      text: `mgcp.message transaction=${transaction} endpoint=${endpoint} verb=${verb} status=${status} media=${media}`,
    });
  }

  /** A call that is set up; what follows is up to the caller of this. When it was answered. */
  call(time: number, client: string, callee: string, { ack = true, callId = this.callId(), media = `${client}:4000` } = {}): number {
    this.sip(time, client, callId, callee, 'INVITE', 0, 'INVITE', { media });
    this.sip(time + 0.2, client, callId, callee, '', 180, 'INVITE');
    this.sip(time + 2, client, callId, callee, '', 200, 'INVITE', { media: '192.0.2.200:5000' });
    if (ack) this.sip(time + 2.1, client, callId, callee, 'ACK');
    return time + 2;
  }

  bye(time: number, client: string, callId: string, callee: string): void {
    this.sip(time, client, callId, callee, 'BYE');
    this.sip(time + 0.05, client, callId, callee, '', 200, 'BYE');
  }
}

/** What people and machines do all day. */
function harmless(talk: Talk, seconds: number): void {
  for (let n = 0; n < seconds / 4; n++) {
    const time = talk.between(0, seconds);
    const client = `10.0.${n % 50}.1`;
    const callId = talk.callId();
    const media = `${client}:${4000 + n}`;
    talk.call(time, client, `user${n % 90}@example.org`, { callId, media });
    const end = time + talk.between(30, 200);
    for (let k = 0; k < 6; k++) talk.rtp(time + 3 + ((end - time - 4) * k) / 6, media, '192.0.2.200:5000');
    talk.bye(end, client, callId, `user${n % 90}@example.org`);
  }
  for (let n = 0; n < seconds / 6; n++) {
    const time = talk.between(0, seconds);
    const [client, account, callId] = [`10.0.${n % 50}.1`, `user${n % 50}@example.org`, talk.callId()];
    talk.sip(time, client, callId, account, 'REGISTER');
    talk.sip(time + 0.03, client, callId, account, '', 401, 'REGISTER');
    talk.sip(time + 0.06, client, callId, account, 'REGISTER');
    talk.sip(time + 0.09, client, callId, account, '', n % 37 === 0 ? 403 : 200, 'REGISTER');
  }
}

/** Calls at a media gateway; `after`: seconds that its media goes on after it was released. */
function gatewayCall(talk: Talk, time: number, endpoint: string, port: number, after: number): void {
  const id = `${endpoint}x${Math.round(time)}`;
  talk.mgcp(time, id, endpoint, 'CRCX');
  talk.mgcp(time + 0.1, id, endpoint, '', 200, `192.0.2.99:${port}`);
  for (let k = 0; k < 5; k++) talk.rtp(time + 1 + k * 4, `192.0.2.99:${port}`, '10.0.1.1:4000');
  talk.mgcp(time + 25, `${id}d`, endpoint, 'DLCX');
  for (let k = 0.5; k <= after; k += 0.5) talk.rtp(time + 25 + k, `192.0.2.99:${port}`, '10.0.1.1:4000');
}

const ATTACKS: readonly ((talk: Talk, start: number, n: number, most: number) => void)[] = [
  // Floods, at, below and above what is allowed.
  (talk, start, n, most) => {
    const many = Math.min(most, [99, 100, 150, 400][n % 4]!);
    for (let i = 0; i < many; i++) talk.sip(start + (i * 9) / many, `203.0.113.${n}`, talk.callId(), `v${n}@example.org`, 'INVITE');
  },
  // Answers without ACK.
  (talk, start, n) => {
    for (let i = 0; i < 3 + (n % 4); i++) talk.call(start + i * 5, `203.0.113.${50 + n}`, `user${i}@example.org`, { ack: false });
  },
  // A BYE in the name of the caller, who knows nothing of it; or one of his own.
  (talk, start, n) => {
    const [client, callId, media] = [`10.1.0.${n}`, talk.callId(), `10.1.0.${n}:${6000 + n}`];
    talk.call(start, client, `user${n}@example.org`, { callId, media });
    talk.sip(start + 20, '203.0.113.200', callId, `user${n}@example.org`, 'BYE');
    const late = [0.02, 4, 5.5, -1][n % 4]!;
    if (late > 0) for (let k = 0; k < 20; k++) talk.rtp(start + 20 + late + k * 0.02, media, '192.0.2.200:5000');
  },
  // A CANCEL of someone else, or of the caller himself.
  (talk, start, n) => {
    const [client, callId, callee] = [`10.2.0.${n}`, talk.callId(), `user${n}@example.org`];
    talk.sip(start, client, callId, callee, 'INVITE', 0, 'INVITE', { media: `${client}:4000` });
    talk.sip(start + 0.3, client, callId, callee, '', 180, 'INVITE');
    talk.sip(start + 3, n % 3 === 0 ? client : '203.0.113.201', callId, callee, 'CANCEL');
    talk.sip(start + 3.1, client, callId, callee, '', n % 5 === 4 ? 481 : 487, 'INVITE');
  },
  // Accounts that are tried one after another.
  (talk, start, n, most) => {
    const [client, many] = [`203.0.113.${100 + n}`, Math.min(most, [9, 10, 40, 200][n % 4]!)];
    for (let i = 0; i < many; i++) {
      const callId = talk.callId();
      talk.sip(start + i * 0.2, client, callId, `${100 + i}@example.org`, 'REGISTER');
      talk.sip(start + i * 0.2 + 0.02, client, callId, `${100 + i}@example.org`, '', i % 9 === 0 ? 401 : 404, 'REGISTER');
    }
  },
  // Passwords.
  (talk, start, n, most) => {
    const [client, many] = [`203.0.113.${150 + n}`, Math.min(most, [9, 10, 60, 12][n % 4]!)];
    for (let i = 0; i < many; i++) {
      const callId = talk.callId();
      talk.sip(start + i * 0.5, client, callId, `user${n}@example.org`, 'REGISTER');
      talk.sip(start + i * 0.5 + 0.02, client, callId, `user${n}@example.org`, '', 403, 'REGISTER');
    }
  },
  // Short calls to many; or to one.
  (talk, start, n) => {
    for (let i = 0; i < 4 + (n % 3); i++) {
      const [client, callId, callee] = [`10.3.0.${n}`, talk.callId(), `user${n % 4 === 3 ? 0 : i}@example.org`];
      talk.call(start + i * 30, client, callee, { callId, media: `${client}:${7000 + i}` });
      talk.bye(start + i * 30 + (n % 5 === 4 ? 26 : 12), client, callId, callee);
    }
  },
  // A gateway that does not stop.
  (talk, start, n) => gatewayCall(talk, start, `aaln/${n}@gw${n}.example.org`, 30_000 + n * 2, [0, 3, 30, 0.4][n % 4]!),
];

/**
 * Lines of `seconds`, in the order of their times, with each attack `rounds` times in them, between harmless traffic. They begin so that
 * midnight lies in them, with two calls of alice and bob before. No attack has more than `most` messages of a kind.
 */
export function eventLines(seed: number, seconds: number, rounds: number, most = Number.POSITIVE_INFINITY): string[] {
  const talk = new Talk(seed);
  harmless(talk, seconds);
  talk.call(10, '10.4.0.1', 'alice@example.org', { media: '10.4.0.1:4000' });
  talk.call(20, '10.4.0.2', 'bob@example.org', { media: '10.4.0.2:4000' });
  for (const [kind, attack] of ATTACKS.entries())
    for (let n = 0; n < rounds; n++) attack(talk, 30 + (n * (seconds - 500)) / rounds + kind * 7, n, most);
  talk.entries.sort((a, b) => a.time - b.time);
  const start = DAY - Math.floor(seconds / 2);
  return talk.entries.map(({ time, text }) => `${(start + time).toFixed(6)} ${text}`);
}

/** The same lines with a `tick` for each second of the recording and of some time after it, so that a program without a clock sees time pass. */
export function withTicks(lines: readonly string[], after: number): string[] {
  const all: string[] = [];
  let second = Math.floor(Number.parseFloat(lines[0] ?? '0'));
  const tickTo = (until: number): void => {
    while (second < until) all.push(`${++second}.000000 tick`);
  };
  for (const line of lines) {
    tickTo(Math.floor(Number.parseFloat(line)));
    all.push(line);
  }
  tickTo(second + after);
  return all;
}

/** An Event of a line; undefined if it is none. */
export function eventOf(line: string, ordinal: number): Event | undefined {
  const [time = '', type = '', ...pairs] = line.split(' ');
  const fields = TYPES[type];
  if (fields === undefined) return undefined;
  const data: Record<string, string | number> = {};
  let [callId, account] = ['', ''];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (name === 'callId') callId = value;
    else if (name === 'account') account = value;
    else data[name] = name === 'status' || name === 'ssrc' ? Number(value) : value;
  }
  return {
    id: `line.1.${ordinal}`,
    time: Math.round(Number(time) * 1e6),
    type,
    node: 'line',
    src: '',
    srcPort: 0,
    dst: '',
    dstPort: 0,
    origin: 'packet',
    via: '',
    callId,
    account,
    data,
    file: 'lines',
    frame: ordinal,
  };
}

/** The same lines with their times cut to whole seconds, which is all that SEC sees of them. */
export function inSeconds(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^(\d+)\.\d+/, '$1.000000'));
}
