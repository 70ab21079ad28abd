/** The whole engine: a PBX that pings its phones is no scan, a scan is one, and each step of a scan is told as what it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetOf, request, response } from '../test/talk.ts';
import { parseConfig } from './config.ts';
import { loadRules } from './correlate/load.ts';
import { Pipeline } from './pipeline.ts';

const PBX = '192.0.2.1:5060';

/** An engine with the rules that come along, and what it tells: the last version of each Alert. */
function engine(): { pipeline: Pipeline; alerts: () => string[] } {
  const loaded = parseConfig('', 'c.yaml');
  assert.ok('config' in loaded);
  const { rules } = loadRules(loaded.config.rules, { profile: 'default' });
  const pipeline = new Pipeline({ config: loaded.config, rules, boot: 1, sinks: { events: true, calls: true } });
  const alerts = (): string[] => {
    pipeline.command({ kind: 'finish' });
    const last = new Map(pipeline.drain().alerts.map((alert) => [alert.id, alert]));
    return [...last.values()].map(({ rule, count, first, last: end }) => `${rule} ${count} in ${(end - first) / 1000} ms`);
  };
  return { pipeline, alerts };
}

/** An OPTIONS to each of thirteen addresses within 13 ms; those below `answering` answer a second later; then silence for `wait` s. */
function pings(answering: number, wait: number, user = 'phone'): string[] {
  const { pipeline, alerts } = engine();
  const t0 = 1_767_225_600e6;
  const all = Array.from({ length: 13 }, (_, n) => ({
    to: `198.51.100.${n + 1}:5060`,
    w: { callId: `c${n}`, branch: `z9hG4bKb${n}`, user },
  }));
  for (const [n, { to, w }] of all.entries()) pipeline.handle(packetOf(request('OPTIONS', w), t0 + n * 1000, PBX, to, n + 1));
  for (const [n, { to, w }] of all.slice(0, answering).entries())
    pipeline.handle(packetOf(response(200, 'OPTIONS', w), t0 + 1e6 + n * 1000, to, PBX, n + 20));
  if (wait > 0) pipeline.handle({ kind: 'tick', time: t0 + wait * 1e6, last: false });
  return alerts();
}

test('a PBX whose phones answer within a second is not told for having asked them all at once', () => {
  assert.deepEqual(pings(7, 60), []);
  assert.deepEqual(pings(13, 0), []);
});

test('who mostly meets silence scans, with the true number and span, whether the capture goes on or ends', () => {
  for (const wait of [0, 60]) assert.deepEqual(pings(2, wait), ['server-scan 13 in 12 ms']);
});

test('one user asked for at many servers is no extension scan, and does not begin one', () => {
  const { pipeline, alerts } = engine();
  let now = 1_767_225_600e6;
  const ask = (server: string, user: string, n: string): void => {
    const w = { callId: n, branch: `z9hG4bK${n}`, user };
    pipeline.handle(packetOf(request('OPTIONS', w), (now += 5000), PBX, server));
    pipeline.handle(packetOf(response(200, 'OPTIONS', w), (now += 5000), server, PBX));
  };
  for (let n = 0; n < 9; n++) ask(`198.51.100.${n}:5060`, '100', `scan${n}`);
  now += 60e6;
  for (let n = 0; n < 12; n++) ask('198.51.100.3:5060', `${200 + n}`, `user${n}`);
  assert.deepEqual(alerts(), ['extension-scan 12 in 110 ms']);
});

test('the same user asked for thousands of times is no extension scan', () => {
  const { pipeline, alerts } = engine();
  for (let n = 0; n < 3000; n++) {
    const w = { callId: `c${n}`, branch: `z9hG4bKb${n}`, user: '1000' };
    pipeline.handle(packetOf(request('INVITE', w), 1e15 + n * 1000, PBX, '198.51.100.1:5060'));
    pipeline.handle(packetOf(response(404, 'INVITE', w), 1e15 + n * 1000 + 500, '198.51.100.1:5060', PBX));
  }
  assert.deepEqual(
    alerts().filter((alert) => alert.startsWith('extension-scan')),
    [],
  );
});
