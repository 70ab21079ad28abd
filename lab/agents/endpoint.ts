/** A SIP address: one UDP socket with the transaction layer of RFC 3261 §17 (timers of UDP, T1 = 500 ms). */
import type { Socket } from 'node:dgram';
import { type Draft, type Field, headerOf, type Message, parameterOf, readMessage, type Spelling, writeMessage } from './message.ts';

/** Where a datagram goes to or comes from. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** Told of each payload that an agent sends, e.g. to label it: `ip:port` of both ends. */
export type Witness = (payload: Uint8Array, src: string, dst: string, callId?: string) => void;

/** Receives what no client transaction waits for. */
export interface Receiver {
  request(transaction: ServerTransaction, from: Peer): void;
  /** A response without a transaction: above all, a retransmitted 200 to INVITE. */
  response(message: Message, from: Peer): void;
}

/** T1, T2 and 64*T1 of RFC 3261 §17, milliseconds. */
const T1 = 500;
const T2 = 4000;
const TIMEOUT = 64 * T1;
/** How long a finished transaction stays, to answer retransmissions: shorter than 64*T1, for there are no proxies in doubt here. */
const LINGER = 10_000;
/** An INVITE that rings for longer is given up (Timer C, RFC 3261 §16.6). */
const RINGING = 180_000;

interface Client {
  readonly draft: Draft;
  readonly method: string;
  readonly to: Peer;
  readonly payload: Buffer;
  readonly on: (response: Message | undefined) => void;
  done: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** A request that came in, and the answers to it. */
export class ServerTransaction {
  readonly request: Message;
  readonly from: Peer;
  /** Status of the last answer; 0: none yet. */
  status = 0;
  readonly #endpoint: Endpoint;
  #last: Buffer | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(endpoint: Endpoint, request: Message, from: Peer) {
    this.#endpoint = endpoint;
    this.request = request;
    this.from = from;
  }

  /** Answers; a final answer to INVITE is repeated until `confirmed` (RFC 3261 §13.3.1.4, §17.2.1). */
  answer(draft: Draft): void {
    this.status = Number(draft.start.slice(8, 11));
    this.#last = this.#endpoint.send(draft, this.from);
    clearTimeout(this.#timer);
    if (this.status >= 200 && this.request.method === 'INVITE') this.#repeat(T1, TIMEOUT);
  }

  /** The ACK came. */
  confirmed(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Answers a retransmitted request. */
  again(): void {
    if (this.#last) this.#endpoint.sendPayload(this.#last, this.from);
  }

  #repeat(after: number, left: number): void {
    if (left <= 0) return;
    this.#timer = this.#endpoint.later(after, () => {
      this.again();
      this.#repeat(Math.min(2 * after, T2), left - after);
    });
  }
}

/** The socket with its transactions. */
export class Endpoint {
  readonly address: string;
  readonly port: number;
  /** Messages sent and received. */
  sent = 0;
  received = 0;
  readonly #socket: Socket;
  readonly #spelling: Spelling;
  readonly #receiver: Receiver;
  readonly #clients = new Map<string, Client>();
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;
  /** Told of each payload that is sent. */
  witness: Witness | undefined;
  /** Changes a payload on its way out, as an application gateway of a NAT router does. */
  mangle: ((payload: Buffer) => Buffer) | undefined;

