import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { headerOf, type Message, parameterOf, readMessage } from '../../agents/message.ts';
import { seeded } from '../../random.ts';
import { loopbackSegment } from '../../servers/loopback.ts';
import { dress, strangersShape } from './attacker.ts';
import { Neighbour } from './neighbour.ts';

test('a stranger is refused until he acknowledges it, a user rings', async () => {
  const segment = loopbackSegment('internet');
  const neighbour = await Neighbour.open(segment, seeded(1), (user) => user === 'known');
  const address = segment.address();
  const socket = await segment.socket(address, 0);
  const got: Message[] = [];
  socket.on('message', (bytes) => got.push(readMessage(bytes)!));
  const wearer = { address, port: socket.address().port, shape: strangersShape(seeded(2)), random: seeded(3) };
  const base = { from: 'sip:me@here.test', fromTag: 'f', cseq: 1 };
  const send = (request: Parameters<typeof dress>[1]): void => socket.send(dress(wearer, request), neighbour.port, neighbour.address);
  try {
    send({ ...base, method: 'INVITE', uri: 'sip:known@there.test', callId: 'one' });
    send({ ...base, method: 'INVITE', uri: 'sip:nobody@there.test', callId: 'two' });
    send({ ...base, method: 'OPTIONS', uri: 'sip:known@there.test', callId: 'three' });
    await pause(700);
    const of = (callId: string): number[] => got.filter((each) => headerOf(each, 'call-id') === callId).map(({ status }) => status);
    assert.deepEqual(of('one'), [180]);
    assert.deepEqual(of('two'), [404, 404], 'repeated after T1');
    assert.deepEqual(of('three'), [200]);
    const refusal = got.find((each) => each.status === 404);
    assert.ok(refusal);
    const toTag = parameterOf(headerOf(refusal, 'to'), 'tag') ?? '';
    send({ ...base, method: 'ACK', uri: 'sip:nobody@there.test', callId: 'two', toTag });
    await pause(1300);
    assert.deepEqual(of('two'), [404, 404], 'no more after the ACK');
    assert.equal(neighbour.requests, 4);
  } finally {
    neighbour.close();
    socket.close();
  }
});
