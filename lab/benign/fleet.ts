/** The phones of a plan and the provider's trunk, opened where the plan says. */
import { Phone } from '../agents/phone.ts';
import { drawMakers, drawShape, type Shape } from '../agents/shape.ts';
import { Trunk } from '../agents/trunk.ts';
import type { Account, Lab } from '../scenario.ts';
import type { DayPlan, PlannedPhone } from './plan.ts';

/** Everybody who makes calls. */
export interface Fleet {
  /** In the order of the plan. */
  readonly phones: readonly Phone[];
  readonly trunk: Trunk;
  close(): void;
}

/** Opens everybody. @throws Error if the site has fewer accounts than the plan has phones. */
export async function openFleet(lab: Lab, plan: DayPlan): Promise<Fleet> {
  const random = lab.random.fork('fleet');
  const makers = drawMakers(random.fork('makers'));
  const trunk = await openTrunk(lab, drawShape(makers, random.fork('trunk')));
  const gateway = plan.phones.some((phone) => phone.alg) ? await natAddress(lab) : '';
  const nat = portsInTurn(random.integer(5000, 6000) * 2, 60_000);
  const phones: Phone[] = [];
  for (const planned of plan.phones) {
    const drawn = drawShape(makers, random.fork(`phone ${planned.index}`));
    const shape = withNoise(drawn, planned.index % 3 === 0 || planned.role === 'forwarder');
    const account = lab.site.accounts[planned.like ?? planned.index];
    if (account === undefined) throw new Error(`the site has no account for phone ${planned.index}`);
    phones.push(await openPhone(lab, planned, account, withPorts(shape, portsOf(planned, shape, nat)), gateway));
  }
  const close = (): void => {
    for (const one of [...phones, trunk]) one.close();
  };
  return { phones, trunk, close };
}

/** The provider's gateway at the address that the site knows; it has a media port for every call of a day. */
export function openTrunk(lab: Lab, shape: Shape): Promise<Trunk> {
  const { trunk, proxy, domain } = lab.site;
  const made = withPorts(withNoise(shape, true), portsInTurn(10_000, 60_000));
  const setup = { lab, segment: lab.segment('trunk'), shape: made, random: lab.random.fork('trunk') };
  const policy = { answer: () => ({ kind: 'answer', after: 2 }) as const, hangUpAfter: () => 30 };
  return Trunk.open({ ...setup, ...trunk, proxy, user: 'gateway', domain, password: '' }, policy);
}

async function openPhone(lab: Lab, planned: PlannedPhone, account: Account, shape: Shape, gateway: string): Promise<Phone> {
  const segment = lab.segment(planned.segment);
  const random = lab.random.fork(`phone ${planned.index}`);
  const address = segment.address();
  // Behind an application gateway its port is its own, so that the NAT router leaves it as it is.
  const port = planned.alg ? 20_000 + planned.index : undefined;
  const rewritten = planned.alg ? { gateway: { address: gateway, port: 20_000 + planned.index } } : {};
  const phone = await Phone.open({ lab, segment, account, shape, random, address, ...(port === undefined ? {} : { port }), ...rewritten });
  if (planned.names) phone.agent.endpoint.mangle = named(address, `phone-${account.user}.${lab.site.domain}`);
  return phone;
}

/** Even ports from `low` to below `high`, in turn. */
export function portsInTurn(low: number, high: number): () => number {
  let next = low;
  return () => {
    const port = next;
    next = next + 2 < high ? next + 2 : low;
    return port;
  };
}

/** Takes its media ports from there. */
function withPorts(shape: Shape, nextPort: () => number): Shape {
  return { ...shape, media: { ...shape.media, nextPort } };
}

/**
 * A stream of a day keeps its address to itself: calls that are played one after the other may be at the same time in the day. Hence
 * ports in turn; those behind the NAT, which share an address, take them from one pool.
 */
function portsOf(planned: PlannedPhone, shape: Shape, nat: () => number): () => number {
  if (planned.segment === 'home') return nat;
  const { lowPort, highPort } = shape.media;
  return portsInTurn(lowPort, planned.role === 'desk' ? highPort : lowPort + 4000);
}

/** Offers comfort noise (RFC 3389) or leaves it to the maker. */
function withNoise(shape: Shape, wanted: boolean): Shape {
  return wanted ? { ...shape, sdp: { ...shape.sdp, comfortNoise: true } } : shape;
}

/** Writes a host name where other phones write their address: in Via and Contact (RFC 3261 §18.1.1 recommends it). */
export function named(address: string, name: string): (payload: Buffer) => Buffer {
  return (payload) => {
    const text = payload.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const head = text.slice(0, end).replace(/^(?:Via|v|Contact|m): .*$/gim, (line) => line.replaceAll(address, name));
    return Buffer.from(head + text.slice(end), 'latin1');
  };
}

/** Milliseconds to wait for the packet that shows the NAT's address, and how often it is sent. */
const PATIENCE = 300;
const TRIES = 10;

/** Public address of the NAT router: a STUN request (RFC 8489 §5) from behind it shows where it comes from. */
async function natAddress(lab: Lab): Promise<string> {
  const office = lab.segment('office');
  const home = lab.segment('home');
  const listener = await office.socket(office.address(), 3478);
  const sender = await home.socket(home.address(), 0);
  const heard = new Promise<string>((resolve) => listener.once('message', (_, from) => resolve(from.address)));
  const request = Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), lab.random.bytes(12)]);
  const { address, port } = listener.address();
  for (let tries = 0; tries < TRIES; tries++) {
    sender.send(request, port, address);
    const found = await Promise.race([heard, lab.sleep(PATIENCE)]);
    if (typeof found !== 'string') continue;
    for (const socket of [listener, sender]) socket.close();
    return found;
  }
  throw new Error('nothing comes through the NAT router');
}
