import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type ChunkNumbers,
  chunk,
  deflated,
  gre,
  hep3,
  hepBasics,
  hepChunk,
  hex,
  ipv4,
  ipv6,
  join,
  pcapOf,
  sctp,
  segment,
  sipMessage,
  tcp,
  udp,
  webSocket,
} from '../../test/traces/make-links.ts';
import { droppedIn, type Reading, readBytes } from '../../test/traces/read-all.ts';
import { writePcapHeader, writePcapRecord } from '../wire/pcap.ts';

const A = sipMessage('a');
const B = sipMessage('b', 'body of b\r\n');
const C = sipMessage('c');

async function read(frames: readonly Uint8Array[]): Promise<Reading> {
  const reading = await readBytes(pcapOf(frames, { linkType: 101 }));
  assert.equal(reading.counts.frames, reading.counts.taken + droppedIn(reading.counts));
  assert.equal(reading.counts.packets, reading.packets.length);
  return reading;
}

/** Frame number and payload of each packet. */
function told({ packets }: Reading): [number, string][] {
  return packets.map((p) => [p.frame, p.payload]);
}

/** `text` in segments of `size` bytes from sequence number `from`. */
function cut(text: string, size: number, from = 100): Buffer[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => segment(from + i * size, text.slice(i * size, (i + 1) * size)));
}

