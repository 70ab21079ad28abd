/**
 * What every capture must raise, and what benign traffic must not: the expectations of all collections in one list. Who
 * works on a detector reads the seen half alone.
 */
import type { Expectation } from './expectation.ts';
import { BENCH } from './expected/bench.ts';
import { BLIND_CALLS } from './expected/blind/calls.ts';
import { BLIND_COVERT } from './expected/blind/covert.ts';
import { BLIND_FUZZ } from './expected/blind/fuzz.ts';
import { BLIND_LESSONS } from './expected/blind/lessons.ts';
import { BLIND_MEDIA } from './expected/blind/media.ts';
import { BLIND_OTHERS } from './expected/blind/others.ts';
import { BLIND_PARSERS } from './expected/blind/parsers.ts';
import { BLIND_TOOLS } from './expected/blind/tools.ts';
import { BLIND_WILD } from './expected/blind/wild.ts';
import { CALLS } from './expected/calls.ts';
import { COVERT } from './expected/covert.ts';
import { FUZZ } from './expected/fuzz.ts';
import { LESSONS } from './expected/lessons.ts';
import { MEDIA } from './expected/media.ts';
import { OTHERS } from './expected/others.ts';
import { PARSERS } from './expected/parsers.ts';
import { TOOLS } from './expected/tools.ts';
import { WILD } from './expected/wild.ts';

/** Every expectation of the seen half, by collection. */
export const EXPECTATIONS: readonly Expectation[] = [
  ...TOOLS,
  ...WILD,
  ...COVERT,
  ...FUZZ,
  ...CALLS,
  ...LESSONS,
  ...PARSERS,
  ...MEDIA,
  ...OTHERS,
  ...BENCH,
];

/** Every expectation of the blind half. */
export const BLIND: readonly Expectation[] = [
  ...BLIND_TOOLS,
  ...BLIND_WILD,
  ...BLIND_COVERT,
  ...BLIND_FUZZ,
  ...BLIND_CALLS,
  ...BLIND_LESSONS,
  ...BLIND_PARSERS,
  ...BLIND_MEDIA,
  ...BLIND_OTHERS,
];
