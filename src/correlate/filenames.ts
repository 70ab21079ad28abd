/** Names of captures as numbers of 16 bits, for rows that remember where an Event lies. */

const MOST_FILES = 65_536;

/** Names by number. One that 65,536 others came after is forgotten: no group waits for its limit that long. */
export class FileNames {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  #next = 0;
  #last = '';
  #lastNumber = -1;

  /** The number of a name. */
  of(name: string): number {
    if (name === this.#last && this.#lastNumber >= 0) return this.#lastNumber;
    this.#last = name;
    this.#lastNumber = this.#numbers.get(name) ?? this.#add(name);
    return this.#lastNumber;
  }

  /** The name of a number. */
  at(number: number): string {
    return this.#names[number]!;
  }

  #add(name: string): number {
    const number = this.#next;
    const old = this.#names[number];
    if (old !== undefined) this.#numbers.delete(old);
    this.#names[number] = name;
    this.#numbers.set(name, number);
    this.#next = (number + 1) % MOST_FILES;
    return number;
  }
}
