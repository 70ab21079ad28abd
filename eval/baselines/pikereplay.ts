/**
 * Replays requests to a real Kamailio with pike and prints whom it blocked. Runs in mount, network and process namespaces of its
 * own, in which every address is local, so that each request can come from its own source; nothing gets out.
 *
 * usage: unshare --mount --net --pid --fork --kill-child=SIGKILL --mount-proc node pikereplay.ts PLAN
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is to be replayed. */
export interface Plan {
  /** pike's reqs_density_per_unit. */
  readonly density: number;
  readonly windows: readonly Replay[];
}

/** A window: its requests, and whom pike can block in it until when (µs since 1970). */
export interface Replay {
  readonly requests: readonly Request[];
  readonly hot: readonly (readonly [src: string, until: number])[];
}

/** A request: µs since 1970, source address, payload in base64. */
export interface Request {
  readonly time: number;
  readonly src: string;
  readonly payload: string;
}

/** An address that pike blocked: time (µs since 1970) of its request that was one too many. */
export interface Block {
  readonly address: string;
  readonly time: number;
}

/** Windows replayed at the same time, each to a Kamailio of its own. */
const AT_ONCE = 8;
/** Address of the first Kamailio (RFC 2544's block: nobody's). */
const LISTEN = '198.18.0.';
const PORT = 5060;
/** Sockets kept; of more sources the oldest ones are closed. */
const MOST_SOCKETS = 1000;
/** ms by which a request may be late before the replay is no real time any more. */
const LATEST = 500;
/** ms that Kamailio has to start, and to tell of the last request. */
const START = 10_000;
const LINGER = 500;

const BLOCKED = /PIKE - BLOCKing ip ([0-9a-fA-F.:]+)/g;

async function main(path: string): Promise<void> {
  const { density, windows }: Plan = JSON.parse(readFileSync(path, 'utf8'));
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  execFileSync('ip', ['route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo']);
  const queue = windows.entries();
  const blocks: Block[] = [];
  const work = async (): Promise<void> => {
    for (const [index, window] of queue) blocks.push(...(await replay(window, density, index)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  process.stdout.write(`${JSON.stringify(blocks)}\n`);
}

async function replay({ requests, hot }: Replay, density: number, index: number): Promise<Block[]> {
  const address = `${LISTEN}${(index % 250) + 1}`;
  const kamailio = await start(address, density, index);
  const senders = new Senders(address);
  const blocks = new Map<string, Block>();
  // The last request of a source before pike spoke of it is the one that was too many.
  const latest = new Map<string, number>();
  kamailio.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const [, address = ''] of text.matchAll(BLOCKED)) {
      if (!blocks.has(address)) blocks.set(address, { address, time: latest.get(address) ?? 0 });
    }
  });
  try {
    await pace(requests, async ({ src, time, payload }) => {
      if (!hot.some(([address, until]) => until >= time && !blocks.has(address))) return false;
      latest.set(src, time);
      await senders.send(src, Buffer.from(payload, 'base64'));
      return true;
    });
    await sleep(LINGER);
  } finally {
    senders.close();
    kamailio.kill('SIGKILL');
  }
  return [...blocks.values()];
}

/** Calls `send` for each request at its time, until it says that nothing more can be learned. @throws Error if it falls behind. */
async function pace(requests: readonly Request[], send: (request: Request) => Promise<boolean>): Promise<void> {
  const first = requests[0]?.time ?? 0;
  const began = performance.now();
  for (const request of requests) {
    const wait = (request.time - first) / 1000 - (performance.now() - began);
    if (wait > 1) await sleep(wait);
    else if (wait < -LATEST) throw new Error(`the replay is ${Math.round(-wait)} ms late: this machine is too busy`);
    if (!(await send(request))) return;
  }
}

/** A Kamailio that only asks pike. */
async function start(address: string, density: number, index: number): Promise<ChildProcess> {
  const file = `/run/pike-${index}.cfg`;
  writeFileSync(file, config(address, density));
  const command = ['-DD', '-E', '-m', '32', '-M', '4', '-Y', '/run', '-P', `/run/pike-${index}.pid`, '-f', file];
  const child = spawn('kamailio', command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const deadline = performance.now() + START;
  while (!listening(address)) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('kamailio does not start');
    await sleep(20);
  }
  return child;
}

/** Whether somebody has bound this address: /proc/net/udp has it as little-endian hexadecimal digits. */
function listening(address: string): boolean {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase());
  return readFileSync('/proc/net/udp', 'latin1').includes(
    ` ${bytes.reverse().join('')}:${PORT.toString(16).toUpperCase().padStart(4, '0')} `,
  );
}

function config(address: string, density: number): string {
  return `#!KAMAILIO
debug=1
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
dns=no
rev_dns=no
listen=udp:${address}:${PORT}
mpath="${modules()}/"
loadmodule "pike.so"
modparam("pike", "sampling_time_unit", 2)
modparam("pike", "reqs_density_per_unit", ${density})
modparam("pike", "remove_latency", 4)
modparam("pike", "pike_log_level", 1)
request_route {
  pike_check_req();
  exit;
}
`;
}

/** Debian keeps the modules below a folder named after the architecture, others below lib or lib64. */
function modules(): string {
  const roots = [
    '/usr/local/lib64',
    '/usr/local/lib',
    '/usr/lib64',
    '/usr/lib',
    ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name)),
  ];
  const folders = roots.map((root) => join(root, 'kamailio', 'modules'));
  const found = folders.find((folder) => exists(join(folder, 'pike.so')));
  if (found === undefined) throw new Error('kamailio has no module pike here: apt-get install kamailio');
  return found;
}

function exists(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

/** Sockets that send from any address. */
class Senders {
  readonly #to: string;
  readonly #sockets = new Map<string, Socket>();

  constructor(to: string) {
    this.#to = to;
  }

  async send(src: string, payload: Buffer): Promise<void> {
    const socket = this.#sockets.get(src) ?? (await this.#open(src));
    socket?.send(payload, PORT, this.#to);
  }

  /** Undefined for what no socket can be bound to: a request from there would not have come either. */
  async #open(src: string): Promise<Socket | undefined> {
    const oldest = this.#sockets.size < MOST_SOCKETS ? undefined : this.#sockets.entries().next().value;
    if (oldest !== undefined) {
      oldest[1].close();
      this.#sockets.delete(oldest[0]);
    }
    const socket = createSocket('udp4');
    socket.bind(0, src);
    try {
      await once(socket, 'listening');
    } catch {
      socket.close();
      return undefined;
    }
    // An answer that nobody is there for is no fault of the replay.
    socket.on('error', () => undefined);
    this.#sockets.set(src, socket);
    return socket;
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
  }
}

if (import.meta.main) {
  await main(process.argv[2] ?? '');
  process.exit(0);
}
