/**
 * Several captures, and folders of them, as one in order of time. Each file is looked into for the time of its first
 * record and opened again when that time has come, so that a folder of files written in turn costs one open file at a
 * time, and files of several interfaces are merged frame by frame.
 */
import { type Fault, RingfenceError } from '../errors.ts';
import { Listing, type SkipReason } from './listing.ts';
import { type CaptureOptions, CaptureReader, type Waiting } from './reader.ts';
import { openRecordFile } from './recordfile.ts';

/** Bytes read to see when a file begins. */
const GLANCE = 64 * 1024;

/** What paths stand for, being read. */
export interface Captures {
  readonly reader: CaptureReader;
  /** Bytes on disk of all files named or found at first, 0 if one is standard input. */
  readonly size: number;
  /** Paths that could not be read at all, so far. */
  readonly faults: () => readonly Fault[];
  /** Files that were skipped, by reason, so far. */
  readonly skipped: () => Map<SkipReason, number>;
}

/**
 * Opens captures to be read as one.
 * @param paths files, folders or `-`. What cannot be read is a fault, and the others are read. With `options.follow`,
 * files that appear later in the folders are read too, and named ones that do not exist yet are awaited.
 */
export async function openCaptures(paths: readonly string[], options: CaptureOptions = {}): Promise<Captures> {
  const { follow } = options;
  const listing = new Listing(paths, follow !== undefined);
  const faults: Fault[] = [];
  let size = 0;
  const discover = async (last: boolean): Promise<Waiting[]> => {
    const found = await listing.look(last);
    faults.push(...listing.faults);
    size = found.every((file) => file.again) ? found.reduce((sum, file) => sum + file.size, size) : 0;
    const alone = found.length === 1 && last;
    const waiting: Waiting[] = [];
    // What is read of a pipe to see when it begins would be gone.
    for (const { path, again } of found) waiting.push({ path, first: alone || !again ? 0 : await firstTime(path, last) });
    return waiting.sort((a, b) => (a.first === b.first ? 0 : a.first - b.first));
  };
  const waiting = await discover(follow === undefined || follow.aborted);
  const more = follow !== undefined && paths.some((path) => path !== '-') ? discover : undefined;
  const reader = new CaptureReader(options, [], waiting, more);
  return { reader, size, faults: () => faults, skipped: () => listing.skipped };
}

/**
 * µs of the first record of a file. Infinity, to be read last: its beginning has none. 0, to be opened at once: it cannot be
 * read, which whoever opens it tells; or it has none yet.
 */
async function firstTime(path: string, last: boolean): Promise<number> {
  try {
    const file = await openRecordFile(path, GLANCE);
    try {
      do if (file.advance()) return file.time;
      while (await file.read());
      return last ? Number.POSITIVE_INFINITY : 0;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
    return 0;
  }
}
