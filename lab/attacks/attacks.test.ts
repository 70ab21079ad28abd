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

test('a tshark filter that proves a label names no address of an attacker', () => {
  for (const { name, proof } of ATTACKS) {
    if (typeof proof !== 'object') continue;
    assert.doesNotMatch(proof.filter, /\b(ip|ipv6|eth)\.(src|dst|addr|host)|(udp|tcp)\.(src|dst)port/, name);
  }
});

test('the attacks A01 to A15 and A33 are there, those with a tool in the house also by that tool', () => {
  const of = (attack: string) => ATTACKS.filter((each) => each.attack === attack);
  for (let i = 1; i <= 15; i++) assert.ok(of(`A${String(i).padStart(2, '0')}`).length > 0, String(i));
  assert.ok(of('A33').length > 0);
  for (const attack of ['A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A10', 'A11', 'A12', 'A13', 'A15']) {
    assert.ok(
      of(attack).some(({ needs }) => needs !== undefined),
      `${attack} by a tool`,
    );
    assert.ok(
      of(attack).some(({ needs }) => needs === undefined),
      `${attack} by an own sender`,
    );
  }
});
