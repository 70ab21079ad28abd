/** All scenarios with an attack in them, in the order of the catalogue (requirements.md §7), and the benign twins of some. */
import type { Scenario } from '../scenario.ts';
import { ABANDON_FLOOD, ABANDON_FLOOD_BY_SIPP } from './abandon-flood.ts';
import { auditAbsence } from './audit-absence.ts';
import { CALL_ATTACKS } from './calls.ts';
import { dialPrefixes, dialPrefixesFound } from './dial-prefixes.ts';
import { DISTRIBUTED_GUESSING, DISTRIBUTED_GUESSING_SLOWLY } from './distributed-guessing.ts';
import { DNS_FLOOD } from './dns-flood.ts';
import { EXTENSION_SCAN, EXTENSION_SCAN_BY_NMAP, EXTENSION_SCAN_BY_SVWAR, EXTENSION_SCAN_BY_SVWAR_IN_VAIN } from './extension-scan.ts';
import { fuzzing, fuzzingPhones } from './fuzzing.ts';
import { gatewayCommanded, gatewayTalksOn } from './gateway-fraud.ts';
import { rtpFlood, rtpInjection, rtpInjectionStranger } from './media-attacks.ts';
import { MIXED_GUESSING, MIXED_GUESSING_BY_TOOLS } from './mixed-guessing.ts';
import { OPTIONS_FLOOD, OPTIONS_FLOOD_BY_SIPP, OPTIONS_FLOOD_BY_SIPSAK } from './options-flood.ts';
import { PASSWORD_FOUND, PASSWORD_GUESSING, SVCRACK_404_401, SVCRACK_OTHERS } from './password-guessing.ts';
import { profileAnomaly } from './profile-anomaly.ts';
import { FORGED_ANSWERS, REFLECTION, REFLECTION_BY_SITE, REFLECTION_UNSEEN } from './reflection.ts';
import { REQUEST_FLOODS, REQUEST_FLOODS_BY_SIPP, SPOOFED_FLOOD } from './request-floods.ts';
import { SERVER_SCAN, SERVER_SCAN_BY_NMAP, SERVER_SCAN_BY_SVMAP } from './server-scan.ts';
import { GUESSING_BESIDE_OWNER, GUESSING_THEN_OWNER } from './shared-address.ts';
import { SITE_KINDS } from './site-kinds.ts';
import { spit, spitByCustomer, spitBySipp } from './spit.ts';
import { sqlInjection } from './sql-injection.ts';
import { tollFraud } from './toll-fraud.ts';
import { UDP_FLOOD, UDP_FLOOD_SPOOFED } from './udp-flood.ts';
import { vishing, wangiri } from './vishing.ts';

/** A colleague adds his with one import and one line. */
export const ATTACKS: readonly Scenario[] = [
  UDP_FLOOD,
  UDP_FLOOD_SPOOFED,
  ...REQUEST_FLOODS,
  ...REQUEST_FLOODS_BY_SIPP,
  SPOOFED_FLOOD,
  DNS_FLOOD,
  ABANDON_FLOOD,
  ABANDON_FLOOD_BY_SIPP,
  OPTIONS_FLOOD,
  OPTIONS_FLOOD_BY_SIPP,
  OPTIONS_FLOOD_BY_SIPSAK,
  SERVER_SCAN,
  SERVER_SCAN_BY_SVMAP,
  SERVER_SCAN_BY_NMAP,
  EXTENSION_SCAN,
  EXTENSION_SCAN_BY_SVWAR,
  EXTENSION_SCAN_BY_SVWAR_IN_VAIN,
  EXTENSION_SCAN_BY_NMAP,
  PASSWORD_GUESSING,
  PASSWORD_FOUND,
  SVCRACK_404_401,
  ...SVCRACK_OTHERS,
  GUESSING_BESIDE_OWNER,
  GUESSING_THEN_OWNER,
  DISTRIBUTED_GUESSING,
  DISTRIBUTED_GUESSING_SLOWLY,
  MIXED_GUESSING,
  MIXED_GUESSING_BY_TOOLS,
  REFLECTION,
  REFLECTION_UNSEEN,
  REFLECTION_BY_SITE,
  FORGED_ANSWERS,
  ...CALL_ATTACKS, // A16-A23, A27, A34, A35, E2-2
  gatewayTalksOn, // A24
  gatewayCommanded, // A24
  auditAbsence, // A25
  fuzzing, // A26
  fuzzingPhones, // A26
  rtpFlood, // A28
  rtpInjection, // A28
  rtpInjectionStranger, // A28
  spit, // A29
  spitByCustomer, // A29
  spitBySipp, // A29
  vishing, // A30
  wangiri, // A30
  tollFraud, // A31
  dialPrefixes, // A32
  dialPrefixesFound, // A32
  profileAnomaly, // A36
  sqlInjection, // A37
  ...SITE_KINDS, // E3-1 at other kinds of site
];
