/**
 * A02 to A08: the seven request floods of paper 000 (S0-56 to S0-62), INVITEs that nobody acknowledges. Each by the lab's own
 * sender and by SIPp, so that what is learnt of one can be tried on the other (G3).
 */
import type { Socket } from 'node:dgram';
import type { AttackClass } from '../../src/types.ts';
import type { Random } from '../random.ts';
import type { AttackId } from '../record/folder.ts';
import type { CampaignHandle, Intensity, Lab, Scenario, SiteWish } from '../scenario.ts';
import { Attacker, challengeOf, dress, type Login, loginField, offer, strangersShape, type Wearer } from './senders/attacker.ts';
import { foreignDomain, nobodysAddress, stranger, word } from './senders/names.ts';
import { Neighbour } from './senders/neighbour.ts';
import { countAt, drawnPace, lasting, play } from './senders/schedule.ts';
import { SIPP_FILTER, sippCommand } from './senders/sipp.ts';

/** One of the seven. */
interface Kind {
  readonly attack: AttackId;
  readonly name: string;
  readonly title: string;
  /** `extension-scan` where each request names another user who is not, or is not proven to be, the caller's: what it is for cannot be seen. */
  readonly classes: readonly AttackClass[];
  readonly site?: SiteWish;
  /** Another domain's server is needed. */
  readonly neighbour?: true;
  /** Who it says it is: a stranger of another domain, or a user of the site. */
  readonly from: 'stranger' | 'user';
  /** It knows a password, so that the proxy lets its requests through (else an open relay, or nothing, is needed). */
  readonly login?: true;
  /** Draws the Request-URIs of a run. */
  readonly uris: (lab: Lab, random: Random, neighbour: Neighbour | undefined) => () => string;
}

const KINDS: readonly Kind[] = [
  {
    attack: 'A02',
    name: 'invite-flood-users',
    title: 'INVITEs for users of the site, never acknowledged: their phones ring (S0-56)',
    classes: ['flood'],
    from: 'stranger',
    uris: (lab, random) => {
      const called = random.shuffle(lab.site.accounts.slice(0, Math.max(1, lab.phones.length))).slice(0, random.integer(1, 3));
      return () => `sip:${random.pick(called).user}@${lab.site.domain}`;
    },
  },
  {
    attack: 'A03',
    name: 'invite-flood-nobody',
    title: 'INVITEs for users that do not exist, never acknowledged (S0-57)',
    classes: ['flood', 'extension-scan'],
    from: 'user',
    login: true,
    uris: (lab, random) => () => `sip:${stranger(lab, random)}@${lab.site.domain}`,
  },
  {
    attack: 'A04',
    name: 'invite-flood-address',
    title: 'INVITEs for hosts that do not exist, given by address: the proxy waits for them (S0-58)',
    classes: ['flood'],
    from: 'user',
    login: true,
    uris: (_lab, random) => () => `sip:${word(random)}@${nobodysAddress(random)}`,
  },
  {
    attack: 'A05',
    name: 'invite-flood-domain',
    title: 'INVITEs for domains that do not exist: the proxy asks its resolver (S0-59)',
    classes: ['flood'],
    site: { openRelay: true },
    from: 'stranger',
    uris: (_lab, random) => () => `sip:${word(random)}@${foreignDomain(random)}`,
  },
  {
    attack: 'A06',
    name: 'invite-flood-foreign-nobody',
    title: 'INVITEs through the site for users that another domain does not have (S0-60)',
    classes: ['flood', 'extension-scan'],
    from: 'user',
    login: true,
    neighbour: true,
    uris: (_lab, random, neighbour) => () => `sip:${word(random)}${random.integer(1, 99)}@${neighbour?.address ?? ''}`,
  },
  {
    attack: 'A07',
    name: 'invite-flood-foreign-user',
    title: 'INVITEs through the site for one user of another domain, whose phone rings (S0-61)',
    classes: ['flood'],
    from: 'user',
    login: true,
    neighbour: true,
    uris: (_lab, random, neighbour) => {
      const user = `${FOREIGN_USER}${random.integer(1, 9)}`;
      return () => `sip:${user}@${neighbour?.address ?? ''}`;
    },
  },
  {
    attack: 'A08',
    name: 'invite-flood-challenged',
    title: 'INVITEs that leave every challenge unanswered (S0-62)',
    classes: ['flood', 'extension-scan'],
    from: 'user',
    uris: (lab, random) => () => `sip:${random.pick(lab.site.accounts).user}@${lab.site.domain}`,
  },
];

