import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../random.ts';
import { costlyRange, internationalPrefix } from './numbers.ts';

test('costly numbers are one rented range of E.164 numbers, dialled as the site takes them', () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = seeded(seed);
    const number = costlyRange(random);
    const numbers = Array.from({ length: 20 }, number);
    assert.equal(new Set(numbers.map((one) => one.slice(0, -3))).size, 1);
    assert.ok(new Set(numbers).size > 10);
    for (const one of numbers) assert.match(`${internationalPrefix(random)}${one}`, /^(\+|00)[1-9]\d{9,14}$/);
  }
});
