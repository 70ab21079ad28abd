import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../../../test/messages.ts';
import { isChannelData, isStun, turnPayload } from './stun.ts';

const HEAD = '\x21\x12\xa4\x42abcdefghijkl';

function carried(message: string): string {
  const bytes = raw(`??${message}`);
  assert.ok(isStun(bytes, 2, bytes.length) || isChannelData(bytes, 2, bytes.length));
  const span = { start: 0, end: 0 };
  return turnPayload(bytes, 2, span) ? Buffer.from(bytes.subarray(span.start, span.end)).toString('latin1') : '';
}

test('what TURN carries: ChannelData, Send and Data indications', () => {
  assert.equal(carried('\x40\x01\x00\x05media\0\0\0'), 'media');
  const attributes = '\x00\x12\x00\x08peeraddr\x00\x13\x00\x05media\0\0\0';
  assert.equal(carried(`\x00\x16\x00\x18${HEAD}${attributes}`), 'media');
  assert.equal(carried(`\x00\x17\x00\x18${HEAD}${attributes}`), 'media');
});

test('what carries nothing', () => {
  assert.equal(carried(`\x00\x01\x00\x00${HEAD}`), '', 'a binding request');
  assert.equal(carried(`\x00\x16\x00\x04${HEAD}\x00\x12\x00\x00`), '', 'no data');
  assert.equal(carried(`\x00\x16\x00\x04${HEAD}\x00\x13\x00\x09`), '', 'an attribute longer than the message');
});
