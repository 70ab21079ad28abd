/**
 * Every real capture of the shared collection, against tshark: the same number of frames, and the same UDP datagrams
 * with frame number, time, addresses, ports and payload. tshark takes far longer to start than to read, so mergecap
 * strings the captures together, one after the other, and tshark reads the strings.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { shared, tool } from '../../test/peers.ts';
import { addressText, portOf } from '../bytes.ts';
import { openCapture } from './reader.ts';

const run = promisify(execFile);
const captures = shared('captures');
const how = 'apt-get install tshark';
const skip = captures.skip || tool('tshark', how).skip || tool('mergecap', how).skip;

const MAGICS = new Set([0xd4c3b2a1, 0xa1b2c3d4, 0x4d3cb2a1, 0xa1b23c4d, 0x34cdb2a1, 0xa1b2cd34, 0x0a0d0d0a]);

function isCapture(path: string): boolean {
  const head = Buffer.alloc(4);
  const file = openSync(path, 'r');
  const n = readSync(file, head, 0, 4, 0);
  closeSync(file);
  return n === 4 && (MAGICS.has(head.readUInt32BE(0)) || head.readUInt16BE(0) === 0x1f8b);
}

function captureFiles(): string[] {
  const entries = readdirSync(captures.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  return files.filter(isCapture).sort();
}

const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'udp.srcport',
  'udp.dstport',
  'udp.payload',
  'frame.protocols',
];

interface Listing {
  frames: number;
  datagrams: Map<number, string>;
}

/** What tshark sees, one line per datagram; ICMP errors quote datagrams that were not sent in that frame. */
async function byTshark(path: string): Promise<Listing> {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const { stdout } = await run('tshark', ['-n', '-r', path, '-T', 'fields', '-E', 'occurrence=f', ...fields], { maxBuffer: 1 << 29 });
  const datagrams = new Map<number, string>();
  let frames = 0;
  for (const row of stdout.split('\n')) {
    if (row === '') continue;
    frames++;
    const [number, time, src4, dst4, src6, dst6, srcPort, dstPort, payload, protocols] = row.split('\t');
    if (srcPort === '' || /:icmp.*:udp/.test(protocols!)) continue;
    const [seconds, fraction = ''] = time!.split('.');
    const micros = Number(seconds) * 1e6 + Number(fraction.slice(0, 6));
    datagrams.set(Number(number), `${micros} ${src4 || src6}:${srcPort} ${dst4 || dst6}:${dstPort} ${payload}`);
  }
  return { frames, datagrams };
}

/** Adds what we see in a capture to `listing`, its frames numbered on. */
async function addOurs(path: string, listing: Listing): Promise<void> {
  const reader = await openCapture(path);
  const before = listing.datagrams.size;
  while (await reader.fill()) {
    while (reader.next()) {
      const { frameNumber, time, src, dst, bytes, start, end } = reader.packet;
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex');
      const line = `${time} ${addressText(src)}:${portOf(src)} ${addressText(dst)}:${portOf(dst)} ${payload}`;
      listing.datagrams.set(listing.frames + frameNumber, line);
    }
  }
  await reader.close();
  const { frames, packets, dropped } = reader.counts;
  assert.equal(frames, packets + [...dropped.values()].reduce((a, b) => a + b, 0), `${path}: each frame is counted once`);
  assert.equal(packets, listing.datagrams.size - before, path);
  assert.deepEqual(reader.faults, [], path);
  listing.frames += frames;
}

/** The first difference of two listings, or nothing. */
function difference(theirs: Listing, ours: Listing): string | undefined {
  if (theirs.frames !== ours.frames) return `tshark counts ${theirs.frames} frames, we ${ours.frames}`;
  const numbers = new Set([...theirs.datagrams.keys(), ...ours.datagrams.keys()]);
  for (const number of numbers) {
    const their = theirs.datagrams.get(number);
    const our = ours.datagrams.get(number);
    if (their !== our) return `frame ${number}:\n  tshark ${their?.slice(0, 200)}\n  we     ${our?.slice(0, 200)}`;
  }
  return undefined;
}

/** Compares a string of captures; the number of datagrams compared. */
async function compare(files: readonly string[], together: string): Promise<number> {
  await run('mergecap', ['-a', '-F', 'pcapng', '-w', together, ...files]);
  const theirs = byTshark(together);
  const ours: Listing = { frames: 0, datagrams: new Map() };
  const starts: string[] = [];
  for (const path of files) {
    starts.push(`${ours.frames + 1} ${relative(captures.path, path)}`);
    await addOurs(path, ours);
  }
  const problem = difference(await theirs, ours);
  assert.equal(problem, undefined, `${problem}\nfirst frames:\n${starts.join('\n')}`);
  return ours.datagrams.size;
}

describe('real captures against tshark', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  after(() => rmSync(folder, { recursive: true }));

  test('the same frames and datagrams', async () => {
    const files = captureFiles();
    assert.ok(files.length > 100, `only ${files.length} captures found`);
    const half = files.length >> 1;
    const compared = await Promise.all([
      compare(files.slice(0, half), join(folder, 'first.pcapng')),
      compare(files.slice(half), join(folder, 'second.pcapng')),
    ]);
    assert.ok(compared[0]! + compared[1]! > 50_000, `only ${compared.join(' + ')} datagrams compared`);
  });
});
