/** The call agent: commands a gateway (RFC 3435), connects its lines to a far end, audits them on a schedule. */
import type { Peer } from '../../agents/endpoint.ts';
import type { Random } from '../../random.ts';
import type { Segment } from '../../scenario.ts';
import { type Line, lineOf, type MgcpMessage } from './message.ts';
import { type Answer, MgcpPort } from './port.ts';

/** The other side of the calls of a gateway's lines, e.g. a media gateway of the telephone network. */
export interface FarEnd {
  /** A call begins; the session description of the far end. */
  open(): Promise<string>;
  /** The line's side was described: media may flow. */
  talk(description: string): void;
  close(): void;
}

/** Milliseconds that a call may take until it is connected. */
const SETUP = 15_000;

/** How the call agent is set up. */
export interface AgentSetup {
  readonly segment: Pick<Segment, 'socket'>;
  readonly address: string;
  readonly port: number;
  readonly gateway: Peer;
  readonly random: Random;
  /** Seconds between two audits of the same line. */
  readonly auditEvery: number;
  /** Makes the far end of a call. */
  readonly far: () => FarEnd;
}

/** A call of a line. */
interface LineCall {
  readonly callId: string;
  readonly far: FarEnd;
  connection: string;
}

/** The call agent. */
export class CallAgent {
  readonly port: MgcpPort;
  /** Calls under way, by endpoint. */
  readonly calls = new Map<string, LineCall>();
  readonly #setup: AgentSetup;
  readonly #ringing = new Set<string>();
  /** Waits for a line to be connected (true) or free again. */
  readonly #watchers = new Map<string, (connected: boolean) => void>();
  #audits: NodeJS.Timeout | undefined;
  #audited = 0;

  private constructor(setup: AgentSetup, port: MgcpPort) {
    this.#setup = setup;
    this.port = port;
    port.handler = (command, from) => this.#told(command, from);
  }

  /** Opens its socket. */
  static async start(setup: AgentSetup): Promise<CallAgent> {
    const socket = await setup.segment.socket(setup.address, setup.port);
    return new CallAgent(setup, new MgcpPort(socket, setup.random.integer(1, 900_000)));
  }

  /** Asks these lines to tell when they are picked up, and audits one after the other from now on. */
  async serve(endpoints: readonly string[]): Promise<void> {
    for (const endpoint of endpoints) await this.#request(endpoint, [['R', 'L/hd(N)']]);
    this.startAudits(endpoints);
  }

