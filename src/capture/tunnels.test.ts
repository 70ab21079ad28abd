import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  erspan,
  ethernet,
  geneve,
  gre,
  gtp,
  hex,
  ipv4,
  ipv6,
  join,
  mpls,
  pcapOf,
  pppoe,
  udp,
  vxlan,
} from '../../test/traces/make-links.ts';
import { droppedIn, readBytes } from '../../test/traces/read-all.ts';
import { Paths } from './tunnels.ts';

const HELLO = Buffer.from('OPTIONS sip:a SIP/2.0\r\n\r\n');
const DATAGRAM = udp(5060, 5070, HELLO);
const IP4 = ipv4(DATAGRAM);
const IP6 = ipv6(17, DATAGRAM);
const FRAME = ethernet(0x0800, IP4);

function outer(protocol: number, payload: Uint8Array): Buffer {
  return ipv4(payload, { protocol, src: '203.0.113.1', dst: '203.0.113.2' });
}

/** The frame gives HELLO between the inner addresses, by that path. */
async function gives(tunnel: string, frame: Uint8Array, linkType = 101): Promise<void> {
  const { packets, counts } = await readBytes(pcapOf([frame, IP4], { linkType }));
  const [packet] = packets;
  assert.ok(packet !== undefined, `${tunnel}: ${[...counts.dropped.keys()]}`);
  assert.equal(packet.tunnel, tunnel);
  assert.equal(packet.payload, HELLO.toString());
  assert.ok(packet.src === '192.0.2.1 5060' || packet.src === '2001:db8::1 5060', packet.src);
}

async function drops(reason: string, frame: Uint8Array, linkType = 101): Promise<void> {
  const { packets, counts } = await readBytes(pcapOf([frame], { linkType }));
  assert.equal(packets.length, 0);
  assert.deepEqual([...counts.dropped], [[reason, 1]]);
}

