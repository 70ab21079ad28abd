/**
 * The decoder against tshark on every real capture: which packets carry SIP, over UDP, TCP and in tunnels, and of each its method or
 * status, Call-ID, CSeq, From URI and To URI; which carry RTP or RTCP; and the streams and session descriptions in them. Both see the same files; tshark runs with `-n` (no names),
 * looks for RTP in payloads as well. Of a SIP field its first occurrence counts, as we read a message's first header. No port is given to either.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { openCapture } from '../src/capture/reader.ts';
import type { SipMessage } from '../src/decode/message.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import { RTCP, RTP, SIP, sniff } from '../src/decode/sniff.ts';
import type { Packet, Span } from '../src/types.ts';
import { captureFiles } from './captures.ts';
import { type Difference, EXPLAINED, type Explanation } from './differential-explained.ts';
import {
  addStream,
  type Description,
  describedBy,
  descriptionOf,
  FEW,
  readStreams,
  SDP_FIELDS,
  type StreamCount,
  type Talk,
  talkDifferences,
} from './differential-media.ts';
import { TALK_EXPLAINED, type TalkDifference } from './differential-media-explained.ts';
import { MEDIA_EXPLAINED, type MediaDifference, type MediaKind, mediaDifferences, mediaKind } from './differential-rtp.ts';
import { shared, tool } from './peers.ts';

const run = promisify(execFile);
const captures = shared('captures');
const skip = captures.skip || tool('tshark', 'apt-get install tshark').skip;

const NAMES = ['method', 'status', 'Call-ID', 'CSeq number', 'CSeq method', 'From URI', 'To URI'] as const;
const FIELDS = ['sip.Method', 'sip.Status-Code', 'sip.Call-ID', 'sip.CSeq.seq', 'sip.CSeq.method', 'sip.from.addr', 'sip.to.addr'];

/** Stands between the occurrences of a field: tshark writes control characters of values as escapes. */
const BETWEEN = '\x01';

interface Row {
  readonly protocols: string;
  readonly values: string[];
  /** Of a description, by `SDP_FIELDS`. */
  readonly described: string[];
}

/** What tshark reads of a file in one run: frames by number, streams. */
interface Rows {
  readonly frames: Map<number, Row>;
  readonly streams: Map<string, StreamCount>;
}

/** What tshark says of every frame of a file. Latin-1, so that bytes stay bytes. */
async function byTshark(path: string): Promise<Rows> {
  const fields = ['frame.number', 'frame.protocols', ...FIELDS, ...SDP_FIELDS].flatMap((field) => ['-e', field]);
  const form = ['-T', 'fields', '-E', 'occurrence=a', '-E', `aggregator=${BETWEEN}`];
  const args = ['-n', '--enable-heuristic', 'rtp_udp', '-r', path, '-z', 'rtp,streams', ...form, ...fields];
  // A cut capture makes tshark end with an error after it has printed what it could read.
  const { stdout } = await run('tshark', args, { maxBuffer: 1 << 29, encoding: 'latin1' }).catch((error: { stdout: string }) => error);
  const rows: Rows = { frames: new Map(), streams: new Map() };
  for (const line of stdout.split('\n')) {
    const [number, protocols, ...values] = line.split('\t');
    if (protocols === undefined) addStream(rows.streams, line);
    else rows.frames.set(Number(number), { protocols, ...valuesIn(values) });
  }
  return rows;
}

function valuesIn(values: readonly string[]): { values: string[]; described: string[] } {
  return {
    values: values.slice(0, FIELDS.length).map((value) => value.split(BETWEEN)[0]!),
    described: values.slice(FIELDS.length).map((value) => value.replaceAll(BETWEEN, ',')),
  };
}

function valuesOf(m: SipMessage, packet: Packet): string[] {
  const bytes = (span: Span): string => (span.start < 0 ? '' : Buffer.from(packet.bytes.subarray(span.start, span.end)).toString('latin1'));
  const start = m.isRequest ? [bytes(m.methodSpan), ''] : ['', String(m.status)];
  const cseq = m.cseq < 0 ? '' : String(m.cseq);
  return [...start, bytes(m.callId), cseq, bytes(m.cseqMethodSpan), bytes(m.from.uri.span), bytes(m.to.uri.span)];
}

