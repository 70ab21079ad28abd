/** Media without signalling. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_MEDIA: readonly Expectation[] = [
  {
    file: 'captures/SIPp__sipp/pcap/dtmf_2833_1.pcap',
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
    file: 'captures/SIPp__sipp/pcap/g711a.pcap',
    story: 'Seven seconds of PCMA, to be replayed by SIPp.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '236 10.1.3.143 5000 10.1.6.18 2006',
      },
    ],
  },
  {
    file: 'captures/asterisk__testsuite/tests/channels/pjsip/non_negotiated_frame_SSRC_change/sipp/ssrc1.pcap',
    story: 'One packet of RTP by which a test of Asterisk changes the SSRC; alone in its file it changes nothing.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '1 127.0.0.1 6001 127.0.0.1 17854',
      },
    ],
  },
  {
    file: 'captures/sippy__rtpproxy/tests/acct_rtcp_hep/rtcp.o.pcap',
    story: 'What an RTP proxy recorded: seven seconds of PCMA and one RTCP packet.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '229 10.1.6.18 2006 127.0.0.1 2008 1 10.1.6.18 2007 127.0.0.1 2009',
      },
    ],
  },
  {
    file: 'captures/sippy__rtpproxy/tests/rtp_analyze/alice_srtp.pcap',
    story: '31 s of SRTP in one direction.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '1556 192.168.1.60 2230 192.168.1.81 43830',
      },
    ],
  },
  {
    file: 'captures/dotpcap__packetnet/Test/CaptureFiles/ipv6_rtcp1.pcap',
    story: 'One RTCP packet over IPv6.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '1 fd01:abab:cdcd:efe0:8655:ab4d:6299:e315 40007 fd01:cafe::1 6001',
      },
    ],
  },
  {
    file: 'captures/dotpcap__packetnet/Test/CaptureFiles/ipv6_rtp.pcap',
    story: 'One RTP packet over IPv6.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '1 fd01:abab:cdcd:efe0:8655:ab4d:6299:e315 40004 fd01:cafe::1 6000',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/rtcp_multiple_pkts_in_the_same_datagram.pcap',
    story: 'Five datagrams with several RTCP packets each.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Datagrams by flow.
        command:
          'tshark -r "$PCAP" -Y \'udp && !icmp\' -T fields -e ip.src -e ipv6.src -e udp.srcport -e ip.dst -e ipv6.dst -e udp.dstport | sort | uniq -c | sort -rn | head -6 | xargs',
        printed: '3 217.12.244.34 25963 217.12.247.98 31601 2 217.12.247.98 31601 217.12.244.34 25963',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/stun_signal.pcapng',
    story: 'A call of Signal: STUN, encrypted media, ICMP from relays that were left.',
    alerts: [],
    may: [],
    proofs: [
      {
        // SIP: none.
        command: 'tshark -r "$PCAP" -Y sip | wc -l | xargs',
        printed: '0',
      },
      {
        // What is in it.
        command: 'tshark -r "$PCAP" -T fields -e frame.protocols | sort | uniq -c | sort -rn | head -5 | xargs',
        printed:
          '294 eth:ethertype:ip:udp:stun 69 eth:ethertype:ip:udp:rtcp 53 eth:ethertype:ip:icmp:ip:udp:stun 38 eth:ethertype:ip:udp:data 6 eth:ethertype:ip:udp:stun:data',
      },
    ],
  },
];
