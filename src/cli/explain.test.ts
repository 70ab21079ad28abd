import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { ROOT } from '../../test/peers.ts';
import { type ExplainOptions, runExplain } from './explain.ts';

const SAMPLE = join(ROOT, 'samples', 'attack-day.pcap');
const folder = mkdtempSync(join(tmpdir(), 'ringfence-explain-'));
after(() => rmSync(folder, { recursive: true }));

async function explain(options: ExplainOptions, file = SAMPLE): Promise<string> {
  // Wide, so that no line is wrapped.
  const out = Object.assign(new PassThrough(), { columns: 2000 });
  let text = '';
  out.on('data', (data) => {
    text += data;
  });
  assert.equal(await runExplain(file, options, out), 0);
  await new Promise((resolve) => setImmediate(resolve));
  return text;
}

/** A capture of SIP messages, one Ethernet frame each, all between two addresses; odd ones go the other way. */
function capture(name: string, messages: readonly string[], frames: readonly Buffer[] = []): string {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  const all = [...messages.map((message, i) => frame(Buffer.from(message), i % 2 === 1)), ...frames];
  const records = all.flatMap((bytes, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_790_000_000 + i, 0);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return [record, bytes];
  });
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([head, ...records]));
  return path;
}

function frame(payload: Buffer, back: boolean): Buffer {
  const head = Buffer.alloc(42);
  head.writeUInt16BE(0x0800, 12);
  head[14] = 0x45;
  head.writeUInt16BE(28 + payload.length, 16);
  head[22] = 64;
  head[23] = 17;
  const [client, server] = [Buffer.from([192, 0, 2, 1]), Buffer.from([192, 0, 2, 10])];
  head.set(back ? server : client, 26);
  head.set(back ? client : server, 30);
  head.writeUInt16BE(5060, 34);
  head.writeUInt16BE(5060, 36);
  head.writeUInt16BE(8 + payload.length, 38);
  return Buffer.concat([head, payload]);
}

