/** Runs the commands beside the expectations: the packets must show what they say. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SHARED } from '../peers.ts';
import type { Expectation, Proof } from './expectation.ts';

const run = promisify(execFile);

/** A command that printed something else. */
export interface Broken {
  readonly file: string;
  readonly command: string;
  readonly expected: string;
  readonly printed: string;
}

/** Runs all proofs of some expectations, two at a time: one for each core. */
export async function brokenProofs(expectations: readonly Expectation[]): Promise<Broken[]> {
  const broken: Broken[] = [];
  const queue = expectations.flatMap(({ file, proofs }) => proofs.map((proof) => ({ file, proof }))).values();
  const work = async (): Promise<void> => {
    for (const { file, proof } of queue) {
      const printed = await output(file, proof);
      if (printed !== proof.printed) broken.push({ file, command: proof.command, expected: proof.printed, printed });
    }
  };
  await Promise.all([work(), work()]);
  return broken;
}

async function output(file: string, { command }: Proof): Promise<string> {
  const env = { ...process.env, PCAP: join(SHARED, file), LC_ALL: 'C' };
  const { stdout } = await run('sh', ['-c', command], { env, maxBuffer: 1 << 28 });
  return stdout.replaceAll('"', '').trim();
}
