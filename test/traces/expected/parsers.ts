/** Single messages and small files by which other programs test their parsers. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const PARSERS: readonly Expectation[] = [
  {
    file: 'captures/OISF__suricata-verify/tests/sip-sdp/sdp.pcap',
    story: 'One INVITE and its 200 with many lines of SDP.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 200 INVITE 1 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/OISF__suricata-verify/tests/sip-tcp-method/sip-tcp.pcap',
    story: 'One REGISTER in two segments of TCP and its 200.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 200 REGISTER 1 REGISTER REGISTER',
      },
    ],
  },
  {
    file: 'captures/seladb__PcapPlusPlus/Tests/Packet++Test/PacketExamples/sdp.pcap',
    story: 'One 200 with SDP.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 200 INVITE',
      },
    ],
  },
  {
    file: 'captures/sipcapture__hep-wireshark/pcap/hep.pcap',
    story:
      'Eight HEP3 packets of a generator: an INVITE challenged with 407, an OPTIONS with its 200, a report of call quality and RTCP as JSON. tshark 4.0 cannot open HEP: read as text.',
    alerts: [],
    may: [],
    proofs: [
      {
        // HEP3 packets.
        command: 'tshark -r "$PCAP" -Y \'udp.payload[0:4] == "HEP3"\' | wc -l | xargs',
        printed: '8',
      },
      {
        // First lines of SIP in them.
        command: 'strings -n 12 "$PCAP" | grep -o -E \'(INVITE|OPTIONS|PUBLISH) sip:[^ ]*|SIP/2.0 [0-9]+ [A-Z].*\' | xargs',
        printed:
          'INVITE sip:nodejs@127.0.0.1 SIP/2.0 100 Trying SIP/2.0 407 Proxy Authentication Required OPTIONS sip:127.0.0.1 SIP/2.0 200 Alive PUBLISH sip:nodejs@127.0.0.1:5999;transport=udp',
      },
    ],
  },
  {
    file: 'captures/dotpcap__packetnet/Test/CaptureFiles/udp-ip-fragmented.pcap',
    story:
      'A Nortel switch and a Dialogic gateway: INVITE of two parts in two IPv4 fragments (415), then with SDP alone (200), re-INVITE and BYE.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 180 INVITE 1 200 BYE 2 200 INVITE 1 415 INVITE 3 ACK ACK 1 BYE BYE 3 INVITE INVITE',
      },
    ],
  },
];
