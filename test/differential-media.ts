/**
 * RTP streams and session descriptions against tshark: for each stream the packets and how many are lost, for each
 * description addresses, media, ports, transports and encodings. tshark counts a packet seen twice as received: our numbers
 * are put so beside its.
 */
import assert from 'node:assert/strict';
import { addressText, ENDPOINT } from '../src/bytes.ts';
import { openCapture } from '../src/capture/reader.ts';
import { parseConfig } from '../src/config.ts';
import type { SipMessage } from '../src/decode/message.ts';
import { createBodyPart, readBody, SDP_BODY } from '../src/decode/sdp/body.ts';
import { CODECS } from '../src/decode/sdp/codecs.ts';
import { createSdp, IPV4, IPV6, MEDIA_TYPES, SDP_PROTOCOLS, type Sdp, type SdpAddress } from '../src/decode/sdp/sdpview.ts';
import { Pipeline } from '../src/pipeline.ts';
import type { Packet } from '../src/types.ts';
import type { TalkDifference } from './differential-media-explained.ts';

/** Packets of an RTP stream, and those lost less those doubled. */
export interface StreamCount {
  readonly packets: number;
  readonly lost: number;
}

/** Values of a description by field, and the layers of its frame. */
export type Description = Record<(typeof SDP_NAMES)[number] | 'layers', string>;
const SDP_NAMES = ['media', 'port', 'protocol', 'address', 'encoding'] as const;

/** What is said and announced in a file. */
export interface Talk {
  /** By `src:port>dst:port ssrc`. */
  readonly streams: Map<string, StreamCount>;
  /** By frame number: the first of a frame. */
  readonly descriptions: Map<number, Description>;
}

/** Packets of RTP below which a file is not looked at for streams: what is no stream with us (4 packets in sequence). */
export const FEW = 4;

const part = createBodyPart();
const sdp = createSdp();

/** The session description of a message as we read it; undefined if there is none. */
export function descriptionOf(message: SipMessage, truncated: boolean): Description | undefined {
  readBody(message, part, sdp, truncated);
  return part.kind === SDP_BODY && sdp.present ? fieldsOf(sdp) : undefined;
}

/** The streams of a capture through the whole engine, by endpoints and SSRC. */
export async function readStreams(path: string): Promise<Map<string, StreamCount>> {
  const parsed = parseConfig('{}', 'test');
  assert.ok('config' in parsed);
  const pipeline = new Pipeline({ config: parsed.config, rules: [], boot: 1, sinks: { events: true, calls: false } });
  await eachPacket(path, (packet) => pipeline.handle(packet));
  pipeline.command({ kind: 'finish' });
  const streams = new Map<string, StreamCount>();
  for (const { type, src, srcPort, dst, dstPort, data } of pipeline.drain().events) {
    if (type !== 'media.ended') continue;
    const { packets, lost, duplicates } = data;
    add(streams, `${src}:${srcPort}>${dst}:${dstPort} ${data['ssrc']}`, Number(packets), Number(lost) - Number(duplicates));
  }
  return streams;
}

function add(streams: Map<string, StreamCount>, key: string, packets: number, lost: number): void {
  const sum = streams.get(key) ?? { packets: 0, lost: 0 };
  streams.set(key, { packets: sum.packets + packets, lost: sum.lost + lost });
}

async function eachPacket(path: string, take: (packet: Packet) => void): Promise<void> {
  const reader = await openCapture(path).catch(() => undefined);
  if (reader === undefined) return;
  while (await reader.fill()) while (reader.next()) take(reader.packet);
  await reader.close();
}

function fieldsOf(sdp: Sdp): Description {
  const media = sdp.media.slice(0, sdp.mediaCount);
  const addresses = [sdp.address, ...media.map((each) => each.address)].map((address) => addressOf(sdp, address));
  const known = media.flatMap((each) => [...each.codecs.subarray(0, each.formatCount)]).map((code) => CODECS[code]!);
  return {
    media: media.map(({ kind, span }) => MEDIA_TYPES[kind] || latin1(sdp, span.start, span.end).split(' ')[0]).join(','),
    port: media.map(({ port }) => port).join(','),
    protocol: media.map(({ protocol, span }) => SDP_PROTOCOLS[protocol] || latin1(sdp, span.start, span.end).split(' ')[2]).join(','),
    address: distinct(addresses.filter(Boolean)),
    encoding: distinct(known),
    layers: '',
  };
}

