/** What a user gets: the two commands of the README from a clone, and the published package in an empty folder. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../peers.ts';
import { attackDay, writeRun } from '../specimen.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-package-'));
after(() => rmSync(folder, { recursive: true }));

/** The environment of a user’s shell: without our node_modules/.bin, so that the system’s Node starts `ringfence`. */
const PATH = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((path) => !path.includes('node_modules'))
  .join(delimiter);
const env = Object.fromEntries(
  Object.entries({ ...process.env, PATH }).filter(([name]) => !/^(npm_|NODE_)/.test(name) || name === 'npm_config_registry'),
);

function run(cwd: string, program: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** The report names the attacker, the account he got, and masks what he guessed. */
function assertReport({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): void {
  assert.equal(status, 1, stderr + stdout);
  assert.match(stdout, /10\.99\.0\.100/);
  assert.match(stdout, /1003@bench\.invalid/);
}

test('npx ringfence works from the root of a clone', () => {
  const version = run(ROOT, 'npx', 'ringfence', '--version');
  assert.equal(version.status, 0, version.stderr);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  assertReport(run(ROOT, 'npx', 'ringfence', 'analyze', 'samples/attack-day.pcap'));
});

test('npm start analyzes the sample and ends well', () => {
  const { status, stdout, stderr } = run(ROOT, 'npm', 'start', '--silent');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /1003@bench\.invalid/);
});

test('the package holds the program, its rules and a sample, and nothing of the tests', () => {
  const build = run(ROOT, process.execPath, join(ROOT, 'tools', 'build.ts'));
  assert.equal(build.status, 0, build.stdout + build.stderr);
  const packed = run(ROOT, 'npm', 'pack', '--json', '--pack-destination', folder);
  assert.equal(packed.status, 0, packed.stderr);
  const [{ files, filename }]: [{ files: { path: string }[]; filename: string }] = JSON.parse(packed.stdout);
  const paths = files.map((file) => file.path);
  for (const wanted of [
    'bin/ringfence.js',
    'dist/src/main.js',
    'dist/eval/evaluate.js',
    'rules/password-guessing.yaml',
    'dna/known.yaml',
    'samples/attack-day.pcap',
    'LICENSE',
    'README.md',
  ]) {
    assert.ok(paths.includes(wanted), `${wanted} is missing`);
  }
  assert.ok(paths.includes('docs/reference/analysis.schema.json'));
  assert.deepEqual(
    paths.filter((path) => /\.ts$|\.test\.|^(src|test|tools)\//.test(path)),
    [],
  );
  assert.ok(existsSync(join(folder, filename)));
  tarball = join(folder, filename);
});

let tarball = '';

test('installed in an empty folder it analyzes the sample', () => {
  assert.notEqual(tarball, '', 'nothing was packed');
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const install = run(home, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball);
  assert.equal(install.status, 0, install.stderr);
  assertReport(run(home, 'npx', 'ringfence', 'analyze', join('node_modules', 'ringfence', 'samples', 'attack-day.pcap')));
});

test('installed, it judges a recording, and knows the peers it could be judged beside', () => {
  const home = join(folder, 'home');
  writeRun(join(home, 'runs', 'day'), attackDay());
  const { status, stdout, stderr } = run(
    home,
    'npx',
    'ringfence',
    'eval',
    'runs',
    '--detectors',
    'paper-003',
    '--no-cache',
    '--html',
    'page.html',
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /3 of 3 attacks told rightly/);
  assert.ok(existsSync(join(home, 'page.html')));
  const wrong = run(home, 'npx', 'ringfence', 'eval', 'runs', '--detectors', 'nobody');
  assert.equal(wrong.status, 64);
  assert.match(wrong.stderr, /there are ringfence, suricata, /);
});
