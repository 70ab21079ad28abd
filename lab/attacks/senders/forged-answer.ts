/** Answers to an INVITE that its receiver did not send. */
import { type Field, headerOf, headersOf, writeMessage } from '../../agents/message.ts';
import type { Scene } from './forgery.ts';

const REASONS: Readonly<Record<number, string>> = { 301: 'Moved Permanently', 302: 'Moved Temporarily', 603: 'Decline' };

/**
 * Sends a final answer to the INVITE of a call that rings: to the caller as if from the proxy, or to the proxy as if from the called
 * telephone. False if the INVITE was not seen.
 */
export async function forgedAnswer({ lab, way, disguise, call, as }: Scene, status: number, more: readonly Field[] = []): Promise<boolean> {
  const { invite, ringing } = call;
  if (invite === undefined || ringing === undefined) return false;
  // To the caller: only his own Via. To the proxy: those that the telephone echoes.
  const vias = way.through === 'phone' ? headersOf(invite, 'via') : headersOf(ringing, 'via');
  const fields: Field[] = [
    ...vias.map((via): Field => ['Via', via]),
    ['From', headerOf(invite, 'from')],
    ['To', headerOf(ringing, 'to')],
    ['Call-ID', call.callId],
    ['CSeq', headerOf(invite, 'cseq')],
    ...more,
  ];
  const start = `SIP/2.0 ${status} ${REASONS[status] ?? 'Unknown'}`;
  const payload = writeMessage({ start, fields, body: '' }, disguise.actor.shape);
  await disguise.fire(payload, way.through === 'phone' ? call.caller.signalling : lab.site.proxy, call, as);
  await lab.sleep(500);
  return true;
}
