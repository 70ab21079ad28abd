import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  ethernet,
  extension6,
  fragment6,
  hex,
  ipv4,
  ipv6,
  join,
  loopback,
  pcapOf,
  pppoe,
  sll,
  sll2,
  snap,
  udp,
} from '../../test/traces/make-links.ts';
import { droppedIn, type Reading, readBytes } from '../../test/traces/read-all.ts';
import { writePcapHeader, writePcapRecord } from '../wire/pcap.ts';

const HELLO = Buffer.from('OPTIONS sip:a SIP/2.0\r\n\r\n');
const DATAGRAM = udp(5060, 5070, HELLO);
const IP4 = ipv4(DATAGRAM);
const IP6 = ipv6(17, DATAGRAM);

function read(frames: readonly Uint8Array[], linkType = 1): Promise<Reading> {
  return readBytes(pcapOf(frames, { linkType }));
}

/** The frame gives HELLO, from and to the usual addresses. */
async function gives(frame: Uint8Array, linkType: number, link: string, v6 = false, vlan = -1): Promise<void> {
  const { packets, counts } = await read([frame], linkType);
  assert.equal(packets.length, 1, `${link}: no packet but ${[...counts.dropped.keys()]}`);
  const [packet] = packets;
  assert.deepEqual(
    { ...packet, offset: 24, time: 1e15 },
    {
      frame: 1,
      ordinal: 1,
      time: 1e15,
      offset: 24,
      source: 'file',
      link,
      vlan,
      transport: 'udp',
      tunnel: link === 'ethernet' && frame[12] === 0x88 && frame[13] === 0x64 ? 'pppoe' : '',
      src: v6 ? '2001:db8::1 5060' : '192.0.2.1 5060',
      dst: v6 ? '2001:db8::2 5070' : '198.51.100.2 5070',
      payload: HELLO.toString(),
      frameLength: frame.length,
      truncated: false,
      odd: 0,
    },
  );
  assert.deepEqual([...counts.links], [[link, 1]]);
}

/** The frame is dropped, for that reason alone. */
async function drops(frame: Uint8Array, reason: string, linkType = 1): Promise<void> {
  const { packets, counts } = await read([frame], linkType);
  assert.equal(packets.length, 0, reason);
  assert.deepEqual([...counts.dropped], [[reason, 1]]);
}

