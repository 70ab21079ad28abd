/**
 * Every output of `analyze` over hostile traffic: what attackers wrote does nothing to who reads it, and no secret is in it.
 * The outputs are those the command line names: a new one that is not listed here fails the test.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { type AnalyzeOptions, runAnalyze } from '../src/cli/analyze.ts';
import { runExplain } from '../src/cli/explain.ts';
import { AlertLines } from '../src/cli/following.ts';
import type { Fault } from '../src/errors.ts';
import { commands } from '../src/main.ts';
import { EVE } from '../src/publish/eve/eveschema.ts';
import { toJsonSchema } from '../src/schema.ts';
import { readSegment, segmentFiles } from '../src/store/segments.ts';
import { alert } from './alerts.ts';
import { HOSTILE, hasHarm } from './hostile.ts';
import { hostileCapture, SECRETS } from './hostilecapture.ts';
import { tool } from './peers.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-outputs-'));
after(() => rmSync(folder, { recursive: true }));
const capture = join(folder, 'evil\u202e name.pcap');
writeFileSync(capture, hostileCapture());

/** A run, and all text it printed. */
async function run(options: AnalyzeOptions, captures: readonly string[] = [capture]): Promise<string> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const pieces: Buffer[] = [];
  for (const stream of [out, err]) stream.on('data', (data) => pieces.push(data));
  await runAnalyze(captures, options, { out, err });
  await new Promise((resolve) => setImmediate(resolve));
  return Buffer.concat(pieces).toString();
}

const named = (name: string): string => join(folder, name);

/** What each option of the command line lets out, as text; undefined: it lets nothing out. */
const OUTPUTS: Readonly<Record<string, (() => Promise<string>) | undefined>> = {
  '--json': () => run({ json: true }),
  '--eve': async () => (await run({ eve: named('eve.json') })) + readFileSync(named('eve.json'), 'utf8'),
  '--calls': async () => {
    const printed = await run({ calls: named('calls.csv') });
    // Lines of CSV end with CR LF (RFC 4180).
    return printed + readFileSync(named('calls.csv'), 'utf8').replaceAll('\r\n', '\n');
  },
  '--html': async () => (await run({ html: named('page.html') })) + readFileSync(named('page.html'), 'utf8'),
  '--write-evidence': async () => {
    const printed = await run({ writeEvidence: named('evidence') });
    const files = readdirSync(named('evidence'));
    assert.ok(files.length > 0);
    return [printed, ...files].join('\n');
  },
  '--events': async () => (await run({ events: named('events') })) + (await eventLines()),
  '--rules': undefined,
  '--config': undefined,
  '--profile': undefined,
  '--log': async () => {
    const log = { log: [hostileLog()] };
    return (
      (await run({ ...log, color: false }, [])) +
      (await run({ ...log, json: true, events: named('logged') }, [])) +
      (await eventLines('logged'))
    );
  },
  '--no-color': () => run({ color: false }),
  '--follow': async () => followLines(),
  '--evidence-bodies': undefined,
};

/** A log of Asterisk in which one source guesses, with hostile text in every place that is its own. */
function hostileLog(): string {
  const path = named('evil\u202e name.log');
  const lines = HOSTILE.flatMap((evil, i) =>
    [evil, evil.replace(/\s/gu, '')].map(
      (words) =>
        `[2026-11-21 12:00:${String(i % 60).padStart(2, '0')}] NOTICE[25690] chan_sip.c: Registration from '"${words}" <sip:${words}@pbx.example>' failed for '192.0.2.66:5061' - Wrong password\n`,
    ),
  );
  writeFileSync(path, lines.join('').repeat(3));
  return path;
}

/** What `--follow` tells of alerts as they come. */
function followLines(): string {
  const lines = new AlertLines();
  return HOSTILE.map((s, i) => lines.line(alert({ id: `${i}${s}`, rule: s, why: s, subject: { kind: 'address', value: s } }))).join('');
}

async function eventLines(kept = 'events'): Promise<string> {
  const lines: string[] = [];
  const faults: Fault[] = [];
  for (const name of segmentFiles(named(kept))) {
    for await (const batch of readSegment(join(named(kept), name), faults)) {
      // Segments hold the truth (decision 0005): only what is secret is masked in them.
      for (const { data } of batch) lines.push(JSON.stringify(Object.values(data)).replace(/[^\x20-\x7e]/g, '.'));
    }
  }
  assert.ok(lines.length > 10);
  return lines.join('\n');
}

