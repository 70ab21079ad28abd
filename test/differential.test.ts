/**
 * The SIP decoder against tshark on every real capture: which packets carry SIP, over UDP, TCP and in tunnels, and of each its method or status,
 * Call-ID, CSeq, From URI and To URI. Both see the same files with their default settings; tshark runs with `-n` (no
 * names), and shows a field's first occurrence, as we read a message's first header. No port is given to either.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openCapture } from '../src/capture/reader.ts';
import type { SipMessage } from '../src/decode/message.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import { SIP, sniff } from '../src/decode/sniff.ts';
import type { Packet, Span } from '../src/types.ts';
import { captureFiles } from './captures.ts';
import { type Difference, EXPLAINED } from './differential-explained.ts';
import { shared, tool } from './peers.ts';

const run = promisify(execFile);
const captures = shared('captures');
const skip = captures.skip || tool('tshark', 'apt-get install tshark').skip;

const NAMES = ['method', 'status', 'Call-ID', 'CSeq number', 'CSeq method', 'From URI', 'To URI'] as const;
const FIELDS = ['sip.Method', 'sip.Status-Code', 'sip.Call-ID', 'sip.CSeq.seq', 'sip.CSeq.method', 'sip.from.addr', 'sip.to.addr'];

interface Row {
  protocols: string;
  values: string[];
}

/** SIP frames as tshark reads them, by frame number. Latin-1, so that bytes stay bytes. */
async function byTshark(path: string, filter: string): Promise<Map<number, Row>> {
  const fields = ['frame.number', 'frame.protocols', ...FIELDS].flatMap((field) => ['-e', field]);
  const args = ['-n', '-r', path, '-Y', filter, '-T', 'fields', '-E', 'occurrence=f', ...fields];
  // A cut capture makes tshark end with an error after it has printed what it could read.
  const { stdout } = await run('tshark', args, { maxBuffer: 1 << 29, encoding: 'latin1' }).catch((error: { stdout: string }) => error);
  const rows = new Map<number, Row>();
  for (const line of stdout.split('\n')) {
    const [number, protocols, ...values] = line.split('\t');
    if (protocols !== undefined) rows.set(Number(number), { protocols, values });
  }
  return rows;
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

/** SIP messages as we read them, by frame number; of several in a frame the first, as with tshark. */
async function byUs(path: string): Promise<Map<number, Own>> {
  const message = createMessage();
  const rows = new Map<number, Own>();
  const reader = await openCapture(path);
  while (await reader.fill()) {
    while (reader.next()) {
      const { packet } = reader;
      if (sniff(packet.bytes, packet.start, packet.end) !== SIP) continue;
      assert.ok(parseSip(message, packet.bytes, packet.start, packet.end, packet.truncated), `${path} frame ${packet.frameNumber}`);
      if (rows.has(packet.frameNumber)) continue;
      rows.set(packet.frameNumber, { values: valuesOf(message, packet), hep: packet.hep !== undefined });
    }
  }
  await reader.close();
  return rows;
}

interface Result {
  messages: number;
  differences: Difference[];
}

async function compare(path: string): Promise<Result> {
  const file = relative(captures.path, path);
  const [theirs, ours] = await Promise.all([byTshark(path, 'sip'), byUs(path)]);
  const differences: Difference[] = [];
  for (const [frame, { protocols, values }] of theirs) {
    const mine = ours.get(frame);
    if (mine === undefined)
      differences.push({ file, frame, protocols, kind: 'only tshark', field: '', ours: '', theirs: values.join(' '), hep: false });
    else differences.push(...fieldsThatDiffer({ file, frame, protocols, hep: mine.hep }, mine.values, values));
  }
  const only = [...ours.keys()].filter((frame) => !theirs.has(frame));
  if (only.length > 0) {
    const rows = await byTshark(path, `frame.number in {${only.join(',')}}`);
    for (const frame of only) {
      const { values, hep } = ours.get(frame)!;
      differences.push({
        file,
        frame,
        protocols: rows.get(frame)?.protocols ?? '',
        kind: 'only ours',
        field: '',
        ours: values.join(' '),
        theirs: '',
        hep,
      });
    }
  }
  return { messages: [...theirs.keys()].filter((frame) => ours.has(frame)).length, differences };
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
  const total: Result = { messages: 0, differences: [] };
  const queue = files.values();
  const work = async (): Promise<void> => {
    for (const path of queue) {
      const { messages, differences } = await compare(path);
      total.messages += messages;
      total.differences.push(...differences);
    }
  };
  await Promise.all([work(), work()]);
  return total;
}

test('SIP in every real capture, read as tshark reads it', { skip }, async (t) => {
  const files = captureFiles(captures.path);
  const { messages, differences } = await compareAll(files);
  t.diagnostic(`${files.length} captures, ${messages} messages that both call SIP, ${NAMES.length} fields each`);
  const unexplained: Difference[] = [];
  const groups = new Map(EXPLAINED.map((e) => [e, 0]));
  for (const d of differences) {
    const explanation = EXPLAINED.find((e) => e.covers(d));
    if (explanation === undefined) unexplained.push(d);
    else groups.set(explanation, groups.get(explanation)! + 1);
  }
  for (const [{ reason, reference, example }, n] of groups) t.diagnostic(`${String(n).padStart(5)}  ${reason} (${reference}; ${example})`);
  t.diagnostic(`${String(unexplained.length).padStart(5)}  unexplained`);
  assert.ok(messages > 20_000, 'the captures hold more than 20,000 SIP messages');
  assert.deepEqual(unexplained.slice(0, 5), []);
  const fields = differences.filter((d) => d.kind !== 'only tshark').length;
  assert.ok(fields <= messages / 100, `${fields} explained differences in ${messages} messages`);
  for (const [{ reason }, n] of groups) assert.ok(n > 0, `nothing needs this explanation any more: ${reason}`);
});
