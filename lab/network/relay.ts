/**
 * Delay, jitter and loss where the kernel has no netem: a process that passes Ethernet frames between pairs of TAP devices,
 * one in a far segment (`eth0`), one in the router (named like the segment). Frames of one direction keep their order.
 *
 * usage: node lab/network/relay.ts '{"delayMs":40,"jitterMs":3,"loss":0.002,"seed":1,"segments":["attack"]}'
 */
import { execFileSync } from 'node:child_process';
import { read, writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { inNamespace, openTap } from '../native.ts';
import { type Random, seeded } from '../random.ts';

interface Options {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly loss: number;
  readonly seed: number;
  readonly segments: readonly string[];
}

const LARGEST = 2048;
/** Frames that a device keeps while this process has no processor: seconds of a flood. The kernel's 1,000 are a fraction of one. */
const QUEUE = '30000';
/** The relay is a wire: it goes before whoever computes. */
const PRIORITY = -15;
/** ARP is never lost: the lab's links are not Ethernet in truth. */
const ARP = 0x0806;

function tap(namespace: string, name: string): number {
  const fd = inNamespace(namespace, () => openTap(name));
  execFileSync('ip', ['-n', namespace, 'link', 'set', name, 'txqueuelen', QUEUE, 'up']);
  return fd;
}

/** Passes frames one way for ever. */
function pass(from: number, to: number, random: Random, { delayMs, jitterMs, loss }: Options): void {
  const queue: { readonly due: number; readonly frame: Uint8Array }[] = [];
  let last = 0;
  const flush = (): void => {
    const now = performance.now();
    while (queue.length > 0 && queue[0]!.due <= now) send(to, queue.shift()!.frame);
    if (queue.length > 0) setTimeout(flush, Math.max(queue[0]!.due - performance.now(), 0));
  };
  const take = (frame: Uint8Array): void => {
    const arp = ((frame[12]! << 8) | frame[13]!) === ARP;
    if (arp) {
      send(to, frame);
      return;
    }
    if (random.chance(loss)) return;
    const due = Math.max(last, performance.now() + delayMs + (2 * random.unit() - 1) * jitterMs);
    last = due;
    queue.push({ due, frame });
    if (queue.length === 1) setTimeout(flush, due - performance.now());
  };
  const next = (): void => {
    const buffer = new Uint8Array(LARGEST);
    read(from, buffer, 0, LARGEST, null, (error, length) => {
      if (error !== null) throw error;
      take(buffer.subarray(0, length));
      next();
    });
  };
  next();
}

function send(to: number, frame: Uint8Array): void {
  try {
    writeSync(to, frame);
  } catch {
    // A full device drops, as a full link does.
  }
}

setPriority(PRIORITY);
const options: Options = JSON.parse(process.argv[2] ?? '{}');
for (const segment of options.segments) {
  const outer = tap(segment, 'eth0');
  const inner = tap('router', segment);
  pass(outer, inner, seeded(options.seed, `${segment}/in`), options);
  pass(inner, outer, seeded(options.seed, `${segment}/out`), options);
}
process.send?.('ready');
process.on('disconnect', () => process.exit());
