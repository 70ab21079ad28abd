/**
 * How many different values a group saw, in bounded memory: exact to `EXACT` values (as 32-bit hashes under the secret
 * seed), then an estimate (HyperLogLog, Flajolet et al. 2007, 2,048 registers: standard error 2.3 %). All groups of a rule
 * share one budget for exact counting; a group that finds it spent is estimated earlier.
 */

/** Most values counted exactly. */
export const EXACT = 4096;

const REGISTERS = 2048;
const INDEX_BITS = 11;
const SMALLEST = 32;

/** Slots of exact sets that the groups of one rule may still take, 4 bytes each. */
export interface Budget {
  left: number;
}

/** Different values of one group, given as 32-bit hashes. */
export class Distinct {
  readonly #budget: Budget;
  /** Open-addressed set of hashes, 0 empty; no longer there once `#registers` is. */
  #slots: Int32Array | undefined;
  #size = 0;
  #registers: Uint8Array | undefined;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** The count is exact. */
  get exact(): boolean {
    return this.#registers === undefined;
  }

  add(hash: number): void {
    // 0 marks an empty slot.
    const h = hash | 0 || 1;
    if (this.#registers !== undefined) observe(this.#registers, h);
    else if (this.#slots === undefined && !this.#grow(SMALLEST)) observe(this.#estimate(), h);
    else if (this.#insert(h) && this.#size * 2 > this.#slots!.length && !this.#grow(this.#slots!.length * 2)) this.#estimate();
  }

  /** How many different values: exact, or the estimate. */
  count(): number {
    return this.#registers === undefined ? this.#size : estimate(this.#registers);
  }

  /** Forgets all and gives its memory back. */
  clear(): void {
    if (this.#slots !== undefined) this.#budget.left += this.#slots.length;
    this.#slots = undefined;
    this.#registers = undefined;
    this.#size = 0;
  }

  #insert(h: number): boolean {
    const slots = this.#slots!;
    const mask = slots.length - 1;
    let i = h & mask;
    while (slots[i] !== 0) {
      if (slots[i] === h) return false;
      i = (i + 1) & mask;
    }
    slots[i] = h;
    this.#size++;
    return true;
  }

  #grow(length: number): boolean {
    const old = this.#slots;
    const more = length - (old?.length ?? 0);
    if (length > 2 * EXACT || more > this.#budget.left) return false;
    this.#budget.left -= more;
    this.#slots = new Int32Array(length);
    this.#size = 0;
    for (const h of old ?? []) if (h !== 0) this.#insert(h);
    return true;
  }

  #estimate(): Uint8Array {
    const registers = new Uint8Array(REGISTERS);
    for (const h of this.#slots ?? []) if (h !== 0) observe(registers, h);
    this.clear();
    this.#registers = registers;
    return registers;
  }
}

function observe(registers: Uint8Array, h: number): void {
  const index = h >>> (32 - INDEX_BITS);
  // Position of the first 1 among the remaining bits; a guard bit ends the run.
  const rank = Math.clz32(((h << INDEX_BITS) | (1 << (INDEX_BITS - 1))) >>> 0) + 1;
  if (rank > registers[index]!) registers[index] = rank;
}

function estimate(registers: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / sum;
  // Linear counting below 5/2 of the registers, as the paper has it.
  return Math.round(raw <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}