describe('SIP over TCP', () => {
  test('one message in one segment, with ports and transport', async () => {
    const reading = await read([segment(1, B, 0, 4000)]);
    const [packet] = reading.packets;
    assert.equal(packet?.payload, B);
    assert.equal(packet?.transport, 'tcp');
    assert.equal(packet?.src, '192.0.2.1 49152');
    assert.equal(packet?.dst, '198.51.100.2 4000');
    assert.ok(packet.frameLength > 0);
  });

  test('several in one, one over many, keep-alives between', async () => {
    assert.deepEqual(told(await read([segment(1, `${A}\r\n\r\n${B}${C}`)])), [
      [1, A],
      [1, B],
      [1, C],
    ]);
    const frames = cut(A + B + C, 7);
    const where = (end: number): number => Math.ceil(end / 7);
    assert.deepEqual(told(await read(frames)), [
      [where(A.length), A],
      [where(A.length + B.length), B],
      [frames.length, C],
    ]);
    const quiet = await read([segment(1, A), segment(1 + A.length, '\r\n\r\n'), segment(5 + A.length, B)]);
    assert.deepEqual(told(quiet), [
      [1, A],
      [3, B],
    ]);
    assert.deepEqual([...quiet.counts.dropped], [['stream', 1]]);
  });

  test('a UDP packet after one of TCP is UDP', async () => {
    const { packets } = await read([segment(1, A), ipv4(join(hex('13c4 13c4 0009 0000'), Buffer.from('x')))]);
    assert.deepEqual(
      packets.map((p) => p.transport),
      ['tcp', 'udp'],
    );
  });

  test('reordered; behind a SYN even the first', async () => {
    const [one, two, three] = cut(B, Math.ceil(B.length / 3));
    assert.deepEqual(told(await read([one!, three!, two!])), [[3, B]]);
    assert.deepEqual(told(await read([segment(99, '', 2), three!, two!, one!])), [[4, B]]);
    assert.deepEqual(told(await read([segment(99, '', 2), segment(99, '', 2), one!, two!, three!])), [[5, B]]);
  });

  test('sequence numbers wrap', async () => {
    assert.deepEqual(
      told(await read(cut(A + B, 50, 0xffffffe0))).map(([, p]) => p),
      [A, B],
    );
  });

  test('copies, overlaps: what came first counts', async () => {
    const frames = cut(B, 40);
    const twice = await read(frames.flatMap((frame) => [frame, frame]));
    assert.deepEqual(
      twice.packets.map((p) => p.payload),
      [B],
    );
    assert.equal(twice.counts.dropped.get('stream-duplicate'), frames.length);
    const lie = segment(100 + 60, B.slice(60, 120).replaceAll('e', 'X'));
    const lied = await read([segment(100, B.slice(0, 90)), lie, segment(220, B.slice(120))]);
    assert.deepEqual(
      lied.packets.map((p) => p.payload),
      [B.slice(0, 90) + B.slice(90, 120).replaceAll('e', 'X') + B.slice(120)],
    );
    assert.equal(lied.counts.oddities.get('stream-overlap'), 1);
    const held = await read([
      segment(100, B.slice(0, 20)),
      segment(160, B.slice(60)),
      segment(110, 'z'.repeat(10) + B.slice(20, 80).replaceAll(B.slice(60, 80), 'y'.repeat(20))),
    ]);
    assert.deepEqual(
      held.packets.map((p) => p.payload),
      [B],
    );
  });

  test('begun in the middle: from the next start line on', async () => {
    assert.deepEqual(told(await read([segment(1, B.slice(50) + C), segment(1 + B.length - 50 + C.length, A)])), [
      [1, C],
      [2, A],
    ]);
    const other = await read([segment(1, B.slice(50), 0, 4000), segment(1 + B.length - 50, A, 0, 4000)]);
    assert.deepEqual(told(other), [[2, A]]);
    assert.deepEqual([...other.counts.dropped], [['tcp', 1]]);
  });

  test('after nonsense, the next start line is looked for', async () => {
    const reading = await read([segment(1, `${A}nonsense\r\nand more\r\n${B}`), segment(1 + A.length + 20 + B.length, C)]);
    assert.deepEqual(
      told(reading).map(([, p]) => p),
      [A, B, C],
    );
    assert.equal(reading.counts.oddities.get('stream-resync'), 1);
    const split = await read([segment(1, `${A}nonsense\r\nMESS`), segment(1 + A.length + 14, B.slice(4))]);
    assert.deepEqual(
      split.packets.map((p) => p.payload),
      [A, B],
    );
  });

  test('what never comes back to SIP is no longer followed', async () => {
    const frames = [segment(1, A)];
    let at = 1 + A.length;
    for (let i = 0; i < 60; i++, at += 1400) frames.push(segment(at, 'x'.repeat(1400)));
    const { counts } = await read([...frames, segment(at, 'y')]);
    assert.equal(counts.dropped.get('stream'), 47);
    assert.equal(counts.dropped.get('tcp'), 14);
    const never = await read([segment(0, '', 2), segment(1, 'GET / HTTP/1.1\r\n\r\n'), segment(19, 'x')]);
    assert.deepEqual(
      [...never.counts.dropped],
      [
        ['tcp', 2],
        ['stream', 1],
      ],
    );
  });

  test('a gap is skipped after some segments, some time, or at the end', async () => {
    const from = 1 + A.length + 10;
    const many = [segment(1, A), ...Array.from({ length: 20 }, (_, i) => segment(from + i * A.length, A))];
    const skipped = await read(many);
    assert.equal(skipped.packets.length, 21);
    assert.equal(skipped.packets[1]!.frame, 17);
    assert.equal(skipped.counts.oddities.get('stream-gap'), 1);
    const late = join(
      writePcapHeader({ linkType: 101 }),
      ...[0, 1, 4].map((s, i) => writePcapRecord(1e15 + s * 1e6, i === 0 ? segment(1, A) : segment(from + (i - 1) * B.length, B))),
    );
    assert.deepEqual(told(await readBytes(late)), [
      [1, A],
      [3, B],
      [3, B],
    ]);
    const open = await read([
      segment(1, A),
      segment(from, B),
      segment(1, C, 0, 5080),
      segment(9 + C.length, A, 0, 5080),
      ipv6(17, hex('13c4 13c5 0009 0000 41')),
    ]);
    assert.deepEqual(told(open), [
      [1, A],
      [3, C],
      [5, 'A'],
      [2, B],
      [4, A],
    ]);
    assert.equal(open.packets[3]!.src, '192.0.2.1 49152');
    assert.equal(open.packets[4]!.dst, '198.51.100.2 5080');
    assert.deepEqual(
      open.packets.map((p) => p.ordinal),
      [1, 2, 3, 4, 5],
    );
  });

  test('a jump too far for a window: on from there; and back again', async () => {
    const far = await read([segment(1, A + B.slice(0, 20)), segment(300_000, C), segment(1 + A.length + 20, B.slice(20))]);
    assert.deepEqual(
      far.packets.map((p) => p.payload),
      [A, C],
    );
    const back = await read([segment(1, A), segment(400_000, C), segment(1 + A.length, B)]);
    assert.deepEqual(
      back.packets.map((p) => p.payload),
      [A, C, B],
    );
  });

  test('too many pieces behind a gap', async () => {
    const frames = [segment(1, A)];
    for (let i = 0; i < 15; i++) frames.push(segment(100 + A.length + 10 * i, 'xx'));
    assert.equal((await read(frames)).packets.length, 1);
  });

  test('a reset ends it, a SYN begins anew', async () => {
    const reset = await read([segment(1, B.slice(0, 60)), segment(61, '', 4), segment(61, B.slice(60))]);
    assert.equal(reset.packets.length, 0);
    const anew = await read([segment(1, A), segment(70_000, '', 2), segment(70_001, B)]);
    assert.deepEqual(
      anew.packets.map((p) => p.payload),
      [A, B],
    );
  });

  test('cut by the snap length: what begins a message is given, truncated', async () => {
    const record = (packet: Uint8Array, length: number): Uint8Array => writePcapRecord(1e15, packet.subarray(0, length), {}, packet.length);
    const first = segment(1, A + B);
    const file = join(
      writePcapHeader({ linkType: 101 }),
      record(first, 40 + A.length + 50),
      record(segment(1 + A.length + B.length, C), 4096),
      record(segment(1 + A.length + B.length + C.length, 'SIP'), 41),
      record(first, 50).subarray(0, 66),
    );
    const { packets } = await readBytes(file);
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated]),
      [
        [A, false],
        [B.slice(0, 50), true],
        [C, false],
      ],
    );
    const held = [segment(1, B.slice(0, 30)), segment(31, B.slice(30) + A)];
    const later = join(writePcapHeader({ linkType: 101 }), record(held[0]!, 4096), record(held[1]!, 40 + B.length - 30 + 5));
    assert.deepEqual(
      (await readBytes(later)).packets.map((p) => p.payload),
      [B],
    );
  });

  test('headers that lie or are cut', async () => {
    const bytes = segment(1, A);
    assert.deepEqual([...(await read([bytes.subarray(0, 39)])).counts.dropped], [['short', 1]]);
    const lying = Buffer.from(bytes);
    lying[32] = 0x40;
    assert.deepEqual([...(await read([lying])).counts.dropped], [['malformed', 1]]);
  });

  test('in tunnels, streams of different tunnels are different', async () => {
    const tunnel = (packet: Uint8Array, flags = 0): Buffer => ipv4(gre(0x0800, packet, flags), { protocol: 47 });
    const [one, two] = cut(B, Math.ceil(B.length / 2));
    assert.deepEqual(told(await read([tunnel(one!), tunnel(two!)])), [[2, B]]);
    assert.equal((await read([tunnel(one!), tunnel(two!, 0x2000)])).packets.length, 0);
  });

  test('thousands of half messages cost the oldest their room, and no more', async () => {
    const frames = Array.from({ length: 600 }, (_, i) => ipv4(tcp(1024 + i, 5060, 1, Buffer.from(B.slice(0, 60))), { protocol: 6 }));
    const rest = ipv4(tcp(1024 + 599, 5060, 61, Buffer.from(B.slice(60))), { protocol: 6 });
    const { counts, packets } = await read([...frames, rest]);
    assert.equal(packets.length, 1);
    assert.equal(counts.oddities.get('stream-evicted'), 600 - 256);
  });

  test('other TCP gives nothing', async () => {
    const { counts, packets } = await read([
      segment(1, 'GET / HTTP/1.1\r\n\r\n', 0, 80),
      segment(1, '\x16\x03\x01\x00', 0, 443),
      segment(1, '', 2, 80),
    ]);
    assert.equal(packets.length, 0);
    assert.deepEqual([...counts.dropped], [['tcp', 3]]);
  });

  test('whatever the cuts, the order, the copies: the same messages', async () => {
    const messages = ['', 'x', 'body\r\n\r\nSIP/2.0 200 OK\r\n'.repeat(3), 'z'.repeat(3000)].map((body, i) => sipMessage(`c${i}`, body));
    const text = messages.join('\r\n\r\n');
    const piece = fc.tuple(fc.nat(text.length), fc.integer({ min: 1, max: 900 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 7 }),
        fc.integer({ min: 600, max: 1500 }),
        fc.boolean(),
        async (extra, size, backwards) => {
          const pieces = cut(text, size, 1);
          const noise = extra.map(([at, length]) => segment(1 + at, text.slice(at, at + length)));
          const order = backwards ? pieces.reverse() : pieces;
          const mixed = order.flatMap((each, i) => [...noise.slice(i, i + 1), each]);
          const reading = await read([segment(0, '', 2), ...mixed]);
          assert.deepEqual(
            reading.packets.map((p) => p.payload),
            messages,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('whatever the bytes, each frame is counted once', async () => {
    const part = fc.oneof(fc.constantFrom(A, B.slice(0, 99), '\r\n\r\n', 'SIP/2.0 ', ASK), fc.string({ maxLength: 30 }));
    const any = fc.tuple(fc.integer({ min: -300, max: 2000 }), part, fc.constantFrom(0, 0, 0, 1, 2, 4), fc.constantFrom(5060, 4000));
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 40 }), async (list) => {
        const { packets } = await read(list.map(([at, text, flags, port]) => segment(at, text, flags, port)));
        for (const p of packets) assert.ok(p.payload.length > 0);
      }),
      { numRuns: 150 },
    );
  });
});