function register(extra: readonly string[], from = '<sip:100@pbx.example>;tag=1'): string {
  const lines = [
    'REGISTER sip:pbx.example SIP/2.0',
    'v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport',
    `f: ${from}`,
    'To: <sip:100@pbx.example>',
    'i: call-1',
    'CSeq: 1 REGISTER',
    'Max-Forwards: 70',
    ...extra,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

test('the last packet of the sample, stage by stage', async () => {
  const text = await explain({ packet: '1034' });
  const stages = ['capture', 'decode', 'track', 'detect', 'correlate'].map((stage) => text.indexOf(`\n${stage}\n`));
  assert.ok(stages.every((at, i) => at > (stages[i - 1] ?? 0)));
  assert.match(text, /frame +1034, at byte \d+ of/);
  assert.match(text, /start line +200 OK/);
  assert.match(
    text,
    /transaction +belongs to REGISTER, begun 6 ms before in frame 1031; 1 request, 1 answer, final answer 200, with credentials/,
  );
  assert.match(text, /sign-in +accepted/);
  assert.match(text, /refusals +235 of this source/);
  assert.match(text, /auth\.accepted.+guess "••••"/s);
  assert.match(text, /alert update +Password guessing \(critical/);
});

test('a refused guess: how far the rule is, and the password nowhere', async () => {
  const text = (await explain({ packet: '567' })) + (await explain({ packet: '568' }));
  assert.match(text, /password-guessing +auth\.failed: \d+ of 10/);
  assert.match(text, /tag=•••• \(a guessed password\)/);
  assert.match(text, /response=••••/);
  assert.match(text, /response 32 characters, not shown/);
  const tags = [
    ...readFileSync(SAMPLE)
      .toString('latin1')
      .matchAll(/tag=(31303033[0-9a-f]+)/g),
  ].map(([, tag]) => tag!);
  assert.ok(tags.length > 100);
  for (const tag of new Set(tags)) assert.ok(!text.replaceAll(/\s+/g, '').includes(tag));
});

test('all messages of a call', async () => {
  const bye = (n: number): string =>
    `OPTIONS sip:192.0.2.10 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${n}\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: two\r\nCSeq: ${n} OPTIONS\r\n\r\n`;
  const path = capture('call.pcap', [bye(1), register([]), bye(2)]);
  const text = await explain({ callId: 'two' }, path);
  assert.deepEqual(
    [...text.matchAll(/^Frame (\d+)/gm)].map(([, n]) => n),
    ['1', '3'],
  );
  assert.match(text, /\n-{80}\n/);
});

test('the dialog of a message, and what is wrong with it', async () => {
  const say = (method: string, to: string, n: number): string =>
    `${method} sip:b@192.0.2.10 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${n}\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>${to}\r\nCall-ID: d\r\nCSeq: ${n} ${method}\r\n\r\n`;
  const path = capture('dialog.pcap', [say('INFO', ';tag=2', 7), say('BYE', '', 8)]);
  assert.match(await explain({ packet: '1' }, path), /dialog +confirmed, begun before the capture; this is the caller’s request/);
  assert.match(await explain({ packet: '2' }, path), /violation +bye-outside-dialog\n/);
});

test('header by header: compact names, passwords, bodies and repeated headers', async () => {
  const body = 'the body of a message';
  const extra = [
    'Contact: *',
    'Authorization: Basic c2VjcmV0OnNlY3JldA==',
    'X-Odd: yes',
    'c: text/plain',
    `l: ${body.length}`,
    'Contact: <sip:100:hunter2@192.0.2.1>',
  ];
  const path = capture('headers.pcap', [
    `${register(extra, '"A" <sip:100:hunter2@pbx.example;x=1>;tag=9')}${body}`,
    register(['Contact: <sip:100@192.0.2.1:5060>;expires=60']).replace('70', '999'),
  ]);
  const text = await explain({ packet: '1' }, path);
  assert.match(text, /v \(Via\)/);
  assert.match(text, /read as: UDP, host 192\.0\.2\.1, port 5060, branch z9hG4bK1, rport without a value/);
  assert.match(text, /read as: name A, scheme sip, user 100, password present, not shown, host pbx\.example, x 1, tag 9/);
  assert.match(text, /Contact +\*\n/);
  assert.match(text, /Basic ••••\n +read as: Basic, not shown/);
  assert.match(text, /read as: an unknown header, kept as bytes/);
  assert.match(text, /body +21 bytes of text\/plain, not shown/);
  assert.ok(!/hunter2|c2VjcmV0|the body/.test(text));
  const second = await explain({ packet: '2' }, path);
  assert.match(second, /port 5060, expires 60/);
  assert.match(second, /read as: not a number in range/);
  assert.match(second, /odd +max-forwards-bad \(broken\), bytes \d+ to \d+:.*RFC 3261/s);
});

test('what is no SIP, what is no UDP, and what is not there', async () => {
  const rtp = Buffer.alloc(172);
  rtp[0] = 0x80;
  const arp = Buffer.alloc(60);
  arp.writeUInt16BE(0x0806, 12);
  const path = capture('other.pcap', ['what is this supposed to be'], [frame(rtp, false), arp]);
  assert.match(await explain({ packet: '1' }, path), /kind +nothing that is read here/);
  assert.match(await explain({ packet: '2' }, path), /kind +RTP\n +stream +SSRC 0x00000000\n[\s\S]*\ntrack\n {2}nothing/);
  await assert.rejects(explain({ packet: '3' }, path), { code: 'usage', message: /frame 3 holds nothing that is read here/ });
  await assert.rejects(explain({ packet: '4' }, path), { code: 'usage', message: /no frame 4: there are 3 frames/ });
  await assert.rejects(explain({ packet: '1' }, join(folder, 'gone.pcap')), { code: 'capture-not-found' });
});

test('hostile text in every header does nothing', async () => {
  for (const [n, s] of HOSTILE.entries()) {
    const evil = s.slice(0, 1000);
    const path = capture(`hostile${n}.pcap`, [
      register([`User-Agent: ${evil}`, `Contact: "${evil}" <sip:${evil}@h>`, `${evil}: x`], `"${evil}" <sip:${evil}@${evil}>;tag=${evil}`),
    ]);
    for (const line of (await explain({ packet: '1' }, path)).split('\n')) assert.ok(!hasHarm(line), JSON.stringify(line));
  }
});
