/** Writes the calls of `analyze --calls` as they end: at no time are more in memory than one batch of them. */

import type { ByteTarget } from '../eve/eve.ts';
import type { Batch, Sink } from '../sink.ts';
import { CALLS_HEADER, callLine } from './callcsv.ts';

/** One CSV file. */
export class CallSink implements Sink {
  readonly name: string;
  readonly #target: ByteTarget;
  #begun = false;

  constructor(target: ByteTarget) {
    this.#target = target;
    this.name = `calls ${target.path}`;
  }

  async take({ calls }: Batch): Promise<void> {
    if (calls.length === 0) return;
    await this.#write(calls.map(callLine).join(''));
  }

  async finish(): Promise<void> {
    await this.#write('');
    await this.#target.commit();
  }

  abandon(): void {
    this.#target.abandon();
  }

  async #write(lines: string): Promise<void> {
    const text = this.#begun ? lines : CALLS_HEADER + lines;
    this.#begun = true;
    if (text !== '') await this.#target.write(Buffer.from(text));
  }
}
