import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Key } from '../table.ts';
import { type Comparison, Habits } from './habits.ts';

const HOUR = 3_600e6;
const DAY = 24 * HOUR;
/** A Monday. */
const MONDAY = Date.UTC(2026, 0, 5) * 1000;

/** Habits and what they told: each day compared. */
function habitsOf(capacity = 64): { habits: Habits; told: Comparison[] } {
  const habits = new Habits(capacity, { k0: 1, k1: 2 });
  const told: Comparison[] = [];
  habits.compared = (comparison) => told.push({ ...comparison });
  return { habits, told };
}

const account = (id: number): Key => new Key(8).addNumber(id);

/** One call of an account, of two minutes. */
function call(habits: Habits, day: number, hour: number, callee = 1, id = 0): void {
  const start = MONDAY + day * DAY + hour * HOUR;
  habits.count(account(id), callee, start, 2, start + 0.1 * HOUR);
}

/** Working days of six calls at 9 and 15 to the same three people. */
function work(habits: Habits, days: number, id = 0): void {
  for (let day = 0; day < days; day++) {
    habits.lapse(MONDAY + day * DAY);
    if (day % 7 < 5) for (const hour of [9, 15]) for (const callee of [1, 2, 3]) call(habits, day, hour, callee, id);
  }
}

test('a day is told at its end, with what had been usual before it', () => {
  const { habits, told } = habitsOf();
  work(habits, 15);
  assert.equal(habits.due, MONDAY + 15 * DAY);
  habits.lapse(MONDAY + 15 * DAY);
  const { age, learnt, calls, people, strangers, minutes, hours, kind } = told.at(-1)!;
  assert.deepEqual(
    { age, learnt, calls, people, strangers, minutes, hours, kind },
    { age: 14, learnt: 10, calls: 6, people: 3, strangers: 0, minutes: 12, hours: 24, kind: 0 },
  );
  const { euclidean, mahalanobis, hellinger, shape } = told.at(-1)!;
  assert.ok(euclidean < 0.01 && mahalanobis < 0.01 && hellinger < 0.1 && shape < 0.01, JSON.stringify(told.at(-1)));
  assert.equal(told.length, 11, 'once for each day with calls');
  assert.equal(habits.due, Number.POSITIVE_INFINITY);
});

test('a night of calls to strangers is far off in every distance', () => {
  const { habits, told } = habitsOf();
  work(habits, 21);
  for (let i = 0; i < 30; i++) call(habits, 21, 2 + i / 20, 100 + i);
  habits.lapse(MONDAY + 22 * DAY);
  const { euclidean, quadratic, mahalanobis, hellinger, shape, strangers } = told.at(-1)!;
  assert.ok(euclidean > 5 && quadratic > 6 && mahalanobis > 2.5 && hellinger > 0.5 && shape > 0.3, JSON.stringify(told.at(-1)));
  assert.equal(strangers, 30);
});

test('working days and weekends are apart, and the first weekends are compared with working days', () => {
  const { habits, told } = habitsOf();
  work(habits, 5);
  call(habits, 5, 9, 1);
  habits.lapse(MONDAY + 6 * DAY);
  assert.deepEqual([told.at(-1)!.kind, told.at(-1)!.learnt], [1, 5]);
  for (let week = 1; week < 5; week++) call(habits, 5 + 7 * week, 9, 1);
  habits.lapse(MONDAY + 40 * DAY);
  assert.deepEqual([told.at(-1)!.kind, told.at(-1)!.learnt], [1, 8], 'Sundays without calls are learnt, too');
});

test('the end of the input compares the hours that have passed', () => {
  const { habits, told } = habitsOf();
  work(habits, 11);
  const before = told.length;
  habits.finish(MONDAY + 10 * DAY + 10.5 * HOUR);
  assert.deepEqual([told.length - before, told.at(-1)!.hours], [1, 11]);
  habits.finish(MONDAY + 12 * DAY);
  assert.equal(told.at(-1)!.hours, 24, 'a day that was over and not closed yet');
});

