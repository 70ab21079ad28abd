/**
 * The fuzzer: mutates inputs of a corpus, keeps those that reach code never reached before, and holds every
 * input to four promises: no exception, no broken promise of the target itself, no long wait, no growth of the heap.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Coverage, type Place } from './coverage.ts';
import { Dice, mutate } from './mutate.ts';

/** What is fuzzed. */
export interface Target {
  readonly name: string;
  /** Valid inputs to begin with. */
  readonly seeds: () => readonly Buffer[];
  /** Script URLs whose coverage guides the search. */
  readonly files: RegExp;
  /** Takes one input; an exception is a finding. */
  readonly run: (input: Buffer) => void | Promise<void>;
  /** Begins anew, before the heap is weighed; for targets whose bounded state comes and goes. */
  readonly settle?: () => void;
}

/** One input that broke a promise. */
export interface Finding {
  readonly target: string;
  /** `exception`, `slow`, `hang` or `growth`. */
  readonly kind: string;
  readonly message: string;
  readonly input: Buffer;
}

/** How long and by what a run goes. */
export interface Campaign {
  readonly inputs: number;
  readonly seed: number;
  /** Told each input before it runs, so that a watcher can tell which one hangs. */
  readonly announce: (input: Buffer) => void;
}

/** What a run did. */
export interface Summary {
  readonly target: string;
  readonly inputs: number;
  readonly seed: number;
  readonly seconds: number;
  /** Inputs of the corpus at the end; `seeds` of them were there before. */
  readonly corpus: number;
  readonly seeds: number;
  /** Characters of source that ran: with the seeds alone, at the end. */
  readonly reachedBySeeds: number;
  readonly reached: number;
  /** Longest one input took, in ms, the least of three tries where it was long. */
  readonly slowest: number;
  /** Bytes of heap and buffers after collection, at each look. */
  readonly heap: readonly number[];
  readonly findings: readonly Finding[];
}

/** Inputs between two looks at the coverage. */
const BATCH = 1000;
/** Looks at the heap in a run. */
const HEAP_LOOKS = 20;
/** Collections before a look, and ms between them. */
const GC_ROUNDS = 4;
const GC_PAUSE = 20;
/** New inputs kept per batch at most, and findings per run. */
const KEPT = 32;
const MOST_FINDINGS = 20;
/** ms an input may take: a base and a share per byte, far above any honest cost, so that only super-linear work is caught. */
const SLOW_BASE = 30;
const SLOW_PER_BYTE = 0.005;
/** Growth of the heap from the second to the last quarter of a run that is a leak. */
const GROWTH = 8 << 20;

/** One run over one target. */
export class Fuzzer {
  readonly #target: Target;
  readonly #campaign: Campaign;
  readonly #coverage: Coverage;
  readonly #corpus: Buffer[];
  readonly #findings: Finding[] = [];
  readonly #messages = new Set<string>();
  readonly #heap: number[] = [];
  #slowest = 0;

  constructor(target: Target, campaign: Campaign) {
    this.#target = target;
    this.#campaign = campaign;
    this.#coverage = new Coverage(target.files);
    this.#corpus = [...target.seeds()];
  }

