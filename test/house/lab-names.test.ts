/** What the lab draws must not be what Ringfence knows: no rule and no code may name its domains, makers or networks. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { drawName } from '../../lab/agents/grammar.ts';
import { planNetwork } from '../../lab/network/plan.ts';
import { seeded } from '../../lab/random.ts';
import { drawDomain } from '../../lab/servers/style.ts';
import { ROOT } from '../peers.ts';

const SEEDS = 400;

/** Names of makers, domains and networks that many seeds draw, lower case. */
function drawn(): Set<string> {
  const names = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed);
    names.add(drawName(random).toLowerCase());
    names.add(drawDomain(random));
    const { segments, nat } = planNetwork(random);
    for (const prefix of segments.flatMap((segment) => segment.prefixes)) if (prefix.split('.').length === 3) names.add(`${prefix}.`);
    names.add(nat);
  }
  return names;
}

test('neither code nor rules name what the lab draws', () => {
  const names = drawn();
  assert.ok(names.size > SEEDS, `only ${names.size} names were drawn`);
  const files = globSync(['src/**/*.ts', 'rules/*.yaml', 'ringfence.example.yaml'], { cwd: ROOT }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  assert.ok(files.length > 100, `only ${files.length} files`);
  const known = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8').toLowerCase();
    return [...names].filter((name) => text.includes(name)).map((name) => `${file}: ${name}`);
  });
  // Private networks of home routers stand in comments and examples everywhere; the public ones must not.
  assert.deepEqual(
    known.filter((each) => !/: (192\.168|10)\./.test(each)),
    [],
  );
});
