/** The operator's site: draws what it is like, starts its servers, and tells everybody what they may know of it. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { Account, Segment, SegmentName, Site, SiteWish } from '../scenario.ts';
import { startAsterisk } from './asterisk.ts';
import { B2bua } from './b2bua.ts';
import { type Kamailio, type Place, startEdge, startProxy } from './kamailio.ts';
import { Exchange } from './mgcp/exchange.ts';
import { drawNumbers } from './numbering.ts';
import type { Launch } from './process.ts';
import { type Query, startResolver } from './resolver.ts';
import { readServerLine, type ServerRecord } from './serverlog.ts';
import { drawDomain, drawStyle, type SiteStyle } from './style.ts';

/** What the lab gives to have a site. */
export interface SiteOptions {
  readonly random: Random;
  readonly wish: SiteWish;
  /** Accounts of phones to make. */
  readonly accounts: number;
  readonly segment: (name: SegmentName) => Segment;
  readonly launch: Launch;
  /** Address, of the segment `site`, that the resolver takes. */
  readonly resolver: string;
  /** Folder that exists, for what the servers write and for their configuration (below `servers`). */
  readonly logs: string;
  /** Told of each call that a site of the kind `b2bua` bridges: Call-IDs of both legs, media addresses that it opened for it. */
  readonly onBridge?: (incoming: string, outgoing: string, media: readonly string[]) => void;
  /** Segment of the edge proxy of a chain, so that the router sees both of its sides; `gateway` if absent. */
  readonly edge?: SegmentName;
  /** Port of the resolver, 53 unless a test has no right to it. */
  readonly resolverPort?: number;
}

/** A site whose servers answer. */
export interface RunningSite extends Site {
  /** Servers and their addresses, for the manifest. */
  readonly servers: Readonly<Record<string, string>>;
  /** What the servers have told so far, each in the order in which it wrote. */
  records(): Promise<ServerRecord[]>;
  /** What the resolver was asked. */
  readonly queries: readonly Query[];
  /** Stops everything that was started. */
  stop(): Promise<void>;
}

/**
 * Starts the site.
 * @throws Error if a server cannot be started; what was started before it is stopped.
 */
