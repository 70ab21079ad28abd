/** Fuzzing and exploits. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const FUZZ: readonly Expectation[] = [
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/c07-sip-r2.cap',
    story:
      'PROTOS c07-sip, cases 0 to 36, from 127.0.0.1:5060 to port 80 of the same host: one proper INVITE, then the method is missing, grows from 9 letters to some 16,000 and is replaced by up to 16,000 bytes that are no letters, and by spaces. NetMon format (A26). No answers.',
    alerts: [{ class: 'malformed', attacker: '127.0.0.1', target: '127.0.0.1', outcomes: ['failed', 'unknown'], least: 10, most: 80 }],
    may: ['anomaly', 'exploit', 'flood'],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -Y \'udp.dstport == 80\' -T fields -e ip.src -e ip.dst -e udp.srcport | sort | uniq -c | xargs',
        printed: '37 127.0.0.1 127.0.0.1 5060',
      },
      {
        // Lengths: the longest is the largest datagram NetMon kept.
        command:
          "tshark -r \"$PCAP\" -Y 'udp.dstport == 80' -T fields -e udp.length | sort -n | uniq -c | sort -k2,2n | sed -n '1p;$p' | xargs",
        printed: '1 442 5 16008',
      },
      {
        // Bytes that a method may not hold.
        command: 'tshark -r "$PCAP" -Y \'udp.dstport == 80\' -T fields -e udp.payload | cut -c1-2 | sort | uniq -c | xargs',
        printed: '9 20 1 49 15 61 12 e5',
      },
    ],
  },
  {
    file: 'captures/asterisk__testsuite/tests/fax/pjsip/ast-2016-003/sipp/crash.pcap',
    story:
      'The UDPTL stream that crashed Asterisk (AST-2016-003), to be replayed by SIPp: 128 datagrams from port 1 to port 2 between 1.1.1.1 and 2.2.2.2, the first one says GARBAGE. No signalling is with it.',
    alerts: [
      {
        class: 'exploit',
        also: ['malformed', 'media-attack'],
        attacker: '1.1.1.1',
        target: '2.2.2.2',
        outcomes: ['unknown', 'failed'],
        least: 1,
        most: 128,
        beyond: 'UDPTL is known only by the m=image line that promised it; these datagrams have no signalling',
      },
    ],
    may: ['anomaly'],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -T fields -e ip.src -e udp.srcport -e ip.dst -e udp.dstport | sort | uniq -c | xargs',
        printed: '128 1.1.1.1 1 2.2.2.2 2',
      },
      { command: 'tshark -r "$PCAP" -Y \'frame contains "GARBAGE"\' -T fields -e frame.number | xargs', printed: '1' },
    ],
  },
  {
    file: 'captures/zeek__zeek/testing/btest/Traces/sip/sip-junk-before-request.pcap',
    story:
      'Made for a test of Zeek: a datagram of four zero bytes, then a REGISTER with an Expires and nothing else that a request must have (RFC 3261 §8.1.1). One broken message: whoever calls it malformed is right, nobody need cry.',
    alerts: [],
    may: ['malformed', 'anomaly'],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -T fields -e ip.src -e udp.dstport -e udp.payload | xargs',
        printed:
          '1.1.1.1 5060 00000000 1.1.1.1 5060 5245474953544552207369703a312e312e312e313a35303630205349502f322e300d0a457870697265733a20333630300d0a0d0a',
      },
    ],
  },
];