  constructor(socket: Socket, spelling: Spelling, receiver: Receiver) {
    const own = socket.address();
    this.address = own.address;
    this.port = own.port;
    this.#socket = socket;
    this.#spelling = spelling;
    this.#receiver = receiver;
    socket.on('message', (bytes, from) => this.#receive(bytes, from));
    socket.on('error', () => {}); // an unreachable port is no fault of this side
  }

  /** Sends a message once; what was sent. */
  send(draft: Draft, to: Peer): Buffer {
    const written = writeMessage(draft, this.#spelling);
    const payload = this.mangle?.(written) ?? written;
    this.sendPayload(payload, to, draft.fields.find((field) => field[0] === 'Call-ID')?.[1]);
    return payload;
  }

  /** Sends bytes as they are. */
  sendPayload(payload: Uint8Array, to: Peer, callId?: string): void {
    if (this.#closed) return;
    this.sent++;
    this.witness?.(payload, `${this.address}:${this.port}`, `${to.address}:${to.port}`, callId);
    this.#socket.send(payload, to.port, to.address);
  }

  /**
   * Sends a request (not ACK) and repeats it until an answer. `on` is told of each response; of a timeout (no final answer in
   * 64*T1) as undefined. ACK of a non-2xx answer is sent here, that of a 2xx is the caller's.
   */
  request(draft: Draft, to: Peer, on: (response: Message | undefined) => void): void {
    if (this.#closed) {
      queueMicrotask(() => on(undefined));
      return;
    }
    const method = draft.start.slice(0, draft.start.indexOf(' '));
    const client: Client = { draft, method, to, payload: this.send(draft, to), on, done: false, timer: undefined };
    const key = clientKey(draft, method);
    this.#clients.set(key, client);
    this.#retry(client, T1, TIMEOUT, key);
  }

  /** Runs `action` after so many milliseconds unless the endpoint is closed before. */
  later(ms: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    if (this.#closed) timer.unref();
    this.#timers.add(timer);
    return timer;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const client of this.#clients.values()) if (!client.done) client.on(undefined);
    this.#clients.clear();
    this.#servers.clear();
    this.#socket.close();
  }

  #retry(client: Client, after: number, left: number, key: string): void {
    client.timer = this.later(after, () => {
      if (left <= after) return this.#giveUp(client, key);
      this.sendPayload(client.payload, client.to);
      const next = client.method === 'INVITE' ? 2 * after : Math.min(2 * after, T2);
      this.#retry(client, Math.min(next, left - after), left - after, key);
    });
  }

  #giveUp(client: Client, key: string): void {
    this.#clients.delete(key);
    client.done = true;
    client.on(undefined);
  }

  #receive(bytes: Buffer, from: Peer): void {
    const message = readMessage(bytes);
    if (!message) return;
    this.received++;
    if (message.status > 0) this.#response(message, from);
    else if (message.method === 'ACK') this.#ack(message, from);
    else this.#request(message, from);
  }

  #response(message: Message, from: Peer): void {
    const key = `${parameterOf(headerOf(message, 'via'), 'branch')} ${message.method}`;
    const client = this.#clients.get(key);
    if (client?.method === 'INVITE' && message.status >= 300) this.send(ackOf(client.draft, message), client.to);
    if (!client || (client.done && message.status < 300)) this.#receiver.response(message, from);
    if (!client || client.done) return;
    this.#advance(client, message.status, key);
    client.on(message);
  }

  /** A provisional answer to INVITE ends its retransmissions (RFC 3261 §17.1.1.2); a final one ends the transaction. */
  #advance(client: Client, status: number, key: string): void {
    if (status < 200 && client.method !== 'INVITE') return;
    clearTimeout(client.timer);
    if (status < 200) {
      client.timer = this.later(RINGING, () => this.#giveUp(client, key));
    } else {
      client.done = true;
      this.later(LINGER, () => this.#clients.delete(key));
    }
  }

  #request(message: Message, from: Peer): void {
    const key = serverKey(message, message.method);
    const known = this.#servers.get(key);
    if (known) {
      known.again();
      return;
    }
    const transaction = new ServerTransaction(this, message, from);
    this.#servers.set(key, transaction);
    this.later(message.method === 'INVITE' ? 2 * TIMEOUT : LINGER, () => this.#servers.delete(key));
    this.#receiver.request(transaction, from);
  }

  #ack(message: Message, from: Peer): void {
    const known = this.#servers.get(serverKey(message, 'INVITE'));
    if (known) known.confirmed();
    else this.#receiver.request(new ServerTransaction(this, message, from), from);
  }

  /** The transaction of the INVITE that a CANCEL is about (RFC 3261 §9.2). */
  cancelled(cancel: Message): ServerTransaction | undefined {
    return this.#servers.get(serverKey(cancel, 'INVITE'));
  }
}

function clientKey(draft: Draft, method: string): string {
  const via = draft.fields.find((field) => field[0] === 'Via')?.[1] ?? '';
  return `${parameterOf(via, 'branch')} ${method}`;
}

function serverKey(message: Message, method: string): string {
  const via = headerOf(message, 'via');
  return `${via.split(';')[0]} ${parameterOf(via, 'branch')} ${method}`;
}

/** ACK of a non-2xx answer: of the same transaction (RFC 3261 §17.1.1.3). */
function ackOf(invite: Draft, response: Message): Draft {
  const kept = ['Via', 'Max-Forwards', 'From', 'Call-ID', 'Route', 'CSeq', 'User-Agent'];
  const fields = invite.fields.filter((field) => kept.includes(field[0]));
  const renumbered = fields.map((field): Field => (field[0] === 'CSeq' ? ['CSeq', field[1].replace('INVITE', 'ACK')] : field));
  return { start: invite.start.replace(/^INVITE/, 'ACK'), fields: [...renumbered, ['To', headerOf(response, 'to')]], body: '' };
}
