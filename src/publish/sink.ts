/** An output that is written while the capture is read, or from what was seen of it. */
import type { SipRecords } from '../siprecords.ts';
import type { Alert, Call, Event } from '../types.ts';
import type { Findings } from './findings.ts';

/** What has gone up from the engine since the last time. */
export interface Batch {
  readonly events: readonly Event[];
  readonly alerts: readonly Alert[];
  readonly calls: readonly Call[];
  readonly records: SipRecords | undefined;
}

/** One output. Whatever it throws is its own end only: the others go on. */
export interface Sink {
  /** For messages: what it writes and where to. */
  readonly name: string;
  /** Takes a batch; the records in it are good until this returns or its promise is fulfilled. */
  take(batch: Batch): void | Promise<void>;
  /** The input has ended: writes the rest and gives the file its name. */
  finish(findings: Findings): Promise<void>;
  /** Gives up: nothing half-written stays. */
  abandon(): void;
}
