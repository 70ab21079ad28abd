/**
 * The rules of paper 002 that need no tuning but their parameters (S2-20 to S2-32): its counts per period and its comparison of
 * source addresses.
 *
 * The paper names its parameters (`calls`, `m_options`, `register_from`, `register_to`, `period`) and gives them no value (S2-38);
 * the one count in a time that any of the papers has is 004's, 100 in 60 s, and all of them get that. Its sensor stands before one
 * host; ours sees every hop, so both kinds of rules are kept per hop (destination address): a request that a proxy forwards is no
 * second one, and no stranger's. That reading is the paper's best; the literal one, each hop against the first, accuses every proxy.
 *
 * Not here: the shortest time between INVITE and CANCEL (S2-23), `limit` (S2-15), the limits of RTP sequence numbers (S2-33): rules
 * without any number.
 */
import type { AttackClass } from '../../src/types.ts';
import type { Detector, Finding } from '../detector.ts';
import { Episodes } from './episodes.ts';
import { fingerprint } from './fingerprint.ts';
import { type Said, saidIn } from './messages.ts';
import { Rates } from './rates.ts';

const COUNT = 100;
const PERIOD = 60_000_000;
/** How long a REGISTER is compared with later ones: the lifetime a registration has by default (RFC 3261 §10.2). */
const REGISTERED = 3_600_000_000;
/** Senders of INVITEs that are kept of one Call-ID and destination: of a flood with forged sources not all. */
const MOST_HOPS = 16;

/** Paper 002's counts and comparisons of addresses. */
export const paper002: Detector = {
  name: 'paper-002',
  get version() {
    return fingerprint(import.meta, ['messages', 'episodes', 'rates']);
  },
  available: () => undefined,
  findings: async (run) => preprocessorFindings(await saidIn(run)),
};

/** What these rules say of these messages. */
export function preprocessorFindings(said: readonly Said[]): Finding[] {
  const episodes = new Episodes(PERIOD);
  const counts = COUNTED.map((rule) => ({ rule, rates: new Rates(COUNT + 1, PERIOD) }));
  const sessions = new Sessions();
  const registered = new Map<string, Said>();
  for (const message of said) {
    if (message.status !== 0) continue;
    for (const { rule, rates } of counts) if (rule.method === message.method) countOne(rule, rates, message, episodes);
    if (message.method === 'REGISTER') compareRegister(registered, message, episodes);
    else compareSession(sessions, message, episodes);
  }
  return episodes.findings();
}

/** One count of the preprocessor. */
interface Counted {
  readonly method: string;
  readonly by: 'from' | 'to';
  readonly class: AttackClass;
  /** Requirement and what it is about. */
  readonly about: string;
}

const COUNTED: readonly Counted[] = [
  { method: 'INVITE', by: 'from', class: 'spit', about: 'S2-20: calls of one caller' },
  { method: 'INVITE', by: 'to', class: 'flood', about: 'S2-21: calls to one callee' },
  { method: 'OPTIONS', by: 'from', class: 'flood', about: 'S2-22: OPTIONS of one sender' },
  { method: 'OPTIONS', by: 'to', class: 'flood', about: 'S2-22: OPTIONS to one receiver' },
  { method: 'REGISTER', by: 'from', class: 'password-guessing', about: 'S2-30: REGISTERs of one sender' },
  { method: 'REGISTER', by: 'to', class: 'flood', about: 'S2-31: REGISTERs for one address of record' },
];

function countOne(rule: Counted, rates: Rates, message: Said, episodes: Episodes): void {
  const { time, src, dst } = message;
  const url = message[rule.by];
  const first = rates.hit(`${url} ${dst}`, time);
  if (first === undefined) return;
  const text = `${rule.about}, ${url}: more than ${COUNT} in 60 s`;
  // What is counted by its receiver accuses nobody: whoever's request happens to be one too many is one of many.
  const about = rule.by === 'from' ? { subject: src, target: dst } : { target: url, also: [dst] };
  episodes.tell(`${rule.about} ${url}`, time, { class: rule.class, ...about, text }, first);
}

/** S2-32: two REGISTERs of one URI from different addresses. */
function compareRegister(registered: Map<string, Said>, message: Said, episodes: Episodes): void {
  const { time, src, dst, from } = message;
  const key = `${from} ${dst}`;
  const before = registered.get(key);
  registered.set(key, message);
  if (before === undefined || before.src === src || time - before.time > REGISTERED) return;
  const text = `S2-32: ${from} registers from ${src}, before from ${before.src}`;
  episodes.tell(`S2-32 ${from} ${src}`, time, { class: 'account-takeover', subject: src, target: from, text });
}

/** Requests inside a session whose sender is compared, with what a stranger's would be. */
const COMPARED: Readonly<Record<string, { readonly id: string; readonly class: AttackClass } | undefined>> = {
  CANCEL: { id: 'S2-23', class: 'teardown' },
  BYE: { id: 'S2-23', class: 'teardown' },
  REFER: { id: 'S2-26', class: 'hijack' },
  INVITE: { id: 'S2-28', class: 'hijack' },
  UPDATE: { id: 'S2-29', class: 'hijack' },
};

function compareSession(sessions: Sessions, message: Said, episodes: Episodes): void {
  const { time, src, method, callId, toTag } = message;
  if (method === 'INVITE' && !toTag) {
    sessions.add(message);
    return;
  }
  const rule = COMPARED[method];
  if (rule === undefined) return;
  const expected = sessions.expected(message);
  if (expected === undefined || expected.includes(src)) return;
  const text = `${rule.id}: ${method} from ${src}, not from ${expected.join(' or ')}, who is in the session`;
  episodes.tell(`${rule.id} ${method} ${callId} ${src}`, time, { class: rule.class, subject: src, target: callId, callId, text });
}

/** `cnxmap` (S2-14, S2-17): who set up which session with whom, hop by hop. A proxy that passes an INVITE twice takes part in two hops. */
class Sessions {
  /** By Call-ID and the address that INVITEs went to. */
  readonly #forward = new Map<string, Said[]>();
  /** By Call-ID and the address that INVITEs came from. */
  readonly #backward = new Map<string, Said[]>();

  add(invite: Said): void {
    const { callId, src, dst } = invite;
    const known = this.#forward.get(`${callId} ${dst}`) ?? [];
    if (known.length === MOST_HOPS || known.some((each) => each.src === src)) return;
    this.#forward.set(`${callId} ${dst}`, [...known, invite]);
    this.#backward.set(`${callId} ${src}`, [...(this.#backward.get(`${callId} ${src}`) ?? []), invite]);
  }

  /** Addresses that this request may come from; undefined: its From and To belong to no session of this hop (S2-18). */
  expected({ callId, dst, from, to, method }: Said): readonly string[] | undefined {
    const key = `${callId} ${dst}`;
    const along = (this.#forward.get(key) ?? []).filter((each) => each.from === from || each.to === to);
    if (along.length > 0) return along.map((each) => each.src);
    if (method === 'CANCEL') return undefined;
    const back = (this.#backward.get(key) ?? []).filter((each) => each.to === from || each.from === to);
    return back.length === 0 ? undefined : back.map((each) => each.dst);
  }
}
