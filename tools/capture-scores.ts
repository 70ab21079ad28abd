/** Recall and precision per class of attack, counted in captures. */
import { type AttackClass, CLASSES } from '../src/types.ts';
import type { Result } from './capture-page.ts';

/** How many captures hold the class, tell it rightly, and tell it where it is not. */
interface Score {
  expected: number;
  found: number;
  wrong: number;
}

/** The table of recall and precision. A capture counts once for a class; what is beyond does not count. */
export function scores(results: readonly Result[]): string {
  const rows = CLASSES.map((name) => ({ name, score: scoreOf(name, results) })).filter(({ score }) => score.expected + score.wrong > 0);
  const lines = rows.map(({ name, score }) => line(`\`${name}\``, score));
  const total = rows.reduce((sum, { score }) => add(sum, score), { expected: 0, found: 0, wrong: 0 });
  return [
    '| class | captures with it | told | told elsewhere | recall | precision |',
    '|---|--:|--:|--:|--:|--:|',
    ...lines,
    line('all', total),
  ].join('\n');
}

function scoreOf(name: AttackClass, results: readonly Result[]): Score {
  const score: Score = { expected: 0, found: 0, wrong: 0 };
  for (const { verdict } of results) {
    const demanded = verdict.answers.filter(({ expected }) => expected.class === name && expected.beyond === undefined);
    if (demanded.length > 0) score.expected++;
    if (demanded.length > 0 && demanded.every(({ told }) => told)) score.found++;
    if (verdict.surplus.some((alert) => alert.class === name)) score.wrong++;
  }
  return score;
}

function add(a: Score, b: Score): Score {
  return { expected: a.expected + b.expected, found: a.found + b.found, wrong: a.wrong + b.wrong };
}

function line(name: string, { expected, found, wrong }: Score): string {
  return `| ${name} | ${expected} | ${found} | ${wrong} | ${percent(found, expected)} | ${percent(found, found + wrong)} |`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(0)} %`;
}
