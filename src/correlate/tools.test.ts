import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../types.ts';
import { Tools } from './tools.ts';

const DAY = 86_400_000_000;

function event(type: string, src: string, time: number, data: Event['data'] = {}): Event {
  const place = {
    srcPort: 5060,
    dst: '198.51.100.1',
    dstPort: 5060,
    origin: 'packet',
    via: '',
    callId: '',
    account: '',
    file: '',
    frame: 0,
  } as const;
  return { id: 'n.1.1.1', time, type, node: 'n', src, ...place, data };
}

const told = (src: string, tool: string, time: number): Event => event('tool.seen', src, time, { tool, dna: 'd1-00000001-00000002' });

test('an Alert about an address says which tool it used, for a day', () => {
  const tools = new Tools(8);
  tools.note(told('192.0.2.66', 'svwar', 1000));
  const later = (time: number): string => tools.sentence(event('account.probed', '192.0.2.66', time));
  assert.equal(later(2000), 'Requests from there are written as svwar writes them (DNA d1-00000001-00000002).');
  assert.notEqual(later(1000 + DAY), '');
  assert.equal(later(1001 + DAY), '');
  assert.equal(tools.sentence(event('account.probed', '192.0.2.7', 2000)), '');
});

test('the latest tool counts, and the Event that told it says it itself', () => {
  const tools = new Tools(8);
  tools.note(told('192.0.2.66', 'svmap', 1000));
  tools.note(told('192.0.2.66', 'svwar', 2000));
  assert.match(tools.sentence(event('auth.failed', '192.0.2.66', 3000)), / as svwar writes /);
  assert.equal(tools.sentence(told('192.0.2.66', 'svwar', 3000)), '');
});

test('only so many addresses are remembered: the one told longest ago goes first', () => {
  const tools = new Tools(2);
  for (const n of [1, 2, 1, 3]) tools.note(told(`192.0.2.${n}`, 'svmap', n));
  const known = [1, 2, 3].filter((n) => tools.sentence(event('auth.failed', `192.0.2.${n}`, 5)) !== '');
  assert.deepEqual(known, [1, 3]);
});