describe('links', () => {
  test('Ethernet, plain and with VLAN tags', async () => {
    await gives(ethernet(0x0800, IP4), 1, 'ethernet');
    await gives(ethernet(0x86dd, IP6), 1, 'ethernet', true);
    await gives(ethernet(0x0800, IP4, [42]), 1, 'ethernet', false, 42);
    await gives(ethernet(0x86dd, IP6, [0xe00 | 7]), 1, 'ethernet', true, 0xe07);
    await gives(ethernet(0x0800, IP4, [4094, 3, 2, 1]), 1, 'ethernet', false, 4094);
  });

  test('the priority bits of a tag are not its id', async () => {
    await gives(ethernet(0x0800, IP4, [0xf000 | 5]), 1, 'ethernet', false, 5);
  });

  test('802.3 with SNAP, also inside a VLAN tag', async () => {
    await gives(snap(0x0800, IP4), 1, 'ethernet');
    await gives(ethernet(8 + IP6.length, join(hex('aaaa03000000 86dd'), IP6), [9]), 1, 'ethernet', true, 9);
  });

  test('PPPoE sessions', async () => {
    await gives(pppoe(0x21, IP4), 1, 'ethernet');
    await gives(pppoe(0x57, IP6), 1, 'ethernet', true);
    await drops(pppoe(0xc021, IP4), 'not-ip');
    await drops(ethernet(0x8864, hex('1100 0001 0000')), 'short');
  });

  test('Linux cooked captures', async () => {
    await gives(sll(0x0800, IP4), 113, 'sll');
    await gives(sll(0x86dd, IP6), 113, 'sll', true);
    await gives(sll(0x8100, join(hex('0007 0800'), IP4)), 113, 'sll', false, 7);
    await gives(sll2(0x0800, IP4), 276, 'sll2');
    await gives(sll2(0x86dd, IP6), 276, 'sll2', true);
    await drops(sll(0x0806, IP4), 'arp', 113);
    await drops(sll2(0x0806, IP4), 'arp', 276);
  });

  test('loopback, both byte orders, every AF_INET6 there is', async () => {
    for (const big of [false, true]) {
      await gives(loopback(2, IP4, big), 0, 'null');
      await gives(loopback(2, IP4, big), 108, 'loop');
      for (const family of [10, 23, 24, 28, 30]) await gives(loopback(family, IP6, big), 0, 'null', true);
      await drops(loopback(7, IP4, big), 'not-ip', 0);
    }
    await drops(join(hex('01020304'), IP4), 'not-ip', 0);
  });

  test('raw IP', async () => {
    for (const type of [12, 14, 101]) {
      await gives(IP4, type, 'raw');
      await gives(IP6, type, 'raw', true);
    }
    await gives(IP4, 228, 'raw-ipv4');
    await gives(IP6, 229, 'raw-ipv6', true);
  });

  test('an unsupported link is counted, and complained about once', async () => {
    const { counts, faults, packets } = await read([IP4, IP4], 147);
    assert.equal(packets.length, 0);
    assert.deepEqual([...counts.dropped], [['unsupported-link', 2]]);
    assert.deepEqual([...counts.links], [['linktype-147', 2]]);
    assert.equal(faults.length, 1);
    assert.equal(faults[0]!.code, 'capture-unsupported-link');
    assert.equal(faults[0]!.offset, 24);
  });

  test('each link cut inside its header is short', async () => {
    const frames: [number, Uint8Array][] = [
      [1, ethernet(0x0800, IP4)],
      [113, sll(0x0800, IP4)],
      [276, sll2(0x0800, IP4)],
      [0, loopback(2, IP4, true)],
    ];
    for (const [linkType, frame] of frames) {
      for (let n = 0; n < frame.length - IP4.length; n++) await drops(frame.subarray(0, n), 'short', linkType);
    }
    await drops(ethernet(0x8100, hex('0001 08')), 'short');
    await drops(new Uint8Array(0), 'short', 101);
  });
});

describe('what is no UDP', () => {
  test('every frame has one reason', async () => {
    const of = (protocol: number): Buffer => ethernet(0x0800, ipv4(DATAGRAM, { protocol }));
    await drops(ethernet(0x0800, ipv4(join(hex('0050 0050 00000001 00000001 5010 0000 0000 0000')), { protocol: 6 })), 'tcp');
    await drops(of(6), 'malformed');
    await drops(of(1), 'icmp');
    await drops(of(132), 'sctp');
    await drops(of(2), 'other-protocol');
    await drops(ethernet(0x86dd, ipv6(6, hex('0050 0050 00000001 00000001 5010 0000 0000 0000'))), 'tcp');
    await drops(ethernet(0x86dd, ipv6(58, DATAGRAM)), 'icmp');
    await drops(ethernet(0x86dd, ipv6(59, new Uint8Array(8))), 'other-protocol');
    await drops(ethernet(0x0806, IP4), 'arp');
    await drops(ethernet(0x88cc, IP4), 'not-ip');
    await drops(ethernet(60, new Uint8Array(60)), 'not-ip');
    await drops(ethernet(0x0800, hex('00'.repeat(40))), 'malformed');
  });

  test('an ICMP error that quotes a datagram gives no packet', async () => {
    await drops(ethernet(0x0800, ipv4(join(hex('0303 0000 00000000'), IP4), { protocol: 1 })), 'icmp');
    await drops(ethernet(0x86dd, ipv6(58, join(hex('0104 0000 00000000'), IP6))), 'icmp');
  });
});

