import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Campaign } from '../lab/record/folder.ts';
import type { Finding } from './detector.ts';
import { accuse, GRACE, host, isSameAccount, match } from './match.ts';

const S = 1_000_000;

const campaign: Campaign = {
  id: 'c1',
  attack: 'A13',
  classes: ['password-guessing'],
  stage: 'credential',
  attackers: ['192.0.2.66'],
  spoofed: ['192.0.2.77'],
  targets: ['198.51.100.1', '1003@pbx.invalid', 'victim-call'],
  intensity: '10/s',
  outcome: 'failed',
  first: 100 * S,
  last: 110 * S,
  packets: 3,
};
const [accused] = accuse(
  [campaign],
  [
    {
      time: 100 * S,
      src: '192.0.2.66:5060',
      dst: '198.51.100.1:5060',
      transport: 'udp',
      label: 'A13',
      campaign: 'c1',
      stage: 'credential',
      callId: 'own-call',
      hash: '00',
    },
  ],
);

function verdict(change: Partial<Finding>): string {
  assert.ok(accused !== undefined);
  return match({ time: 102 * S, first: 101 * S, last: 105 * S, class: 'password-guessing', level: 'high', text: '', ...change }, accused);
}

test('a finding is joined by its attacker, and its class counts', () => {
  assert.equal(verdict({ subject: '192.0.2.66' }), 'right');
  assert.equal(verdict({ subject: '192.0.2.66:40000' }), 'right');
  assert.equal(verdict({ subject: '192.0.2.66', class: 'flood' }), 'wrong class');
});

test('the target alone joins nothing that blames somebody else', () => {
  assert.equal(verdict({ subject: '192.0.2.5', target: '198.51.100.1' }), 'none');
  assert.equal(verdict({ target: '198.51.100.1' }), 'right');
  assert.equal(verdict({ subject: '1003@pbx.invalid', target: '198.51.100.9' }), 'right');
  assert.equal(verdict({ subject: '1004@pbx.invalid', target: '198.51.100.9' }), 'none');
  assert.equal(verdict({ also: ['victim-call'] }), 'right');
  assert.equal(verdict({ callId: 'own-call' }), 'right');
  assert.equal(verdict({}), 'none');
});

test('whoever blames a forged address, or what was attacked, blames a victim; but a reflector is rightly told', () => {
  assert.equal(verdict({ subject: '192.0.2.77', target: '198.51.100.1' }), 'points');
  assert.equal(verdict({ subject: '192.0.2.77', target: '198.51.100.9' }), 'blames');
  assert.equal(verdict({ subject: '198.51.100.1' }), 'blames');
  assert.equal(verdict({ subject: '198.51.100.1', class: 'reflection' }), 'blames');
  const [reflected] = accuse([{ ...campaign, classes: ['reflection'] }], []);
  assert.ok(reflected !== undefined);
  const finding = { time: 102 * S, first: 101 * S, last: 105 * S, level: 'high', text: '', subject: '198.51.100.1' } as const;
  assert.equal(match({ ...finding, class: 'reflection' }, reflected), 'right');
});

test('times must meet, with grace after the end and none before the beginning', () => {
  assert.equal(verdict({ subject: '192.0.2.66', time: 99 * S, first: 98 * S }), 'none');
  assert.equal(verdict({ subject: '192.0.2.66', first: 90 * S, last: 99 * S }), 'none');
  const late = 110 * S + GRACE;
  assert.equal(verdict({ subject: '192.0.2.66', time: late + S, first: late, last: late + S }), 'right');
  assert.equal(verdict({ subject: '192.0.2.66', time: late + S, first: late + 1, last: late + S }), 'none');
});

test('addresses are compared without ports and brackets', () => {
  assert.equal(host('[2001:db8::1]:5060'), '2001:db8::1');
  assert.equal(host('2001:db8::1'), '2001:db8::1');
  assert.equal(host('192.0.2.1:5060'), '192.0.2.1');
  assert.equal(host('a:1'), 'a:1');
  assert.equal(host('1003@192.0.2.1'), '1003@192.0.2.1');
});

test('accounts are the same by user and, where both have one, domain', () => {
  assert.ok(isSameAccount('sip:1003@pbx.invalid', '1003@PBX.invalid'));
  assert.ok(isSameAccount('1003@192.0.2.1', '1003@pbx.invalid'));
  assert.ok(isSameAccount('1003', '1003@pbx.invalid'));
  assert.ok(!isSameAccount('1003@a.invalid', '1003@b.invalid'));
  assert.ok(!isSameAccount('@a.invalid', '@a.invalid'));
});
