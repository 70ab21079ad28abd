/**
 * A33 (S2-34): answers that hit somebody who never asked: servers of other domains, or the site's own, are asked in the
 * victim's name; or the answers are forged themselves.
 */
import type { Socket } from 'node:dgram';
import { answerTo, readMessage, writeMessage } from '../agents/message.ts';
import type { Random } from '../random.ts';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { dress, offer, strangersShape, type Target, type Wearer } from './senders/attacker.ts';
import { foreignDomain, stranger, word } from './senders/names.ts';
import { Neighbour } from './senders/neighbour.ts';
import { countAt, drawnPace, play } from './senders/schedule.ts';

function open(lab: Lab, intensity: Intensity, victim: string, spoofed: readonly string[]): CampaignHandle {
  return lab.campaign({
    attack: 'A33',
    classes: ['reflection', 'flood'],
    stage: 'disrupt',
    intensity: intensity.name,
    spoofed,
    targets: [victim],
  });
}

/** A request in the name of the wearer, whose address is not the sender's. */
function forgedRequest(wearer: Wearer, method: string, uri: string): { readonly payload: Buffer; readonly callId: string } {
  const { random, shape, address } = wearer;
  const callId = shape.callId(random, address);
  const from = `sip:${word(random)}@${address}`;
  const body = method === 'INVITE' ? { body: offer(wearer) } : {};
  return { payload: dress(wearer, { method, uri, from, callId, cseq: 1, ...body }), callId };
}

/** The victim's port as forged: that of SIP, or any. */
function victimOf(lab: Lab, random: Random, address: string): Wearer {
  const port = random.chance(0.6) ? 5060 : random.integer(1024, 65535);
  return { address, port, shape: strangersShape(lab.random.fork('victim')), random };
}

async function byStrangers(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('reflection');
  const servers: Neighbour[] = [];
  for (let i = random.integer(12, 40); i > 0; i--)
    servers.push(await Neighbour.open(lab.segment('internet'), random.fork(`server ${i}`), () => false));
  const victim = victimOf(lab, random, random.chance(0.5) ? lab.site.proxy.address : lab.segment('site').address());
  const campaign = open(lab, intensity, victim.address, [victim.address]);
  const forger = await lab.segment('attack').forger(victim.address, victim.port);
  await play(lab, drawnPace(random.fork('times'), intensity.value, countAt(intensity.value)), () => {
    const server = random.pick(servers);
    const { payload, callId } = forgedRequest(victim, 'INVITE', `sip:${word(random)}@${server.address}`);
    campaign.send(forger, payload, server, callId);
  });
  await lab.sleep(2500);
  for (const server of servers) server.close();
  campaign.end('unknown');
}

/** Forger and servers are in one segment, so that what crosses the router is only the answers: they are what is labelled. */
async function unseen(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('reflection');
  const attack = lab.segment('attack');
  const victim = victimOf(lab, random, random.chance(0.5) ? lab.site.proxy.address : lab.segment('site').address());
  const campaign = open(lab, intensity, victim.address, []);
  const servers: Neighbour[] = [];
  for (let i = random.integer(12, 40); i > 0; i--)
    servers.push(await Neighbour.open(attack, random.fork(`server ${i}`), () => false, campaign));
  const forger = await attack.forger(victim.address, victim.port);
  await play(lab, drawnPace(random.fork('times'), intensity.value, countAt(intensity.value)), () => {
    const server = random.pick(servers);
    const { payload } = forgedRequest(victim, 'INVITE', `sip:${word(random)}@${server.address}`);
    forger.send(payload, server.port, server.address);
  });
  await lab.sleep(2500);
  for (const server of servers) server.close();
  campaign.end('unknown');
}

async function byTheSite(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('reflection');
  const victim = victimOf(lab, random, lab.segment('attack2').address());
  const campaign = open(lab, intensity, victim.address, [victim.address]);
  const forger = await lab.segment('attack').forger(victim.address, victim.port);
  const method = random.pick(['INVITE', 'REGISTER', 'OPTIONS']);
  const uri = (): string => (method === 'INVITE' ? `sip:${stranger(lab, random)}@${lab.site.domain}` : `sip:${lab.site.domain}`);
  await play(lab, drawnPace(random.fork('times'), intensity.value, countAt(intensity.value)), () => {
    const { payload, callId } = forgedRequest(victim, method, uri());
    campaign.send(forger, payload, lab.site.proxy, callId);
  });
  await lab.sleep(1500);
  campaign.end('unknown');
}

/** Servers whose name the forged answers bear. */
interface Impostor extends Wearer {
  readonly socket: Socket;
}

async function impostors(lab: Lab, random: Random, count: number): Promise<Impostor[]> {
  const list: Impostor[] = [];
  for (let i = 0; i < count; i++) {
    const address = lab.segment('internet').address();
    const socket = await lab.segment('attack').forger(address, 5060);
    list.push({ address, port: 5060, shape: strangersShape(random.fork(`server ${i}`)), random, socket });
  }
  return list;
}

async function byForgedAnswers(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('reflection');
  const servers = await impostors(lab, random, random.integer(5, 30));
  const victim: Target = lab.site.proxy;
  const campaign = open(
    lab,
    intensity,
    victim.address,
    servers.map(({ address }) => address),
  );
  const asker: Wearer = { ...victim, shape: strangersShape(random.fork('asker')), random };
  const statuses = random.pick([[404], [200], [404, 403, 486], [180, 200]]);
  await play(lab, drawnPace(random.fork('times'), intensity.value, countAt(intensity.value)), () => {
    const server = random.pick(servers);
    const { payload, callId } = forgedRequest(asker, 'INVITE', `sip:${word(random)}@${foreignDomain(random)}`);
    const request = readMessage(payload);
    if (request === undefined) return;
    const answer = answerTo(request, random.pick(statuses), server.shape.tag(random));
    campaign.send(server.socket, writeMessage(answer, server.shape), victim, callId);
  });
  await lab.sleep(1000);
  campaign.end('unknown');
}

const STRENGTHS = [
  { name: '50/s', value: 50 },
  { name: '10/s', value: 10 },
  { name: '300/s', value: 300 },
];

/** Asked in the name of the victim, many servers answer to it. */
export const REFLECTION: Scenario = {
  name: 'reflection',
  title: "INVITEs to servers of other domains in a victim's name: their answers hit it",
  attack: 'A33',
  intensities: STRENGTHS,
  proof: 'hashes',
  run: byStrangers,
};

/** The same, seen by a sensor that the forged requests do not pass: the definition of the paper. */
export const REFLECTION_UNSEEN: Scenario = {
  name: 'reflection-unseen',
  title: "Answers to requests in the victim's name that the sensor does not see",
  attack: 'A33',
  intensities: STRENGTHS,
  proof: 'hashes',
  run: unseen,
};

/** The site is the one that is misused. */
export const REFLECTION_BY_SITE: Scenario = {
  name: 'reflection-by-site',
  title: "Requests to the site in a victim's name: the site's answers hit it",
  attack: 'A33',
  intensities: STRENGTHS,
  proof: 'hashes',
  run: byTheSite,
};

/** Answers nobody asked for, from forged sources. */
export const FORGED_ANSWERS: Scenario = {
  name: 'reflection-forged-answers',
  title: 'Answers without requests hit the proxy; their sources are forged',
  attack: 'A33',
  intensities: STRENGTHS,
  proof: 'hashes',
  run: byForgedAnswers,
};
