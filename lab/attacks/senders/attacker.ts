/** An attacker's own SIP client: one address and port, messages in a drawn make, answers found by the branch of their Via. */
import type { Socket } from 'node:dgram';
import { authorize, type Challenge, readChallenge } from '../../agents/digest.ts';
import { type Field, headerOf, type Message, parameterOf, readMessage, writeMessage } from '../../agents/message.ts';
import { drawMakers, drawShape, type Shape } from '../../agents/shape.ts';
import type { Random } from '../../random.ts';
import type { CampaignHandle, Lab, Segment } from '../../scenario.ts';

/** Where to send. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** A request as the attacker thinks of it; what is left out is drawn or follows from the rest. */
export interface Request {
  readonly method: string;
  readonly uri: string;
  /** URI of From; of To it is `to`, else the Request-URI (of a REGISTER: From). */
  readonly from: string;
  readonly to?: string;
  readonly callId: string;
  readonly cseq: number;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly branch?: string;
  readonly more?: readonly Field[];
  readonly body?: string;
}

/** Name, password and the challenge that they answer; `count` is how often its nonce has been used, from 1. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly challenge: Challenge;
  readonly count: number;
  /** The challenge came with 407, so the answer stands in Proxy-Authorization. */
  readonly proxy: boolean;
}

/** A make that is nobody's in this run, drawn as those of the phones are. */
export function strangersShape(random: Random): Shape {
  return drawShape(drawMakers(random.fork('makers of attackers')), random.fork('make of an attacker'));
}

/** The field that answers a challenge for this request. */
export function loginField(login: Login, method: string, uri: string, shape: Shape, random: Random): Field {
  const { user, password, count } = login;
  return [
    login.proxy ? 'Proxy-Authorization' : 'Authorization',
    authorize(login.challenge, { user, password, method, uri, count }, shape.digest, random),
  ];
}

/** The challenge in a 401 or 407, if it can be answered. */
export function challengeOf(reply: Message): Challenge | undefined {
  return readChallenge(headerOf(reply, reply.status === 407 ? 'proxy-authenticate' : 'www-authenticate'));
}

/** Where a client sends from, as its Via and Contact say. */
export interface Wearer {
  readonly address: string;
  readonly port: number;
  readonly shape: Shape;
  readonly random: Random;
}

/** Writes a request as a client of that make at that address would. */
export function dress(wearer: Wearer, request: Request): Buffer {
  const { shape, random } = wearer;
  const at = `${wearer.address}:${wearer.port}`;
  const branch = request.branch ?? shape.branch(random);
  const via = { before: `;rport;branch=${branch}`, after: `;branch=${branch};rport`, none: `;branch=${branch}` }[shape.rport];
  const to = request.to ?? (request.method === 'REGISTER' ? request.from : request.uri);
  const user = /^sips?:([^@]*)@/.exec(request.from)?.[1] ?? '';
  const fields: Field[] = [
    ['Via', `SIP/2.0/UDP ${at}${via}`],
    ['Max-Forwards', String(shape.maxForwards)],
    ['From', `${bracketed(request.from, shape)};tag=${request.fromTag ?? shape.tag(random)}`],
    ['To', `${bracketed(to, shape)}${request.toTag === undefined ? '' : `;tag=${request.toTag}`}`],
    ['Call-ID', request.callId],
    ['CSeq', `${request.cseq} ${request.method}`],
    ...(request.method === 'ACK' || request.method === 'CANCEL' ? [] : [['Contact', `<sip:${user}@${at}>`] as const]),
    ...(shape.userAgent === '' ? [] : [['User-Agent', shape.userAgent] as const]),
    ...(request.method === 'INVITE' ? [['Allow', shape.allow] as const] : []),
    ...(request.more ?? []),
    ...(request.body === undefined ? [] : [['Content-Type', 'application/sdp'] as const]),
  ];
  return writeMessage({ start: `${request.method} ${request.uri} SIP/2.0`, fields, body: request.body ?? '' }, shape);
}

function bracketed(uri: string, shape: Shape): string {
  const name = /^sips?:([^@]*)@/.exec(uri)?.[1] ?? '';
  return shape.displayName === 'quoted' && name !== '' ? `"${name}" <${uri}>` : `<${uri}>`;
}

