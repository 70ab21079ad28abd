import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAsteriskLine } from './asterisk.ts';
import { asteriskFiles } from './asterisk-config.ts';
import type { SiteStyle } from './style.ts';

const STYLE: SiteStyle = {
  product: 'X',
  secret: 's',
  qop: true,
  maxExpires: 3600,
  unknownGets404: true,
  wrongGets403: false,
  relaysMedia: true,
};

test('passwords cannot break the configuration; strangers are let in as the style says', () => {
  const plan = {
    address: '192.0.2.1',
    port: 5060,
    domain: 'x',
    trunk: { address: '192.0.2.2', port: 5062 },
    passwords: new Map([['7', 'a;b\\c']]),
  };
  const text = (style: SiteStyle): string => asteriskFiles({ ...plan, style }, { run: '/r', modules: '/m' }).get('pjsip.conf') ?? '';
  assert.match(text(STYLE), /password=a\\;b\\\\c\n/);
  assert.match(text(STYLE), /^\[anonymous\]/m);
  assert.doesNotMatch(text({ ...STYLE, unknownGets404: false }), /^\[anonymous\]/m);
});

test('a call that is over becomes what a proxy would have told while it went on', () => {
  const line = (answer: string, outcome: string): string =>
    `[20.000001] NOTICE[1][C-1] Ext. s: @CALL id%40x 192.0.2.3:5066 %3Csip%3Ab%40x%3E %3Csip%3Aa%40x%3E 10.5 ${answer} ${outcome} @`;
  const parties = { source: '192.0.2.3:5066', from: 'sip:a@x', to: 'sip:b@x' };
  assert.deepEqual(readAsteriskLine(line('12.25', 'ANSWER')), [
    { time: 10_500_000, callId: 'id@x', about: { kind: 'invite', ...parties } },
    { time: 12_250_000, callId: 'id@x', about: { kind: 'answer', ...parties, status: 200 } },
    { time: 20_000_001, callId: 'id@x', about: { kind: 'bye', address: '192.0.2.3' } },
  ]);
  const status = (outcome: string): unknown => readAsteriskLine(line('0.000000', outcome))[1]?.about;
  assert.deepEqual(status('BUSY'), { kind: 'end', ...parties, status: 486 });
  assert.deepEqual(status('SOMETHING'), { kind: 'end', ...parties, status: 480 });
});

test('refused requests are told apart; other lines are nothing', () => {
  const failed = (reason: string): string =>
    `[5.5] NOTICE[9] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '"A" <sip:7@x>' failed for '192.0.2.3:5066' (callid: c 1) - ${reason}`;
  const [wrong] = readAsteriskLine(failed('Failed to authenticate'));
  assert.deepEqual(wrong, {
    time: 5_500_000,
    callId: 'c 1',
    about: { kind: 'wrong', source: '192.0.2.3:5066', method: 'REGISTER', account: 'sip:7@x' },
  });
  assert.equal(readAsteriskLine(failed('No matching endpoint found'))[0]?.about.kind, 'unknown');
  assert.deepEqual(readAsteriskLine('[5.5] WARNING[9] acl.c: Unable to lookup'), []);
});
