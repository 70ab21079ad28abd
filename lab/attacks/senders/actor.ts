/** A user agent in an attacker's hands: one socket, everything it sends is labelled. It does what it is told and no more. */
import type { Socket } from 'node:dgram';
import { authorize, readChallenge } from '../../agents/digest.ts';
import { answerTo, type Field, headerOf, headersOf, type Message, parameterOf, readMessage, writeMessage } from '../../agents/message.ts';
import { drawMakers, drawShape, type Shape } from '../../agents/shape.ts';
import type { Random } from '../../random.ts';
import type { CampaignHandle, Lab, SegmentName } from '../../scenario.ts';

/** Where a packet goes. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A request to be composed. */
export interface Request {
  readonly method: string;
  readonly uri: string;
  /** Value of From with its tag; of To with its tag inside dialogs. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly branch?: string;
  /** Value of the topmost Via where it is not the actor's own. */
  readonly via?: string;
  /** Fields beside the usual ones. */
  readonly more?: readonly Field[];
  readonly body?: string;
}

/** Name and password of an account. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Where an actor is opened, and as what; what is absent is drawn. */
export interface At extends Partial<Endpoint> {
  readonly shape?: Shape;
}

/** Who takes what an actor sends: a campaign, which labels it, or `unlabelled` for those who do no harm. */
export type Outlet = Pick<CampaignHandle, 'send'>;

/** Sends without a label. */
export const unlabelled: Outlet = {
  send: (socket, payload, { address, port }) => socket.send(payload, port, address),
};

/** Half of all actors are copies of a phone that is there, the others of makes of their own (evaluation.md G3). */
function likeness(lab: Lab): Shape {
  const copied = lab.phones.length > 0 && lab.random.chance(0.5);
  return copied ? lab.random.pick(lab.phones).shape : drawShape(drawMakers(lab.random.fork('makers')), lab.random);
}

/** An actor. Close it when its work is done. */
export class Actor {
  readonly address: string;
  readonly port: number;
  readonly segment: SegmentName;
  readonly shape: Shape;
  /** 2xx to INVITE that have come to it, repetitions counted. */
  accepted = 0;
  readonly random: Random;
  /** What it does with requests that come to it, and where they came from; nothing at first. */
  heard: (request: Message, from: Endpoint) => void = () => {};
  readonly #socket: Socket;
  readonly #outlet: Outlet;
  readonly #lab: Lab;
  readonly #waiting = new Map<string, (answer: Message) => void>();

