/**
 * `npm test`: all that a change must pass, in parts that run one after the other. Each part prints its time; beyond its
 * budget it fails (when CI or RINGFENCE_BUDGET is set). Lint, types and the like count as one test each. The last line
 * is always `N passed, N failed, N skipped`; the exit code is 1 if anything failed.
 *
 * usage: node tools/test.ts [part …]
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../', import.meta.url));
const enforce = process.env['CI'] !== undefined || process.env['RINGFENCE_BUDGET'] !== undefined;
const scratch = mkdtempSync(join(tmpdir(), 'ringfence-test-'));

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

interface Part {
  readonly name: string;
  /** Seconds it may take on two cores. */
  readonly budget: number;
  readonly run: () => Count | Promise<Count>;
}

/** Folders whose every line a unit test must reach. */
const COVERED = ['src/decode', 'src/track', 'src/correlate'];

/** One test file for each core; Node would leave one core to itself. */
const TWO_FILES = ['--test-concurrency=2'];

/** Unit tests that need no coverage and take about as long as all others together: they start programs and read whole files. */
const OUTER = [/^src\/capture\//, /^src\/cli\//];

const PARTS: readonly Part[] = [
  { name: 'lint', budget: 10, run: () => command(['node_modules/.bin/biome', 'lint', '--error-on-warnings', '.']) },
  { name: 'format', budget: 10, run: () => command(['node_modules/.bin/biome', 'check', '--linter-enabled=false', '.']) },
  { name: 'types', budget: 15, run: () => command([process.execPath, 'node_modules/typescript7/bin/tsc', '-p', '.']) },
  { name: 'unused', budget: 10, run: () => command([process.execPath, 'node_modules/knip/bin/knip.js', '--no-progress']) },
  { name: 'house', budget: 30, run: () => nodeTest(['test/house/*.test.ts'], TWO_FILES) },
  { name: 'docs', budget: 20, run: () => nodeTest(['test/docs/*.test.ts'], TWO_FILES) },
  { name: 'unit', budget: 110, run: unitTests },
  {
    name: 'captures',
    budget: 120,
    run: () => nodeTest(['test/*.test.ts', 'test/traces/*.test.ts', 'test/samples/*.test.ts', 'test/sec/*.test.ts'], TWO_FILES),
  },
  { name: 'fuzz', budget: 120, run: () => nodeTest(['test/fuzz/*.test.ts'], ['--expose-gc']) },
  { name: 'lab', budget: 180, run: labTests },
  { name: 'package', budget: 180, run: () => nodeTest(['test/package/*.test.ts'], []) },
];

/** The lab end to end, which mostly waits, and beside it the unit tests of lab and evaluation. */
async function labTests(): Promise<Count> {
  const units = nodeTest(['lab/**/*.test.ts', 'eval/**/*.test.ts'], ['--test-isolation=none']);
  return sumOf(await Promise.all([units, nodeTest(['test/lab/*.test.ts'], [])]));
}

/**
 * Unit tests in three processes, and then one more result: whether those of the inner folders reached every line
 * that must be reached. The others run without coverage, which would slow down them and every program that they start.
 */
async function unitTests(): Promise<Count> {
  const report = join(scratch, 'lcov');
  const files = globSync('src/**/*.test.ts', { cwd: root });
  const inner = files.filter((file) => !OUTER.some((folder) => folder.test(file)));
  // Those of capture mostly wait, those of cli for the programs that they start: beside each other they fill what one leaves.
  const outer = OUTER.map((folder) => files.filter((file) => folder.test(file)));
  const count = sumOf(
    await Promise.all([
      nodeTest(inner, ['--test-isolation=none', ...coverageFlags(report)]),
      ...outer.map((own) => nodeTest(own, ['--test-isolation=none'])),
    ]),
  );
  const missed = unreached(existsSync(report) ? readFileSync(report, 'utf8') : '');
  for (const line of missed) console.log(`  not covered: ${line}`);
  if (missed.length > 0) count.failed++;
  else count.passed++;
  return count;
}

function coverageFlags(report: string): string[] {
  const folders = COVERED.map((folder) => `--test-coverage-include=${folder}/**`);
  const reporter = ['--test-reporter=lcov', `--test-reporter-destination=${report}`];
  return ['--experimental-test-coverage', '--test-coverage-exclude=**/*.test.ts', ...folders, ...reporter];
}

function sumOf(counts: readonly Count[]): Count {
  const sum: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** Files below the covered folders with the lines no test reached, by an lcov report. A file that no test loads is missing there. */
function unreached(lcov: string): string[] {
  const lines = new Map<string, string[]>();
  for (const record of lcov.split('end_of_record')) {
    const file = record.match(/^SF:(.*)$/m)?.[1];
    if (file === undefined) continue;
    lines.set(
      file,
      [...record.matchAll(/^DA:(\d+),0$/gm)].map((match) => match[1]!),
    );
  }
  const files = COVERED.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).filter((file) => !file.endsWith('.test.ts'));
  return files.flatMap((file) => {
    const missed = lines.get(file);
    if (missed === undefined) return isTypesOnly(file) ? [] : [`${file}: no test loads it`];
    return missed.length > 0 ? [`${file}: ${missed.length} lines: ${missed.slice(0, 12).join(', ')}`] : [];
  });
}

/** True if nothing is left of the file when types are taken away. */
function isTypesOnly(file: string): boolean {
  const { statements } = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2024);
  return statements.every((each) => ts.isImportDeclaration(each) || ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each));
}

