/**
 * Makes Events. Strings are made here and nowhere earlier, and only if a rule or a sink asked for that type.
 */
import { addressText, NO_ENDPOINT, portOf, sameAddress } from '../bytes.ts';
import { EVENT_NAMES, type EventData, type EventName } from '../events.ts';
import { ATTRIBUTIONS, type Event } from '../types.ts';

/** Who and where, of the Event to be made. */
export interface Scene {
  readonly time: number;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  /** Code of how `src` was found (origin.ts); the packet's source if absent. */
  readonly attributed?: number;
  /** The packet's own source, 18 bytes, if it may be another. */
  readonly hop?: Uint8Array;
  readonly callId: string;
  readonly account: string;
  readonly file: string;
  readonly frame: number;
}

/** Collects the Events of one input. */
export class Emitter {
  /** Events of the current input, in order. */
  readonly out: Event[] = [];
  readonly #node: string;
  readonly #boot: number;
  readonly #wanted: readonly boolean[];
  readonly #ofType = new Uint32Array(EVENT_NAMES.length);
  #input = 0;

  /** @param wanted names of the Events someone subscribed to; others are never built. */
  constructor(node: string, boot: number, wanted: ReadonlySet<EventName>) {
    this.#node = node;
    this.#boot = boot;
    this.#wanted = EVENT_NAMES.map((name) => wanted.has(name));
  }

  /** Forgets the Events of the last input. */
  begin(ordinal: number): void {
    this.#input = ordinal;
    if (this.out.length === 0) return;
    this.out.length = 0;
    this.#ofType.fill(0);
  }

  /** True if someone wants Events of that type (index in EVENT_NAMES). */
  wants(type: number): boolean {
    return this.#wanted[type]!;
  }

  /**
   * Adds an Event. Its id is `node.boot.input.type` with the ordinal of the input and the index of the type, and a further
   * number if one input gives several of a type: the same whatever else is subscribed to.
   */
  emit<N extends EventName>(name: N, type: number, scene: Scene, data: EventData<N>): void {
    const n = this.#ofType[type]!++;
    this.out.push({
      id: `${this.#node}.${this.#boot}.${this.#input}.${type}${n > 0 ? `.${n}` : ''}`,
      time: scene.time,
      type: name,
      node: this.#node,
      src: scene.src === NO_ENDPOINT ? '' : addressText(scene.src),
      srcPort: portOf(scene.src),
      dst: scene.dst === NO_ENDPOINT ? '' : addressText(scene.dst),
      dstPort: portOf(scene.dst),
      origin: ATTRIBUTIONS[scene.attributed ?? 0]!,
      via: scene.hop === undefined || sameAddress(scene.hop, scene.src) ? '' : addressText(scene.hop),
      callId: scene.callId,
      account: scene.account,
      data,
      file: scene.file,
      frame: scene.frame,
    });
  }

  /** Adds an Event about another one, whose parties, call and place it has. `time` in µs. */
  emitAbout<N extends EventName>(name: N, type: number, about: Event, time: number, data: EventData<N>): void {
    const n = this.#ofType[type]!++;
    const id = `${this.#node}.${this.#boot}.${this.#input}.${type}${n > 0 ? `.${n}` : ''}`;
    this.out.push({ ...about, id, time, type: name, data });
  }
}

/** Index of an Event type. */
export function typeIndex(name: EventName): number {
  return EVENT_NAMES.indexOf(name);
}
