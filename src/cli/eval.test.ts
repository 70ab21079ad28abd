/** The command from end to end, on runs made by hand. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, test } from 'node:test';
import type { Evaluation } from '../../eval/evaluate.ts';
import { captureOf } from '../../test/recording.ts';
import { attackDay, writeRun } from '../../test/specimen.ts';
import { RingfenceError } from '../errors.ts';
import { type EvalOptions, runEval } from './eval.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-eval-'));
after(() => rmSync(folder, { recursive: true }));
const runs = join(folder, 'runs');
const cache = join(folder, 'cache');

/** OPTIONS of a phone, once a second, and its answers. */
function keepalives(count: number): Buffer {
  const [phone, proxy] = ['192.0.2.7:5060', '10.0.0.2:5060'] as const;
  const text = (i: number, start: string): string =>
    `${start}\r\nVia: SIP/2.0/UDP ${phone};branch=z9hG4bKk${i}\r\nFrom: <sip:7@pbx.invalid>;tag=f\r\nTo: <sip:pbx.invalid>\r\nCall-ID: k${i}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;
  return captureOf(
    Array.from({ length: count }, (_, i) => i).flatMap((i) => [
      { time: i * 1e6, payload: text(i, 'OPTIONS sip:pbx.invalid SIP/2.0'), src: phone, dst: proxy },
      { time: i * 1e6 + 2000, payload: text(i, 'SIP/2.0 200 OK'), src: proxy, dst: phone },
    ]),
  );
}

const day = attackDay();
writeRun(join(runs, 'attack-day'), day);
writeRun(join(runs, 'calm'), { manifest: { kind: 'benign', scenario: 'calm', seed: 2 }, capture: keepalives(90) });
writeRun(join(runs, 'later'), { ...day, manifest: { ...day.manifest, seed: 1000 } });

async function run(options: EvalOptions, paths = [runs]): Promise<{ status: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const into = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text[name] += chunk.toString();
        done();
      },
    });
  const status = await runEval(paths, { cache, ...options }, { out: into('out'), err: into('err') });
  return { status, ...text };
}

function read(file: string): Evaluation {
  return JSON.parse(readFileSync(file, 'utf8'));
}

test('validation runs: what Ringfence tells of the sample day, in all four forms', async () => {
  const files = { json: join(folder, 'e.json'), html: join(folder, 'e.html'), markdown: join(folder, 'e.md') };
  const { status, out } = await run({ ...files, detectors: 'paper-003' });
  assert.equal(status, 0);
  assert.match(out, /on 2 runs of the lab: 1 benign, 1 with attacks; validation set/);
  assert.match(out, /A13 password guessing +100\/s +1 +1\/1 1\.00/);
  assert.match(out, /3 of 3 attacks told rightly/);
  const evaluation = read(files.json);
  assert.deepEqual(
    evaluation.detectors.map(({ name }) => name),
    ['ringfence', 'paper-003'],
  );
  assert.deepEqual(
    evaluation.runs.map(({ name, sipMessages }) => [name, sipMessages]),
    [
      ['attack-day', 1024],
      ['calm', 180],
    ],
  );
  const { benign } = evaluation.detectors[0]!.summary;
  assert.deepEqual([benign.days, benign.falseAlarms, benign.slices.rest], [1, 0, 6]);
  assert.equal(evaluation.openings, undefined);
  assert.match(readFileSync(files.markdown, 'utf8'), /\| A12 extension scan \| 100\/s \| 1 \| 1\/1 1\.00 \|/);
  assert.match(readFileSync(files.html, 'utf8'), /<h1>3 of 3 attacks told rightly\.<\/h1>/);
});

test('a second call finds nothing anew and says the same', async () => {
  const kept = readdirSync(cache).sort();
  const before = await run({ detectors: 'paper-003' });
  assert.deepEqual(readdirSync(cache).sort(), kept);
  const anew = await run({ detectors: 'paper-003', cache: false });
  const told = (text: string): string[] => text.split('\n').filter((line) => /^ {2}A\d\d /.test(line));
  assert.deepEqual(told(before.out), told(anew.out));
  assert.ok(told(anew.out).length > 3);
});

test('test runs are opened only when asked for, and that is logged before', async () => {
  const log = join(folder, 'opened.jsonl');
  const json = join(folder, 't.json');
  await run({ set: 'test', detectors: 'paper-004', log, json });
  await run({ set: 'all', detectors: 'paper-004', log, json });
  const { openings, set, hash } = read(json);
  assert.deepEqual([openings?.times, openings?.versions, set], [2, 1, 'validation and test']);
  const [first] = readFileSync(log, 'utf8').split('\n');
  const opening: { hash: string; seeds: number[] } = JSON.parse(first!);
  assert.deepEqual([opening.hash, opening.seeds], [openings?.hash, [1000]]);
  assert.notEqual(hash, opening.hash);
});

test('what cannot be done is said, and no half file is left', async () => {
  const rejects = (options: EvalOptions, paths: string[], pattern: RegExp): Promise<void> =>
    assert.rejects(
      run({ json: join(folder, 'never.json'), ...options }, paths),
      (error) => error instanceof RingfenceError && pattern.test(error.message),
    );
  await rejects({ detectors: 'snort' }, [runs], /no detector is named snort; there are ringfence, /);
  await rejects({ set: 'test' }, [join(runs, 'calm')], /none of 1 runs is of the test set \(seeds from 1000 on\); try --set validation/);
  await rejects({}, [join(folder, 'nowhere')], /there is no such folder/);
  await rejects({ set: 'test', log: folder }, [runs], /the test runs stay closed/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('never')),
    [],
  );
});
