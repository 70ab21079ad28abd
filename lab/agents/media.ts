/** The media of one side of a call: its sockets, what it sends, what it hears. */
import type { Socket } from 'node:dgram';
import type { Random } from '../random.ts';
import type { Segment } from '../scenario.ts';
import type { Peer, Witness } from './endpoint.ts';
import { RtpStream, startTicking, stopTicking, type Ticking } from './rtp.ts';
import type { Described } from './sdp.ts';
import type { Shape } from './shape.ts';
import { CODECS, speech, type Voice } from './sound.ts';

/** Where and how media is sent. */
export interface MediaSetup {
  readonly segment: Segment;
  readonly address: string;
  readonly shape: Shape;
  readonly random: Random;
  readonly witness?: Witness | undefined;
}

/** Average seconds between two RTCP reports (RFC 3550 §6.2: 5 s, between half and one and a half of it). */
const REPORT = 5;

/** Sockets of RTP and, if the maker sends it, RTCP; one stream out. */
export class Media {
  readonly address: string;
  readonly port: number;
  /** Packets of RTP or UDPTL that came in. */
  received = 0;
  /** Where the last packet came from. */
  heardFrom: Peer | undefined;
  stream: RtpStream | undefined;
  /** Answers to where packets come from, not to where the description says (symmetric RTP, RFC 4961). */
  symmetric = true;
  /** Told once per description of the address that was learnt so. */
  onLearnt: ((from: Peer) => void) | undefined;
  readonly #setup: MediaSetup;
  readonly #rtp: Socket;
  readonly #rtcp: Socket | undefined;
  #to: Peer | undefined;
  #learnt = false;
  #fax: Fax | undefined;
  #reports: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(setup: MediaSetup, rtp: Socket, rtcp: Socket | undefined) {
    const own = rtp.address();
    this.address = own.address;
    this.port = own.port;
    this.#setup = setup;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    rtp.on('message', (_, from) => this.#hear(from));
    rtp.on('error', () => {}); // an unreachable port is no fault of this side
    rtcp?.on('error', () => {}); // the same
  }

  /** Opens sockets at a free even port of the maker's range. @throws Error if twenty ports in a row are taken. */
  static async open(setup: MediaSetup): Promise<Media> {
    const { lowPort, highPort, nextPort, rtcp } = setup.shape.media;
    for (let tries = 0; tries < 20; tries++) {
      const port = nextPort?.() ?? lowPort + 2 * setup.random.integer(0, (highPort - lowPort) >> 1);
      const first = await setup.segment.socket(setup.address, port).catch(() => undefined);
      if (!first) continue;
      const second = rtcp ? await setup.segment.socket(setup.address, port + 1).catch(() => undefined) : undefined;
      return new Media(setup, first, second);
    }
    throw new Error(`no free media port at ${setup.address}`);
  }

  /** Where it sends to. */
  get to(): Peer | undefined {
    return this.#to;
  }

  /** Takes over what the other side described: its address and the codec (the first offered one that is known). */
  negotiate(described: Described, voice?: Voice): void {
    this.#to = described.media;
    this.#learnt = false;
    const codec = described.payloadTypes.map((type) => CODECS.get(type)).find((one) => one !== undefined);
    if (described.kind === 'image' || !codec) return;
    if (this.stream && this.stream.codec === codec) this.stream.to = this.#to;
    else this.#open(described, codec.payloadType, voice);
  }

  #open(described: Described, payloadType: number, voice: Voice | undefined): void {
    const { shape, random, witness } = this.#setup;
    const codec = CODECS.get(payloadType);
    if (!codec) return;
    const wasRunning = this.#reports !== undefined;
    this.stream?.pause();
    this.stream = new RtpStream({
      socket: this.#rtp,
      codec,
      ptime: shape.sdp.ptime,
      voice: voice ?? speech(random.fork(`voice ${this.port}`)),
      random,
      startsAtZero: shape.media.startsAtZero,
      dtmf: described.dtmf ?? shape.sdp.dtmf,
      comfortNoise: shape.sdp.comfortNoise && described.payloadTypes.includes(13),
      witness,
      src: `${this.address}:${this.port}`,
    });
    this.stream.to = this.#to;
    if (wasRunning) this.stream.start();
  }

  /** Sends from now on; `silence`: seconds for which it had been silent. */
  start(silence = 0): void {
    if (this.#closed || this.#reports !== undefined) return;
    if (silence > 0) this.stream?.resume(silence);
    else this.stream?.start();
    this.#report(REPORT * (0.25 + 0.5 * this.#setup.random.unit()));
  }

  pause(): void {
    this.stream?.pause();
    clearTimeout(this.#reports);
    this.#reports = undefined;
  }

  /** Sends fax data (UDPTL) instead of sound until paused. */
  startFax(): void {
    this.pause();
    if (!this.#to) return;
    this.#fax ??= new Fax(this.#rtp, this.#setup.random);
    this.#fax.to = this.#to;
    startTicking(this.#fax, this.#setup.random.unit());
  }

  stopFax(): void {
    if (this.#fax) stopTicking(this.#fax);
  }

  close(): void {
    if (this.#closed) return;
    this.stream?.pause();
    clearTimeout(this.#reports);
    this.stopFax();
    if (this.#setup.shape.media.rtcpBye) this.#sendReport(true);
    this.#closed = true;
    // What was handed to the socket in this turn must still leave.
    setImmediate(() => {
      this.#rtp.close();
      this.#rtcp?.close();
    });
  }

  #hear(from: Peer): void {
    this.received++;
    if (this.heardFrom?.port !== from.port || this.heardFrom.address !== from.address)
      this.heardFrom = { address: from.address, port: from.port };
    if (this.#learnt || !this.symmetric || !this.#to) return;
    this.#learnt = true;
    if (from.address === this.#to.address && from.port === this.#to.port) return;
    this.#to = this.heardFrom;
    if (this.stream) this.stream.to = this.#to;
    this.onLearnt?.(this.heardFrom);
  }

  #report(seconds: number): void {
    this.#reports = setTimeout(() => {
      this.#sendReport(false);
      this.#report(REPORT * (0.5 + this.#setup.random.unit()));
    }, seconds * 1000);
  }

  /** A sender report with the name of the source (RFC 3550 §6.4.1, §6.5); at the end also a BYE. */
  #sendReport(bye: boolean): void {
    const { stream } = this;
    if (!this.#rtcp || !stream || !this.#to || stream.packets === 0) return;
    const name = Buffer.from(`${stream.ssrc.toString(16)}@${this.address}`);
    const chunk = Buffer.alloc(4 * Math.ceil((11 + name.length) / 4));
    chunk.writeUInt32BE(0x81ca0000 + chunk.length / 4 - 1, 0);
    chunk.writeUInt32BE(stream.ssrc, 4);
    chunk[8] = 1;
    chunk[9] = name.length;
    name.copy(chunk, 10);
    const end = Buffer.alloc(bye ? 8 : 0);
    if (bye) {
      end.writeUInt32BE(0x81cb0001, 0);
      end.writeUInt32BE(stream.ssrc, 4);
    }
    const packet = Buffer.concat([senderReport(stream), chunk, end]);
    this.#setup.witness?.(packet, `${this.address}:${this.port + 1}`, `${this.#to.address}:${this.#to.port + 1}`);
    this.#rtcp.send(packet, this.#to.port + 1, this.#to.address);
  }
}

/** Seconds between 1900 and 1970. */
const NTP_ERA = 2208988800;

function senderReport(stream: RtpStream): Buffer {
  const packet = Buffer.alloc(28);
  const now = Date.now();
  packet.writeUInt32BE(0x80c80006, 0);
  packet.writeUInt32BE(stream.ssrc, 4);
  packet.writeUInt32BE((Math.floor(now / 1000) + NTP_ERA) >>> 0, 8);
  packet.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 0x100000000), 12);
  packet.writeUInt32BE(stream.timestamp, 16);
  packet.writeUInt32BE(stream.packets, 20);
  packet.writeUInt32BE(stream.octets, 24);
  return packet;
}

/** A fax page under way: UDPTL packets (ITU-T T.38) of image data each 30 ms. */
class Fax implements Ticking {
  due = 0;
  readonly interval = 30;
  to: Peer | undefined;
  #sequence = 0;
  readonly #socket: Socket;
  readonly #random: Random;

  constructor(socket: Socket, random: Random) {
    this.#socket = socket;
    this.#random = random;
  }

  tick(): void {
    if (!this.to) return;
    const data = this.#random.bytes(40);
    const head = [this.#sequence >> 8, this.#sequence & 255, data.length + 5, 0xc0, 0x01, 0x80, 0x00, data.length - 1];
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#socket.send(Buffer.from([...head, ...data, 0x00, 0x00]), this.to.port, this.to.address);
  }
}
