/** When each phone registers on the benign day, and why. */
import type { Random } from '../random.ts';
import type { DaySize, PlannedPhone, PlannedRegistration } from './plan.ts';

/** Whether the power cut takes this phone: all desk phones but those on the Internet hang on one mains. */
export function losesPower(phone: PlannedPhone): boolean {
  return phone.role === 'desk' && phone.segment !== 'internet';
}

/** REGISTERs of one phone over the day, ordered by time. `storm`: when the power comes back. */
export function drawRegistrations(phone: PlannedPhone, size: DaySize, storm: number, random: Random): PlannedRegistration[] {
  const { from, to } = size.period;
  if (phone.role === 'stale-password') return staleTries(size, random);
  const first = from + random.unit() * Math.min(phone.refresh, (to - from) / 4);
  if (losesPower(phone)) return beforeAndAfter(phone, first, storm, size, random);
  if (phone.role === 'rebooter') return reboots(phone, first, size, random);
  if (phone.role === 'mover') return moves(phone, first, size, random);
  return refreshes(phone, first, to, random);
}

/** Refreshes from `first` on, each within 2 % of the phone's habit. The first begins a Call-ID. */
function refreshes(phone: PlannedPhone, first: number, to: number, random: Random): PlannedRegistration[] {
  const list: PlannedRegistration[] = [];
  for (let at = first; at < to; at += phone.refresh * (0.98 + 0.04 * random.unit()))
    list.push({ at, what: list.length ? 'refresh' : 'boot' });
  return list;
}

/** Refreshes until the power cut, a boot in the storm, refreshes after it; users who mistype do so at the boot. */
function beforeAndAfter(phone: PlannedPhone, first: number, storm: number, size: DaySize, random: Random): PlannedRegistration[] {
  const before = refreshes(phone, first, storm - 60, random);
  const after = refreshes(phone, storm + random.unit() * size.storm, size.period.to, random);
  return mistyped(phone, [...before, ...after], random);
}

/** Puts the wrong passwords before the last boot but one refresh later: somebody logs in anew and mistypes. */
function mistyped(phone: PlannedPhone, list: readonly PlannedRegistration[], random: Random): PlannedRegistration[] {
  if (phone.typos === 0) return [...list];
  const place = list.findLastIndex((one) => one.what === 'boot') + 1;
  const start = (list[place] ?? list[place - 1])!.at + 30;
  const wrong: PlannedRegistration[] = [];
  let at = start;
  for (let i = 0; i < phone.typos; i++, at += 6 + random.exponential(10)) wrong.push({ at, what: 'wrong' });
  const later = list.slice(place + 1).filter((one) => one.at > at + 5);
  return [...list.slice(0, place + 1).filter((one) => one.at < start), ...wrong, { at, what: 'boot' }, ...later];
}

/** Every `size.stale` seconds, to within a tenth, all day long. */
function staleTries(size: DaySize, random: Random): PlannedRegistration[] {
  const list: PlannedRegistration[] = [];
  const step = (): number => size.stale * (0.95 + 0.1 * random.unit());
  for (let at = size.period.from + random.unit() * size.stale; at < size.period.to; at += step()) list.push({ at, what: 'wrong' });
  return list;
}

/** Three reboots, each with `Contact: *` before the first REGISTER. */
function reboots(phone: PlannedPhone, first: number, size: DaySize, random: Random): PlannedRegistration[] {
  const part = (size.period.to - first) / 4;
  return [0, 1, 2, 3].flatMap((i) => {
    const list = refreshes(phone, first + i * part + 5, first + (i + 1) * part - 5, random);
    return i === 0 ? list : [{ at: first + i * part, what: 'star' as const }, ...list];
  });
}

/** Two or six moves between Wi-Fi and LTE: the phone registers from its new address, with the Call-ID that it had. */
function moves(phone: PlannedPhone, first: number, size: DaySize, random: Random): PlannedRegistration[] {
  const parts = size.machines > 6 ? 7 : 3;
  const part = (size.period.to - first) / parts;
  return Array.from({ length: parts }, (_, i) => i).flatMap((i) => {
    const list = refreshes(phone, first + i * part, first + (i + 1) * part - 5, random);
    return list.map((one, j): PlannedRegistration => (j > 0 || i === 0 ? one : { at: one.at, what: 'move' }));
  });
}
