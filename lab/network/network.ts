/**
 * The lab's network: a namespace per segment, all on one router namespace, so that every packet between segments crosses
 * it once. The far segments hang behind delay, jitter and loss; `home` hangs behind a NAT router.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inNamespace, udpSocket } from '../native.ts';
import type { Random } from '../random.ts';
import type { Segment, SegmentName } from '../scenario.ts';
import { bits, drawAddress, type NetworkPlan, planNetwork, routerOf, type SegmentPlan } from './plan.ts';

/** Delay each way, its spread, and loss (0 to 1) of the far segments. */
export interface Impairment {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly loss: number;
}

const RELAY = fileURLToPath(new URL('./relay.ts', import.meta.url));

/** The running network. */
export class Network {
  readonly plan: NetworkPlan;
  readonly impairment: Impairment;
  /** Who delays packets: the kernel's netem, or our relay where the kernel has none. */
  readonly impairedBy: 'netem' | 'relay';
  readonly #random: Random;
  readonly #used = new Set<string>();
  readonly #relay: ChildProcess | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(random: Random) {
    this.#random = random;
    this.plan = planNetwork(random);
    this.impairment = { delayMs: random.integer(20, 80), jitterMs: random.integer(1, 8), loss: random.integer(0, 10) / 1000 };
    namespace('router');
    for (const segment of this.plan.segments) namespace(segment.name);
    const near = this.plan.segments.filter((segment) => !segment.far && segment.name !== 'home');
    const far = this.plan.segments.filter((segment) => segment.far);
    for (const segment of near) join(segment);
    this.impairedBy = hasNetem() ? 'netem' : 'relay';
    if (this.impairedBy === 'netem') for (const segment of far) joinSlow(segment, this.impairment);
    else this.#relay = this.#startRelay(far);
    this.#joinHome();
  }

  /** Waits until the relay passes packets. */
  async ready(): Promise<void> {
    const relay = this.#relay;
    if (relay === undefined) return;
    await new Promise<void>((resolve, reject) => {
      relay.once('message', () => resolve());
      relay.once('exit', (code) => reject(new Error(`the relay of the far segments ended with ${code}`)));
    });
    for (const segment of this.plan.segments) if (segment.far) address(segment, 'router', segment.name);
  }

  segment(name: SegmentName): Segment {
    const plan = this.plan.segments.find((each) => each.name === name);
    if (plan === undefined) throw new Error(`no segment ${name}`);
    const random = this.#random.fork(name);
    return {
      name,
      address: () => this.#address(plan, random),
      socket: async (local, port) => await this.#socket(name, local, port, false),
      forger: async (foreign, port) => await this.#socket(name, foreign, port, true),
    };
  }

  /** Starts a program in a namespace (also `router`, `nat`). */
  spawn(
    namespace_: string,
    command: readonly string[],
    stdout: 'ignore' | 'pipe' | number = 'ignore',
    stderr: 'ignore' | 'pipe' | number = 'ignore',
  ): ChildProcess {
    return spawn('nsenter', [`--net=/run/netns/${namespace_}`, ...command], { stdio: ['ignore', stdout, stderr] });
  }

  /** Devices that lost packets because a queue was full, each with how many; what is lost on purpose on the way to the far segments does not count. */
  dropped(): string[] {
    return [...this.plan.segments.map(({ name }) => name), 'router', 'nat'].flatMap(droppedIn);
  }

  close(): void {
    for (const socket of this.#sockets) closeQuietly(socket);
    this.#relay?.kill();
  }

  #address(plan: SegmentPlan, random: Random): string {
    const chosen = drawAddress(plan.prefixes, this.#used, random);
    execFileSync('ip', ['-n', plan.name, 'addr', 'add', `${chosen}/32`, 'dev', 'eth0']);
    return chosen;
  }

  async #socket(name: string, local: string, port: number, transparent: boolean): Promise<Socket> {
    const fd = inNamespace(name, () => udpSocket(local, port, transparent));
    const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ fd }, resolve);
    });
    // ICMP errors come back as errors of a later send: to a phone they mean nothing.
    socket.on('error', () => {});
    return socket;
  }

  #startRelay(far: readonly SegmentPlan[]): ChildProcess {
    const { delayMs, jitterMs, loss } = this.impairment;
    const options = JSON.stringify({ delayMs, jitterMs, loss, seed: this.#random.integer(1, 1e9), segments: far.map(({ name }) => name) });
    return spawn(process.execPath, [RELAY, options], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  /** `home` - NAT router - router: the phones behind it share one public address (nftables masquerade). */
  #joinHome(): void {
    const home = this.plan.segments.find(({ name }) => name === 'home')!;
    namespace('nat');
    link('home', 'eth0', 'nat', 'inside');
    address(home, 'nat', 'inside');
    link('nat', 'eth0', 'router', 'home');
    const prefix = this.plan.nat.split('.').slice(0, 3).join('.');
    ip('nat', ['addr', 'add', `${this.plan.nat}/24`, 'dev', 'eth0']);
    ip('router', ['addr', 'add', `${prefix}.1/24`, 'dev', 'home']);
    ip('nat', ['route', 'add', 'default', 'via', `${prefix}.1`]);
    const rules = 'table ip nat { chain out { type nat hook postrouting priority 100; oifname "eth0" masquerade; }; }';
    execFileSync('nsenter', ['--net=/run/netns/nat', 'nft', '-f', '-'], { input: rules });
  }
}

function namespace(name: string): void {
  execFileSync('ip', ['netns', 'add', name]);
  inNamespace(name, () => {
    for (const [key, value] of SYSCTLS) writeFileSync(`/proc/sys/net/${key}`, value);
  });
  ip(name, ['link', 'set', 'lo', 'up']);
}

/** Routers forward, nobody checks return paths (spoofing is what the lab is for), no IPv6 noise. */
const SYSCTLS: readonly (readonly [string, string])[] = [
  ['ipv4/ip_forward', '1'],
  ['ipv4/conf/all/rp_filter', '0'],
  ['ipv4/conf/default/rp_filter', '0'],
  ['ipv4/conf/all/send_redirects', '0'],
  ['ipv4/conf/default/send_redirects', '0'],
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
];

function droppedIn(namespace_: string): string[] {
  const told = execFileSync('ip', ['-n', namespace_, '-s', '-j', 'link'], { encoding: 'utf8' });
  const devices: { readonly ifname: string; readonly stats64: Readonly<Record<'rx' | 'tx', { readonly dropped: number }>> }[] =
    JSON.parse(told);
  return devices.flatMap(({ ifname, stats64: { rx, tx } }) => {
    const lost = rx.dropped + tx.dropped;
    return lost === 0 ? [] : [`${lost} at ${namespace_}/${ifname}`];
  });
}

function ip(namespace_: string, command: readonly string[]): void {
  execFileSync('ip', ['-n', namespace_, ...command]);
}

function link(here: string, device: string, there: string, far: string): void {
  execFileSync('ip', ['link', 'add', device, 'netns', here, 'type', 'veth', 'peer', 'name', far, 'netns', there]);
  ip(here, ['link', 'set', device, 'up']);
  ip(there, ['link', 'set', far, 'up']);
}

function join(segment: SegmentPlan): void {
  link(segment.name, 'eth0', 'router', segment.name);
  address(segment, 'router', segment.name);
}

/** Gives the segment's router (the namespace `at`, on this device) its address in each prefix, and the segment its default route. */
function address(segment: SegmentPlan, at: string, device: string): void {
  for (const prefix of segment.prefixes) ip(at, ['addr', 'add', `${routerOf(prefix)}/${bits(prefix)}`, 'dev', device]);
  ip(segment.name, ['route', 'add', 'default', 'via', routerOf(segment.prefixes[0]!), 'dev', 'eth0', 'onlink']);
}

function hasNetem(): boolean {
  try {
    execFileSync('tc', ['qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1us'], { stdio: 'ignore' });
    execFileSync('tc', ['qdisc', 'del', 'dev', 'lo', 'root']);
    return true;
  } catch {
    return false;
  }
}

function joinSlow(segment: SegmentPlan, { delayMs, jitterMs, loss }: Impairment): void {
  join(segment);
  const netem = ['root', 'netem', 'delay', `${delayMs}ms`, `${jitterMs}ms`, 'loss', `${loss * 100}%`];
  execFileSync('tc', ['-n', segment.name, 'qdisc', 'add', 'dev', 'eth0', ...netem]);
  execFileSync('tc', ['-n', 'router', 'qdisc', 'add', 'dev', segment.name, ...netem]);
}

function closeQuietly(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It was closed by its owner.
  }
}
