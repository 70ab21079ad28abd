import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BUILTIN_DNA, loadConfig } from './config.ts';
import { loadKnownClients, readKnownClients, recognise } from './knowndna.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-dna-'));
after(() => rmSync(folder, { recursive: true }));

const CORE = 'VMFTISL_crlf_br_d11-_x11_d26_plain;t';
const BUILD = 'OPTIONS_VMFTISCL_1_plain_right_none_none';

function listOf(...marks: string[]): string {
  const entries = marks.map((mark, i) => `  - { name: n${i}, kind: attack, purpose: scan, sure: true, about: a, marks: [${mark}] }`);
  return ['version: 1', 'clients:', ...entries, ''].join('\n');
}

/** Who is recognised by a list of marks, one program each. */
function who(...marks: string[]): string {
  const { known, faults } = readKnownClients(listOf(...marks), 'list');
  assert.deepEqual(faults, []);
  return recognise(known, CORE, BUILD)?.name ?? '';
}

test('a mark fits as a whole: each of its fields, in either half', () => {
  assert.equal(who('{ branch: d11-, method: OPTIONS }'), 'n0');
  assert.equal(who('{ branch: d11-, method: REGISTER }'), '');
  assert.equal(who('{ branch: d11 }'), '', 'not a part of the field');
  assert.equal(who('{ method: REGISTER }, { tag: x11 }'), 'n0', 'one of several marks');
  assert.equal(who('{ sdp: none }'), 'n0', 'the last field');
});

test('the first program that fits counts', () => {
  assert.equal(who('{ tag: d11 }', '{ tag: x11 }', '{ branch: d11- }'), 'n1');
});

test('patterns: a star within the field, several of which one must fit, all else as it stands', () => {
  assert.equal(who('{ branch: "d*-" }'), 'n0');
  assert.equal(who('{ from: "*;t" }'), 'n0');
  assert.equal(who('{ order: "V*_crlf" }'), '', 'a star ends with the field');
  assert.equal(who('{ callId: [d11, d26] }'), 'n0');
  assert.equal(who('{ callId: "d.." }'), '');
  assert.equal(who('{ callId: "(d26)" }'), '');
  assert.equal(who(`{ headers: "${'*'.repeat(200)}L" }`), 'n0');
});

test('a DNA of another shape is nobody’s', () => {
  const { known } = readKnownClients(listOf('{ sdp: none }'), 'list');
  assert.equal(recognise(known, '', ''), undefined);
});

test('what is wrong in a list is told with its place, and nothing of it is used', () => {
  const { known, faults } = readKnownClients(listOf('{ brench: d11 }'), 'list');
  assert.deepEqual(known, []);
  assert.match(faults[0]?.message ?? '', /unknown key "brench"; did you mean "branch"/);
  assert.equal(faults[0]?.code, 'dna-invalid');
  assert.match(faults[0]?.where ?? '', /^list:3:/);
  assert.equal(readKnownClients('version: 2\nclients: []', 'list').faults.length, 1);
});

test('files are read in their order; one that is not there is a fault', () => {
  const own = join(folder, 'own.yaml');
  writeFileSync(own, listOf('{ tag: x11 }'));
  const { known, faults } = loadKnownClients([own, join(folder, 'none.yaml'), BUILTIN_DNA]);
  assert.equal(known[0]?.name, 'n0');
  assert.ok(known.length > 10);
  assert.deepEqual(
    faults.map(({ code, where }) => [code, where]),
    [['dna-invalid', join(folder, 'none.yaml')]],
  );
});

test('the config names them; without one it is the list that comes with Ringfence', () => {
  const standard = loadConfig();
  assert.ok('config' in standard);
  assert.deepEqual(standard.config.dna, [BUILTIN_DNA]);
  const file = join(folder, 'ringfence.yaml');
  writeFileSync(file, 'dna: [own.yaml, builtin]\n');
  const changed = loadConfig(file);
  assert.ok('config' in changed);
  assert.deepEqual(changed.config.dna, [join(folder, 'own.yaml'), BUILTIN_DNA]);
});

test('the list that comes with Ringfence names nobody by the User-Agent, and nobody for sure by one field', () => {
  const { known, faults } = loadKnownClients([BUILTIN_DNA]);
  assert.deepEqual(faults, []);
  assert.equal(new Set(known.map(({ name }) => name)).size, known.length, 'each name once');
  const text = readFileSync(BUILTIN_DNA, 'utf8');
  assert.doesNotMatch(text, /friendly|pplsip/i);
  for (const { name, marks, sure } of known) assert.ok(!sure || marks.every((mark) => mark.length >= 2), `${name} rests on one field`);
});
