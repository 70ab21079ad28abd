/** Who has a phone on the benign day, and of what habits. */
import type { Random } from '../random.ts';
import type { SegmentName } from '../scenario.ts';
import type { DaySize, PlannedPhone, Role } from './plan.ts';

/** Where desk phones are; half of them behind the one NAT. */
const PLACES: readonly (readonly [SegmentName, number])[] = [
  ['home', 0.5],
  ['office', 0.25],
  ['floor', 0.15],
  ['internet', 0.1],
];

/** Phones beside the desk phones: each role's place, and how many. */
const MACHINES: readonly (readonly [Role, SegmentName])[] = [
  ['call-centre', 'office'],
  ['fax', 'floor'],
  ['alarm', 'home'],
  ['probe', 'office'],
  ['stale-password', 'home'],
  ['mover', 'internet'],
  ['mover', 'internet'],
  ['rebooter', 'floor'],
  ['forwarder', 'office'],
  ['twin', 'office'],
  ['twin', 'internet'],
];

/** How many phones of a day are not desk phones. */
export const MACHINE_PHONES = MACHINES.length;

/** Share of phones that ask for each Expires. A third with 60 s would be nine of ten messages of the day: it has few. */
const EXPIRES: readonly (readonly [number, number])[] = [
  [60, 0.04],
  [300, 0.2],
  [3600, 0.76],
];

/** Seconds between two OPTIONS of the 30 % of phones that send them; 30 s only for one in ten of those (see README). */
const KEEPALIVES = [30, 300, 600, 600, 900, 900, 900, 1200, 1200, 1200];

/** Draws the phones of a day: `size.phones` desk phones, then the others. */
export function drawPhones(size: DaySize, random: Random): PlannedPhone[] {
  const desks = Array.from({ length: size.phones }, (_, i) => drawDesk(i, size.phones, random));
  const typists = Math.max(1, Math.round(size.phones * 0.005));
  const patient = desks.filter((phone) => phone.expires > 1000).slice(0, typists);
  const people = desks.map((phone) => (patient.includes(phone) ? { ...phone, typos: random.integer(2, 8) } : phone));
  let twin: number | undefined;
  const others = MACHINES.map(([role, segment], i) => {
    const index = size.phones + i;
    const phone = { ...drawHabits(index, segment, role, random), ...(role === 'twin' && twin !== undefined ? { like: twin } : {}) };
    if (role === 'twin') twin = index;
    return phone;
  });
  return [...people, ...others];
}

function drawDesk(index: number, of: number, random: Random): PlannedPhone {
  const rank = (index + 0.5) / of;
  let sum = 0;
  const place = PLACES.find(([, share]) => rank < (sum += share))?.[0] ?? 'office';
  const habits = drawHabits(index, place, 'desk', random);
  return {
    ...habits,
    keepalive: index % 10 < 3 ? KEEPALIVES[Math.floor(index / 10) % KEEPALIVES.length]! : 0,
    subscribe: index % 10 === 5 ? random.pick([1800, 3600]) : 0,
    alg: place === 'home' && (index === 1 || random.chance(0.08)),
    names: place !== 'home' && index % 12 === 11,
  };
}

function drawHabits(index: number, segment: SegmentName, role: Role, random: Random): PlannedPhone {
  const expires = Math.round(drawExpires(segment, random) * (0.9 + 0.2 * random.unit()));
  return {
    index,
    segment,
    role,
    expires,
    refresh: Math.floor(expires * (0.8 + 0.15 * random.unit())),
    keepalive: 0,
    subscribe: 0,
    typos: 0,
    alg: false,
    names: false,
  };
}

/** A phone across the Internet does not ask for 60 s: its 1,500 refreshes, each with the real round trips, outlast the play. */
function drawExpires(segment: SegmentName, random: Random): number {
  const draw = random.unit();
  let sum = 0;
  const drawn = EXPIRES.find(([, share]) => draw < (sum += share))?.[0] ?? 3600;
  return segment === 'internet' ? Math.max(drawn, 300) : drawn;
}
