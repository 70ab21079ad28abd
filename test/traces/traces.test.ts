/**
 * The whole program over captures of real tools and phones, held to the expectations; and these held to the packets by
 * tshark. docs/captures.md says how far they agree: no seen capture may fall behind it. The blind half is never analyzed here.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWorse, partOf, rowsOf, shortName } from '../../tools/capture-page.ts';
import { ROOT, shared, tool } from '../peers.ts';
import { type Expectation, half } from './expectation.ts';
import { BLIND, EXPECTATIONS } from './expectations.ts';
import { NO_CAPTURES } from './expected/no-captures.ts';
import { analyze, judge } from './judge.ts';
import { brokenProofs } from './proofs.ts';

const ALL = [...EXPECTATIONS, ...BLIND];
const tshark = tool('tshark', 'apt-get install tshark');
const index = shared('captures/INDEX.tsv');
const page = readFileSync(join(ROOT, 'docs', 'captures.md'), 'utf8');
const said = new Map(rowsOf(partOf(page, 'seen')!).map(({ file, judgement }) => [file, judgement]));

/** Files that the index names. */
function indexed(): string[] {
  const rows = readFileSync(index.path, 'utf8').trimEnd().split('\n').slice(1);
  return rows.map((row) => `captures/${row.split('\t')[0]}`);
}

test('every row of the index is expected or told to be no capture', { skip: index.skip }, () => {
  const expected = new Set(ALL.map(({ file }) => file));
  assert.equal(expected.size, ALL.length, 'no capture is expected twice');
  const both = indexed().filter((file) => expected.has(file) === NO_CAPTURES.some(({ files }) => files.test(file)));
  assert.deepEqual(both, []);
  const rows = new Set(indexed());
  assert.deepEqual(
    [...expected].filter((file) => file.startsWith('captures/') && !rows.has(file)),
    [],
  );
});

test('docs/captures.md names every row of the index (npm run captures -- --write)', { skip: index.skip }, () => {
  assert.deepEqual(
    indexed().filter((file) => !page.includes(`| \`${shortName(file)}\` |`)),
    [],
  );
});

test('the halves are kept apart', () => {
  assert.deepEqual(
    EXPECTATIONS.filter(({ file }) => half(file) === 'blind'),
    [],
  );
  assert.deepEqual(
    BLIND.filter(({ file }) => half(file) === 'seen'),
    [],
  );
});

/** All attacks, and of the rest a quarter, always the same; `npm run truth` runs the others as well. */
function isProved({ file, alerts }: Expectation): boolean {
  const digits = createHash('sha256').update(file).digest('hex').slice(1, 3);
  return alerts.length > 0 || Number.parseInt(digits, 16) % 4 === 0;
}

test('the packets show what is expected', { skip: index.skip || tshark.skip }, async (t) => {
  const proved = ALL.filter(isProved);
  t.diagnostic(`${proved.length} of ${ALL.length} captures`);
  assert.deepEqual(await brokenProofs(proved), []);
});

for (const expectation of EXPECTATIONS) {
  const capture = shared(expectation.file);
  test(`${expectation.file}: analyze says what the page says, or better`, { skip: capture.skip }, async () => {
    const found = await analyze(capture.path);
    const { judgement, answers, surplus } = judge(expectation, found);
    const before = said.get(shortName(expectation.file));
    const details = { judgement, before, faults: answers.map(({ fault }) => fault), surplus, told: found.alerts };
    assert.ok(before !== undefined && !isWorse(judgement, before), JSON.stringify(details, undefined, 1));
    const { status } = found;
    assert.equal((status & 1) === 1, found.alerts.length > 0, `exit code ${status} with ${found.alerts.length} alerts`);
  });
}
