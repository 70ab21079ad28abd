import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXPECTATIONS, RULE, SHAPES } from '../../src/correlate/ruleschema.ts';
import { ROOT } from '../peers.ts';

/** The rule types of sec.man 2.9, without the N of EventGroupN. */
const SEC_TYPES = [
  'Single',
  'SingleWithScript',
  'SingleWithSuppress',
  'Pair',
  'PairWithWindow',
  'SingleWithThreshold',
  'SingleWith2Thresholds',
  'EventGroup',
  'Suppress',
  'Calendar',
  'Jump',
  'Options',
];

const page = readFileSync(join(ROOT, 'docs/sec.md'), 'utf8');
const rows = [...page.matchAll(/^\| ([^|]+) \| (.+) \|$/gm)].map(([, left = '', right = '']) => ({ left, right }));

test('every rule type of SEC has its equal', () => {
  const types = rows.map(({ left }) => left).slice(1, 1 + SEC_TYPES.length);
  assert.deepEqual(types, SEC_TYPES);
});

test('every shape is the equal of something, and every shape and key that is named exists', () => {
  const named = rows.flatMap(({ right }) => [...right.matchAll(/shape `([a-z]+)`/g)].map(([, shape]) => shape));
  assert.deepEqual([...new Set(named)].sort(), [...SHAPES].sort());
  const step = RULE.fields.steps.items.fields;
  const known = new Set([...Object.keys(RULE.fields), ...Object.keys(step), ...SHAPES, ...EXPECTATIONS]);
  for (const { right } of rows)
    for (const [, key = ''] of right.matchAll(/`([a-z]+)(?=`|:)/g)) assert.ok(known.has(key), `${key} in: ${right}`);
});
