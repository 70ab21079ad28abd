/** Fuzz target: one payload through sniffing and the SIP decoder. */
import { createMessage, parseSip } from '../../src/decode/sip.ts';
import { sniff } from '../../src/decode/sniff.ts';
import { payloadSeeds } from './corpus.ts';
import type { Target } from './loop.ts';
import { checkSpans } from './promises.ts';

/** Bytes around the payload, as other packets lie around it in a chunk: reading them would be an error. */
const AROUND = 16;

/** Makes the target. */
export async function message(): Promise<Target> {
  const seeds = await payloadSeeds();
  const parsed = createMessage();
  return {
    name: 'message',
    seeds: () => seeds,
    files: /\/src\/decode\/(?!.*\.test\.)/,
    run: (input) => {
      const bytes = Buffer.alloc(input.length + 2 * AROUND, 'A');
      bytes.set(input, AROUND);
      const end = AROUND + input.length;
      sniff(bytes, AROUND, end);
      if (parseSip(parsed, bytes, AROUND, end)) checkSpans(parsed, AROUND, end);
    },
  };
}
