/**
 * What well-behaved clients do that guessing and scanning are told by (S3-10, S3-11): how many messages a login takes, how far
 * apart refusals are, how many users an address has. Read from what track makes of each message, never from labels.
 */
import { addressText, keptText, portOf } from '../../src/bytes.ts';
import { INVITE, REGISTER } from '../../src/decode/message.ts';
import { ACCEPTED, FAILED, type Observation } from '../../src/track/observation.ts';
import type { Span } from '../../src/types.ts';
import { Distribution } from './distribution.ts';
import { Windows } from './windows.ts';

const MINUTE = 60_000_000;
/** µs of silence after which an attempt is over, and of the windows that users are counted in (S3-10). */
export const IDLE: number = 30 * MINUTE;
const HOUR: number = 60 * MINUTE;

/** One measure of the page. */
export interface Measure {
  readonly name: string;
  /** What one observation is. */
  readonly of: string;
  readonly unit: string;
  readonly values: Distribution;
}

/** A login under way. */
interface Login {
  messages: number;
  answers: number;
  last: number;
}

/** Everything that is measured. */
export class Behaviour {
  readonly loginMessages = new Distribution();
  readonly loginAnswers = new Distribution();
  readonly refusalGaps = new Distribution();
  readonly usersOfAddress = new Distribution();
  readonly usersOfEndpoint = new Distribution();
  readonly usersOfContact = new Distribution();
  readonly refusalsOfAccount = new Distribution();
  readonly callsOfAccount = new Distribution();
  readonly calleesOfAccount = new Distribution();
  readonly #logins = new Map<string, Login>();
  readonly #refused = new Map<string, number>();
  readonly #users = new Windows(IDLE, this.usersOfAddress);
  readonly #endpoints = new Windows(IDLE, this.usersOfEndpoint);
  readonly #contacts = new Windows(IDLE, this.usersOfContact);
  readonly #refusals = new Windows(IDLE, this.refusalsOfAccount);
  readonly #calls = new Windows(HOUR, this.callsOfAccount);
  readonly #callees = new Windows(HOUR, this.calleesOfAccount);
  #serial = 0;

  /** Takes a message. @param now µs since 1970. */
  take(seen: Observation, now: number): void {
    const { message, copy, initial } = seen;
    if (copy) return;
    if (message.cseqMethod === REGISTER) this.#register(seen, now);
    else if (initial && message.isRequest && message.method === INVITE) this.#call(seen, now);
  }

  /** A recording has ended. */
  close(): void {
    for (const each of [this.#users, this.#endpoints, this.#contacts, this.#refusals, this.#calls, this.#callees]) each.close();
    this.#logins.clear();
    this.#refused.clear();
  }

  #register(seen: Observation, now: number): void {
    const { message, client, server, outcome } = seen;
    const address = addressText(client);
    const user = textOf(seen, message.to.uri.user);
    const site = addressText(server);
    this.#login(`${address} ${user} ${site}`, seen, now);
    if (message.isRequest) {
      this.#users.add(now, `${address} ${site}`, user);
      this.#endpoints.add(now, `${address}:${portOf(client)} ${site}`, user);
      const contact = `${textOf(seen, message.contact.uri.host)}:${message.contact.uri.port}`;
      if (message.contactCount > 0) this.#contacts.add(now, `${address}:${portOf(client)} ${contact} ${site}`, user);
    }
    if (outcome === FAILED) this.#refusal(`${address} ${user} ${site}`, `${user} ${site}`, now);
  }

  #login(key: string, { message, outcome }: Observation, now: number): void {
    let login = this.#logins.get(key);
    if (login === undefined || now - login.last > IDLE) {
      login = { messages: 0, answers: 0, last: now };
      this.#logins.set(key, login);
    }
    login.messages++;
    login.last = now;
    if (message.status === 200 || message.status === 401) login.answers++;
    if (outcome !== ACCEPTED) return;
    this.loginMessages.add(login.messages);
    this.loginAnswers.add(login.answers);
    this.#logins.delete(key);
  }

  #refusal(key: string, account: string, now: number): void {
    const before = this.#refused.get(key);
    if (before !== undefined) this.refusalGaps.add((now - before) / 1e6);
    this.#refused.set(key, now);
    this.#refusals.add(now, account, String(this.#serial++));
  }

  #call(seen: Observation, now: number): void {
    const { from, to } = seen.message;
    const account = `${textOf(seen, from.uri.user)}@${textOf(seen, from.uri.host)}`;
    this.#calls.add(now, account, textOf(seen, seen.message.callId));
    this.#callees.add(now, account, textOf(seen, to.uri.user));
  }

  /** All of it, in the order of the page. */
  measures(): Measure[] {
    return [
      { name: 'Messages until a login succeeds', of: 'login of a user from an address', unit: '', values: this.loginMessages },
      { name: 'Answers 200 and 401 until a login succeeds', of: 'login of a user from an address', unit: '', values: this.loginAnswers },
      { name: 'Pause between two refusals', of: 'refusal after another of a user from an address', unit: 's', values: this.refusalGaps },
      { name: 'Users in 30 min', of: 'address', unit: '', values: this.usersOfAddress },
      { name: 'Users in 30 min', of: 'address and port', unit: '', values: this.usersOfEndpoint },
      { name: 'Users in 30 min', of: 'address, port and Contact', unit: '', values: this.usersOfContact },
      { name: 'Refusals in 30 min', of: 'account that has any', unit: '', values: this.refusalsOfAccount },
      { name: 'Calls in an hour', of: 'account that calls', unit: '', values: this.callsOfAccount },
      { name: 'Different numbers called in an hour', of: 'account that calls', unit: '', values: this.calleesOfAccount },
    ];
  }
}

function textOf({ message: { bytes } }: Observation, { start, end }: Span): string {
  return keptText(bytes, start, end);
}
