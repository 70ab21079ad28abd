/** How a number is distributed over many observations: exact quantiles, and what share lies within a bound. */

/** Numbers, gathered and then asked. */
export class Distribution {
  readonly #values: number[] = [];
  #isSorted = true;

  add(value: number): void {
    this.#values.push(value);
    this.#isSorted = false;
  }

  get count(): number {
    return this.#values.length;
  }

  /** The smallest value that at least this share (0 to 1) of all does not exceed; NaN without any. */
  quantile(share: number): number {
    const sorted = this.#sorted();
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  }

  /** How many are this high or higher. */
  atLeast(bound: number): number {
    const sorted = this.#sorted();
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < bound) low = middle + 1;
      else high = middle;
    }
    return sorted.length - low;
  }

  #sorted(): readonly number[] {
    if (!this.#isSorted) this.#values.sort((a, b) => a - b);
    this.#isSorted = true;
    return this.#values;
  }
}
