import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { planFile } from '../../test/planrules.ts';
import { testEvent } from '../correlate/ruletests.ts';
import { PACKAGE_ROOT } from '../packageroot.ts';
import { runAnalyze } from './analyze.ts';
import { askPrograms } from './programs.ts';
import { loadSettings } from './settings.ts';

const ask = (program: string, given: Record<string, unknown> = {}) => ({
  id: `r ${program}`,
  rule: 'r',
  program,
  event: testEvent('auth.failed', { src: '192.0.2.1', ...given }, 0, 1),
});
const node = (script: string): string[] => [process.execPath, '-e', script];
const PROGRAMS = {
  no: node('process.exit(3)'),
  reads: node(
    'let s="";process.stdin.on("data",(d)=>s+=d).on("end",()=>{const e=JSON.parse(s);console.log(e.src,e.data.guess);console.log("more")})',
  ),
  talks: node('process.stdout.write("x".repeat(1e6))'),
  sleeps: node('setTimeout(()=>{},60000)'),
  missing: ['./there-is-no-such-program'],
};

test('exit code and first line are the verdict; the Event comes on standard input, with its secrets masked', async () => {
  const verdicts = await askPrograms([ask('no'), ask('reads', { guess: 'secret1' })], PROGRAMS);
  assert.deepEqual(
    verdicts.map(({ kind, code, ask: { id } }) => [kind, code, id]),
    [
      ['verdict', 3, 'r no'],
      ['verdict', 0, 'r reads'],
    ],
  );
  assert.match(verdicts[1]?.said ?? '', /^192\.0\.2\.1 /);
  assert.doesNotMatch(verdicts[1]?.said ?? '', /secret1|more/);
});

test('what cannot be run, takes too long or says too much is bounded', async () => {
  const verdicts = await askPrograms([ask('missing'), ask('unknown'), ask('toString'), ask('talks')], PROGRAMS);
  assert.deepEqual(
    verdicts.map(({ code, said }) => [code, said.length]),
    [
      [-1, 0],
      [-1, 0],
      [-1, 0],
      [0, 200],
    ],
  );
  const [slow] = await askPrograms([ask('sleeps')], PROGRAMS, 100);
  assert.equal(slow?.code, -1);
});

test('analyze asks, and the verdict makes an alert or none; a program that the config does not name is refused', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'programs-'));
  const rule = {
    shape: 'script',
    on: 'auth.failed',
    by: ['src', 'account'],
    program: 'reads',
    subject: { kind: 'address', value: 'src' },
    why: '{src}: {verdict.said}',
    quiet: '1h',
    tests: [
      { name: 'fires', events: [{ type: 'auth.failed', src: 'a' }, { type: 'script.answered', at: '1s', asked: 'asker test.1.1' }] },
      { name: 'does not', events: [{ type: 'auth.failed', src: 'a' }], alerts: 0 },
    ],
  };
  try {
    const rules = join(dir, 'asker.yaml');
    const config = join(dir, 'config.yaml');
    writeFileSync(rules, planFile('asker', rule));
    writeFileSync(config, `programs: {}\n`);
    assert.throws(() => loadSettings({ rules, config }), /asks the program "reads", which the config does not name/);
    writeFileSync(config, JSON.stringify({ programs: { reads: PROGRAMS.reads } }));
    const sample = fileURLToPath(new URL('samples/attack-day.pcap', PACKAGE_ROOT));
    const asked = async (): Promise<{ alerts: { rule: string; why: string }[] }> => {
      const out = new PassThrough();
      await runAnalyze([sample], { rules, config, json: true }, { out, err: new PassThrough().resume() });
      return JSON.parse(`${out.end().read()}`);
    };
    const { alerts } = await asked();
    assert.ok(alerts.length > 0 && alerts.every(({ rule: id, why }) => id === 'asker' && /^([\d.]+): \1 /.test(why)), JSON.stringify(alerts[0]));
    writeFileSync(config, JSON.stringify({ programs: { reads: PROGRAMS.no } }));
    assert.deepEqual((await asked()).alerts, []);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
