/** `npm test -- part`: a part that there is not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('an unknown part of the tests is answered with those there are', () => {
  const script = fileURLToPath(new URL('../../tools/test.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'lint', 'nonsense'], { encoding: 'utf8' });
  assert.equal(status, 64);
  assert.equal(stdout, '');
  assert.match(stderr, /^no such part: nonsense; there are lint, .*, package\n$/);
});
