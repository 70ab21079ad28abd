import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RingfenceError } from '../src/errors.ts';
import { writePcapHeader } from '../src/wire/pcap.ts';
import { type Specimen, writeRun } from '../test/specimen.ts';
import { hashOf, logOpening } from './opened.ts';
import { checkCapture, findRuns, type Run, readCalls, readLabels } from './runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-runs-'));
after(() => rmSync(folder, { recursive: true }));

const empty: Specimen = { manifest: { kind: 'benign', seed: 7 }, capture: Buffer.from(writePcapHeader()) };

function place(name: string, specimen: Specimen = empty): string {
  const path = join(folder, name);
  writeRun(path, specimen);
  return path;
}

function only(path: string): Run {
  const [run, more] = findRuns([path]);
  assert.ok(run !== undefined && more === undefined);
  return run;
}

const says = (pattern: RegExp) => (error: unknown) =>
  error instanceof RingfenceError && error.code === 'run-invalid' && pattern.test(error.message);

test('runs are found in folders of folders, each once, in order', () => {
  place('set/b/1');
  place('set/a/2', { ...empty, manifest: { kind: 'benign', seed: 1000 } });
  const runs = findRuns([join(folder, 'set'), join(folder, 'set', 'b', '1')]);
  assert.deepEqual(
    runs.map(({ name, split }) => [name, split]),
    [
      ['2', 'test'],
      ['1', 'validation'],
    ],
  );
});

test('what is wrong with a folder is said with what to do', () => {
  assert.throws(() => findRuns([join(folder, 'nowhere')]), says(/nowhere: there is no such folder/));
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => findRuns([join(folder, 'file')]), says(/not a folder; name the folder of a run/));
  assert.equal(findRuns([join(folder, 'file'), place('beside-a-file')]).length, 1);
  mkdirSync(join(folder, 'bare'));
  assert.throws(() => findRuns([join(folder, 'bare')]), says(/no run in it.*npm run lab/));
  const broken = place('broken');
  writeFileSync(join(broken, 'manifest.json'), '{"format":1,');
  assert.throws(() => findRuns([broken]), says(/broken.manifest\.json: /));
  writeFileSync(join(broken, 'manifest.json'), '{"format":2}');
  assert.throws(() => findRuns([broken]), says(/its format is 2; this version reads format 1/));
  writeFileSync(join(broken, 'manifest.json'), 'null');
  assert.throws(() => findRuns([broken]), says(/not a manifest/));
  writeFileSync(join(broken, 'manifest.json'), '{"format":1,"seed":1}');
  assert.throws(() => findRuns([broken]), says(/without scenario, kind, .*Run its scenario again/));
  const half = place('half');
  rmSync(join(half, 'labels.jsonl'));
  assert.throws(() => findRuns([half, broken]), says(/without scenario[\s\S]*labels\.jsonl is missing beside it/));
});

test('labels and calls are those the manifest has the hash of', () => {
  const call = { callId: 'a', from: 'x', to: 'y', start: 1, end: 2, status: 200, media: 'none' } as const;
  const run = only(place('calls', { ...empty, calls: [call] }));
  assert.deepEqual(readCalls(run), [call]);
  assert.deepEqual(readLabels(run), []);
  appendFileSync(join(run.path, 'labels.jsonl'), '{"time":1,"campaign":"c1"}\n');
  assert.throws(() => readLabels(run), says(/labels\.jsonl: not the file whose hash the manifest has/));
  rmSync(join(run.path, 'calls.jsonl'));
  assert.deepEqual(readCalls(run), []);
});

test('a line that is none is named', () => {
  const run = only(place('lines', empty));
  const open: Run = { ...run, manifest: { ...run.manifest, files: {} } };
  appendFileSync(join(run.path, 'labels.jsonl'), '{"time":1,"campaign":"c1"}\n{"time":\n');
  assert.throws(() => readLabels(open), says(/labels\.jsonl:2: not a line of labels\.jsonl/));
});

test('a capture that was changed is not judged', async () => {
  const run = only(place('changed'));
  await checkCapture(run);
  appendFileSync(run.capture, 'x');
  await assert.rejects(checkCapture(run), says(/merged\.pcap\.gz: not the file/));
});

test('openings of the test set are counted by the set, whatever the order of its runs', () => {
  const runs = [only(place('t1', { ...empty, manifest: { seed: 1001 } })), only(place('t2', { ...empty, manifest: { seed: 1002 } }))];
  const log = join(folder, 'deep', 'opened.jsonl');
  const first = logOpening(log, runs, 'abc', ['ringfence 1']);
  assert.deepEqual(first, { hash: hashOf(runs), times: 1, versions: 1 });
  assert.deepEqual(logOpening(log, runs.toReversed(), 'abc', ['ringfence 1']), { ...first, times: 2 });
  assert.deepEqual(logOpening(log, runs, 'def', ['ringfence 2']), { ...first, times: 3, versions: 2 });
  assert.equal(logOpening(log, runs.slice(1), 'def', ['ringfence 2']).times, 1);
  appendFileSync(log, 'nonsense\n');
  assert.throws(() => logOpening(log, runs, 'x', []), says(/opened\.jsonl:5: not a line of the log/));
  assert.throws(() => logOpening(folder, runs, 'x', []), RingfenceError);
});
