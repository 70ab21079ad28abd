/**
 * What two addresses have in common that strangers have not: a cnonce, an account whose password was found, the number they dial
 * behind their prefixes, how their tool writes, what they play. Each such find is a Tie; `Incidents` joins stories along them (S4-36, S4-42).
 */
import type { EventName } from '../events.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Charge, Event, Tie } from '../types.ts';

/** µs something is remembered after it was last seen. */
const MEMORY = 30 * 86_400_000_000;
const CAPACITY = 8192;
/** Addresses of one thing; what more have is common. */
const ADDRESSES = 4;
/** Shortest number that is nobody's extension. */
const DIGITS = 7;
/** Digits by which a number is known, as in `number.retried`. */
const SUFFIX = 9;
/** Refusals before an acceptance that was a guess (as in rules/password-guessing.yaml). */
const GUESSES = 2;
/** Packets of a stream that are worth comparing: five seconds at 20 ms. */
const PACKETS = 250;

/** Types of Event that Ties are found in. */
export const TIE_EVENTS: readonly EventName[] = [
  'cnonce.repeated',
  'account.used',
  'auth.accepted',
  'number.retried',
  'number.abroad',
  'media.ended',
  'client.seen',
  'tool.seen',
];

/** Finds Ties, and what calls cost, in Events. `out` and `charges` collect them until someone takes them out of these. */
export class Ties {
  readonly out: Tie[] = [];
  readonly charges: Charge[] = [];
  readonly #seed: Seed;
  readonly #key = new Key(512);
  /** Made with the first thing to remember: most captures have none. */
  #seen: Table<string[]> | undefined;

  constructor(seed: Seed) {
    this.#seed = seed;
  }

  /** Looks at an Event. `now` is the pipeline's time in µs. */
  take(event: Event, now: number): void {
    const { type, src, origin, data } = event;
    // Of a proxy it is not known who stands behind it, and a forged address ties nobody to anything.
    if (src === '' || origin === 'unknown' || origin === 'relayed' || origin === 'claimed') return;
    if (type === 'cnonce.repeated') this.#tie('cnonce', `${data['cnonce']}`, event, `${data['other']}`);
    else if (type === 'account.used') this.#used(event, now);
    else if (type === 'auth.accepted') this.#accepted(event, now);
    else if (type === 'number.retried') this.#dialled(event, now);
    else if (type === 'number.abroad') this.#spent(event, now);
    else if (type === 'media.ended') this.#played(event, now);
    else if (type === 'client.seen' || type === 'tool.seen') this.#wrote(event, now);
  }

  #used(event: Event, now: number): void {
    const { account, data } = event;
    const guesser = `${data['guesser']}`;
    if (guesser !== '' && guesser !== event.src) this.#tie('credential', account, event, guesser);
    this.#share('credential', account, event, now);
  }

  #accepted(event: Event, now: number): void {
    const { account, data } = event;
    if (Number(data['refusals']) > GUESSES && data['trusted'] !== true) this.#share('credential', account, event, now);
  }

  #dialled(event: Event, now: number): void {
    const number = `${event.data['suffix']}`;
    if (number.length >= DIGITS) this.#share('number', number, event, now);
  }

  /** Many people call abroad; who calls the same dear number shares who is paid for it. */
  #spent(event: Event, now: number): void {
    const { src, account, data } = event;
    this.charges.push({ address: src, account, cents: Number(data['cents']), price: Number(data['price']) });
    if (data['class'] !== 'abroad') this.#share('number', `${data['number']}`.slice(-SUFFIX), event, now);
  }

  /** A tool is known by its DNA, under its name if it has one. */
  #wrote(event: Event, now: number): void {
    const { dna, client, tool } = event.data;
    this.#share('tool', `${client ?? tool ?? ''} ${dna}`.trim(), event, now);
  }

  /** Two recordings of one length to the packet are, most likely, one recording. */
  #played(event: Event, now: number): void {
    const { media, codec, packets, bytes, promised } = event.data;
    if (media !== 'audio' || promised === 'none' || Number(packets) < PACKETS) return;
    this.#share('media', `${codec}, ${packets} packets, ${bytes} bytes`, event, now);
  }

  /** Remembers who had something, and ties him to those who had it before. */
  #share(kind: Tie['kind'], value: string, event: Event, now: number): void {
    this.#seen ??= new Table<string[]>({
      name: 'ties',
      capacity: CAPACITY,
      ttl: MEMORY,
      keyBytes: 64,
      seed: this.#seed,
      make: () => [],
      reset: (addresses) => {
        addresses.length = 0;
      },
    });
    const table = this.#seen;
    const addresses = table.at(table.put(this.#key.reset().addString(kind).addString(value), now));
    if (addresses.includes(event.src) || addresses.length === ADDRESSES) return;
    for (const other of addresses) this.#tie(kind, value, event, other);
    addresses.push(event.src);
  }

  #tie(kind: Tie['kind'], value: string, { src, time }: Event, other: string): void {
    this.out.push({ kind, value, address: src, other, time });
  }
}
