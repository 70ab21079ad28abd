import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { alert, at, call, findings, incident } from '../../../test/alerts.ts';
import { HOSTILE, hasHarm } from '../../../test/hostile.ts';
import { recordsOf, type Said } from '../../../test/records.ts';
import { request, response } from '../../../test/talk.ts';
import type { Alert, MediaStream } from '../../types.ts';
import { Conversations } from '../conversations.ts';
import type { Findings } from '../findings.ts';
import { unseen } from '../unseen.ts';
import { trafficRows } from './charts.ts';
import { ladder } from './ladder.ts';
import { html } from './markup.ts';
import { page } from './page.ts';
import { STYLE } from './pagestyle.ts';
import { Quality, qualityRows } from './quality.ts';
import { BINS, KINDS, Tally } from './tally.ts';

const CLIENT = '192.0.2.1:5060';
const SERVER = '192.0.2.10:5060';

function heard(said: readonly Said[], alerts: readonly Alert[] = []): Conversations {
  const conversations = new Conversations();
  conversations.take({ events: [], alerts, calls: [], records: recordsOf(said) });
  return conversations;
}

async function pageOf(of: Findings, conversations = new Conversations(), tally = new Tally()): Promise<string> {
  let text = '';
  for await (const piece of page({ findings: of, conversations, tally })) text += piece;
  return text;
}

const sdp = 'Content-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 6000 RTP/AVP 8 96\r\na=rtpmap:96 opus/48000\r\n';
const CALL: readonly Said[] = [
  { payload: request('INVITE', { callId: 'a' }).replace('Content-Length: 0\r\n\r\n', sdp), time: at(1), src: CLIENT, dst: SERVER },
  { payload: response(180, 'INVITE', { callId: 'a' }), time: at(2), src: SERVER, dst: CLIENT },
  { payload: response(503, 'INVITE', { callId: 'a' }), time: at(3), src: SERVER, dst: CLIENT },
  { payload: response(503, 'INVITE', { callId: 'a' }), time: at(4), src: SERVER, dst: CLIENT },
];
const STREAM: MediaStream = {
  src: '192.0.2.1',
  srcPort: 6000,
  dst: '192.0.2.10',
  dstPort: 7000,
  ssrc: 1,
  media: 'audio',
  codec: 'PCMA',
  encryption: 'sdes',
  first: at(2.5),
  last: at(2.9),
  packets: 90,
  bytes: 14_400,
  lost: 10,
  duplicates: 0,
  late: 0,
  jitter: 1000,
  jitterMax: 2000,
  promised: 'sdp',
  digits: 0,
};

test('a template escapes what is put into it and keeps markup', () => {
  assert.equal(
    html`<b title="${'"<&\'`'}">${1}${html`<i>${'\x1b'}</i>`}${[html`x`, html`y`]}</b>`.markup,
    '<b title="&quot;&lt;&amp;&#39;&#96;">1<i>\\x1b</i>xy</b>',
  );
});

test('verdict first, then what to do; attackers with stages, alerts with frames and messages', async () => {
  const guessing = alert({
    outcome: 'succeeded',
    level: 'critical',
    evidence: [{ file: 'test.pcap', frame: 2, time: at(2), event: 'auth.failed' }],
  });
  const conversations = heard(CALL, [guessing]);
  const text = await pageOf(findings({ alerts: [guessing], incidents: [incident([guessing])] }), conversations);
  const order = [
    '<h1>An attacker got in',
    ...['What to do next', 'Attacks over time', 'Traffic', 'Attacker', 'Alerts', 'What was not seen'].map((name) => `<h2>${name}`),
  ];
  const places = order.map((each) => text.indexOf(each));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
  assert.ok(
    places.every((place) => place >= 0),
    String(places),
  );
  assert.match(text, /Frames 2 of test\.pcap/);
  assert.match(text, /class="entry"/);
  assert.match(text, /<svg class="ladder"/);
  assert.match(text, /audio PCMA, opus to port 6000/);
});

test('the policy holds the hash of the style, and nothing else is allowed', async () => {
  const text = await pageOf(findings());
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1];
  assert.equal(style, STYLE);
  assert.ok(
    text.includes(`content="default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri`),
  );
});

