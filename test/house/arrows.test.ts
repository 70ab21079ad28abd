/** Who may import whom: the table in ARCHITECTURE.md is the list, this test holds the source to it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../peers.ts';
import { type Import, importsOf, sources } from './sources.ts';

const all = ['src', 'lab', 'eval', 'test', 'tools'].flatMap((folder) => sources(`${folder}/**/*.ts`));
const imports = all.flatMap(importsOf);
const allowed = readTable(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8'));

/** Zone -> the zones it may import; undefined: everything. */
function readTable(architecture: string): Map<string, Set<string> | undefined> {
  const section = architecture.split('## Who may import whom')[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  const table = new Map<string, Set<string> | undefined>();
  for (const row of rows.slice(2)) {
    const [left, right] = row.split('|').slice(1, 3).map(plain);
    for (const zone of names(left!)) table.set(zone, right === 'everything' ? undefined : new Set(names(right!)));
  }
  const notStages = new Set(['pipeline', 'main', 'cli', 'eval', 'lab', 'test', 'tools']);
  const pipeline = table.get('pipeline');
  if (pipeline?.delete('all stages')) for (const zone of table.keys()) if (!notStages.has(zone)) pipeline.add(zone);
  return table;
}

/** A cell without what it says in brackets. */
function plain(cell: string): string {
  return cell.replaceAll(/\([^)]*\)|`/g, '').trim();
}

function names(cell: string): string[] {
  return cell === 'nothing else in src/' ? [] : cell.split(',').map((name) => name.trim());
}

function zoneOf(path: string): string {
  const parts = path.split('/');
  if (path.endsWith('.test.ts')) return 'test';
  if (parts[0] !== 'src') return parts[0]!;
  if (parts.length > 2) return parts[1]!;
  const name = parts[1]!.replace('.ts', '');
  return name === 'main' || name === 'pipeline' ? name : 'kernel';
}

test('the table was read', () => {
  assert.ok(allowed.size >= 10, `only ${allowed.size} rows`);
  assert.deepEqual([...(allowed.get('kernel') ?? ['everything'])], []);
  assert.ok(allowed.get('pipeline')?.has('decode'));
});

test('every folder of src/, the lab and the evaluation are in the table', () => {
  const zones = new Set(all.map((source) => zoneOf(source.path)));
  assert.deepEqual(
    [...zones].filter((zone) => !allowed.has(zone)),
    [],
  );
});

test('imports follow the arrows', () => {
  const wrong = imports
    .filter((each) => /^(src|lab|eval)\//.test(each.to) && !follows(each))
    .map((each) => `${each.from}:${each.line} -> ${each.to}`);
  assert.deepEqual(wrong, []);
});

function follows(each: Import): boolean {
  const from = zoneOf(each.from);
  const to = zoneOf(each.to);
  const may = allowed.get(from);
  return from === to || may === undefined || may.has(to);
}

test('production code imports neither tests nor tools, and of the lab only types', () => {
  const wrong = imports.filter(
    (each) => zoneOf(each.from) !== 'test' && each.from.startsWith('src/') && /^(test|tools)\/|\.test\.ts$/.test(each.to),
  );
  const made = imports.filter((each) => zoneOf(each.from) !== 'test' && /^(src|eval)\//.test(each.from) && each.to.startsWith('lab/'));
  assert.deepEqual([...wrong, ...made.filter((each) => !each.typeOnly)], []);
});

test('every import names an existing file with its ending', () => {
  const ours = imports.filter((each) => /^(src|lab|eval|test|tools|bin)\//.test(each.to) || each.to.startsWith('.'));
  const wrong = ours.filter((each) => !existsSync(join(ROOT, each.to)) || !/\.[a-z]+$/.test(each.to));
  assert.deepEqual(wrong, []);
});

test('no cycle at run time', () => {
  assert.deepEqual(cycles(imports.filter((each) => !each.typeOnly)), []);
});

test('the search for cycles finds one', () => {
  const edge = (from: string, to: string): Import => ({ from, to, line: 1, typeOnly: false, reexport: false });
  assert.deepEqual(cycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('d', 'a')]), ['a -> b -> c -> a']);
});

test('no barrels, no export *, no passing on of what others define', () => {
  const barrels = all.filter((source) => /(^|\/)index\.ts$/.test(source.path)).map((source) => source.path);
  const passed = imports.filter((each) => each.reexport).map((each) => `${each.from}:${each.line}`);
  assert.deepEqual([...barrels, ...passed], []);
});

test('no generic file names', () => {
  const generic = all.filter((source) => /(^|\/)(utils?|helpers?|common|managers?|misc|lib)(\.|\/)/.test(source.path));
  assert.deepEqual(
    generic.map((source) => source.path),
    [],
  );
});

/** Each cycle once, as a line of text: depth-first, a grey node met again closes one. */
function cycles(edges: readonly Import[]): string[] {
  const next = Map.groupBy(edges, (each) => each.from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) found.push([...path.slice(at), node].join(' -> '));
    if (at >= 0 || done.has(node)) return;
    for (const each of next.get(node) ?? []) visit(each.to, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return found;
}
