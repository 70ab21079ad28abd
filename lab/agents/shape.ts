/**
 * What a client's messages look like, drawn by the seed from invented makers. Benign phones and attackers draw from the same makers,
 * so that a detector which learns a maker learns nothing of the attack.
 */
import type { Random } from '../random.ts';
import type { DigestHabit } from './digest.ts';
import { drawBranch, drawGrammar, drawUserAgent, type Grammar } from './grammar.ts';
import { compactName, type Spelling } from './message.ts';

/** How the maker writes session descriptions. */
export interface SdpHabit {
  readonly owner: string;
  readonly subject: string;
  /** RTP payload types it offers, the best first: 0 PCMU, 8 PCMA, 18 G.729, 9 G.722. */
  readonly codecs: readonly number[];
  readonly ptime: number;
  readonly namesStaticCodecs: boolean;
  /** Payload type of telephone-event (RFC 4733). */
  readonly dtmf: number;
  readonly comfortNoise: boolean;
  readonly saysPtime: boolean;
  readonly saysDirection: boolean;
  readonly saysRtcp: boolean;
  readonly addressInMedia: boolean;
  readonly bandwidth: boolean;
}

/** How the maker sends media. */
export interface MediaHabit {
  readonly lowPort: number;
  readonly highPort: number;
  /** Gives the next (even) port in turn; absent: drawn from the range. */
  readonly nextPort?: () => number;
  readonly rtcp: boolean;
  readonly startsAtZero: boolean;
  readonly rtcpBye: boolean;
}

/** A client's make. */
export interface Shape extends Spelling {
  /** Text of User-Agent or Server; empty: it says none. */
  readonly userAgent: string;
  readonly agentIn: 'all' | 'requests';
  readonly branch: Grammar;
  readonly tag: Grammar;
  /** Call-ID; the host is the client's address. */
  callId(random: Random, host: string): string;
  readonly firstCseq: Grammar;
  readonly rport: 'before' | 'after' | 'none';
  readonly maxForwards: number;
  readonly allow: string;
  readonly supported: string;
  readonly allowEvents: string;
  readonly accept: boolean;
  /** Where the lifetime of a registration stands. */
  readonly expiresIn: 'header' | 'contact' | 'both';
  readonly contactParams: string;
  readonly contactUser: 'account' | 'random';
  readonly bracketsWithoutName: boolean;
  readonly displayName: 'quoted' | 'plain' | 'none';
  readonly uriParams: string;
  readonly listenPort: 5060 | 'any';
  readonly sendsTrying: boolean;
  /** Its OPTIONS keepalives share one Call-ID. */
  readonly probesShareCallId: boolean;
  readonly sessionExpires: number;
  /** Registration lifetime that it asks for unless told, seconds. */
  readonly expires: number;
  readonly digest: DigestHabit;
  readonly sdp: SdpHabit;
  readonly media: MediaHabit;
}

/** A maker: each device that it makes has the maker's habits and its own serial number and version. */
export type Maker = (device: Random) => Shape;

/** Makers of this seed, the most common first. */
export function drawMakers(random: Random, count = 12): Maker[] {
  return Array.from({ length: count }, (_, i) => drawMaker(random.fork(`maker ${i}`)));
}

/** A device of one of the makers; early ones are more common (weight 1/rank). */
export function drawShape(makers: readonly Maker[], random: Random): Shape {
  const weights = makers.map((_, i) => 1 / (i + 1));
  let left = random.unit() * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => (left -= weight) <= 0);
  return (makers[at] ?? random.pick(makers))(random);
}

function drawMaker(random: Random): Maker {
  const spelling = drawSpelling(random);
  const userAgent = drawUserAgent(random);
  const callId = drawCallId(random);
  const habits = drawHabits(random);
  const digest = drawDigest(random);
  const sdp = drawSdp(random);
  const media = drawMedia(random);
  const silent = random.chance(0.06);
  return (device) => ({ ...spelling, ...habits, callId, digest, sdp, media, userAgent: silent ? '' : userAgent(device) });
}

const METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'NOTIFY', 'REFER', 'UPDATE', 'INFO', 'MESSAGE', 'SUBSCRIBE', 'PRACK'];