/** Runs a checker; its exit code is the one result. */
function command(args: readonly string[]): Count {
  const run = spawnSync(args[0]!, args.slice(1), { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  const passed = run.status === 0;
  if (!passed) console.log(`${args.join(' ')}\n${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** Runs node:test over some files; prints what failed and what was skipped, with the reason. */
async function nodeTest(globs: readonly string[], flags: readonly string[]): Promise<Count> {
  const files = globs.flatMap((glob) => globSync(glob, { cwd: root })).sort();
  if (files.length === 0) {
    console.log(`no file matches ${globs.join(' ')}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const tap = join(mkdtempSync(join(scratch, 'run-')), 'tap');
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
  ];
  const run = await nodeRun(['--test', ...flags, ...reporters, ...files]);
  const result = existsSync(tap) ? readFileSync(tap, 'utf8') : '';
  const count = {
    passed: total(result, 'pass'),
    failed: total(result, 'fail') + total(result, 'cancelled'),
    skipped: total(result, 'skipped') + total(result, 'todo'),
  };
  // No failed test and yet a bad exit: the run died.
  if (!run.well && count.failed === 0) count.failed = 1;
  if (count.failed > 0) console.log(run.output);
  else
    for (const line of result.split('\n'))
      if (/# (SKIP|TODO)/.test(line)) console.log(`  skipped: ${line.trim().replace(/^ok \d+ - /, '')}`);
  return count;
}

function nodeRun(args: readonly string[]): Promise<{ well: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      resolve({ well: error === null, output: stdout + stderr }),
    );
  });
}

/** The number of a closing line of TAP, e.g. `# pass 12`. */
function total(tap: string, what: string): number {
  return Number(tap.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0);
}

async function runPart(part: Part): Promise<Count> {
  const started = performance.now();
  const count = await part.run();
  const seconds = (performance.now() - started) / 1000;
  const late = seconds > part.budget;
  if (late && enforce) count.failed++;
  const note = late ? ` – over its budget of ${part.budget} s` : '';
  console.log(`== ${part.name}: ${seconds.toFixed(1)} s, ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped${note}`);
  return count;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    console.error(`no such part: ${unknown.join(', ')}; there are ${PARTS.map((part) => part.name).join(', ')}`);
    rmSync(scratch, { recursive: true });
    process.exitCode = 64;
    return;
  }
  const counts: Count[] = [];
  for (const part of PARTS) if (wanted.length === 0 || wanted.includes(part.name)) counts.push(await runPart(part));
  const sum = sumOf(counts);
  rmSync(scratch, { recursive: true });
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}

await main();
