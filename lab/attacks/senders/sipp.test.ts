import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tool } from '../../../test/peers.ts';
import { sippCalls, sippScenario } from './sipp.ts';

const CALLS = [
  { uri: 'sip:1001@site.test', user: 'bob', domain: 'site.test' },
  { uri: 'sip:1002@site.test', user: 'eve', domain: 'foreign.invalid' },
];

test('without a login each challenge stays unanswered, nothing is acknowledged', () => {
  const text = sippScenario({ method: 'INVITE', calls: CALLS }, 500);
  assert.equal(text.match(/<send>/g)?.length, 1);
  assert.ok(!text.includes('ACK') && !text.includes('<recv'));
  assert.match(text, /mean="500"/);
  assert.match(text, /^m=audio/m);
});

test('with a login the challenge is acknowledged and answered, the final answer is not', () => {
  const text = sippScenario({ method: 'INVITE', calls: CALLS, login: { user: 'bob', password: 'secret' } }, 500);
  assert.deepEqual(text.match(/^(INVITE|ACK) /gm), ['INVITE ', 'ACK ', 'INVITE ']);
  assert.match(text, /\[authentication username=bob password=secret\]/);
  assert.match(text, /CSeq: 2 INVITE/);
});

test('other methods have no description of a session', () => {
  const text = sippScenario({ method: 'REGISTER', calls: CALLS }, 100);
  assert.ok(!text.includes('m=audio'));
  assert.match(text, /To: <sip:\[field1\]@\[field2\]>/);
  assert.equal(
    sippCalls({ method: 'REGISTER', calls: CALLS }),
    'SEQUENTIAL\nsip:1001@site.test;bob;site.test\nsip:1002@site.test;eve;foreign.invalid\n',
  );
});

test('SIPp takes the scenario', tool('sipp', 'apt-get install sip-tester'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'sipp-'));
  try {
    const flood = { method: 'OPTIONS', calls: CALLS } as const;
    writeFileSync(join(folder, 'a.xml'), sippScenario(flood, 10));
    writeFileSync(join(folder, 'a.csv'), sippCalls(flood));
    const files = ['-sf', join(folder, 'a.xml'), '-inf', join(folder, 'a.csv')];
    const command = ['127.91.3.7:45061', '-i', '127.91.3.8', ...files, '-m', '2', '-r', '50', '-nostdin', '-timeout', '5'];
    assert.equal(spawnSync('sipp', command, { timeout: 8000 }).status, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
