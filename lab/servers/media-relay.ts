/** The media of a bridged call: the B2BUA's own addresses, between which RTP, RTCP and fax data are passed on. */
import type { Socket } from 'node:dgram';
import type { Peer } from '../agents/endpoint.ts';
import type { Random } from '../random.ts';
import type { Segment } from '../scenario.ts';

/** What one party of the call sees of the relay. */
export interface RelaySide {
  /** Where this party is told to send to. */
  readonly port: number;
  readonly sockets: readonly Socket[];
  /** Where this party receives, as its description says or as its packets show; undefined while unknown. */
  remote: Peer | undefined;
}

/** Both sides. */
export interface Relay {
  readonly a: RelaySide;
  readonly b: RelaySide;
  close(): void;
}

/** Opens the sockets of a call. @throws Error if no ports are free. */
export async function openRelay(segment: Pick<Segment, 'socket'>, address: string, random: Random): Promise<Relay> {
  const a = await openSide(segment, address, random);
  const b = await openSide(segment, address, random);
  pass(a, b);
  pass(b, a);
  return { a, b, close: () => [...a.sockets, ...b.sockets].forEach((socket) => void socket.close()) };
}

const LOW = 16_384;
const PAIRS = 8000;

async function openSide(segment: Pick<Segment, 'socket'>, address: string, random: Random): Promise<RelaySide> {
  for (let tries = 0; tries < 50; tries++) {
    const port = LOW + 2 * random.integer(0, PAIRS);
    const rtp = await segment.socket(address, port).catch(() => undefined);
    if (rtp === undefined) continue;
    const rtcp = await segment.socket(address, port + 1).catch(() => undefined);
    if (rtcp !== undefined) return { port, sockets: [rtp, rtcp], remote: undefined };
    rtp.close();
  }
  throw new Error(`no free media port at ${address}`);
}

/** Passes on what `from` sends; the first packet shows where it really is (symmetric RTP, RFC 4961). */
function pass(from: RelaySide, to: RelaySide): void {
  from.sockets.forEach((socket, i) => {
    let learnt: Peer | undefined;
    socket.on('message', (packet, source) => {
      if (i === 0 && from.remote !== undefined && learnt !== from.remote) {
        learnt = { address: source.address, port: source.port };
        from.remote = learnt;
      }
      const out = to.sockets[i];
      if (out !== undefined && to.remote !== undefined) out.send(packet, to.remote.port + i, to.remote.address);
    });
    socket.on('error', () => {}); // an unreachable port is no fault of this side
  });
}

/** A session description with its addresses replaced by one of the relay's. */
export function redirectSdp(body: string, address: string, port: number): string {
  return body
    .replace(/^(c=IN IP4 )\S+/gm, `$1${address}`)
    .replace(/^(m=\w+ )\d+/m, `$1${port}`)
    .replace(/^a=rtcp:\d+.*$/gm, `a=rtcp:${port + 1}`)
    .replace(/^(o=.* IN IP4 )\S+/m, `$1${address}`);
}
