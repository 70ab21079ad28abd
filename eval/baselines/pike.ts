/**
 * Kamailio's module pike, for real: requests of the recording go again to a Kamailio, from their own sources, in real time
 * (pikereplay.ts), but only those parts in which it can possibly trigger (pikewindows.ts). What counts is what others than the site's
 * own servers sent to the proxy that phones talk to.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { addressText } from '../../src/bytes.ts';
import type { Detector, Finding, RunFolder } from '../detector.ts';
import { Episodes } from './episodes.ts';
import { fingerprint, programVersion, whereIs } from './fingerprint.ts';
import { eachMessage, saidIn } from './messages.ts';
import type { Block, Plan, Replay, Request } from './pikereplay.ts';
import { pikeWindows, type Window } from './pikewindows.ts';
import { addressIn, serverAddresses } from './servers.ts';

/** µs of pike's sampling unit. */
const UNIT = 2_000_000;
/** µs for which Kamailio's usual configuration bans whom pike found. */
const BAN = 300_000_000;
/** ms after which a replay is given up. */
const PATIENCE = 1_800_000;
/** Beside this file, compiled if this one is. */
const REPLAY = join(import.meta.dirname, `pikereplay${extname(import.meta.filename)}`);

/** pike with its own default, 30 requests in 2 s. */
export const pike: Detector = pikeWith('pike', 30);
/** pike as Kamailio's usual configuration sets it: 16 requests in 2 s. */
export const pikeStrict: Detector = pikeWith('pike-strict', 16);

function pikeWith(name: string, density: number): Detector {
  return {
    name,
    get version() {
      return fingerprint(
        import.meta,
        ['messages', 'episodes', 'servers', 'pikereplay', 'pikewindows'],
        programVersion('kamailio', '-v'),
        name,
      );
    },
    get program() {
      return programVersion('kamailio', '-v');
    },
    realTime: true,
    available,
    findings: (run) => blocksOf(run, density),
  };
}

function available(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'pike is replayed in network namespaces: run this as root, on Linux';
  const missing = ['kamailio', 'unshare', 'ip'].filter((program) => whereIs(program) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed: apt-get install kamailio util-linux iproute2`;
}

async function blocksOf(run: RunFolder, density: number): Promise<readonly Finding[]> {
  const { servers } = run.site;
  const proxy = addressIn(servers['edge'] ?? servers['proxy'] ?? '');
  const own = new Set(serverAddresses(run.site));
  const arrivals = (await saidIn(run)).filter(({ status, src, dst }) => status === 0 && dst === proxy && !own.has(src));
  const windows = pikeWindows(arrivals, density, UNIT);
  if (windows.length === 0) return [];
  const blocks = await replayed({ density, windows: await requestsIn(run.capture, proxy, own, windows) });
  const episodes = new Episodes(BAN);
  for (const { address, time } of blocks.sort((a, b) => a.time - b.time)) {
    const text = `pike: more than ${density} requests in 2 s of ${address}`;
    episodes.tell(address, time, { class: 'flood', subject: address, target: proxy, text });
  }
  return episodes.findings();
}

/** The requests to the proxy, window by window. */
async function requestsIn(capture: string, proxy: string, own: ReadonlySet<string>, windows: readonly Window[]): Promise<Replay[]> {
  const replays = windows.map(({ hot }): { requests: Request[]; hot: [string, number][] } => ({ requests: [], hot: [...hot] }));
  let at = 0;
  await eachMessage(capture, ({ time, src, dst, bytes, start, end }, { isRequest }) => {
    while (at < windows.length && time > windows[at]!.last) at++;
    const window = windows[at];
    if (window === undefined || time < window.first || !isRequest || addressText(dst) !== proxy) return;
    const from = addressText(src);
    if (!own.has(from))
      replays[at]!.requests.push({ time, src: from, payload: Buffer.from(bytes.subarray(start, end)).toString('base64') });
  });
  return replays;
}

async function replayed(plan: Plan): Promise<Block[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-pike-'));
  try {
    const file = join(folder, 'plan.json');
    writeFileSync(file, JSON.stringify(plan));
    const flags = ['--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc'];
    const child = spawn('unshare', [...flags, process.execPath, REPLAY, file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    });
    let printed = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-1000);
    });
    const [code]: unknown[] = await once(child, 'close');
    if (code !== 0) throw new Error(`the replay to pike ended with ${String(code)}: ${said.trim()}`);
    const blocks: Block[] = JSON.parse(printed);
    return blocks;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
