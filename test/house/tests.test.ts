/** Every test asserts something: itself, or through a function that does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { lineOf, type Source, sources, walk } from './sources.ts';

const files = [...sources('src/**/*.test.ts'), ...sources('test/**/*.test.ts')];

/** What asserts by itself: `assert`, `assert.equal`, `fc.assert`, a test context's `t.assert`. */
function assertsDirectly(node: ts.Node): boolean {
  let found = false;
  walk(node, (each) => {
    if (ts.isIdentifier(each) && (each.text === 'assert' || /^(assert|check|expect|hold)[A-Z]/.test(each.text))) found = true;
  });
  return found;
}

/** Names of the functions of a file that assert, directly or by calling each other. */
function assertingNames(source: Source): Set<string> {
  const bodies = new Map<string, ts.Node>();
  walk(source.tree, (node) => {
    if (ts.isFunctionDeclaration(node) && node.name !== undefined) bodies.set(node.name.text, node);
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer !== undefined &&
      ts.isFunctionLike(node.initializer)
    ) {
      bodies.set(node.name.text, node.initializer);
    }
  });
  const names = new Set([...bodies].filter(([, body]) => assertsDirectly(body)).map(([name]) => name));
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const [name, body] of bodies) if (mentions(body, names)) names.add(name);
  }
  return names;
}

function mentions(node: ts.Node, names: ReadonlySet<string>): boolean {
  let found = false;
  walk(node, (each) => {
    if (ts.isIdentifier(each) && names.has(each.text)) found = true;
  });
  return found;
}

/** Calls of `test` or `it` that assert nothing, as `file:line`. */
function silent(source: Source): string[] {
  const names = assertingNames(source);
  const found: string[] = [];
  walk(source.tree, (node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || !['test', 'it'].includes(node.expression.text)) return;
    if (!assertsDirectly(node) && !mentions(node, names)) found.push(`${source.path}:${lineOf(source, node)}`);
  });
  return found;
}

test('every test asserts', () => {
  assert.ok(files.length > 0);
  assert.deepEqual(files.flatMap(silent), []);
});

test('a test that asserts nothing is seen', () => {
  const text = `
    function deep() { shallow(); }
    function shallow() { assert.ok(true); }
    test('a', () => { deep(); });
    test('b', () => { run(); });`;
  const tree = ts.createSourceFile('x.test.ts', text, ts.ScriptTarget.ES2024, true);
  assert.deepEqual(silent({ path: 'x.test.ts', text, lines: 5, tree }), ['x.test.ts:5']);
});
