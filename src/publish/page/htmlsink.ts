/** Writes the page of `analyze --html` at the end, from what was counted and kept while reading. */

import type { Conversations } from '../conversations.ts';
import type { ByteTarget } from '../eve/eve.ts';
import type { Findings } from '../findings.ts';
import type { Batch, Sink } from '../sink.ts';
import { page } from './page.ts';
import { Tally } from './tally.ts';

/** One page. */
export class HtmlSink implements Sink {
  readonly name: string;
  readonly #target: ByteTarget;
  readonly #conversations: Conversations;
  readonly #tally = new Tally();

  /** @param conversations filled by who owns them, before this sink is asked for the page. */
  constructor(target: ByteTarget, conversations: Conversations) {
    this.#target = target;
    this.#conversations = conversations;
    this.name = `page ${target.path}`;
  }

  take({ records }: Batch): void {
    if (records !== undefined) this.#tally.take(records);
  }

  async finish(findings: Findings): Promise<void> {
    for await (const piece of page({ findings, conversations: this.#conversations, tally: this.#tally })) {
      await this.#target.write(Buffer.from(piece));
    }
    this.#target.commit();
  }

  abandon(): void {
    this.#target.abandon();
  }
}
