import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUILTIN_RULES } from '../config.ts';
import { runAnalyze } from './analyze.ts';
import { type ReplayOptions, runReplay } from './replay.ts';

const SAMPLE = fileURLToPath(new URL('../../samples/attack-day.pcap', import.meta.url));
const GUESSING = readFileSync(join(BUILTIN_RULES, 'password-guessing.yaml'), 'utf8');

let folder = '';
let analysis = '';

class Paper extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function replay(options: Partial<ReplayOptions> = {}): Promise<{ code: number; text: string }> {
  const out = new Paper();
  const code = await runReplay({ events: join(folder, 'events'), color: false, ...options }, out);
  return { code, text: out.text };
}

/** A rule that asks for that many passwords, in a folder of its own. */
function guessingAt(attempts: number, name: string): string {
  const rules = join(folder, name);
  mkdirSync(rules);
  const text = GUESSING.replace(/(attempts: .* value: )10 /, `$1${attempts} `).replace(/(slowAttempts: .* value: )20 /, `$1${attempts} `);
  assert.notEqual(text, GUESSING);
  writeFileSync(join(rules, 'mine.yaml'), text);
  return rules;
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const out = new Paper();
  const options = { json: true, events: join(folder, 'events') };
  assert.equal(await runAnalyze([SAMPLE], options, { out, err: new Paper() }), 1);
  analysis = out.text;
});

after(() => rmSync(folder, { recursive: true }));

test('the present rules make of the recording what they made of the packets', async () => {
  const { code, text } = await replay({ json: true });
  assert.equal(code, 0);
  const { alerts, incidents, input } = JSON.parse(text);
  const told = JSON.parse(analysis);
  const facts = (list: readonly Record<string, unknown>[]): unknown =>
    list.map(({ id, level, outcome, count, first, last, sample }) => ({ id, level, outcome, count, first, last, sample }));
  assert.deepEqual(facts(alerts), facts(told.alerts));
  assert.deepEqual(incidents, told.incidents);
  assert.ok(input.events > 100 && input.segments === 1);
});

test('a rule that asks for more than came is said to have stayed away, and who is accused by others stays accused', async () => {
  const { code, text } = await replay({ rules: guessingAt(500, 'mild'), json: true });
  assert.equal(code, 1);
  const { rules, difference } = JSON.parse(text);
  assert.deepEqual(rules.changed, ['password-guessing']);
  assert.deepEqual([difference.added.length, difference.changed.length, difference.same], [0, 0, 3]);
  assert.deepEqual(
    difference.gone.map(({ rule }: { rule: string }) => rule),
    ['password-guessing'],
  );
  assert.deepEqual([difference.accused, difference.cleared], [[], []]);
});

test('a stricter rule is told as sooner; the text says so', async () => {
  const { code, text } = await replay({ rules: guessingAt(4, 'strict') });
  assert.equal(code, 1);
  assert.match(text, /1 rule changed \(password-guessing\)\. 0 more, 0 gone, 1 changed, 3 as before\./);
  assert.match(text, /Would have come in another way \(1\):\n.*password-guessing: .*sooner/s);
});

test('rules instead of all others leave only their own; those they accuse no longer are named', async () => {
  const { text } = await replay({ rules: guessingAt(600, 'alone'), instead: true });
  assert.match(text, /Would have stayed away \(4\):/);
  assert.match(text, /No longer accused \(1\):\n {2}10\.99\.0\.100, which had/);
});

test('the same rules differ in nothing', async () => {
  const { code, text } = await replay({ rules: BUILTIN_RULES });
  assert.equal(code, 0);
  assert.match(text, /0 rules changed \(none\)\. Nothing differs: 4 alerts as before\./);
});

test('without rules the attackers of all recordings are told', async () => {
  const { text } = await replay();
  assert.match(text, /^Replayed \d+ Events of 1 segment, 2026-11-20 08:00:00 to/);
  assert.match(text, /4 alerts in 1 incident:\n {2}10\.99\.0\.100 {2}critical, succeeded/);
});

test('a folder without segments and rules with faults are refused', async () => {
  await assert.rejects(replay({ events: folder }), { code: 'usage', message: /holds no Event segments/ });
  const bad = join(folder, 'bad.yaml');
  writeFileSync(bad, 'id: Bad\n');
  await assert.rejects(replay({ rules: bad }), { code: 'rule-invalid' });
});

test('damage is a fault, and what came before it counts', async () => {
  const torn = join(folder, 'torn');
  mkdirSync(torn);
  const whole = readFileSync(join(folder, 'events', 'events-000001-000001.rfseg'));
  writeFileSync(join(torn, 'events-000001-000001.rfseg'), whole.subarray(0, whole.length - 7));
  const { code, text } = await replay({ events: torn });
  assert.equal(code, 2);
  assert.match(text, /fault: the block at byte \d+ is damaged/);
});
