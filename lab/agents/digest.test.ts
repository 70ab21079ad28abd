import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { authorize, type DigestHabit, readChallenge } from './digest.ts';

const habit: DigestHabit = {
  order: ['username', 'realm', 'nonce', 'uri', 'response', 'algorithm', 'cnonce', 'opaque', 'qop', 'nc'],
  quotedAlgorithm: false,
  quotedQop: false,
  usesQop: true,
  cnonceLength: 8,
  separator: ', ',
};
const who = { user: 'Mufasa', password: 'Circle Of Life', method: 'GET', uri: '/dir/index.html', count: 1 };

function parameter(value: string, name: string): string {
  return new RegExp(`(?:^|[ ,])${name}="?([^",]*)"?`).exec(value)?.[1] ?? '';
}

test('the answer without qop is that of RFC 2069', () => {
  const challenge = readChallenge('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"');
  assert.ok(challenge);
  const value = authorize(challenge, who, habit, seeded(1));
  // RFC 2617 §3.5's names and nonce, answered without qop: computed here step by step.
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const a1 = md5('Mufasa:testrealm@host.com:Circle Of Life');
  assert.equal(a1, '939e7578ed9e3c518a452acee763bce9', 'HA1 of RFC 2617 §3.5');
  const a2 = md5('GET:/dir/index.html');
  assert.equal(parameter(value, 'response'), md5(`${a1}:dcd98b7102dd2f0e8b11d0f600bfb0c093:${a2}`));
  assert.equal(parameter(value, 'cnonce'), '');
});

test('with qop the count and a fresh cnonce are signed, with either algorithm', () => {
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    const challenge = readChallenge(`Digest algorithm=${algorithm}, realm="r", nonce="n", qop="auth,auth-int", opaque="o", stale=true`);
    assert.ok(challenge?.stale);
    const value = authorize(challenge, { ...who, count: 17 }, habit, seeded(2));
    const digest = (text: string): string =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const a1 = digest('Mufasa:r:Circle Of Life');
    const cnonce = parameter(value, 'cnonce');
    assert.equal(cnonce.length, 8);
    assert.equal(parameter(value, 'nc'), '00000011');
    assert.equal(parameter(value, 'opaque'), 'o');
    assert.equal(parameter(value, 'response'), digest(`${a1}:n:00000011:${cnonce}:auth:${digest('GET:/dir/index.html')}`));
  }
});

test('a maker may ignore qop; strange challenges are left alone', () => {
  const challenge = readChallenge('Digest realm="r", nonce="n", qop="auth"');
  assert.ok(challenge);
  assert.ok(!authorize(challenge, who, { ...habit, usesQop: false }, seeded(3)).includes('qop'));
  assert.equal(readChallenge('Basic realm="r"'), undefined);
  assert.equal(readChallenge('Digest realm="r", nonce="n", algorithm=SHA-512-256'), undefined);
});
