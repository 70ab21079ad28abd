import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { hep3, hepBasics, hepChunk, hex, ipv4, join, pcapOf, udp } from '../../test/traces/make-links.ts';
import { droppedIn, type Reading, readBytes } from '../../test/traces/read-all.ts';
import { text } from '../bytes.ts';
import { openCapture } from './reader.ts';

const HELLO = Buffer.from('OPTIONS sip:a SIP/2.0\r\n\r\n');

function sent(...payloads: readonly Uint8Array[]): Buffer {
  return pcapOf(
    payloads.map((payload) => ipv4(udp(9060, 9060, payload))),
    { linkType: 101 },
  );
}

async function read(...payloads: readonly Uint8Array[]): Promise<Reading> {
  const reading = await readBytes(sent(...payloads));
  assert.equal(reading.counts.frames, reading.counts.taken + droppedIn(reading.counts));
  return reading;
}

describe('HEP', () => {
  test('inner addresses, transport, time and payload', async () => {
    const { packets } = await read(hep3(...hepBasics(), hepChunk(15, HELLO)), HELLO);
    const [inner, plain] = packets;
    assert.deepEqual(
      [inner?.src, inner?.dst, inner?.transport, inner?.time, inner?.payload, inner?.source],
      ['10.0.0.1 5060', '10.0.0.2 5070', 'udp', 1_313_440_459_120_000, HELLO.toString(), 'hep:228'],
    );
    assert.deepEqual([plain?.src, plain?.source, plain?.time], ['192.0.2.1 9060', 'file', 1e15 + 1000]);
  });

  test('transports by their protocol number; agents without an id or a time', async () => {
    const seen: (string | undefined)[] = [];
    for (const protocol of ['06', '16', '84', '11']) {
      const chunks = [hepChunk(2, protocol), ...hepBasics().slice(2, 6), hepChunk(15, HELLO)];
      const [packet] = (await read(hep3(...chunks))).packets;
      assert.equal(packet?.source, 'hep');
      assert.equal(packet?.time, 1e15);
      seen.push(packet?.transport);
    }
    assert.deepEqual(seen, ['tcp', 'tls', 'sctp', 'udp']);
  });

  test('IPv6 of version 1; then IPv4 again', async () => {
    const six = join(hex('01 28 0a 11 13c4 13ce'), hex('20010db8000000000000000000000001 20010db8000000000000000000000002'), HELLO);
    const { packets } = await read(six, HELLO);
    assert.deepEqual(
      packets.map((p) => p.src),
      ['2001:db8::1 5060', '192.0.2.1 9060'],
    );
  });

  test('compressed payloads, and such as are not or grow too large', async () => {
    const of = (data: Uint8Array): Buffer => hep3(...hepBasics(), hepChunk(16, data));
    const { packets, counts } = await read(of(deflateSync(HELLO)), of(HELLO), of(deflateSync(new Uint8Array(100_000))));
    assert.deepEqual(
      packets.map((p) => p.payload),
      [HELLO.toString()],
    );
    assert.deepEqual([...counts.dropped], [['hep-malformed', 2]]);
  });

  test('media is a packet, reports and logs are not; bad HEP is counted', async () => {
    const of = (type: string, data: Uint8Array): Buffer => hep3(hepChunk(11, type), ...hepBasics(), hepChunk(15, data));
    const json = Buffer.from('{"sender_information":{}}');
    const media = [of('04', hex('80000001')), of('05', hex('80c80001'))];
    const { packets, counts } = await read(...media, of('05', json), of('64', json), Buffer.from('HEP3\0\xff'));
    assert.equal(packets.length, 2);
    assert.deepEqual(
      [...counts.dropped],
      [
        ['hep-malformed', 1],
        ['hep-other', 2],
      ],
    );
  });

  test('what the agent says of itself, and when its datagram was seen', async () => {
    const folder = mkdtempSync(path(tmpdir(), 'ringfence-'));
    const file = path(folder, 'hep.pcap');
    writeFileSync(
      file,
      sent(hep3(...hepBasics(), hepChunk(17, Buffer.from('call-1')), hepChunk(19, Buffer.from('edge')), hepChunk(15, HELLO)), HELLO),
    );
    const reader = await openCapture(file);
    await reader.fill();
    assert.ok(reader.next());
    const { hep } = reader.packet;
    assert.deepEqual([hep?.version, hep?.captureId, hep?.arrival], [3, 228, 1e15]);
    assert.equal(text(hep!.bytes, hep!.node.start, hep!.node.end), 'edge');
    assert.equal(text(hep!.bytes, hep!.correlation.start, hep!.correlation.end), 'call-1');
    assert.ok(reader.next());
    assert.equal(reader.packet.hep, undefined);
    await reader.close();
    rmSync(folder, { recursive: true });
  });

  test('places are kept up to a bound', async () => {
    const id = (n: number): Buffer => hepChunk(12, n.toString(16).padStart(8, '0'));
    const payloads = Array.from({ length: 4100 }, (_, n) => hep3(id(n), ...hepBasics(), hepChunk(15, HELLO)));
    const { packets } = await read(...payloads, payloads[7]!);
    assert.equal(packets[4095]!.source, 'hep:4095');
    assert.equal(packets[4096]!.source, 'file');
    assert.equal(packets[4100]!.source, 'hep:7');
  });
});
