import assert from 'node:assert/strict';
import { test } from 'node:test';
import { place } from '../../test/talk.ts';
import { NO_ENDPOINT } from '../bytes.ts';
import { EVENT_NAMES } from '../events.ts';
import { LoggedPeers } from '../track/logged.ts';
import type { Event, LogEntry } from '../types.ts';
import { Emitter } from './emitter.ts';
import { detectLogged } from './logged.ts';

function eventsOf(...entries: readonly Partial<LogEntry>[]): Event[] {
  const emitter = new Emitter('n', 1, new Set(EVENT_NAMES));
  const peers = new LoggedPeers({ k0: 1, k1: 2 });
  const all: Event[] = [];
  for (const [i, change] of entries.entries()) {
    emitter.begin(i + 1);
    const who = { src: place('192.0.2.66:5061'), dst: place('198.51.100.1:5060'), user: '100', host: 'pbx.example', method: 'REGISTER' };
    const entry: LogEntry = { kind: 'log', time: i, file: 'full', line: i + 1, what: 'refused', text: '', withdrawn: 0, ...who, ...change };
    detectLogged(entry, peers, emitter, i);
    all.push(...emitter.out);
  }
  return all;
}

test('refused credentials, and accepted ones after them, are the Events of the wire', () => {
  const [first, second, accepted, ...more] = eventsOf({}, {}, { what: 'accepted' });
  assert.deepEqual(more, []);
  assert.deepEqual(
    [first?.type, first?.src, first?.srcPort, first?.dst, first?.account],
    ['auth.failed', '192.0.2.66', 5061, '198.51.100.1', '100@pbx.example'],
  );
  assert.deepEqual([first?.origin, first?.file, first?.frame], ['log', 'full:1', 0]);
  assert.deepEqual([first?.data['refusals'], second?.data['refusals'], first?.data['status'], first?.data['trusted']], [1, 2, 401, false]);
  assert.deepEqual([accepted?.type, accepted?.data['refusals'], accepted?.data['status']], ['auth.accepted', 2, 200]);
});

test('an acceptance alone is no Event, and makes later refusals those of a trusted phone', () => {
  const [refused, ...more] = eventsOf({ what: 'accepted' }, {});
  assert.deepEqual(more, []);
  assert.deepEqual([refused?.type, refused?.data['trusted']], ['auth.failed', true]);
});

test('unknown users are probes; what the source got right at that server is counted against them', () => {
  const events = eventsOf(
    { what: 'unknown', user: '1' },
    { what: 'unknown', user: '2' },
    { what: 'accepted' },
    { what: 'unknown', user: '3' },
  );
  assert.deepEqual(
    events.map(({ type, data: { user, misses, hits } }) => [type, user, misses, hits]),
    [
      ['account.probed', '1', 1, 0],
      ['account.probed', '2', 2, 0],
      ['account.probed', '3', 3, 1],
    ],
  );
});

test('a block and a forgery are told; a forgery names nobody', () => {
  const [blocked, forged] = eventsOf(
    { what: 'blocked', user: '' },
    { what: 'forged', user: '', text: 'B', withdrawn: 3, src: NO_ENDPOINT, dst: NO_ENDPOINT },
  );
  assert.deepEqual([blocked?.type, blocked?.src, blocked?.account, blocked?.data], ['source.blocked', '192.0.2.66', '', { by: 'pike' }]);
  assert.deepEqual([forged?.type, forged?.data], ['log.forged', { line: 'B', withdrawn: 3 }]);
  assert.deepEqual([forged?.src, forged?.dst], ['', '']);
});
