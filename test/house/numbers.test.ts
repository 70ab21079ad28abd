/** The house numbers of ARCHITECTURE: bounds in numbers.json, which may be lowered and never raised. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../peers.ts';
import { ambient, escapes, functionLengths, quantile, subclasses, undocumented, wallClock } from './measures.ts';
import { isTest, sources } from './sources.ts';

const FILE = 'test/house/numbers.json';

interface Numbers {
  functionLines: { median: number; p90: number; max: number };
  fileLines: { p90: number; max: number };
  asPerThousandLines: number;
  any: number;
  readmeLines: number;
  /** Byte-level state machines that may be longer than other functions: `file#name` and how long. */
  byteMachines: Record<string, number>;
}

const numbers: Numbers = JSON.parse(readFileSync(join(ROOT, FILE), 'utf8'));
const production = sources('src/**/*.ts').filter((source) => !isTest(source));
const everything = [...sources('src/**/*.ts'), ...sources('test/**/*.ts'), ...sources('tools/**/*.ts')];

test('functions are short', () => {
  const lengths = production.flatMap(functionLengths);
  const plain = lengths.filter((each) => numbers.byteMachines[each.name] === undefined);
  const lines = lengths.map((each) => each.lines);
  const long = plain.filter((each) => each.lines > numbers.functionLines.max).map((each) => `${each.name}: ${each.lines}`);
  assert.deepEqual(long, [], 'functions longer than the bound');
  assert.ok(quantile(lines, 0.5) <= numbers.functionLines.median, `median ${quantile(lines, 0.5)}`);
  assert.ok(quantile(lines, 0.9) <= numbers.functionLines.p90, `p90 ${quantile(lines, 0.9)}`);
});

test('byte-level state machines exist and keep their bounds', () => {
  const lengths = new Map(production.flatMap(functionLengths).map((each) => [each.name, each.lines]));
  for (const [name, bound] of Object.entries(numbers.byteMachines)) {
    const lines = lengths.get(name);
    assert.ok(lines !== undefined, `${name} is gone: take it off the list`);
    assert.ok(lines <= bound, `${name}: ${lines} lines`);
    assert.ok(lines > numbers.functionLines.max, `${name} is short now: take it off the list`);
  }
});

test('files are one idea long', () => {
  const lines = production.map((source) => source.lines);
  const long = production.filter((source) => source.lines > numbers.fileLines.max).map((source) => `${source.path}: ${source.lines}`);
  assert.deepEqual(long, [], 'files longer than the bound');
  assert.ok(quantile(lines, 0.9) <= numbers.fileLines.p90, `p90 ${quantile(lines, 0.9)}`);
});

test('no any, few assertions of types', () => {
  const any = everything.flatMap((source) => escapes(source).any.map((line) => `${source.path}:${line}`));
  assert.equal(any.length, numbers.any, any.join('\n'));
  const as = production.flatMap((source) => escapes(source).as.map((line) => `${source.path}:${line}`));
  const lines = production.reduce((sum, source) => sum + source.lines, 0);
  const rate = (as.length / lines) * 1000;
  assert.ok(rate <= numbers.asPerThousandLines, `${rate.toFixed(2)} per 1,000 lines:\n${as.join('\n')}`);
});

test('every exported name has a docstring', () => {
  assert.deepEqual(production.flatMap(undocumented), []);
});

test('decode, track, detect and correlate know no timer, no wall clock, no emitter, no async', () => {
  const pure = production.filter((source) => /^src\/(decode|track|detect|correlate)\//.test(source.path));
  assert.deepEqual(pure.flatMap(ambient), []);
});

test('only clock.ts asks the wall clock', () => {
  assert.deepEqual(production.filter((source) => source.path !== 'src/clock.ts').flatMap(wallClock), []);
});

test('no class trees', () => {
  assert.deepEqual(production.flatMap(subclasses), []);
});

test('each folder of src/ says in a short README why it is here', () => {
  for (const folder of globSync('src/*/', { cwd: ROOT })) {
    const readme = join(ROOT, folder, 'README.md');
    assert.ok(existsSync(readme), `${folder} has no README.md`);
    const lines = readFileSync(readme, 'utf8').trimEnd().split('\n').length;
    assert.ok(lines <= numbers.readmeLines, `${folder}README.md has ${lines} lines`);
  }
});

const log = spawnSync('git', ['log', '--format=%H', '--', FILE], { cwd: ROOT, encoding: 'utf8' });
const commits = log.status === 0 ? log.stdout.split('\n').filter(Boolean) : [];

test('the numbers were never raised', { skip: commits.length === 0 && 'no git history here' }, () => {
  const raised = commits.flatMap((commit) => {
    const old = spawnSync('git', ['show', `${commit}:${FILE}`], { cwd: ROOT, encoding: 'utf8' });
    return old.status === 0 ? higher(JSON.parse(old.stdout), numbers, commit.slice(0, 8)) : [];
  });
  assert.deepEqual(raised, []);
});

test('a raised number is seen, a lowered or new one passes', () => {
  assert.deepEqual(higher({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 2, c: 1, e: 9 }, d: 3 }, 'x'), ['x a: b was 1, is 2']);
});

/** The numbers of `now` that are above those of `before`; new names may join the list of byte machines. */
function higher(before: object, now: object, where: string): string[] {
  return Object.entries(now).flatMap(([key, value]) => {
    const was: unknown = Object.getOwnPropertyDescriptor(before, key)?.value;
    if (typeof was === 'object' && was !== null && typeof value === 'object') return higher(was, value, `${where} ${key}`);
    return Number(value) > Number(was) ? [`${where}: ${key} was ${was}, is ${value}`] : [];
  });
}
