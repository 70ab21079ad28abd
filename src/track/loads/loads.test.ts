import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVITE, OPTIONS, REGISTER, SUBSCRIBE } from '../../decode/message.ts';
import { hash, Key } from '../../table.ts';
import {
  ABANDONED,
  ACCOUNT,
  BEGUN,
  CHALLENGED,
  COMPLETED,
  FOLLOWED,
  Loads,
  loadClass,
  PAIR,
  REFUSED,
  SILENT,
  UNACKNOWLEDGED,
  WINDOW,
} from './loads.ts';

const T0 = 1_700_000_000_000_000;
const SECOND = 1_000_000;
const INVITES = 0;
const OPTIONSES = 2;

function row(loads: Loads, name = 'a', kind = PAIR, begun = 0): number {
  return loads.open(new Key(32).addString(name), kind, INVITES, begun, T0);
}

function times(n: number, what: (i: number) => void): void {
  for (let i = 0; i < n; i++) what(i);
}

test('methods fall into four classes', () => {
  assert.deepEqual([INVITE, REGISTER, OPTIONS, SUBSCRIBE, 0].map(loadClass), [0, 1, 2, 3, 3]);
});

test('a rise is told at each power of two, once', () => {
  const loads = new Loads(64, { k0: 1, k1: 2 });
  const slot = row(loads);
  const told: number[] = [];
  times(300, (i) => {
    if (loads.count(slot, INVITES, BEGUN, T0 + i)) told.push(loads.facts(slot, INVITES, T0 + i).sums[BEGUN]!);
    loads.risen.length = 0;
  });
  assert.deepEqual(told, [64, 128, 256]);
});

test('rises of one input are told together', () => {
  const loads = new Loads(64, { k0: 1, k1: 2 });
  const slot = row(loads);
  times(300, () => loads.count(slot, INVITES, BEGUN, T0));
  times(20, () => loads.count(slot, OPTIONSES, UNACKNOWLEDGED, T0));
  assert.deepEqual(loads.risen, [slot * 4 + INVITES, slot * 4 + OPTIONSES]);
});

test('what has left the window is forgotten, and a new rise is told again', () => {
  const loads = new Loads(64, { k0: 1, k1: 2 });
  const slot = row(loads);
  times(100, () => loads.count(slot, INVITES, BEGUN, T0));
  assert.equal(loads.facts(slot, INVITES, T0).sums[BEGUN], 100);
  loads.risen.length = 0;
  const later = T0 + WINDOW - 10 * SECOND;
  loads.count(slot, INVITES, BEGUN, later);
  assert.equal(loads.facts(slot, INVITES, later).sums[BEGUN], 101, 'still within the minute');
  const over = T0 + 2 * WINDOW - SECOND;
  loads.count(slot, INVITES, BEGUN, over);
  assert.equal(loads.facts(slot, INVITES, over).sums[BEGUN], 1);
  assert.deepEqual(loads.risen, []);
  times(70, () => loads.count(slot, INVITES, BEGUN, over));
  assert.deepEqual(loads.risen, [slot * 4]);
});

test('what stays unfinished is told again each minute', () => {
  const loads = new Loads(64, { k0: 1, k1: 2 });
  const slot = row(loads);
  let told = 0;
  // One INVITE a second, none acknowledged, for ten minutes.
  times(600, (i) => {
    const now = T0 + i * SECOND;
    loads.count(slot, INVITES, BEGUN, now);
    loads.count(slot, INVITES, UNACKNOWLEDGED, now);
    told += loads.risen.length;
    for (const each of loads.risen.splice(0)) loads.facts(each >> 2, each & 3, now);
  });
  assert.ok(told >= 10 && told <= 14, `${told} times`);
});

test('unfinished: abandoned and unacknowledged of one INVITE are one, silence comes on top', () => {
  const loads = new Loads(64, { k0: 1, k1: 2 });
  const slot = row(loads);
  times(5, () => {
    loads.count(slot, INVITES, CHALLENGED, T0);
    loads.count(slot, INVITES, ABANDONED, T0);
    loads.count(slot, INVITES, UNACKNOWLEDGED, T0);
    loads.count(slot, INVITES, SILENT, T0);
  });
  assert.equal(loads.facts(slot, INVITES, T0).unfinished, 10);
});

test('unfinished: where no answer is seen, ACKs and credentials show that they came', () => {
  const loads = new Loads(64, { k0: 1, k1: 2 });
  const slot = row(loads);
  times(10, () => loads.count(slot, INVITES, SILENT, T0));
  times(10, () => loads.count(slot, OPTIONSES, SILENT, T0));
  times(4, () => loads.count(slot, INVITES, FOLLOWED, T0));
  assert.equal(loads.facts(slot, INVITES, T0).unfinished, 2);
  assert.equal(loads.facts(slot, OPTIONSES, T0).unfinished, 0, 'nothing shows it of OPTIONS');
  loads.count(slot, OPTIONSES, REFUSED, T0);
  assert.equal(loads.facts(slot, OPTIONSES, T0).unfinished, 10, 'now answers are seen');
  assert.equal(loads.facts(slot, INVITES, T0).unfinished, 10);
});

test('facts: rate, names, different things of this minute and the one before', () => {
  const loads = new Loads(64, { k0: 1, k1: 2 });
  const slot = row(loads, 'a', ACCOUNT, 7);
  assert.equal(loads.facts(slot, INVITES, T0).sums[BEGUN], 7, 'those before the row are put to its account');
  loads.name(slot, new Uint8Array(18).fill(1), new Uint8Array(18).fill(2));
  loads.nameAccount(slot, Buffer.from('<bob@example.org>'), 1, 16);
  times(50, (i) => {
    loads.note(slot, hash({ k0: 3, k1: 4 }, new Key(8).addNumber(i)));
    loads.count(slot, INVITES, COMPLETED, T0 + i * SECOND);
    loads.count(slot, INVITES, BEGUN, T0 + i * SECOND);
  });
  const facts = loads.facts(slot, INVITES, T0 + 49 * SECOND);
  assert.equal(facts.kind, ACCOUNT);
  assert.equal(facts.account, 'bob@example.org');
  assert.deepEqual([facts.src[0], facts.dst[0]], [1, 2]);
  assert.equal(facts.rate, 1);
  assert.ok(facts.different > 30 && facts.different < 70, `${facts.different}`);
  loads.count(slot, INVITES, BEGUN, T0 + 3 * WINDOW);
  loads.count(slot, INVITES, BEGUN, T0 + 4 * WINDOW);
  assert.equal(loads.facts(slot, INVITES, T0 + 4 * WINDOW).different, 0);
});

test('links lead to their row and to no other', () => {
  const loads = new Loads(1_000_000, { k0: 1, k1: 2 });
  assert.equal(loads.table.capacity, 32_768, 'more would not fit a link');
  const slot = row(loads);
  const link = loads.link(slot);
  assert.equal(loads.follow(link, T0), slot);
  assert.equal(loads.follow(0, T0), -1);
  assert.equal(loads.follow(link, T0 + 3 * WINDOW), -1, 'it is no more');
  const again = loads.open(new Key(32).addString('a'), PAIR, INVITES, 0, T0 + 3 * WINDOW);
  assert.equal(loads.facts(again, INVITES, T0 + 3 * WINDOW).sums[BEGUN], 0, 'nothing of the former entry is left');
  assert.equal(row(loads), row(loads), 'the same key has the same row');
});
