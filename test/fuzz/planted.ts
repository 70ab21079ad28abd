/** Targets with planted faults: what proves that the fuzzer finds what it is there to find. */
import type { Target } from './loop.ts';

const seeds = (): Buffer[] => [Buffer.from('OPTIONS sip:a SIP/2.0\r\nCSeq: 7 OPTIONS\r\n\r\n')];
const files = /\/test\/fuzz\/planted\.ts$/;
const leak: Buffer[] = [];

/** Behind five doors, each opened by one more byte: blind mutation does not get there, guided mutation does. */
export const doors: Target = {
  name: 'planted-doors',
  seeds: () => [Buffer.from('AAAAAAAA')],
  files,
  run: (input) => {
    if (input[0] !== 0x3c) return;
    if (input[2] !== 0x22) return;
    if (input[4] !== 0x3b) return;
    if (input[6] !== 0x40) return;
    if (input[7] === 0x3e) throw new Error('all doors open');
  },
};

/** Takes time with the square of the number of line breaks. */
export const square: Target = {
  name: 'planted-square',
  seeds,
  files,
  run: (input) => {
    const lines = input.toString('latin1').split('\n').length;
    let sum = 0;
    for (let i = 0; i < Math.min(lines, 5000) ** 2 * 4; i++) sum += Math.sqrt(i);
    if (sum < 0) throw new Error('never');
  },
};

/** Never ends on some inputs. */
export const endless: Target = {
  name: 'planted-endless',
  seeds,
  files,
  run: (input) => {
    while (input.length < 5) if (input.length > 5) break;
  },
};

/** Forgets nothing. */
export const growing: Target = {
  name: 'planted-growth',
  seeds,
  files,
  run: () => {
    leak.push(Buffer.alloc(2000));
  },
};
