import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureOf, runOf } from '../../test/recording.ts';
import { request, response } from '../../test/talk.ts';
import { saidIn } from './messages.ts';

test('messages of a capture are read as texts; media and noise are left out, the last run is remembered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-said-'));
  try {
    const options = { callId: 'x@y', user: 'Bob', fromUser: 'alice', host: 'Example.COM', branch: 'z9hG4bKq', cseq: 7 };
    const capture = captureOf([
      { payload: request('INVITE', options), time: 5_000_000, src: '10.0.0.1:5070', dst: '10.0.0.2:5060' },
      {
        payload: Buffer.from([0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7, 7, 7, 7]),
        time: 5_000_001,
        src: '10.0.0.1:4000',
        dst: '10.0.0.2:4002',
      },
      { payload: response(404, 'INVITE', options), time: 5_000_002, src: '10.0.0.2:5060', dst: '10.0.0.1:5070' },
    ]);
    writeFileSync(join(folder, 'merged.pcap.gz'), capture);
    const run = runOf(folder);
    const said = await saidIn(run);
    const shared = {
      callId: 'x@y',
      from: 'alice@example.com',
      to: 'Bob@example.com',
      method: 'INVITE',
      transaction: 'z9hG4bKq 7',
      udp: true,
    };
    assert.deepEqual(said, [
      { ...shared, time: 5_000_000, src: '10.0.0.1', srcPort: 5070, dst: '10.0.0.2', dstPort: 5060, status: 0, toTag: false },
      { ...shared, time: 5_000_002, src: '10.0.0.2', srcPort: 5060, dst: '10.0.0.1', dstPort: 5070, status: 404, toTag: true },
    ]);
    assert.equal(await saidIn(run), said);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
