import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { challenge, credentials, packetOf, request, response, type Wording } from '../test/talk.ts';
import { openCapture } from './capture/reader.ts';
import { type Config, loadConfig } from './config.ts';
import { loadRules } from './correlate/load.ts';
import { Pipeline, type Upward } from './pipeline.ts';
import type { Alert, Call, Event } from './types.ts';

const SAMPLE = fileURLToPath(new URL('../samples/attack-day.pcap', import.meta.url));

function standard(): Config {
  const loaded = loadConfig();
  assert.ok('config' in loaded);
  return loaded.config;
}

function pipelineOf(config = standard(), events = true, calls = true): Pipeline {
  const { rules, faults } = loadRules(config.rules, { profile: config.profile });
  assert.deepEqual(faults, []);
  return new Pipeline({ config, rules, boot: 1, sinks: { events, calls } });
}

interface All {
  events: Event[];
  alerts: Alert[];
  calls: Call[];
}

function take(all: All, up: Upward): void {
  all.events.push(...up.events);
  all.alerts.push(...up.alerts);
  all.calls.push(...up.calls);
}

/** All that goes up for the sample, read in chunks of that size. */
async function run(pipeline: Pipeline, chunkBytes: number): Promise<All> {
  const all: All = { events: [], alerts: [], calls: [] };
  const reader = await openCapture(SAMPLE, { chunkBytes });
  while (await reader.fill()) {
    while (reader.next()) pipeline.handle(reader.packet);
    take(all, pipeline.drain());
  }
  pipeline.handle({ kind: 'tick', time: reader.lastTime, last: true });
  pipeline.command({ kind: 'finish' });
  take(all, pipeline.drain());
  await reader.close();
  return all;
}

test('the same recording gives the same bytes out, whatever the batches', async () => {
  const whole = await run(pipelineOf(), 1 << 22);
  assert.ok(whole.events.length > 100 && whole.alerts.length > 2);
  for (const chunk of [1000, 4096, 65_536]) assert.equal(JSON.stringify(await run(pipelineOf(), chunk)), JSON.stringify(whole));
});

test('ids of Events do not depend on who asked for them', async () => {
  const withEvents = await run(pipelineOf(), 1 << 22);
  const without = await run(pipelineOf(standard(), false, false), 1 << 22);
  assert.deepEqual(without.events, []);
  assert.deepEqual(without.calls, []);
  assert.equal(JSON.stringify(without.alerts), JSON.stringify(withEvents.alerts));
  assert.equal(new Set(withEvents.events.map((e) => e.id)).size, withEvents.events.length, 'each id once');
});

test('all that crosses the border is plain data', async () => {
  const pipeline = pipelineOf();
  const all = await run(pipeline, 1 << 22);
  const crossing = { all, counts: pipeline.query('counts'), tables: pipeline.query('tables'), rules: pipeline.query('rules') };
  assert.deepEqual(JSON.parse(JSON.stringify(crossing)), crossing);
  assert.ok(crossing.counts.protocol['sip']! > 0 && crossing.rules.length > 3 && crossing.tables.length > 7);
});

test('what is not SIP is counted and goes no further', () => {
  const pipeline = pipelineOf();
  pipeline.handle(packetOf('hello', 1e15, '192.0.2.1:5060', '192.0.2.2:5060'));
  assert.equal(pipeline.observation, undefined);
  assert.deepEqual(pipeline.query('counts').protocol, { other: 1 });
});

test('methods without an RFC known here count as other', () => {
  const pipeline = pipelineOf();
  pipeline.handle(packetOf(request('DANCE'), 1e15, '192.0.2.1:5060', '192.0.2.2:5060'));
  pipeline.handle(packetOf(response(501, 'DANCE'), 1e15 + 1, '192.0.2.2:5060', '192.0.2.1:5060'));
  const { method, answer } = pipeline.query('counts');
  assert.deepEqual([method, answer], [{ other: 1 }, { 501: 1 }]);
});

