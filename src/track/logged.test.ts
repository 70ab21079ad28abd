import assert from 'node:assert/strict';
import { test } from 'node:test';
import { place } from '../../test/talk.ts';
import type { LogEntry } from '../types.ts';
import { LoggedPeers } from './logged.ts';

const HOUR = 3_600_000_000;

function entry(what: LogEntry['what'], src = '192.0.2.66:5060', host = 'pbx.example'): LogEntry {
  const where = { file: 'log', line: 1, text: '', withdrawn: 0 };
  return { kind: 'log', time: 0, what, src: place(src), dst: place('198.51.100.1:5060'), user: '100', host, method: 'REGISTER', ...where };
}

test('refusals and acceptances are counted for each source and account, whatever the port', () => {
  const peers = new LoggedPeers({ k0: 1, k1: 2 });
  const refuse = (src?: string, host?: string, now = 0): number => peers.note(entry('refused', src, host), '100', now).bad;
  assert.deepEqual([refuse(), refuse('192.0.2.66:6000'), refuse('192.0.2.67:5060'), refuse(undefined, 'other.example')], [1, 2, 1, 1]);
  const accepted = peers.note(entry('accepted'), '100', 0);
  assert.deepEqual([accepted.bad, accepted.good, accepted.trusted], [2, 1, false]);
  assert.equal(refuse(undefined, undefined, HOUR + 1), 1, 'an hour later');
  assert.equal(peers.tables()[0]?.name, 'sources in logs');
});

test('who was accepted first is trusted, and stays so', () => {
  const peers = new LoggedPeers({ k0: 1, k1: 2 });
  peers.note(entry('accepted'), '100', 0);
  assert.equal(peers.note(entry('refused'), '100', 0).trusted, true);
});

test('memory is bounded, and a slot that is used anew remembers nothing', () => {
  const peers = new LoggedPeers({ k0: 1, k1: 2 });
  for (let i = 0; i < 40_000; i++)
    assert.equal(peers.note(entry('accepted', `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:5060`), '100', i).good, 1);
  assert.ok(peers.table.evicted > 0);
});