test('hostile text does nothing, wherever it stands', async () => {
  for (const s of HOSTILE) {
    const evil = alert({
      title: s,
      why: s,
      rule: s,
      subject: { kind: 'address', value: s },
      target: { kind: 'account', value: s },
      evidence: [{ file: s, frame: 3, time: at(0), event: s }],
    });
    const counts = { ...findings().counts, oddity: { [s]: 1 }, capture: { [s]: 1 } };
    const of = findings({
      files: [{ name: s, bytes: 1, frames: 1, packets: 1, first: at(0), last: at(1) }],
      alerts: [evil, { ...evil, id: 'i', level: 'info' }],
      incidents: [incident([evil], { accounts: [s], targets: [s] })],
      calls: [call({ callId: s, from: s, to: s, src: s, dst: s, streams: [{ ...STREAM, codec: s, src: s }] })],
      faults: [{ code: 'capture-corrupt', where: s, message: s }],
      skipped: { [s]: 1 },
      counts,
    });
    const text = await pageOf(of);
    for (const line of text.split('\n')) assert.ok(!hasHarm(line), JSON.stringify(line.slice(0, 200)));
    assert.doesNotMatch(text, /<script|"\},\{"id/);
    assert.ok(text.length < 60_000, `${text.length} characters`);
  }
});

test('long lists are cut, and what was left out is said', async () => {
  const alerts = Array.from({ length: 120 }, (_, i) => alert({ id: `a${i}`, subject: { kind: 'address', value: `192.0.2.${i}` } }));
  const calls = Array.from({ length: 150 }, (_, i) => call({ callId: `c${i}`, start: at(i), streams: [{ ...STREAM, lost: i }] }));
  const text = await pageOf(
    findings({
      alerts,
      incidents: alerts.map((each) => incident([each])),
      calls,
      faults: Array.from({ length: 20 }, () => ({ code: 'interrupted', where: '', message: 'x' })),
    }),
  );
  assert.match(text, /The 50 worst of 120; all of them: --json/);
  assert.match(text, /The first 100 of 150/);
  assert.match(text, /110 more attackers/);
  assert.match(text, /8 more faults/);
  assert.match(text, /The 10 worst of 150 streams/);
});

test('a quiet capture has no section it has nothing for', async () => {
  const text = await pageOf(findings());
  for (const section of ['What to do next', 'Attacks over time', '<h2>Alerts', '<h2>Calls', 'Media quality'])
    assert.ok(!text.includes(section), section);
});

test('a ladder shows messages in order of time, repetitions dashed, refusals in their colour, media between their parties', () => {
  const { first } = heard(CALL);
  const text = ladder(first, 'flow', [STREAM]).markup;
  const labels = [...text.matchAll(/<text class="what"[^>]*>([^<]*)/g)].map(([, label]) => label!.trim());
  assert.deepEqual(labels, ['INVITE (odd)', '180 Reason', 'RTP PCMA, 90 packets, 400 ms', '503 Reason', '503 Reason (again)']);
  assert.match(text, /<g class="answer bad again">/);
  assert.equal([...text.matchAll(/class="party"/g)].length, 2);
  assert.match(text, /\+1\.0 s/);
  assert.equal(ladder([], 'none').markup, '');
});

test('a ladder of many parties goes by address, and says what it leaves out', () => {
  const said = Array.from(
    { length: 40 },
    (_, i): Said => ({
      payload: request('OPTIONS', { callId: 'scan', branch: `z9hG4bK${i}` }),
      time: at(i),
      src: `192.0.2.1:${5000 + i}`,
      dst: `192.0.2.${10 + (i % 8)}:5060`,
    }),
  );
  const guess = alert({ evidence: [{ file: 'test.pcap', frame: 1, time: at(0), event: 'x' }] });
  const conversations = heard(said, [guess]);
  const text = ladder(conversations.of(guess), 'scan').markup;
  assert.equal([...text.matchAll(/class="party"/g)].length, 5);
  assert.match(text, />192\.0\.2\.1<\/text>/);
  assert.match(text, /more messages left out/);
});

