/** The shared files that are captures. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** First four bytes of pcap (both orders, µs and ns, modified), pcapng and gzip. */
const MAGICS = ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '34cdb2a1', 'a1b2cd34', '0a0d0d0a'];

function isCapture(path: string): boolean {
  const head = Buffer.alloc(4);
  const file = openSync(path, 'r');
  const n = readSync(file, head, 0, 4, 0);
  closeSync(file);
  return n === 4 && (MAGICS.includes(head.toString('hex')) || head.readUInt16BE(0) === 0x1f8b);
}

/** Every capture below a folder, by content, in order of path. */
export function captureFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  return files.filter(isCapture).sort();
}
