import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Key } from '../table.ts';
import { Habits } from './habits.ts';
import type { Resemblance } from './likeness.ts';

const HOUR = 3_600e6;
const DAY = 24 * HOUR;
/** A Monday. */
const MONDAY = Date.UTC(2026, 0, 5) * 1000;
const account = (id: number): Key => new Key(8).addNumber(id);

/** A site of people, and of machines that call strangers all day; what it tells while days pass. */
class Site {
  readonly habits = new Habits(1024, { k0: 1, k1: 2 });
  readonly told: Resemblance[] = [];
  readonly people: number;
  readonly machines: number;

  constructor(people: number, machines: number) {
    this.people = people;
    this.machines = machines;
    this.habits.resembled = (resemblance) => this.told.push(resemblance);
  }

  pass(from: number, to: number): void {
    for (let day = from; day < to; day++) {
      this.#lapse(day);
      for (let id = 0; id < this.people; id++) for (let i = 0; i < 3; i++) this.#call(day, 8 + ((id + 3 * i) % 10), id, i);
      for (let id = 0; id < this.machines; id++) for (let i = 0; i < 40; i++) this.#call(day, 9 + i / 5, 1000 + id, 100 * day + i);
    }
    this.#lapse(to);
  }

  mark(id: number): void {
    const { table } = this.habits;
    this.habits.mark(table.at(table.find(account(id), table.ttl)));
  }

  #call(day: number, hour: number, id: number, callee: number): void {
    const start = MONDAY + day * DAY + hour * HOUR;
    this.habits.count(account(id), callee, start, 1, start);
  }

  #lapse(day: number): void {
    while (this.habits.due <= MONDAY + day * DAY) this.habits.lapse(MONDAY + day * DAY);
  }
}

/** Accounts that were told, by slot. */
function slotsOf(site: Site, ids: readonly number[]): Set<number> {
  return new Set(ids.map((id) => site.habits.table.find(account(id), MONDAY)));
}

test('one of five machines is known: the other four are told at the end of the day, once a month', () => {
  const site = new Site(40, 5);
  site.pass(0, 10);
  assert.deepEqual(site.told, [], 'nobody is known as a machine');
  site.mark(1000);
  site.pass(10, 11);
  assert.deepEqual(new Set(site.told.map(({ slot }) => slot)), slotsOf(site, [1001, 1002, 1003, 1004]));
  const { age, members, machines, accounts } = site.told[0]!;
  assert.deepEqual([age, members, machines, accounts], [11, 5, 1, 45]);
  site.mark(1000);
  site.pass(11, 12);
  assert.equal(site.told.length, 4);
  site.mark(1000);
  site.pass(12, 42);
  assert.equal(site.told.length, 4, 'told on the day after it was marked, and that was too early');
  site.mark(1000);
  site.pass(42, 43);
  assert.equal(site.told.length, 8);
});

test('a machine that lives like most tells nothing', () => {
  const site = new Site(0, 9);
  site.pass(0, 6);
  site.mark(1000);
  site.pass(6, 7);
  assert.deepEqual(site.told, []);
});

test('who is hardly known is in no class, and of many accounts some are', () => {
  const site = new Site(3, 2);
  site.pass(0, 1);
  site.mark(1000);
  site.pass(1, 2);
  assert.deepEqual(site.told, []);
  const large = new Site(300, 2);
  large.pass(0, 5);
  large.mark(1000);
  large.pass(5, 6);
  assert.deepEqual(
    large.told.map(({ accounts }) => accounts),
    [257],
  );
});
