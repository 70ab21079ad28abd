/** Session descriptions of the agents (RFC 4566), written in the maker's way and read tolerantly. */
import type { Peer } from './endpoint.ts';
import type { SdpHabit } from './shape.ts';
import { CODECS } from './sound.ts';

/** Direction of a stream as its sender means it (RFC 3264). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What an offer or answer says of its first stream. */
export interface Described {
  readonly media: Peer;
  readonly kind: 'audio' | 'image';
  readonly payloadTypes: readonly number[];
  readonly ptime: number;
  readonly direction: Direction;
  /** Payload type of telephone-event, if offered. */
  readonly dtmf: number | undefined;
}

/** What is to be described. */
export interface Description {
  readonly media: Peer;
  readonly payloadTypes: readonly number[];
  readonly direction: Direction;
  /** Of the origin line; the version rises with each new description of the session. */
  readonly session: string;
  readonly version: number;
  readonly dtmf: number | undefined;
  readonly comfortNoise: boolean;
}

/** Writes a session of one audio stream. */
export function writeSdp(what: Description, habit: SdpHabit): string {
  const types = [...what.payloadTypes, ...(what.comfortNoise ? [13] : []), ...(what.dtmf === undefined ? [] : [what.dtmf])];
  const maps = what.payloadTypes
    .filter(() => habit.namesStaticCodecs)
    .flatMap((type) => [`a=rtpmap:${type} ${CODECS.get(type)?.name}`, ...(type === 18 ? ['a=fmtp:18 annexb=no'] : [])]);
  const connection = `c=IN IP4 ${what.media.address}`;
  return lines([
    ...opening(what, habit),
    ...(habit.addressInMedia ? [] : [connection]),
    ...(habit.bandwidth ? ['b=AS:84'] : []),
    't=0 0',
    `m=audio ${what.media.port} RTP/AVP ${types.join(' ')}`,
    ...(habit.addressInMedia ? [connection] : []),
    ...maps,
    ...(what.comfortNoise && habit.namesStaticCodecs ? ['a=rtpmap:13 CN/8000'] : []),
    ...(what.dtmf === undefined ? [] : [`a=rtpmap:${what.dtmf} telephone-event/8000`, `a=fmtp:${what.dtmf} 0-15`]),
    ...(habit.saysPtime ? [`a=ptime:${habit.ptime}`] : []),
    ...(habit.saysRtcp ? [`a=rtcp:${what.media.port + 1}`] : []),
    ...(habit.saysDirection || what.direction !== 'sendrecv' ? [`a=${what.direction}`] : []),
  ]);
}

/** Writes a session of one T.38 fax stream (ITU-T T.38 Annex D). */
export function writeFaxSdp(what: Description, habit: SdpHabit): string {
  return lines([
    ...opening(what, habit),
    `c=IN IP4 ${what.media.address}`,
    't=0 0',
    `m=image ${what.media.port} udptl t38`,
    'a=T38FaxVersion:0',
    'a=T38MaxBitRate:14400',
    'a=T38FaxRateManagement:transferredTCF',
    'a=T38FaxMaxBuffer:262',
    'a=T38FaxMaxDatagram:400',
    'a=T38FaxUdpEC:t38UDPRedundancy',
  ]);
}

function opening(what: Description, habit: SdpHabit): string[] {
  return ['v=0', `o=${habit.owner} ${what.session} ${what.version} IN IP4 ${what.media.address}`, `s=${habit.subject}`];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

/** Reads the first stream of a description; undefined if there is none. */
export function readSdp(body: string): Described | undefined {
  const stream = /^m=(audio|image) (\d+)(?:\/\d+)? \S+ ?([^\r\n]*)/m.exec(body);
  if (!stream) return undefined;
  const after = body.slice(stream.index);
  const address = /^c=IN IP[46] ([^\s/]+)/m.exec(after)?.[1] ?? /^c=IN IP[46] ([^\s/]+)/m.exec(body)?.[1] ?? '';
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(body)?.[1];
  const dtmf = /^a=rtpmap:(\d+) telephone-event/m.exec(after)?.[1];
  return {
    media: { address, port: Number(stream[2]) },
    kind: stream[1] === 'image' ? 'image' : 'audio',
    payloadTypes: (stream[3] ?? '').split(' ').map(Number),
    ptime: Number(/^a=ptime:(\d+)/m.exec(after)?.[1] ?? 20),
    direction: isDirection(direction) ? direction : 'sendrecv',
    dtmf: dtmf === undefined ? undefined : Number(dtmf),
  };
}

function isDirection(text: string | undefined): text is Direction {
  return text !== undefined;
}