const ASK = 'GET /ws HTTP/1.1\r\nHost: a.example.org\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n';

describe('SIP over WebSocket', () => {
  const stream = (...parts: readonly (Uint8Array | string)[]): Buffer => join(Buffer.from(ASK), ...parts.map((p) => Buffer.from(p)));
  const sent = (bytes: Buffer, size: number): Buffer[] => cut(bytes.toString('latin1'), size).map((p) => Buffer.from(p));
  const on80 = (bytes: Buffer, size = 4000): Buffer[] =>
    sent(bytes, size).map((frame) => join(frame.subarray(0, 22), hex('0050'), frame.subarray(24)));

  test('masked or not, in one frame or several, with pings between', async () => {
    const parts = [
      webSocket(A, { mask: '01020304' }),
      webSocket('', { opcode: 9 }),
      webSocket(B),
      webSocket(C.slice(0, 50), { fin: false, mask: 'a1b2c3d4' }),
      webSocket('p', { opcode: 10 }),
      webSocket(C.slice(50), { opcode: 0 }),
    ];
    for (const size of [4000, 301, 13]) {
      const { packets } = await read(
        on80(stream(...parts), size + ASK.length).length === 1
          ? on80(stream(...parts))
          : [
              ...on80(Buffer.from(ASK)),
              ...cut(join(...parts).toString('latin1'), size, 100 + ASK.length).map((frame) =>
                join(frame.subarray(0, 22), hex('0050'), frame.subarray(24)),
              ),
            ],
      );
      assert.deepEqual(
        packets.map((p) => [p.transport, p.payload, p.frameLength]),
        [A, B, C].map((m) => ['ws', m, 0]),
      );
    }
  });

  test('what is no WebSocket of SIP is not followed on', async () => {
    for (const bytes of [stream(hex('a10100')), Buffer.from(ASK.replace(': sip', ': chat'))]) {
      const { packets, counts } = await read([...on80(bytes), ...on80(Buffer.from('xx')).map((f) => f)]);
      assert.equal(packets.length, 0);
      assert.equal(droppedIn(counts), 2);
    }
  });

  test('a head over two segments; a gap, a jump or a cut ends it', async () => {
    const head = ASK.replace('Host', `Cookie: ${'x'.repeat(400)}\r\nHost`)
      .replace('Upgrade: websocket\r\n', '')
      .replace('/1.1\r\n', '/1.1\r\nUpgrade: websocket\r\n');
    const frames = [segment(1, head.slice(0, 300), 0, 80), segment(301, join(Buffer.from(head.slice(300)), webSocket(A)), 0, 80)];
    assert.deepEqual(
      (await read(frames)).packets.map((p) => p.payload),
      [A],
    );
    const next = 1 + head.length + webSocket(A).length;
    const gap = Array.from({ length: 18 }, (_, i) => segment(next + 9 + 4 * i, webSocket('ab'), 0, 80));
    assert.equal((await read([...frames, ...gap])).packets.length, 1);
    assert.equal((await read([...frames, segment(next + 200_000, webSocket('ab'), 0, 80)])).packets.length, 1);
    const all = segment(next, webSocket(B), 0, 80);
    const file = join(
      writePcapHeader({ linkType: 101 }),
      ...frames.map((f) => writePcapRecord(1e15, f)),
      writePcapRecord(1e15, all.subarray(0, 80), {}, all.length),
    );
    assert.equal((await readBytes(file)).packets.length, 1);
    assert.equal((await read([...frames, segment(next + 9, webSocket('ab'), 0, 80)])).packets.length, 1);
  });
});

