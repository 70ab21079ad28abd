/** What the whole engine makes of packets written by a test: Events, and Alerts of the rules that come with it. */
import assert from 'node:assert/strict';
import { loadConfig } from '../src/config.ts';
import { loadRules } from '../src/correlate/load.ts';
import { loadKnownClients } from '../src/knowndna.ts';
import { Pipeline } from '../src/pipeline.ts';
import type { Alert, Event, Packet } from '../src/types.ts';

/** Events and Alerts (last versions only), in order. */
export interface Happenings {
  readonly events: Event[];
  readonly alerts: Alert[];
}

/** Runs packets through an engine of its own, to the end. */
export function happenings(packets: Iterable<Packet>): Happenings {
  const loaded = loadConfig();
  assert.ok('config' in loaded);
  const { config } = loaded;
  const { rules, faults } = loadRules(config.rules, { profile: config.profile });
  assert.deepEqual(faults, []);
  const { known } = loadKnownClients(config.dna);
  const pipeline = new Pipeline({ config, rules, known, boot: 1, sinks: { events: true, calls: false } });
  const events: Event[] = [];
  const alerts = new Map<string, Alert>();
  const drain = (): void => {
    const up = pipeline.drain();
    events.push(...up.events);
    for (const alert of up.alerts) alerts.set(alert.id, alert);
  };
  for (const packet of packets) {
    pipeline.handle(packet);
    drain();
  }
  pipeline.command({ kind: 'finish' });
  drain();
  return { events, alerts: [...alerts.values()] };
}

/** `type` and `data` of the Events of one type. */
export function dataOf({ events }: Happenings, type: string): Event['data'][] {
  return events.filter((event) => event.type === type).map((event) => event.data);
}
