/** One line of a log by the patterns: what it says, or that nothing is to be believed of it. */
import { ENDPOINT, LONGEST_TEXT, NO_ENDPOINT } from '../../bytes.ts';
import { readAddress } from '../../network.ts';
import { LOG_PATTERNS, type LogPattern, type LogWhat } from './patterns.ts';
import { readStamp } from './stamp.ts';

/** Longest line that is looked at; more of it is the attacker's. */
export const LONGEST_LINE = 4096;

/** Control characters but the tabulator. */
const CONTROL = /[\0-\x08\n-\x1f\x7f]/;

/** What a line says. */
export interface LogLine {
  readonly pattern: string;
  readonly time: number;
  readonly what: LogWhat;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly user: string;
  readonly host: string;
  readonly method: string;
}

/**
 * Why a line is not believed. `ambiguous`: it can be read in two ways; `torn`: it begins as a known line and does not end as one;
 * `orphan`: it ends as a known line and does not begin as one; `control`: it holds control characters. Torn and orphan are what a line
 * break in the attacker's words leaves before and after what he made up.
 */
export type Doubtful = 'ambiguous' | 'torn' | 'orphan' | 'control';

/** Where in a line a pattern finds its client. */
interface Find {
  readonly at: number;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a line without its line end.
 * @param written µs when the log was written last, for stamps without a year.
 * @returns undefined for a line that says nothing that is known here.
 */
export function readLogLine(line: string, written: number): LogLine | Doubtful | undefined {
  const stamp = readStamp(line, written);
  const known = stamp === undefined ? undefined : beginningOf(line, stamp.end);
  if (stamp === undefined || known === undefined) return LOG_PATTERNS.some((pattern) => endsAs(pattern, line)) ? 'orphan' : undefined;
  if (CONTROL.test(line)) return 'control';
  const { pattern, groups, end } = known;
  const finds = findsOf(pattern, line, end);
  const [find] = finds;
  if (find === undefined) return 'torn';
  if (finds.some((each) => each.groups['host'] !== find.groups['host'] || each.groups['port'] !== find.groups['port'])) return 'ambiguous';
  return entryOf(pattern, line, { ...groups, ...find.groups }, find.at, stamp.time);
}

function beginningOf(line: string, from: number): { pattern: LogPattern; groups: Find['groups']; end: number } | undefined {
  for (const pattern of LOG_PATTERNS) {
    const { lead, head } = pattern;
    lead.lastIndex = from;
    if (!lead.test(line)) continue;
    head.lastIndex = lead.lastIndex;
    const found = head.exec(line);
    if (found !== null) return { pattern, groups: found.groups ?? {}, end: head.lastIndex };
  }
  return undefined;
}

/** All places of the client's address, at most two. */
function findsOf({ before, tail }: LogPattern, line: string, from: number): Find[] {
  const finds: Find[] = [];
  for (let at = line.indexOf(before, from); at >= 0 && finds.length < 2; at = line.indexOf(before, at + 1)) {
    tail.lastIndex = at + before.length;
    const found = tail.exec(line);
    if (found !== null) finds.push({ at, groups: found.groups ?? {} });
    if (before === '') break;
  }
  return finds;
}

/** The line ends as one of this kind does, wherever that began. */
function endsAs(pattern: LogPattern, line: string): boolean {
  return pattern.orphans && findsOf(pattern, line, 0).length > 0;
}

function entryOf(pattern: LogPattern, line: string, groups: Find['groups'], at: number, time: number): LogLine | undefined {
  const { id, says, local, user, userBehind = false } = pattern;
  const reason = groups['reason'] ?? groups['event'] ?? '';
  const what = Object.hasOwn(says, reason) ? says[reason] : undefined;
  const src = endpointOf(groups['host'], groups['port']);
  if (what === undefined || src === undefined || groups['other'] !== undefined) return undefined;
  const before = line.slice(0, at);
  const server = local?.exec(before);
  const dst = endpointOf(server?.[1] ?? groups['local'], server?.[2] ?? groups['localPort']) ?? NO_ENDPOINT;
  const named = user.exec(userBehind ? line.slice(at) : before);
  const name = (named?.[1] ?? '').slice(0, LONGEST_TEXT);
  // What Asterisk writes for an account that it only made up to answer with.
  if (name === '<unknown>') return undefined;
  return { pattern: id, time, what, src, dst, user: name, host: named?.[2] ?? server?.[1] ?? '', method: groups['method'] ?? 'REGISTER' };
}

/** An address and a port as an endpoint; undefined if they are none. */
function endpointOf(host: string | undefined, port = '0'): Uint8Array | undefined {
  if (host === undefined) return undefined;
  const bytes = Buffer.from(host.startsWith('[') ? host.slice(1, -1) : host, 'latin1');
  const out = new Uint8Array(ENDPOINT);
  const number = Number(port);
  if (number > 65_535 || !readAddress(bytes, 0, bytes.length, out)) return undefined;
  out[ENDPOINT - 2] = number >> 8;
  out[ENDPOINT - 1] = number & 255;
  return out;
}
