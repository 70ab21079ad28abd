/** The committed sample is what its script makes, and small enough to ship. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSample } from '../../tools/sample.ts';
import { ROOT, SHARED, shared } from '../peers.ts';

const committed = readFileSync(join(ROOT, 'samples', 'attack-day.pcap'));
const recordings = shared('captures/tools/svmap.pcap');

test('the sample is what tools/sample.ts builds', { skip: recordings.skip }, () => {
  assert.ok(makeSample(join(SHARED, 'captures', 'tools')).equals(committed));
});

test('the sample is at most 700 KB', () => {
  assert.ok(committed.length <= 700_000, `${committed.length} bytes`);
});
