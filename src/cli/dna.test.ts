import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { shared } from '../../test/peers.ts';
import { captureOf, type Datagram } from '../../test/recording.ts';
import { request, response, type Wording } from '../../test/talk.ts';
import type { DnaReport } from '../publish/dnapage.ts';
import { type DnaOptions, runDna } from './dna.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-dna-'));
after(() => rmSync(folder, { recursive: true }));

const SERVER = '198.51.100.1:5060';

interface Result {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function dna(files: readonly string[], options: DnaOptions = {}): Promise<Result> {
  const streams = [0, 1].map(() => Object.assign(new PassThrough(), { columns: 1000 }));
  const texts = ['', ''];
  for (const [i, stream] of streams.entries()) stream.on('data', (data) => void (texts[i] += data));
  const status = await runDna(files, options, streams[0]!, streams[1]!);
  await new Promise((resolve) => setImmediate(resolve));
  return { status, out: texts[0]!, err: texts[1]! };
}

async function report(files: readonly string[]): Promise<DnaReport> {
  const parsed: DnaReport = JSON.parse((await dna(files, { json: true })).out);
  return parsed;
}

let n = 0;

function capture(datagrams: readonly Omit<Datagram, 'dst'>[]): string {
  const path = join(folder, `${++n}.pcap.gz`);
  writeFileSync(path, captureOf(datagrams.map((each) => ({ dst: SERVER, ...each }))));
  return path;
}

function said(second: number, src: string, method: string, w: Wording = {}): Omit<Datagram, 'dst'> {
  return {
    time: 1.7e15 + second * 1e6,
    src: `${src}:5060`,
    payload: request(method, { branch: `z9hG4bK-a${second}b`, callId: `c${second}`, ...w }),
  };
}

test('a client is told once, whatever it claims to be, with its addresses, accounts and kinds of requests', async () => {
  const path = capture([
    said(1, '192.0.2.1', 'REGISTER', { headers: ['User-Agent: Phone 1.0'] }),
    said(2, '192.0.2.1', 'REGISTER', { headers: ['User-Agent: Phone 1.0'], cseq: 2 }),
    said(3, '192.0.2.2', 'OPTIONS', { headers: ['User-Agent: Other'], user: 'bob' }),
    said(4, '192.0.2.3', 'OPTIONS', { fromTag: 'ab-cd', headers: ['Subject: a'] }),
  ]);
  const { clients, relayed } = await report([path]);
  assert.equal(relayed, 0);
  assert.deepEqual(
    clients.map(({ requests, addresses, userAgents, accounts }) => ({ requests, addresses, userAgents, accounts })),
    [
      {
        requests: 3,
        addresses: ['192.0.2.1', '192.0.2.2'],
        userAgents: ['Phone 1.0', 'Other'],
        accounts: ['alice@example.com', 'bob@example.com'],
      },
      { requests: 1, addresses: ['192.0.2.3'], userAgents: [], accounts: ['alice@example.com'] },
    ],
  );
  assert.deepEqual(
    clients[0]?.builds.map(({ build, requests }) => `${build.split('_')[0]} ${build.split('_')[2]} ${requests}`),
    ['REGISTER 1 1', 'REGISTER 2 1', 'OPTIONS 1 1'],
  );
  const { out } = await dna([path]);
  assert.match(out, /^d1-[0-9a-f]{8} {2}unknown program, 3 requests$/m);
  assert.match(out, /^ {2}claims to be {2}Phone 1\.0, Other$/m);
  assert.match(out, /^ {2}claims to be {2}nothing$/m);
  assert.match(out, /--packet 1$/m);
});

test('the rhythm of repetitions, of the first of each request', async () => {
  const twice = (second: number): Omit<Datagram, 'dst'> => ({ ...said(1, '192.0.2.1', 'OPTIONS'), time: 1.7e15 + second * 1e6 });
  const path = capture([twice(1), twice(1.5), twice(2.5)]);
  const [client] = (await report([path])).clients;
  assert.deepEqual([client?.requests, client?.repeated, client?.gap], [1, 1, 500_000]);
  assert.match((await dna([path])).out, /repeats {2,}1 request, first after 500 ms \(T1 of RFC 3261\)$/m);
  const fast = capture([twice(1), twice(1.1)]);
  assert.match((await dna([fast])).out, /first after 100 ms$/m);
});

test('requests that a proxy forwards are counted and not told; answers and requests in dialogs are neither', async () => {
  const path = capture([
    said(1, '192.0.2.1', 'OPTIONS', { headers: ['Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx'] }),
    said(2, '192.0.2.1', 'BYE', { toTag: 't' }),
    { ...said(3, '192.0.2.1', 'OPTIONS'), payload: response(200, 'OPTIONS') },
  ]);
  assert.deepEqual(await report([path]), { clients: [], relayed: 1, leftOut: 0 });
  assert.match((await dna([path])).out, /^No request came straight from a client\.\n\n1 request came through a proxy/);
});

/** Every order of the lines. */
function orders(lines: readonly string[]): string[][] {
  if (lines.length === 0) return [[]];
  return lines.flatMap((line) => orders(lines.filter((other) => other !== line)).map((rest) => [line, ...rest]));
}

test('of very many clients the first thousand are told, and the requests of the others counted', async () => {
  const lines = ['From: <sip:a@example.com>;tag=1', 'To: <sip:b@example.com>', 'CSeq: 1 OPTIONS', 'Max-Forwards: 70', 'Content-Length: 0'];
  const datagrams = orders([...lines, 'Call-ID: c']).flatMap((order, i) =>
    ['branch=z9hG4bK', 'rport;branch=z9hG4bK'].map((params, k) => {
      const via = `Via: SIP/2.0/UDP 192.0.2.1;${params}${i}x`;
      const payload = ['OPTIONS sip:b@example.com SIP/2.0', via, ...order.map((line) => line.replace(': c', `: c${i}x${k}`)), '', ''].join(
        '\r\n',
      );
      return { ...said(i, '192.0.2.1', 'OPTIONS'), payload };
    }),
  );
  assert.equal(datagrams.length, 1440);
  const { clients, leftOut } = await report([capture(datagrams)]);
  assert.equal(clients.length, 1000);
  assert.equal(leftOut + clients.reduce((sum, { requests }) => sum + requests, 0), 1440);
  assert.ok(leftOut > 0);
});

test('no text of a capture harms who reads it', async () => {
  const path = capture(
    HOSTILE.filter((text) => text.length < 2000).map((text, i) =>
      said(i, '192.0.2.1', 'OPTIONS', { user: text, headers: [`User-Agent: ${text}`, 'Subject: a'] }),
    ),
  );
  for (const { out } of [await dna([path]), await dna([path], { json: true })]) {
    for (const line of out.split('\n')) assert.ok(!hasHarm(line), JSON.stringify(line));
  }
});

test('a file that cannot be read is a fault, and the others are read', async () => {
  const { status, out, err } = await dna([capture([said(1, '192.0.2.1', 'OPTIONS')]), join(folder, 'none.pcap')]);
  assert.equal(status, 2);
  assert.match(out, /1 request$/m);
  assert.match(err, /^ringfence: .*none\.pcap/);
});

const renamed = shared('captures/initconf__sip-attacks/tests/Traces/BadUserAgent-sipvicious.pcap');

test('svmap of eleven addresses, one of which calls it something else', renamed, async () => {
  const { clients } = await report([renamed.path]);
  assert.deepEqual(
    clients.map(({ client, requests, addresses, userAgents }) => [client, requests, addresses.length, userAgents.length]),
    [['svmap (SIPVicious)', 26, 11, 2]],
  );
});
