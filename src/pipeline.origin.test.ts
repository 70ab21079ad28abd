/** The whole engine with an attacker behind a proxy: he is named, the proxy is not, and nothing counts twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetOf, request, response } from '../test/talk.ts';
import { parseConfig } from './config.ts';
import { loadRules } from './correlate/load.ts';
import { Pipeline } from './pipeline.ts';
import type { Alert } from './types.ts';

const ATTACKER = '203.0.113.66:5071';
const PROXY = '198.51.100.5:5060';
const REGISTRAR = '198.51.100.9:5060';

/** The last version of each Alert after a scan for thirty users through a proxy. Which hops the sensor sees is said. */
function scanned(config: string, seesOutside: boolean, forge = ''): Alert[] {
  const loaded = parseConfig(config, 'c.yaml');
  assert.ok('config' in loaded);
  const { rules } = loadRules(loaded.config.rules, { profile: 'default' });
  const pipeline = new Pipeline({ config: loaded.config, rules, boot: 1, sinks: { events: true, calls: true } });
  let now = 1_767_225_600e6;
  let frame = 0;
  const send = (text: string, src: string, dst: string) => {
    now += 5_000;
    pipeline.handle(packetOf(text, now, src, dst, ++frame));
  };
  for (let n = 0; n < 30; n++) {
    const w = { user: `${100 + n}`, callId: `c${n}`, fromTag: `f${n}` };
    const below = `Via: SIP/2.0/UDP ${ATTACKER};branch=z9hG4bKa${n}${forge}`;
    const outside = (text: string) => text.replace(/^Via: .*$/m, below);
    const inside = (text: string) => text.replace(/^Via: .*$/m, `Via: SIP/2.0/UDP ${PROXY};branch=z9hG4bKp${n}\r\n${below}`);
    if (seesOutside) send(outside(request('REGISTER', w)), ATTACKER, PROXY);
    send(inside(request('REGISTER', w)), PROXY, REGISTRAR);
    send(inside(response(404, 'REGISTER', w)), REGISTRAR, PROXY);
    if (seesOutside) send(outside(response(404, 'REGISTER', w)), PROXY, ATTACKER);
  }
  pipeline.command({ kind: 'finish' });
  const { alerts } = pipeline.drain();
  return [...new Map(alerts.map((alert) => [alert.id, alert])).values()];
}

function told(alerts: readonly Alert[]): string[] {
  return alerts.map(({ rule, subject, target, count, attributed }) => `${rule} ${subject.value} ${target.value} ${count} ${attributed}`);
}

test('behind a proxy the config trusts, the attacker is named, and the alert says how', () => {
  const alerts = scanned('network: { proxies: [198.51.100.5] }', false);
  assert.deepEqual(told(alerts), ['extension-scan 203.0.113.66 198.51.100.9 30 via']);
  assert.match(alerts[0]?.why ?? '', /It came through 198\.51\.100\.5, a trusted proxy, whose Via names 203\.0\.113\.66\.$/);
});

test('a proxy nobody vouches for is named itself, and the alert says that it forwards', () => {
  const alerts = scanned('', false);
  assert.deepEqual(told(alerts), ['extension-scan 198.51.100.5 198.51.100.9 30 relayed']);
  assert.match(alerts[0]?.why ?? '', /list it in the config under network\.proxies\.$/);
});

test('where both hops are seen, the attacker is named once and nothing is said of the proxy', () => {
  // That he hears the answers, nothing shows.
  assert.deepEqual(told(scanned('', true)), ['extension-scan 203.0.113.66 198.51.100.5 30 claimed']);
  assert.deepEqual(told(scanned('network: { proxies: [198.51.100.0/24] }', true)), ['extension-scan 203.0.113.66 198.51.100.5 30 claimed']);
});

test('a forged received names nobody', () => {
  const alerts = scanned('network: { proxies: [198.51.100.5] }', false, ';received=192.0.2.1;received=192.0.2.2');
  assert.deepEqual(told(alerts), ['extension-scan 198.51.100.5 198.51.100.9 30 claimed']);
});
