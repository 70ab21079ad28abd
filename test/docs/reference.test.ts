/** docs/reference/ says what the source says, no less and no more. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readmeWithSample } from '../../tools/readme.ts';
import { pages } from '../../tools/reference.ts';
import { ROOT } from '../peers.ts';

const folder = join(ROOT, 'docs', 'reference');
const made = pages();

for (const [name, text] of made) {
  test(`docs/reference/${name} is up to date (npm run docs)`, () => {
    assert.equal(readFileSync(join(folder, name), 'utf8'), text);
  });
}

test('docs/reference/ holds no page without a source', () => {
  assert.deepEqual(
    globSync('*.*', { cwd: folder }).filter((name) => !made.has(name)),
    [],
  );
});

test('README.md shows what the sample run prints (npm run docs)', () => {
  assert.equal(readFileSync(join(ROOT, 'README.md'), 'utf8'), readmeWithSample());
});

const written = globSync(['*.md', 'docs/**/*.md', 'src/**/*.md', 'rules/*.md', 'samples/*.md'], { cwd: ROOT });

for (const path of written) {
  test(`the links of ${path} lead somewhere`, () => {
    const text = readFileSync(join(ROOT, path), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1]!);
    const dead = targets.filter((target) => globSync(join(ROOT, path, '..', target)).length === 0);
    assert.deepEqual(dead, []);
  });
}
