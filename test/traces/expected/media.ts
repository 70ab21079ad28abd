/** Media without signalling. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const MEDIA: readonly Expectation[] = [
  {
    file: 'captures/SIPp__sipp/pcap/dtmf_2833_pound.pcap',
    story: 'Ten telephone-events of one digit, to be replayed by SIPp.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '10 192.168.0.3 49176 192.168.0.1 10000',
      },
    ],
  },
  {
    file: 'captures/asterisk__testsuite/tests/channels/pjsip/non_negotiated_frame_SSRC_change/sipp/A_party_g711a.pcap',
    story: 'Almost two minutes of PCMA, to be replayed by SIPp.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '5535 81.23.228.146 52024 192.168.99.53 35886',
      },
    ],
  },
  {
    file: 'captures/sippy__rtpproxy/tests/catch_dtmf/dtmf.pcap',
    story: 'Two streams of an RTP proxy with telephone-events.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '151 10.10.0.82 19438 127.0.0.1 24272 45 10.10.0.84 56890 127.0.0.1 24270',
      },
    ],
  },
  {
    file: 'captures/dotpcap__packetnet/Test/CaptureFiles/ipv6_rtcp2.pcap',
    story: 'One RTCP packet over IPv6.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '1 fd01:abab:cdcd:efe0:8655:ab4d:6299:e315 40005 fd01:cafe::1 6001',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/rtp.pcapng',
    story: 'Streams out of several recordings: RTP in a VLAN, H.263 video and what looks like media over TCP.',
    alerts: [],
    may: [],
    proofs: [
      {
        // SIP: none.
        command: 'tshark -r "$PCAP" -Y sip | wc -l | xargs',
        printed: '0',
      },
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed:
          '30 10.140.67.167 55402 148.153.85.97 6008 19 192.113.193.227 50003 150.219.118.19 54234 15 10.204.220.71 6000 10.204.220.171 6000 11 150.219.118.19 54234 192.113.193.227 50003',
      },
    ],
  },
];
