/**
 * Telephone numbers as people have them: of the ranges that the plans of some countries give to towns, mobile networks, free phone and
 * premium-rate services (ITU-T E.164 and the national numbering plans notified under E.129, as generally known). What pays its owner is
 * drawn only where it is asked for.
 */
import type { Random } from '../random.ts';

/** Ranges of a country: the leading digits behind the country code, and how many digits follow. */
interface Plan {
  readonly country: string;
  readonly subscribers: readonly (readonly [string, number])[];
  readonly free: readonly [string, number];
  readonly premium: readonly [string, number];
}

/** Each leading text of the list with so many digits behind it. */
function ranges(digits: number, leading: string): [string, number][] {
  return leading.split(' ').map((each) => [each, digits]);
}

const PLANS: readonly Plan[] = [
  { country: '1', subscribers: ranges(6, '2122 2065 3037 3124 4043 4157 6175 7132'), free: ['800', 7], premium: ['900', 7] },
  { country: '30', subscribers: [...ranges(7, '210 694 697'), ...ranges(6, '2310 2610')], free: ['800', 7], premium: ['901', 7] },
  { country: '33', subscribers: ranges(7, '14 24 38 47 56 61 62 66 76'), free: ['800', 6], premium: ['899', 6] },
  { country: '34', subscribers: ranges(6, '915 932 954 963 612 629 650'), free: ['900', 6], premium: ['806', 6] },
  { country: '36', subscribers: [...ranges(6, '12 13'), ...ranges(7, '20 30 70')], free: ['80', 6], premium: ['90', 6] },
  { country: '39', subscribers: [...ranges(6, '02 06 011 051'), ...ranges(7, '320 333 347')], free: ['800', 6], premium: ['899', 6] },
  { country: '44', subscribers: ranges(7, '207 208 121 161 774 779 785'), free: ['800', 7], premium: ['909', 7] },
  { country: '46', subscribers: [...ranges(6, '85 86 31 40'), ...ranges(7, '70 72 73 76')], free: ['20', 6], premium: ['900', 6] },
  { country: '48', subscribers: ranges(7, '12 22 58 61 50 60 66'), free: ['800', 6], premium: ['70', 7] },
  {
    country: '49',
    subscribers: [...ranges(7, '30 40 69 89 221 711'), ...ranges(8, '151 160 171 175')],
    free: ['800', 7],
    premium: ['900', 7],
  },
  { country: '55', subscribers: [...ranges(7, '113 213 313'), ...ranges(8, '119 219')], free: ['800', 7], premium: ['900', 7] },
  { country: '61', subscribers: ranges(7, '29 39 73 88 40 41 42'), free: ['1800', 6], premium: ['1900', 6] },
  { country: '81', subscribers: [...ranges(7, '33 35 66'), ...ranges(8, '80 90')], free: ['120', 6], premium: ['990', 6] },
  { country: '351', subscribers: ranges(6, '213 225 914 933 962'), free: ['800', 6], premium: ['760', 6] },
  { country: '420', subscribers: ranges(6, '224 234 543 602 723 777'), free: ['800', 6], premium: ['900', 6] },
];

/** Countries where a call costs much although nobody earns by it: mobile networks, as a customer's relatives and partners have them. */
const DEAR: readonly (readonly [string, number])[] = [
  ['21698', 6],
  ['21361', 7],
  ['22177', 7],
  ['25078', 7],
  ['37129', 6],
  ['38164', 6],
  ['53528', 5],
  ['96077', 5],
];

/** Share of the numbers that are abroad, and of those the share in dear countries. */
const ABROAD = 0.12;
const DEARLY = 0.06;

/** Numbers of a site's world, E.164 with plus sign. */
export interface Numbers {
  /** A subscriber: mostly of the operator's country, some abroad, a few where calls are dear. */
  readonly subscriber: () => string;
  /** A free-phone number of the operator's country. */
  readonly free: () => string;
  /** A premium-rate number of the operator's country. */
  readonly premium: () => string;
}

/** Draws the operator's country, and with it who may be called. */
export function drawNumbers(random: Random): Numbers {
  const home = random.pick(PLANS);
  const services = random.fork('services');
  const number = (draw: Random, [leading, digits]: readonly [string, number]): string => leading + draw.text(digits, '0123456789');
  const national = (plan: Plan): string => `+${plan.country}${number(random, random.pick(plan.subscribers))}`;
  const abroad = (): string => (random.chance(DEARLY) ? `+${number(random, random.pick(DEAR))}` : national(random.pick(PLANS)));
  return {
    subscriber: () => (random.chance(ABROAD) ? abroad() : national(home)),
    free: () => `+${home.country}${number(services, home.free)}`,
    premium: () => `+${home.country}${number(services, home.premium)}`,
  };
}