test('conversations of evidence are kept, others forgotten when there are too many', () => {
  const conversations = new Conversations();
  const said = (from: number, n: number): Said[] =>
    Array.from({ length: n }, (_, i) => ({ payload: request('OPTIONS', { callId: `c${from + i}` }) }));
  const kept = alert({ evidence: [{ file: 'test.pcap', frame: 1, time: 0, event: 'x' }] });
  const late = alert({ id: 'late', evidence: [{ file: 'test.pcap', frame: 2, time: 0, event: 'x' }] });
  const take = (records: Said[], alerts: Alert[]): void =>
    conversations.take({ events: [], alerts, calls: [], records: recordsOf(records) });
  take(said(0, 2), [kept]);
  for (let i = 1; i <= 5; i++)
    take(
      said(i * 1000, 1000).map((each) => ({ ...each, packet: { where: { source: '', file: 'other', link: '' } } })),
      [],
    );
  take([], [late]);
  assert.equal(conversations.of(kept).length, 1);
  assert.deepEqual(conversations.of(late), []);
  // One message with the same Call-ID over and over does not grow either.
  for (let i = 0; i < 3; i++)
    take(
      Array.from({ length: 50 }, () => ({ payload: request('OPTIONS', { callId: 'c0' }) })),
      [],
    );
  const [conversation] = conversations.of(kept);
  assert.ok(conversation!.steps.length <= 60 && conversation!.more > 50);
});

test('intervals widen as time goes on, and every message stays counted', () => {
  const tally = new Tally();
  assert.match(trafficRows(tally, { first: 0, last: 0 }).markup, /no SIP message/);
  const times = [at(0), at(0.5), at(3), at(100), at(5000), at(-3)];
  const methods = ['REGISTER', 'INVITE', 'OPTIONS', 'NOTIFY', 'BYE', 'REGISTER'];
  tally.take(recordsOf(times.map((time, i) => ({ payload: request(methods[i]!, { callId: `c${i}` }), time }))));
  tally.take(recordsOf([100, 200, 302, 407, 486, 503].map((status) => ({ payload: response(status, 'INVITE'), time: at(6000) }))));
  const sums = KINDS.map((_, kind) => tally.of(kind).reduce((sum, n) => sum + n, 0));
  assert.deepEqual(sums, [2, 1, 1, 2, 1, 1, 1, 1]);
  assert.ok(tally.last < BINS && tally.width * BINS >= 6000e6);
  const text = trafficRows(tally, { first: at(0), last: at(6000) }).markup;
  assert.equal([...text.matchAll(/<path class="(traffic|quiet|warn)" d="M0 24[VH0-9.]+Z"/g)].length, 8);
});

test('quality: the worst streams first, amber from where people hear it', () => {
  const quality = new Quality();
  assert.equal(qualityRows(quality).markup, '');
  for (let i = 0; i < 600; i++) quality.take([{ ...STREAM, lost: 0, jitterMax: i * 100 }]);
  quality.take([
    { ...STREAM, lost: 0, packets: 0 },
    { ...STREAM, lost: 100 },
  ]);
  const text = qualityRows(quality).markup;
  assert.match(text, /52\.6 % lost/);
  assert.ok(text.indexOf('52.6 %') < text.indexOf('0.0 %'));
  assert.match(text, /The 10 worst of 602 streams/);
  assert.match(text, /class="warn"/);
});

test('what was not seen is said in sentences, with numbers', () => {
  const counts = {
    ...findings().counts,
    protocol: { rtp: 3 },
    dropped: { tcp: 1200, short: 2 },
    capture: { lost: 4, 'overlap-differs': 2 },
  };
  const told = unseen(findings({ counts, rules: ['a', 'b'], skipped: { 'not a capture': 1 } })).join('\n');
  assert.match(told, /1,200 frames of TCP or SCTP without readable SIP/);
  assert.match(told, /4 frames that were lost/);
  assert.match(told, /overlap-differs: 2 times/);
  assert.match(told, /No SIP at all/);
  assert.match(told, /none of the 2 rules/);
  assert.match(told, /Left out, not a capture: 1/);
});
