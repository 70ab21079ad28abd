/** A residential media gateway under MGCP: its lines, the connections that its call agent makes, their media. */
import type { Peer, Witness } from '../../agents/endpoint.ts';
import { Media } from '../../agents/media.ts';
import { readSdp, writeSdp } from '../../agents/sdp.ts';
import type { Shape } from '../../agents/shape.ts';
import type { Random } from '../../random.ts';
import type { Segment } from '../../scenario.ts';
import { type Line, lineOf, type MgcpMessage } from './message.ts';
import { type Answer, MgcpPort } from './port.ts';

/** How a gateway is set up. */
export interface GatewaySetup {
  readonly segment: Segment;
  readonly address: string;
  readonly port: number;
  readonly agent: Peer;
  /** Local names of its lines, e.g. `aaln/1`, and its name behind the `@`. */
  readonly lines: readonly string[];
  readonly domain: string;
  readonly shape: Shape;
  readonly random: Random;
}

/** A connection (RFC 3435 §2.1.3) that exists, as everybody on the way knows it. */
export interface Connection {
  readonly endpoint: string;
  readonly callId: string;
  readonly id: string;
  readonly media: Media;
  mode: string;
  version: number;
}

/** What a malicious gateway does when a connection is deleted: it confirms, and talks on for so long. */
export interface AfterRelease {
  readonly seconds: number;
  /** Told of each media packet that is sent after the release, by the gateway or by the far end that plays along. */
  readonly sent: Witness;
}

/** The gateway. */
export class MediaGateway {
  readonly port: MgcpPort;
  /** Connections by their identifier. */
  readonly connections = new Map<string, Connection>();
  /** Set: it is malicious. */
  afterRelease: AfterRelease | undefined;
  /** Answers AUEP and AUCX; false: stays silent to audits. */
  answersAudits = true;
  /** Obeys its call agent alone, else whoever sends a command (the protocol itself knows no difference). */
  obeysAgentAlone = true;
  readonly #setup: GatewaySetup;
  /** Identifier of the request under which a line's events are notified (RFC 3435 §3.2.2.4). */
  readonly #requests = new Map<string, string>();
  /** Sends the next notification of a line when it is asked for. */
  readonly #asked = new Map<string, () => void>();
  readonly #lingering = new Map<NodeJS.Timeout, Media>();
  #stopped = false;

  private constructor(setup: GatewaySetup, port: MgcpPort) {
    this.#setup = setup;
    this.port = port;
    port.handler = (command, from) => this.#execute(command, from);
  }

  /** Opens its socket and tells the call agent that it has restarted (RSIP). */
  static async start(setup: GatewaySetup): Promise<MediaGateway> {
    const socket = await setup.segment.socket(setup.address, setup.port);
    const gateway = new MediaGateway(setup, new MgcpPort(socket, setup.random.integer(1, 900_000)));
    await gateway.port.command(setup.agent, 'RSIP', `*@${setup.domain}`, [['RM', 'restart']]);
    return gateway;
  }

  /** Full names of its lines. */
  get endpoints(): string[] {
    return this.#setup.lines.map((line) => `${line}@${this.#setup.domain}`);
  }

