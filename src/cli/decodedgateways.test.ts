import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines } from '../../test/messages.ts';
import { packetOf } from '../../test/talk.ts';
import { decodeNote } from './decoded.ts';

const shown = (payload: Buffer): readonly (readonly [string, string])[] =>
  decodeNote(packetOf(payload, 1, '192.0.2.1:2427', '192.0.2.2:2427'), undefined).lines;

test('MGCP: command and response, dialled digits not shown', () => {
  const text = lines('NTFY 2002 aaln/1@gw.example MGCP 1.0', 'X: 7', 'O: D/1,D/2', '.', '200 1204 OK', 'I: 9', '', 'v=0');
  assert.deepEqual(shown(Buffer.from(text)), [
    ['kind', 'MGCP'],
    ['command', 'NTFY, transaction 2002, endpoint aaln/1@gw.example'],
    ['parameters', 'X, O; values not shown'],
    ['response', '200, transaction 1204'],
    ['parameters', 'I; values not shown'],
    ['body', '5 bytes, not shown'],
  ]);
  assert.deepEqual(shown(Buffer.from('200 1 OK\r\n')).at(-1), ['parameters', 'none']);
});

test('H.323: the Q.931 header', () => {
  const setup = Buffer.from('0300001b080277f405' + '6c03813132' + '700481333435' + '080280ff' + '0080a0', 'hex');
  setup[3] = setup.length;
  assert.deepEqual(shown(setup), [
    ['kind', 'H.323 call signalling (H.225.0), as far as its Q.931 header goes'],
    ['message', 'setup, call reference 30708'],
    ['calling', '12'],
    ['called', '345'],
    ['cause', '127 (Q.850)'],
  ]);
  const alerting = Buffer.from('030000090802800101', 'hex');
  assert.deepEqual(shown(alerting)[1], ['message', 'alerting, call reference 1, to the side that chose the reference']);
});
