import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Fault } from '../errors.ts';
import { faultLines, MOST_FAULTS, notText } from './faultlines.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultlines-'));
after(() => rmSync(folder, { recursive: true }));

const many = (file: string, n: number): Fault[] =>
  Array.from({ length: n }, (_, i) => ({ code: 'rule-invalid', where: `${file}:${i + 1}:1`, message: 'wrong' }));

test('a file with many faults does not hide those of the next', () => {
  const lines = faultLines([...many('a.yaml', MOST_FAULTS + 2), ...many('b.yaml', MOST_FAULTS), ...many('c.yaml', MOST_FAULTS + 1)]);
  assert.equal(lines.length, 3 * MOST_FAULTS + 2);
  assert.deepEqual(lines.slice(0, 2), ['a.yaml:1:1: wrong', 'a.yaml:2:1: wrong']);
  assert.deepEqual(lines.slice(MOST_FAULTS, MOST_FAULTS + 2), ['a.yaml: and 2 more faults', 'b.yaml:1:1: wrong']);
  assert.equal(lines.at(-1), 'c.yaml: and 1 more fault');
});

test('a message that has its place already does not get it twice', () => {
  assert.deepEqual(faultLines([{ code: 'config-invalid', where: 'a.yaml', message: 'a.yaml is odd' }]), ['a.yaml is odd']);
});

test('text, folders and what is not there are no binary files', () => {
  const text = join(folder, 'text');
  writeFileSync(text, 'id: ü\n');
  for (const path of [text, folder, join(folder, 'gone')]) assert.equal(notText(path, 'rule-invalid'), undefined);
  const binary = join(folder, 'binary');
  writeFileSync(binary, 'id\0');
  const message = 'this is not text (byte 2 is NUL); configurations and rules are YAML';
  assert.deepEqual(notText(binary, 'rule-invalid'), { code: 'rule-invalid', where: binary, message });
});