describe('tunnels', () => {
  test('IP in IP, every pair of versions', async () => {
    await gives('4in4', outer(4, IP4));
    await gives('6in4', outer(41, IP6));
    await gives('4in6', ipv6(4, IP4));
    await gives('6in6', ipv6(41, IP6));
    await drops('short', outer(4, hex('')));
    await drops('malformed', outer(4, hex('00')));
    await drops('malformed', ipv6(4, IP4, 0).fill(0x06, 6, 7).fill(0, 4, 6).fill(4, 6, 7).fill(0, 40, 41));
  });

  test('GRE with all that its flags announce, both versions', async () => {
    for (const flags of [0, 0x8000, 0x2000, 0x1000, 0xb000]) await gives('gre', outer(47, gre(0x0800, IP4, flags)));
    await gives('gre', outer(47, gre(0x6558, FRAME)));
    await gives('gre', outer(47, gre(0x8100, join(hex('0007 0800'), IP4))));
    await gives('gre/mpls', outer(47, gre(0x8847, mpls([5], IP4))));
    await gives('gre/ppp', outer(47, join(hex('3081 880b 0000 0001 00000001 00000001 ff03 0021'), IP4)));
    await gives('gre/ppp', outer(47, join(hex('2001 880b 0000 0001 57'), IP6)));
    await drops('tunnel', outer(47, gre(0x0800, IP4, 0x4000)));
    await drops('tunnel', outer(47, gre(0x0800, IP4, 0x0002)));
    await drops('not-ip', outer(47, gre(0x0000, IP4)));
    await drops('not-ip', outer(47, join(hex('2001 880b 0000 0001 c021'), IP4)));
    await drops('short', outer(47, hex('2001 880b 0000 0001 ff')));
    for (let n = 0; n < 16; n++) await drops('short', outer(47, gre(0x0800, IP4, 0xb000).subarray(0, n)));
  });

  test('ERSPAN, types I to III', async () => {
    for (const type of [1, 2, 3] as const) await gives('gre/erspan', outer(47, erspan(type, FRAME)));
    await gives('gre/erspan', outer(47, gre(0x22eb, join(hex('2001 0005 00000000 0000 0001 0000000000000000'), FRAME), 0x1000)));
    await gives('gre/erspan', outer(47, gre(0x22eb, join(hex('2001 0005 00000000 0000 0800'), IP4), 0x1000)));
    await drops('tunnel', outer(47, gre(0x22eb, join(hex('2001 0005 00000000 0000 1000'), IP4), 0x1000)));
    await drops('tunnel', outer(47, gre(0x22eb, join(hex('3001 0005 00000000 0000 0000'), FRAME), 0x1000)));
    await drops('tunnel', outer(47, gre(0x88be, join(hex('2001 0005 00000000'), FRAME), 0x1000)));
    await drops('short', outer(47, gre(0x22eb, hex('2001 0005 00000000'), 0x1000)));
    await drops('short', outer(47, gre(0x88be, hex('00'.repeat(13)))));
  });

  test('MPLS: IP by its first bits, pseudowires with and without a control word', async () => {
    await gives('mpls', ethernet(0x8847, mpls([17, 18, 19], IP4)), 1);
    await gives('mpls', ethernet(0x8848, mpls([2], IP6)), 1);
    await gives('mpls', ethernet(0x8847, mpls([17], join(hex('00000000'), FRAME))), 1);
    await gives('mpls', mpls([17], hex('a2').fill(0xa2).length === 1 ? join(hex('a2'), FRAME.subarray(1)) : FRAME), 219);
    await drops('tunnel', ethernet(0x8847, mpls([17], join(hex('10000000'), FRAME))), 1);
    await drops('short', ethernet(0x8847, mpls([17, 18], IP4).subarray(0, 8)), 1);
  });

  test('PPP on links of its own, Cisco HDLC, PPPoE', async () => {
    await gives('ppp', join(hex('ff030021'), IP4), 9);
    await gives('ppp', join(hex('0057'), IP6), 9);
    await gives('ppp/mpls', join(hex('ff030281'), mpls([3], IP4)), 50);
    await gives('', join(hex('0f000800'), IP4), 104);
    await gives('', join(hex('8f0086dd'), IP6), 50);
    await gives('pppoe', join(hex('11000001 0000 0021'), IP4), 51);
    await gives('pppoe', pppoe(0x57, IP6), 1);
    await drops('short', hex('ff03'), 50);
    await drops('not-ip', pppoe(0xc021, IP4), 1);
  });

  test('VXLAN, on the port of today and that of Linux', async () => {
    await gives('vxlan', outer(17, vxlan(FRAME)));
    await gives('vxlan', outer(17, vxlan(ethernet(0x86dd, IP6, [3]), 8472)));
    await drops('arp', outer(17, vxlan(ethernet(0x0806, IP4))));
  });

  test('GTP-U, plain, with a sequence number, with extension headers', async () => {
    await gives('gtp', outer(17, gtp(IP4)));
    await gives('gtp', outer(17, gtp(IP6, 2, '00010000')));
    await gives('gtp', outer(17, gtp(IP4, 4, '00000085 01100540 01000000')));
  });

  test('Geneve around frames and packets, with and without options', async () => {
    await gives('geneve', outer(17, geneve(0x6558, FRAME)));
    await gives('geneve', outer(17, geneve(0x0800, IP4, '0102 03 01 00000000')));
    await drops('arp', outer(17, geneve(0x6558, ethernet(0x0806, IP4))));
  });

  test('Teredo with and without its indications', async () => {
    await gives('teredo', outer(17, udp(1, 3544, IP6)));
    await gives('teredo', outer(17, udp(1, 3544, join(hex('0000 1234 01020304'), IP6))));
    await gives('teredo', outer(17, udp(1, 3544, join(hex('0001 0203 6964 010203 0000000000000000 00'), IP6))));
  });

  test('L2TP with and without length, sequence and offset', async () => {
    await gives('l2tp/ppp', outer(17, udp(1701, 1701, join(hex('0002 0001 0002 ff03 0021'), IP4))));
    await gives('l2tp/ppp', outer(17, udp(1701, 1701, join(hex('4a02 0000 0001 0002 00000000 0002 ffff 0057'), IP6))));
    await drops('not-ip', outer(17, udp(1701, 1701, hex('0002 0001 0002 ff03 c021 0101 0004'))));
  });

  test('what is no tunnel, on a port of one, is a datagram', async () => {
    const plain: [number, Uint8Array][] = [
      [4789, HELLO],
      [4789, hex('0800')],
      [2152, HELLO],
      [2152, hex('3001 0004 00000000 00000000')],
      [2152, hex('34ff 0004 00000000 000000c0 00000000')],
      [2152, hex('30ff 0004 00000000 f0000000')],
      [2152, hex('32ff 0004 00000000 00000000')],
      [6081, HELLO],
      [6081, geneve(0x6558, new Uint8Array(0)).subarray(8)],
      [6081, geneve(0x1234, HELLO).subarray(8)],
      [3544, HELLO],
      [3544, IP6.subarray(0, 60)],
      [1701, HELLO],
      [1701, hex('0002')],
      [1701, hex('c802 000c 0001 0000 0000 0000')],
      [1701, hex('0202 0001 0002 ffff 0000')],
      [1701, hex('0202 0001 0002 ff')],
    ];
    for (const [port, payload] of plain) {
      const { packets } = await readBytes(pcapOf([ipv4(udp(5060, port, payload))], { linkType: 101 }));
      assert.equal(packets[0]?.payload, Buffer.from(payload).toString('latin1'), `port ${port}`);
      assert.equal(packets[0]?.tunnel, '');
    }
  });

  test('in each other, up to a bound; the next frame knows nothing of it', async () => {
    let packet = IP4;
    for (let i = 0; i < 8; i++) packet = outer(4, packet);
    await gives('4in4/4in4/4in4/4in4/4in4/4in4/4in4/4in4', packet);
    await drops('tunnel-depth', outer(4, packet));
    const { packets } = await readBytes(pcapOf([outer(4, packet), outer(47, erspan(2, FRAME)), IP4], { linkType: 101 }));
    assert.deepEqual(
      packets.map((p) => p.tunnel),
      ['gre/erspan', ''],
    );
  });

  test('IP padding after the tunnel is no payload; a cut tunnel gives a cut payload', async () => {
    const { packets } = await readBytes(pcapOf([join(outer(4, IP4), new Uint8Array(9))], { linkType: 101 }));
    assert.equal(packets[0]?.payload, HELLO.toString());
    assert.equal(packets[0]?.truncated, false);
  });
});