  /** Something happens at a line, e.g. `L/hd` (off hook), `L/hu` (on hook), `D/5`: the call agent is told (NTFY). */
  async notify(endpoint: string, events: string): Promise<void> {
    await this.#awaitRequest(endpoint);
    const request = this.#requests.get(endpoint) ?? '0';
    this.#requests.delete(endpoint);
    await this.port.command(this.#setup.agent, 'NTFY', endpoint, [
      ['X', request],
      ['O', events],
    ]);
  }

  stop(): void {
    this.#stopped = true;
    for (const [timer, media] of this.#lingering) {
      clearTimeout(timer);
      media.close();
    }
    for (const { media } of this.connections.values()) media.close();
    this.connections.clear();
    this.port.close();
  }

  /** Events are kept until the call agent asks for them (quarantine, RFC 3435 §4.4.1), here for a second at most. */
  #awaitRequest(endpoint: string): Promise<void> {
    if (this.#requests.has(endpoint)) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000);
      this.#asked.set(endpoint, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #execute(command: MgcpMessage, from: Peer): Promise<Answer | undefined> {
    const { agent } = this.#setup;
    if (this.obeysAgentAlone && (from.address !== agent.address || from.port !== agent.port)) return undefined;
    if (!this.endpoints.includes(command.endpoint)) return { code: 500 };
    switch (command.verb) {
      case 'CRCX':
        return await this.#create(command);
      case 'MDCX':
        return this.#modify(command);
      case 'DLCX':
        return this.#delete(command);
      case 'RQNT':
        return this.#request(command);
      case 'AUEP':
      case 'AUCX':
        return this.answersAudits ? this.#audit(command) : undefined;
      default:
        return { code: 504 };
    }
  }

  async #create(command: MgcpMessage): Promise<Answer> {
    const { segment, address, shape, random } = this.#setup;
    // Told of packets only after a release: until then they are what the call agent allowed.
    const witness: Witness = (payload, src, dst) => {
      if (!this.connections.has(id)) this.afterRelease?.sent(payload, src, dst);
    };
    const id = random.text(random.integer(1, 8), '0123456789ABCDEF');
    if (this.connections.has(id) || this.connections.size >= 2 * this.endpoints.length) return { code: 400 };
    const media = await Media.open({ segment, address, shape, random, witness });
    if (this.#stopped) {
      media.close();
      return { code: 400 };
    }
    const connection: Connection = { endpoint: command.endpoint, callId: lineOf(command, 'C'), id, media, mode: 'inactive', version: 0 };
    this.connections.set(id, connection);
    this.#apply(connection, command);
    return { code: 200, lines: [['I', id]], body: this.#describe(connection) };
  }

  #modify(command: MgcpMessage): Answer {
    const connection = this.connections.get(lineOf(command, 'I'));
    if (!connection) return { code: 515 };
    this.#apply(connection, command);
    return { code: 200 };
  }

  #apply(connection: Connection, command: MgcpMessage): void {
    const described = command.body === '' ? undefined : readSdp(command.body);
    if (described) connection.media.negotiate(described);
    connection.mode = lineOf(command, 'M') || connection.mode;
    connection.media.pause();
    if (connection.mode === 'sendrecv') connection.media.start();
  }

  #delete(command: MgcpMessage): Answer {
    const connection = this.connections.get(lineOf(command, 'I'));
    if (!connection) return { code: 515 };
    const { media } = connection;
    const { packets = 0, octets = 0 } = media.stream ?? {};
    this.connections.delete(connection.id);
    if (this.afterRelease) this.#closeLater(media, this.afterRelease.seconds);
    else media.close();
    const accounts = `PS=${packets}, OS=${octets}, PR=${media.received}, OR=${media.received * 160}, PL=0, JI=2, LA=20`;
    return { code: 250, lines: [['P', accounts]] };
  }

  #closeLater(media: Media, seconds: number): void {
    const timer = setTimeout(() => {
      this.#lingering.delete(timer);
      media.close();
    }, seconds * 1000);
    this.#lingering.set(timer, media);
  }

  #request(command: MgcpMessage): Answer {
    this.#requests.set(command.endpoint, lineOf(command, 'X'));
    this.#asked.get(command.endpoint)?.();
    this.#asked.delete(command.endpoint);
    return { code: 200 };
  }

  #audit(command: MgcpMessage): Answer {
    const ids = [...this.connections.values()].filter(({ endpoint }) => endpoint === command.endpoint).map(({ id }) => id);
    const wanted = lineOf(command, 'F')
      .split(',')
      .map((code) => code.trim());
    const values: readonly Line[] = [
      ['I', ids.join(',')],
      ['ES', ids.length > 0 ? 'L/hd' : ''],
      ['A', `a:${this.#setup.shape.sdp.codecs.includes(0) ? 'PCMU' : 'PCMA'}, p:${this.#setup.shape.sdp.ptime}, v:L;D;G`],
    ];
    return { code: 200, lines: values.filter(([name]) => wanted.includes(name)) };
  }

  #describe(connection: Connection): string {
    const { shape } = this.#setup;
    const { address, port } = connection.media;
    const what = { media: { address, port }, payloadTypes: shape.sdp.codecs, direction: 'sendrecv', session: connection.id } as const;
    connection.version++;
    return writeSdp({ ...what, version: connection.version, dtmf: shape.sdp.dtmf, comfortNoise: false }, shape.sdp);
  }
}
