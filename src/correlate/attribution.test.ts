import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTRIBUTIONS } from '../types.ts';
import { ADDRESS_REASON, ADDRESS_WEIGHT, attributionText } from './attribution.ts';
import { testEvent } from './ruletests.ts';

test('every way but the packet itself is told, with the proxy and the address', () => {
  const told = ATTRIBUTIONS.map((origin) =>
    attributionText(testEvent('target.contacted', { src: '203.0.113.66', via: '198.51.100.5', origin }, 1, 1)),
  );
  assert.deepEqual(
    told.filter((text) => text === ''),
    [''],
    'only the packet needs no word',
  );
  assert.equal(told[1], 'It came through 198.51.100.5, a trusted proxy, whose Via names 203.0.113.66.');
  assert.match(told[2] ?? '', /through 198\.51\.100\.5; .* from 203\.0\.113\.66 /);
  assert.equal(new Set(told).size, ATTRIBUTIONS.length);
});

test('the proxy is not invented where it is not known', () => {
  assert.match(attributionText(testEvent('target.contacted', { src: '203.0.113.66', origin: 'via' }, 1, 1)), /through a proxy,/);
});

test('an address that others may share is a weaker link', () => {
  for (const origin of ATTRIBUTIONS) assert.ok(ADDRESS_WEIGHT[origin] > 0 && ADDRESS_WEIGHT[origin] <= 1 && ADDRESS_REASON[origin] !== '');
  assert.ok(ADDRESS_WEIGHT.nat < ADDRESS_WEIGHT.via && ADDRESS_WEIGHT.via < ADDRESS_WEIGHT.packet);
});