interface Own {
  readonly values: string[];
  /** It came in a HEP packet. */
  readonly hep: boolean;
}

/** What we read of a file, by frame number: of several messages in a frame the first, as with tshark. */
interface Reading {
  readonly sip: Map<number, Own>;
  readonly media: Map<number, MediaKind>;
  readonly descriptions: Map<number, Description>;
}

async function byUs(path: string): Promise<Reading> {
  const message = createMessage();
  const sip = new Map<number, Own>();
  const media = new Map<number, MediaKind>();
  const descriptions = new Map<number, Description>();
  const reader = await openCapture(path);
  while (await reader.fill()) {
    while (reader.next()) {
      const { packet } = reader;
      const kind = sniff(packet.bytes, packet.start, packet.end);
      if (kind === RTP || kind === RTCP) media.set(packet.frameNumber, kind === RTP ? 'rtp' : 'rtcp');
      if (kind !== SIP) continue;
      assert.ok(parseSip(message, packet.bytes, packet.start, packet.end, packet.truncated), `${path} frame ${packet.frameNumber}`);
      const described = descriptionOf(message, packet.truncated);
      if (described !== undefined && !descriptions.has(packet.frameNumber)) descriptions.set(packet.frameNumber, described);
      if (sip.has(packet.frameNumber)) continue;
      sip.set(packet.frameNumber, { values: valuesOf(message, packet), hep: packet.hep !== undefined });
    }
  }
  await reader.close();
  return { sip, media, descriptions };
}

interface Result {
  messages: number;
  differences: Difference[];
  /** Payloads that both call RTP or RTCP. */
  media: number;
  mediaDifferences: MediaDifference[];
  /** As tshark sees them. */
  streams: number;
  descriptions: number;
  talkDifferences: TalkDifference[];
}

async function compare(path: string): Promise<Result> {
  const file = relative(captures.path, path);
  const [{ frames, streams }, ours] = await Promise.all([byTshark(path), byUs(path)]);
  const layers = new Map([...frames].map(([frame, { protocols }]) => [frame, protocols]));
  const sip = new Map([...frames].filter(([, { protocols }]) => /:sip(:|$)/.test(protocols)));
  // A body that tshark hands to its SDP reader, which then finds no line in it, is none.
  const described = [...sip].filter(([, row]) => /:sdp(:|$)/.test(row.protocols) && row.described.some((value) => value !== ''));
  const theirTalk = { streams, descriptions: new Map(described.map(([frame, row]) => [frame, describedBy(row.protocols, row.described)])) };
  const heard = [...ours.media.values()].filter((kind) => kind === 'rtp').length >= FEW;
  const ourTalk: Talk = { streams: heard ? await readStreams(path) : new Map(), descriptions: ours.descriptions };
  return {
    messages: [...sip.keys()].filter((frame) => ours.sip.has(frame)).length,
    differences: sipDifferences(file, sip, ours.sip, layers),
    media: [...ours.media].filter(([frame, kind]) => mediaKind(layers.get(frame)!) === kind).length,
    mediaDifferences: mediaDifferences(file, layers, ours.media),
    streams: streams.size,
    descriptions: described.length,
    talkDifferences: talkDifferences(file, ourTalk, theirTalk),
  };
}

function sipDifferences(
  file: string,
  theirs: ReadonlyMap<number, Row>,
  ours: ReadonlyMap<number, Own>,
  layers: ReadonlyMap<number, string>,
): Difference[] {
  const differences: Difference[] = [];
  for (const [frame, { protocols, values }] of theirs) {
    const mine = ours.get(frame);
    if (mine === undefined)
      differences.push({ file, frame, protocols, kind: 'only tshark', field: '', ours: '', theirs: values.join(' '), hep: false });
    else differences.push(...fieldsThatDiffer({ file, frame, protocols, hep: mine.hep }, mine.values, values));
  }
  for (const [frame, { values, hep }] of ours) {
    if (theirs.has(frame)) continue;
    const protocols = layers.get(frame) ?? '';
    differences.push({ file, frame, protocols, kind: 'only ours', field: '', ours: values.join(' '), theirs: '', hep });
  }
  return differences;
}