/** Users of the other domain start with it; words drawn for users that nobody has never hold a q. */
const FOREIGN_USER = 'q';

interface Flood {
  readonly lab: Lab;
  readonly kind: Kind;
  readonly intensity: Intensity;
  readonly random: Random;
  readonly address: string;
  readonly campaign: CampaignHandle;
  /** Next Request-URI. */
  readonly uri: () => string;
}

/** Opens the campaign, lets `send` do it, and ends it when late answers have come. */
async function flooding(
  lab: Lab,
  kind: Kind,
  intensity: Intensity,
  send: (flood: Flood) => Promise<void>,
  spoofed: readonly string[] = [],
): Promise<void> {
  const random = lab.random.fork(kind.name);
  const neighbour = kind.neighbour
    ? await Neighbour.open(lab.segment('internet'), random.fork('neighbour'), (user) => user.startsWith(FOREIGN_USER))
    : undefined;
  const address = lab.segment('attack').address();
  const campaign = lab.campaign({
    attack: kind.attack,
    classes: kind.classes,
    stage: 'disrupt',
    intensity: intensity.name,
    attackers: spoofed.length > 0 ? [] : [address],
    spoofed,
    targets: [lab.site.proxy.address, ...(neighbour === undefined ? [] : [neighbour.address])],
  });
  const uri = kind.uris(lab, random.fork('targets'), neighbour);
  await send({ lab, kind, intensity, random, address, campaign, uri });
  await lab.sleep(1500);
  campaign.end('unknown');
  neighbour?.close();
}

/** The account that an attacker of this run has the password of: the last one, which is no phone's if there are spare ones. */
function stolen(lab: Lab): { readonly user: string; readonly password: string } {
  return lab.site.accounts.at(-1) ?? { user: 'nobody', password: '' };
}

async function byOwnSender({ lab, kind, intensity, random, address, campaign, uri }: Flood): Promise<void> {
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  const names = random.fork('names');
  const from = (): string => {
    if (kind.login) return `sip:${stolen(lab).user}@${lab.site.domain}`;
    return kind.from === 'user'
      ? `sip:${names.pick(lab.site.accounts).user}@${lab.site.domain}`
      : `sip:${word(names)}@${foreignDomain(names)}`;
  };
  const request = (target: string) => ({
    method: 'INVITE',
    uri: target,
    from: from(),
    callId: attacker.callId(),
    cseq: 1,
    body: offer(attacker),
  });
  const login = kind.login ? await challenged(attacker, request(uri()), lab) : undefined;
  const offsets = drawnPace(random.fork('times'), intensity.value, countAt(intensity.value));
  await play(lab, offsets, (index) => {
    const target = uri();
    const more = login === undefined ? [] : [loginField({ ...login, count: index + 1 }, 'INVITE', target, attacker.shape, attacker.random)];
    attacker.send({ ...request(target), more }, lab.site.proxy);
  });
  await lab.sleep(500);
  attacker.close();
}

/** Is challenged once; all requests that follow answer that challenge. Undefined if the site answers such requests unchallenged. */
async function challenged(
  attacker: Attacker,
  request: Parameters<Attacker['ask']>[0],
  lab: Lab,
): Promise<Omit<Login, 'count'> | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    const reply = await attacker.ask({ ...request, callId: attacker.callId() }, lab.site.proxy);
    if (reply === undefined) continue;
    const challenge = challengeOf(reply);
    if (challenge === undefined) return undefined;
    const { user, password } = stolen(lab);
    return { user, password, challenge, proxy: reply.status === 407 };
  }
  throw new Error('the site did not answer the attacker');
}

