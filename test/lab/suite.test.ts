/**
 * The lab end to end: the small suite is made, its labels are proven with tshark, and `ringfence eval` judges Ringfence and
 * its peers on it. The runs of one test serve the next, so the order matters.
 */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Manifest } from '../../lab/record/folder.ts';
import { suite } from '../../lab/suite.ts';
import { ROOT, tool } from '../peers.ts';

const PROGRAMS = ['kamailio', 'svwar', 'sipp', 'tcpdump', 'tshark', 'nft', 'fail2ban-server'];
const runs = mkdtempSync(join(tmpdir(), 'ringfence-lab-'));
after(() => rmSync(runs, { recursive: true, force: true }));

/** Why the lab cannot run here, if it cannot. */
function skip(): string | false {
  if (process.getuid?.() !== 0) return 'the lab makes network namespaces: run the tests as root';
  return PROGRAMS.map((program) => tool(program, 'see lab/README.md').skip).find((reason) => reason !== false) ?? false;
}

function lab(...words: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(ROOT, 'lab', 'main.ts'), ...words], { encoding: 'utf8', maxBuffer: 1 << 26 });
}

function manifests(): Manifest[] {
  return globSync(join(runs, '*', 'manifest.json')).map((file) => JSON.parse(readFileSync(file, 'utf8')));
}

test('the small suite is made from its seed', { skip: skip() }, () => {
  const made = lab('suite', 'small', '--out', runs, '--parallel', '4');
  assert.equal(made.status, 0, made.stdout + made.stderr);
  console.log(made.stdout);
  assert.equal(manifests().length, suite('small', 1).length);
  assert.deepEqual(
    readdirSync(runs).filter((name) => name.endsWith('.partial')),
    [],
  );
});

test('tshark finds each attack where its labels say, and nowhere else', { skip: skip() }, () => {
  const verified = lab('verify', ...globSync(join(runs, '*', 'manifest.json')).map(dirname));
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  console.log(verified.stdout);
});

test('ringfence eval judges Ringfence and its peers on the suite', { skip: skip() }, () => {
  const json = join(runs, 'evaluation.json');
  const command = [join(ROOT, 'bin', 'ringfence.js'), 'eval', ...globSync(join(runs, '*', 'manifest.json')).map(dirname), '--json', json];
  const judged = spawnSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(judged.status, 0, judged.stdout + judged.stderr);
  console.log(judged.stdout);
  const text = readFileSync(json, 'utf8');
  for (const { scenario } of manifests()) assert.ok(text.includes(scenario), `${scenario} is not in the evaluation`);
});

/** Processes whose command line names the folder. */
function processesOf(folder: string): string[] {
  return globSync('/proc/[0-9]*/cmdline').flatMap((file) => {
    try {
      const line = readFileSync(file, 'utf8').replaceAll('\0', ' ');
      return line.includes(folder) ? [line] : [];
    } catch {
      return [];
    }
  });
}

async function until(met: () => boolean, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await wait(50)) if (met()) return true;
  return false;
}

test('a run that is killed leaves no process and no network behind', { skip: skip() }, async () => {
  const out = join(runs, 'killed');
  const { name } = suite('small', 1).find(({ scenario }) => scenario.attack !== undefined)!.scenario;
  const run = spawn(process.execPath, [join(ROOT, 'lab', 'main.ts'), 'run', name, '--out', out], { stdio: 'ignore' });
  // Its captures name the folder: they run, so the network stands.
  assert.ok(await until(() => processesOf(out).some((line) => line.includes('tcpdump')), 20_000), 'the run did not start');
  run.kill('SIGKILL');
  assert.ok(await until(() => processesOf(out).length === 0, 10_000), processesOf(out).join('\n'));
  assert.ok(!existsSync('/run/netns/router'));
});
