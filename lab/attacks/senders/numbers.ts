/** Telephone numbers that cost their caller dearly and pay whoever rents them out. */
import type { Random } from '../../random.ts';

/** Country codes (ITU-T E.164) with expensive termination: small states, satellites, shared-cost services. */
const COSTLY = [
  '252',
  '232',
  '224',
  '216',
  '960',
  '675',
  '677',
  '682',
  '688',
  '692',
  '53',
  '371',
  '370',
  '381',
  '882',
  '883',
  '979',
  '8816',
];

/** A range of such numbers, as it is rented: one country, and all digits but the last three. */
export function costlyRange(random: Random): () => string {
  const country = random.pick(COSTLY);
  const stem = `${country}${random.integer(2, 9)}${random.text(random.integer(9, 10) - country.length - 1, '0123456789')}`;
  return () => `${stem}${random.text(3, '0123456789')}`;
}

/** How international numbers are dialled (the site's trunk takes these forms). */
export function internationalPrefix(random: Random): string {
  return random.pick(['00', '+', '00']);
}
