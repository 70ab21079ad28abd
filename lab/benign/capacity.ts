/** Plays independent pieces side by side, as many as the machine carries: what is late would not be played in real time. */

/** Limits of a stage. */
export interface Limits {
  /** Pieces under way at once. */
  readonly together: number;
  /** Pieces begun per second. */
  readonly perSecond: number;
  /** Milliseconds by which the process may be behind its timers before nothing new is begun. */
  readonly behind: number;
  readonly signal: AbortSignal;
}

/** One piece: something that is played, and whose failure is told but ends nothing. */
export type Piece = () => Promise<void>;

/** How a list of pieces went. */
export interface Played {
  readonly played: number;
  /** What went wrong, each text with how often. */
  readonly failures: ReadonlyMap<string, number>;
  /** Greatest lag of the timers, in milliseconds. */
  readonly lag: number;
}

/** Milliseconds between two looks at the list. */
const TICK = 20;

/**
 * Begins the pieces in their order, and returns when the last has ended. Throws the signal's reason when it fires; pieces under
 * way are then left to their own handling of it.
 */
export async function play(pieces: readonly Piece[], limits: Limits): Promise<Played> {
  const failures = new Map<string, number>();
  const under = new Set<Promise<void>>();
  let next = 0;
  let due = 0;
  let lag = 0;
  let last = performance.now();
  const begin = (piece: Piece): void => {
    const run = piece()
      .catch((fault: unknown) => {
        const text = fault instanceof Error ? fault.message : String(fault);
        failures.set(text, (failures.get(text) ?? 0) + 1);
      })
      .finally(() => under.delete(run));
    under.add(run);
  };
  while (next < pieces.length) {
    await pause(TICK);
    limits.signal.throwIfAborted();
    const now = performance.now();
    const late = now - last - TICK;
    lag = Math.max(lag, late);
    due = Math.min(due + ((now - last) * limits.perSecond) / 1000, limits.perSecond);
    last = now;
    for (; late < limits.behind && due >= 1 && under.size < limits.together && next < pieces.length; due--) begin(pieces[next++]!);
  }
  while (under.size > 0) {
    await Promise.race([...under, pause(1000)]);
    limits.signal.throwIfAborted();
  }
  return { played: next, failures, lag };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
