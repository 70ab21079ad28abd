import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, happenings } from '../../test/happenings.ts';
import { credentials, packetOf, request } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const SERVER = '198.51.100.1:5060';

/** A REGISTER with credentials of a client that makes that cnonce. */
function register(n: number, src: string, cnonce: string): Packet {
  const headers = [`${credentials('n1')}, cnonce="${cnonce}", nc=00000001, qop=auth`];
  return packetOf(request('REGISTER', { callId: `c${n}`, branch: `z9hG4bK${n}`, headers }), 1e15 + n * 1e6, `${src}:5060`, SERVER, n);
}

test('the same client under two addresses is told by its cnonce, once', () => {
  const all = happenings([
    register(1, '192.0.2.1', 'f00dcafe'),
    register(2, '192.0.2.2', 'deadbeef'),
    register(3, '192.0.2.2', 'f00dcafe'),
    register(4, '192.0.2.2', 'f00dcafe'),
  ]);
  assert.deepEqual(dataOf(all, 'cnonce.repeated'), [{ method: 'REGISTER', cnonce: 'f00dcafe', other: '192.0.2.1', sources: 2 }]);
  const told = all.events.find(({ type }) => type === 'cnonce.repeated');
  assert.deepEqual([told?.src, told?.dst, told?.account, told?.frame], ['192.0.2.2', '198.51.100.1', 'alice@example.com', 3]);
});
