/** What attackers try: user names and passwords, drawn anew for each run. */
import type { Random } from '../../random.ts';
import type { Lab } from '../../scenario.ts';

const ROLES = ['admin', 'sales', 'info', 'office', 'reception', 'fax', 'test', 'user', 'voip', 'phone', 'support', 'guest', 'conf', 'door'];
const FIRST = [
  'anna',
  'bruno',
  'carla',
  'dario',
  'elena',
  'felix',
  'greta',
  'hugo',
  'ines',
  'jan',
  'karin',
  'luca',
  'mara',
  'nils',
  'olga',
];
const ONSETS = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v'];
const VOWELS = ['a', 'e', 'i', 'o', 'u'];

/** A pronounceable word of two to four syllables. */
export function word(random: Random): string {
  return Array.from({ length: random.integer(2, 4) }, () => random.pick(ONSETS) + random.pick(VOWELS)).join('');
}

/** A password as people choose them: a word, a year, a repeated digit, the name of a product. */
export function weakPassword(random: Random): string {
  const base = word(random);
  return random.pick([
    base + random.integer(1, 2026),
    base[0]!.toUpperCase() + base.slice(1) + random.pick(['!', '1', '123', '2025']),
    random.text(random.integer(4, 8), '0123456789'),
    String(random.integer(0, 9)).repeat(random.integer(3, 8)),
    base,
  ]);
}

/** `count` different passwords; `right` is among them, in the last two thirds, if it is given. */
export function passwordList(random: Random, count: number, right?: string): string[] {
  const list = new Set<string>();
  while (list.size < count) {
    const one = weakPassword(random);
    if (one !== right) list.add(one);
  }
  const words = [...list];
  if (right !== undefined) words[random.integer(Math.floor(count / 3), count - 1)] = right;
  return words;
}

/** User names that a scanner goes through: `range` a run of numbers, `dictionary` names and usual numbers. */
export function candidates(random: Random, count: number, how: 'range' | 'dictionary', real: readonly string[]): string[] {
  if (how === 'range') {
    const start = Number(real.find((user) => /^\d{2,6}$/.test(user)) ?? random.integer(100, 8000));
    const first = Math.max(1, start - random.integer(0, Math.floor(count * 0.7)));
    return Array.from({ length: count }, (_, i) => String(first + i));
  }
  const names = new Set<string>();
  while (names.size < count) {
    names.add(
      random.pick([
        () => random.pick(ROLES) + random.pick(['', '1', '2']),
        () => random.pick(FIRST) + random.pick(['', '', `.${word(random)}`]),
        () => String(random.integer(1, 99) * random.pick([10, 100])),
        () => word(random),
        () => random.text(random.integer(3, 4), '0123456789'),
      ])(),
    );
  }
  const list = [...names];
  for (const user of real) if (random.chance(0.5)) list[random.integer(0, list.length - 1)] = user;
  return [...new Set(list)];
}

/** A user name that the site does not know. */
export function stranger(lab: Pick<Lab, 'site'>, random: Random): string {
  const known = new Set(lab.site.accounts.map(({ user }) => user));
  for (;;) {
    const name = random.chance(0.5) ? random.text(random.integer(3, 6), '123456789') : word(random);
    if (!known.has(name)) return name;
  }
}

/** A domain that nobody has (RFC 2606). */
export function foreignDomain(random: Random): string {
  return `${random.pick(['', 'sip.', 'voip.', 'mail.'])}${word(random)}${random.text(random.integer(0, 3), '0123456789')}.invalid`;
}

/** A public address that nobody in the lab has; packets to it find no host. */
export function nobodysAddress(random: Random): string {
  return [random.pick([2, 12, 24, 66, 98, 108, 134, 158, 171, 203]), ...[0, 0, 0].map(() => random.integer(1, 254))].join('.');
}
