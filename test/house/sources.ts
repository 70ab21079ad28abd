/** The source files of this repository, parsed, for the tests that hold the house rules. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../peers.ts';

/** One parsed file. */
export interface Source {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Number of lines. */
  readonly lines: number;
  readonly tree: ts.SourceFile;
}

/** One import of one file by another. */
export interface Import {
  readonly from: string;
  /** Relative to the root; a package name or `node:…` if it is not a file of ours. */
  readonly to: string;
  readonly line: number;
  /** It vanishes when types are stripped. */
  readonly typeOnly: boolean;
  /** It is an `export … from`. */
  readonly reexport: boolean;
}

/** All files that match, e.g. `src/**` with `.ts` ending, in order of their paths. */
export function sources(glob: string): Source[] {
  const paths = globSync(glob, { cwd: ROOT }).sort();
  return paths.map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true);
    return { path: path.replaceAll('\\', '/'), text, lines: text.split('\n').length - 1, tree };
  });
}

/** True for unit tests, which lie beside what they test. */
export function isTest(source: Source): boolean {
  return source.path.endsWith('.test.ts');
}

/** Calls `visit` for the node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Line of a node, from 1, without the comment before it. */
export function lineOf(source: Source, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
}

/** What a file imports, static and dynamic, types included. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, name: string, typeOnly: boolean, reexport: boolean): void => {
    const to = name.startsWith('.') ? posix.join(dirname(source.path), name) : name;
    found.push({ from: source.path, to, line: lineOf(source, node), typeOnly, reexport });
  };
  walk(source.tree, (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword, false);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.isTypeOnly, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const argument = node.arguments[0];
      if (argument !== undefined && ts.isStringLiteral(argument)) add(node, argument.text, false, false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      add(node, node.argument.literal.text, true, false);
    }
  });
  return found;
}
