/**
 * A caller who has two places to send from, and changes between them in the middle of calls: what a rule that compares bare addresses
 * takes for an attack (evaluation.md E2-2).
 */
import type { Account, Lab, SegmentName } from '../../scenario.ts';
import { Actor, unlabelled } from '../senders/actor.ts';
import { acknowledge, type Dialled, dial, enrol, mediaOf, nextHop, within } from '../senders/dial.ts';
import { Voice } from '../senders/voice.ts';

/** How the other side learns of the change: by re-INVITE, by UPDATE, or only by the BYE that comes from there. */
export type Notice = 'INVITE' | 'UPDATE' | 'none';

/** Where it sends from: signalling before and after the change, media likewise. */
export interface Places {
  readonly first: SegmentName;
  readonly second: SegmentName;
  /** Both at one address: only the port changes, as when a NAT gives out another one. */
  readonly sameAddress: boolean;
  /** Media have an address of their own, in neither of the two places of signalling. */
  readonly apart: boolean;
  /** Registers from the first place only; from both before it calls; or from the new place with each change. */
  readonly enrols: 'first' | 'both' | 'moving';
}

/** What a call has come to. */
export interface Lived {
  readonly call: Dialled;
  /** Microseconds from INVITE to answer. */
  readonly answered: number;
  /** Stops the caller's sound. */
  hush(): void;
}

/** The caller. */
export class Roamer {
  readonly account: Account;
  #here: Actor;
  #there: Actor;
  #media: readonly [string, string];
  readonly #places: Places;
  readonly #lab: Lab;

  private constructor(lab: Lab, account: Account, places: Places, here: Actor, there: Actor, media: readonly [string, string]) {
    this.#lab = lab;
    this.#places = places;
    this.account = account;
    this.#here = here;
    this.#there = there;
    this.#media = media;
  }

  /** Opens one and registers it. */
  static async open(lab: Lab, account: Account, places: Places): Promise<Roamer> {
    const here = await Actor.open(lab, unlabelled, places.first);
    const shared = places.sameAddress ? { address: here.address } : {};
    const there = await Actor.open(lab, unlabelled, places.second, { shape: here.shape, ...shared });
    const media: [string, string] = places.apart
      ? [lab.segment(places.first).address(), lab.segment(places.second).address()]
      : [here.address, there.address];
    const roamer = new Roamer(lab, account, places, here, there, media);
    for (const place of places.enrols === 'both' ? [here, there] : [here]) await roamer.#enrol(place);
    return roamer;
  }

  /** Where it is now, and was before the last change. */
  get place(): { readonly address: string; readonly port: number } {
    return this.#here;
  }

  /** Calls a user, talks, changes place, talks. Undefined if nobody answered. The next call starts where this one ended. */
  async call(user: string, notice: Notice, ms: number): Promise<Lived | undefined> {
    const lab = this.#lab;
    const first = await Voice.open(lab, this.#here.segment, this.#media[0]);
    const begin = lab.now();
    const call = await dial(this.#here, lab, this.account, user, first.description(lab));
    if (typeof call === 'number') {
      first.close();
      return undefined;
    }
    const answered = lab.now() - begin;
    acknowledge(this.#here, call);
    first.target = call.media;
    await first.talk(lab, unlabelled, call.callId, ms);
    this.#swap();
    if (this.#places.enrols === 'moving') await this.#enrol(this.#here);
    const stays = notice === 'none' && (this.#places.sameAddress || this.#places.apart);
    const second = stays ? first : await Voice.open(lab, this.#here.segment, this.#media[0]);
    if (!stays) second.follow(first);
    if (notice !== 'none') second.target = await this.#tell(call, notice, second);
    if (second !== first) first.close();
    second.talk(lab, unlabelled, call.callId, 60_000).catch(() => {}); // until hushed, or the run is interrupted
    await lab.sleep(ms);
    return { call, answered, hush: () => second.close() };
  }

  /** Hangs up from where it is now; the status of the answer, 0 if none came. */
  async hangUp({ call, hush }: Lived): Promise<number> {
    hush();
    const answer = await this.#here.ask(within(call, 'BYE', 2), nextHop(call));
    return answer?.status ?? 0;
  }

  close(): void {
    this.#here.close();
    this.#there.close();
  }

  async #enrol(place: Actor): Promise<void> {
    await enrol(place, this.#lab, this.account, 600);
  }

  #swap(): void {
    [this.#here, this.#there] = [this.#there, this.#here];
    this.#media = [this.#media[1], this.#media[0]];
  }

  async #tell(call: Dialled, method: 'INVITE' | 'UPDATE', voice: Voice) {
    const more = [['Contact', this.#here.contact(this.account.user)]] as const;
    const answer = await this.#here.ask(within(call, method, 1, more, voice.description(this.#lab)), nextHop(call));
    if (method === 'INVITE' && answer !== undefined && answer.status < 300) {
      this.#here.send(this.#here.compose(within(call, 'ACK', 1)), nextHop(call), call.callId);
    }
    return answer === undefined ? call.media : (mediaOf(answer.body) ?? call.media);
  }
}
