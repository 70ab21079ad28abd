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
  assert.equal(later(2000), 'Requests from there read like svwar, DNA d1-00000001-00000002.');
  assert.notEqual(later(1000 + DAY), '');
  assert.equal(later(1001 + DAY), '');
  assert.equal(tools.sentence(event('account.probed', '192.0.2.7', 2000)), '');
});

test('the latest tool counts, and the Event that told it says it itself', () => {
  const tools = new Tools(8);
  tools.note(told('192.0.2.66', 'svmap', 1000));
  tools.note(told('192.0.2.66', 'svwar', 2000));
  assert.match(tools.sentence(event('auth.failed', '192.0.2.66', 3000)), / read like svwar,/);
  assert.match(tools.sentence(event('auth.failed', '192.0.2.66', 1500)), / read like svmap,/, 'what came before it');
  assert.equal(tools.sentence(event('auth.failed', '192.0.2.66', 500)), '');
  assert.equal(tools.sentence(told('192.0.2.66', 'svwar', 3000)), '');
});

test('of one address the latest eight tools are remembered', () => {
  const tools = new Tools(8);
  for (let i = 1; i <= 9; i++) tools.note(told('192.0.2.66', `tool ${i}`, i));
  assert.equal(tools.sentence(event('auth.failed', '192.0.2.66', 1)), '');
  assert.match(tools.sentence(event('auth.failed', '192.0.2.66', 2)), / read like tool 2,/);
});

test('only so many addresses are remembered: the one told longest ago goes first', () => {
  const tools = new Tools(2);
  for (const n of [1, 2, 1, 3]) tools.note(told(`192.0.2.${n}`, 'svmap', n));
  const known = [1, 2, 3].filter((n) => tools.sentence(event('auth.failed', `192.0.2.${n}`, 5)) !== '');
  assert.deepEqual(known, [1, 3]);
});
