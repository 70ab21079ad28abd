/**
 * SIP by every transport, and RTP, over every link and through every tunnel, against tshark: which messages there are, from
 * whom to whom, and what they say. The frames are made byte by byte; nothing of ours reads them before tshark does.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { addressText } from '../src/bytes.ts';
import { openCapture } from '../src/capture/reader.ts';
import { createRtp, parseRtp } from '../src/decode/rtp/rtp.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import { RTP, SIP, sniff } from '../src/decode/sniff.ts';
import type { Span } from '../src/types.ts';
import { writeEnhanced, writeInterface, writeSection } from '../src/wire/pcapng.ts';
import { tool } from './peers.ts';
import { chunk, ipv4, join, sctp, sipMessage, tcp, udp, webSocket } from './traces/make-links.ts';
import { WAYS } from './traces/ways.ts';

const run = promisify(execFile);

const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Protocol: sip\r\n\r\n';
const GRANT =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: sip\r\n\r\n';

/** IPv4 packets that carry SIP messages with a Call-ID, or RTP, between two hosts of network `net`, by transport. */
const TRANSPORTS: Readonly<Record<string, (callId: string, net: number) => Buffer[]>> = {
  udp: (callId, net) => [to(net, 17, udp(5060, 5060, Buffer.from(sipMessage(callId, 'text'))))],
  tcp(callId, net) {
    const text = Buffer.from(sipMessage(callId, 'one') + sipMessage(`${callId}-2`, 'two'));
    const piece = (start: number, end: number): Buffer => to(net, 6, tcp(49_152, 5060, 101 + start, text.subarray(start, end)));
    return [to(net, 6, tcp(49_152, 5060, 100, Buffer.alloc(0), 2)), piece(0, 150), piece(150, text.length)];
  },
  sctp(callId, net) {
    const data = chunk(Buffer.from(sipMessage(callId, 'text')));
    // Another transmission sequence number each time: tshark tells associations apart by their ports alone.
    data.writeUInt32BE(1 + net, 4);
    return [to(net, 132, sctp(5060, 5060, data))];
  },
  ws(callId, net) {
    const message = webSocket(sipMessage(callId, 'text'), { mask: '01020304' });
    const segment = (sequence: number, bytes: Uint8Array, flags = 0): Buffer => to(net, 6, tcp(49_153, 80, sequence, bytes, flags));
    const grant = back(net, 6, tcp(80, 49_153, 7, Buffer.from(GRANT)));
    return [segment(100, Buffer.alloc(0), 2), segment(101, Buffer.from(UPGRADE)), grant, segment(101 + UPGRADE.length, message)];
  },
  // RTP between even ports: version 2, PCMU, sequence number 7, SSRC 0x0badcafe, silence.
  rtp: (_callId, net) => [to(net, 17, udp(16_384, 16_386, join(Buffer.from('80000007000000a00badcafe', 'hex'), Buffer.alloc(160, 0xff))))],
  // What nobody can read without the keys: neither tshark nor we find SIP in it.
  tls: (_callId, net) => [to(net, 6, tcp(49_154, 5061, 101, join(Buffer.from('1703030040', 'hex'), Buffer.alloc(64, 0xa5))))],
};

const to = (net: number, protocol: number, payload: Uint8Array): Buffer =>
  ipv4(payload, { protocol, src: `10.0.${net}.1`, dst: `10.0.${net}.2` });
const back = (net: number, protocol: number, payload: Uint8Array): Buffer =>
  ipv4(payload, { protocol, src: `10.0.${net}.2`, dst: `10.0.${net}.1` });

/** One message in a frame: addresses, method and Call-ID, or `RTP` and the SSRC. */
type Line = string;

/** The capture of all ways, and the name of the way and transport of each frame. */
function capture(): { bytes: Buffer; names: string[] } {
  const names: string[] = [];
  const frames: Buffer[] = [];
  for (const [net, way] of WAYS.entries()) {
    for (const [transport, make] of Object.entries(TRANSPORTS)) {
      for (const packet of make(`${net}-${transport}`, net)) {
        for (const frame of way.wrap(packet, 1 + frames.length)) {
          frames.push(join(writeEnhanced(net, BigInt(1e15 + 1000 * frames.length), frame, false)));
          names.push(`${way.name}, ${transport}`);
        }
      }
    }
  }
  const interfaces = WAYS.map(({ link }) => writeInterface({ linkType: link, resolution: 6 }, false));
  return { bytes: join(writeSection(false), ...interfaces, ...frames), names };
}