export async function startSite(options: SiteOptions): Promise<RunningSite> {
  const plan = drawSite(options);
  await mkdir(join(options.logs, 'servers'), { recursive: true });
  const started: Part[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    const resolver = await startResolver(options.segment('site'), plan.site.resolver, plan.site, options.resolverPort);
    started.push(resolver);
    const records = plan.site.kind === 'asterisk' ? await startOne(options, plan, started) : await startProxies(options, plan, started);
    const { gatewayLines = 0 } = options.wish;
    const exchange = gatewayLines > 0 ? await startExchange(options, gatewayLines) : undefined;
    if (exchange) started.push(exchange);
    return { ...plan.site, ...(exchange && { exchange }), servers: plan.servers, queries: resolver.queries, stop, records };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Something that was started. */
interface Part {
  stop(): Promise<void>;
}

type Records = () => Promise<ServerRecord[]>;

/** Kamailio, and what stands before or behind it. */
async function startProxies(options: SiteOptions, plan: SitePlan, started: Part[]): Promise<Records> {
  const core = await startCore(options, plan);
  started.push(core.process);
  const edge = plan.edge && (await startEdgeOf(options, plan, plan.edge));
  if (edge) started.push(edge.process);
  if (plan.b2bua) started.push(await startB2bua(options, plan, plan.b2bua));
  return () => readRecords([core.log, ...(edge ? [edge.log] : [])]);
}

/** Asterisk alone. */
async function startOne({ segment, launch, logs }: SiteOptions, plan: SitePlan, started: Part[]): Promise<Records> {
  const place: Place = { segment: segment('site'), launch, folder: join(logs, 'servers'), log: join(logs, 'servers', 'asterisk.log') };
  const { site, style, core, passwords } = plan;
  const asterisk = await startAsterisk(place, { ...core, domain: site.domain, style, trunk: site.trunk, passwords });
  started.push(asterisk);
  return asterisk.records;
}

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

interface SitePlan {
  readonly site: Site;
  readonly style: SiteStyle;
  readonly core: Endpoint;
  readonly edge: Endpoint | undefined;
  readonly b2bua: Endpoint | undefined;
  readonly servers: Readonly<Record<string, string>>;
  readonly passwords: ReadonlyMap<string, string>;
}

function drawSite({ random, wish, accounts: count, segment, resolver, edge: edgeSegment = 'gateway' }: SiteOptions): SitePlan {
  const draw = random.fork('site');
  const kind = wish.kind ?? 'proxy';
  const domain = drawDomain(draw);
  const core = { address: segment('site').address(), port: drawPort(draw) };
  const edge = kind === 'proxy-chain' ? { address: segment(edgeSegment).address(), port: drawPort(draw) } : undefined;
  const b2bua = kind === 'b2bua' ? { address: segment('site').address(), port: drawPort(draw) } : undefined;
  const trunk = { address: segment('trunk').address(), port: drawPort(draw) };
  const extra = wish.extraAccounts ?? {};
  const accounts = drawAccounts(draw.fork('accounts'), domain, count, new Set(Object.keys(extra)));
  const passwords = new Map([...accounts.map(({ user, password }) => [user, password] as const), ...Object.entries(extra)]);
  const { subscriber: number, free: freePhone, premium } = drawNumbers(draw.fork('numbers'));
  const proxy = edge ?? core;
  const text = ({ address, port }: Endpoint): string => `${address}:${port}`;
  const more = { ...(edge && { edge: text(edge) }), ...(b2bua && { b2bua: text(b2bua) }) };
  const servers = { proxy: text(core), ...more, resolver: `${resolver}:53`, trunk: text(trunk) };
  return {
    site: { kind, domain, proxy, accounts, number, freePhone, premium, resolver, trunk },
    style: drawStyle(draw.fork('style'), wish),
    core,
    edge,
    b2bua,
    servers,
    passwords,
  };
}

function drawPort(random: Random): number {
  return random.chance(0.7) ? 5060 : random.pick([5062, 5070, 5080, 5160, 6060]);
}

/** Extensions of three to five digits, in a row with holes. */
function drawAccounts(random: Random, domain: string, count: number, taken: ReadonlySet<string>): Account[] {
  const digits = random.integer(count > 400 ? 4 : 3, 5);
  const accounts: Account[] = [];
  let user = 10 ** (digits - 1) * random.integer(1, count > 400 ? 5 : 2) + random.integer(0, 20);
  while (accounts.length < count) {
    if (!taken.has(String(user))) accounts.push({ user: String(user), domain, password: random.text(random.integer(10, 18)) });
    user += random.chance(0.9) ? 1 : random.integer(2, 4);
  }
  return accounts;
}

function startCore({ wish, segment, launch, logs }: SiteOptions, plan: SitePlan): Promise<Kamailio> {
  const place: Place = { segment: segment('site'), launch, folder: join(logs, 'servers'), log: join(logs, 'servers', 'proxy.log') };
  const { site, style, core, edge, b2bua } = plan;
  const wanted = {
    ...core,
    domain: site.domain,
    style,
    trunk: site.trunk,
    openRelay: wish.openRelay ?? false,
    ownNonces: wish.ownNonces ?? false,
  };
  return startProxy(place, { ...wanted, ...(edge && { edge }), ...(b2bua && { b2bua }) }, plan.passwords);
}

function startB2bua({ segment, random, onBridge }: SiteOptions, { core, site, style }: SitePlan, own: Endpoint): Promise<B2bua> {
  const { product, relaysMedia } = style;
  return B2bua.start({
    ...own,
    segment: segment('site'),
    proxy: core,
    domain: site.domain,
    product,
    relaysMedia,
    random: random.fork('b2bua'),
    onBridge,
  });
}

function startEdgeOf(options: SiteOptions, { site, style, core }: SitePlan, edge: Endpoint): Promise<Kamailio> {
  const { segment, launch, logs } = options;
  const where = segment(options.edge ?? 'gateway');
  const place: Place = { segment: where, launch, folder: join(logs, 'servers'), log: join(logs, 'servers', 'edge.log') };
  return startEdge(place, { ...edge, domain: site.domain, style, core, mask: where.address() });
}

/** Mean seconds between two calls of the gateway's lines. */
const CALL_EVERY = 6;

function startExchange({ random, segment }: SiteOptions, lines: number): Promise<Exchange> {
  return Exchange.start({ random, segment, lines, callEvery: CALL_EVERY });
}

async function readRecords(files: readonly string[]): Promise<ServerRecord[]> {
  const texts = await Promise.all(files.map(async (file) => await readFile(file, 'utf8')));
  return texts.flatMap((text) => text.split('\n').flatMap((line) => readServerLine(line) ?? []));
}
