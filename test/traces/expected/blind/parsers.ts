/** Single messages and small files by which other programs test their parsers. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_PARSERS: readonly Expectation[] = [
  {
    file: 'captures/OISF__suricata-verify/tests/sip-body-frames/public-cloudshark-sip-s0.pcap',
    story: 'SIP of SIP_CALL_RTP_G711 alone: one registration and two calls of a soft switch.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 100 INVITE 2 180 INVITE 1 200 INVITE 1 200 REGISTER 1 ACK ACK 2 INVITE INVITE 1 REGISTER REGISTER',
      },
    ],
  },
  {
    file: 'captures/OISF__suricata-verify/tests/sip-compact-form/sip_compact_form.pcap',
    story: 'One INVITE to a number abroad, its headers in compact form.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 INVITE INVITE',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed: '1 1.1.1.1 2.2.2.2 INVITE 97239287044',
      },
    ],
  },
  {
    file: 'captures/OISF__suricata-verify/tests/sip-options-method/input.pcap',
    story: 'One OPTIONS and its 200.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 200 OPTIONS 1 OPTIONS OPTIONS',
      },
    ],
  },
  {
    file: 'captures/OISF__suricata-verify/tests/sip-pattern-matching/sip.pcap',
    story: 'One REGISTER and its challenge.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 401 REGISTER 1 REGISTER REGISTER',
      },
    ],
  },
  {
    file: 'captures/OISF__suricata-verify/tests/sip-ssdp-pm/ssdp.pcap',
    story: 'One datagram of SSDP.',
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
        printed: '1 eth:ethertype:ip:udp:ssdp',
      },
    ],
  },
  {
    file: 'captures/profuzzbench__profuzzbench/subjects/SIP/Kamailio/in-sip-pcap/sip-1.pcap',
    story: 'One call from SIPp to PJSUA through a Kamailio in one machine: the seed that a fuzzer started from, itself proper.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 100 INVITE 2 200 BYE 2 200 INVITE 2 200 REGISTER 2 ACK ACK 2 BYE BYE 2 INVITE INVITE 2 REGISTER REGISTER',
      },
    ],
  },
  {
    file: 'captures/seladb__PcapPlusPlus/Tests/Packet++Test/PacketExamples/sip_not_sdp.pcap',
    story: 'One PUBLISH with a body of XML.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 PUBLISH PUBLISH',
      },
    ],
  },
  {
    file: 'captures/seladb__PcapPlusPlus/Tests/Packet++Test/PacketExamples/sip_reqs.pcap',
    story:
      'Four requests out of four recordings (two in PPPoE): INVITE, CANCEL, ACK and a BYE that is cut in its last header. Without their calls a CANCEL and a BYE say nothing.',
    alerts: [],
    may: ['malformed', 'anomaly'],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 ACK ACK 1 BYE BYE 1 CANCEL CANCEL 1 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/seladb__PcapPlusPlus/Tests/Packet++Test/PacketExamples/sip_resp.pcap',
    story: 'Seven responses out of three recordings, one over TCP: 100, 180, 200, 401 twice, 503, 504.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 180 INVITE 1 200 INVITE 2 401 REGISTER 1 503 REGISTER 1 504 REGISTER',
      },
    ],
  },
];
