import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { ROOT, shared } from '../../test/peers.ts';
import type { Fault } from '../errors.ts';
import { ANALYSIS, type Analysis } from '../publish/analysis.ts';
import { toJsonSchema } from '../schema.ts';
import { readSegment, segmentFiles } from '../store/segments.ts';
import type { Event } from '../types.ts';
import { STATISTICS, writeBlock, writeInterface, writeSection } from '../wire/pcapng.ts';
import { type AnalyzeOptions, runAnalyze } from './analyze.ts';

const SAMPLE = join(ROOT, 'samples', 'attack-day.pcap');
const folder = mkdtempSync(join(tmpdir(), 'ringfence-analyze-'));
after(() => rmSync(folder, { recursive: true }));
const validate = new Ajv.default({ strict: true, strictTypes: false }).compile(toJsonSchema(ANALYSIS));

function collect(): { out: PassThrough; text: () => string } {
  const out = new PassThrough();
  let text = '';
  out.on('data', (data) => {
    text += data;
  });
  return { out, text: () => text };
}

async function analyze(files: readonly string[], options: AnalyzeOptions = {}): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [collect(), collect()];
  const code = await runAnalyze(files, options, { out: out.out, err: err.out });
  await new Promise((resolve) => setImmediate(resolve));
  return { code, out: out.text(), err: err.text() };
}

async function eventsIn(path: string): Promise<Event[]> {
  const events: Event[] = [];
  const faults: Fault[] = [];
  for (const name of segmentFiles(path)) for await (const batch of readSegment(join(path, name), faults)) events.push(...batch);
  assert.deepEqual(faults, []);
  return events;
}

test('the analysis of the sample meets the schema, and every alert points to its packets', async () => {
  const { code, out } = await analyze([SAMPLE], { json: true });
  const analysis: Analysis = JSON.parse(out);
  assert.ok(validate(analysis), JSON.stringify(validate.errors));
  assert.equal(code, 1);
  assert.equal(analysis.input.frames, analysis.input.packets + Object.values(analysis.counts.dropped).reduce((sum, n) => sum + n, 0));
  const classes = analysis.alerts.map((alert) => alert.class);
  for (const name of ['server-scan', 'extension-scan', 'password-guessing'] as const) assert.ok(classes.includes(name), name);
  for (const { evidence } of analysis.alerts) assert.ok(evidence.some(({ file, frame }) => file === SAMPLE && frame > 0));
});

test('the same bytes whatever the size of the batches and the room in memory', async () => {
  const whole = await analyze([SAMPLE], { json: true });
  for (const chunkBytes of [1000, 7919, 100_000]) assert.equal((await analyze([SAMPLE], { json: true, chunkBytes })).out, whole.out);
  const config = join(folder, 'tight.yaml');
  writeFileSync(config, 'limits:\n  alerts: 1\n  calls: 1\n');
  const tight: Analysis = JSON.parse((await analyze([SAMPLE], { json: true, config })).out);
  const { alerts }: Analysis = JSON.parse(whole.out);
  const ids = (list: Analysis['alerts']): string[] => list.map((alert) => JSON.stringify(alert)).sort((a, b) => (a < b ? -1 : 1));
  assert.deepEqual(ids(tight.alerts), ids(alerts));
});

test('Events go into segments: the same ones whatever the batches, no password among them', async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  await analyze([SAMPLE], { events: one });
  await analyze([SAMPLE], { events: two, chunkBytes: 5000 });
  const events = await eventsIn(one);
  assert.deepEqual(await eventsIn(two), events);
  const failed = events.filter(({ type }) => type === 'auth.failed');
  assert.ok(failed.length > 200);
  assert.deepEqual([...new Set(failed.map(({ data }) => data['guess']))], ['••••']);
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
  // A second run into the same folder appends and keeps ids apart.
  await analyze([SAMPLE], { events: one });
  const both = await eventsIn(one);
  assert.equal(both.length, 2 * events.length);
  assert.equal(new Set(both.map(({ id }) => id)).size, both.length);
});

test('no password of the capture is in any output', async () => {
  const events = join(folder, 'secrets');
  const { out } = await analyze([SAMPLE], { events });
  const json = await analyze([SAMPLE], { json: true });
  const bytes = readFileSync(SAMPLE).toString('latin1');
  // M-10: hex of `1003:password`, a byte 1, a number; the last one was right.
  const tags = [...bytes.matchAll(/tag=(31303033(?:3a)(?:[0-9a-f]{2})+?)01(?:3\d)+/g)].map(
    ([, hex]) => Buffer.from(hex!, 'hex').toString().split(':')[1]!,
  );
  const guesses = [...new Set(tags)].filter((guess) => guess.length >= 3);
  assert.ok(guesses.length > 100, `${guesses.length}`);
  const stored = JSON.stringify(await eventsIn(events));
  for (const text of [out, json.out, stored])
    assert.ok(
      !/guess"?:? ?"?\d{3,}/.test(text) && !text.includes(`1003:${guesses.at(-1)}`) && !text.includes(tags.at(-1)!.padEnd(40, '-')),
    );
  for (const text of [out, json.out, stored])
    for (const hex of new Set([...bytes.matchAll(/tag=(31303033[0-9a-f]+)/g)].map(([, tag]) => tag!))) assert.ok(!text.includes(hex));
});

test('rules of one’s own instead of those that come with it', async () => {
  const rules = join(ROOT, 'rules', 'server-scan.yaml');
  const { out } = await analyze([SAMPLE], { json: true, rules });
  const { alerts }: Analysis = JSON.parse(out);
  assert.deepEqual(new Set(alerts.map(({ rule }) => rule)), new Set(['server-scan']));
});

