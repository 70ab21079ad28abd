/**
 * `npm run captures`: analyzes the captures and says how that agrees with the expectations.
 *
 * usage: node tools/captures.ts [--write] [--blind] [--proofs] [part of a file name …]
 *
 * --write   writes docs/captures.md; without --blind its blind half stays as it is there
 * --blind   also runs the blind half: at the end of a work, never while detectors are made or tuned
 * --proofs  instead runs the tshark commands beside all expectations (`npm run truth`)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../src/version.ts';
import { ROOT, SHARED } from '../test/peers.ts';
import type { Expectation } from '../test/traces/expectation.ts';
import { BLIND, EXPECTATIONS } from '../test/traces/expectations.ts';
import { NO_CAPTURES } from '../test/traces/expected/no-captures.ts';
import { analyze, judge } from '../test/traces/judge.ts';
import { LABELLED, readLabelled } from '../test/traces/labelled.ts';
import { brokenProofs } from '../test/traces/proofs.ts';
import { closedPart, labelledPart, page, part, partOf, type Result, shortName } from './capture-page.ts';

const PAGE = join(ROOT, 'docs', 'captures.md');

async function results(expectations: readonly Expectation[]): Promise<Result[]> {
  const list: Result[] = [];
  for (const expectation of expectations) {
    const found = await analyze(join(SHARED, expectation.file));
    const verdict = judge(expectation, found);
    console.log(`${verdict.judgement.padEnd(12)} ${shortName(expectation.file)}`);
    list.push({ expectation, verdict, found });
  }
  return list;
}

/** Version and commit, and whether the commit is all of it. */
function maker(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'rules', 'test/traces') === '' ? '' : ' with changes';
  return `ringfence ${version()} at commit ${git('rev-parse', '--short=12', 'HEAD')}${changed}`;
}

/** Rows of the index that are no captures. */
function others(): { file: string; reason: string }[] {
  const index = readFileSync(join(SHARED, 'captures', 'INDEX.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  return index.flatMap((line) => {
    const file = `captures/${line.split('\t')[0]}`;
    const reason = NO_CAPTURES.find(({ files }) => files.test(file))?.reason;
    return reason === undefined ? [] : [{ file, reason }];
  });
}

function write(seen: readonly Result[], blind: readonly Result[] | undefined): void {
  const before = existsSync(PAGE) ? partOf(readFileSync(PAGE, 'utf8'), 'blind') : undefined;
  const kept = before ?? closedPart(BLIND.map(({ file }) => file));
  const blindPart = blind === undefined ? kept : part('blind', blind, maker());
  const labelled = labelledPart(readLabelled(join(SHARED, LABELLED)));
  writeFileSync(PAGE, page(part('seen', seen, maker()), blindPart, labelled, others()));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean' }, blind: { type: 'boolean' }, proofs: { type: 'boolean' } },
    allowPositionals: true,
  });
  const wanted = ({ file }: Expectation): boolean => positionals.length === 0 || positionals.some((name) => file.includes(name));
  if (values.proofs === true) {
    const broken = await brokenProofs([...EXPECTATIONS, ...BLIND].filter(wanted));
    for (const each of broken) console.log(`${each.file}\n  ${each.command}\n  expected ${each.expected}\n  printed  ${each.printed}`);
    console.log(`${broken.length} proofs broken`);
    process.exitCode = broken.length > 0 ? 1 : 0;
    return;
  }
  if (values.write === true && positionals.length > 0) throw new Error('--write is for all captures');
  const seen = await results(EXPECTATIONS.filter(wanted));
  const blind = values.blind === true ? await results(BLIND.filter(wanted)) : undefined;
  if (values.write === true) write(seen, blind);
}

await main();
