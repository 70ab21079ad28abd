/** A socket that speaks MGCP: repeats commands until they are answered, and answers repeated ones alike (RFC 3435 §3.5). */
import type { Socket } from 'node:dgram';
import type { Peer } from '../../agents/endpoint.ts';
import { type Line, type MgcpMessage, readMgcp, writeMgcp } from './message.ts';

/** What a command is answered with. */
export interface Answer {
  readonly code: number;
  readonly lines?: readonly Line[];
  readonly body?: string;
}

/** Answers a command; undefined: stays silent. */
export type Handler = (command: MgcpMessage, from: Peer) => Promise<Answer | undefined>;

/** Milliseconds before the first repetition, longest gap, and patience in all (T-MAX is 20 s; here a server gives up sooner). */
const FIRST = 200;
const LONGEST = 4000;
const PATIENCE = 8000;
/** Answers kept for repeated commands. */
const KEPT = 500;
const LAST_TRANSACTION = 999_999_999;

/** The socket with its transactions. */
export class MgcpPort {
  readonly address: string;
  readonly port: number;
  handler: Handler = () => Promise.resolve({ code: 500 });
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (response: MgcpMessage | undefined) => void>();
  readonly #answered = new Map<string, Buffer | undefined>();
  #transaction: number;
  #closed = false;

  /** @param transaction number of its first command. */
  constructor(socket: Socket, transaction: number) {
    const own = socket.address();
    this.address = own.address;
    this.port = own.port;
    this.#socket = socket;
    this.#transaction = transaction;
    socket.on('message', (bytes, from) => this.#receive(bytes, { address: from.address, port: from.port }));
    socket.on('error', () => {}); // an unreachable port is no fault of this side
  }

  /** Sends a command; its final response, or undefined if none came, or if the port is closed. */
  command(to: Peer, verb: string, endpoint: string, lines: readonly Line[] = [], body = ''): Promise<MgcpMessage | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const transaction = this.#transaction;
    this.#transaction = transaction >= LAST_TRANSACTION ? 1 : transaction + 1;
    const payload = writeMgcp({ verb, code: 0, transaction, endpoint, lines, body });
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (response: MgcpMessage | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(transaction);
        resolve(response);
      };
      const send = (gap: number, left: number): void => {
        this.#socket.send(payload, to.port, to.address);
        timer = setTimeout(() => (left <= gap ? done(undefined) : send(Math.min(2 * gap, LONGEST), left - gap)), gap);
      };
      this.#waiting.set(transaction, done);
      send(FIRST, PATIENCE);
    });
  }

  close(): void {
    this.#closed = true;
    for (const done of [...this.#waiting.values()]) done(undefined);
    this.#socket.close();
  }

  #receive(bytes: Uint8Array, from: Peer): void {
    const message = readMgcp(bytes);
    if (!message) return;
    // A provisional response (100) only says that the final one will take a while.
    if (message.verb !== '') void this.#execute(message, from);
    else if (message.code >= 200) this.#waiting.get(message.transaction)?.(message);
  }

  async #execute(command: MgcpMessage, from: Peer): Promise<void> {
    const key = `${from.address}:${from.port} ${command.transaction}`;
    const known = this.#answered.get(key);
    if (known && !this.#closed) this.#socket.send(known, from.port, from.address);
    if (this.#answered.has(key)) return;
    this.#answered.set(key, undefined);
    for (const oldest of this.#answered.keys()) {
      if (this.#answered.size <= KEPT) break;
      this.#answered.delete(oldest);
    }
    const answer = await this.handler(command, from);
    if (!answer || this.#closed) return;
    const { code, lines = [], body = '' } = answer;
    const payload = writeMgcp({ verb: '', code, transaction: command.transaction, endpoint: '', lines, body });
    this.#answered.set(key, payload);
    this.#socket.send(payload, from.port, from.address);
  }
}
