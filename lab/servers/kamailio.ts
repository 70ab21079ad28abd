/** Starts Kamailio as the site's registrar and proxy, or as the edge proxy before it, and waits until it answers. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Segment } from '../scenario.ts';
import { type EdgePlan, edgeConfig } from './edge-config.ts';
import { type ProxyPlan, proxyConfig } from './kamailio-config.ts';
import type { Launch, Running } from './process.ts';
import { ready } from './ready.ts';

/** A running Kamailio. */
export interface Kamailio {
  readonly process: Running;
  /** What it wrote, in the form that serverlog.ts reads. */
  readonly log: string;
}

/** Where a Kamailio runs and keeps its files. */
export interface Place {
  readonly segment: Segment;
  readonly launch: Launch;
  /** Folder, which exists, for configuration and tables. */
  readonly folder: string;
  /** File for what it writes. */
  readonly log: string;
}

/**
 * Starts the registrar and proxy with these passwords (by user).
 * @throws Error if there is no Kamailio, or it ends or stays silent at start.
 */
export async function startProxy(
  place: Place,
  plan: Omit<ProxyPlan, 'modules' | 'tables'>,
  passwords: ReadonlyMap<string, string>,
): Promise<Kamailio> {
  const tables = join(place.folder, 'tables');
  await mkdir(tables, { recursive: true });
  await writeFile(join(tables, 'version'), 'table_name(string) table_version(int)\nsubscriber:2\n');
  await writeFile(join(tables, 'subscriber'), subscriberTable(passwords));
  const config = proxyConfig({ ...plan, tables, modules: await modulesFolder() });
  return start(place, 'proxy', config, plan);
}

/**
 * Starts the edge proxy, which hides the site's topology.
 * @throws Error if there is no Kamailio, or it ends or stays silent at start.
 */
export async function startEdge(place: Place, plan: Omit<EdgePlan, 'modules'>): Promise<Kamailio> {
  return start(place, 'edge', edgeConfig({ ...plan, modules: await modulesFolder() }), plan);
}

async function start(
  place: Place,
  name: string,
  config: string,
  at: { readonly address: string; readonly port: number },
): Promise<Kamailio> {
  const file = join(place.folder, `${name}.cfg`);
  await writeFile(file, config);
  // -DD: stay in the foreground; -Y: its sockets and pid files beside the configuration.
  const command = ['kamailio', '-DD', '-E', '-m', '48', '-M', '8', '-Y', place.folder, '-f', file];
  const process = await place.launch(place.segment.name, command, place.log);
  const ended = process.ended.then((code) => `ended with ${code}`);
  const trouble = await Promise.race([ended, ready(place.segment, at, 10_000)]);
  if (trouble === undefined) return { process, log: place.log };
  await process.stop();
  throw new Error(`kamailio (${name}) ${trouble}, see ${place.log}`);
}

/** The table `subscriber` as htable loads it from db_text: `:` parts columns, `\` escapes. */
function subscriberTable(passwords: ReadonlyMap<string, string>): string {
  const quoted = (text: string): string => text.replace(/[\\:]/g, '\\$&');
  const rows = [...passwords].map(([user, password], i) => `${i + 1}:${quoted(user)}:0:0:${quoted(password)}:0`);
  return ['id(int,auto) key_name(string) key_type(int) value_type(int) key_value(string) expires(int)', ...rows, ''].join('\n');
}

/** Debian keeps the modules below a folder named after the architecture, others below lib or lib64. */
async function modulesFolder(): Promise<string> {
  const multiarch = (await readdir('/usr/lib')).map((name) => join('/usr/lib', name));
  const roots = ['/usr/local/lib64', '/usr/local/lib', '/usr/lib64', '/usr/lib', ...multiarch];
  const found = roots.map((root) => join(root, 'kamailio', 'modules')).find((folder) => existsSync(join(folder, 'tm.so')));
  if (found === undefined) throw new Error('no modules of Kamailio found: apt-get install kamailio kamailio-extra-modules');
  return found;
}
