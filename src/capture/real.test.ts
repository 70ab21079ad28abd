/**
 * Every real capture of the shared collection, against tshark: the same number of frames, and the same UDP datagrams
 * with frame number, time, addresses, ports and payload. tshark takes far longer to start than to read, so mergecap
 * strings the captures together, one after the other, and tshark reads the strings.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { shared, tool } from '../../test/peers.ts';
import { frameZoo } from '../../test/traces/make-links.ts';
import { addOurs, byTshark, difference, type Listing } from '../../test/traces/tshark.ts';

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

test('frames of every kind against tshark', tool('tshark', how), async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ringfence-')), 'zoo.pcapng');
  writeFileSync(path, frameZoo());
  const ours: Listing = { frames: 0, datagrams: new Map() };
  await addOurs(path, ours);
  const problem = difference(await byTshark(path), ours);
  rmSync(dirname(path), { recursive: true });
  assert.equal(problem, undefined);
  assert.ok(ours.datagrams.size > 25, `only ${ours.datagrams.size} datagrams`);
});
