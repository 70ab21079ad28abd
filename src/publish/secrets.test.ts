import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MASK } from '../passwords.ts';

import { maskCredentials, maskData, maskValue } from './secrets.ts';

const never = (): boolean => false;

test('fields of kind secret are masked, empty ones stay empty, others stay', () => {
  const data = { method: 'REGISTER', guess: 'hunter2', refusals: 3, trusted: false };
  assert.deepEqual(maskData({ type: 'auth.failed', data }), { ...data, guess: MASK });
  assert.deepEqual(maskData({ type: 'auth.failed', data: { guess: '' } }), { guess: '' });
  assert.deepEqual(maskData({ type: 'of.tomorrow', data: { x: 1 } }), { x: 1 });
});

test('passwords in URIs and tags are masked', () => {
  assert.equal(maskValue('"A" <sip:100:secret@192.0.2.1:5060>;tag=1', never), `"A" <sip:100:${MASK}@192.0.2.1:5060>;tag=1`);
  assert.equal(maskValue('<sip:100@192.0.2.1:5060>;tag=ab', never), '<sip:100@192.0.2.1:5060>;tag=ab');
  assert.equal(
    maskValue('<sip:1@h>;tag=feed;x=1', (tag) => tag === 'feed'),
    `<sip:1@h>;tag=${MASK} (a guessed password);x=1`,
  );
});

test('credentials lose what can be tried offline', () => {
  const digest = 'Digest username="100", realm="r", uri="sip:100:pw@h", response="0123456789abcdef", nc=1';
  assert.equal(maskCredentials(digest), `Digest username="100", realm="r", uri="sip:100:${MASK}@h", response=${MASK}, nc=1`);
  assert.equal(maskCredentials('Basic dXNlcjpwYXNz'), `Basic ${MASK}`);
  assert.equal(maskCredentials('digest RESPONSE=abc'), `digest RESPONSE=${MASK}`);
  assert.equal(maskValue('qop=auth, rspauth="0123456789abcdef", nc=1', never), `qop=auth, rspauth=${MASK}, nc=1`);
  assert.equal(maskCredentials('Digest response="open'), `Digest response=${MASK}`);
});
