import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { after, describe, test } from 'node:test';
import { tool } from '../../test/peers.ts';
import { esp, exported, hex, ipv4, ipv6, join, nflog, pcapOf, radiotap, sipMessage, tcp, udp, wifi } from '../../test/traces/make-links.ts';
import { readBytes } from '../../test/traces/read-all.ts';
import { addOurs, byTshark, difference, type Listing } from '../../test/traces/tshark.ts';

const folder = mkdtempSync(path(tmpdir(), 'ringfence-'));
after(() => rmSync(folder, { recursive: true }));
const TEXT = Buffer.from(sipMessage('link'));
const IP4 = ipv4(udp(5060, 5070, TEXT));
const tshark = tool('tshark', 'apt-get install tshark');

async function payloads(linkType: number, ...frames: readonly Uint8Array[]): Promise<(string | undefined)[]> {
  const { packets, counts } = await readBytes(pcapOf(frames, { linkType }));
  assert.equal(counts.frames, frames.length);
  return [...packets.map((p) => p.payload), ...counts.dropped.keys()];
}

describe('802.11', () => {
  test('data frames of every direction, with and without QoS, a header of the radio before them', async () => {
    for (const frame of [wifi(0x0800, IP4), wifi(0x0800, IP4, 8, 3), wifi(0x0800, IP4, 0x88, 2), wifi(0x0800, IP4, 0x88, 3)]) {
      assert.deepEqual(await payloads(105, frame), [TEXT.toString()]);
      assert.deepEqual(await payloads(127, radiotap(frame, true)), [TEXT.toString()]);
    }
    const ordered = Buffer.from(wifi(0x0800, IP4, 0x88, 0x81));
    assert.deepEqual(await payloads(105, join(ordered.subarray(0, 26), new Uint8Array(4), ordered.subarray(26))), [TEXT.toString()]);
  });

  test('management, empty, protected and aggregated frames, other LLC', async () => {
    const aggregated = Buffer.from(wifi(0x0800, IP4, 0x88));
    aggregated[24] = 0x80;
    const bridge = Buffer.from(wifi(0x0800, IP4));
    bridge[24] = 0x42;
    for (const frame of [wifi(0x0800, IP4, 0x80), wifi(0x0800, IP4, 0x48), wifi(0x0800, IP4, 8, 0x41), aggregated, bridge])
      assert.deepEqual(await payloads(105, frame), ['not-ip']);
  });

  test('cut anywhere in its headers', async () => {
    for (const n of [0, 10, 23, 31]) assert.deepEqual(await payloads(105, wifi(0x0800, IP4).subarray(0, n)), ['short']);
    for (const n of [3, 8]) assert.deepEqual(await payloads(127, radiotap(wifi(0x0800, IP4), true).subarray(0, n)), ['short']);
  });
});

describe('NFLOG', () => {
  test('in both byte orders, as tshark sees it', tshark, async () => {
    for (const bigEndian of [false, true]) {
      const file = path(folder, `nflog-${bigEndian}.pcap`);
      writeFileSync(file, pcapOf([nflog(IP4, bigEndian), nflog(ipv6(17, udp(1, 2, TEXT)), bigEndian)], { linkType: 239, bigEndian }));
      const ours: Listing = { frames: 0, datagrams: new Map() };
      await addOurs(file, ours);
      assert.equal(difference(await byTshark(file), ours), undefined);
      assert.equal(ours.datagrams.size, 2);
    }
  });

  test('without a packet, or with a field that makes no sense', async () => {
    assert.deepEqual(await payloads(239, hex('02000001 08000a00 00000000')), ['short']);
    assert.deepEqual(await payloads(239, hex('02000001 00000a00 00000000')), ['not-ip']);
  });
});