test('midnight closes some accounts at a time; one that calls before its turn is closed by its call, and told once', () => {
  const { habits, told } = habitsOf(256);
  for (let id = 0; id < 100; id++) call(habits, 0, 9, 1, id);
  habits.lapse(MONDAY + DAY);
  assert.equal(told.length, 32);
  call(habits, 1, 0.1, 1, 99);
  assert.equal(told.length, 33);
  for (let i = 0; i < 4; i++) habits.lapse(MONDAY + DAY + HOUR);
  assert.equal(told.length, 100);
  habits.lapse(MONDAY + 2 * DAY);
  assert.equal(told.length, 101);
});

test('an account that was pushed out is not closed', () => {
  const { habits, told } = habitsOf(8);
  for (let id = 0; id < 9; id++) call(habits, 0, 9, 1, id);
  habits.lapse(MONDAY + DAY);
  assert.equal(told.length, 8);
});

test('hours at which an account never calls, once it has called twenty times', () => {
  const { habits } = habitsOf();
  const at = (day: number, hour: number): boolean => habits.isOffHours(account(0), MONDAY + day * DAY + hour * HOUR);
  assert.equal(at(0, 3), false, 'nobody knows it');
  work(habits, 3);
  habits.lapse(MONDAY + 3 * DAY);
  assert.equal(at(3, 3), false, 'twelve calls');
  work(habits, 0);
  for (const hour of [9, 9, 9, 9, 15, 15, 15, 23, 15, 15]) call(habits, 3, hour);
  habits.lapse(MONDAY + 4 * DAY);
  assert.deepEqual(
    [3, 9, 10, 11, 15, 22, 0, 1].map((hour) => at(4, hour)),
    [true, false, false, true, false, false, false, true],
    'an hour beside counts, over midnight too',
  );
  call(habits, 34, 9);
  habits.lapse(MONDAY + 35 * DAY);
  assert.equal(at(35, 23), false, 'it is too little by then to say so');
  for (let day = 35; day < 80; day++) for (let i = 0; i < 10; i++) call(habits, day, 9);
  habits.lapse(MONDAY + 80 * DAY);
  assert.equal(at(80, 23), true, 'a single call is forgotten at last');
});

test('countries are known from the next day on, and the last eight are', () => {
  const { habits } = habitsOf();
  call(habits, 0, 9);
  const habit = habits.table.at(habits.table.find(account(0), MONDAY + 10 * HOUR));
  const knows = (country: number, day: number): boolean => habits.knowsCountry(account(0), country, MONDAY + day * DAY);
  habits.visit(habit, 33, MONDAY);
  habits.visit(habit, 33, MONDAY + DAY);
  assert.deepEqual([knows(33, 0), knows(33, 1), knows(44, 1)], [false, true, false]);
  assert.equal(habits.knowsCountry(account(1), 33, MONDAY + DAY), false);
  for (let country = 100; country < 108; country++) habits.visit(habit, country, MONDAY);
  assert.deepEqual([knows(33, 1), knows(107, 1)], [false, true]);
});

test('age in days, and whoever is away for six weeks begins anew', () => {
  const { habits } = habitsOf();
  assert.equal(habits.ageOf(account(0), MONDAY), 0);
  call(habits, 0, 9);
  assert.equal(habits.ageOf(account(0), MONDAY + 20 * DAY), 20);
  call(habits, 45, 9);
  assert.equal(habits.ageOf(account(0), MONDAY + 46 * DAY), 1);
  const { usual } = habits.table.at(habits.table.find(account(0), MONDAY + 46 * DAY));
  assert.deepEqual([usual[0].days, usual[1].days], [0, 0]);
});

test('a call over midnight counts for the first hour, and a day of many calls has room', () => {
  const { habits, told } = habitsOf();
  habits.count(account(0), 1, MONDAY + 23.9 * HOUR, 30, MONDAY + DAY + 0.2 * HOUR);
  const { counts } = habits.table.at(habits.table.find(account(0), MONDAY + DAY));
  assert.deepEqual([counts.calls[0], counts.people[0], counts.minutes[0]], [1, 1, 30]);
  for (let i = 0; i < 500; i++) call(habits, 1, 5, i);
  assert.deepEqual([counts.calls[5], told.length], [500, 0]);
  assert.ok(counts.people[5]! >= 500 - 1);
});
