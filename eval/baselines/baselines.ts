/** All detectors that stand beside Ringfence, in the order of tables. */
import type { Detector } from '../detector.ts';
import { fail2ban, fail2banStrict } from './fail2ban.ts';
import { paper002 } from './paper002.ts';
import { paper003, paper003Shipped } from './paper003.ts';
import { paper004 } from './paper004.ts';
import { pike, pikeStrict } from './pike.ts';
import { suricata, suricataPublished } from './suricata.ts';

/** Programs run for real, then the rules of the papers as they stand. */
export const BASELINES: readonly Detector[] = [
  suricata,
  suricataPublished,
  pike,
  pikeStrict,
  fail2ban,
  fail2banStrict,
  paper002,
  paper003,
  paper003Shipped,
  paper004,
];
