/** Other protocols of telephone networks, and traffic that is none. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const OTHERS: readonly Expectation[] = [
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/h323.pcap',
    story: 'H.323: registration with a gatekeeper (RAS) and two calls (H.225, H.245) out of three recordings.',
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
          '38 eth:ethertype:ip:tcp 11 eth:ethertype:ip:udp:h225 10 eth:ethertype:ip:tcp:h245:h245 8 eth:ethertype:ip:tcp:q931:q931:h225 4 eth:ethertype:ip:udp:h225:data',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/iax.pcap',
    story: 'One IAX2 call of half a second.',
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
        printed: '50 eth:ethertype:ip:udp:iax2',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/mgcp.pcap',
    story:
      'MGCP of three gateways over several recordings: RSIP, RQNT (510: a line too many), AUEP, NTFY; requests and answers repeat once.',
    alerts: [],
    may: [],
    proofs: [
      {
        // SIP: none.
        command: 'tshark -r "$PCAP" -Y sip | wc -l | xargs',
        printed: '0',
      },
      {
        // MGCP commands and answers.
        command: 'tshark -r "$PCAP" -Y mgcp -T fields -e mgcp.req.verb -e mgcp.rsp.rspcode | sort | uniq -c | xargs',
        printed: '7 200 3 510 1 AUEP 1 NTFY 7 RQNT 4 RSIP',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/http_on_sip_port.pcap',
    story: 'An HTTP connection whose client port is 5060. tshark goes by the port.',
    alerts: [],
    may: [],
    proofs: [
      {
        // What is in it.
        command: 'tshark -r "$PCAP" -T fields -e frame.protocols | sort | uniq -c | sort -rn | head -5 | xargs',
        printed: '2 eth:ethertype:ip:tcp:sip 2 eth:ethertype:ip:tcp',
      },
      {
        // Requests and answers of SIP: none.
        command: 'tshark -r "$PCAP" -Y \'sip.Method || sip.Status-Code\' | wc -l | xargs',
        printed: '0',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/dnscrypt_skype_false_positive.pcapng',
    story: 'Six datagrams of encrypted DNS on port 443.',
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
        printed: '3 212.47.228.136 443 192.168.2.100 46858 3 192.168.2.100 46858 212.47.228.136 443',
      },
    ],
  },
  {
    file: 'captures/akvorado__akvorado/outlet/flow/decoder/netflow/testdata/ipfixprobe-data.pcap',
    story: 'One flow export.',
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
        printed: '1 eth:ethertype:ip:udp:cflow',
      },
    ],
  },
  {
    file: 'captures/akvorado__akvorado/outlet/flow/decoder/netflow/testdata/ipfixprobe-templates.pcap',
    story: 'One flow export: templates.',
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
        printed: '1 eth:ethertype:ip:udp:cflow',
      },
    ],
  },
  {
    file: 'captures/secdev__scapy/test/pcaps/ipfix.pcap',
    story: 'Three IPFIX messages on another port than theirs.',
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
        printed: '3 204.42.110.30 33092 204.42.111.229 9995',
      },
    ],
  },
];
