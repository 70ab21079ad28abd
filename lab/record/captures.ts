/** Records what each segment sends into the router: one tcpdump per interface, so that each packet is captured once. */
import type { ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Network } from '../network/network.ts';

/** A running tcpdump. */
interface Recorder {
  readonly name: string;
  readonly file: string;
  readonly process: ChildProcess;
}

/** Kilobytes of the kernel's buffer per interface: floods must not be lost. */
const BUFFER = '32768';

/** Who records goes before who plays: a busy machine makes a run slower, not its recording incomplete. */
const PRIORITY = -10;

/** All captures of a run. Files: `NAME.raw` in the folder, one per segment, and `nat-inside.raw`. */
export class Captures {
  readonly #recorders: Recorder[];

  private constructor(recorders: Recorder[]) {
    this.#recorders = recorders;
  }

  /** Starts all; resolves when each listens. */
  static async start(network: Network, folder: string): Promise<Captures> {
    const recorders = network.plan.segments.map(({ name }) => record(network, folder, name, 'router', name, ['-Q', 'in']));
    recorders.push(record(network, folder, 'nat-inside', 'nat', 'inside', []));
    await Promise.all(recorders.map(({ process }) => listening(process)));
    return new Captures(recorders);
  }

  /** Files by segment. */
  get files(): ReadonlyMap<string, string> {
    return new Map(this.#recorders.map(({ name, file }) => [name, file]));
  }

  /** Ends all; resolves when every file is complete. @throws Error if the kernel dropped packets. */
  async stop(): Promise<void> {
    const said = await Promise.all(this.#recorders.map(({ process }) => ended(process)));
    const dropped = said
      .map((text) => Number(/(\d+) packets? dropped by kernel/.exec(text)?.[1] ?? 0))
      .reduce((sum, each) => sum + each, 0);
    if (dropped > 0) throw new Error(`tcpdump lost ${dropped} packets: the machine is too busy for this run`);
  }
}

function record(network: Network, folder: string, name: string, namespace: string, device: string, options: readonly string[]): Recorder {
  const file = join(folder, `${name}.raw`);
  const command = ['tcpdump', '-nn', '-i', device, ...options, '-s', '0', '-B', BUFFER, '-Z', 'root', '-w', file, 'ip'];
  const child = network.spawn(namespace, command, 'ignore', 'pipe');
  if (child.pid !== undefined) setPriority(child.pid, PRIORITY);
  return { name, file, process: child };
}

async function listening(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('listening on')) resolve();
    });
    child.once('exit', () => reject(new Error(`tcpdump did not start: ${text.trim()}`)));
  });
}

/** Milliseconds in which the kernel hands over the last packets: a block that is not full is kept back for up to a second. */
const DRAIN = 1_200;

async function ended(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await new Promise((resolve) => setTimeout(resolve, DRAIN));
  const exit = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGINT');
  await exit;
  return text;
}
