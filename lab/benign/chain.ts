/** Things that one actor does in their order, spread over a stretch of the machine's time. */

/** One of them. */
export interface Step {
  /** Simulated second since midnight. */
  readonly at: number;
  readonly run: () => Promise<void>;
}

/** A stretch of simulated time and how long it takes to play. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Milliseconds of the machine's time. */
  readonly real: number;
}

/**
 * Plays the steps that lie in the stretch, each when its time has come on the machine's clock, none before the one before it has
 * ended. A step that fails is told; the next ones go on.
 */
export async function playChain(
  steps: readonly Step[],
  stretch: Stretch,
  signal: AbortSignal,
  failed: (fault: unknown) => void,
): Promise<void> {
  const began = performance.now();
  const pace = stretch.real / (stretch.to - stretch.from);
  for (const step of steps) {
    if (step.at < stretch.from || step.at >= stretch.to) continue;
    const wait = began + (step.at - stretch.from) * pace - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    signal.throwIfAborted();
    await step.run().catch(failed);
  }
}
