/**
 * What captures the paths of a command line stand for: a folder stands for all captures in it and below it, told by
 * content. Each file counts once, whatever its names: a file named twice, a link to it, a folder that holds itself. What
 * is no capture is skipped and counted, and so is the compressed copy of a file that was read before it was compressed.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../errors.ts';
import { isCaptureHead } from './recordfile.ts';
import { reasonOf } from './source.ts';

/** Folders in each other that are looked into, and files taken in all. */
const MAX_DEPTH = 32;
const MAX_FILES = 1_000_000;

/** Why a file was skipped, and how that reads. */
export const SKIPPED = {
  'not-a-capture': 'no capture (in a folder)',
  empty: 'empty file (in a folder)',
  special: 'pipe, socket or device (in a folder)',
  again: 'the same file under another name, or named twice',
  copy: 'compressed copy of a file that was read while it was followed',
} as const;
/** One of the reasons above. */
export type SkipReason = keyof typeof SKIPPED;

/** A file to be read. */
export interface Listed {
  readonly path: string;
  /** Bytes on disk; 0: unknown. */
  readonly size: number;
  /** It can be read more than once. */
  readonly again: boolean;
}

/** A file that was taken: under which name, and when it was last seen there. */
interface Known {
  path: string;
  look: number;
}

/** The paths and what was found under them so far. */
export class Listing {
  /** What the last look could not read. */
  readonly faults: Fault[] = [];
  readonly #paths: readonly string[];
  readonly #follow: boolean;
  /** Files taken, by device, inode and birth: inodes of deleted files are used again. */
  readonly #taken = new Map<string, Known>();
  readonly #names = new Set<string>();
  /** Path of each file that was skipped, and why: of a followed folder, what is skipped now may be a capture later. */
  readonly #skipped = new Map<string, SkipReason>();
  /** Named folders that have given a file. */
  readonly #fruitful = new Set<string>();
  #found: Listed[] = [];
  #looks = 0;
  #last = true;

  /** @param follow the paths are looked at again and again; a file that is no capture yet may become one. */
  constructor(paths: readonly string[], follow = false) {
    this.#paths = paths;
    this.#follow = follow;
  }

  /** Files that no earlier look gave, in the order they are named, those of a folder by name. @param last no other look will come. */
  async look(last = !this.#follow): Promise<Listed[]> {
    this.#found = [];
    this.faults.length = 0;
    this.#looks++;
    this.#last = last;
    const folders = new Set<string>();
    for (const path of this.#paths) {
      if (path === '-') this.#take(path, '-', 0, false);
      else await this.#visit(path, path, folders, 0);
    }
    return this.#found;
  }

  /** Files skipped so far, by reason. */
  get skipped(): Map<SkipReason, number> {
    const counts = new Map<SkipReason, number>();
    for (const reason of this.#skipped.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return counts;
  }

  /** @param named what the user named: the path itself or a folder above it. @param folders those visited in this look. */
  async #visit(path: string, named: string, folders: Set<string>, depth: number): Promise<void> {
    try {
      // Node's numbers would make two of the inodes of large disks one.
      const stats = await stat(path, { bigint: true });
      const id = `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
      const size = Number(stats.size);
      if (stats.isDirectory()) {
        if (!folders.has(id) && depth <= MAX_DEPTH) await this.#folder(path, named, folders.add(id), depth);
      } else if (this.#taken.has(id) || !(await this.#isRefused(path, stats.isFile(), size, depth))) {
        this.#fruitful.add(named);
        this.#take(path, id, size, stats.isFile());
      }
    } catch (error) {
      if (this.#last) this.faults.push({ code: 'capture-not-found', where: path, message: `${path} cannot be read: ${reasonOf(error)}` });
    }
  }

  async #folder(path: string, named: string, folders: Set<string>, depth: number): Promise<void> {
    const names = await readdir(path);
    for (const name of names.sort((a, b) => (a < b ? -1 : 1))) await this.#visit(join(path, name), named, folders, depth + 1);
    if (depth > 0 || !this.#last || this.#fruitful.has(named)) return;
    this.faults.push({ code: 'capture-not-a-capture', where: path, message: `${path} has no captures in it` });
  }

  /** True for what is no capture in a folder, and for what is none yet. A named file that is none is told by whoever opens it. */
  async #isRefused(path: string, isFile: boolean, size: number, depth: number): Promise<boolean> {
    if (depth === 0 && (this.#last || !isFile)) return false;
    const reason = !isFile ? 'special' : size === 0 ? 'empty' : isCaptureHead(await headOf(path)) ? undefined : 'not-a-capture';
    if (reason !== undefined && depth > 0) this.#skipped.set(path, reason);
    return reason !== undefined;
  }

  #take(path: string, id: string, size: number, again: boolean): void {
    const known = this.#taken.get(id);
    if (known !== undefined) {
      // Seen in an earlier look, it may have another name by now: files are renamed when they are rotated.
      if (known.look === this.#looks) this.#skipped.set(known.path === path ? `${path} again` : path, 'again');
      else Object.assign(known, { path, look: this.#looks });
      this.#names.add(path);
      return;
    }
    if (this.#taken.size === MAX_FILES) return;
    this.#taken.set(id, { path, look: this.#looks });
    const plain = path.replace(/\.(gz|zst)$/, '');
    if (this.#follow && plain !== path && this.#names.has(plain)) {
      this.#skipped.set(path, 'copy');
      return;
    }
    this.#skipped.delete(path);
    this.#names.add(path);
    this.#found.push({ path, size, again });
  }
}

async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    return head.subarray(0, (await handle.read(head, 0, 4, 0)).bytesRead);
  } finally {
    await handle.close();
  }
}
