import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { OutFile } from './outfile.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-outfile-'));
after(() => rmSync(folder, { recursive: true }));

test('a file has its name only when it is complete; until then the old one stays', () => {
  const path = join(folder, 'a');
  writeFileSync(path, 'old');
  const file = new OutFile(path);
  file.write(Buffer.from('new'));
  assert.equal(readFileSync(path, 'utf8'), 'old');
  file.commit();
  assert.equal(readFileSync(path, 'utf8'), 'new');
  file.abandon();
  assert.deepEqual(readdirSync(folder), ['a']);
});

test('what is given up leaves nothing behind', () => {
  const file = new OutFile(join(folder, 'b'));
  file.write(Buffer.from('half'));
  file.abandon();
  assert.deepEqual(readdirSync(folder), ['a']);
});

test('a link keeps leading to the file; a device is written to as it is', () => {
  symlinkSync(join(folder, 'a'), join(folder, 'link'));
  const file = new OutFile(join(folder, 'link'));
  file.write(Buffer.from('through'));
  file.commit();
  assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'through');
  const nothing = new OutFile('/dev/null');
  nothing.write(Buffer.from('gone'));
  nothing.commit();
  assert.equal(nothing.written, 4);
});

test('a file that is read while it is written has its name from the start, and keeps what it has', () => {
  const path = join(folder, 'live');
  const file = new OutFile(path, true);
  file.write(Buffer.from('line'));
  assert.equal(readFileSync(path, 'utf8'), 'line');
  assert.equal(statSync(path).mode & 0o007, 0, 'and is not for everyone');
  file.abandon();
  assert.equal(readFileSync(path, 'utf8'), 'line');
});

test('what cannot be written is told with its name', () => {
  mkdirSync(join(folder, 'dir'));
  for (const path of [join(folder, 'dir'), join(folder, 'none', 'x')]) {
    assert.throws(() => new OutFile(path), { code: 'output-failed', where: path });
  }
});

test('a full disk is a fault that says so', { skip: process.platform === 'linux' ? false : 'needs /dev/full' }, () => {
  const file = new OutFile('/dev/full');
  assert.throws(() => file.write(Buffer.from('x')), { code: 'output-failed', message: /ENOSPC/ });
  file.abandon();
});
