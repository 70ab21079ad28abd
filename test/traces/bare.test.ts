/** The messages of the collection that came without a packet: put into one each and read as tshark reads them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createMessage, parseSip } from '../../src/decode/sip.ts';
import { SIP, sniff } from '../../src/decode/sniff.ts';
import type { Span } from '../../src/types.ts';
import { SHARED, shared, tool } from '../peers.ts';
import { NO_CAPTURES } from './expected/no-captures.ts';
import { ipv4, pcapOf, udp } from './make-links.ts';

const run = promisify(execFile);
const index = shared('captures/INDEX.tsv');
const skip = index.skip || tool('tshark', 'apt-get install tshark').skip;

/** Messages that tshark reads otherwise, and why. */
const EXPLAINED: Readonly<Record<string, string>> = {
  'req-test1.sip': 'tshark wants exactly one space on either side of the Request-URI',
  'req-tm1.sip': 'tshark wants exactly one space on either side of the Request-URI',
  'lwsruri.dat': 'white space in the Request-URI (RFC 4475 §3.1.2.7): no SIP to tshark',
  'trws.dat': 'white space behind the version (RFC 4475 §3.1.2.8): no SIP to tshark',
  'invite4-cseq.sip': 'a CSeq without a method: tshark reads no number either',
  'badaspec.dat': 'tshark counts the space before > as part of the URI (RFC 4475 §3.1.2.14)',
  'unksm2.dat': 'tshark reads no URI of the scheme isbn (RFC 4475 §3.3.4)',
  'wsinv.dat': 'tshark loses the From behind a display name that ends with escaped quotes (RFC 4475 §3.1.1.1)',
};

const FIELDS = ['sip.Method', 'sip.Status-Code', 'sip.Call-ID', 'sip.CSeq.seq', 'sip.CSeq.method', 'sip.from.addr', 'sip.to.addr'];

function bareFiles(): string[] {
  const rows = readFileSync(index.path, 'utf8').trimEnd().split('\n').slice(1);
  const files = rows.map((row) => `captures/${row.split('\t')[0]}`);
  return files.filter((file) => NO_CAPTURES.find(({ files: some }) => some.test(file))?.reason.startsWith('one SIP message'));
}

async function byTshark(messages: readonly Uint8Array[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  const path = join(folder, 'bare.pcap');
  writeFileSync(
    path,
    pcapOf(
      messages.map((bytes) => ipv4(udp(5060, 5060, bytes))),
      { linkType: 101 },
    ),
  );
  const fields = ['-T', 'fields', '-E', 'occurrence=f', ...FIELDS.flatMap((field) => ['-e', field])];
  const { stdout } = await run('tshark', ['-n', '-r', path, ...fields], { encoding: 'latin1' });
  rmSync(folder, { recursive: true });
  return stdout.split('\n').slice(0, -1);
}

const message = createMessage();

function byUs(bytes: Uint8Array, file: string): string {
  assert.equal(sniff(bytes, 0, bytes.length), SIP, file);
  assert.ok(parseSip(message, bytes, 0, bytes.length, false), file);
  const text = ({ start, end }: Span): string => (start < 0 ? '' : Buffer.from(bytes.subarray(start, end)).toString('latin1'));
  const { isRequest, methodSpan, status, callId, cseq, cseqMethodSpan, from, to } = message;
  const start = isRequest ? [text(methodSpan), ''] : ['', String(status)];
  const rest = [text(cseqMethodSpan), text(from.uri.span), text(to.uri.span)];
  return [...start, text(callId), cseq < 0 ? '' : String(cseq), ...rest].join('\t');
}

test('messages without a packet, read as tshark reads them', { skip }, async (t) => {
  const files = bareFiles();
  const messages = files.map((file) => readFileSync(join(SHARED, file)));
  const theirs = await byTshark(messages);
  assert.equal(theirs.length, files.length);
  const different = files.filter((file, i) => byUs(messages[i]!, file) !== theirs[i]).map((file) => basename(file));
  t.diagnostic(`${files.length} messages, ${different.length} explained differences`);
  assert.deepEqual(different.sort(), Object.keys(EXPLAINED).sort());
  assert.ok(files.length > 60, `only ${files.length}`);
});
