import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { alert, at, findings } from '../../test/alerts.ts';
import { request } from '../../test/messages.ts';
import { ROOT, tool } from '../../test/peers.ts';
import { packetOf } from '../../test/talk.ts';
import { ipv4, pcapOf, segment, udp } from '../../test/traces/make-links.ts';
import type { Fault } from '../errors.ts';
import { Conversations } from '../publish/conversations.ts';
import { writeEnhanced, writeInterface, writeSecrets, writeSection } from '../wire/pcapng.ts';
import { type AnalyzeOptions, runAnalyze } from './analyze.ts';
import { EvidenceSink } from './evidence.ts';
import { maskPayload } from './evidencemask.ts';

const SAMPLE = join(ROOT, 'samples', 'attack-day.pcap');
const folder = mkdtempSync(join(tmpdir(), 'ringfence-cli-outputs-'));
after(() => rmSync(folder, { recursive: true }));
const named = (name: string): string => join(folder, name);

const tshark = tool('tshark', 'apt-get install tshark');

/** Fields of every frame, as tshark reads them. */
function fields(path: string, ...names: string[]): string[][] {
  const args = ['-n', '-r', path, '-Tfields', ...names.flatMap((each) => ['-e', each])];
  const text = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

async function analyze(options: AnalyzeOptions, files: readonly string[] = [SAMPLE]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const [out, err] = [new PassThrough(), new PassThrough()];
  out.on('data', (data) => {
    text.out += data;
  });
  err.on('data', (data) => {
    text.err += data;
  });
  const code = await runAnalyze(files, options, { out, err });
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...text };
}

test('EVE to a file and to standard output is the same, whatever the batches; the report gives way to the latter', async () => {
  const file = await analyze({ eve: named('eve.json') });
  assert.match(file.out, /^An attacker got in/);
  const whole = readFileSync(named('eve.json'), 'utf8');
  assert.equal((await analyze({ eve: '-' })).out, whole);
  await analyze({ eve: named('small.json'), chunkBytes: 5000 });
  const messages = (text: string): string[] => text.split('\n').filter((line) => line.includes('"event_type":"sip"'));
  assert.deepEqual(messages(readFileSync(named('small.json'), 'utf8')), messages(whole));
  assert.equal(messages(whole).length, 1024);
});

test('calls and page to standard output are those of the file; two things at once are refused', async () => {
  for (const option of ['calls', 'html'] as const) {
    await analyze({ [option]: named('printed') });
    const { out } = await analyze({ [option]: '-' });
    assert.equal(out, readFileSync(named('printed'), 'utf8'));
    assert.match(out, option === 'calls' ? /^callId,group/ : /^<!doctype html>/i);
    await assert.rejects(analyze({ [option]: '-', json: true }), { code: 'usage', message: /not --json and --(calls|html) -$/ });
  }
  await assert.rejects(analyze({ eve: '-', calls: '-' }), { code: 'usage', message: /--eve - and --calls -$/ });
});

test('an output that cannot be opened is told before anything is read', async () => {
  for (const option of ['eve', 'html', 'writeEvidence'] as const) {
    await assert.rejects(analyze({ [option]: named('none/x') }), { code: 'output-failed' });
  }
  assert.ok(!readdirSync(folder).some((name) => name.endsWith('.part')));
});

test('an output that fails takes no other with it: a fault, and the exit code says so', {
  skip: process.platform === 'linux' ? false : 'needs /dev/full',
}, async () => {
  const { code, out } = await analyze({ eve: '/dev/full', html: named('page.html') });
  assert.equal(code, 3);
  assert.match(out, /output-failed +EVE \/dev\/full: cannot write/);
  assert.match(readFileSync(named('page.html'), 'utf8'), /An attacker got in.*<\/html>\s*$/s);
});