/** Many forged sources; nobody hears the answers. */
async function byForgers({ lab, intensity, random, campaign, uri }: Flood, spoofed: readonly string[]): Promise<void> {
  const shape = strangersShape(random);
  const forgers: (Wearer & { readonly socket: Socket })[] = [];
  for (const address of spoofed) {
    const port = random.chance(0.5) ? 5060 : random.integer(1024, 65535);
    forgers.push({ address, port, shape, random, socket: await lab.segment('attack').forger(address, port) });
  }
  await play(lab, drawnPace(random.fork('times'), intensity.value, countAt(intensity.value)), () => {
    const forger = random.pick(forgers);
    const from = `sip:${word(random)}@${foreignDomain(random)}`;
    const callId = shape.callId(random, forger.address);
    const request = { method: 'INVITE', uri: uri(), from, callId, cseq: 1, body: offer(forger) };
    campaign.send(forger.socket, dress(forger, request), lab.site.proxy, callId);
  });
}

async function bySipp({ lab, kind, intensity, random, address, campaign, uri }: Flood): Promise<void> {
  campaign.owns('attack');
  const seconds = lasting(intensity.value);
  const count = countAt(intensity.value);
  const names = random.fork('names');
  const person = () => {
    if (kind.login) return { user: stolen(lab).user, domain: lab.site.domain };
    if (kind.from === 'user') return { user: names.pick(lab.site.accounts).user, domain: lab.site.domain };
    return { user: word(names), domain: foreignDomain(names) };
  };
  const calls = Array.from({ length: count }, () => ({ uri: uri(), ...person() }));
  const flood = { method: 'INVITE', calls, ...(kind.login ? { login: stolen(lab) } : {}) } as const;
  const target = `${lab.site.proxy.address}:${lab.site.proxy.port}`;
  await lab.tool('attack', sippCommand(flood, address, target, intensity.value), seconds + 8);
}

const BY_OWN_SENDER = [
  { name: '10/s', value: 10 },
  { name: '1/s', value: 1 },
  { name: '100/s', value: 100 },
];
/** One of the seven is run at the whole range of G13. */
const WHOLE_RANGE = [0.5, 2, 5, 20, 50, 500, 1000].map((value) => ({ name: `${value}/s`, value }));
const BY_SIPP = [
  { name: '20/s', value: 20 },
  { name: '2/s', value: 2 },
  { name: '200/s', value: 200 },
];

/** The seven floods by the lab's own sender; A03 at all strengths of G13. */
export const REQUEST_FLOODS: readonly Scenario[] = KINDS.map((kind) => ({
  name: kind.name,
  title: kind.title,
  attack: kind.attack,
  intensities: kind.attack === 'A03' ? [...BY_OWN_SENDER, ...WHOLE_RANGE] : BY_OWN_SENDER,
  ...(kind.site === undefined ? {} : { site: kind.site }),
  proof: 'hashes',
  run: (lab, intensity) => flooding(lab, kind, intensity, byOwnSender),
}));

/** The first of them with forged sources. */
export const SPOOFED_FLOOD: Scenario = {
  name: 'invite-flood-spoofed',
  title: 'INVITEs for users of the site from forged sources, never acknowledged',
  attack: 'A02',
  intensities: [
    { name: '50/s', value: 50 },
    { name: '5/s', value: 5 },
    { name: '500/s', value: 500 },
  ],
  proof: 'hashes',
  run: async (lab, intensity) => {
    const spoofed = Array.from({ length: lab.random.fork('sources').integer(20, 60) }, () => lab.segment('attack2').address());
    await flooding(lab, KINDS[0]!, intensity, (flood) => byForgers(flood, spoofed), spoofed);
  },
};

/** The seven floods by SIPp. */
export const REQUEST_FLOODS_BY_SIPP: readonly Scenario[] = KINDS.map((kind) => ({
  name: `${kind.name}-sipp`,
  title: `${kind.title}, by SIPp`,
  attack: kind.attack,
  intensities: BY_SIPP,
  ...(kind.site === undefined ? {} : { site: kind.site }),
  small: kind.attack === 'A05',
  proof: { filter: SIPP_FILTER },
  needs: ['sipp'],
  run: (lab, intensity) => flooding(lab, kind, intensity, bySipp),
}));
