import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testEvent } from '../correlate/ruletests.ts';
import { askPrograms } from './programs.ts';

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