test('evidence: the frames of the alert, masked, media cut to its header', tshark, async () => {
  await analyze({ writeEvidence: named('evidence') });
  const files = readdirSync(named('evidence'));
  assert.ok(files.length >= 3, files.join(', '));
  const name = files.find((each) => each.includes('password-guessing'))!;
  const rows = fields(
    join(named('evidence'), name),
    'sip.CSeq.method',
    'sip.auth.digest.response',
    'frame.comment',
    'frame.time_epoch',
    '_ws.malformed',
  );
  assert.ok(rows.length > 20);
  for (const [method, response, comment, time, malformed] of rows) {
    assert.deepEqual([method, malformed ?? ''], ['REGISTER', '']);
    assert.match(response ?? '', /^("x{32}")?$/);
    assert.match(comment ?? '', /^Ringfence: (evidence|proof of success|same conversation)/);
    assert.match(time ?? '', /^179516\d+\.\d{6}/);
  }
});

test('evidence is not taken from another file that has the name by now, and what is not found again is told', async () => {
  const faults: Fault[] = [];
  const sink = new EvidenceSink(named('again'), false, new Conversations(), faults);
  const written = async (file: string, ...frames: readonly number[]): Promise<[number, string]> => {
    faults.length = 0;
    rmSync(named('again'), { recursive: true });
    mkdirSync(named('again'));
    const evidence = frames.map((frame) => ({ file, frame, time: at(1), event: 'auth.failed' }));
    await sink.finish(findings({ alerts: [alert({ evidence })] }));
    return [readdirSync(named('again')).length, faults.map(({ message }) => message.replace(/^.*: (?=\d)/, '')).join()];
  };
  assert.deepEqual(await written(SAMPLE, 17, 18), [1, '']);
  const lost = (n: number): string => `${n} frames that show alerts were not found again; was it renamed or written anew?`;
  // Nine minutes after what was seen.
  assert.deepEqual(await written(SAMPLE, 17, 1000), [1, lost(1)]);
  assert.deepEqual(await written(SAMPLE, 1000), [0, lost(1)]);
  assert.deepEqual(await written(named('gone.pcap'), 1, 2), [0, lost(2)]);
});

test('evidence cannot come from standard input: said, and the rest goes on', () => {
  const args = [join(ROOT, 'bin', 'ringfence.js'), 'analyze', '--write-evidence', named('stdin'), '-'];
  const { status, stdout } = spawnSync(process.execPath, args, { input: readFileSync(SAMPLE), encoding: 'utf8' });
  assert.equal(status, 3);
  assert.match(stdout, /standard\s+input,\s+which\s+is\s+read\s+only\s+once/);
  assert.match(stdout, /^An attacker got in/);
  assert.deepEqual(readdirSync(named('stdin')), []);
});

test('evidence of a message in two segments is the message, which tshark reads', tshark, async () => {
  const message = request({ From: `"admin'#" <sip:alice@example.org>;tag=1`, Contact: '<sip:a:geheim@192.0.2.1>' });
  const half = Math.floor(message.length / 2);
  const parts = [message.slice(0, half), message.slice(half)];
  const frames = [segment(1, '', 2), segment(2, parts[0]!, 0x18), segment(2 + half, parts[1]!, 0x18)];
  writeFileSync(named('tcp.pcap'), pcapOf(frames, { linkType: 101 }));
  await analyze({ writeEvidence: named('tcp') }, [named('tcp.pcap')]);
  const [name] = readdirSync(named('tcp'));
  assert.ok(name !== undefined, 'the injection is found');
  const [row] = fields(join(named('tcp'), name), 'sip.Method', 'sip.contact.uri', 'ip.src', 'frame.comment');
  assert.deepEqual(row?.slice(0, 2), ['OPTIONS', 'sip:a:xxxxxx@192.0.2.1']);
  assert.match(row?.at(-1) ?? '', /put together from several frames/);
});

test('evidence holds the decryption secrets of its capture', tshark, async () => {
  const data = Buffer.from('CLIENT_RANDOM 00 11\n');
  const message = request({ From: `"admin'#" <sip:alice@example.org>;tag=1` });
  const frame = ipv4(udp(5060, 5060, Buffer.from(message)));
  const blocks = [
    writeSection(),
    writeInterface({ linkType: 101 }),
    writeSecrets({ type: 0x544c534b, data }),
    writeEnhanced(0, 1_700_000_000_000_000n, frame),
  ];
  writeFileSync(named('secrets.pcapng'), Buffer.concat(blocks));
  await analyze({ writeEvidence: named('secrets') }, [named('secrets.pcapng')]);
  const [name] = readdirSync(named('secrets'));
  assert.ok(name !== undefined);
  const bytes = readFileSync(join(named('secrets'), name));
  assert.ok(bytes.includes(data));
  assert.deepEqual(fields(join(named('secrets'), name), 'sip.Method', 'frame.time_epoch')[0], ['OPTIONS', '1700000000.000000000']);
});

