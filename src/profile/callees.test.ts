/** Whom an account calls: Hellinger's distance against its definition, and what lists forget. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addCall,
  type CalleeCounts,
  callsToStrangers,
  clearCallees,
  createCallees,
  createUsualCallees,
  hellinger,
  learnCallees,
  placeOf,
  shapeDistance,
  type UsualCallees,
} from './callees.ts';

function dayOf(people: readonly number[]): CalleeCounts {
  const day = createCallees();
  for (const who of people) addCall(day, who);
  return day;
}

function usualOf(days: readonly (readonly number[])[]): UsualCallees {
  const usual = createUsualCallees();
  for (const people of days) learnCallees(usual, dayOf(people), 1);
  return usual;
}

/** √(1 − Σ √(p q)), where q is the day mixed with four calls of p; p and q over known people and `stranger`. */
function definition(people: readonly number[], usual: UsualCallees): number {
  const total = usual.strangers + usual.count.subarray(0, usual.known).reduce((a, b) => a + b, 0);
  const p = new Map<number, number>([[Number.NaN, usual.strangers / total]]);
  for (let i = 0; i < usual.known; i++) p.set(usual.person[i]!, usual.count[i]! / total);
  const q = new Map([...p].map(([who, share]) => [who, (4 * share) / (people.length + 4)]));
  for (const who of people) {
    const known = p.has(who) ? who : Number.NaN;
    q.set(known, q.get(known)! + 1 / (people.length + 4));
  }
  let alike = 0;
  for (const [who, share] of p) alike += Math.sqrt(share * q.get(who)!);
  return Math.sqrt(Math.max(0, 1 - alike));
}

const person = fc.integer({ min: 1, max: 20 });

test('Hellinger over people is what its definition says', () => {
  const days = fc.array(fc.array(person, { minLength: 1, maxLength: 15 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(days, fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 30 }), (learnt, today) => {
      const usual = usualOf(learnt);
      const found = hellinger(dayOf(today), usual);
      assert.ok(Math.abs(found - definition(today, usual)) < 1e-3, `${found} ${definition(today, usual)}`);
      const shape = shapeDistance(dayOf(today), usual);
      assert.ok(found >= 0 && found <= 1 && shape >= 0 && shape <= 1);
    }),
  );
});

test('strangers are far off, friends are near, and who always calls strangers is not surprised', () => {
  const usual = usualOf(Array.from({ length: 20 }, () => [1, 1, 1, 2, 2, 3]));
  const friends = hellinger(dayOf([1, 1, 1, 2, 2, 3]), usual);
  const strangers = hellinger(dayOf([11, 12, 13, 14, 15, 16]), usual);
  assert.ok(friends < 0.1 && strangers > 0.35, `${friends} ${strangers}`);
  assert.ok(hellinger(dayOf([11, 12, 13]), usual) < strangers, 'three calls say less than six');
  const sales = usualOf(Array.from({ length: 20 }, (_, i) => [100 + 2 * i, 101 + 2 * i]));
  assert.ok(hellinger(dayOf([11, 12, 13, 14, 15, 16]), sales) < 0.3);
});

test('the shape knows no names: one called often is unlike many called once', () => {
  const usual = usualOf(Array.from({ length: 10 }, () => [1, 1, 1, 1, 2, 3]));
  assert.ok(shapeDistance(dayOf([7, 7, 7, 7, 8, 9]), usual) < 0.02);
  assert.ok(shapeDistance(dayOf(Array.from({ length: 30 }, (_, i) => i)), usual) > 0.4);
});

test('nothing is compared with nothing', () => {
  assert.equal(hellinger(dayOf([1]), createUsualCallees()), 0);
  assert.equal(shapeDistance(dayOf([1]), createUsualCallees()), 0);
  assert.equal(hellinger(createCallees(), usualOf([[1]])), 0);
  assert.equal(shapeDistance(createCallees(), usualOf([[1]])), 0);
});

test('a day has room for 32 people, the rest are strangers', () => {
  const day = dayOf(Array.from({ length: 40 }, (_, i) => i));
  assert.deepEqual([day.known, day.strangers, day.calls], [32, 8, 40]);
  assert.equal(addCall(day, 99), -1);
  assert.equal(addCall(day, 31), 31);
  assert.equal(callsToStrangers(day, usualOf([[31]])), 40);
  clearCallees(day);
  assert.deepEqual([day.known, day.strangers, day.calls, placeOf(day, 31)], [0, 0, 0, -1]);
  assert.equal(addCall(day, 7), 0);
  assert.equal(day.count[0], 1, 'what was counted before is forgotten');
});

test('a full list forgets whom it called least, and calls fade', () => {
  const friends = Array.from({ length: 31 }, (_, i) => [i, i, i]).flat();
  const usual = usualOf([[...friends.slice(0, 48)], [...friends.slice(48), 77], [88, 88]]);
  assert.equal(placeOf(usual, 77), -1);
  assert.equal(placeOf(usual, 88) >= 0, true);
  assert.equal(placeOf(usual, 5), 5);
  const before = usual.count[5]!;
  learnCallees(usual, dayOf([88]), 10);
  assert.ok(Math.abs(usual.count[5]! / before - 0.97 ** 10) < 1e-5);
});
