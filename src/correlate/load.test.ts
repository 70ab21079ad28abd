import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import { planFile } from '../../test/planrules.ts';
import { BUILTIN_RULES } from '../config.ts';
import { loadRules } from './load.ts';
import { PROFILES } from './ruleschema.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'b.yaml'), stringify({ ...GOOD, id: 'second' }));
  writeFileSync(join(folder, 'a.yml'), stringify({ ...GOOD, id: 'first' }));
  writeFileSync(join(folder, 'notes.txt'), 'no rule');
});
after(() => rmSync(folder, { recursive: true }));

test('the rules that come with Ringfence load without a fault under every profile', () => {
  const names = readdirSync(BUILTIN_RULES).flatMap((file) => /^(.*)\.yaml$/.exec(file)?.[1] ?? []);
  for (const profile of PROFILES) {
    const { rules, faults } = loadRules([BUILTIN_RULES], { profile });
    assert.deepEqual(faults, []);
    assert.deepEqual(
      rules.map(({ id }) => id),
      names,
    );
  }
});

test('rule files of a folder load in the order of their names, single files too', () => {
  assert.deepEqual(
    loadRules([folder], { profile: 'default' }).rules.map(({ id }) => id),
    ['first', 'second'],
  );
  assert.deepEqual(
    loadRules([join(folder, 'b.yaml')], { profile: 'default' }).rules.map(({ id }) => id),
    ['second'],
  );
});

test('of two rules with one id the first one stays', () => {
  const { rules, faults } = loadRules([folder, folder], { profile: 'default' });
  assert.equal(rules.length, 2);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ['rule-duplicate', 'rule-duplicate'],
  );
  assert.match(faults[0]?.message ?? '', /the id "first" is taken by .*a\.yml/);
});

test('a fault in one file does not hide the others', () => {
  const bad = join(folder, 'empty', 'bad.yaml');
  writeFileSync(bad, 'id: bad\nshap: any\n');
  const { rules, faults } = loadRules([bad, folder], { profile: 'default' });
  assert.equal(rules.length, 2);
  assert.ok(faults.some(({ where }) => where === `${bad}:2:1`));
  rmSync(bad);
});

test('empty and missing folders are faults', () => {
  assert.match(loadRules([join(folder, 'empty')], { profile: 'default' }).faults[0]?.message ?? '', /holds no rule file/);
  assert.match(loadRules([join(folder, 'gone')], { profile: 'default' }).faults[0]?.message ?? '', /no such rule file or folder/);
});

test('what the config changes reaches its rule, and unknown rules are told', () => {
  const overrides = { first: { variables: { least: 9 } }, frist: {}, qqqqqqqqq: {} };
  const { rules, faults } = loadRules([folder], { profile: 'default', overrides });
  assert.equal(rules.length, 2);
  assert.deepEqual(
    faults.map(({ where, message }) => `${where}: ${message}`),
    ['overrides.frist: there is no rule "frist"; did you mean "first"?', 'overrides.qqqqqqqqq: there is no rule "qqqqqqqqq"'],
  );
});

test('a rule may look at one that comes later in the folder; the order of the files stays', () => {
  const dir = mkdtempSync(join(tmpdir(), 'order-'));
  try {
    const above = {
      shape: 'any',
      on: ['rule.zlow', 'rule.zlow.over'],
      by: ['src'],
      subject: { kind: 'address', value: 'src' },
      why: '{count}',
    };
    writeFileSync(join(dir, 'a.yaml'), planFile('above', above));
    writeFileSync(join(dir, 'z.yaml'), planFile('zlow', { ...above, on: 'auth.failed', why: '{src}' }));
    const { rules, faults, surroundings } = loadRules([dir], { profile: 'default', proven: true });
    assert.deepEqual([rules.map(({ id }) => id), faults], [['above', 'zlow'], []]);
    assert.ok(surroundings.types?.has('rule.zlow.over'));
    writeFileSync(join(dir, 'z.yaml'), planFile('zlow', { ...above, on: ['auth.failed', 'rule.above'] }));
    const circle = loadRules([dir], { profile: 'default', proven: true });
    assert.deepEqual(
      circle.faults.map(({ message }) => message),
      ['"above" looks at itself, by way of: zlow, zlow', '"zlow" looks at itself, by way of: above'],
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});
