/** What an analysis could not see, in sentences: nobody should take silence for an all-clear. */
import type { Findings } from './findings.ts';
import { number, several } from './layout.ts';

/** Remarks on what was not read or cannot be told; never empty. */
export function unseen({ counts, files, rules, skipped }: Findings): string[] {
  const { protocol, dropped, capture } = counts;
  const of = (...reasons: string[]): number => reasons.reduce((sum, reason) => sum + (dropped[reason] ?? 0), 0);
  const remarks: [number, string][] = [
    [of('tcp', 'sctp'), 'frames of TCP or SCTP without readable SIP: encrypted signalling (TLS, WSS) or other protocols'],
    [of('unsupported-link'), 'frames of a link type that is not read'],
    [of('tunnel', 'tunnel-depth'), 'frames in tunnels that are not opened'],
    [of('fragment-expired', 'fragment-malformed'), 'fragments of datagrams that never became whole'],
    [of('short', 'malformed', 'hep-malformed'), 'frames that the capture cut short or that contradict themselves'],
    [capture['lost'] ?? 0, 'frames that were lost before they reached the capture'],
    [protocol['other'] ?? 0, 'payloads that are neither SIP nor media'],
  ];
  const told = remarks.filter(([n]) => n > 0).map(([n, what]) => `${number(n)} ${what}.`);
  for (const [name, n] of Object.entries(capture)) if (name !== 'lost') told.push(`${name}: ${several(n, 'time')}.`);
  for (const [name, n] of Object.entries(skipped ?? {})) told.push(`Left out, ${name}: ${number(n)}.`);
  if ((protocol['sip'] ?? 0) === 0) told.push('No SIP at all: whatever was said in other ways was not judged.');
  if (files.length > 0) told.push('Whoever was not recorded: calls and sign-ins that did not pass the place of the capture.');
  if (rules !== undefined) told.push(`Attacks that none of the ${several(rules.length, 'rule')} looks for.`);
  return told;
}