describe('SIP over compressed WebSocket (RFC 7692)', () => {
  const bodies = ['one', 'two', 'three', 'four'].map((id) => sipMessage(id, `body of ${id} `.repeat(20)));
  const open = ASK.replace('\r\n\r\n', '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n');
  const frames = (...parts: readonly Uint8Array[]): Buffer[] => {
    let at = 1 + open.length;
    const segments = parts.map((part) => {
      at += part.length;
      return segment(at - part.length, part, 0, 80);
    });
    return [segment(1, open, 0, 80), ...segments];
  };
  const packed = (bytes: Uint8Array, more = {}): Buffer => webSocket(bytes, { packed: true, mask: '01020304', ...more });

  test('with and without context takeover, in parts, among others', async () => {
    for (const takeover of [true, false]) {
      const [one, two, three, four] = deflated(bodies, takeover);
      assert.ok(!takeover || four!.length < one!.length / 2, 'it does refer to what was before');
      const all = frames(
        packed(one!),
        webSocket(A),
        packed(two!.subarray(0, 10), { fin: false }),
        webSocket('', { opcode: 9 }),
        webSocket(two!.subarray(10), { opcode: 0 }),
        join(packed(three!), packed(four!)),
      );
      const { packets, counts } = await read(all);
      assert.deepEqual(
        packets.map((p) => [p.transport, p.payload]),
        [bodies[0], A, ...bodies.slice(1)].map((message) => ['ws', message]),
      );
      assert.equal(counts.oddities.get('websocket-closed'), undefined);
    }
  });

  test('what refers to what was not seen, is damaged or grows too large stays closed', async () => {
    const [, two] = deflated(bodies);
    const bomb = deflated(['x'.repeat(70_000)])[0]!;
    for (const bad of [packed(two!), packed(Buffer.from([7, 7, 7])), packed(bomb)]) {
      const { packets, counts } = await read(frames(bad, packed(deflated(bodies)[0]!)));
      assert.deepEqual([packets.length, counts.oddities.get('websocket-closed')], [0, 1]);
    }
    for (const bad of [webSocket('x', { opcode: 0, packed: true }), webSocket('x', { opcode: 9, packed: true })])
      assert.equal((await read(frames(bad, webSocket(A)))).packets.length, 0);
  });

  test('more directions than may have a past: the others are closed, until one ends', async () => {
    const [one, two] = deflated(bodies);
    const from = (port: number, ...parts: readonly Uint8Array[]): Buffer[] =>
      frames(...parts).map((frame) => join(frame.subarray(0, 20), Buffer.from([port >> 8, port & 255]), frame.subarray(22)));
    const many = Array.from({ length: 257 }, (_, i) => from(2000 + i, packed(one!), packed(two!))).flat();
    const first = await read(many);
    assert.deepEqual([first.packets.length, first.counts.oddities.get('websocket-closed')], [512, 1]);
    const reset = segment(1, '', 4, 80);
    const ended = join(reset.subarray(0, 20), Buffer.from([2000 >> 8, 2000 & 255]), reset.subarray(22));
    const second = await read([...many.slice(0, 256 * 3), ended, ...many.slice(256 * 3)]);
    assert.deepEqual([second.packets.length, second.counts.oddities.get('websocket-closed')], [514, undefined]);
  });
});

