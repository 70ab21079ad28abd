/**
 * Fail2ban on the log of the site's proxy: its own configuration, filter and counting (`fail2ban/bans.py`), in the log's time.
 * The proxy's log has the form of Asterisk's PJSIP channel, which Fail2ban's filter `asterisk` reads, and holds failed digests
 * and unknown accounts; a site that answers nobody with a failure has nothing in it for Fail2ban to count.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detector, Finding, RunFolder } from '../detector.ts';
import { Episodes } from './episodes.ts';
import { fingerprint, programVersion, whereIs } from './fingerprint.ts';

/** The jail whose filter reads the log. */
const JAIL = 'asterisk';
/** The log that it reads, below the logs of a run. */
const LOG = 'security.log';
/** µs that a ban lasts by default (bantime 10m): a further ban within it would be none. */
const BAN = 600_000_000;
/** ms after which a run of it is given up. */
const PATIENCE = 600_000;
const SCRIPT = 'fail2ban/bans.py';

/** Fail2ban with its jail `asterisk` as it comes: 10 failures in 600 s. */
export const fail2ban: Detector = fail2banWith('fail2ban', 0);
/** Fail2ban with the limit that its other jails have: 5 failures in 600 s. */
export const fail2banStrict: Detector = fail2banWith('fail2ban-strict', 5);

function fail2banWith(name: string, maxRetry: number): Detector {
  return {
    name,
    get version() {
      return fingerprint(import.meta, ['episodes', SCRIPT], programVersion('fail2ban-server', '--version'), name);
    },
    get program() {
      return programVersion('fail2ban-server', '--version');
    },
    available: () => (python() === undefined ? 'fail2ban is not installed: apt-get install fail2ban' : undefined),
    findings: (run) => bans(run, maxRetry),
  };
}

/** The Python that has Fail2ban's library: the one its server runs in. */
function python(): string | undefined {
  const server = whereIs('fail2ban-server');
  if (server === undefined) return undefined;
  const path = /^#!\s*(\S+)/.exec(readFileSync(server, 'latin1').slice(0, 200))?.[1];
  return path !== undefined && existsSync(path) ? path : undefined;
}

async function bans(run: RunFolder, maxRetry: number): Promise<readonly Finding[]> {
  const path = join(run.logs, LOG);
  if (!existsSync(path)) return [];
  return findingsOf(await judged(path, maxRetry));
}

/** What bans.py prints about this log. */
async function judged(path: string, maxRetry: number): Promise<string> {
  const env = { ...process.env, TZ: 'UTC' };
  const child = spawn(python() ?? 'python3', [join(import.meta.dirname, SCRIPT), JAIL, String(maxRetry), path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  const out: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000);
  });
  const [code]: unknown[] = await once(child, 'close');
  if (code !== 0) throw new Error(`fail2ban ended with ${String(code)}: ${said.trim()}`);
  return Buffer.concat(out).toString('utf8');
}

interface Ban {
  readonly time: number;
  readonly ip: string;
  readonly failures: number;
}

function findingsOf(lines: string): Finding[] {
  const [settings = '', ...rest] = lines.split('\n');
  const { maxretry, findtime }: { maxretry: number; findtime: number } = JSON.parse(settings);
  const episodes = new Episodes(BAN);
  for (const line of rest) {
    if (line === '') continue;
    const { time, ip, failures }: Ban = JSON.parse(line);
    const text = `jail ${JAIL}: ban of ${ip} after ${failures} failures (${maxretry} in ${findtime} s)`;
    episodes.tell(ip, Math.round(time * 1e6), { class: 'password-guessing', subject: ip, text });
  }
  return episodes.findings();
}
