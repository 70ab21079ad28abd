/**
 * Which places of our source have run, by V8's precise block coverage: what tells the fuzzer that an input was new. V8
 * merges blocks of equal counts, so that the same place comes under different ranges from run to run: we paint characters.
 */
import { type Profiler, Session } from 'node:inspector';

/** A place in a script: the first character of a stretch that ran. */
export interface Place {
  readonly url: string;
  readonly at: number;
}

/** Collects what ran in the files that match; one per thread. */
export class Coverage {
  readonly #session = new Session();
  readonly #files: RegExp;
  /** Script -> 1 for each character that has ever run. */
  readonly #seen = new Map<string, Uint8Array>();

  /** @param files which script URLs count */
  constructor(files: RegExp) {
    this.#files = files;
  }

  /** Starts counting in this thread. */
  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Characters of source that ran so far. */
  get size(): number {
    let sum = 0;
    for (const seen of this.#seen.values()) for (const each of seen) sum += each;
    return sum;
  }

  /** Stretches that ran since the last look and never before; they count as seen from now on. */
  fresh(): Place[] {
    const places: Place[] = [];
    for (const [url, painted] of this.#look()) {
      const seen = grown(this.#seen.get(url), painted.length);
      this.#seen.set(url, seen);
      let inside = false;
      for (let at = 0; at < painted.length; at++) {
        const isNew = painted[at] === 1 && seen[at] === 0;
        if (isNew && !inside) places.push({ url, at });
        if (isNew) seen[at] = 1;
        inside = isNew;
      }
    }
    return places;
  }

  /** Those of the places that ran since the last look. */
  ran(places: readonly Place[]): Set<Place> {
    const now = this.#look();
    return new Set(places.filter(({ url, at }) => now.get(url)?.[at] === 1));
  }

  #look(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error;
      for (const script of taken.result) if (this.#files.test(script.url)) found.set(script.url, paint(script));
    });
    return found;
  }

  /** Stops counting. */
  stop(): void {
    this.#session.disconnect();
  }
}

/** 1 for each character that ran. Ranges come outer before inner, the inner one knows better. */
function paint({ functions }: Profiler.ScriptCoverage): Uint8Array {
  const ranges = functions.flatMap((each) => each.ranges);
  const painted = new Uint8Array(ranges.reduce((most, range) => Math.max(most, range.endOffset), 0));
  for (const { startOffset, endOffset, count } of ranges) painted.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return painted;
}

/** The same marks in an array of at least that length: V8 leaves out functions that have not run yet. */
function grown(old: Uint8Array | undefined, length: number): Uint8Array {
  if (old !== undefined && old.length >= length) return old;
  const fresh = new Uint8Array(length);
  if (old !== undefined) fresh.set(old);
  return fresh;
}