describe('fragments and tunnels', () => {
  const whole = udp(5060, 5070, Buffer.from('abcdefgh'.repeat(6)));
  const inner = (offset: number, end: number): Buffer => ipv4(whole.subarray(offset, end), { id: 9, offset, more: end < whole.length });

  test('fragments inside, outside and both', async () => {
    const inside = [outer(4, inner(0, 32)), outer(4, inner(32, whole.length))];
    const long = ipv4(whole);
    const cut = (packet: Uint8Array, id: number): Buffer[] => [
      ipv4(packet.subarray(0, 24), { protocol: 47, id, more: true, src: '203.0.113.1' }),
      ipv4(packet.subarray(24), { protocol: 47, id, offset: 24, src: '203.0.113.1' }),
    ];
    const outside = cut(gre(0x0800, long), 1);
    const both = [...cut(gre(0x0800, inner(0, 32)), 2), ...cut(gre(0x0800, inner(32, whole.length)), 3)];
    for (const frames of [inside, outside, both]) {
      const { packets, counts } = await readBytes(pcapOf(frames, { linkType: 101 }));
      assert.deepEqual(
        packets.map((p) => [p.payload, p.frameLength, p.frame]),
        [['abcdefgh'.repeat(6), 0, frames.length]],
      );
      assert.equal(droppedIn(counts), frames.length - 1);
    }
  });

  test('the same fragments in different tunnels are different', async () => {
    const frames = [outer(47, gre(0x0800, inner(0, 32), 0x2000)), outer(47, gre(0x0800, inner(32, whole.length)))];
    const { packets, counts } = await readBytes(pcapOf(frames, { linkType: 101 }));
    assert.equal(packets.length, 0);
    assert.deepEqual([...counts.dropped], [['fragment-expired', 2]]);
  });

  test('of a cut first fragment, the tunnel is opened all the same', async () => {
    const first = ipv4(gre(0x0800, IP4), { protocol: 47, more: true, total: 400 });
    const { packets } = await readBytes(pcapOf([first], { linkType: 101 }));
    assert.equal(packets[0]?.payload, HELLO.toString());
  });

  test('a fragment inside a reassembled datagram at the same depth is malformed', async () => {
    const hidden = join(hex('2c04 0000 00000001 00000001'), new Uint8Array(12), hex('1100 0009 00000001'), whole);
    const frames = [ipv4(hidden.subarray(0, 16), { protocol: 51, more: true }), ipv4(hidden.subarray(16), { protocol: 51, offset: 16 })];
    const { counts } = await readBytes(pcapOf(frames, { linkType: 101 }));
    assert.equal(counts.dropped.get('fragment-malformed'), 1);
  });

  test('tiny, overlapping and contradicting fragments have names', async () => {
    const other = Buffer.from(whole).fill(0x58, 20, 30);
    const lie = ipv4(other.subarray(16, 48), { id: 9, offset: 16, more: true });
    const { counts, packets } = await readBytes(pcapOf([inner(0, 32), lie, inner(24, 56)], { linkType: 101 }));
    assert.equal(packets.length, 1);
    assert.deepEqual(
      [...counts.oddities],
      [
        ['fragment-tiny', 2],
        ['fragment-overlap', 1],
        ['fragment-conflict', 1],
      ],
    );
    const copies = await readBytes(pcapOf([inner(0, 32), inner(0, 32)], { linkType: 101 }));
    assert.deepEqual([...copies.counts.oddities], [['fragment-tiny', 2]]);
  });
});

test('paths are kept up to a bound', () => {
  const paths = new Paths();
  const a = paths.step(paths.root, 'gre');
  assert.equal(paths.step(paths.root, 'gre'), a);
  let path = a;
  for (let i = 0; i < 2000; i++) path = paths.step(path, 'x');
  assert.equal(path.name.split('/').length, 1024);
});

test('whatever the bytes in a tunnel, each frame is counted once', async () => {
  const seeds = [
    outer(47, erspan(3, FRAME)),
    outer(17, gtp(IP4, 4, '00000085 01100500')),
    outer(17, vxlan(FRAME)),
    outer(4, outer(41, IP6)),
  ];
  const damaged = fc.tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(110), fc.nat(255)), { maxLength: 4 }), fc.nat(160));
  await fc.assert(
    fc.asyncProperty(fc.array(damaged, { minLength: 1, maxLength: 30 }), async (list) => {
      const frames = list.map(([seed, changes, length]) => {
        const frame = Buffer.from(seed.subarray(0, length));
        for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
        return frame;
      });
      const { counts, packets } = await readBytes(pcapOf(frames, { linkType: 101 }));
      assert.equal(counts.frames, packets.length + droppedIn(counts));
    }),
    { numRuns: 100 },
  );
});
