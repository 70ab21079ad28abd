/**
 * RTP and RTCP against tshark on every real capture, frame by frame: which payloads are RTP, which RTCP. tshark finds them
 * by SDP, by ports and, as asked here, by looking at payloads; we by looking alone.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openCapture } from '../src/capture/reader.ts';
import { RTCP, RTP, sniff } from '../src/decode/sniff.ts';
import { captureFiles } from './captures.ts';
import { shared, tool } from './peers.ts';

const run = promisify(execFile);
const captures = shared('captures');
const skip = captures.skip || tool('tshark', 'apt-get install tshark').skip;

/** A frame that only one of the two calls RTP or RTCP. */
interface Difference {
  /** `file:frame`. */
  readonly where: string;
  readonly who: 'only tshark' | 'only ours';
  readonly what: 'rtp' | 'rtcp';
  /** Layers as tshark names them. */
  readonly protocols: string;
}

/** Why they may differ; the first that covers a difference explains it. */
const EXPLAINED: readonly { readonly reason: string; readonly covers: (d: Difference) => boolean }[] = [
  {
    reason: 'an ICMP error quotes a datagram that was not sent in that frame (RFC 792)',
    covers: (d) => d.who === 'only tshark' && d.protocols.includes(':icmp:'),
  },
  {
    reason: 'tshark goes by the port that SDP named; the payload is STUN, a keep-alive or too short for RTP (RFC 3550 §5.1, RFC 7983)',
    covers: (d) => d.who === 'only tshark' && !/:rtc?p/.test(d.protocols),
  },
  {
    reason:
      'the identifier of a DNS or NetBIOS message, or the call number of IAX2, looks like the first bytes of RTP; only the port tells',
    covers: (d) => d.who === 'only ours' && /:udp:(dns|nbns|iax2)$/.test(d.protocols),
  },
  {
    reason: 'tshark goes by the SDP that named T.38 and cannot read it; it is RTP, as ever before the offer was taken',
    covers: (d) => d.who === 'only ours' && d.protocols.endsWith(':udp:t38'),
  },
  {
    reason: 'tshark calls it SRTCP, which its filter rtcp leaves out',
    covers: (d) => d.who === 'only ours' && d.what === 'rtcp' && d.protocols.endsWith(':udp:rtcp'),
  },
  {
    reason: 'RTCP in a port nobody announced (feedback of RFC 4585 among them), which tshark does not look for',
    covers: (d) => d.who === 'only ours' && d.what === 'rtcp' && d.protocols.endsWith(':udp:data'),
  },
];

type Frames = Map<number, 'rtp' | 'rtcp'>;

async function tshark(path: string, filter: string): Promise<Map<number, string>> {
  const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'frame.protocols'];
  const args = ['-n', '--enable-heuristic', 'rtp_udp', '-r', path, '-Y', filter, ...fields];
  // A cut capture makes tshark end with an error after it has printed what it could read.
  const { stdout } = await run('tshark', args, { maxBuffer: 1 << 28 }).catch((error: { stdout: string }) => error);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [Number.parseInt(line, 10), line.split('\t')[1]!]));
}

async function byUs(path: string): Promise<Frames> {
  const frames: Frames = new Map();
  const reader = await openCapture(path);
  while (await reader.fill()) {
    while (reader.next()) {
      const { bytes, start, end, frameNumber } = reader.packet;
      const kind = sniff(bytes, start, end);
      if (kind === RTP) frames.set(frameNumber, 'rtp');
      if (kind === RTCP) frames.set(frameNumber, 'rtcp');
    }
  }
  await reader.close();
  return frames;
}

async function compare(path: string): Promise<{ both: number; differences: Difference[] }> {
  const [theirs, ours] = await Promise.all([tshark(path, 'rtp || rtcp'), byUs(path)]);
  const differences: Difference[] = [];
  const tell = (frame: number, who: Difference['who'], what: Difference['what'], protocols: string): void => {
    differences.push({ where: `${relative(captures.path, path)}:${frame}`, who, what, protocols });
  };
  const kindOf = (protocols: string): 'rtp' | 'rtcp' => (protocols.includes(':rtcp') ? 'rtcp' : 'rtp');
  for (const [frame, protocols] of theirs) {
    if (ours.get(frame) !== kindOf(protocols)) tell(frame, 'only tshark', kindOf(protocols), protocols);
  }
  const only = [...ours].filter(([frame, what]) => !theirs.has(frame) || kindOf(theirs.get(frame)!) !== what);
  const layers = only.length > 0 ? await tshark(path, `frame.number in {${only.map(([frame]) => frame).join(',')}}`) : new Map();
  for (const [frame, what] of only) tell(frame, 'only ours', what, layers.get(frame) ?? '');
  return { both: ours.size - only.length, differences };
}

test('RTP and RTCP in every real capture, found where tshark finds them', { skip }, async (t) => {
  const files = captureFiles(captures.path);
  const differences: Difference[] = [];
  let both = 0;
  const queue = files.values();
  const work = async (): Promise<void> => {
    for (const path of queue) {
      const result = await compare(path);
      both += result.both;
      differences.push(...result.differences);
    }
  };
  await Promise.all([work(), work()]);
  t.diagnostic(`${files.length} captures, ${both} payloads that both call RTP or RTCP`);
  for (const { reason, covers } of EXPLAINED) {
    const own = differences.filter((d) => EXPLAINED.find((each) => each.covers(d))?.covers === covers);
    t.diagnostic(`${String(own.length).padStart(5)}  ${reason} (${own[0]?.where})`);
    assert.ok(own.length > 0, `nothing needs this explanation any more: ${reason}`);
  }
  const unexplained = differences.filter((d) => !EXPLAINED.some(({ covers }) => covers(d)));
  assert.deepEqual(unexplained.slice(0, 5), []);
  assert.ok(both > 40_000, 'the captures hold more than 40,000 payloads of RTP and RTCP');
  assert.ok(differences.length <= both / 100, `${differences.length} explained differences in ${both}`);
});
