/** The benign scenarios. */
import type { Scenario } from '../scenario.ts';

/** In the order in which they are listed. */
export const BENIGN: readonly Scenario[] = [];
