/**
 * Simulated time. A unit is a part of a Call-ID's life whose inner timing is real; between units only idle gaps are
 * stretched. Time stamps are moved, never rates.
 */

/** One line of units.jsonl: from `real` on this Call-ID's packets move so that `real` becomes `simulated` (µs since 1970). */
export interface Unit {
  readonly callId: string;
  readonly real: number;
  readonly simulated: number;
}

interface Owner {
  readonly real: number;
  readonly callId: string;
}

/** Which packets move by how much. */
export class Timeline {
  readonly #units = new Map<string, Unit[]>();
  readonly #media = new Map<string, Owner[]>();
  readonly #legs = new Map<string, string>();
  readonly #shift: number;

  /** @param shift what is added to packets of no unit. */
  constructor(shift: number) {
    this.#shift = shift;
  }

  /** @throws Error if units of a Call-ID would come nearer to each other than they were: a gap may only grow. */
  unit(unit: Unit): void {
    const list = this.#units.get(unit.callId);
    if (list === undefined) this.#units.set(unit.callId, [unit]);
    else {
      const before = list.at(-1)!;
      if (unit.simulated - before.simulated < unit.real - before.real - SLACK) {
        throw new Error(
          `unit of ${unit.callId} is ${(unit.simulated - before.simulated) / 1e6} s after the one before, but took ${(unit.real - before.real) / 1e6} s: only gaps may be stretched`,
        );
      }
      list.push(unit);
    }
  }

  media(address: string, callId: string, real: number): void {
    const owners = this.#media.get(address);
    if (owners === undefined) this.#media.set(address, [{ real, callId }]);
    else owners.push({ real, callId });
  }

  /** Says that a B2BUA made this Call-ID out of another: it moves with that one unless it has units of its own. */
  leg(callId: string, of: string): void {
    this.#legs.set(callId, of);
  }

  /** All units in order of their start on the machine's clock. */
  units(): Unit[] {
    return [...this.#units.values()].flat().sort((a, b) => a.real - b.real);
  }

  /** Microseconds to add to the time of a packet of this Call-ID, or of these addresses, seen at `real`. */
  shift(real: number, callId: string | undefined, src: string, dst: string): number {
    const id = callId ?? this.#call(dst, src, real);
    const units = id === undefined ? undefined : (this.#units.get(id) ?? this.#units.get(this.#legs.get(id) ?? ''));
    if (units === undefined) return this.#shift;
    const unit = latest(units, real) ?? units[0]!;
    return unit.simulated - unit.real;
  }

  /**
   * The call that both ends belong to. A NAT may give two phones one port at once, towards different peers, so that an address alone
   * does not tell; where the ends agree on nothing, whoever was described later.
   */
  #call(dst: string, src: string, real: number): string | undefined {
    const [to, from] = [this.#media.get(dst), this.#media.get(src)];
    if (to === undefined || from === undefined) return latest(to ?? from ?? [], real)?.callId;
    const shared = latest(
      to.filter(({ callId }) => from.some((other) => other.callId === callId && other.real <= real + SLACK)),
      real,
    );
    if (shared !== undefined) return shared.callId;
    const [a, b] = [latest(to, real), latest(from, real)];
    return (a?.real ?? 0) >= (b?.real ?? 0) ? a?.callId : b?.callId;
  }
}

/** Microseconds by which clocks of two reads may differ. */
const SLACK = 1000;

/** The last one that started at or before `real`; lists are short and in order. */
function latest<T extends { readonly real: number }>(list: readonly T[], real: number): T | undefined {
  for (let i = list.length - 1; i >= 0; i--) if (list[i]!.real <= real + SLACK) return list[i];
  return;
}
