/**
 * `npm run profiles [-- --seeds N] [--write]`: E1-4, how well profiles tell a stolen account from its owner, on people and thieves made up by seed.
 * Cut-offs are chosen on the first seeds and judged on others. `--write` puts the result into docs/profiles.md. Takes a minute or two.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../test/peers.ts';
import { profilePage } from './profile-page.ts';
import { THEFTS, type Theft } from './profile-people.ts';
import { type Day, daysOf, likenessOf } from './profile-trial.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '10' }, write: { type: 'boolean', default: false } } });
const count = Number(values.seeds);
/** The seeds on which cut-offs are judged begin here. */
const TESTED = 101;

const halves = (days: readonly Day[]) => ({
  clean: days.filter(({ hours }) => hours === 24),
  mornings: days.filter(({ hours }) => hours < 24),
});
const trialOf = (seed: number) => ({
  ...halves(daysOf(seed)),
  thefts: Object.fromEntries(
    Object.keys(THEFTS).map((theft) => [theft, daysOf(seed, theft as Theft).filter(({ stolen, hours }) => stolen && hours === 24)]),
  ),
});
const chosen = Array.from({ length: count }, (_, i) => trialOf(1 + i));
const tested = Array.from({ length: count }, (_, i) => trialOf(TESTED + i));
/** Calls a day of the machines that are looked for by their class. */
const RATES = [200, 60, 20];
const likeness = RATES.map((rate) => ({ rate, sites: tested.map((_, i) => likenessOf(TESTED + i, rate)) }));
const commit = spawnSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
const page = profilePage({
  chosen,
  tested,
  likeness,
  first: [1, TESTED],
  commit,
  rules: { told: variable('profile-anomaly'), hinted: variable('profile-hint') },
});
if (values.write) writeFileSync(join(ROOT, 'docs', 'profiles.md'), page);
else console.log(page);

/** The cut-off that stands in a rule. */
function variable(rule: string): number {
  const text = readFileSync(join(ROOT, 'rules', `${rule}.yaml`), 'utf8');
  return Number(/unlike: .*value: ([\d.]+)/.exec(text)?.[1]);
}
