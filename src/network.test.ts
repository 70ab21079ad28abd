import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { contains, holds, isAddress, parseNetwork, readAddress } from './network.ts';

const inside = (network: string, address: string): boolean => {
  const parsed = parseNetwork(network);
  assert.ok(parsed !== undefined, network);
  return contains(parsed, address);
};

test('IPv4 prefixes hold their addresses and no others', () => {
  assert.ok(inside('10.0.0.0/8', '10.255.0.1'));
  assert.ok(!inside('10.0.0.0/8', '11.0.0.0'));
  assert.ok(inside('192.0.2.128/25', '192.0.2.200'));
  assert.ok(!inside('192.0.2.128/25', '192.0.2.127'));
  assert.ok(inside('0.0.0.0/0', '255.255.255.255'));
  assert.ok(!inside('0.0.0.0/0', '2001:db8::1'));
  assert.ok(inside('192.0.2.1', '192.0.2.1'));
});

test('IPv6 prefixes too, in any spelling', () => {
  assert.ok(inside('2001:db8::/32', '2001:db8:ffff::1'));
  assert.ok(!inside('2001:db8::/32', '2001:db9::1'));
  assert.ok(inside('2001:db8:0:0:0:0:0:1', '2001:DB8::1'));
  assert.ok(inside('::/0', '::'));
  assert.ok(inside('::ffff:0:0/96', '10.1.2.3'));
  assert.ok(inside('::ffff:10.0.0.0/104', '10.1.2.3'));
  assert.ok(inside('fe80::/10', 'febf::1'));
});

test('what is no address or has bits beyond its prefix is refused', () => {
  const wrong = [
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.04',
    '0001.1.1.1',
    'a.b.c.d',
    '1..3.4',
    '1.2.3.4/33',
    '1.2.3.4/x',
    '10.1.0.0/8',
    '1.2.3.4/',
  ];
  const wrong6 = [
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:',
    '2001:db8::/129',
    '2001:db8::1/32',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3',
    '1:2:3:4:5:6:7::8',
    '@::1',
    '::\u0131',
  ];
  for (const s of [...wrong, ...wrong6]) assert.equal(parseNetwork(s), undefined, s);
  assert.ok(!inside('10.0.0.0/8', 'example.org'));
  assert.ok(!isAddress('4711'));
  assert.ok(isAddress('::1'));
});

test('every IPv6 address that Node knows is read, and nothing else', () => {
  assert.ok(isAddress('::'));
  fc.assert(fc.property(fc.ipV6(), (s) => isAddress(s)));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(':', '1', 'f', '.', '0'), maxLength: 24 }),
      (s) => !s.includes(':') || isAddress(s) === isIPv6(s),
    ),
  );
});

test('an address in the middle of other bytes is read, an endpoint lies in a network by its address', () => {
  const b = Buffer.from('x192.0.2.7;[2001:db8::7]');
  const out = new Uint8Array(18);
  assert.ok(readAddress(b, 1, 10, out));
  assert.deepEqual([...out.subarray(10, 16)], [0xff, 0xff, 192, 0, 2, 7]);
  assert.ok(holds({ bytes: out.slice(0, 16), bits: 128 }, out));
  assert.ok(readAddress(b, 12, 23, out));
  assert.equal(out[15], 7);
  assert.ok(!readAddress(b, 0, 10, out));
});
