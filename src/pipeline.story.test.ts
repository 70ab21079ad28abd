/** From packets to the story of one attacker under two addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challenge, credentials, packetOf, request, response } from '../test/talk.ts';
import { loadConfig } from './config.ts';
import { Incidents } from './correlate/incidents.ts';
import { loadRules } from './correlate/load.ts';
import { Pipeline } from './pipeline.ts';
import type { Incident, Packet } from './types.ts';

const SERVER = '198.51.100.1:5060';
const GUESSER = '192.0.2.66:5060';
const USER = '203.0.113.5:5060';
const T0 = 1.7e15;
const HOUR = 3600;

/** A sign-in that is challenged, answered and refused or accepted. */
function signIn(n: number, seconds: number, who: string, status: number): Packet[] {
  const w = { callId: `c${n}`, cseq: 1, branch: `z9hG4bK-a${n}` };
  const again = { ...w, cseq: 2, branch: `z9hG4bK-b${n}` };
  const headers = status === 401 ? [challenge(`m${n}`)] : [`Contact: <sip:alice@${who}>;expires=3600`];
  const texts: [string, string, string][] = [
    [request('REGISTER', w), who, SERVER],
    [response(401, 'REGISTER', { ...w, headers: [challenge(`n${n}`)] }), SERVER, who],
    [request('REGISTER', { ...again, headers: [credentials(`n${n}`), `Contact: <sip:alice@${who}>`] }), who, SERVER],
    [response(status, 'REGISTER', { ...again, headers }), SERVER, who],
  ];
  return texts.map(([text, src, dst], i) => packetOf(text, T0 + seconds * 1e6 + i * 1000, src, dst, 4 * n + i + 1));
}

function incidentsOf(packets: readonly Packet[]): Incident[] {
  const loaded = loadConfig();
  assert.ok('config' in loaded);
  const { config } = loaded;
  const { rules } = loadRules(config.rules, { profile: config.profile });
  const pipeline = new Pipeline({ config, rules, boot: 1, sinks: { events: false, calls: false } });
  const incidents = new Incidents();
  for (const packet of packets) pipeline.handle(packet);
  pipeline.command({ kind: 'finish' });
  const { alerts, ties } = pipeline.drain();
  for (const alert of alerts) incidents.add(alert);
  for (const tie of ties) incidents.tie(tie);
  return incidents.list();
}

const guesses = Array.from({ length: 15 }, (_, n) => signIn(n, n, GUESSER, n === 14 ? 200 : 401)).flat();

test('who uses a password that another address found hours before is told in one story with it, as one who shares its knowledge', () => {
  const [story, ...others] = incidentsOf([...guesses, ...signIn(99, 6 * HOUR, USER, 200)]);
  assert.deepEqual(others, []);
  assert.deepEqual([story?.subject.value, story?.outcome], ['192.0.2.66', 'succeeded']);
  assert.deepEqual(story?.others, [
    { address: '203.0.113.5', reason: 'knows the password of alice@example.com', weight: 0.8, kind: 'shares knowledge' },
  ]);
  assert.deepEqual(
    story?.stages.map(({ stage, filings }) => [stage, filings[0]]),
    [
      ['credential', 'ATT&CK T1110.001'],
      ['abuse', 'ATT&CK T1078'],
    ],
  );
  assert.equal(Math.round((story!.last - story!.first) / 1e6 / HOUR), 6);
});

test('another who only guesses the same account is another', () => {
  const rival = Array.from({ length: 15 }, (_, n) => signIn(200 + n, HOUR + n, USER, 401)).flat();
  const failed = Array.from({ length: 15 }, (_, n) => signIn(n, n, GUESSER, 401)).flat();
  assert.deepEqual(
    incidentsOf([...failed, ...rival]).map(({ subject, others }) => [subject.value, others.length]),
    [
      ['192.0.2.66', 0],
      ['203.0.113.5', 0],
    ],
  );
});
