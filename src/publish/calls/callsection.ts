/** The calls of a report, in a few lines: how many were answered and for how long, who hung up, how they were protected. */
import type { CallSummary } from '../../queries.ts';
import { number, several, span } from '../layout.ts';

/** Rows of name and text; none if there was no call. */
export function callRows(s: CallSummary): [name: string, text: string][] {
  if (s.calls === 0) return [];
  const rows: [string, string][] = [['answered', answeredText(s)]];
  if (s.setups > 0) rows.push(['ringing', `after ${span(s.ringing / s.setups)} on average`]);
  const ends = phrase([
    [s.hungUpBy.caller, 'caller'],
    [s.hungUpBy.callee, 'callee'],
    [s.hungUpBy.network, 'network'],
    [s.hungUpBy.none, 'not seen'],
  ]);
  rows.push(['ended by', ends]);
  const more = phrase([
    [s.incomplete, 'begun before the capture'],
    [s.forked, 'forked'],
    [s.held, 'put on hold'],
    [s.transferred, 'transferred'],
    [s.joined, 'joined with another leg'],
  ]);
  if (more !== '') rows.push(['of these', more]);
  rows.push(['protected', protectedText(s)]);
  return rows;
}

/** ASR: answered of all; ACD: their average length (RFC 6076 §4.6, ITU-T E.411). */
function answeredText({ calls, answered, finished, billed }: CallSummary): string {
  const ratio = `${number(answered)} of ${several(calls, 'call')} (ASR ${Math.round((100 * answered) / calls)} %)`;
  return finished === 0 ? ratio : `${ratio}, ${span(billed / finished)} on average (ACD)`;
}

function protectedText(s: CallSummary): string {
  const parts = phrase([
    [s.secure, 'over TLS on every hop seen'],
    [s.partlySecure, 'over TLS on some hops'],
    [s.authenticated, 'authenticated'],
    [s.signed, 'with a signed identity'],
    [s.asserted, 'with an asserted identity'],
  ]);
  return parts === '' ? 'none: no TLS, no accepted credentials, no identity' : parts;
}

function phrase(parts: readonly (readonly [n: number, what: string])[]): string {
  return parts
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${number(n)} ${what}`)
    .join(', ');
}
