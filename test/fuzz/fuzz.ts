/**
 * `npm run fuzz`: seeded, coverage-guided fuzzing of the decoder, the engine and the capture readers.
 *
 * usage: node --expose-gc test/fuzz/fuzz.ts [--inputs N] [--seed N] [--target NAME] [--out DIR] [--replay FILE]
 *   --inputs  mutated inputs per target, 100000
 *   --seed    of all choices: the same seed on the same source tries the same inputs
 *   --target  one of those in targets.ts; all, one after the other, if not given
 *   --out     folder for inputs that broke a promise, tmp/fuzz
 *   --hang    seconds without a next input after which the current one counts as hanging, 20
 *   --replay  runs one such file (its target with --target)
 * The exit code is 1 if a promise was broken. Each target runs in a thread of its own; the main thread watches that it
 * moves on and writes down the input that it hangs on.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Finding, Fuzzer, type Summary } from './loop.ts';
import { LARGEST } from './mutate.ts';
import { targets } from './targets.ts';

interface Job {
  readonly target: string;
  readonly inputs: number;
  readonly seed: number;
  /** Two numbers (inputs so far, length of the current one), then the current input. */
  readonly shared: SharedArrayBuffer;
}

async function work({ target: name, inputs, seed, shared }: Job): Promise<void> {
  const current = new Int32Array(shared, 0, 2);
  const bytes = new Uint8Array(shared, 8);
  const announce = (input: Buffer): void => {
    const length = Math.min(input.length, bytes.length);
    bytes.set(length < input.length ? input.subarray(0, length) : input);
    current[1] = length;
    current[0]!++;
  };
  const target = await targets[name]!();
  parentPort?.postMessage(await new Fuzzer(target, { inputs, seed, announce }).run());
}

/** Runs one target in a thread; a hang comes back as a finding too. */
function supervised(target: string, inputs: number, seed: number, hang: number): Promise<Summary | Finding> {
  const shared = new SharedArrayBuffer(8 + LARGEST * 8);
  const current = new Int32Array(shared, 0, 2);
  const job: Job = { target, inputs, seed, shared };
  const worker = new Worker(new URL(import.meta.url), { workerData: job });
  let before = -1;
  return new Promise((resolve, reject) => {
    const watch = setInterval(() => {
      if (current[0] === before) {
        const input = Buffer.from(new Uint8Array(shared, 8, current[1])) as Buffer;
        resolve({ target, kind: 'hang', message: `no end within ${hang} s`, input });
        void worker.terminate();
      }
      before = current[0]!;
    }, hang * 1000);
    worker.on('message', (summary: Summary) => resolve(summary));
    worker.on('error', reject);
    worker.on('exit', () => clearInterval(watch));
  });
}

function keep(finding: Finding, folder: string, seed: number): void {
  mkdirSync(folder, { recursive: true });
  const input = Buffer.from(finding.input);
  const name = `${finding.target}-${finding.kind}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
  writeFileSync(join(folder, `${name}.bin`), input);
  const again = `npm run fuzz -- --target ${finding.target} --replay ${join(folder, name)}.bin`;
  writeFileSync(join(folder, `${name}.txt`), `seed ${seed}\n${finding.message}\n${again}\n`);
  console.log(`${finding.target}: ${finding.kind}: ${finding.message.split('\n')[0]}\n  again: ${again}`);
}

function tell(summary: Summary): void {
  const megabytes = (bytes: number | undefined): string => `${((bytes ?? 0) / (1 << 20)).toFixed(1)} MB`;
  const { target, inputs, seed, seconds, reached, reachedBySeeds, corpus, seeds, slowest, heap, findings } = summary;
  console.log(
    `${target}: ${inputs} inputs, seed ${seed}, ${seconds.toFixed(1)} s; characters of source reached ${reachedBySeeds} -> ${reached}, corpus ${seeds} -> ${corpus}; ` +
      `slowest ${slowest.toFixed(2)} ms; heap ${megabytes(heap[heap.length >> 1])} half way, ${megabytes(heap.at(-1))} at the end; ${findings.length} findings`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string' },
      out: { type: 'string', default: join('tmp', 'fuzz') },
      hang: { type: 'string', default: '20' },
      replay: { type: 'string' },
    },
  });
  const names = values.target === undefined ? Object.keys(targets).filter((name) => !name.startsWith('planted')) : [values.target];
  for (const name of names)
    if (targets[name] === undefined) throw new Error(`no target ${name}; there are ${Object.keys(targets).join(', ')}`);
  if (values.replay !== undefined) return (await targets[names[0]!]!()).run(readFileSync(values.replay));
  for (const name of names) {
    const result = await supervised(name, Number(values.inputs), Number(values.seed), Number(values.hang));
    const findings = 'findings' in result ? result.findings : [result];
    if ('findings' in result) tell(result);
    for (const finding of findings) keep(finding, values.out, Number(values.seed));
    if (findings.length > 0) process.exitCode = 1;
  }
}

if (isMainThread) await main();
else await work(workerData);
