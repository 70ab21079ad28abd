/** Every way in which an IPv4 packet reaches a capture: links, tunnels, fragments. Each wraps the packet into frames of one link type. */
import {
  erspan,
  ethernet,
  extension6,
  gre,
  gtp,
  hex,
  ipv4,
  ipv6,
  join,
  loopback,
  mpls,
  pppoe,
  sll,
  sll2,
  udp,
  vxlan,
} from './make-links.ts';

/** One way. */
export interface Way {
  readonly name: string;
  /** Link type of pcap. */
  readonly link: number;
  /** The frames that carry the packet; `serial` differs from packet to packet. */
  readonly wrap: (packet: Buffer, serial: number) => readonly Buffer[];
  /** What the layers before the innermost IP are to tshark. */
  readonly layers: RegExp;
}

/** An outer IPv4 packet between two hosts of a transit network. */
const outer = (protocol: number, payload: Uint8Array): Buffer => ipv4(payload, { protocol, src: '203.0.113.1', dst: '203.0.113.2' });

const over = (name: string, link: number, layers: RegExp, wrap: (packet: Buffer) => Buffer): Way => ({
  name,
  link,
  layers,
  wrap: (packet) => [wrap(packet)],
});

const frame = (packet: Buffer): Buffer => ethernet(0x0800, packet);

/** An IPv4 packet in two fragments, the second one first. */
function fragmented(packet: Buffer, serial: number): Buffer[] {
  const [head, payload] = [packet.subarray(0, 20), packet.subarray(20)];
  const cut = (payload.length >> 4) << 3;
  const part = (offset: number, end: number): Buffer => {
    const src = [...head.subarray(12, 16)].join('.');
    const dst = [...head.subarray(16, 20)].join('.');
    const more = end < payload.length;
    return ethernet(0x0800, ipv4(payload.subarray(offset, end), { protocol: head[9]!, id: serial & 0xffff, offset, more, src, dst }));
  };
  return [part(cut, payload.length), part(0, cut)];
}

/** All of them. */
export const WAYS: readonly Way[] = [
  over('Ethernet', 1, /^eth:ethertype$/, frame),
  over('802.1Q', 1, /^eth:ethertype:vlan:ethertype$/, (packet) => ethernet(0x0800, packet, [5])),
  over('QinQ', 1, /^eth:ethertype:(ieee8021ad|vlan):ethertype:vlan:ethertype$/, (packet) => ethernet(0x0800, packet, [7, 5])),
  over('Linux cooked', 113, /^sll:ethertype$/, (packet) => sll(0x0800, packet)),
  over('Linux cooked 2', 276, /^sll:ethertype$/, (packet) => sll2(0x0800, packet)),
  over('BSD loopback', 0, /^null$/, (packet) => loopback(2, packet, false)),
  over('raw IP', 101, /^raw$/, (packet) => packet),
  over('PPP', 9, /^ppp$/, (packet) => join(hex('ff030021'), packet)),
  over('Cisco HDLC', 104, /^chdlc$/, (packet) => join(hex('0f000800'), packet)),
  over('PPPoE', 1, /^eth:ethertype:pppoes:ppp$/, (packet) => pppoe(0x21, packet)),
  over('MPLS', 1, /^eth:ethertype:mpls$/, (packet) => ethernet(0x8847, mpls([17, 18], packet))),
  over('IP in IP', 101, /^raw:ip$/, (packet) => outer(4, packet)),
  over('IP in IPv6', 101, /^raw:ipv6$/, (packet) => ipv6(4, packet)),
  over('IP in IPv6 with extension headers', 101, /^raw:ipv6:ipv6\.hopopts:ipv6\.dstopts$/, (packet) =>
    ipv6(0, join(extension6(60), extension6(4, 1), packet)),
  ),
  over('GRE', 101, /^raw:ip:gre$/, (packet) => outer(47, gre(0x0800, packet, 0x2000))),
  over('GRE of Ethernet', 101, /^raw:ip:gre:eth:ethertype$/, (packet) => outer(47, gre(0x6558, frame(packet)))),
  over('ERSPAN', 101, /^raw:ip:gre:erspan:eth:ethertype$/, (packet) => outer(47, erspan(1, frame(packet)))),
  over('ERSPAN II', 101, /^raw:ip:gre:erspan:eth:ethertype$/, (packet) => outer(47, erspan(2, frame(packet)))),
  over('ERSPAN III', 101, /^raw:ip:gre:erspan:eth:ethertype$/, (packet) => outer(47, erspan(3, frame(packet)))),
  over('VXLAN', 101, /^raw:ip:udp:vxlan:eth:ethertype$/, (packet) => outer(17, vxlan(frame(packet)))),
  over('GTP-U', 101, /^raw:ip:udp:gtp$/, (packet) => outer(17, gtp(packet))),
  over('L2TP', 101, /^raw:ip:udp:l2tp:ppp$/, (packet) => outer(17, udp(1701, 1701, join(hex('0002 0001 0002 ff03 0021'), packet)))),
  over('PPTP', 101, /^raw:ip:gre:ppp$/, (packet) => outer(47, join(hex('3001 880b 0000 0001 00000001 ff03 0021'), packet))),
  over('Ethernet in MPLS in Ethernet in VXLAN', 101, /^raw:ip:udp:vxlan:eth:ethertype:mpls$/, (packet) =>
    outer(17, vxlan(ethernet(0x8847, mpls([19], packet)))),
  ),
  { name: 'fragments', link: 1, wrap: fragmented, layers: /^eth:ethertype$/ },
];
