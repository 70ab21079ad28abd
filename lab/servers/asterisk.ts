/**
 * Asterisk as the site's only server (kind `asterisk`). Debian 12 has no package of it: `prepareAsterisk` puts Debian sid's into
 * a folder of its own by debootstrap, once, and it runs from there by chroot.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AsteriskPlan, asteriskFiles } from './asterisk-config.ts';
import type { Place } from './kamailio.ts';
import { ready } from './ready.ts';
import type { ServerHappening, ServerRecord } from './serverlog.ts';

/** Folder that `prepareAsterisk` fills: RINGFENCE_LAB_CACHE, else below the user's cache. */
export function asteriskRoot(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(process.env['RINGFENCE_LAB_CACHE'] ?? join(cache, 'ringfence-lab'), 'asterisk');
}

/** Whether Asterisk was prepared. */
export function hasAsterisk(): boolean {
  return existsSync(join(asteriskRoot(), 'usr/sbin/asterisk'));
}

const MIRROR = 'http://deb.debian.org/debian';

/**
 * Makes the folder unless it is there: about a minute and 500 MB.
 * @throws Error if debootstrap is absent or the mirror cannot be reached; what was begun is removed.
 */
export async function prepareAsterisk(): Promise<string> {
  const root = asteriskRoot();
  if (hasAsterisk()) return root;
  const partial = `${root}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    const packages = '--include=asterisk,asterisk-modules,asterisk-config';
    await promisify(execFile)('debootstrap', ['--variant=minbase', packages, 'sid', partial, MIRROR], { maxBuffer: 1 << 26 });
    await rm(join(partial, 'var/cache/apt/archives'), { recursive: true, force: true });
    await rename(partial, root);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  return root;
}

/** The run's folder as Asterisk sees it. */
const RUN = '/srv';
/**
 * Shell text that becomes Asterisk inside its root. In a mount namespace of its own it sees the run's folder, so that nothing is
 * left in the root, and the name server of the outside, which it asks for its own name at each call.
 */
const INSIDE = [
  `mount --bind "$1" "$0${RUN}"`,
  'mount --bind /etc/resolv.conf "$0/etc/resolv.conf"',
  `exec chroot "$0" /usr/sbin/asterisk -f -n -C ${RUN}/asterisk.conf`,
].join(' && ');

/** A running Asterisk. */
export interface Asterisk {
  /** What it has told so far. */
  records(): Promise<ServerRecord[]>;
  /** Ends it; its messages go to the place's log, its folder away. */
  stop(): Promise<void>;
}

/** @throws Error if Asterisk was not prepared, or ends or stays silent at start. */
export async function startAsterisk(place: Place, plan: AsteriskPlan): Promise<Asterisk> {
  if (!hasAsterisk()) throw new Error('no Asterisk yet: npm run lab -- asterisk');
  const root = asteriskRoot();
  const outside = join(place.folder, 'asterisk');
  await mkdir(outside, { recursive: true });
  const files = asteriskFiles(plan, { run: RUN, modules: await modulesFolder(root) });
  for (const [name, text] of files) await writeFile(join(outside, name), text);
  const command = ['unshare', '--mount', 'sh', '-c', INSIDE, root, outside];
  const process = await place.launch(place.segment.name, command, place.log, await versionIn(root));
  const messages = join(outside, 'messages');
  const log = async (): Promise<string> => await readFile(existsSync(messages) ? messages : place.log, 'utf8');
  const stop = async (): Promise<void> => {
    await process.stop();
    if (existsSync(messages)) await copyFile(messages, place.log);
    await rm(outside, { recursive: true, force: true });
  };
  const ended = process.ended.then((code) => `ended with ${code}`);
  const trouble = await Promise.race([ended, ready(place.segment, plan, 20_000)]);
  if (trouble !== undefined) {
    await stop();
    throw new Error(`asterisk ${trouble}, see ${place.log}`);
  }
  return { stop, records: async () => (await log()).split('\n').flatMap(readAsteriskLine) };
}

/** As Debian names it. */
async function versionIn(root: string): Promise<string> {
  const { stdout } = await promisify(execFile)('chroot', [root, 'dpkg-query', '-W', 'asterisk']);
  return stdout.trim().replace('\t', ' ');
}

async function modulesFolder(root: string): Promise<string> {
  const names = await readdir(join(root, 'usr/lib'));
  const found = names.map((name) => `/usr/lib/${name}/asterisk/modules`).find((folder) => existsSync(join(root, folder)));
  if (found === undefined) throw new Error(`no modules of Asterisk below ${root}`);
  return found;
}

const FAILED = /^\[(\d+\.\d+)\] NOTICE.* Request '(\w+)' from '(.*)' failed for '([\d.:]+)' \(callid: (.*)\) - (.*)$/;
const CALL = /^\[(\d+\.\d+)\] NOTICE.*@CALL (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) @$/;

/** The records in one line of Asterisk's log: a failed request, or a call that is over (then what a proxy would have told of it). */
export function readAsteriskLine(line: string): ServerRecord[] {
  const failed = FAILED.exec(line);
  if (failed) {
    const [, time = '', method = '', from = '', source = '', callId = '', reason = ''] = failed;
    // The first request of everybody comes without credentials; only a reason that names the account counts.
    const kind = reason.startsWith('No matching') ? 'unknown' : 'wrong';
    return [{ time: micros(time), callId, about: { kind, source, method, account: uri(from) } }];
  }
  const call = CALL.exec(line);
  if (!call) return [];
  const [, end = '', callId = '', source = '', to = '', from = '', start = '', answer = '', outcome = ''] = call;
  const parties = { source, from: uri(decode(from)), to: uri(decode(to)) };
  const record = (time: string, about: ServerHappening): ServerRecord => ({ time: micros(time), callId: decode(callId), about });
  const began = record(start, { kind: 'invite', ...parties });
  if (Number(answer) === 0) return [began, record(end, { kind: 'end', ...parties, status: STATUSES[outcome] ?? 480 })];
  const address = source.split(':')[0] ?? '';
  return [began, record(answer, { kind: 'answer', ...parties, status: 200 }), record(end, { kind: 'bye', address })];
}

/** What the caller was told, by Asterisk's DIALSTATUS. */
const STATUSES: Readonly<Record<string, number>> = { BUSY: 486, CANCEL: 487, NOANSWER: 480, CHANUNAVAIL: 480, CONGESTION: 503, NONE: 404 };

function micros(seconds: string): number {
  const [whole = '0', part = ''] = seconds.split('.');
  return Number(whole) * 1e6 + Number(part.padEnd(6, '0').slice(0, 6));
}

function uri(text: string): string {
  return /<([^>]*)>/.exec(text)?.[1] ?? text;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