async function byTshark(path: string): Promise<{ lines: Map<number, Line[]>; layers: Map<number, string> }> {
  const fields = ['frame.number', 'frame.protocols', 'ip.src', 'ip.dst', 'sip.Method', 'sip.Call-ID', 'rtp.ssrc'].flatMap((field) => [
    '-e',
    field,
  ]);
  const { stdout } = await run('tshark', [
    '-n',
    '--enable-heuristic',
    'rtp_udp',
    '-r',
    path,
    '-T',
    'fields',
    '-E',
    'occurrence=a',
    '-E',
    'aggregator=|',
    ...fields,
  ]);
  const lines = new Map<number, Line[]>();
  const layers = new Map<number, string>();
  for (const row of stdout.split('\n').filter((each) => each !== '')) {
    const [frame, protocols, src, dst, methods, calls, ssrc] = row.split('\t');
    // The innermost IP and what carries it.
    layers.set(Number(frame), protocols!.replace(/:ip:(?!(.*:)?ip:).*$/, ''));
    const ends = `${src!.split('|').at(-1)} ${dst!.split('|').at(-1)}`;
    if (ssrc !== '') lines.set(Number(frame), [`${ends} RTP ${Number(ssrc)}`]);
    if (calls === '') continue;
    const method = methods!.split('|');
    lines.set(
      Number(frame),
      calls!.split('|').map((call, i) => `${ends} ${method[i]} ${call}`),
    );
  }
  return { lines, layers };
}

async function byUs(path: string): Promise<Map<number, Line[]>> {
  const lines = new Map<number, Line[]>();
  const message = createMessage();
  const rtp = createRtp();
  const reader = await openCapture(path);
  while (await reader.fill()) {
    while (reader.next()) {
      const { bytes, start, end, truncated, src, dst, frameNumber } = reader.packet;
      const kind = sniff(bytes, start, end);
      if (kind !== SIP && kind !== RTP) continue;
      const text = (span: Span): string => Buffer.from(bytes.subarray(span.start, span.end)).toString('latin1');
      if (kind === SIP) assert.ok(parseSip(message, bytes, start, end, truncated));
      else assert.ok(parseRtp(bytes, start, end, rtp));
      const what = kind === SIP ? `${text(message.methodSpan)} ${text(message.callId)}` : `RTP ${rtp.ssrc}`;
      const line = `${addressText(src)} ${addressText(dst)} ${what}`;
      lines.set(frameNumber, [...(lines.get(frameNumber) ?? []), line]);
    }
  }
  await reader.close();
  assert.deepEqual(reader.faults, []);
  return lines;
}

test('every transport over every link and through every tunnel', tool('tshark', 'apt-get install tshark'), async (t) => {
  const folder = mkdtempSync(joinPath(tmpdir(), 'ringfence-'));
  const path = joinPath(folder, 'ways.pcapng');
  const { bytes, names } = capture();
  writeFileSync(path, bytes);
  const [theirs, ours] = await Promise.all([byTshark(path), byUs(path)]);
  rmSync(folder, { recursive: true });
  assert.equal(theirs.layers.size, names.length);
  for (const [i, name] of names.entries()) {
    assert.deepEqual(ours.get(i + 1), theirs.lines.get(i + 1), `${name}, frame ${i + 1}`);
    const way = WAYS.find((each) => name.startsWith(`${each.name}, `))!;
    if (way.name !== 'fragments') assert.match(theirs.layers.get(i + 1)!, way.layers, `${name}, frame ${i + 1}`);
  }
  const messages = [...ours.values()].flat().length;
  // One by UDP, SCTP and WebSocket, two by TCP, none by TLS; one RTP packet.
  assert.equal(messages, WAYS.length * 6);
  t.diagnostic(`${WAYS.length} ways, ${messages} messages in ${names.length} frames`);
});
