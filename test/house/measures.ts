/** The measures that `numbers.json` bounds. */
import ts from 'typescript';
import { lineOf, type Source, walk } from './sources.ts';

/** A function or method and its length. */
export interface Length {
  /** `file#name`; functions without a name carry their line. */
  readonly name: string;
  readonly lines: number;
}

/** Length of every function with a block body, from its first to its last line. Short arrows would flatter the median. */
export function functionLengths(source: Source): Length[] {
  const lengths: Length[] = [];
  walk(source.tree, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined || !ts.isBlock(node.body)) return;
    const first = lineOf(source, node);
    const last = source.tree.getLineAndCharacterOfPosition(node.end).line + 1;
    lengths.push({ name: `${source.path}#${nameOf(node) ?? first}`, lines: last - first + 1 });
  });
  return lengths;
}

function nameOf(node: ts.SignatureDeclaration): string | undefined {
  const own = node.name?.getText();
  const given = ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined;
  const owner = ts.isClassDeclaration(node.parent) ? `${node.parent.name?.text}.` : '';
  const name = ts.isConstructorDeclaration(node) ? 'constructor' : (own ?? given);
  return name === undefined ? undefined : owner + name;
}

/** Lines of the type assertions (`x as T`, `<T>x`) but `as const`, and of every `any`. */
export function escapes(source: Source): { as: number[]; any: number[] } {
  const found: { as: number[]; any: number[] } = { as: [], any: [] };
  walk(source.tree, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.any.push(lineOf(source, node));
    else if (ts.isAsExpression(node) && !ts.isConstTypeReference(node.type)) found.as.push(lineOf(source, node));
    else if (ts.isTypeAssertionExpression(node)) found.as.push(lineOf(source, node));
  });
  return found;
}

/** Exported names without a docstring, as `file:line name`. Constants line under line share the docstring of the first. */
export function undocumented(source: Source): string[] {
  const missing: string[] = [];
  // Of an overloaded function the first signature carries the docstring.
  const overloaded = new Set<string>();
  let shared = -1;
  for (const statement of source.tree.statements) {
    const first = lineOf(source, statement);
    const last = source.tree.getLineAndCharacterOfPosition(statement.end).line + 1;
    const inherits = (ts.isVariableStatement(statement) && shared === first - 1) || overloaded.has(declared(statement));
    const documented = inherits || ts.getJSDocCommentsAndTags(statement).length > 0;
    if (documented && ts.isFunctionDeclaration(statement) && statement.body === undefined) overloaded.add(declared(statement));
    if (isExported(statement) && !documented) missing.push(`${source.path}:${first} ${declared(statement)}`);
    shared = documented && ts.isVariableStatement(statement) ? last : -1;
  }
  return missing;
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true;
}

function declared(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((each) => each.name.getText()).join(', ');
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return named ? (statement.name?.text ?? '') : '';
}

const CLOCKS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'EventEmitter', 'queueMicrotask', 'process', 'Date', 'performance']);

/** Uses of timers, wall clocks, emitters, `async` and `await`, as `file:line word`. */
export function ambient(source: Source): string[] {
  const found: string[] = [];
  walk(source.tree, (node) => {
    const word = ambientWord(node);
    if (word !== undefined) found.push(`${source.path}:${lineOf(source, node)} ${word}`);
  });
  return found;
}

function ambientWord(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node)) return 'await';
  return ts.isIdentifier(node) && CLOCKS.has(node.text) && !isMember(node) ? node.text : undefined;
}

/** Reads of the wall clock: `Date.now`, `new Date()`, `performance.now`, as `file:line word`. */
export function wallClock(source: Source): string[] {
  const found: string[] = [];
  walk(source.tree, (node) => {
    const now =
      ts.isPropertyAccessExpression(node) && node.name.text === 'now' && ['Date', 'performance'].includes(node.expression.getText());
    const fresh = ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0;
    if (now || fresh) found.push(`${source.path}:${lineOf(source, node)} ${node.getText()}`);
  });
  return found;
}

/** Classes that extend anything but an error, as `file:line name`. */
export function subclasses(source: Source): string[] {
  const found: string[] = [];
  walk(source.tree, (node) => {
    if (!ts.isHeritageClause(node) || node.token !== ts.SyntaxKind.ExtendsKeyword || !ts.isClassLike(node.parent)) return;
    const parent = node.types[0]?.expression.getText() ?? '';
    if (!parent.endsWith('Error')) found.push(`${source.path}:${lineOf(source, node)} extends ${parent}`);
  });
  return found;
}

/** True for `x.name` and `{ name: … }`: the word is a property there. */
function isMember(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node;
}

/** The value below which the share `q` of the sorted numbers lies; 0 for none. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