  private constructor(
    lab: Lab,
    outlet: Outlet,
    segment: SegmentName,
    socket: Socket,
    at: { readonly address: string; readonly shape: Shape },
  ) {
    this.#lab = lab;
    this.#outlet = outlet;
    this.#socket = socket;
    this.segment = segment;
    this.address = at.address;
    this.port = socket.address().port;
    this.shape = at.shape;
    this.random = lab.random.fork(`actor ${at.address}`);
    socket.on('message', (payload, from) => this.#receive(payload, { address: from.address, port: from.port }));
  }

  /**
   * Opens one at an address of the segment (a fresh one unless it is given), at a port drawn unless it is given. Its messages look
   * like those of a phone.
   */
  static async open(lab: Lab, outlet: Outlet, segment: SegmentName, at: At = {}): Promise<Actor> {
    const place = lab.segment(segment);
    const address = at.address ?? place.address();
    const socket = await place.socket(address, at.port ?? lab.random.integer(20_000, 60_000));
    const shape = at.shape ?? likeness(lab);
    return new Actor(lab, outlet, segment, socket, { address, shape });
  }

  /** A branch, a tag, a Call-ID that were never used. */
  branch(): string {
    return this.shape.branch(this.random);
  }
  tag(): string {
    return this.shape.tag(this.random);
  }
  callId(): string {
    return this.shape.callId(this.random, this.address);
  }

  /** A Contact value of its own. */
  contact(user: string): string {
    return `<sip:${user}@${this.address}:${this.port}>`;
  }

  /** The request as bytes, as this actor writes. */
  compose(request: Request): Buffer {
    const rport = this.shape.rport === 'none' ? '' : ';rport';
    const via = request.via ?? `SIP/2.0/UDP ${this.address}:${this.port};branch=${request.branch ?? this.branch()}${rport}`;
    const fields: Field[] = [
      ['Via', via],
      ['Max-Forwards', `${this.shape.maxForwards}`],
      ['From', request.from],
      ['To', request.to],
      ['Call-ID', request.callId],
      ['CSeq', `${request.cseq} ${request.method}`],
      ...(request.more ?? []),
    ];
    if (this.shape.userAgent !== '') fields.push(['User-Agent', this.shape.userAgent]);
    const { body = '', method, uri } = request;
    if (body !== '' && !fields.some(([name]) => name === 'Content-Type')) fields.push(['Content-Type', 'application/sdp']);
    return writeMessage({ start: `${method} ${uri} SIP/2.0`, fields, body }, this.shape);
  }

  /** Sends and labels. */
  send(payload: Buffer, to: Endpoint, callId: string): void {
    this.#outlet.send(this.#socket, payload, to, callId);
  }

  /** Sends a request, repeats it as RFC 3261 asks until something comes, and gives the final answer; undefined if none came in time. */
  async ask(request: Request, to: Endpoint, ms?: number): Promise<Message | undefined> {
    const branch = request.branch ?? this.branch();
    return await this.deliver(this.compose({ ...request, branch }), branch, to, request.callId, ms);
  }

  /** The same with a request as bytes, whose topmost Via is the actor's own with this branch. */
  async deliver(payload: Buffer, branch: string, to: Endpoint, callId: string, ms = 4_000): Promise<Message | undefined> {
    let final: Message | undefined;
    let heard = false;
    this.#waiting.set(branch, (answer) => {
      heard = true;
      if (answer.status >= 200) final = answer;
    });
    this.send(payload, to, callId);
    let repeat = 500;
    for (let waited = 0; waited < ms && final === undefined; waited += 10) {
      await this.#lab.sleep(10);
      if (heard || waited < repeat) continue;
      this.send(payload, to, callId);
      repeat = repeat * 2 + 500;
    }
    this.#waiting.delete(branch);
    return final;
  }

  /** Sends a request and answers a challenge with these credentials (an INVITE's challenge is acknowledged). */
  async request(
    request: Request,
    to: Endpoint,
    who: Credentials,
    ms = 8_000,
  ): Promise<{ readonly answer: Message | undefined; readonly sent: Request }> {
    const first = { ...request, branch: request.branch ?? this.branch() };
    const answer = await this.ask(first, to, ms);
    if (answer?.status !== 401 && answer?.status !== 407) return { answer, sent: first };
    if (request.method === 'INVITE') this.refuse(first, answer, to);
    const sent = { ...this.credited(request, answer, who), branch: this.branch() };
    return { answer: await this.ask(sent, to, ms), sent };
  }

  /** The request again with the next CSeq and credentials that answer this challenge. */
  credited(request: Request, challenged: Message, who: Credentials, count = 1): Request {
    const proxy = challenged.status === 407;
    const challenge = readChallenge(headerOf(challenged, proxy ? 'proxy-authenticate' : 'www-authenticate'));
    if (challenge === undefined) return request;
    const { method, uri } = request;
    const value = authorize(challenge, { ...who, method, uri, count }, this.shape.digest, this.random);
    const more: Field[] = [...(request.more ?? []), [proxy ? 'Proxy-Authorization' : 'Authorization', value]];
    return { ...request, cseq: request.cseq + 1, more };
  }

  /** Acknowledges a final answer that is no 2xx (RFC 3261 §17.1.1.3: same branch, the tag of the answer). */
  refuse(sent: Request, answer: Message, to: Endpoint): void {
    const { body: _, more: __, ...kept } = sent;
    this.send(this.compose({ ...kept, method: 'ACK', to: headerOf(answer, 'to') }), to, sent.callId);
  }

  /** Gives an INVITE up (RFC 3261 §9.1); the 487 that ends it is acknowledged when it comes. */
  cancel(sent: Request, to: Endpoint): void {
    const { body: _, more: __, ...kept } = sent;
    this.#waiting.set(sent.branch ?? '', (answer) => {
      if (answer.method === 'INVITE' && answer.status >= 300) this.refuse(sent, answer, to);
    });
    this.send(this.compose({ ...kept, method: 'CANCEL' }), to, sent.callId);
  }

  /** Answers a request to where it came from. `tag` is put on To where it has none. */
  answer(request: Message, to: Endpoint, status: number, tag: string, more: readonly Field[] = [], body = ''): void {
    const type: Field[] = body === '' ? [] : [['Content-Type', 'application/sdp']];
    const payload = writeMessage(answerTo(request, status, tag, [...more, ...type], body), this.shape);
    this.send(payload, to, headerOf(request, 'call-id'));
  }

  /** Closes its socket. */
  close(): void {
    this.#socket.close();
  }

  #receive(payload: Uint8Array, from: Endpoint): void {
    const message = readMessage(payload);
    if (message === undefined) return;
    if (message.status === 0) this.heard(message, from);
    else {
      if (message.method === 'INVITE' && Math.floor(message.status / 100) === 2) this.accepted++;
      this.#waiting.get(parameterOf(headersOf(message, 'via')[0] ?? '', 'branch') ?? '')?.(message);
    }
  }
}
