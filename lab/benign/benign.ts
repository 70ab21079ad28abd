/** The benign scenarios. */
import type { Scenario } from '../scenario.ts';
import { benignScenario } from './day.ts';
import { daySize, HOUR } from './sizes.ts';

/** All of them, the small one first. */
export const BENIGN: readonly Scenario[] = [
  { ...benignScenario('benign-hour', 'an hour of a small office, with every hard negative', HOUR), small: true },
  benignScenario('benign-hour-chain', 'the same hour behind an edge proxy that hides the topology', HOUR, 'proxy-chain'),
  benignScenario('benign-hour-b2bua', 'the same hour at a site whose B2BUA makes two calls out of each', HOUR, 'b2bua'),
  {
    ...benignScenario('benign-day', 'a day of 100 phones and 5,000 calls, with every hard negative', daySize(100, 5000)),
    runs: 10,
    long: true,
  },
];
