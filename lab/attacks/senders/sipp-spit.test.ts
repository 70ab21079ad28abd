import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sippSpitScenario } from './sipp-spit.ts';

test('the scenario plays the recording for its length, and every label that is jumped to is there', () => {
  const text = sippSpitScenario('/run/x/recording.raw', 4000);
  assert.match(text, /rtp_stream="\/run\/x\/recording\.raw,1,0,PCMU\/8000"/);
  assert.match(text, /<recv request="BYE" timeout="4000" ontimeout="3"\/>/);
  const labels = [...text.matchAll(/<label id="(\d)"\/>/g)].map((found) => found[1]);
  const jumps = [...text.matchAll(/(?:next|ontimeout)="(\d)"/g)].map((found) => found[1]);
  assert.deepEqual([...new Set(jumps)].sort(), [...labels].sort());
  assert.equal(text.split('<send').length, text.split('</send>').length);
});
