import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import { runCheck } from './check.ts';

const folder = mkdtempSync(join(tmpdir(), 'check-'));
after(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function run(...paths: string[]): Promise<{ code: number; lines: string[] }> {
  const parts: string[] = [];
  const code = await runCheck(paths, { out: { write: (part: string) => parts.push(part) } });
  return { code, lines: parts.join('').trimEnd().split('\n') };
}

test('what comes with Ringfence is right', async () => {
  const { code, lines } = await run();
  assert.equal(code, 0);
  assert.match(lines.at(-1) ?? '', /^1 configuration, \d+ rules, \d+ tests, 0 faults$/);
});

test('a rule file with faults: each with its place', async () => {
  const file = put('bad.yaml', stringify(GOOD).replace('limit: 3', 'limt: 3'));
  const { code, lines } = await run(file);
  assert.equal(code, 1);
  assert.match(lines[0] ?? '', /bad\.yaml:13:1: unknown key "limt"; did you mean "limit"/);
  assert.equal(lines.at(-1), '0 rules, 0 tests, 1 fault');
});

test('a rule whose tests do not hold', async () => {
  const [fires, quiet] = GOOD.tests;
  const file = put('fails.yaml', stringify({ ...GOOD, tests: [{ ...fires, alerts: 2 }, quiet] }));
  const { code, lines } = await run(file);
  assert.equal(code, 1);
  assert.deepEqual(lines, [`${file}: test "fires": expected 2 alerts, received 1`, '1 rule, 2 tests, 1 fault']);
});

test('a config: its own faults, those of its rules, and those of what it changes of them', async () => {
  put('rule.yaml', stringify(GOOD));
  const good = put('good.conf.yaml', 'rules: [rule.yaml]\n');
  assert.deepEqual(await run(good), { code: 0, lines: ['1 configuration, 1 rule, 2 tests, 0 faults'] });
  const wrong = put('wrong.conf.yaml', 'rules: [rule.yaml, gone]\noverrides:\n  guess:\n    variables: {laest: 1}\n');
  const { code, lines } = await run(wrong);
  assert.equal(code, 1);
  assert.deepEqual(lines, [
    `${join(folder, 'gone')}: there is no such rule file or folder`,
    `${wrong}:4:5: overrides.guess: unknown variable "laest"; did you mean "least"?`,
    '1 configuration, 0 rules, 0 tests, 2 faults',
  ]);
  const broken = put('broken.conf.yaml', 'rulez: []\n');
  assert.match((await run(broken)).lines[0] ?? '', /broken\.conf\.yaml:1:1: unknown key "rulez"; did you mean "rules"/);
});

test('a folder of rules, and a path that is not there', async () => {
  assert.match((await run(join(folder, 'nowhere'))).lines[0] ?? '', /no such rule file or folder/);
  const { lines } = await run(folder);
  assert.ok(lines.some((each) => /fails\.yaml/.test(each)));
});

test('a file that is no text has one fault, a text that is no YAML a bounded number', async () => {
  const binary = put('capture.pcap', '\xd4\xc3\xb2\xa1\x02\x00\x04\x00\n: {');
  const { code, lines } = await run(binary);
  assert.equal(code, 1);
  assert.match(lines[0] ?? '', /capture\.pcap: this is not text/);
  assert.deepEqual(lines.slice(1), ['0 rules, 0 tests, 1 fault']);
  const wild = await run(put('wild.conf.yaml', 'w: 1\n'.repeat(60)));
  assert.equal(wild.lines.length, 22);
  assert.match(wild.lines[20] ?? '', /wild\.conf\.yaml: and \d+ more faults$/);
});

test('a config in a folder of rules is judged as a config, an empty file as a rule', async () => {
  mkdirSync(join(folder, 'site', 'rules'), { recursive: true });
  put('site/ringfence.yaml', '# ours\nrules: [rules]\n');
  put('site/rules/rule.yaml', stringify(GOOD));
  assert.deepEqual(await run(join(folder, 'site')), { code: 0, lines: ['1 configuration, 1 rule, 2 tests, 0 faults'] });
  put('site/more.yaml', stringify({ ...GOOD, id: 'more' }));
  assert.deepEqual((await run(join(folder, 'site'))).lines, ['1 configuration, 2 rules, 4 tests, 0 faults']);
  const empty = put('site/rules/empty.yaml', '');
  const { lines } = await run(join(folder, 'site', 'rules'));
  assert.ok(lines.some((line) => line.startsWith(`${empty}:1:1: `)));
  assert.match(lines.at(-1) ?? '', /^1 rule, 2 tests, \d+ faults?$/);
});
