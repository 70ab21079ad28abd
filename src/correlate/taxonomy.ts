/** Each class of attack in the words of VOIPSA's taxonomy (version 1.0, 2005) and of MITRE ATT&CK, for whoever files incidents by these. */
import type { AttackClass } from '../types.ts';

/** A threat of VOIPSA and the ids of techniques of ATT&CK (Enterprise). */
interface Filing {
  readonly voipsa: string;
  readonly attack: readonly string[];
}

/** By class. `voipsa` is empty where that taxonomy has no such threat. */
export const TAXONOMY: Readonly<Record<AttackClass, Filing>> = {
  'server-scan': { voipsa: 'Eavesdropping: number harvesting', attack: ['T1595.001', 'T1046'] },
  'extension-scan': { voipsa: 'Eavesdropping: number harvesting', attack: ['T1087', 'T1589.001'] },
  'password-guessing': { voipsa: 'Social threats: misrepresentation of identity', attack: ['T1110.001'] },
  'distributed-guessing': { voipsa: 'Social threats: misrepresentation of identity', attack: ['T1110.001'] },
  'account-takeover': { voipsa: 'Service abuse: improper access to services', attack: ['T1078'] },
  flood: { voipsa: 'Intentional interruption: request flooding', attack: ['T1498.001', 'T1499.002'] },
  reflection: { voipsa: 'Intentional interruption: distributed denial of service', attack: ['T1498.002'] },
  teardown: { voipsa: 'Intentional interruption: spoofed messages', attack: ['T1489'] },
  hijack: { voipsa: 'Intentional interruption: call hijacking', attack: ['T1557'] },
  impersonation: { voipsa: 'Social threats: misrepresentation of identity', attack: ['T1656'] },
  'media-attack': { voipsa: 'Interception and modification: conversation alteration', attack: ['T1565.002'] },
  spit: { voipsa: 'Social threats: unwanted contact', attack: ['T1566.004'] },
  'toll-fraud': { voipsa: 'Service abuse: premium rate service fraud', attack: ['T1496', 'T1657'] },
  'billing-bypass': { voipsa: 'Service abuse: improper bypass or adjustment to billing', attack: ['T1657'] },
  malformed: { voipsa: 'Intentional interruption: malformed requests and messages', attack: ['T1499.004'] },
  injection: { voipsa: '', attack: ['T1190'] },
  exploit: { voipsa: 'Intentional interruption: malformed requests and messages', attack: ['T1190'] },
  'covert-channel': { voipsa: '', attack: ['T1071', 'T1132'] },
  anomaly: { voipsa: '', attack: [] },
  policy: { voipsa: '', attack: [] },
};

/** What the classes are called there, each name once, in the order of the classes: ids of ATT&CK first, then `VOIPSA …`. */
export function filings(classes: Iterable<AttackClass>): string[] {
  const all = [...classes].map((each) => TAXONOMY[each]);
  const voipsa = all.filter((each) => each.voipsa !== '').map((each) => `VOIPSA ${each.voipsa}`);
  return [...new Set([...all.flatMap(({ attack }) => attack.map((id) => `ATT&CK ${id}`)), ...voipsa])];
}
