/** Sound that an attacker sends or receives: plain RTP of 20 ms packets, labelled. */
import type { Socket } from 'node:dgram';
import type { Lab, SegmentName } from '../../scenario.ts';
import type { Endpoint, Outlet } from './actor.ts';

/** A media port of an attacker: counts what comes to it, and can send. */
export class Voice {
  readonly address: string;
  readonly port: number;
  /** RTP packets that came. */
  received = 0;
  /** Where the latest of them came from. */
  from: Endpoint | undefined;
  readonly #socket: Socket;

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

  /** Opens one at an even port of this address. */
  static async open(lab: Lab, segment: SegmentName, address: string): Promise<Voice> {
    for (let tries = 0; ; tries++) {
      try {
        return new Voice(await lab.segment(segment).socket(address, lab.random.integer(5_000, 15_000) * 2), address);
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** The session description that offers this port. */
  description(lab: Lab, more: readonly string[] = []): string {
    const version = lab.random.integer(1_000, 9_999_999);
    const lines = ['v=0', `o=- ${version} ${version} IN IP4 ${this.address}`, 's=-', `c=IN IP4 ${this.address}`, 't=0 0'];
    const media = [`m=audio ${this.port} RTP/AVP 0 8`, 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=ptime:20', 'a=sendrecv'];
    return `${[...lines, ...media, ...more].join('\r\n')}\r\n`;
  }

  /** Sends sound for so long, in real time. Packets after a pause of the machine catch up, so that the count is right. */
  async talk(lab: Lab, outlet: Outlet, to: Endpoint, ms: number, callId: string): Promise<void> {
    const packets = Math.floor(ms / 20);
    const ssrc = lab.random.bytes(4);
    const first = lab.random.integer(0, 60_000);
    const begin = lab.now();
    for (let i = 0; i < packets; i++) {
      const due = begin + i * 20_000 - lab.now();
      if (due > 1_000) await lab.sleep(due / 1_000);
      outlet.send(this.#socket, rtp(first + i, i * 160, ssrc, i === 0), to, callId);
    }
  }

  close(): void {
    this.#socket.close();
  }
}

/** One packet of 20 ms of G.711 µ-law silence with a little tone in it. */
function rtp(sequence: number, timestamp: number, ssrc: Uint8Array, marker: boolean): Buffer {
  const packet = Buffer.alloc(172, 0xff);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(marker ? 0x80 : 0, 1);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.set(ssrc, 8);
  for (let i = 0; i < 160; i += 8) packet.writeUInt8((0x90 + ((timestamp / 160 + i) & 15)) & 255, 12 + i);
  return packet;
}