test('silence, abandoned challenges, oddities and bindings become Events', () => {
  const pipeline = pipelineOf();
  const [phone, server] = ['192.0.2.1:5060', '192.0.2.2:5060'];
  let time = 1e15;
  const send = (text: string, src: string, dst: string): void => pipeline.handle(packetOf(text, (time += 1000), src, dst));
  send(request('OPTIONS', { callId: 'silent' }), phone, server);
  send(request('REGISTER', { callId: 'left', user: 'bob' }), phone, server);
  send(
    response(401, 'REGISTER', { callId: 'left', user: 'bob', headers: ['WWW-Authenticate: Digest realm="r", nonce="n"'] }),
    server,
    phone,
  );
  send(request('REGISTER', { callId: 'open' }), phone, server);
  send(response(200, 'REGISTER', { callId: 'open', headers: ['Contact: <sip:alice@192.0.2.1>;expires=60'] }), server, phone);
  send(request('OPTIONS', { callId: 'odd', headers: ['Bad Name: x'] }), phone, server);
  pipeline.handle({ kind: 'tick', time: time + 40e6, last: false });
  const types = pipeline.drain().events.map((e) => `${e.type} ${e.account}`.trim());
  assert.deepEqual(types, [
    'client.seen',
    'client.seen',
    'registration.changed alice@example.com',
    'message.odd',
    'target.contacted',
    'account.probed bob@example.com',
    'request.unanswered',
    'request.unanswered',
  ]);
});

test('a full table tells what it forgot', () => {
  const config = standard();
  const pipeline = pipelineOf({ ...config, tables: { ...config.tables, relations: 8 } });
  for (let i = 0; i < 200; i++) {
    const text = request('OPTIONS', { callId: `c${i}`, branch: `z9hG4bK-branch-${i}` });
    pipeline.handle(packetOf(text, 1e15 + i * 100_000, `192.0.2.${i}:5060`, '198.51.100.1:5060', i + 1));
  }
  const told = pipeline.drain().events.filter((e) => e.type === 'table.evicted');
  assert.ok(told.length >= 1);
  assert.deepEqual(told[0]!.data['table'], 'relations');
  assert.ok(Number(told[0]!.data['evicted']) > 50);
});

test('nothing that is kept grows with what a sender puts into a header', () => {
  const pipeline = pipelineOf();
  const callId = 'c'.repeat(50_000);
  const headers = [`Contact: <sip:${'u'.repeat(9000)}@192.0.2.1>`, 'Bad Name: x', `User-Agent: ${'a'.repeat(5000)}`];
  const w = { callId, user: 'v'.repeat(3000), headers };
  for (const method of ['INVITE', 'REGISTER', 'M'.repeat(4000)]) {
    pipeline.handle(packetOf(request(method, w), 1e15, '192.0.2.1:5060', '192.0.2.2:5060'));
    pipeline.handle(packetOf(response(method === 'REGISTER' ? 200 : 404, method, w), 1e15 + 1, '192.0.2.2:5060', '192.0.2.1:5060'));
  }
  pipeline.command({ kind: 'finish' });
  const { events, calls } = pipeline.drain();
  assert.ok(events.length > 5 && calls.length === 1);
  for (const each of [...events, ...calls]) assert.ok(JSON.stringify(each).length < 8000, `${JSON.stringify(each).length} characters`);
});

/** Passwords guessed until one fits, from that time on. */
function guessing(pipeline: Pipeline, start: number, more: (n: number) => Wording = () => ({})): Alert[] {
  const [attacker, server] = ['192.0.2.66:5060', '198.51.100.1:5060'];
  let time = start;
  const send = (text: string, src: string, dst: string): void => pipeline.handle(packetOf(text, (time += 20_000), src, dst));
  send(request('REGISTER', { branch: 'z9hG4bK-first' }), attacker, server);
  send(response(401, 'REGISTER', { branch: 'z9hG4bK-first', headers: [challenge('n0')] }), server, attacker);
  for (let n = 1; n <= 30; n++) {
    const w = { branch: `z9hG4bK-guess-${n}`, cseq: n + 1, ...more(n) };
    send(request('REGISTER', { ...w, headers: [credentials(`n${n - 1}`)] }), attacker, server);
    const answer = n < 30 ? { headers: [challenge(`n${n}`)] } : {};
    send(response(n < 30 ? 401 : 200, 'REGISTER', { ...w, ...answer }), server, attacker);
  }
  pipeline.command({ kind: 'finish' });
  return pipeline.drain().alerts.filter((a) => a.class === 'password-guessing');
}

test('a break-in is seen after a silence of days, behind a first packet of 1970 and behind one of the far future', () => {
  for (const first of [1e15 - 3 * 86_400e6, 1e6, 1e15 + 3650 * 86_400e6]) {
    const pipeline = pipelineOf();
    pipeline.handle(packetOf(request('OPTIONS', { callId: 'before' }), first, '192.0.2.1:5060', '198.51.100.1:5060'));
    assert.equal(guessing(pipeline, 1e15).at(-1)?.outcome, 'succeeded', `first packet at ${first}`);
  }
});

test('guesses that all look like one retransmitted request are told apart by their credentials', () => {
  const same = { branch: 'z9hG4bK-always-the-same', cseq: 7 };
  assert.equal(guessing(pipelineOf(), 1e15, () => same).at(-1)?.outcome, 'succeeded');
});
