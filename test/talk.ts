/**
 * A conversation for tests: writes SIP messages as endpoints would send them and hands them on as Packets.
 */
import type { Packet } from '../src/types.ts';

/** An endpoint as `address:port`, IPv4. */
export type Place = string;

/** Options of a message beyond its start line and transaction. */
export interface Wording {
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly user?: string;
  readonly fromUser?: string;
  readonly host?: string;
  /** Further header lines, without line ends. */
  readonly headers?: readonly string[];
}

/** The 18 bytes of an IPv4 endpoint. */
export function place(text: Place): Uint8Array {
  const [address = '', port = '0'] = text.split(':');
  const out = new Uint8Array(18);
  out.set([0xff, 0xff, ...address.split('.').map(Number), Number(port) >> 8, Number(port) & 255], 10);
  return out;
}

/** A Packet with that payload. */
export function packetOf(payload: string | Uint8Array, time: number, src: Place, dst: Place, ordinal = 1): Packet {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  return {
    kind: 'packet',
    time,
    ordinal,
    frameNumber: ordinal,
    offset: 0,
    where: { source: 'test', file: 'test.pcap', link: 'ethernet' },
    vlan: -1,
    tunnel: '',
    transport: 'udp',
    src: place(src),
    dst: place(dst),
    frame: bytes,
    frameStart: 0,
    frameEnd: bytes.length,
    bytes,
    start: 0,
    end: bytes.length,
    truncated: false,
    odd: 0,
    hep: undefined,
    handshakes: undefined,
  };
}

function common(method: string, w: Wording): string[] {
  const host = w.host ?? 'example.com';
  return [
    `Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${w.branch ?? 'z9hG4bK1'}`,
    `From: <sip:${w.fromUser ?? w.user ?? 'alice'}@${host}>;tag=${w.fromTag ?? 'f1'}`,
    `To: <sip:${w.user ?? 'alice'}@${host}>${w.toTag === undefined ? '' : `;tag=${w.toTag}`}`,
    `Call-ID: ${w.callId ?? 'c1'}`,
    `CSeq: ${w.cseq ?? 1} ${method}`,
  ];
}

/** A request as text. */
export function request(method: string, w: Wording = {}): string {
  const uri = method === 'REGISTER' ? `sip:${w.host ?? 'example.com'}` : `sip:${w.user ?? 'alice'}@${w.host ?? 'example.com'}`;
  return [`${method} ${uri} SIP/2.0`, ...common(method, w), 'Max-Forwards: 70', ...(w.headers ?? []), 'Content-Length: 0', '', ''].join(
    '\r\n',
  );
}

/** A response as text; it repeats the wording of its request. */
export function response(status: number, method: string, w: Wording = {}): string {
  return [`SIP/2.0 ${status} Reason`, ...common(method, { toTag: 't1', ...w }), ...(w.headers ?? []), 'Content-Length: 0', '', ''].join(
    '\r\n',
  );
}

/** A digest challenge header. */
export function challenge(nonce: string, more = ''): string {
  return `WWW-Authenticate: Digest realm="example.com", nonce="${nonce}"${more}`;
}

/** Digest credentials; the response is not a true one, a passive observer cannot know. */
export function credentials(nonce: string, user = 'alice'): string {
  return `Authorization: Digest username="${user}", realm="example.com", nonce="${nonce}", uri="sip:example.com", response="0123456789abcdef0123456789abcdef"`;
}
