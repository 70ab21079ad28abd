import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import { compileRule } from './compile.ts';

/** Message of each fault of a rule file, GOOD changed as said. */
function faults(change: Readonly<Record<string, unknown>>, edit = (text: string): string => text): string[] {
  return compileRule(edit(stringify({ ...GOOD, ...change })), 'r.yaml', 'default').faults.map(({ message }) => message);
}

test('a wrong condition is told together with a fault of the schema', () => {
  const told = faults({ where: 'statos == 401', limt: 3 });
  assert.equal(told.length, 2, told.join('\n'));
  assert.match(told[0] ?? '', /^unknown key "limt"/);
  assert.match(told[1] ?? '', /unknown field "statos".*did you mean "status"/);
});

test('every condition and sentence is looked at, with its place', () => {
  const change = {
    limt: 3,
    where: 'statos == 401',
    except: ['srcc in 10.0.0.0/8', 'src in 10.0.0.0/8'],
    why: '{nobody} did it',
    success: { on: 'auth.accepted', where: 'refusal > 2', why: '{nothing}' },
    profiles: { nemea: { where: 'realn == "x"' }, paper: 5 },
  };
  const { faults: list } = compileRule(stringify({ ...GOOD, ...change }), 'r.yaml', 'default');
  const all = list.map(({ message }) => message).join('\n');
  for (const name of ['limt', 'statos', 'srcc', 'nobody', 'refusal', 'nothing', 'realn']) assert.match(all, new RegExp(name), name);
  assert.ok(list.every(({ where }) => /^r\.yaml:\d+:\d+$/.test(where)));
});

test('what cannot be judged is left out', () => {
  assert.equal(faults({ on: 'auth.faled', where: 'statos == 401' }).length, 1, 'of an unknown Event the fields are not known');
  assert.equal(faults({ on: 7, where: 'statos == 401' }).length, 1);
  assert.equal(faults({ limt: 1, variables: { least: { about: 'x' } }, where: 'refusals > $least' }).length, 2);
  assert.equal(faults({ limt: 1, variables: { least: { about: 'x', value: {} } }, where: 'refusals > $least' }).length, 2);
  assert.equal(faults({ limt: 1, variables: 3, where: 'refusals > $least' }).length, 2);
  assert.equal(faults({ limt: 1, variables: undefined, where: 'refusals > 3' }).length, 1);
  assert.equal(faults({ limt: 1, where: { a: 1 } }).length, 2, 'a condition that is no text is a fault of the schema');
  const list = { least: { about: 'x', value: [401, 407] }, sure: { about: 'y', value: true } };
  assert.equal(faults({ limt: 1, variables: list, where: 'status in $least' }).length, 1);
  assert.equal(faults({}, () => '- 1').length, 1, 'a list is no rule');
  assert.ok(faults({}, () => 'id: [').length > 0);
});

test('aliases that stand for too much are not followed', () => {
  const bomb = [
    'a: &a [1,1,1,1,1,1,1,1,1,1]',
    ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}*${'abcdefg'[i]}]`),
  ];
  assert.ok(faults({}, () => `${bomb.join('\n')}\nlimt: 1\n`).length > 0);
});
