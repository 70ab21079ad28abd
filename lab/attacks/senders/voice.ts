/** Sound that an attacker sends or hears: plain RTP of 20 ms packets from a port of its own. */
import type { Socket } from 'node:dgram';
import type { Lab, SegmentName } from '../../scenario.ts';
import type { Endpoint, Outlet } from './actor.ts';

/** A media port: counts what comes to it, and can send. */
export class Voice {
  readonly address: string;
  readonly port: number;
  /** RTP packets that came. */
  received = 0;
  /** Sends noise of SRTP's length in place of sound. */
  scrambled = false;
  /** Where the latest of them came from. */
  from: Endpoint | undefined;
  #target: Endpoint | undefined;
  readonly #socket: Socket;
  #closed = false;
  #stream: Stream | undefined;

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.address = address;
    this.port = socket.address().port;
    socket.on('message', (payload, { address: host, port }) => {
      if (payload.length < 12 || payload[0]! >> 6 !== 2) return;
      this.received++;
      this.from = { address: host, port };
    });
  }

  /** Opens one at an even port of this address. @throws Error if six ports in a row are taken. */
  static async open(lab: Lab, segment: SegmentName, address: string): Promise<Voice> {
    for (let tries = 0; ; tries++) {
      try {
        return new Voice(await lab.segment(segment).socket(address, lab.random.integer(5_000, 15_000) * 2), address);
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** Where `talk` sends to: as a description said, but rather where sound has come from since (symmetric RTP, RFC 4961). */
  get target(): Endpoint | undefined {
    return this.from ?? this.#target;
  }

  set target(target: Endpoint | undefined) {
    this.#target = target;
    this.from = undefined;
  }

  /** The session description that offers this port; `more` are lines at its end. */
  description(lab: Lab, more: readonly string[] = [], profile = 'RTP/AVP'): string {
    const version = lab.random.integer(1_000, 9_999_999);
    const lines = ['v=0', `o=- ${version} ${version} IN IP4 ${this.address}`, 's=-', `c=IN IP4 ${this.address}`, 't=0 0'];
    const media = [`m=audio ${this.port} ${profile} 0 8`, 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=ptime:20', 'a=sendrecv'];
    return `${[...lines, ...media, ...more].join('\r\n')}\r\n`;
  }

  /**
   * Sends sound to the target for so many milliseconds, in real time, or until `over`. After a pause of the machine packets catch up,
   * so that their count is right.
   */
  async talk(lab: Lab, outlet: Outlet, callId: string, ms: number, over: () => boolean = () => false): Promise<void> {
    this.#stream ??= { ssrc: lab.random.bytes(4), sequence: lab.random.integer(0, 60_000), timestamp: 0 };
    const begin = lab.now();
    for (let i = 0; i < ms / 20 && !over() && !this.#closed; i++) {
      const due = begin + i * 20_000 - lab.now();
      if (due > 1_000) await lab.sleep(due / 1_000);
      if (this.target !== undefined && !this.#closed) outlet.send(this.#socket, this.#packet(lab, this.#stream), this.target, callId);
    }
  }

  /** Goes on with the stream of another port of the same telephone: same source, next number. */
  follow(other: Voice): void {
    this.#stream = other.#stream;
    this.target = other.target;
  }

  #packet(lab: Lab, stream: Stream): Buffer {
    const packet = Buffer.concat([header(stream), this.scrambled ? lab.random.bytes(170) : tone(stream.timestamp)]);
    stream.sequence++;
    stream.timestamp += 160;
    return packet;
  }

  /** Closes its socket; whoever talks stops. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

/** Where a stream stands. */
interface Stream {
  readonly ssrc: Uint8Array;
  sequence: number;
  timestamp: number;
}

/** Header of RTP (RFC 3550 §5.1), payload type 0; the first packet has the marker. */
function header({ sequence, timestamp, ssrc }: Stream): Buffer {
  const packet = Buffer.alloc(12);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(timestamp === 0 ? 0x80 : 0, 1);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.set(ssrc, 8);
  return packet;
}

/** 20 ms of G.711 µ-law: silence with a little tone in it. */
function tone(timestamp: number): Buffer {
  const sound = Buffer.alloc(160, 0xff);
  for (let i = 0; i < 160; i += 8) sound[i] = (0x90 + ((timestamp / 160 + i) & 15)) & 255;
  return sound;
}