test('every option of analyze is in the list', () => {
  const analyze = commands().commands.find((command) => command.name() === 'analyze');
  assert.deepEqual(analyze?.options.map(({ long }) => long).sort(), Object.keys(OUTPUTS).sort());
});

for (const [option, output] of Object.entries(OUTPUTS)) {
  if (output === undefined) continue;
  test(`${option}: hostile text is harmless, nothing secret is shown`, async () => {
    const text = await output();
    assert.ok(text.length > 200, 'there is something to look at');
    for (const [i, line] of text.split('\n').entries()) assert.ok(!hasHarm(line), `line ${i + 1}: ${JSON.stringify(line.slice(0, 300))}`);
    for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} in ${text.slice(text.indexOf(secret) - 150).slice(0, 300)}`);
  });
}

test('explain: no message shows a secret', async () => {
  const out = new PassThrough();
  const pieces: Buffer[] = [];
  out.on('data', (data) => pieces.push(data));
  await runExplain(capture, { callId: 'guessing', color: false }, out);
  for (const frame of ['1', '3', '5']) await runExplain(capture, { packet: frame, color: false }, out);
  const text = Buffer.concat(pieces).toString();
  for (const line of text.split('\n')) assert.ok(!hasHarm(line), JSON.stringify(line.slice(0, 300)));
  for (const secret of SECRETS) assert.ok(!text.includes(secret), secret);
});

test('EVE: every line meets the schema, and there is one for each message', async () => {
  await run({ eve: named('checked.json') });
  const validate = new Ajv.default({ strict: true, strictTypes: false }).compile(toJsonSchema(EVE));
  const lines = readFileSync(named('checked.json'), 'utf8').trimEnd().split('\n');
  for (const line of lines) assert.ok(validate(JSON.parse(line)), `${line.slice(0, 300)}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  const types = Map.groupBy(lines, (line) => /"event_type":"(\w+)"/.exec(line)?.[1]);
  for (const type of ['sip', 'alert', 'call', 'ringfence', 'stats']) assert.ok((types.get(type)?.length ?? 0) > 0, type);
  const { stats } = JSON.parse(lines.at(-1)!);
  assert.equal(types.get('sip')?.length, stats.ringfence.protocol.sip);
});

test('the page can load and run nothing, and is no longer than a person reads', async () => {
  await run({ html: named('bounded.html') });
  const page = readFileSync(named('bounded.html'), 'utf8');
  assert.match(page, /http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'/);
  assert.doesNotMatch(page, /<script|<iframe|<img|<link|<object|javascript:|\son\w+=|\sstyle=|url\(|@import|href=|src=/i);
  const opened = [...page.matchAll(/<(\w+)[\s>]/g)].map(([, name]) => name!);
  const VOID = new Set(['meta', 'br', 'line', 'rect', 'circle', 'path', 'html', 'body', 'head']);
  for (const name of new Set(opened)) {
    if (VOID.has(name)) continue;
    assert.equal(page.split(`</${name}>`).length - 1, opened.filter((each) => each === name).length, `as many </${name}> as <${name}>`);
  }
  assert.ok(page.length < 2_000_000, `${page.length} characters`);
});

const tshark = tool('tshark', 'apt-get install tshark');

test('evidence: tshark reads each file, its comments are harmless, no byte of a secret is in it', tshark, async () => {
  await run({ writeEvidence: named('proof') });
  const files = readdirSync(named('proof'));
  assert.ok(
    files.some((name) => name.includes('password-guessing')),
    files.join(', '),
  );
  for (const name of files) {
    assert.match(name, /^[A-Za-z0-9.-]{1,120}$/);
    const path = join(named('proof'), name);
    const bytes = readFileSync(path).toString('latin1');
    for (const secret of SECRETS) assert.ok(!bytes.includes(secret), `${secret} in ${name}`);
    const fields = ['frame.comment', 'sip.Call-ID', '_ws.malformed'].flatMap((field) => ['-e', field]);
    const read = execFileSync('tshark', ['-n', '-r', path, '-Tjson', ...fields], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const frames: { _source: { layers: Record<string, string[] | undefined> } }[] = JSON.parse(read);
    assert.ok(frames.length > 0 && statSync(path).size < 5_000_000);
    for (const { _source } of frames) {
      const comment = _source.layers['frame.comment']?.join(' ') ?? '';
      assert.match(comment, /^Ringfence: .*alert /);
      assert.ok(!hasHarm(comment), comment);
    }
  }
});
