/** `npm run calibrate -- FOLDER… [--write FILE]`: what benign clients do beside the thresholds of the rules (E3-2); a minute for ten days. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { calibrate } from '../eval/calibration/calibrate.ts';
import { calibrationPage } from '../eval/calibration/page.ts';
import { commit } from '../eval/evaluate.ts';
import { findRuns } from '../eval/runs.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'string' } } });
const runs = findRuns(positionals.length === 0 ? ['runs'] : positionals).filter(({ manifest: { scenario }, split }) => {
  return scenario === 'benign-day' && split === 'validation';
});
if (runs.length === 0) throw new Error('no benign day of the validation set in these folders: npm run lab -- run benign-day');
const calibration = await calibrate(runs, (line) => console.error(line));
const page = calibrationPage(calibration, 'npm run calibrate -- runs/benign-day* --write docs/calibration.md', commit());
if (values.write === undefined) process.stdout.write(page);
else writeFileSync(values.write, page);