describe('IPv4', () => {
  test('options are skipped', async () => {
    for (const words of [1, 5, 10])
      await gives(ethernet(0x0800, ipv4(DATAGRAM, { options: new Uint8Array(4 * words).fill(1) })), 1, 'ethernet');
  });

  test('padding of the frame is no payload', async () => {
    await gives(join(ethernet(0x0800, IP4), new Uint8Array(18)), 1, 'ethernet');
  });

  test('total length 0: up to the end of the frame', async () => {
    await gives(ethernet(0x0800, ipv4(DATAGRAM, { total: 0 })), 1, 'ethernet');
  });

  test('a header that contradicts itself is malformed', async () => {
    await drops(ethernet(0x0800, join(hex('44'), IP4.subarray(1))), 'malformed');
    await drops(ethernet(0x0800, ipv4(DATAGRAM, { total: 19 })), 'malformed');
    await drops(ethernet(0x0800, ipv4(DATAGRAM, { total: 27 })), 'malformed');
    await drops(ethernet(0x0800, join(hex('4f'), ipv4(DATAGRAM, { total: 100 }).subarray(1, 40))), 'short');
  });
});

describe('IPv6', () => {
  test('extension headers are walked', async () => {
    const chain = join(extension6(43, 1), extension6(60), extension6(17, 2), DATAGRAM);
    await gives(ethernet(0x86dd, ipv6(0, chain)), 1, 'ethernet', true);
    // Mobility, HIP and Shim6 lead on too, though tshark stops there.
    const rare = join(extension6(139), extension6(140), extension6(17), DATAGRAM);
    await gives(ethernet(0x86dd, ipv6(135, rare)), 1, 'ethernet', true);
    // Authentication header: its length counts 32-bit words less two.
    await gives(ethernet(0x86dd, ipv6(51, join(hex('11 04 0000'), new Uint8Array(20), DATAGRAM))), 1, 'ethernet', true);
  });

  test('an atomic fragment is a datagram', async () => {
    await gives(ethernet(0x86dd, ipv6(44, fragment6(17, 7, 0, false, DATAGRAM))), 1, 'ethernet', true);
  });

  test('payload length 0 and UDP length 0: up to the end of the frame (RFC 2675)', async () => {
    await gives(ethernet(0x86dd, ipv6(17, DATAGRAM, 0)), 1, 'ethernet', true);
    await gives(ethernet(0x86dd, ipv6(17, udp(5060, 5070, HELLO, 0))), 1, 'ethernet', true);
    await drops(ethernet(0x0800, ipv4(udp(5060, 5070, HELLO, 0))), 'malformed');
  });

  test('cut in the header or in the chain is short', async () => {
    await drops(ethernet(0x86dd, IP6.subarray(0, 39)), 'short');
    await drops(ethernet(0x86dd, ipv6(0, hex('1100'))), 'short');
    await drops(ethernet(0x86dd, ipv6(0, join(hex('11ff'), new Uint8Array(100)))), 'short');
  });

  test('addresses of one family leave nothing in those of the other', async () => {
    const { packets } = await read([ethernet(0x0800, IP4), ethernet(0x86dd, IP6), ethernet(0x0800, IP4)]);
    assert.deepEqual(
      packets.map((p) => p.src),
      ['192.0.2.1 5060', '2001:db8::1 5060', '192.0.2.1 5060'],
    );
    assert.deepEqual(
      packets.map((p) => p.dst),
      ['198.51.100.2 5070', '2001:db8::2 5070', '198.51.100.2 5070'],
    );
  });
});

