/** Events for tests, made at random from the catalogue. */
import fc from 'fast-check';
import type { EventType, FieldKind } from '../src/eventfields.ts';
import { EVENT_NAMES, EVENTS, type EventName } from '../src/events.ts';
import { ATTRIBUTIONS, type Event } from '../src/types.ts';

const NUMBERS: ReadonlySet<FieldKind> = new Set<FieldKind>(['count', 'duration', 'status', 'port', 'number']);

function value(kind: FieldKind): fc.Arbitrary<string | number | boolean> {
  if (kind === 'flag') return fc.boolean();
  if (NUMBERS.has(kind)) return fc.nat();
  return kind === 'secret' ? fc.constantFrom('', 'hunter2') : fc.string({ unit: 'binary', maxLength: 20 });
}

function dataOf(name: EventName): fc.Arbitrary<Event['data']> {
  const type: EventType = EVENTS[name];
  return fc.record(Object.fromEntries(Object.entries(type.fields).map(([field, { kind }]) => [field, value(kind)])), {
    noNullPrototype: true,
  });
}

/** Any Event of the catalogue, hostile text included. */
export const anyEvent: fc.Arbitrary<Event> = fc.constantFrom(...EVENT_NAMES).chain((type) =>
  fc.record(
    {
      id: fc.string({ minLength: 1, maxLength: 12 }),
      time: fc.integer({ min: 1, max: 2 ** 52 }),
      type: fc.constant(type),
      node: fc.constantFrom('a', 'b'),
      src: fc.ipV4(),
      srcPort: fc.integer({ min: 0, max: 65535 }),
      dst: fc.ipV6(),
      dstPort: fc.integer({ min: 0, max: 65535 }),
      origin: fc.constantFrom(...ATTRIBUTIONS),
      via: fc.constantFrom('', '192.0.2.1'),
      callId: fc.string({ unit: 'binary', maxLength: 40 }),
      account: fc.string({ maxLength: 10 }),
      data: dataOf(type),
      file: fc.constantFrom('', 'a.pcap'),
      frame: fc.nat(),
    },
    { noNullPrototype: true },
  ),
);

/** An Event as any output may hold it: what is secret is masked. */
export function masked(event: Event): Event {
  const type: EventType | undefined = Object.entries(EVENTS).find(([name]) => name === event.type)?.[1];
  const data = Object.entries(event.data).map(([name, value]) => {
    const secret = type?.fields[name]?.kind === 'secret';
    return [name, secret && value !== '' ? '••••' : value];
  });
  return { ...event, data: Object.fromEntries(data) };
}