describe('HEP over TCP', () => {
  const hep = (text: string, ...more: readonly Buffer[]): Buffer => hep3(...hepBasics(), ...more, hepChunk(15, Buffer.from(text)));
  const on = (bytes: Uint8Array, sequence: number): Buffer => segment(sequence, bytes, 0, 9060);

  test('several packets in a segment, one over many, in any order', async () => {
    const all = join(hep(A), hep(B), hep(C));
    for (const size of [4000, 300, 61]) {
      const segments = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        on(all.subarray(i * size, (i + 1) * size), 1 + i * size),
      );
      const swapped = segments.length > 3 ? [segments[0]!, segments[2]!, segments[1]!, ...segments.slice(3)] : segments;
      const { packets } = await read([...swapped, ipv4(udp(7, 8, Buffer.from('after')))]);
      assert.deepEqual(
        packets.map((p) => [p.src, p.transport, p.source, p.time, p.payload]),
        [
          ...[A, B, C].map((text) => ['10.0.0.1 5060', 'udp', 'hep:228', 1_313_440_459_120_000, text]),
          ['192.0.2.1 7', 'udp', 'file', packets.at(-1)!.time, 'after'],
        ],
      );
    }
  });

  test('from a SYN to the port of SIP on', async () => {
    const { packets } = await read([segment(99, '', 2), segment(100, hep(A).subarray(0, 3)), segment(103, hep(A).subarray(3))]);
    assert.deepEqual(
      packets.map((p) => p.payload),
      [A],
    );
  });

  test('what is no SIP in it is dropped, what makes no sense ends it', async () => {
    const log = hep3(...hepBasics().slice(0, 8), hepChunk(11, '64'), hepChunk(15, Buffer.from('log')));
    const bad = hep3(hepChunk(1, '02'));
    const { packets, counts } = await read([
      on(log, 1),
      on(join(bad, log, hep(A)), 1 + log.length),
      on(bad, 1 + 2 * log.length + bad.length + hep(A).length),
    ]);
    assert.deepEqual(
      packets.map((p) => [p.frame, p.payload]),
      [[2, A]],
    );
    assert.deepEqual([...counts.dropped].sort(), [
      ['hep-malformed', 1],
      ['hep-other', 1],
    ]);
    const nonsense = await read([on(join(hep(A), hex('48455033 0001 7878')), 1), on(hep(B), 1 + hep(A).length + 8)]);
    assert.deepEqual(
      nonsense.packets.map((p) => p.payload),
      [A, B],
      'followed anew from the next one on',
    );
  });
});

