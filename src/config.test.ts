import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILTIN_RULES, CONFIG, type Config, exampleConfig, loadConfig, parseConfig } from './config.ts';
import type { Schema } from './schema.ts';

function configOf(text: string, file = 'conf/ringfence.yaml'): Config {
  const result = parseConfig(text, file);
  assert.ok('config' in result, JSON.stringify(result));
  return result.config;
}

const faultsOf = (text: string): string[] => {
  const result = parseConfig(text, 'c.yaml');
  assert.ok('faults' in result);
  return result.faults.map(({ where, message }) => `${where}: ${message}`);
};

test('without a file everything is as standard, and frozen', () => {
  const result = loadConfig();
  assert.ok('config' in result);
  const { config } = result;
  assert.deepEqual(
    [config.node, config.profile, config.rules, config.seed],
    ['analyze', 'default', [BUILTIN_RULES], { k0: 0x52696e67, k1: 0x66656e63 }],
  );
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.tables) && Object.isFrozen(config.rules) && Object.isFrozen(config.seed));
});

test('a file changes what it names; its folders are relative to it', () => {
  const config = configOf(
    'seed: ffffffff00000001\nrules: [builtin, ours]\ntables: {alerts: 100}\noverrides: {server-scan: {variables: {targets: 20}, except: [src in 192.0.2.0/24]}}',
  );
  assert.deepEqual(config.seed, { k0: -1, k1: 1 });
  assert.deepEqual(config.rules, [BUILTIN_RULES, join(process.cwd(), 'conf', 'ours')]);
  assert.deepEqual([config.tables.alerts, config.tables.peers], [100, 32_768]);
  assert.deepEqual(config.overrides['server-scan'], { variables: { targets: 20 }, except: ['src in 192.0.2.0/24'] });
});

test('a seed of digits only is read as written', () => {
  assert.deepEqual(configOf('seed: 0000000100000002').seed, { k0: 1, k1: 2 });
});

test('faults have their places and the nearest right word', () => {
  assert.deepEqual(faultsOf('tabels: {}\nprofile: papper\nseed: abc\ntables: {peers: 3}'), [
    'c.yaml:1:1: unknown key "tabels"; did you mean "tables"? (allowed: node, seed, rules, dna, profile, network, overrides, lists, programs, tables, limits)',
    'c.yaml:2:10: expected one of the words, received "papper"; did you mean "paper"? (allowed: default, paper, 002, nemea)',
    'c.yaml:3:7: expected 16 hexadecimal digits, received "abc" (allowed: ^[0-9a-fA-F]{16}$)',
    'c.yaml:4:17: expected a whole number, received "3" (allowed: at least 8, at most 4194304)',
  ]);
});

test('files are read; one that is not there is a fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  const file = join(folder, 'c.yaml');
  writeFileSync(file, 'node: edge-1\n');
  const result = loadConfig(file);
  assert.ok('config' in result && result.config.node === 'edge-1');
  rmSync(folder, { recursive: true });
  const gone = loadConfig(file);
  assert.ok('faults' in gone);
  assert.match(gone.faults[0]?.message ?? '', /^cannot be read: /);
});

test('the example file is what the schema says, and says the standard', () => {
  assert.equal(readFileSync(new URL('../ringfence.example.yaml', import.meta.url), 'utf8'), exampleConfig());
  const standard = loadConfig();
  assert.ok('config' in standard);
  assert.deepEqual(configOf(exampleConfig()), standard.config);
});

test('every key is explained', () => {
  const unexplained = (s: Schema, path: string): string[] => {
    const below =
      s.type === 'object'
        ? Object.entries(s.fields)
        : s.type === 'map' && s.values.type === 'object'
          ? Object.entries(s.values.fields)
          : [];
    return [...(s.about === undefined ? [path] : []), ...below.flatMap(([name, field]) => unexplained(field, `${path}.${name}`))];
  };
  assert.deepEqual(unexplained(CONFIG, 'config'), []);
});

test('our proxies are addresses and networks; anything else is a fault with its place', () => {
  const good = parseConfig('network: { proxies: [192.0.2.5, 2001:db8::/32] }', 'c.yaml');
  assert.ok('config' in good);
  assert.deepEqual(
    good.config.network.proxies.map(({ bits }) => bits),
    [128, 32],
  );
  const bad = parseConfig('network:\n  proxies: [192.0.2.5, proxy.example, 10.0.0.1/8]\n  own: [home]', 'c.yaml');
  assert.ok('faults' in bad);
  assert.deepEqual(
    bad.faults.map(({ where }) => where),
    ['c.yaml:2:24', 'c.yaml:2:39', 'c.yaml:3:9'],
  );
});
