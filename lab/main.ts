/** `npm run lab -- list | run SCENARIO | suite small|full`: labelled traffic from real programs in network namespaces. */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { missingFor, missingForAll } from './needs.ts';
import { run } from './run.ts';
import { inSandbox, reenter, whenAbandoned } from './sandbox.ts';
import { intensityOf, SCENARIOS, scenarioOf } from './scenarios.ts';
import { prepareAsterisk } from './servers/asterisk.ts';
import { folderOf, runSuite, suite } from './suite.ts';
import { verify } from './verify.ts';
import { makeWeek, WEEK } from './week/week.ts';

const RUNS = 'runs';
const interrupted = new AbortController();
/** Exit code after SIGINT, by custom. */
const INTERRUPTED = 130;

function list(): void {
  for (const { name, attack, title, intensities, small } of SCENARIOS) {
    console.log(
      `${name.padEnd(28)} ${(attack ?? '-').padEnd(4)} ${small === true ? 'small' : '     '} ${title} [${intensities.map((each) => each.name).join(' | ')}]`,
    );
  }
}

async function runOne(name: string, options: { seed: string; intensity?: string; out: string }): Promise<void> {
  const scenario = scenarioOf(name);
  const intensity = intensityOf(scenario, options.intensity);
  const missing = [...missingForAll(), ...missingFor(scenario)];
  if (missing.length > 0) throw new Error(`the run needs ${missing.join(', ')}: see lab/README.md for the packages`);
  if (!inSandbox()) {
    process.exitCode = await reenter();
    return;
  }
  const seed = Number(options.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${options.seed}: a whole number from 0 is wanted`);
  const folder = folderOf(resolve(options.out), { scenario, intensity: intensity.name, seed });
  // Whatever it is at: the sandbox goes with this process, so that only the unfinished folder is left to remove.
  const stop = (): void => {
    interrupted.abort(new Error('interrupted'));
    rmSync(`${folder}.partial`, { recursive: true, force: true });
    process.exit(INTERRUPTED);
  };
  whenAbandoned(stop);
  process.on('SIGINT', stop);
  const manifest = await run({ scenario, intensity, seed, folder }, interrupted.signal);
  const labelled = manifest.campaigns.reduce((sum, { packets }) => sum + packets, 0);
  console.log(`${folder}: ${manifest.packets} packets, ${manifest.sipMessages} SIP messages, ${labelled} labelled, ${manifest.seconds} s`);
}

async function runAll(kind: string, options: { seed: string; out: string; parallel: string; only?: string }): Promise<void> {
  if (kind !== 'small' && kind !== 'full') throw new Error(`there is no suite ${kind}: small or full`);
  process.on('SIGINT', () => interrupted.abort());
  process.on('SIGTERM', () => interrupted.abort());
  const only = options.only?.split(',');
  const jobs = suite(kind, Number(options.seed)).filter(({ scenario }) => only === undefined || only.includes(scenario.name));
  const tally = await runSuite(jobs, resolve(options.out), Number(options.parallel), interrupted.signal, (line) => console.log(line));
  console.log(`${tally.made} made, ${tally.kept} there already, ${tally.skipped} skipped, ${tally.failed} failed: ${options.out}`);
  process.exitCode = tally.failed > 0 || interrupted.signal.aborted ? 1 : 0;
}

async function week(options: { days: string; benign?: true; seed: string; from: string[]; out: string }): Promise<void> {
  const [days, seed] = [Number(options.days), Number(options.seed)];
  if (!Number.isSafeInteger(days) || days < 1) throw new Error(`--days ${options.days}: a whole number from 1 is wanted`);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${options.seed}: a whole number from 0 is wanted`);
  const { benign = false, from, out } = options;
  const { packets, sipMessages, week: made } = await makeWeek({ days, seed, benign, from, out }, (line) => console.log(line));
  const { guesses = 0, scans = 0, answers, scale = 0 } = made ?? {};
  console.log(`${packets} packets, ${sipMessages} SIP messages, ${guesses} guesses, ${scans} scans`);
  if (answers !== undefined && !benign) {
    const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
    const { hostile, strongest } = answers;
    console.log(
      `${share(hostile, hostile + answers.benign)} of ${hostile + answers.benign} answers to REGISTER go to attackers, ${share(strongest, hostile)} of those to the strongest; 1 for ${Math.round(1 / scale)} of the paper's`,
    );
  }
}

const program = new Command('lab').description(
  'Makes labelled VoIP traffic, benign and attacks, from real programs in network namespaces. Needs root and the packages of lab/README.md.',
);
program.command('list').description('all scenarios with attack, intensities and what they show').action(list);
program
  .command('run')
  .description('run one scenario and write its folder')
  .argument('<scenario>')
  .option('--seed <number>', 'same seed, same schedule; from 1000 on: test set', '1')
  .option('--intensity <name>', 'one of those that list shows (the first by default)')
  .option('--out <folder>', 'folder in which the folder of the run is made', RUNS)
  .action(runOne);
program
  .command('suite')
  .description('run all scenarios of the suite; what is there already is kept, so an interrupted suite goes on where it was')
  .argument('<kind>', 'small or full')
  .option('--seed <number>', 'first seed; another one gives other runs', '1')
  .option('--out <folder>', 'folder of the runs', RUNS)
  .option('--parallel <number>', 'runs at a time', '2')
  .option('--only <scenarios>', 'names, separated by commas')
  .action(runAll);
program
  .command('week')
  .description('compose a week of recorded runs in the shares of paper 003 (E3-3); a run like any other for `ringfence eval`')
  .option('--days <number>', 'benign days, one after the other', '7')
  .option('--benign', 'no attacks')
  .option('--seed <number>', 'when attacks come, and from where; from 1000 on only runs of the test set are taken, below only others', '1')
  .option('--from <folder...>', 'folders with recorded runs', [RUNS])
  .option('--out <folder>', 'folder in which the folder of the week is made; its days would count twice among the runs', 'weeks')
  .action(week);
program
  .command('verify')
  .description('prove the labels of runs with tshark')
  .argument('<folder...>')
  .action(async (folders: string[]) => {
    process.exitCode = (await verify(folders, (name) => (name === WEEK ? 'hashes' : scenarioOf(name).proof), console.log)) > 0 ? 1 : 0;
  });

program
  .command('asterisk')
  .description('fetch Asterisk into a cache folder by debootstrap, for sites of the kind asterisk: a minute, 500 MB')
  .action(async () => console.log(await prepareAsterisk()));

try {
  await program.parseAsync();
} catch (error) {
  // A fault of a program (TypeError …) wants its place; what a run has to say for itself is said by its message.
  const told = error instanceof Error ? (error.constructor === Error ? error.message : (error.stack ?? error.message)) : String(error);
  console.error(`lab: ${told}`);
  process.exitCode = 1;
}
// Sockets of a failed run must not keep the process.
process.exit();