describe('PDUs exported by Wireshark', () => {
  test('endpoints, transport and payload come from the tags', async () => {
    const { packets } = await readBytes(pcapOf([exported(TEXT), exported(TEXT, true), exported(TEXT)], { linkType: 252 }));
    assert.deepEqual(
      packets.map((p) => [p.src, p.dst, p.transport, p.payload]),
      ['192.0.2.1', '2001:db8::1', '192.0.2.1'].map((src) => [
        `${src} 50000`,
        `${src === '192.0.2.1' ? '198.51.100.2' : '2001:db8::2'} 5061`,
        'tcp',
        TEXT.toString(),
      ]),
    );
  });

  test('what tshark exported is read as tshark read it', tshark, async () => {
    const plain = path(folder, 'plain.pcap');
    const made = path(folder, 'exported.pcapng');
    writeFileSync(plain, pcapOf([IP4, ipv6(17, udp(5062, 5060, TEXT))], { linkType: 101 }));
    execFileSync('tshark', ['-r', plain, '-U', 'OSI layer 7', '-w', made], { stdio: 'ignore' });
    const { packets, counts } = await readBytes(execFileSync('cat', [made]));
    assert.deepEqual([...counts.links.keys()], ['exported-pdu']);
    assert.deepEqual(
      packets.map((p) => [p.src, p.dst, p.transport, p.payload]),
      [
        ['192.0.2.1 5060', '198.51.100.2 5070', 'udp', TEXT.toString()],
        ['2001:db8::1 5062', '2001:db8::2 5060', 'udp', TEXT.toString()],
      ],
    );
  });

  test('SCTP; tags of other lengths are passed over; cut ones are short', async () => {
    const odd = join(hex('0014 0003 010203 0018 0004 00000001 0019 0002 1234 001a 0001 05 0000 0000'), TEXT);
    const { packets } = await readBytes(pcapOf([odd], { linkType: 252 }));
    assert.deepEqual(
      packets.map((p) => [p.src, p.dst, p.transport]),
      [[':: 0', ':: 0', 'sctp']],
    );
    for (const n of [0, 3, 10, 40]) assert.deepEqual(await payloads(252, exported(TEXT).subarray(0, n)), ['short']);
  });
});

describe('ESP without encryption', () => {
  const outer = (payload: Uint8Array): Buffer => ipv4(payload, { protocol: 50, src: '203.0.113.1' });

  test('UDP, TCP and packets in it, with integrity checks of every usual length', async () => {
    for (const check of [0, 12, 16]) {
      const segment = tcp(40_000, 5060, 1, TEXT);
      const { packets } = await readBytes(
        pcapOf(
          [
            outer(esp(17, udp(5060, 7, TEXT), check)),
            outer(esp(6, segment, check)),
            outer(esp(4, IP4, check)),
            outer(esp(41, ipv6(17, udp(1, 2, TEXT)), check)),
          ],
          { linkType: 101 },
        ),
      );
      assert.deepEqual(
        packets.map((p) => [p.src, p.transport, p.tunnel, p.payload]),
        [
          ['203.0.113.1 5060', 'udp', 'esp'],
          ['203.0.113.1 40000', 'tcp', 'esp'],
          ['192.0.2.1 5060', 'udp', 'esp/4in4'],
          ['2001:db8::1 1', 'udp', 'esp/6in4'],
        ].map((row) => [...row, TEXT.toString()]),
      );
    }
  });

  test('encrypted, cut or of another protocol: not read', async () => {
    const noise = Buffer.from(Array.from({ length: 120 }, (_, i) => (i * 151 + 7) & 255));
    for (const payload of [noise, Buffer.alloc(9), esp(17, udp(5060, 7, TEXT, 9)), esp(99, TEXT), esp(6, Buffer.alloc(20))])
      assert.deepEqual(await payloads(101, outer(payload)), ['other-protocol']);
    let nested: Uint8Array = IP4;
    for (let i = 0; i < 9; i++) nested = outer(esp(4, nested));
    assert.deepEqual(await payloads(101, nested), ['tunnel-depth']);
  });
});
