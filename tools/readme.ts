/** The README with the output of the sample run between its marks. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/peers.ts';

const BEGIN = '<!-- sample -->';
const END = '<!-- end of sample -->';

/** The text README.md should have. */
export function readmeWithSample(): string {
  const old = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [before, rest] = old.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('README.md lacks its marks');
  const args = [join(ROOT, 'bin', 'ringfence.js'), 'analyze', '--no-color', 'samples/attack-day.pcap'];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, COLUMNS: '100' } });
  if (run.status !== 1) throw new Error(`the sample ended with ${run.status}: ${run.stderr}`);
  return `${before}${BEGIN}\n\`\`\`\n${run.stdout.trim()}\n\`\`\`\n${END}${after}`;
}
