/** For `explain`: what detect and correlate made of a message. */
import type { Look } from '../correlate/correlator.ts';
import type { StageNote } from '../publish/explain.ts';
import { maskData } from '../publish/secrets.ts';
import type { Alert, Event, Packet } from '../types.ts';

type Line = readonly [name: string, text: string];

/** Events of the message, and those that only fell due while it was handled. */
export function detectNote(events: readonly Event[], packet: Packet): StageNote {
  const lines = events.map((event): Line => {
    const data = Object.entries(maskData(event)).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    const who = [event.src, event.dst].filter(Boolean).join(' to ');
    const account = event.account === '' ? '' : `, account ${event.account}`;
    const own = event.frame === packet.frameNumber && event.file === packet.where.file;
    return [event.type, `${own ? '' : `fell due now, about frame ${event.frame}: `}${who}${account}; ${data.join(', ')}`];
  });
  return { stage: 'detect', lines };
}

/** An Event and what the rules filed under its type made of it. */
export interface Judged {
  readonly event: Event;
  readonly looks: readonly Look[];
}

/** Rules that looked, and Alerts that came of it. */
export function correlateNote(judged: readonly Judged[], alerts: readonly Alert[]): StageNote {
  const looked = judged.flatMap(({ event, looks }) => looks.map((look): Line => [look.rule, lookText(event, look)]));
  const raised = alerts.map(
    (alert): Line => [
      alert.state === 'open' ? 'alert' : `alert ${alert.state}`,
      `${alert.title} (${alert.level}, ${alert.subject.value}). ${alert.why}`,
    ],
  );
  return { stage: 'correlate', lines: [...looked, ...raised] };
}

function lookText(event: Event, { matched, count, limit, open }: Look): string {
  if (!matched) return `${event.type}: its condition does not hold`;
  return `${event.type}: ${count} of ${limit}${open ? ', the alert is open' : ''}`;
}
