import assert from 'node:assert/strict';
import { test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { check } from './readyaml.ts';
import { formatDuration, kindName, nearest, parseDuration, schema, toJsonSchema } from './schema.ts';

const DOOR = schema({
  type: 'object',
  fields: {
    name: { type: 'string', about: 'what it is called', minLength: 1 },
    kind: { type: 'enum', values: ['wood', 'steel', 'glass'], default: 'wood' },
    width: { type: 'integer', minimum: 1, maximum: 9, unit: 'metres', about: 'how wide', optional: true },
    weight: { type: 'number', nullable: true, default: 1.5 },
    open: { type: 'boolean', default: false },
    closes: { type: 'duration', default: '30s', minimum: '1s', maximum: '1d' },
    tags: { type: 'array', items: { type: 'string' }, default: [], maxItems: 2 },
    prices: { type: 'map', values: { type: 'number' }, optional: true },
    parts: { type: 'map', keys: ['hinge', 'lock'], values: { type: 'integer' }, default: {} },
    extra: { type: 'any', optional: true },
    by: {
      type: 'oneOf',
      of: [
        { type: 'enum', values: ['src', 'dst'] },
        { type: 'array', items: { type: 'enum', values: ['src', 'dst'] }, minItems: 1 },
      ],
      default: 'src',
    },
    limits: { type: 'object', fields: { most: { type: 'integer', default: 3 } }, default: {} },
  },
});

const messages = (text: string): string[] => check(DOOR, text, 'door.yaml').faults.map((f) => `${f.where}: ${f.message}`);

test('a good document gets its defaults, in µs where they are times, and is frozen all through', () => {
  const { value, faults } = check(DOOR, 'name: front\ntags: [a]\nextra: {x: [1]}\nby: [src, dst]\nweight: null\ncloses: 1.5m', 'door.yaml');
  assert.deepEqual(faults, []);
  assert.deepEqual(value, {
    name: 'front',
    tags: ['a'],
    extra: { x: [1] },
    by: ['src', 'dst'],
    weight: null,
    closes: 90_000_000,
    kind: 'wood',
    open: false,
    parts: {},
    limits: { most: 3 },
  });
  assert.ok(value !== undefined && Object.isFrozen(value) && Object.isFrozen(value.tags) && Object.isFrozen(value.limits));
  assert.ok(Object.isFrozen((check(DOOR, 'name: a\nextra: {x: [1]}', 'f').value ?? { extra: undefined }).extra));
});

test('the file may be JSON, may name its values by anchors, and words that look like numbers stay as written', () => {
  assert.equal(check(DOOR, '{"name": "front"}', 'f').value?.name, 'front');
  assert.equal(check(DOOR, 'name: 007', 'f').value?.name, '007');
  const { value } = check(DOOR, 'name: &n front\ntags: [*n]\nprices: {a: 1, b: 2.5}', 'f');
  assert.deepEqual(value?.tags, ['front']);
  assert.deepEqual(value?.prices, { a: 1, b: 2.5 });
});

test('every fault is reported with its place, what was received, what is allowed and the nearest right word', () => {
  const text = [
    'nmae: front',
    'kind: steal',
    'width: 12',
    'open: 1',
    'closes: 30',
    'tags: [a, b, c]',
    'parts: {lokc: 1}',
    'prices: {a: x}',
  ].join('\n');
  assert.deepEqual(messages(text), [
    'door.yaml:1:1: unknown key "nmae"; did you mean "name"? (allowed: name, kind, width, weight, open, closes, tags, prices, parts, extra, by, limits)',
    'door.yaml:2:7: expected one of the words, received "steal"; did you mean "steel"? (allowed: wood, steel, glass)',
    'door.yaml:3:8: expected a whole number, received "12" (allowed: at least 1, at most 9)',
    'door.yaml:4:7: expected true or false, received "1"',
    'door.yaml:5:9: expected a duration, received "30" (allowed: e.g. 500ms, 30s, 10m, 2h, 1d, at least 1s, at most 1d)',
    'door.yaml:6:7: expected a list (text), received 3 entries (allowed: at most 2)',
    'door.yaml:7:9: unknown key "lokc"; did you mean "lock"? (allowed: hinge, lock)',
    'door.yaml:8:13: expected a number, received "x"',
    'door.yaml:1:1: "name" is missing (allowed: "name": text)',
  ]);
  const [first] = check(DOOR, text, 'door.yaml', 'rule-invalid').faults;
  assert.deepEqual([first?.code, first?.line, first?.column, first?.received, first?.nearest], ['rule-invalid', 1, 1, 'nmae', 'name']);
});

test('wrong kinds are named: lists, maps, nothing, an alias to nothing', () => {
  assert.deepEqual(messages('name: [a]\nlimits: {most: [1, 2]}\nopen: {a: 1}\nwidth:\nprices: 5\ntags: 5'), [
    'door.yaml:1:7: expected text, received list of 1',
    'door.yaml:2:16: expected a whole number, received list of 2',
    'door.yaml:3:7: expected true or false, received map of 1',
    'door.yaml:4:7: expected a whole number, received nothing (allowed: at least 1, at most 9)',
    'door.yaml:5:9: expected a map, received "5"',
    'door.yaml:6:7: expected a list (text), received "5" (allowed: at most 2)',
  ]);
  assert.match(messages('name: *gone')[0] ?? '', /^door.yaml:1:7: /);
  assert.deepEqual(messages('- a').length, 1);
  assert.match(messages('')[0] ?? '', /"name" is missing/);
});

test('of several alternatives the one that was meant is reported', () => {
  assert.match(messages('name: a\nby: [src, dts]')[0] ?? '', /2:11: .*did you mean "dst"/);
  assert.match(messages('name: a\nby: sorc')[0] ?? '', /2:5: expected one of the words or a list .*did you mean "src"/);
});

test('broken YAML and keys given twice are faults with a place', () => {
  assert.match(messages('name: "a')[0] ?? '', /^door.yaml:1:/);
  assert.match(messages('name: a\nname: b')[0] ?? '', /^door.yaml:2:1: Map keys must be unique/);
});

test('a key named __proto__ is a key like others', () => {
  const { value } = check(DOOR, 'name: a\nprices: {__proto__: 1}', 'f');
  assert.deepEqual(Object.entries(value?.prices ?? {}), [['__proto__', 1]]);
  assert.match(messages('name: a\nconstructor: 1')[0] ?? '', /unknown key "constructor"/);
});

test('locate finds a character inside a string in every YAML style', () => {
  const s = schema({ type: 'object', open: true, fields: {} });
  const styles = [
    'a:\n  w: x == yyy',
    'a:\n  w: "x == yyy"',
    "a:\n  w: 'x == yyy'",
    'a:\n  w: >\n    x ==\n    yyy',
    'a:\n  w: |\n    x ==\n    yyy',
  ];
  for (const text of styles) {
    const { locate } = check(s, text, 'f');
    assert.equal(locate(['a', 'w'], 5).offset, text.indexOf('yyy'), text);
    assert.equal(locate(['a', 'w'], 2).offset, text.indexOf('=='), text);
  }
  const list = check(s, 'a: &l [x, yy]\nb: *l\nc: 5', 'f');
  assert.equal(list.locate(['a', 1], 1).column, 12);
  assert.equal(list.locate(['b', 0]).column, 8);
  assert.equal(list.locate(['c']).line, 3);
  assert.deepEqual(list.locate(['gone', 'deep']), { line: 1, column: 1, offset: 0 });
  assert.equal(list.locate(['a', 7]).line, 1);
});

test('durations are read and written exactly', () => {
  assert.deepEqual(
    ['5us', '500ms', '30s', '10m', '2h', '1d', '1.5h', '30', 'x', '-1s'].map(parseDuration),
    [5, 500_000, 30e6, 600e6, 7200e6, 86400e6, 5400e6, -1, -1, -1],
  );
  assert.deepEqual([86400e6, 1800e6, 90e6, 1500e3, 7].map(formatDuration), ['1d', '30m', '90s', '1500ms', '7us']);
});

test('a value of any kind is called a value', () => {
  assert.equal(kindName({ type: 'any' }), 'a value');
});

test('the nearest word: typing errors and swaps, not other words', () => {
  assert.equal(nearest('limt', ['limit', 'level']), 'limit');
  assert.equal(nearest('lveel', ['limit', 'level']), 'level');
  assert.equal(nearest('zzzzz', ['limit', 'level']), undefined);
  assert.equal(nearest('SRC', ['src']), 'src');
});

test('the JSON Schema is valid draft 2020-12 and says the same', () => {
  const made = toJsonSchema(DOOR, { title: 'Door', $id: 'https://example.org/door.json' });
  const ajv = new Ajv.default({ strict: true });
  const validate = ajv.compile(made);
  assert.equal(validate({ name: 'a', weight: null, prices: { a: 1 }, by: ['src'], parts: { lock: 1 }, extra: {} }), true);
  for (const bad of [
    {},
    { name: '' },
    { name: 'a', x: 1 },
    { name: 'a', width: 10 },
    { name: 'a', closes: '1w' },
    { name: 'a', by: 'x' },
    { name: 'a', parts: { x: 1 } },
    { name: 'a', open: 1 },
  ])
    assert.equal(validate(bad), false, JSON.stringify(bad));
  assert.equal(made['title'], 'Door');
  assert.deepEqual(made['required'], ['name']);
});
