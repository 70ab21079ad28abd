/** For `explain`: what decode made of MGCP and of H.323 call signalling. Values of parameters may be digits somebody dialled: not shown. */
import { text } from '../bytes.ts';
import { createMgcp, type MgcpMessage, parameterNames, parseMgcp } from '../decode/gateways/mgcp.ts';
import { createQ931, parseQ931, Q931_MESSAGES } from '../decode/gateways/q931.ts';
import type { Packet } from '../types.ts';

type Line = readonly [name: string, text: string];

/** Most MGCP messages of one datagram that are shown. */
const MOST_SHOWN = 8;

/** The MGCP messages of a datagram (RFC 3435 §3.5.5). */
export function mgcpLines(p: Packet): Line[] {
  const m = createMgcp();
  const lines: Line[] = [];
  for (let at = p.start, n = 0; at >= 0 && n < MOST_SHOWN && parseMgcp(m, p.bytes, at, p.end); at = m.next, n++)
    lines.push(...messageLines(m));
  return lines;
}

function messageLines(m: MgcpMessage): Line[] {
  const verb = text(m.bytes, m.verbSpan.start, m.verbSpan.end);
  const names = parameterNames(m).map(({ start, end }) => text(m.bytes, start, end));
  const body = m.body.end - m.body.start;
  return [
    m.isCommand
      ? ['command', `${verb}, transaction ${m.transaction}, endpoint ${text(m.bytes, m.endpoint.start, m.endpoint.end)}`]
      : ['response', `${m.code}, transaction ${m.transaction}`],
    ['parameters', names.length === 0 ? 'none' : `${names.join(', ')}; values not shown`],
    ...(body > 0 ? [['body', `${body} bytes, not shown`] as const] : []),
  ];
}

/** The Q.931 header of H.225.0 call signalling. */
export function q931Lines(p: Packet): Line[] {
  const m = createQ931();
  if (!parseQ931(m, p.bytes, p.start, p.end)) return [];
  const side = m.toOrigin ? ', to the side that chose the reference' : '';
  const numbers = (['calling', 'called', 'display'] as const).flatMap((name): Line[] => {
    const { start, end } = m[name];
    return end > start ? [[name, text(m.bytes, start, end)]] : [];
  });
  return [
    ['message', `${Q931_MESSAGES[m.type] ?? ''}, call reference ${m.reference}${side}`],
    ...numbers,
    ...(m.cause < 0 ? [] : [['cause', `${m.cause} (Q.850)`] as const]),
  ];
}
