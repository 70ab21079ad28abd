/** The outputs that `analyze` writes beside its report: each on its own, so that one that fails takes no other with it. */
import { once } from 'node:events';
import { type Fault, RingfenceError } from '../errors.ts';
import { CallSink } from '../publish/calls/callsink.ts';
import { Conversations } from '../publish/conversations.ts';
import { type ByteTarget, EveSink } from '../publish/eve/eve.ts';
import type { Findings } from '../publish/findings.ts';
import { HtmlSink } from '../publish/page/htmlsink.ts';
import type { Output } from '../publish/print.ts';
import type { Batch, Sink } from '../publish/sink.ts';
import { OutFile } from '../store/outfile.ts';
import { EvidenceSink } from './evidence.ts';

/** Options of the command line that name an output. */
export interface OutputOptions {
  /** File for EVE; `-`, as for the two others, is standard output, instead of the report. */
  readonly eve?: string;
  /** File for the page. */
  readonly html?: string;
  /** File for the calls as CSV. */
  readonly calls?: string;
  /** Folder for captures that show the alerts. */
  readonly writeEvidence?: string;
  /** It is read on as files grow: what can be told is told at once. */
  readonly follow?: boolean;
  /** Digits and the text of messages stay in the evidence. */
  readonly evidenceBodies?: boolean;
}

/** Outputs that standard output may be given to. */
const PRINTABLE = ['eve', 'calls', 'html'] as const;

/**
 * True if an output goes to standard output, so that the report does not.
 * @throws RingfenceError `usage` if more than one thing would be printed there.
 */
export function printsOutput(options: OutputOptions & { readonly json?: boolean }): boolean {
  const printed = PRINTABLE.filter((name) => options[name] === '-').map((name) => `--${name} -`);
  const all = options.json === true ? ['--json', ...printed] : printed;
  if (printed.length > 0 && all.length > 1)
    throw new RingfenceError('usage', '', `only one thing can be printed on standard output, not ${all.join(' and ')}`);
  return printed.length > 0;
}

/** All outputs of a run. */
export class Outputs {
  /** Someone wants a record of each SIP message. */
  readonly records: boolean;
  /** Someone wants the calls as they end. */
  readonly calls: boolean;
  /** Someone wants all calls at the end. */
  readonly keepsCalls: boolean;
  readonly #conversations: Conversations | undefined;
  readonly #faults: Fault[];
  #sinks: Sink[] = [];

  /**
   * Opens them all.
   * @param faults takes the faults of outputs.
   * @throws RingfenceError `output-failed` if one cannot be opened: before anything is read, the user can put it right.
   */
  constructor(options: OutputOptions, out: Output, faults: Fault[]) {
    const { eve, html, writeEvidence, calls, follow: live = false } = options;
    this.#faults = faults;
    this.#conversations = html === undefined && writeEvidence === undefined ? undefined : new Conversations();
    this.records = eve !== undefined || this.#conversations !== undefined;
    this.calls = eve !== undefined || html !== undefined || calls !== undefined;
    this.keepsCalls = html !== undefined;
    try {
      const target = (path: string, readAlong = false): ByteTarget => (path === '-' ? streamTarget(out) : new OutFile(path, readAlong));
      if (eve !== undefined) this.#sinks.push(new EveSink(target(eve, live), live));
      if (calls !== undefined) this.#sinks.push(new CallSink(target(calls)));
      if (html !== undefined && this.#conversations !== undefined) this.#sinks.push(new HtmlSink(target(html), this.#conversations));
      if (writeEvidence !== undefined && this.#conversations !== undefined)
        this.#sinks.push(new EvidenceSink(writeEvidence, options.evidenceBodies === true, this.#conversations, faults));
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Hands a batch to all. */
  async take(batch: Batch): Promise<void> {
    this.#conversations?.take(batch);
    for (const sink of [...this.#sinks]) await this.#guard(sink, () => sink.take(batch));
  }

  /** Lets all write their rest. */
  async finish(findings: Findings): Promise<void> {
    for (const sink of [...this.#sinks]) await this.#guard(sink, () => sink.finish(findings));
    this.#sinks = [];
  }

  /** Gives up all that have not finished. */
  abandon(): void {
    for (const sink of this.#sinks) sink.abandon();
    this.#sinks = [];
  }

  /** What an output throws ends that output and is a fault. */
  async #guard(sink: Sink, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RingfenceError)) throw error;
      this.#sinks = this.#sinks.filter((each) => each !== sink);
      sink.abandon();
      this.#faults.push({ code: error.code, where: error.where, message: `${sink.name}: ${error.message}` });
    }
  }
}

/** A stream as a target: waits while it is full. */
function streamTarget(out: Output): ByteTarget {
  return {
    path: '-',
    write: async (bytes) => {
      // The stream keeps what it cannot write at once, and these bytes are written over.
      if (!out.write(Buffer.from(bytes))) await once(out, 'drain');
    },
    commit: () => {},
    abandon: () => {},
  };
}
