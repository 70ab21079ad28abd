/**
 * RTP streams and session descriptions against tshark, in every real capture that has them: for each stream the packets and
 * how many are lost, for each description addresses, media, ports, transports and encodings. tshark is told to look for RTP
 * without signalling too (`rtp.heuristic_rtp`), and counts a packet seen twice as received: our numbers are put so beside its.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { addressText, ENDPOINT } from '../src/bytes.ts';
import { openCapture } from '../src/capture/reader.ts';
import { parseConfig } from '../src/config.ts';
import { createBodyPart, readBody, SDP_BODY } from '../src/decode/sdp/body.ts';
import { CODECS } from '../src/decode/sdp/codecs.ts';
import { createSdp, IPV4, IPV6, MEDIA_TYPES, SDP_PROTOCOLS, type Sdp, type SdpAddress } from '../src/decode/sdp/sdpview.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import { RTP, SIP, sniff } from '../src/decode/sniff.ts';
import { Pipeline } from '../src/pipeline.ts';
import type { Packet } from '../src/types.ts';
import { MEDIA_EXPLAINED, type MediaDifference } from './differential-media-explained.ts';
import { shared, tool } from './peers.ts';

const run = promisify(execFile);
const captures = shared('captures');
const skip = captures.skip || tool('tshark', 'apt-get install tshark').skip;

interface StreamCount {
  readonly packets: number;
  readonly lost: number;
}

/** Values of a description by field. */
type Fields = Record<(typeof SDP_NAMES)[number] | 'layers', string>;
const SDP_NAMES = ['media', 'port', 'protocol', 'address', 'encoding'] as const;

interface Reading {
  readonly streams: Map<string, StreamCount>;
  /** By frame number. */
  readonly descriptions: Map<number, Fields>;
}

/** Packets of RTP below which a file is not looked at for streams: what is no stream with us (4 packets in sequence). */
const FEW = 4;

function captureFiles(): string[] {
  const entries = readdirSync(captures.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile() && /\.(pcap|pcapng|cap|gz)$|SIP_CALL/.test(e.name));
  return files.map((e) => join(e.parentPath, e.name)).sort();
}

/** Our reading; undefined if there is neither a description nor enough RTP, or if it is no capture. */
async function byUs(path: string): Promise<Reading | undefined> {
  const descriptions = new Map<number, Fields>();
  const rtp = await readDescriptions(path, descriptions);
  if (rtp < FEW && descriptions.size === 0) return undefined;
  return { streams: rtp < FEW ? new Map() : await readStreams(path), descriptions };
}

/** Collects the session descriptions of a capture by frame number; returns its packets of RTP. */
async function readDescriptions(path: string, descriptions: Map<number, Fields>): Promise<number> {
  const message = createMessage();
  const part = createBodyPart();
  const sdp = createSdp();
  let rtp = 0;
  await eachPacket(path, (packet) => {
    const kind = sniff(packet.bytes, packet.start, packet.end);
    if (kind === RTP) rtp++;
    if (kind !== SIP || !parseSip(message, packet.bytes, packet.start, packet.end, packet.truncated)) return;
    readBody(message, part, sdp, packet.truncated);
    if (part.kind === SDP_BODY && sdp.present && !descriptions.has(packet.frameNumber)) descriptions.set(packet.frameNumber, fieldsOf(sdp));
  });
  return rtp;
}

/** The streams of a capture through the whole engine, by endpoints and SSRC. */
async function readStreams(path: string): Promise<Map<string, StreamCount>> {
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

function fieldsOf(sdp: Sdp): Fields {
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

const FIELDS = [
  'frame.protocols',
  'sdp.media.media',
  'sdp.media.port_string',
  'sdp.media.proto',
  'sdp.connection_info.address',
  'sdp.mime.type',
];
/** A line of `-z rtp,streams`: start, end, source and port, destination and port, SSRC, payload types, packets, lost. */
const STREAM = /^\s*[\d.]+\s+[\d.]+\s+(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(0x[0-9A-F]+)\s.*?\s(\d+)\s+(-?\d+) \(/;

async function byTshark(path: string): Promise<Reading> {
  const fields = ['frame.number', ...FIELDS].flatMap((field) => ['-e', field]);
  const settings = ['-o', 'rtp.heuristic_rtp:TRUE', '-z', 'rtp,streams'];
  const args = ['-n', '-r', path, ...settings, '-Y', 'sip && sdp', '-T', 'fields', '-E', 'aggregator=,', ...fields];
  const { stdout } = await run('tshark', args, { maxBuffer: 1 << 28, encoding: 'latin1' }).catch((error: { stdout: string }) => error);
  const streams = new Map<string, StreamCount>();
  const descriptions = new Map<number, Fields>();
  for (const line of stdout.split('\n')) {
    const row = line.match(STREAM);
    if (row !== null) {
      const [, src, srcPort, dst, dstPort, ssrc, packets, lost] = row;
      const key = `${src}:${srcPort}>${dst}:${dstPort} ${Number(ssrc)}`;
      add(streams, key, Number(packets), Number(lost));
    }
    const [frame, layers = '', media, port, protocol, address, encoding] = line.split('\t');
    if (encoding === undefined || media === undefined) continue;
    descriptions.set(Number(frame), {
      media,
      port: port ?? '',
      protocol: protocol ?? '',
      address: distinct((address ?? '').split(',').filter(Boolean)),
      encoding,
      layers,
    });
  }
  return { streams, descriptions };
}

function streamDifferences(file: string, ours: Reading, theirs: Reading): MediaDifference[] {
  const found: MediaDifference[] = [];
  const say = (where: string, kind: MediaDifference['kind'], mine: string, other: string): void => {
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

function sdpDifferences(file: string, ours: Reading, theirs: Reading): MediaDifference[] {
  const found: MediaDifference[] = [];
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

test('RTP streams and session descriptions in every real capture, as tshark reads them', { skip }, async (t) => {
  let streams = 0;
  let descriptions = 0;
  const differences: MediaDifference[] = [];
  const queue = captureFiles().values();
  const work = async (): Promise<void> => {
    for (const path of queue) {
      const ours = await byUs(path);
      if (ours === undefined) continue;
      const theirs = await byTshark(path);
      const file = relative(captures.path, path);
      streams += theirs.streams.size;
      descriptions += theirs.descriptions.size;
      differences.push(...streamDifferences(file, ours, theirs), ...sdpDifferences(file, ours, theirs));
    }
  };
  await Promise.all([work(), work()]);
  const groups = new Map(MEDIA_EXPLAINED.map((e) => [e, 0]));
  const unexplained: MediaDifference[] = [];
  for (const d of differences) {
    const explanation = MEDIA_EXPLAINED.find((e) => e.covers(d));
    if (explanation === undefined) unexplained.push(d);
    else groups.set(explanation, groups.get(explanation)! + 1);
  }
  t.diagnostic(`${streams} streams and ${descriptions} descriptions as tshark sees them`);
  for (const [{ reason, reference, example }, n] of groups) t.diagnostic(`${String(n).padStart(5)}  ${reason} (${reference}; ${example})`);
  t.diagnostic(`${String(unexplained.length).padStart(5)}  unexplained`);
  assert.ok(streams > 100 && descriptions > 300, `${streams} streams, ${descriptions} descriptions`);
  assert.deepEqual(unexplained.slice(0, 5), []);
  for (const [{ reason }, n] of groups) assert.ok(n > 0, `nothing needs this explanation any more: ${reason}`);
});
