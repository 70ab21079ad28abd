/**
 * Which parts of a recording pike can possibly trigger on. Its documentation (Developer Guide): "the minimum number of hits to
 * turn an address red is x", x being the requests allowed per sampling unit, and hits are those of one unit. So an address
 * with fewer than x requests in every stretch as long as a unit is never blocked, whatever is in the tree; a stretch here is
 * half a unit longer, as the timer that ends a unit may be late.
 */

/** A request on its way to the proxy. */
export interface Arrival {
  /** µs since 1970. */
  readonly time: number;
  readonly src: string;
}

/** A part of the recording to be replayed; µs since 1970, both included. */
export interface Window {
  readonly first: number;
  readonly last: number;
  /** Whom pike can block in it, and until when that is possible. When all of them are blocked, the rest tells nothing new. */
  readonly hot: ReadonlyMap<string, number>;
}

/** How long the tree is filled before the first request that matters: remove_latency and a unit; and how long it is watched after the last. */
const LEAD = 6_000_000;
const TAIL = 3_000_000;
/** Of a longer window the rest is left out: whom pike did not block within a minute of such a rate, and again, nobody tells. */
const LONGEST = 60_000_000;

/**
 * The windows, in order, without overlap.
 * @param arrivals in the order of time. @param density requests allowed per unit. @param unit µs.
 */
export function pikeWindows(arrivals: readonly Arrival[], density: number, unit: number): Window[] {
  const recent = new Map<string, number[]>();
  const windows: OpenWindow[] = [];
  for (const { time, src } of arrivals) {
    const times = recent.get(src) ?? [];
    recent.set(src, times);
    times.push(time);
    if (times.length > density) times.shift();
    const oldest = times[0] ?? time;
    if (times.length === density && time - oldest <= unit * 1.5) extend(windows, oldest, time, src);
  }
  return windows.map(({ first, last, hot }) => ({ first, last: Math.min(last, first + LEAD + LONGEST), hot }));
}

interface OpenWindow {
  first: number;
  last: number;
  readonly hot: Map<string, number>;
}

function extend(windows: OpenWindow[], oldest: number, time: number, src: string): void {
  const before = windows.at(-1);
  const first = oldest - LEAD;
  const last = time + TAIL;
  if (before === undefined || first > before.last) windows.push({ first, last, hot: new Map([[src, last]]) });
  else {
    before.first = Math.min(before.first, first);
    before.last = last;
    before.hot.set(src, last);
  }
}
