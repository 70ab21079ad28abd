/** A SIP server of another domain, somewhere in the Internet: knows some users, not others, and repeats its final answers until the ACK. */
import type { Socket } from 'node:dgram';
import { answerTo, headerOf, type Message, readMessage, writeMessage } from '../../agents/message.ts';
import type { Shape } from '../../agents/shape.ts';
import type { Random } from '../../random.ts';
import type { CampaignHandle, Segment } from '../../scenario.ts';
import { strangersShape } from './attacker.ts';

/** T1 of RFC 3261, milliseconds, and how often a final answer is repeated. */
const T1 = 500;
const REPEATS = 5;
/** Transactions that it remembers; a flood must not fill memory. */
const REMEMBERED = 20_000;

/** A running server of another domain. Its packets are nobody's attack, unless it is made for a campaign. */
export class Neighbour {
  readonly address: string;
  readonly port: number;
  /** Requests that it was sent. */
  requests = 0;
  readonly #socket: Socket;
  readonly #shape: Shape;
  readonly #random: Random;
  readonly #known: (user: string) => boolean;
  readonly #campaign: CampaignHandle | undefined;
  readonly #pending = new Map<string, NodeJS.Timeout>();

  private constructor(
    socket: Socket,
    address: string,
    random: Random,
    known: (user: string) => boolean,
    campaign: CampaignHandle | undefined,
  ) {
    this.#socket = socket;
    this.#campaign = campaign;
    this.#random = random;
    this.#shape = strangersShape(random);
    this.#known = known;
    this.address = address;
    this.port = socket.address().port;
    socket.on('message', (bytes, from) => this.#received(bytes, from));
    socket.on('error', () => undefined);
  }

  /**
   * Opens one at a fresh address of the segment. `known` says which users it has: they ring and do not answer. With a campaign,
   * what it sends is labelled: its answers are the attack.
   */
  static async open(segment: Segment, random: Random, known: (user: string) => boolean, campaign?: CampaignHandle): Promise<Neighbour> {
    const address = segment.address();
    return new Neighbour(await segment.socket(address, 5060), address, random, known, campaign);
  }

  close(): void {
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
    this.#socket.close();
  }

  #received(bytes: Uint8Array, from: { readonly address: string; readonly port: number }): void {
    const request = readMessage(bytes);
    if (request === undefined || request.status !== 0) return;
    this.requests++;
    const key = `${headerOf(request, 'call-id')} ${Number.parseInt(headerOf(request, 'cseq'), 10)}`;
    if (request.method === 'ACK') {
      clearTimeout(this.#pending.get(key));
      this.#pending.delete(key);
      return;
    }
    if (this.#pending.has(key) || this.#pending.size >= REMEMBERED) return;
    const user = /^sips?:([^@;]*)@/.exec(request.uri)?.[1] ?? '';
    const tag = this.#shape.tag(this.#random);
    if (request.method !== 'INVITE') this.#answer(request, this.#known(user) ? 200 : 404, tag, from);
    else if (this.#known(user)) this.#answer(request, 180, tag, from);
    else this.#final(key, request, 404, tag, from, T1, REPEATS);
  }

  #final(
    key: string,
    request: Message,
    status: number,
    tag: string,
    from: { readonly address: string; readonly port: number },
    after: number,
    left: number,
  ): void {
    this.#answer(request, status, tag, from);
    if (left === 0) this.#pending.delete(key);
    else
      this.#pending.set(
        key,
        setTimeout(() => this.#final(key, request, status, tag, from, Math.min(2 * after, 8 * T1), left - 1), after).unref(),
      );
  }

  #answer(request: Message, status: number, tag: string, to: { readonly address: string; readonly port: number }): void {
    const payload = writeMessage(answerTo(request, status, tag), this.#shape);
    if (this.#campaign === undefined) this.#socket.send(payload, to.port, to.address);
    else this.#campaign.send(this.#socket, payload, to, headerOf(request, 'call-id'));
  }
}
