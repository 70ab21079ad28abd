/** Guessing passwords with REGISTER (or INVITE) as the lab's own guessers do it, each with habits of its own. */
import type { Message } from '../../agents/message.ts';
import type { Random } from '../../random.ts';
import type { Site } from '../../scenario.ts';
import { type Attacker, challengeOf, type Login, loginField, offer } from './attacker.ts';

/** How a guesser works. */
export interface Habit {
  /** The same Call-ID for all guesses, as svcrack does (M-05), or a new one for each. */
  readonly oneCallId: boolean;
  /** Answers one challenge again and again, or asks for a new one before each guess. */
  readonly reusesNonce: boolean;
  /** With INVITE he calls the last but one account: one of those without a phone. */
  readonly method: 'REGISTER' | 'INVITE';
  /** Registers a contact if it gets in, or only asks which ones there are (no Contact). */
  readonly expires: number;
}

/** Draws a habit. */
export function drawHabit(random: Random): Habit {
  return {
    oneCallId: random.chance(0.4),
    reusesNonce: random.chance(0.5),
    method: random.chance(0.8) ? 'REGISTER' : 'INVITE',
    expires: random.pick([60, 300, 3600]),
  };
}

/** The habit of one whose guesses lie minutes apart: no challenge lives that long. */
export function patient(habit: Habit): Habit {
  return { ...habit, reusesNonce: false };
}

/** What a guess came to. */
export type Verdict = 'right' | 'wrong' | 'unknown';

type Challenged = Pick<Login, 'challenge' | 'proxy'>;

/** Who guesses, from one address. */
export class Guesser {
  readonly attacker: Attacker;
  readonly #site: Pick<Site, 'accounts' | 'domain' | 'proxy'>;
  readonly #habit: Habit;
  readonly #callId: string;
  readonly #tag: string;
  #cseq: number;
  #challenge: Challenged | undefined;
  #uses = 0;

  constructor(attacker: Attacker, site: Pick<Site, 'accounts' | 'domain' | 'proxy'>, habit: Habit) {
    this.attacker = attacker;
    this.#site = site;
    this.#habit = habit;
    this.#callId = attacker.callId();
    this.#tag = attacker.shape.tag(attacker.random);
    this.#cseq = attacker.random.integer(1, 100);
  }

  /** Call-ID that the next guess will have. */
  nextCallId(): string {
    return this.#habit.oneCallId ? this.#callId : this.attacker.callId();
  }

  /** One guess. Answers that do not come count as unknown: nothing is sent again. */
  async guess(user: string, password: string, callId = this.nextCallId()): Promise<Verdict> {
    const open = this.#habit.reusesNonce ? this.#challenge : undefined;
    const challenge = open ?? (await this.#askForChallenge(user, callId));
    if (challenge === undefined) return 'unknown';
    const reply = await this.#send(user, callId, { ...challenge, user, password, count: ++this.#uses });
    if (reply === undefined) return 'unknown';
    this.#learn(reply);
    if (reply.status === 401 || reply.status === 407 || reply.status === 403) return 'wrong';
    // Nobody is registered where an INVITE calls: 480 says that the caller was believed.
    return reply.status < 300 || (reply.status === 480 && this.#habit.method === 'INVITE') ? 'right' : 'unknown';
  }

  async #askForChallenge(user: string, callId: string): Promise<Challenged | undefined> {
    const reply = await this.#send(user, callId, undefined);
    if (reply !== undefined) this.#learn(reply);
    return reply === undefined ? undefined : this.#challenge;
  }

  #learn(reply: Message): void {
    const challenge = challengeOf(reply);
    if (challenge === undefined) return;
    if (challenge.nonce !== this.#challenge?.challenge.nonce) this.#uses = 0;
    this.#challenge = { challenge, proxy: reply.status === 407 };
  }

  async #send(user: string, callId: string, login: Login | undefined): Promise<Message | undefined> {
    const { attacker } = this;
    const { domain, proxy } = this.#site;
    const { method, expires } = this.#habit;
    const from = `sip:${user}@${domain}`;
    const uri = method === 'REGISTER' ? `sip:${domain}` : `sip:${this.#site.accounts.at(-2)?.user ?? user}@${domain}`;
    const more = [
      ...(login === undefined ? [] : [loginField(login, method, uri, attacker.shape, attacker.random)]),
      ...(method === 'REGISTER' ? [['Expires', String(expires)] as const] : []),
    ];
    const common = { method, uri, from, callId, cseq: this.#cseq++, more, fromTag: this.#tag };
    return await attacker.ask(method === 'INVITE' ? { ...common, body: offer(attacker) } : common, proxy);
  }
}