function drawHabits(random: Random) {
  const numbers = [(): string => '1', (): string => '20', (): string => '101', (r: Random): string => String(r.integer(1, 65535))];
  const list = random.chance(0.5) ? METHODS : random.shuffle(METHODS);
  return {
    agentIn: random.chance(0.75) ? 'all' : 'requests',
    branch: drawBranch(random),
    tag: drawGrammar(random, 6, 20),
    firstCseq: random.pick(numbers),
    rport: random.pick(['before', 'after', 'after', 'none'] as const),
    maxForwards: random.pick([70, 70, 70, 69, 20]),
    allow: list.filter((method) => random.chance(0.9) || METHODS.indexOf(method) < 7).join(random.pick([', ', ','])),
    supported: random.pick(['replaces', 'replaces, timer', 'timer, replaces, outbound', 'path', 'replaces,100rel,timer,norefersub']),
    allowEvents: random.pick(['', '', 'talk,hold,conference', 'presence, dialog', 'refer']),
    accept: random.chance(0.2),
    expiresIn: random.pick(['header', 'contact', 'both'] as const),
    contactParams: random.pick(['', '', ';ob', ';q=1.0', ';reg-id=1']),
    contactUser: random.chance(0.8) ? 'account' : 'random',
    bracketsWithoutName: random.chance(0.85),
    displayName: random.pick(['quoted', 'plain', 'none'] as const),
    uriParams: random.pick(['', '', ';transport=udp', ';transport=UDP']),
    listenPort: random.chance(0.7) ? 5060 : 'any',
    sendsTrying: random.chance(0.7),
    probesShareCallId: random.chance(0.5),
    sessionExpires: random.pick([0, 0, 1800, 3600, 600]),
    expires: random.pick([60, 300, 300, 3600, 3600]),
  } satisfies Partial<Shape>;
}

const USUAL = ['via', 'max-forwards', 'from', 'to', 'call-id', 'cseq', 'contact', 'expires', 'user-agent'];
const TAIL = ['allow', 'supported', 'allow-events', 'accept', 'content-type', 'content-length'];

/** Via stands first (proxies look for it), the rest in one of the orders that are seen in the field. */
function drawSpelling(random: Random): Spelling {
  const middle = random.pick([
    USUAL.slice(1),
    ['route', 'from', 'to', 'call-id', 'cseq', 'contact', 'max-forwards', 'user-agent', 'expires'],
    ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'contact', 'user-agent'],
    ['max-forwards', 'route', 'contact', 'to', 'from', 'call-id', 'cseq'],
    random.shuffle(USUAL.slice(1)),
  ]);
  const order = ['via', ...middle, ...(random.chance(0.5) ? TAIL : random.shuffle(TAIL)).filter((name) => !middle.includes(name))];
  const odd = random.pick<Record<string, string>>([{}, {}, { 'call-id': 'Call-Id' }, { cseq: 'Cseq' }, { 'user-agent': 'User-agent' }]);
  const spell = random.pick<(name: string) => string>([
    (name) => odd[name.toLowerCase()] ?? name,
    (name) => odd[name.toLowerCase()] ?? name,
    (name) => odd[name.toLowerCase()] ?? name,
    (name) => compactName(name.toLowerCase()) ?? name,
    (name) => name.toLowerCase(),
  ]);
  return { order, spell };
}

function drawCallId(random: Random): Shape['callId'] {
  const local = drawGrammar(random, 10, 32);
  return random.pick<Shape['callId']>([(r) => local(r), (r, host) => `${local(r)}@${host}`, (r, host) => `${local(r)}@${host}`]);
}

const DIGEST_ORDERS = [
  ['username', 'realm', 'nonce', 'uri', 'response', 'algorithm', 'cnonce', 'opaque', 'qop', 'nc'],
  ['username', 'realm', 'nonce', 'uri', 'response', 'algorithm', 'opaque', 'qop', 'nc', 'cnonce'],
  ['realm', 'nonce', 'algorithm', 'qop', 'opaque', 'username', 'uri', 'response', 'cnonce', 'nc'],
  ['username', 'realm', 'algorithm', 'uri', 'nonce', 'nc', 'cnonce', 'qop', 'response', 'opaque'],
];

function drawDigest(random: Random): DigestHabit {
  return {
    order: random.pick(DIGEST_ORDERS),
    quotedAlgorithm: random.chance(0.2),
    quotedQop: random.chance(0.2),
    usesQop: random.chance(0.85),
    cnonceLength: random.pick([8, 16, 32]),
    separator: random.pick([', ', ', ', ',']),
  };
}

function drawSdp(random: Random): SdpHabit {
  const both = random.pick([
    [0, 8],
    [8, 0],
    [8, 0, 18],
    [0, 8, 18],
    [18, 0, 8],
    [9, 0, 8],
  ]);
  return {
    owner: random.pick(['-', '-', 'user', 'root', drawGrammar(random, 3, 8)(random)]),
    subject: random.pick(['-', 'call', 'session', 'SIP Call', 'talk', ' ']),
    codecs: both,
    ptime: random.pick([20, 20, 20, 20, 30, 10]),
    namesStaticCodecs: random.chance(0.8),
    dtmf: random.pick([101, 101, 96, 127]),
    comfortNoise: random.chance(0.4),
    saysPtime: random.chance(0.7),
    saysDirection: random.chance(0.8),
    saysRtcp: random.chance(0.2),
    addressInMedia: random.chance(0.15),
    bandwidth: random.chance(0.1),
  };
}

function drawMedia(random: Random): MediaHabit {
  const lowPort = 2 * random.integer(2500, 15000);
  return {
    lowPort,
    highPort: lowPort + 2 * random.integer(100, 2000),
    rtcp: random.chance(0.8),
    startsAtZero: random.chance(0.15),
    rtcpBye: random.chance(0.5),
  };
}
