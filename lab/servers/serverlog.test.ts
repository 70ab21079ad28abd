import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tool } from '../../test/peers.ts';
import { accounted, pikeLine, readServerLine, type ServerRecord, securityLine } from './serverlog.ts';

const TIME = Date.UTC(2026, 3, 30, 10, 20, 30) * 1000 + 123_456;
const record = (about: ServerRecord['about'], at = 0, callId = 'c1'): ServerRecord => ({ time: TIME + at, callId, about });

test('lines of the proxy are read, whatever a hostile client wrote into them', () => {
  const line = ' 1(99) ERROR: <script>: @FAIL 1795276104.547555 a%20b%40c 192.0.2.1 5061 REGISTER sip%3a101%40x 101 @';
  assert.deepEqual(readServerLine(line), {
    time: 1_795_276_104_547_555,
    callId: 'a b@c',
    about: { kind: 'wrong', source: '192.0.2.1:5061', method: 'REGISTER', account: 'sip:101@x' },
  });
  assert.deepEqual(readServerLine('@END 1.000001 %zz %3cnull%3e b c 404 @')?.about, {
    kind: 'end',
    source: '',
    from: 'b',
    to: 'c',
    status: 404,
  });
  for (const other of ['', 'Listening on', '@FAIL x y @', '@OTHER 1.000000 c d @']) assert.equal(readServerLine(other), undefined);
});

test('calls are accounted for from INVITE to BYE; what comes in between changes nothing', () => {
  const parties = { source: 's', from: 'a', to: 'b' };
  const calls = accounted([
    record({ kind: 'bye', address: 's' }, 9),
    record({ kind: 'invite', ...parties }, 1),
    record({ kind: 'answer', ...parties, status: 200 }, 4),
    record({ kind: 'end', ...parties, status: 487 }, 5),
    record({ kind: 'bye', address: 's' }, 12),
    record({ kind: 'invite', ...parties }, 2, 'c2'),
    record({ kind: 'end', ...parties, status: 486 }, 3, 'c2'),
    record({ kind: 'answer', ...parties, status: 200 }, 4, 'c3'),
  ]);
  assert.deepEqual(calls, [
    { callId: 'c1', ...parties, start: TIME + 1, answer: TIME + 4, end: TIME + 9, status: 200 },
    { callId: 'c2', ...parties, start: TIME + 2, end: TIME + 3, status: 486 },
  ]);
});

test('other records have no line in the security log or in that of pike', () => {
  assert.equal(securityLine(record({ kind: 'bye', address: 'x' })), undefined);
  assert.equal(pikeLine(record({ kind: 'bye', address: 'x' })), undefined);
  assert.equal(
    pikeLine(record({ kind: 'pike', address: '192.0.2.9', method: 'INVITE' })),
    '[2026-04-30 10:20:30.123456] PIKE blocked 192.0.2.9',
  );
});

test('Fail2ban finds the address in every line of the security log', tool('fail2ban-regex', 'apt-get install fail2ban'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'serverlog-'));
  const file = join(folder, 'security.log');
  const source = '192.0.2.1:5061';
  const accounts = [
    'sip:101@x',
    `sip:1'or'1'='1@x`,
    "' failed for '198.51.100.7:5060' (callid: x) - Failed to authenticate",
    'sip:\r\nNOTICE[2]: fake',
  ];
  const lines = accounts.flatMap((account) =>
    (['wrong', 'unknown'] as const).map((kind) =>
      securityLine(record({ kind, source, method: 'REGISTER', account }, 0, `id)'"\n${account}`)),
    ),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  const found = execFileSync('fail2ban-regex', ['-o', '<ip>', file, 'asterisk'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.deepEqual(
    found.trim().split('\n'),
    Array.from({ length: lines.length }, () => '192.0.2.1'),
  );
});
