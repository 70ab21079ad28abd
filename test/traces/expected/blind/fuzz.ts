/** Fuzzing and exploits. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_FUZZ: readonly Expectation[] = [
  {
    file: 'captures/snort3__snort3_demo/tests/inspectors/binder/user_defined_method.pcap',
    story:
      'Made for a test of Snort: one request INVITE1 with CSeq "1 INVITE" (they must agree, RFC 3261 §8.1.1.5) and a body "good" that calls itself SDP, and a 487. One odd message of a hand: whoever calls it malformed is right, nobody need cry.',
    alerts: [],
    may: ['malformed', 'anomaly'],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -Y sip -T fields -e ip.src -e sip.Method -e sip.Status-Code -e sip.CSeq | xargs',
        printed: '10.1.2.3 INVITE1 1 INVITE 10.9.8.7 487 1 INVITE',
      },
    ],
  },
];
