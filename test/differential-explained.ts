/**
 * Why our decoder and tshark may differ about a packet: each reason with what it rests on and a frame that shows it. What
 * no reason covers is a fault of one of the two.
 */

/** A packet that only one of the two calls SIP, or a field that they read differently. */
export interface Difference {
  /** Path below the captures. */
  readonly file: string;
  readonly frame: number;
  /** Layers as tshark names them, e.g. `eth:ethertype:ip:tcp:sip`. */
  readonly protocols: string;
  readonly kind: 'only tshark' | 'only ours' | 'field';
  /** Field name, empty for whole packets. */
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
  /** We found it in a HEP packet. */
  readonly hep: boolean;
}

/** One reason for differences of some kind. */
export interface Explanation<D> {
  readonly reason: string;
  /** RFC section, or the property of tshark it rests on. */
  readonly reference: string;
  /** A frame that shows it, `file:frame`. */
  readonly example: string;
  readonly covers: (d: D) => boolean;
}

/** All reasons; the first that covers a difference explains it. */
export const EXPLAINED: readonly Explanation<Difference>[] = [
  {
    reason: 'a HEP packet, which tshark 4.0 cannot open',
    reference: 'HEP3 network protocol specification, revision 37',
    example: 'sipcapture__hep-wireshark/pcap/hep.pcap:1',
    covers: (d) => d.kind === 'only ours' && d.hep && d.protocols.endsWith(':udp:data'),
  },
  {
    reason: 'tshark goes by the port (TCP 5060) and reads no field: the payload is HTTP',
    reference: 'RFC 3261 §7.1',
    example: 'ntop__nDPI/tests/cfgs/default/pcap/http_on_sip_port.pcap:3',
    covers: (d) => d.kind === 'only tshark' && d.protocols.endsWith(':tcp:sip') && d.theirs.trim() === '',
  },
  {
    reason: 'an ICMP error quotes a datagram that was not sent in that frame',
    reference: 'RFC 792',
    example: 'tools/svmap.pcap:4',
    covers: (d) => d.kind === 'only tshark' && d.protocols.includes(':icmp:'),
  },
  {
    reason: 'tshark goes by the port (1293: PacketCable); the payload is SIP',
    reference: 'RFC 3261 §18.2.1: requests may come from any port; packet-pktc.c registers 1293',
    example: 'initconf__sip-attacks/tests/Traces/SIP-Bruteforce-Single-IP.pcap:1974',
    covers: (d) => d.kind === 'only ours' && d.protocols.endsWith(':udp:pktc'),
  },
];