function fieldsThatDiffer(
  where: { file: string; frame: number; protocols: string; hep: boolean },
  ours: string[],
  theirs: string[],
): Difference[] {
  const found: Difference[] = [];
  for (const [k, field] of NAMES.entries()) {
    if (ours[k] !== theirs[k]) found.push({ ...where, kind: 'field', field, ours: ours[k]!, theirs: theirs[k]! });
  }
  return found;
}

/** Compares all files, two at a time. */
async function compareAll(files: readonly string[]): Promise<Result> {
  const total: Result = { messages: 0, differences: [], media: 0, mediaDifferences: [], streams: 0, descriptions: 0, talkDifferences: [] };
  const queue = files.values();
  const work = async (): Promise<void> => {
    for (const path of queue) {
      const result = await compare(path);
      total.messages += result.messages;
      total.differences.push(...result.differences);
      total.media += result.media;
      total.mediaDifferences.push(...result.mediaDifferences);
      total.streams += result.streams;
      total.descriptions += result.descriptions;
      total.talkDifferences.push(...result.talkDifferences);
    }
  };
  await Promise.all([work(), work()]);
  return total;
}

/** Says how many differences each reason explains, and which none does. Each reason must still be needed. */
function unexplained<D>(t: TestContext, differences: readonly D[], reasons: readonly Explanation<D>[]): D[] {
  const left = differences.filter((d) => !reasons.some(({ covers }) => covers(d)));
  for (const each of reasons) {
    const n = differences.filter((d) => reasons.find(({ covers }) => covers(d)) === each).length;
    t.diagnostic(`${String(n).padStart(5)}  ${each.reason} (${each.reference}; ${each.example})`);
    assert.ok(n > 0, `nothing needs this explanation any more: ${each.reason}`);
  }
  t.diagnostic(`${String(left.length).padStart(5)}  unexplained`);
  return left;
}

describe('every real capture, read as tshark reads it', { skip }, () => {
  let files: string[] = [];
  let total: Result;
  before(async () => {
    files = captureFiles(captures.path);
    total = await compareAll(files);
  });

  test('SIP', (t) => {
    const { messages, differences } = total;
    t.diagnostic(`${files.length} captures, ${messages} messages that both call SIP, ${NAMES.length} fields each`);
    assert.deepEqual(unexplained(t, differences, EXPLAINED).slice(0, 5), []);
    assert.ok(messages > 20_000, 'the captures hold more than 20,000 SIP messages');
    const fields = differences.filter((d) => d.kind !== 'only tshark').length;
    assert.ok(fields <= messages / 100, `${fields} explained differences in ${messages} messages`);
  });

  test('RTP and RTCP', (t) => {
    const { media, mediaDifferences: differences } = total;
    t.diagnostic(`${media} payloads that both call RTP or RTCP`);
    assert.deepEqual(unexplained(t, differences, MEDIA_EXPLAINED).slice(0, 5), []);
    assert.ok(media > 40_000, 'the captures hold more than 40,000 payloads of RTP and RTCP');
    assert.ok(differences.length <= media / 100, `${differences.length} explained differences in ${media}`);
  });

  test('RTP streams and session descriptions', (t) => {
    const { streams, descriptions, talkDifferences: differences } = total;
    t.diagnostic(`${streams} streams and ${descriptions} descriptions as tshark sees them`);
    assert.deepEqual(unexplained(t, differences, TALK_EXPLAINED).slice(0, 5), []);
    assert.ok(streams > 100 && descriptions > 300, `${streams} streams, ${descriptions} descriptions`);
  });
});
