/** The page of `ringfence dna`: who wrote the requests, client by client. Everything on it is neutral. */
import { isoTime, listed, number, type Page, paint, several, span } from './layout.ts';
import { neutral } from './neutral.ts';

/** One client by the core of its DNA. Times and durations in µs. */
export interface DnaRow {
  /** Core in short, e.g. `d1-0f3a9c21`, and as text, fields parted by `_`. */
  readonly dna: string;
  readonly core: string;
  /** Name and kind of the program, empty if nobody known writes so. */
  client: string;
  kind: string;
  /** Requests outside of dialogs, without repetitions. */
  requests: number;
  /** Requests that were repeated, and how long after the request its first repetition came on average. */
  repeated: number;
  gap: number;
  readonly first: number;
  last: number;
  /** Where one of its requests lies. */
  readonly file: string;
  readonly frame: number;
  /** The first 200 each of these lists. */
  readonly addresses: readonly string[];
  readonly userAgents: readonly string[];
  /** From URIs, `user@host`. */
  readonly accounts: readonly string[];
  /** Kinds of requests it builds, with their DNA. */
  readonly builds: readonly { readonly dna: string; readonly build: string; readonly client: string; readonly requests: number }[];
}

/** What `ringfence dna` tells; with `--json` it is printed as it is. */
export interface DnaReport {
  readonly clients: readonly DnaRow[];
  /** Requests that came through a proxy, which writes them anew: nothing is told of them. */
  readonly relayed: number;
  /** Requests of clients for which there was no room. */
  readonly leftOut: number;
}

/** Most values of a list, and characters of one value, that a page shows. */
const SHOWN = 6;
const LONGEST = 160;
/** RFC 3261 §17.1.1.1: T1 is 500 ms; what clocks and queues make of it. */
const T1 = { least: 450_000, most: 650_000 } as const;

/** The page: one block a client. */
export function dnaPage({ clients, relayed, leftOut }: DnaReport, page: Page): string {
  const blocks = clients.map((row) =>
    [paint(page, row.kind === 'attack' ? 'bad' : 'title', titleOf(row)), ...listed(linesOf(row), page)].join('\n'),
  );
  const none = clients.length === 0 ? ['No request came straight from a client.'] : [];
  const left = leftOut === 0 ? [] : [`${several(leftOut, 'request')} of further clients are left out.`];
  const proxied =
    relayed === 0 ? [] : [`${several(relayed, 'request')} came through a proxy, which writes them anew: nothing is told of them.`];
  return `${[...none, ...blocks, ...left, ...proxied].join('\n\n')}\n`;
}

function titleOf({ dna, client, kind, requests }: DnaRow): string {
  const name = client === '' ? 'unknown program' : `${neutral(client, LONGEST)} (${kind})`;
  return `${dna}  ${name}, ${several(requests, 'request')}`;
}

function linesOf(row: DnaRow): (readonly [string, string])[] {
  const builds = [...row.builds].sort((a, b) => b.requests - a.requests);
  return [
    ['core', neutral(row.core, LONGEST)],
    ...builds.slice(0, SHOWN).map(({ dna, build, client, requests }) => {
      const name = client === '' || client === row.client ? '' : `, ${neutral(client, LONGEST)}`;
      return ['build', `${neutral(build, LONGEST)} (${dna.slice(-8)}, ${number(requests)}×${name})`] as const;
    }),
    ['addresses', some(row.addresses)],
    ['claims to be', row.userAgents.length === 0 ? 'nothing' : some(row.userAgents)],
    ['accounts', row.accounts.length === 0 ? 'none' : some(row.accounts)],
    ['repeats', rhythm(row)],
    ['seen', `${isoTime(row.first)} to ${isoTime(row.last)}`],
    ['example', `ringfence explain ${neutral(row.file, LONGEST)} --packet ${row.frame}`],
  ];
}

function some(values: readonly string[]): string {
  const more = values.length > SHOWN ? ` and ${number(values.length - SHOWN)} more` : '';
  return `${values
    .slice(0, SHOWN)
    .map((value) => neutral(value, LONGEST))
    .join(', ')}${more}`;
}

function rhythm({ repeated, gap }: DnaRow): string {
  if (repeated === 0) return 'never seen to';
  return `${several(repeated, 'request')}, first after ${span(gap)}${gap >= T1.least && gap <= T1.most ? ' (T1 of RFC 3261)' : ''}`;
}