function latin1(sdp: Sdp, start: number, end: number): string {
  return Buffer.from(sdp.bytes.subarray(start, end)).toString('latin1');
}

function addressOf(sdp: Sdp, { kind, bytes, span }: SdpAddress): string {
  if (kind === 0) return '';
  if (kind !== IPV4 && kind !== IPV6) return latin1(sdp, span.start, span.end);
  const endpoint = new Uint8Array(ENDPOINT);
  endpoint.set(bytes);
  return addressText(endpoint);
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].sort().join(',');
}

/** Fields of tshark that hold a description's values, in the order of a `Description`; of those that repeat, all. */
export const SDP_FIELDS: readonly string[] = [
  'sdp.media.media',
  'sdp.media.port_string',
  'sdp.media.proto',
  'sdp.connection_info.address',
  'sdp.mime.type',
];
/** A line of `-z rtp,streams`: start, end, source and port, destination and port, SSRC, payload types, packets, lost. */
const STREAM = /^\s*[\d.]+\s+[\d.]+\s+(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(0x[0-9A-F]+)\s.*?\s(\d+)\s+(-?\d+) \(/;

/** Adds the stream of a line of `-z rtp,streams`; nothing if the line is none. */
export function addStream(streams: Map<string, StreamCount>, line: string): void {
  const row = line.match(STREAM);
  if (row === null) return;
  const [, src, srcPort, dst, dstPort, ssrc, packets, lost] = row;
  add(streams, `${src}:${srcPort}>${dst}:${dstPort} ${Number(ssrc)}`, Number(packets), Number(lost));
}

/** The description in a row of `SDP_FIELDS`, their occurrences joined by commas. */
export function describedBy(
  layers: string,
  [media = '', port = '', protocol = '', address = '', encoding = '']: readonly string[],
): Description {
  return { media, port, protocol, address: distinct(address.split(',').filter(Boolean)), encoding, layers };
}

/** Where we and tshark differ about the streams and the descriptions of a file. */
export function talkDifferences(file: string, ours: Talk, theirs: Talk): TalkDifference[] {
  return [...streamDifferences(file, ours, theirs), ...sdpDifferences(file, ours, theirs)];
}

function streamDifferences(file: string, ours: Talk, theirs: Talk): TalkDifference[] {
  const found: TalkDifference[] = [];
  const say = (where: string, kind: TalkDifference['kind'], mine: string, other: string): void => {
    found.push({ file, where, kind, field: '', layers: '', ours: mine, theirs: other });
  };
  for (const [where, { packets, lost }] of theirs.streams) {
    const mine = ours.streams.get(where);
    if (mine === undefined) say(where, 'only tshark', '', String(packets));
    else if (mine.packets !== packets) say(where, 'packets', String(mine.packets), String(packets));
    else if (mine.lost !== lost) say(where, 'lost', String(mine.lost), String(lost));
  }
  for (const [where, { packets }] of ours.streams) if (!theirs.streams.has(where)) say(where, 'only ours', String(packets), '');
  return found;
}

function sdpDifferences(file: string, ours: Talk, theirs: Talk): TalkDifference[] {
  const found: TalkDifference[] = [];
  for (const [frame, fields] of theirs.descriptions) {
    const mine = ours.descriptions.get(frame);
    if (mine === undefined) {
      found.push({ file, where: String(frame), kind: 'only tshark', field: 'sdp', layers: fields.layers, ours: '', theirs: fields.media });
      continue;
    }
    for (const field of SDP_NAMES) {
      if (!sameField(field, mine[field], fields[field]))
        found.push({ file, where: String(frame), kind: 'sdp', field, layers: fields.layers, ours: mine[field], theirs: fields[field] });
    }
  }
  for (const [frame, fields] of ours.descriptions) {
    if (!theirs.descriptions.has(frame))
      found.push({ file, where: String(frame), kind: 'only ours', field: 'sdp', layers: '', ours: fields.media, theirs: '' });
  }
  return found;
}

/** tshark lists the encodings of rtpmap lines, we those of the formats: each of its names that we know must be among ours. */
function sameField(field: (typeof SDP_NAMES)[number], ours: string, theirs: string): boolean {
  if (field !== 'encoding') return ours.toLowerCase() === theirs.toLowerCase();
  const mine = ours.toLowerCase().split(',');
  const known = new Set<string>(CODECS.map((name) => name.toLowerCase()));
  return theirs
    .toLowerCase()
    .split(',')
    .every((name) => name === '' || !known.has(name) || mine.includes(name));
}
