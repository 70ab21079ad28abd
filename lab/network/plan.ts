/** Which addresses a run uses: drawn by its seed, so that nothing can learn them. */
import type { Random } from '../random.ts';
import type { SegmentName } from '../scenario.ts';

/** One segment: where its addresses come from and how it hangs on the router. */
export interface SegmentPlan {
  readonly name: SegmentName;
  /** First two octets of each /16 (or three of each /24) it draws from. */
  readonly prefixes: readonly string[];
  /** Behind delay, jitter and loss. */
  readonly far: boolean;
}

/** All segments of a run and the public address of the NAT router. */
export interface NetworkPlan {
  readonly segments: readonly SegmentPlan[];
  readonly nat: string;
}

/** Public /16 networks by first octet: no private, shared, loopback, documentation or multicast ones. */
const FIRST = [
  5, 23, 31, 37, 45, 46, 62, 77, 78, 79, 80, 81, 82, 84, 85, 87, 88, 89, 91, 93, 94, 95, 109, 146, 151, 154, 176, 178, 185, 188, 193, 194,
  195, 212, 213, 217,
];

/** A public /16 network, as its first two octets. */
export function drawNetwork(random: Random): string {
  return `${random.pick(FIRST)}.${random.integer(1, 254)}`;
}

/** Draws the plan; no two segments share a /16. */
export function planNetwork(random: Random): NetworkPlan {
  const first = random.shuffle(FIRST);
  let next = 0;
  const wide = (): string => `${first[next++]}.${random.integer(1, 254)}`;
  const narrow = (): string => `${wide()}.${random.integer(1, 254)}`;
  const lan = random.integer(16, 200);
  const segments: SegmentPlan[] = [
    { name: 'site', prefixes: [narrow()], far: false },
    { name: 'office', prefixes: [`10.${lan}.${random.integer(1, 120)}`], far: false },
    { name: 'floor', prefixes: [`10.${lan + 1}.${random.integer(121, 250)}`], far: false },
    { name: 'trunk', prefixes: [narrow()], far: false },
    { name: 'gateway', prefixes: [`10.${lan + 2}.${random.integer(1, 250)}`], far: false },
    { name: 'home', prefixes: [`192.168.${random.integer(0, 250)}`], far: false },
    { name: 'internet', prefixes: [wide(), wide()], far: true },
    { name: 'attack', prefixes: [wide(), wide(), wide(), wide()], far: true },
    { name: 'attack2', prefixes: [wide()], far: true },
  ];
  return { segments, nat: `${narrow()}.${random.integer(2, 250)}` };
}

/** Draws an unused host address of a prefix of two or three octets; the router has `.1` (`.0.1`). */
export function drawAddress(prefixes: readonly string[], used: Set<string>, random: Random): string {
  for (let tries = 0; tries < 10_000; tries++) {
    const prefix = random.pick(prefixes);
    const host = random.integer(2, 254);
    const address = prefix.split('.').length === 3 ? `${prefix}.${host}` : `${prefix}.${random.integer(0, 255)}.${host}`;
    if (used.has(address)) continue;
    used.add(address);
    return address;
  }
  throw new Error(`no address left in ${prefixes.join(', ')}: fewer phones per segment, please`);
}

/** Length of the network mask of a prefix written as octets. */
export function bits(prefix: string): number {
  return 8 * prefix.split('.').length;
}

/** The router's own address in a prefix. */
export function routerOf(prefix: string): string {
  return prefix.split('.').length === 3 ? `${prefix}.1` : `${prefix}.0.1`;
}
