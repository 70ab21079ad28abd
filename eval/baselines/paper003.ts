/**
 * The flow rules of paper 003 (S3-03 to S3-10), and those of the module its authors ship. They see the 401 and 200 answers to
 * REGISTER only; the server is who answers. What a client does is judged when it has been silent to that server for 30 minutes,
 * so every finding is told that much after its last answer (S3-09, S3-12).
 *
 * A 200 that comes before the threshold ends the attempt and forgets it: the module does so, and the paper counts "messages of
 * a successful attempt" (S3-11); read otherwise, every phone that is challenged at each refresh would be an attacker.
 */
import type { Detector, Finding } from '../detector.ts';
import { fingerprint } from './fingerprint.ts';
import { type Said, saidIn } from './messages.ts';

/** Thresholds of a variant. */
export interface FlowLimits {
  /** More 401s than this for one client and user are guessing. */
  readonly attempts: number;
  /** That many users of one client are a scan. */
  readonly extensions: number;
  /** That many clients of one user are a distributed attack. */
  readonly clients: number;
  /** More 200s than this behind the threshold: it was a user after all. Infinity: the rule is not there. */
  readonly successes: number;
}

/** S3-10; "several clients" of S3-06 are two. */
export const PAPER_LIMITS: FlowLimits = { attempts: 20, extensions: 10, clients: 2, successes: Number.POSITIVE_INFINITY };
/** evaluation.md §4: the module as shipped. */
export const SHIPPED_LIMITS: FlowLimits = { attempts: 50, extensions: 25, clients: 5, successes: 5 };

const IDLE = 1_800_000_000;

/** Paper 003 with its own thresholds, 20 / 10 / 30 min. */
export const paper003: Detector = flowDetector('paper-003', PAPER_LIMITS);
/** Paper 003 with the thresholds of the shipped module, 50 / 25 / 30 min. */
export const paper003Shipped: Detector = flowDetector('paper-003-shipped', SHIPPED_LIMITS);

function flowDetector(name: string, limits: FlowLimits): Detector {
  return {
    name,
    get version() {
      return fingerprint(import.meta, ['messages'], name);
    },
    available: () => undefined,
    findings: async (run) => flowFindings(await saidIn(run), limits),
  };
}

/** Attempts of one client at one user of one server. */
interface Attempts {
  readonly user: string;
  count: number;
  readonly first: number;
  last: number;
  successes: number;
}

/** What one client did to one server. */
interface Client {
  readonly server: string;
  readonly address: string;
  last: number;
  readonly users: Map<string, Attempts>;
}

/** A client that guessed at a user and has been silent since. */
interface Guess {
  readonly client: string;
  readonly attempts: Attempts;
}

/** What these rules say of these messages. */
export function flowFindings(said: readonly Said[], limits: FlowLimits): Finding[] {
  const judge = new FlowJudge(limits);
  for (const message of said) judge.take(message);
  return judge.end();
}

class FlowJudge {
  readonly #limits: FlowLimits;
  /** In the order of their last answers, so that the idle ones are in front. */
  readonly #clients = new Map<string, Client>();
  /** By server and user: who guessed, over all clients. */
  readonly #guessed = new Map<string, Guess[]>();
  readonly #findings: Finding[] = [];

  constructor(limits: FlowLimits) {
    this.#limits = limits;
  }

  take({ time, src, dst, method, status, to }: Said): void {
    this.#expire(time);
    if (method !== 'REGISTER' || (status !== 401 && status !== 200)) return;
    const key = `${src} ${dst}`;
    const client = this.#clients.get(key) ?? { server: src, address: dst, last: time, users: new Map() };
    this.#clients.delete(key);
    this.#clients.set(key, client);
    client.last = time;
    if (status === 401) fail(client, to, time);
    else this.#succeed(client, to);
  }

  #succeed({ users }: Client, user: string): void {
    const attempts = users.get(user);
    if (attempts === undefined) return;
    if (attempts.count <= this.#limits.attempts || ++attempts.successes > this.#limits.successes) users.delete(user);
  }

  #expire(time: number): void {
    for (const [key, client] of this.#clients) {
      if (time - client.last < IDLE) return;
      this.#clients.delete(key);
      this.#judge(client);
    }
  }

  end(): Finding[] {
    this.#expire(Number.POSITIVE_INFINITY);
    for (const [key, guesses] of this.#guessed) this.#judgeUser(key.slice(0, key.indexOf(' ')), guesses);
    return this.#findings.sort((a, b) => a.time - b.time);
  }

  #judge(client: Client): void {
    const all = [...client.users.values()];
    if (all.length >= this.#limits.extensions) {
      this.#findings.push(scanFinding(client, all));
      return;
    }
    for (const attempts of all) {
      const key = `${client.server} ${attempts.user}`;
      const others = this.#guessed.get(key) ?? [];
      // Guesses at a user that nobody has made for so long belong to another attack.
      const ended = others.length > 0 && attempts.first - Math.max(...others.map((other) => other.attempts.last)) > IDLE;
      if (ended) this.#judgeUser(client.server, others);
      this.#guessed.set(key, [...(ended ? [] : others), { client: client.address, attempts }]);
    }
  }

  /** One client: guessing; several: a distributed attack, if all of them together made enough attempts. */
  #judgeUser(server: string, guesses: readonly Guess[]): void {
    const { attempts: most, clients } = this.#limits;
    const sum = guesses.reduce((total, { attempts }) => total + attempts.count, 0);
    const addresses = new Set(guesses.map(({ client }) => client));
    if (addresses.size >= clients && sum > most) {
      this.#findings.push(distributedFinding(server, guesses, addresses.size));
      return;
    }
    for (const { client, attempts } of guesses) {
      if (attempts.count > most) this.#findings.push(guessFinding(server, client, attempts));
    }
  }
}

function fail({ users }: Client, user: string, time: number): void {
  const attempts = users.get(user);
  if (attempts === undefined) users.set(user, { user, count: 1, first: time, last: time, successes: 0 });
  else {
    attempts.count++;
    attempts.last = time;
  }
}

/** Times of a finding: it is told when nothing more has come for as long as the rule waits. */
function timesOf(all: readonly Attempts[]): Pick<Finding, 'time' | 'first' | 'last' | 'level'> {
  const last = Math.max(...all.map((each) => each.last));
  return { time: last + IDLE, first: Math.min(...all.map((each) => each.first)), last, level: 'warning' };
}

function scanFinding({ server, address }: Client, all: readonly Attempts[]): Finding {
  const text = `S3-06: scan of ${all.length} extensions of ${server} by ${address}`;
  return { ...timesOf(all), class: 'extension-scan', subject: address, target: server, text };
}

function guessFinding(server: string, client: string, attempts: Attempts): Finding {
  const breached = attempts.successes > 0 ? ', successful' : '';
  const text = `S3-06: brute force, ${attempts.count} attempts by ${client} at ${attempts.user} on ${server}${breached}`;
  return { ...timesOf([attempts]), class: 'password-guessing', subject: client, target: attempts.user, also: [server], text };
}

function distributedFinding(server: string, guesses: readonly Guess[], clients: number): Finding {
  const all = guesses.map(({ attempts }) => attempts);
  const user = all[0]?.user ?? '';
  const text = `S3-06: distributed brute force by ${clients} clients at ${user} on ${server}`;
  return { ...timesOf(all), class: 'distributed-guessing', target: user, also: [server], text };
}