  /** Audits each of the lines every `auditEvery` seconds, evenly spread. */
  startAudits(endpoints: readonly string[]): void {
    clearInterval(this.#audits);
    const gap = (this.#setup.auditEvery * 1000) / endpoints.length;
    this.#audits = setInterval(() => {
      const endpoint = endpoints[this.#audited % endpoints.length];
      this.#audited++;
      if (endpoint !== undefined) void this.port.command(this.#setup.gateway, 'AUEP', endpoint, [['F', 'I, ES, A']]);
    }, gap);
  }

  /** From now on nobody is audited (A25). */
  stopAudits(): void {
    clearInterval(this.#audits);
  }

  /** A call from outside for a line: it rings. Resolves to true when it was picked up and connected. */
  async ring(endpoint: string): Promise<boolean> {
    if (this.calls.has(endpoint)) return false;
    const connected = this.#watch(endpoint);
    if (!(await this.#connect(endpoint, 'inactive'))) return false;
    this.#ringing.add(endpoint);
    await this.#request(endpoint, [
      ['R', 'L/hd(N)'],
      ['S', 'L/rg'],
    ]);
    return await connected;
  }

  /** Resolves when the line's call is connected (true) or the line is free again (false). */
  #watch(endpoint: string): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(endpoint, false), SETUP);
      this.#watchers.set(endpoint, (connected) => {
        clearTimeout(timer);
        resolve(connected);
      });
    });
  }

  /** Ends a line's call from the far side. */
  async release(endpoint: string): Promise<void> {
    const call = this.calls.get(endpoint);
    if (!call) return;
    this.calls.delete(endpoint);
    this.#ringing.delete(endpoint);
    await this.#command('DLCX', endpoint, [
      ['C', call.callId],
      ['I', call.connection],
    ]);
    call.far.close();
    this.#settle(endpoint, false);
  }

  /** Resolves to true when the line's next call is connected, to false if it comes to nothing. */
  connected(endpoint: string): Promise<boolean> {
    return this.#watch(endpoint);
  }

  stop(): void {
    clearInterval(this.#audits);
    for (const { far } of this.calls.values()) far.close();
    for (const endpoint of [...this.#watchers.keys()]) this.#settle(endpoint, false);
    this.calls.clear();
    this.port.close();
  }

  #told(command: MgcpMessage, from: Peer): Promise<Answer | undefined> {
    if (from.address !== this.#setup.gateway.address) return Promise.resolve(undefined);
    if (command.verb === 'RSIP') return Promise.resolve({ code: 200 });
    if (command.verb !== 'NTFY') return Promise.resolve({ code: 504 });
    // Answered at once; what follows from the event are commands of their own.
    const events = lineOf(command, 'O');
    setImmediate(() => void this.#happened(command.endpoint, events));
    return Promise.resolve({ code: 200 });
  }

  async #happened(endpoint: string, events: string): Promise<void> {
    if (events.includes('L/hu')) await this.#hungUp(endpoint);
    else if (events.startsWith('D/')) await this.#dialled(endpoint);
    else if (this.#ringing.delete(endpoint)) await this.#through(endpoint);
    else if (!this.calls.has(endpoint)) {
      await this.#request(endpoint, [
        ['R', 'L/hu(N), D/[0-9#*T](D)'],
        ['D', '([0-9]x.T)'],
        ['S', 'L/dl'],
      ]);
    }
  }

  async #hungUp(endpoint: string): Promise<void> {
    await this.release(endpoint);
    this.#settle(endpoint, false);
    await this.#request(endpoint, [['R', 'L/hd(N)']]);
  }

  async #dialled(endpoint: string): Promise<void> {
    await this.#request(endpoint, [
      ['R', 'L/hu(N)'],
      ['S', 'G/rt'],
    ]);
    if (await this.#connect(endpoint, 'recvonly')) await this.#through(endpoint);
    else this.#settle(endpoint, false);
  }

  /** Creates the line's connection and the far end that belongs to it. */
  async #connect(endpoint: string, mode: string): Promise<boolean> {
    const { random, far } = this.#setup;
    const call: LineCall = { callId: random.text(random.integer(8, 32), '0123456789ABCDEF'), far: far(), connection: '' };
    this.calls.set(endpoint, call);
    const made = await this.#command('CRCX', endpoint, [
      ['C', call.callId],
      ['L', 'p:20, a:PCMU'],
      ['M', mode],
    ]);
    const description = made?.code === 200 ? made.body : '';
    call.connection = lineOf(made, 'I');
    if (description === '') {
      this.calls.delete(endpoint);
      return false;
    }
    const remote = await call.far.open();
    await this.#command(
      'MDCX',
      endpoint,
      [
        ['C', call.callId],
        ['I', call.connection],
        ['M', mode],
      ],
      remote,
    );
    call.far.talk(description);
    return true;
  }

  /** Both sides talk. */
  async #through(endpoint: string): Promise<void> {
    const call = this.calls.get(endpoint);
    if (!call) return;
    await this.#command('MDCX', endpoint, [
      ['C', call.callId],
      ['I', call.connection],
      ['M', 'sendrecv'],
    ]);
    await this.#request(endpoint, [['R', 'L/hu(N)']]);
    this.#settle(endpoint, true);
  }

  #settle(endpoint: string, connected: boolean): void {
    this.#watchers.get(endpoint)?.(connected);
    this.#watchers.delete(endpoint);
  }

  async #request(endpoint: string, lines: readonly Line[]): Promise<void> {
    await this.#command('RQNT', endpoint, [['X', this.#setup.random.text(8, '0123456789ABCDEF')], ...lines]);
  }

  #command(verb: string, endpoint: string, lines: readonly Line[], body = ''): Promise<MgcpMessage | undefined> {
    return this.port.command(this.#setup.gateway, verb, endpoint, lines, body);
  }
}