test('an output folder that cannot be written ends it with a clear error', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await assert.rejects(analyze([SAMPLE], { events: join(file, 'x') }), { code: 'output-failed' });
});

test('cut and damaged files: what can be read is, the fault is told', async () => {
  const bytes = readFileSync(SAMPLE);
  const cut = join(folder, 'cut.pcap');
  writeFileSync(cut, bytes.subarray(0, 200_001));
  const { code, out } = await analyze([cut], { json: true });
  const analysis: Analysis = JSON.parse(out);
  assert.ok(code >= 2 && analysis.input.packets > 100);
  assert.deepEqual(
    analysis.faults.map((fault) => fault.code),
    ['capture-truncated'],
  );
});

test('a folder: what is in it that is no capture is told in a line, and so is what the capturing program lost', async () => {
  const many = join(folder, 'many');
  mkdirSync(many);
  const bytes = readFileSync(SAMPLE);
  const lost = Buffer.from('0000000000000000000000000500080003000000000000000000000000', 'hex').subarray(0, 28);
  writeFileSync(join(many, 'day.pcap'), bytes);
  writeFileSync(join(many, 'lost.pcapng'), Buffer.concat([writeSection(), writeInterface(), writeBlock(STATISTICS, lost)]));
  writeFileSync(join(many, 'notes.txt'), 'no capture');
  writeFileSync(join(many, 'empty.pcap'), '');
  const { code, out } = await analyze([many]);
  assert.equal(code, 1);
  assert.match(out, /input +2 files: 1,024 packets/);
  assert.match(out, /not seen +lost 3\n +skipped +empty 1, not-a-capture 1\n/);
  const json: Analysis = JSON.parse((await analyze([many, join(many, 'day.pcap')], { json: true })).out);
  assert.deepEqual([json.input.skipped, json.counts.capture, json.faults], [{ 'not-a-capture': 1, empty: 1, again: 1 }, { lost: 3 }, []]);
  assert.deepEqual(
    json.input.files.map(({ name, packets }) => [name, packets]),
    [
      [join(many, 'day.pcap'), 1024],
      [join(many, 'lost.pcapng'), 0],
    ],
  );
});

const tools = shared('captures/tools');

test('every capture of a real tool: valid JSON, a report, no line too wide', tools, async () => {
  for (const name of readdirSync(tools.path).filter((file) => file.endsWith('.pcap'))) {
    const path = join(tools.path, name);
    const { out } = await analyze([path], { json: true });
    assert.ok(validate(JSON.parse(out)), name);
    const text = (await analyze([path])).out;
    for (const line of text.split('\n')) assert.ok(line.length <= 80 || line.includes('ringfence explain'), line);
  }
});

const mix = shared('bench/real_mix.pcap');

test('calls beyond the bound in memory come out the same, in the same order', mix, async () => {
  const config = join(folder, 'few.yaml');
  writeFileSync(config, 'limits:\n  calls: 7\n');
  const whole: Analysis = JSON.parse((await analyze([mix.path], { json: true })).out);
  const tight: Analysis = JSON.parse((await analyze([mix.path], { json: true, config, chunkBytes: 50_000 })).out);
  assert.ok(whole.calls.length >= 60, `${whole.calls.length} calls`);
  assert.deepEqual(tight.calls, whole.calls);
  assert.deepEqual(
    whole.alerts.filter(({ level }) => level !== 'info' && level !== 'notice'),
    [],
  );
});

/** A log of Asterisk in which one source guesses, and someone tries to put it on another. */
function asteriskLog(): string {
  const line = (second: number, from: string): string =>
    `[2026-11-21 12:00:${String(second).padStart(2, '0')}] NOTICE[25690] chan_sip.c: Registration from '${from}' failed for '192.0.2.66:5061' - Wrong password\n`;
  const lie = (second: number): string =>
    line(
      second,
      `x' failed for '203.0.113.9:5060' - Wrong password\n${line(second, '<sip:100@pbx.example>').replace('192.0.2.66', '203.0.113.9')}x`,
    );
  const quiet = '[2026-11-21 12:00:30] VERBOSE[1] pbx.c: nothing\n'.repeat(2000);
  const times = Array.from({ length: 20 }, (_, i) => i);
  return times.map((i) => line(i, '<sip:100@pbx.example>')).join('') + quiet + times.map((i) => lie(i + 30)).join('') + quiet;
}

test('a log is analysed like a capture, and lines written into it accuse nobody', async () => {
  const path = join(folder, 'full.log');
  writeFileSync(path, asteriskLog());
  const { code, out } = await analyze([], { log: [path], json: true });
  const analysis: Analysis = JSON.parse(out);
  assert.ok(validate(analysis), JSON.stringify(validate.errors));
  assert.equal(code, 1);
  const told = analysis.alerts.map(({ rule, subject, count, attributed }) => [rule, subject.value, count, attributed]);
  assert.deepEqual(told, [
    ['password-guessing', '192.0.2.66', 20, 'log'],
    ['log-forgery', '', 20, 'packet'],
  ]);
  assert.ok(!JSON.stringify(analysis.incidents).includes('203.0.113.9'));
  const text = (await analyze([], { log: [path], color: false })).out;
  assert.match(text, /20 passwords for\s+100@pbx\.example refused by an unknown address/);
  assert.match(text, /40 entries in 4,080 lines/);
  assert.doesNotMatch(text, /It answered challenges/);
});

test('captures and logs are not read at the same time, and one of them is needed', async () => {
  await assert.rejects(analyze([]), { code: 'usage' });
  await assert.rejects(analyze([SAMPLE], { log: ['x'] }), { code: 'usage' });
});
