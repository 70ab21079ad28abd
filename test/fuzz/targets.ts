/** What can be fuzzed, by name. Each is loaded when chosen, in the thread that runs it. */
import type { Target } from './loop.ts';

/** All targets; those named `planted-…` are for the tests of the fuzzer itself. */
export const targets: Readonly<Record<string, () => Promise<Target>>> = {
  message: async () => (await import('./message.ts')).message(),
  sdp: async () => (await import('./sdp.ts')).sdp(),
  engine: async () => (await import('./engine.ts')).engine(),
  capture: async () => (await import('./capture.ts')).capture(),
  'planted-doors': async () => (await import('./planted.ts')).doors,
  'planted-square': async () => (await import('./planted.ts')).square,
  'planted-endless': async () => (await import('./planted.ts')).endless,
  'planted-growth': async () => (await import('./planted.ts')).growing,
};
