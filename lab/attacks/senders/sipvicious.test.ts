import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { tool } from '../../../test/peers.ts';
import { headerOf, readMessage } from '../../agents/message.ts';
import { loopbackSegment } from '../../servers/loopback.ts';
import { sipvicious } from './sipvicious.ts';

test('under its own name the tool is started as it is', () => {
  assert.deepEqual(sipvicious('svmap', ['-p', '5060', 'a']), ['svmap', '-p', '5060', 'a']);
});

test('svmap under another name', tool('svmap', 'apt-get install sipvicious'), async () => {
  const segment = loopbackSegment('site');
  const address = segment.address();
  const socket = await segment.socket(address, 0);
  const [program, ...rest] = sipvicious('svmap', ['-p', String(socket.address().port), '-P', '45733', address], 'Somebody 1.0');
  const child = spawn(program ?? '', rest, { stdio: 'ignore' });
  try {
    const heard: unknown[] = await once(socket, 'message', { signal: AbortSignal.timeout(8000) });
    const [bytes] = heard;
    assert.ok(bytes instanceof Uint8Array);
    const message = readMessage(bytes);
    assert.ok(message);
    assert.equal(message.method, 'OPTIONS');
    assert.equal(headerOf(message, 'user-agent'), 'Somebody 1.0');
    assert.match(headerOf(message, 'call-id'), /^\d+$/);
  } finally {
    child.kill();
    socket.close();
  }
});
