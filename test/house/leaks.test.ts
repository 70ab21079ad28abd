/** Nothing learned by heart, nothing of one machine: what committed files may not contain. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { type Lock, missing } from '../../tools/lock.ts';
import { ROOT, shared } from '../peers.ts';

interface Text {
  readonly path: string;
  readonly text: string;
}

const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
const skip = listed.status === 0 ? false : 'not a git clone';
const texts: Text[] = skip === false ? read(listed.stdout.split('\n').filter(Boolean)) : [];
/** What the program consists of: engine and rules, without their tests. */
const program = texts.filter(({ path }) => /^(src|rules|bin)\//.test(path) && !path.endsWith('.test.ts') && !path.endsWith('.md'));

function read(paths: readonly string[]): Text[] {
  const files = paths.filter((path) => existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).size < 1 << 20);
  return files.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') })).filter(({ text }) => !text.includes('\0'));
}

/** `file:line: text` for every line that matches. */
function find(where: readonly Text[], what: RegExp): string[] {
  return where.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => (what.test(line) ? [`${path}:${at + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

test('engine and rules name no address but documentation and special ones', { skip }, () => {
  // RFC 5737, 6890: documentation, loopback, unspecified, link-local, multicast, broadcast; x.0.0.0-like networks of RFC 1918.
  const special =
    /^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|127\.|0\.0\.0\.0|169\.254\.|2(2[4-9]|3\d)\.|255\.255\.255\.255|10\.0\.0\.0$|172\.16\.0\.0$|192\.168\.0\.0$)/;
  const found = program.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\d.§])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g)]
      .filter(([address]) => !special.test(address))
      .map(([address]) => `${path}: ${address}`),
  );
  assert.deepEqual(found, []);
});

test('engine and rules name no tool by the text it puts into its packets', { skip }, () => {
  assert.deepEqual(find(program, /friendly-scanner|sipvicious\/|User-Agent: (sip|sv)|bench\.invalid/i), []);
});

test('engine and rules carry no fingerprint of a file', { skip }, () => {
  assert.deepEqual(find(program, /(?<![0-9a-fA-F])([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-fA-F])/), []);
});

const index = shared('captures/INDEX.tsv');

test('engine and rules name no shared capture', { skip: skip || index.skip }, () => {
  const names = readFileSync(index.path, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => basename(line.split('\t')[0] ?? ''))
    .filter((name) => /.\.p?cap(ng)?/.test(name) && !['sip.pcap', 'input.pcap', 'call.pcapng'].includes(name));
  assert.ok(names.length > 100, `only ${names.length} names in the index`);
  const found = program.flatMap(({ path, text }) =>
    names.filter((name) => withoutProof(path, text).includes(name)).map((name) => `${path}: ${name}`),
  );
  assert.deepEqual(found, []);
});

/** A rule may say in its `tests` which traffic proves it; nothing else of it may. */
function withoutProof(path: string, text: string): string {
  return path.startsWith('rules/') ? text.replace(/^tests:\n(?:[ -].*\n|\n)*/m, '') : text;
}

test('no committed file names a path of one machine', { skip }, () => {
  const places = ['work', 'tmp', 'root', 'home'].map((name) => `/${name}/`).join('|');
  const found = find(
    texts.filter(({ path }) => path !== '.gitignore'),
    new RegExp(`(?<![\\w.$}*~-])(${places})[\\w.]`),
  );
  assert.deepEqual(found, []);
});

test('no committed file names a package registry', { skip }, () => {
  const host = URL.parse(process.env['npm_config_registry'] ?? '')?.host ?? '';
  const named = texts.filter(({ text }) => host !== '' && host !== 'registry.npmjs.org' && text.includes(host)).map(({ path }) => path);
  const config = texts.filter(({ path }) => /(^|\/)(\.npmrc|package-lock\.json)$/.test(path));
  assert.deepEqual([...named, ...find(config, /"resolved": "http|registry\s*=/)], []);
});

test('the lock file knows the packages of every platform, so that npm ci takes it', () => {
  const lock: Lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  assert.deepEqual([...missing(lock).keys()], [], 'npm run lock adds them');
});
