import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTACKS } from './attacks.ts';

test('every scenario has a name of its own, two strengths or more, and a proof', () => {
  const names = ATTACKS.map(({ name }) => name);
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
  for (const { name, title, intensities, proof } of ATTACKS) {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(title.length > 10 && title.length < 140, `${name}: ${title}`);
    assert.ok(intensities.length >= 2, `${name} has one strength`);
    assert.equal(new Set(intensities.map((each) => each.name)).size, intensities.length, name);
    assert.ok(proof !== undefined, `${name} has no proof`);
  }
});

test('the call attacks of the catalogue are there', () => {
  const attacks = new Set(ATTACKS.map(({ attack }) => attack));
  for (const id of ['A24', 'A25', 'A26', 'A28', 'A29', 'A30', 'A31', 'A32', 'A36', 'A37'] as const) assert.ok(attacks.has(id), id);
});
