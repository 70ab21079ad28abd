/** Other protocols of telephone networks, and traffic that is none. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_OTHERS: readonly Expectation[] = [
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/skinny.pcap',
    story: 'Cisco SCCP: two phones and their server, with media.',
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
        printed: '135 eth:ethertype:ip:udp:rtp 40 eth:ethertype:ip:tcp:skinny 21 eth:ethertype:ip:tcp 4 eth:ethertype:arp',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/rtsp.pcap',
    story: 'Streaming by RTSP with SDP over TCP.',
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
        printed: '438 sll:ethertype:ip:tcp 124 sll:ethertype:ip:tcp:rtsp 6 sll:ethertype:ip:tcp:rtsp:sdp',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/rtsp-packets.cap',
    story: 'A radio player asks by RTSP twice and gets 500. NetMon format.',
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
        printed: '17 eth:ethertype:ip:tcp 3 eth:ethertype:ip:tcp:rtsp',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/starcraft_battle.pcap',
    story: 'A game.',
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
          '554 eth:ethertype:ip:tcp 146 eth:ethertype:ip:tcp:data 26 eth:ethertype:ip:udp:dns 20 eth:ethertype:ip:tcp:http 14 eth:ethertype:ip:udp:data',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/netflow-fritz.pcap',
    story: 'One NetFlow export of a router.',
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
    file: 'captures/akvorado__akvorado/outlet/flow/decoder/netflow/testdata/data+templates.pcap',
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
];
