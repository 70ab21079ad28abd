/** The whole program over captures of real tools, held to `expectations.ts`; and these held to the packets by tshark. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { shared, tool } from '../peers.ts';
import { EXPECTATIONS } from './expectations.ts';

const tshark = tool('tshark', 'apt-get install tshark');

for (const expectation of EXPECTATIONS) {
  const capture = shared(expectation.file);

  test(`${expectation.file}: the packets show what is expected`, { skip: capture.skip || tshark.skip }, () => {
    for (const { command, printed } of expectation.proofs) {
      const run = spawnSync('sh', ['-c', command], { env: { ...process.env, PCAP: capture.path, LC_ALL: 'C' }, encoding: 'utf8' });
      assert.equal(run.stdout.replaceAll('"', '').trim(), printed, command);
    }
  });
}