describe('SIP over SCTP', () => {
  const packet = (...chunks: readonly Uint8Array[]): Buffer => ipv4(sctp(5060, 4000, ...chunks), { protocol: 132 });

  test('each DATA chunk is a packet, whatever lies between', async () => {
    const { packets } = await read([
      packet(chunk(Buffer.from(A)), chunk(hex('00000000'), 0, 3), chunk(Buffer.from(B), 3, 64), chunk(Buffer.from('x'))),
    ]);
    assert.deepEqual(
      packets.map((p) => [p.transport, p.payload, p.truncated]),
      [A, B, 'x'].map((m) => ['sctp', m, false]),
    );
  });

  test('on other ports by content alone', async () => {
    const other = ipv4(sctp(2905, 2905, chunk(hex('01000101 00000008')), chunk(Buffer.from(A))), { protocol: 132 });
    assert.deepEqual(
      (await read([other])).packets.map((p) => p.payload),
      [A],
    );
  });

  /** Parts of a message, numbered from `first` on. */
  function parts(text: string, size: number, first: number, flags = 0, type = 0, numbers: ChunkNumbers = {}): Buffer[] {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    return pieces.map((piece, i) => {
      const part = flags | (i === 0 ? 2 : 0) | (i === pieces.length - 1 ? 1 : 0);
      return chunk(Buffer.from(piece), part, type, { ...numbers, number: (type === 64 ? i : first + i) >>> 0 });
    });
  }

  test('parts of a message, in any order, twice, over packets and streams', async () => {
    const one = parts(A, 60, 0xfffffffe, 0, 0, { stream: 1, message: 7 });
    const two = parts(B, 60, 10, 0, 0, { stream: 2, message: 7 });
    const three = parts(C, 90, 100, 4);
    const four = parts(A, 90, 103, 4);
    const mixed = [one[1]!, two[0]!, one[1]!, ...two.slice(1), one[0]!, ...one.slice(2), ...four, ...three.reverse()];
    const { packets, counts } = await read([packet(...mixed.slice(0, 2)), ...mixed.slice(2).map((each) => packet(each))]);
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated, p.frameLength]),
      [B, A, A, C].map((payload) => [payload, false, 0]),
    );
    assert.deepEqual([counts.taken, counts.frames - counts.taken, counts.oddities.size], [4, counts.dropped.get('stream'), 0]);
  });

  test('I-DATA: messages of a stream may lie between the parts of each other', async () => {
    const one = parts(A, 70, 0, 0, 64, { message: 1 });
    const two = parts(B, 70, 0, 0, 64, { message: 2 });
    const frames = one.flatMap((each, i) => [packet(two[i]!, each)]);
    const { packets } = await read([...frames, ...two.slice(one.length).map((each) => packet(each))]);
    assert.deepEqual(packets.map((p) => p.payload).sort(), [A, B].sort());
  });

  test('on other ports the parts behind a beginning of SIP', async () => {
    const other = (...chunks: readonly Uint8Array[]): Buffer => ipv4(sctp(2905, 2905, ...chunks), { protocol: 132 });
    const { packets, counts } = await read(
      [...parts(A, 60, 1), ...parts('no SIP in this one'.repeat(9), 60, 90)].map((each) => other(each)),
    );
    assert.deepEqual(
      packets.map((p) => p.payload),
      [A],
    );
    assert.equal(counts.dropped.get('sctp'), 3);
  });

  test('parts that are missing: the beginning is a truncated packet at the end', async () => {
    const [first, second, ...rest] = parts(A, 40, 1);
    const end = packet(...parts(B, 40, 50).slice(1));
    const { packets, counts } = await read([packet(first!), packet(second!), packet(...rest.slice(1)), end, packet(chunk(Buffer.from(C)))]);
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated, p.frame]),
      [
        [C, false, 5],
        [A.slice(0, 80), true, 4],
      ],
    );
    assert.equal(counts.oddities.get('sctp-missing'), 1);
  });

  test('a part that the capture cut ends its message', async () => {
    const [first, second] = parts(A, 120, 1);
    const whole = packet(first!);
    const records = [writePcapRecord(1e15, whole.subarray(0, 100), {}, whole.length), writePcapRecord(1e15, packet(second!))];
    const { packets } = await readBytes(join(writePcapHeader({ linkType: 101 }), ...records));
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated]),
      [[A.slice(0, 52), true]],
    );
  });

  test('bounds: too many parts or bytes are given up, too many messages push out the oldest', async () => {
    const many = Array.from({ length: 513 }, (_, i) => packet(chunk(Buffer.from('x'), i === 0 ? 2 : 0, 0, { number: i })));
    assert.equal((await read(many)).counts.oddities.get('sctp-missing'), 1);
    const long = Array.from({ length: 3 }, (_, i) => packet(chunk(Buffer.alloc(30_000, 'x'), i === 0 ? 2 : 0, 0, { number: i })));
    assert.equal((await read(long)).counts.oddities.get('sctp-missing'), 1);
    const flood = Array.from({ length: 2000 }, (_, i) => packet(chunk(Buffer.from(A), 2, 0, { number: i, message: i })));
    const { packets, counts } = await read(flood);
    assert.equal(counts.oddities.get('sctp-missing'), 2000);
    assert.ok(packets.length <= 256 && packets.length > 100, `${packets.length}`);
  });

  test('nothing in it, too short, or cut', async () => {
    assert.deepEqual([...(await read([packet(chunk(hex(''), 3))])).counts.dropped], [['sctp', 1]]);
    assert.deepEqual([...(await read([packet(hex('00030003'))])).counts.dropped], [['sctp', 1]]);
    assert.deepEqual([...(await read([ipv4(hex('13c413c4'), { protocol: 132 })])).counts.dropped], [['short', 1]]);
    const whole = packet(chunk(Buffer.from(A)));
    const file = join(writePcapHeader({ linkType: 101 }), writePcapRecord(1e15, whole.subarray(0, 100), {}, whole.length));
    const { packets } = await readBytes(file);
    assert.deepEqual(
      packets.map((p) => [p.payload, p.truncated]),
      [[A.slice(0, 52), true]],
    );
  });
});