describe('UDP', () => {
  async function payloadOf(frame: Uint8Array): Promise<string> {
    const { packets } = await read([frame]);
    assert.equal(packets.length, 1);
    assert.equal(packets[0]!.truncated, false);
    return packets[0]!.payload;
  }

  test('the smaller of the lengths of UDP and IP counts', async () => {
    assert.equal(await payloadOf(ethernet(0x0800, ipv4(udp(1, 2, HELLO, 8 + 7)))), 'OPTIONS');
    assert.equal(await payloadOf(ethernet(0x0800, ipv4(udp(1, 2, HELLO, 1000)))), HELLO.toString());
    assert.equal(await payloadOf(ethernet(0x0800, ipv4(udp(1, 2, HELLO), { total: 28 + 7 }))), 'OPTIONS');
    assert.equal(await payloadOf(ethernet(0x0800, ipv4(udp(1, 2, HELLO), { total: 1000 }))), HELLO.toString());
    assert.equal(await payloadOf(ethernet(0x0800, ipv4(udp(1, 2, new Uint8Array(0))))), '');
  });

  test('a length below 8 is malformed', async () => {
    for (const length of [0, 1, 7]) await drops(ethernet(0x0800, ipv4(udp(1, 2, HELLO, length))), 'malformed');
  });

  test('a payload cut by the snap length is truncated, wherever the cut', async () => {
    const frame = ethernet(0x0800, IP4);
    for (let n = 0; n < frame.length; n++) {
      const file = join(writePcapHeader(), writePcapRecord(1e15, frame.subarray(0, n), {}, frame.length));
      const { packets, counts } = await readBytes(file);
      if (n < 42) assert.deepEqual([...counts.dropped], [['short', 1]], `cut at ${n}`);
      else {
        assert.equal(packets[0]!.payload, HELLO.toString().slice(0, n - 42));
        assert.equal(packets[0]!.truncated, true);
      }
    }
  });

  test('padding that the snap length cut is no truncation', async () => {
    const frame = ethernet(0x0800, IP4);
    const { packets } = await readBytes(join(writePcapHeader(), writePcapRecord(1e15, frame, {}, frame.length + 4)));
    assert.equal(packets[0]!.truncated, false);
  });
});