test('evidence of a frame of a stream holds nothing of the messages beside', tshark, async () => {
  const odd = (n: number): string =>
    request({ From: `"admin'#" <sip:alice@example.org>;tag=1`, 'Call-ID': `${n}@example.org`, CSeq: `${n} OPTIONS` });
  const next = request({ Authorization: `Digest username="a", response="${'0123456789abcdef'.repeat(2)}"` });
  const payload = `${odd(1)}${odd(2)}${next.slice(0, -20)}`;
  writeFileSync(named('beside.pcap'), pcapOf([segment(1, '', 2), segment(2, payload, 0x18)], { linkType: 101 }));
  const { out } = await analyze({ writeEvidence: named('beside') }, [named('beside.pcap')]);
  assert.match(out, /sip 2/);
  const [name] = readdirSync(named('beside'));
  assert.ok(name !== undefined);
  assert.ok(!readFileSync(join(named('beside'), name)).includes('0123456789abcdef'));
  // Both messages are there, in the frame.
  const [row] = fields(join(named('beside'), name), 'ip.src', 'sip.CSeq.seq');
  assert.deepEqual(row, ['192.0.2.1', '1,2']);
});

test('a secret on a folded line is masked too', () => {
  for (const [name, value] of [
    ['Authorization', '\r\n Basic\r\n\tdXNlcjpwYXNz\r\n d29yZA=='],
    ['Authorization', 'Digest username="a", response =\r\n "0123456789abcdef0123456789abcdef"'],
    ['Authentication-Info', 'rspauth="0123456789abcdef0123456789abcdef"'],
  ] as const) {
    const packet = packetOf(request({ [name]: value }), 1, '192.0.2.1:5060', '192.0.2.2:5060');
    const bytes = Buffer.from(packet.bytes);
    assert.equal(maskPayload(packet, bytes, 0, false), bytes.length);
    assert.doesNotMatch(bytes.toString('latin1'), /dXNl|d29y|0123456789abcdef/);
  }
});

test('what people say and press is masked unless asked for; media and unknown payloads are cut', () => {
  const said = (start: string, type: string): string => request({ 'Content-Type': type }, start, 'the secret');
  const masked = (payload: string | Uint8Array, bodies = false): [text: string, kept: number] => {
    const packet = packetOf(payload, 1, '192.0.2.1:5060', '192.0.2.2:5060');
    const bytes = Buffer.concat([Buffer.from('head'), packet.bytes]);
    const kept = maskPayload(packet, bytes, 4, bodies);
    return [bytes.toString('latin1'), kept];
  };
  const uri = 'sip:bob@example.com SIP/2.0';
  for (const [start, type] of [
    ['MESSAGE', 'text/plain'],
    ['INFO', 'application/dtmf-relay'],
    ['INFO', 'text/plain'],
    ['NOTIFY', 'audio/telephone-event'],
    ['NOTIFY', 'application/kpml-response+xml'],
    ['INFO', 'application/mediaservercontrol+xml'],
    ['REFER', 'text/plain'],
  ]) {
    const [text, kept] = masked(said(`${start} ${uri}`, type!));
    assert.ok(text.endsWith('xxxxxxxxxx') && kept === text.length - 4, start);
    assert.ok(masked(said(`${start} ${uri}`, type!), true)[0].endsWith('the secret'), start);
  }
  assert.ok(masked(said(`INFO ${uri}`, 'application/media_control+xml'))[0].endsWith('the secret'));
  const rtp = Buffer.concat([Buffer.from([0x82, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]), Buffer.alloc(168, 0xd5)]);
  assert.equal(masked(rtp)[1], 20);
  assert.equal(masked(Buffer.alloc(500, 0x41))[1], 64);
});