  /** Runs the whole campaign. */
  async run(): Promise<Summary> {
    const { inputs, seed } = this.#campaign;
    const started = performance.now();
    const dice = new Dice(seed);
    const seeds = this.#corpus.length;
    this.#coverage.start();
    for (const input of this.#corpus) await this.#try(input);
    this.#coverage.fresh();
    const reachedBySeeds = this.#coverage.size;
    const look = Math.max(1, Math.floor(inputs / HEAP_LOOKS / BATCH)) * BATCH;
    for (let done = 0; done < inputs && this.#findings.length < MOST_FINDINGS; done += BATCH) {
      if (done % look === 0) await this.#weigh();
      await this.#batch(Math.min(BATCH, inputs - done), dice);
    }
    await this.#weigh();
    this.#judgeHeap();
    this.#coverage.stop();
    const seconds = (performance.now() - started) / 1000;
    const found = { findings: this.#findings, heap: this.#heap, slowest: this.#slowest };
    const reached = { reachedBySeeds, reached: this.#coverage.size, corpus: this.#corpus.length, seeds };
    return { target: this.#target.name, inputs, seed, seconds, ...reached, ...found };
  }

  async #batch(size: number, dice: Dice): Promise<void> {
    const tried: Buffer[] = [];
    for (let i = 0; i < size; i++) {
      const input = mutate(this.#corpus, dice);
      await this.#try(input);
      tried.push(input);
    }
    const fresh = this.#coverage.fresh();
    if (fresh.length > 0) this.#corpus.push(...(await this.#claim(tried, fresh)).slice(0, KEPT));
  }

  /** Those of the inputs that reach the places, found by halving: a look at the coverage costs as much as a thousand inputs. */
  async #claim(inputs: readonly Buffer[], places: readonly Place[]): Promise<Buffer[]> {
    if (places.length === 0 || inputs.length === 0) return [];
    if (inputs.length === 1) return [...inputs];
    const half = inputs.length >> 1;
    this.#coverage.ran([]);
    for (const input of inputs.slice(0, half)) await this.#quietly(input);
    const ran = this.#coverage.ran(places);
    const right = places.filter((place) => !ran.has(place));
    return [...(await this.#claim(inputs.slice(0, half), [...ran])), ...(await this.#claim(inputs.slice(half), right))];
  }

  async #quietly(input: Buffer): Promise<void> {
    this.#campaign.announce(input);
    try {
      await this.#target.run(input);
    } catch {
      // It was reported when it ran first.
    }
  }

  async #try(input: Buffer): Promise<void> {
    this.#campaign.announce(input);
    const started = performance.now();
    try {
      const waits = this.#target.run(input);
      if (waits !== undefined) await waits;
    } catch (error) {
      this.#report('exception', error instanceof Error ? (error.stack ?? error.message) : String(error), input);
    }
    const took = performance.now() - started;
    if (took <= this.#slowest) return;
    const bound = SLOW_BASE + SLOW_PER_BYTE * input.length;
    // The machine may have been busy elsewhere: what is slow is slow three times.
    const least = took > bound / 4 ? Math.min(took, await this.#time(input), await this.#time(input)) : took;
    this.#slowest = Math.max(this.#slowest, least);
    if (least > bound) this.#report('slow', `${least.toFixed(1)} ms for ${input.length} bytes, at most ${bound.toFixed(1)}`, input);
  }

  /** ms of this thread's CPU: the clock on the wall also counts what others do. */
  async #time(input: Buffer): Promise<number> {
    const started = process.threadCpuUsage();
    await this.#quietly(input);
    const { user, system } = process.threadCpuUsage(started);
    return (user + system) / 1000;
  }

  /** Each place in the code once: a thousand inputs that hit the same fault are one finding. */
  #report(kind: string, message: string, input: Buffer): void {
    const [head, first] = message.split('\n');
    const place = kind === 'exception' ? `${head?.replaceAll(/\d+/g, '')}${first}` : kind;
    if (this.#messages.has(place)) return;
    this.#messages.add(place);
    this.#findings.push({ target: this.#target.name, kind, message, input: Buffer.from(input) });
  }

  async #weigh(): Promise<void> {
    if (globalThis.gc === undefined) return;
    this.#target.settle?.();
    // V8 gives the memory of buffers back in another thread, which takes its time on a busy machine.
    for (let round = 0; round < GC_ROUNDS; round++) {
      globalThis.gc();
      await sleep(GC_PAUSE);
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    this.#heap.push(heapUsed + arrayBuffers - this.#corpus.reduce((sum, input) => sum + input.length, 0));
  }

  /** Tables fill at first; from then on nothing may grow. What waits to be taken comes and goes, so the least of each quarter counts. */
  #judgeHeap(): void {
    const quarter = this.#heap.length >> 2;
    if (quarter < 2) return;
    const before = Math.min(...this.#heap.slice(quarter, 2 * quarter));
    const end = Math.min(...this.#heap.slice(-quarter));
    const megabytes = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MB`;
    if (end - before > GROWTH) this.#report('growth', `from ${megabytes(before)} to ${megabytes(end)} in half a run`, Buffer.alloc(0));
  }
}
