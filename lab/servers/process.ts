/** How the site's programs are started: the lab gives a function that starts them inside a namespace. */
import type { SegmentName } from '../scenario.ts';

/** A program that was started and is to be stopped by whoever started it. */
export interface Running {
  readonly pid: number;
  /** Exit code, null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to end (SIGTERM), kills it after some seconds; resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a program in a segment's namespace; stdout and stderr go to `output`, a file that is made or emptied. `version`: of what the
 * command becomes, for the manifest, where its first word does not tell.
 */
export type Launch = (segment: SegmentName, command: readonly string[], output: string, version?: string) => Promise<Running>;