describe('fragments', () => {
  const whole = udp(5060, 5070, Buffer.from('abcdefgh'.repeat(6)));
  const four = (offset: number, end: number, id = 9, vlan: readonly number[] = []): Buffer =>
    ethernet(0x0800, ipv4(whole.subarray(offset, end), { id, offset, more: end < whole.length }), vlan);
  const six = (offset: number, end: number, next = 17): Buffer =>
    ethernet(0x86dd, ipv6(44, fragment6(next, 9, offset, end < whole.length, whole.subarray(offset, end))));

  for (const [family, piece] of [
    ['IPv4', four],
    ['IPv6', six],
  ] as const) {
    test(`${family}: any order; the packet has the number of the frame that made it whole`, async () => {
      const pieces = [piece(0, 16), piece(16, 40), piece(40, whole.length)];
      for (const order of [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ]) {
        const { packets, counts } = await read(order.map((i) => pieces[i]!));
        assert.equal(packets.length, 1);
        assert.equal(packets[0]!.payload, 'abcdefgh'.repeat(6));
        assert.equal(packets[0]!.frame, 3);
        assert.equal(packets[0]!.frameLength, 0);
        assert.equal(packets[0]!.time, 1e15 + 2000);
        assert.equal(packets[0]!.src, family === 'IPv4' ? '192.0.2.1 5060' : '2001:db8::1 5060');
        assert.deepEqual([...counts.dropped], [['fragment-pending', 2]]);
      }
    });
  }

  test('what differs in id or VLAN is not put together', async () => {
    const { packets, counts } = await read([four(0, 16, 1), four(16, whole.length, 2), four(16, whole.length, 1, [5])]);
    assert.equal(packets.length, 0);
    assert.deepEqual([...counts.dropped], [['fragment-expired', 3]]);
  });

  test('copies are dropped, by either family', async () => {
    for (const piece of [four, six]) {
      const { packets, counts } = await read([piece(0, 16), piece(0, 16), piece(16, whole.length)]);
      assert.equal(packets.length, 1);
      assert.deepEqual(
        [...counts.dropped],
        [
          ['fragment-pending', 1],
          ['fragment-duplicate', 1],
        ],
      );
    }
  });

  test('an overlap ends an IPv6 datagram (RFC 5722), not an IPv4 one', async () => {
    const overlapped = await read([six(0, 24), six(16, 40), six(24, whole.length)]);
    assert.equal(overlapped.packets.length, 0);
    assert.deepEqual([...overlapped.counts.dropped], [['fragment-overlap', 3]]);
    const kept = await read([four(0, 24), four(16, 40), four(24, whole.length)]);
    assert.equal(kept.packets[0]!.payload, 'abcdefgh'.repeat(6));
  });

  test('impossible fragments', async () => {
    await drops(ethernet(0x0800, ipv4(whole.subarray(0, 13), { more: true })), 'fragment-malformed');
    await drops(ethernet(0x0800, ipv4(whole, { offset: 65528 })), 'fragment-malformed');
    await drops(ethernet(0x0800, ipv4(new Uint8Array(0), { offset: 8 })), 'fragment-malformed');
    const inside = fragment6(44, 9, 8, false, hex('1100 0009 00000001'));
    const nested = await read([
      ethernet(0x86dd, ipv6(44, fragment6(44, 9, 0, true, hex('1100 0009 00000001')))),
      ethernet(0x86dd, ipv6(44, inside)),
    ]);
    assert.deepEqual(
      [...nested.counts.dropped],
      [
        ['fragment-pending', 1],
        ['fragment-malformed', 1],
      ],
    );
  });

  test('fragments of what is no UDP', async () => {
    await drops(ethernet(0x0800, ipv4(whole.subarray(0, 16), { more: true, protocol: 1 })), 'icmp');
    const { counts } = await read([six(0, 16, 58), six(16, whole.length, 58)]);
    assert.deepEqual(
      [...counts.dropped],
      [
        ['icmp', 1],
        ['fragment-pending', 1],
      ],
    );
  });

  test('IPv6: only the first fragment says what the datagram is', async () => {
    const { packets } = await read([six(0, 16, 17), six(16, whole.length, 6)]);
    assert.equal(packets.length, 1);
  });

  test('extension headers behind the fragment header', async () => {
    const long = join(extension6(17), whole);
    const piece = (offset: number, end: number): Buffer =>
      ethernet(0x86dd, ipv6(44, fragment6(60, 3, offset, end < long.length, long.subarray(offset, end))));
    const { packets } = await read([piece(0, 8), piece(8, long.length)]);
    assert.equal(packets[0]!.payload, 'abcdefgh'.repeat(6));
  });

  test('of a fragment that is cut, the first shows what it has', async () => {
    const cut = (frame: Uint8Array): Uint8Array => writePcapRecord(1e15, frame.subarray(0, frame.length - 3), {}, frame.length);
    for (const piece of [four, six]) {
      const { packets, counts } = await readBytes(join(writePcapHeader(), cut(piece(0, 24)), cut(piece(24, 40))));
      assert.deepEqual(
        packets.map((p) => [p.payload, p.truncated]),
        [['abcdefghabcde', true]],
      );
      assert.deepEqual([...counts.dropped], [['short', 1]]);
    }
    const { counts } = await readBytes(join(writePcapHeader(), cut(six(0, 24, 58))));
    assert.deepEqual([...counts.dropped], [['short', 1]]);
  });

  test('a fragment shorter than it says is not put together', async () => {
    const { packets, counts } = await read([
      ethernet(0x0800, ipv4(whole.subarray(0, 16), { more: true, total: 100 })),
      ethernet(0x0800, ipv4(whole.subarray(16), { offset: 16, total: 100 })),
    ]);
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated]),
      [['abcdefgh', false]],
    );
    assert.deepEqual([...counts.dropped], [['short', 1]]);
  });
});

test('whatever the bytes, each frame is counted once and no payload leaves its frame', async () => {
  const seeds = [ethernet(0x0800, IP4), ethernet(0x86dd, ipv6(0, join(extension6(44), fragment6(17, 1, 0, true, DATAGRAM)))), IP4, IP6];
  const damaged = fc.tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 6 }), fc.nat(120));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 12, 113, 228, 276),
      fc.array(damaged, { minLength: 1, maxLength: 20 }),
      async (linkType, list) => {
        const frames = list.map(([seed, changes, length]) => {
          const frame = Buffer.from(seed.subarray(0, length));
          for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
          return frame;
        });
        const { counts, packets } = await read(frames, linkType);
        assert.equal(counts.frames, frames.length);
        assert.equal(counts.frames, counts.packets + droppedIn(counts));
        assert.equal(counts.packets, packets.length);
        for (const p of packets) if (p.frameLength > 0) assert.ok(p.payload.length <= p.frameLength - 28);
      },
    ),
    { numRuns: 150 },
  );
});