/** A session description that offers what the make offers. */
export function offer(wearer: Wearer): string {
  const { shape, random, address } = wearer;
  const id = random.integer(1000, 999999);
  const port = shape.media.lowPort + 2 * random.integer(0, 50);
  const lines = [
    'v=0',
    `o=${shape.sdp.owner} ${id} ${id} IN IP4 ${address}`,
    `s=${shape.sdp.subject}`,
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${shape.sdp.codecs.join(' ')}`,
    ...(shape.sdp.saysPtime ? [`a=ptime:${shape.sdp.ptime}`] : []),
    ...(shape.sdp.saysDirection ? ['a=sendrecv'] : []),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** One client of an attacker. Whatever it sends is labelled as its campaign's. */
export class Attacker implements Wearer {
  readonly address: string;
  readonly port: number;
  readonly shape: Shape;
  readonly random: Random;
  /** Answers that came, of any kind. */
  answers = 0;
  readonly #campaign: CampaignHandle;
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (reply: Message | undefined) => void>();

  private constructor(campaign: CampaignHandle, socket: Socket, address: string, shape: Shape, random: Random) {
    this.address = address;
    this.port = socket.address().port;
    this.shape = shape;
    this.random = random;
    this.#campaign = campaign;
    this.#socket = socket;
    socket.on('message', (bytes) => this.#received(bytes));
    socket.on('error', () => undefined);
  }

  /** Opens a client at an address of the segment; port 0: its make's, if that is free, else any. */
  static async open(
    lab: Pick<Lab, 'random'>,
    campaign: CampaignHandle,
    segment: Segment,
    about: { readonly address: string; readonly port?: number; readonly shape?: Shape },
  ): Promise<Attacker> {
    const random = lab.random.fork(`attacker ${about.address}`);
    const shape = about.shape ?? strangersShape(lab.random.fork('attackers'));
    const socket = await segment.socket(about.address, about.port ?? 0);
    return new Attacker(campaign, socket, about.address, shape, random);
  }

  /** A new Call-ID in its make. */
  callId(): string {
    return this.shape.callId(this.random, this.address);
  }

  /** Sends and forgets. */
  send(request: Request, to: Target): void {
    this.#campaign.send(this.#socket, dress(this, request), to, request.callId);
  }

  /** Sends bytes as they are. */
  sendRaw(payload: Uint8Array, to: Target, callId?: string): void {
    this.#campaign.send(this.#socket, payload, to, callId);
  }

  /**
   * Sends, and waits for its final answer; undefined after `waitMs`. It is not sent again. A refused INVITE is acknowledged, as
   * by any client (RFC 3261 §17.1.1.3); who floods uses `send`.
   */
  async ask(request: Request, to: Target, waitMs = 1500): Promise<Message | undefined> {
    const branch = request.branch ?? this.shape.branch(this.random);
    const fromTag = request.fromTag ?? this.shape.tag(this.random);
    const answer = new Promise<Message | undefined>((resolve) => {
      const timer = setTimeout(() => this.#settle(branch, undefined), waitMs);
      this.#waiting.set(branch, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
    });
    this.send({ ...request, branch, fromTag }, to);
    const reply = await answer;
    if (reply !== undefined && reply.status >= 300 && request.method === 'INVITE') {
      const toTag = parameterOf(headerOf(reply, 'to'), 'tag') ?? '';
      const { uri, from, callId, cseq } = request;
      this.send({ method: 'ACK', uri, from, to: request.to ?? uri, callId, cseq, fromTag, toTag, branch }, to);
    }
    return reply;
  }

  /** Hears and says nothing any more. */
  close(): void {
    for (const branch of [...this.#waiting.keys()]) this.#settle(branch, undefined);
    this.#socket.close();
  }

  #settle(branch: string, reply: Message | undefined): void {
    const resolve = this.#waiting.get(branch);
    this.#waiting.delete(branch);
    resolve?.(reply);
  }

  #received(bytes: Uint8Array): void {
    const reply = readMessage(bytes);
    if (reply === undefined || reply.status === 0) return;
    this.answers++;
    if (reply.status < 200) return;
    this.#settle(parameterOf(headerOf(reply, 'via'), 'branch') ?? '', reply);
  }
}
