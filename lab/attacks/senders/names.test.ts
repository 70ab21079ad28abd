import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../random.ts';
import { candidates, foreignDomain, nobodysAddress, passwordList, stranger } from './names.ts';

test('a list of passwords has no doubles, and the right one only where it is wanted, not at its start', () => {
  for (let seed = 0; seed < 50; seed++) {
    const without = passwordList(seeded(seed), 60);
    assert.equal(new Set(without).size, 60);
    const list = passwordList(seeded(seed), 60, 'Xr1ght');
    assert.ok(list.indexOf('Xr1ght') >= 20);
    assert.ok(!without.includes('Xr1ght'));
  }
});

test('a range begins at or before a number of the site and has no holes', () => {
  for (let seed = 0; seed < 50; seed++) {
    const list = candidates(seeded(seed), 40, 'range', ['2005', '2006']);
    assert.equal(list.length, 40);
    assert.ok(Number(list[0]) <= 2005 && list.includes('2005'));
    assert.deepEqual(
      list,
      list.map((_, i) => String(Number(list[0]) + i)),
    );
  }
});

test('a dictionary has names, no doubles, and some users of the site', () => {
  const real = Array.from({ length: 20 }, (_, i) => `real${i}`);
  const list = candidates(seeded(5), 200, 'dictionary', real);
  assert.equal(new Set(list).size, list.length);
  assert.ok(list.some((name) => /^[a-z]/.test(name)) && list.some((name) => /^\d+$/.test(name)));
  const hits = real.filter((user) => list.includes(user)).length;
  assert.ok(hits > 2 && hits < 20);
});

test('strangers, foreign domains and addresses are nobody', () => {
  const random = seeded(6);
  const accounts = Array.from({ length: 900 }, (_, i) => ({ user: String(100 + i), domain: 'd', password: 'p' }));
  const site = {
    accounts,
    kind: 'proxy',
    domain: 'd',
    resolver: '',
    number: () => '',
    freePhone: () => '',
    premium: () => '',
    proxy: { address: '', port: 0 },
    trunk: { address: '', port: 0 },
  } as const;
  for (let i = 0; i < 500; i++) {
    const name = stranger({ site }, random);
    assert.ok(!accounts.some(({ user }) => user === name));
  }
  assert.match(foreignDomain(random), /\.invalid$/);
  assert.match(nobodysAddress(random), /^\d+\.\d+\.\d+\.\d+$/);
});
