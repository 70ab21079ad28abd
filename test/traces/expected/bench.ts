/** Ordinary traffic of the benchmarks. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const BENCH: readonly Expectation[] = [
  {
    file: 'bench/real_mix.pcap',
    story:
      'Ordinary traffic recorded from sipp and Kamailio: 200 users register (each challenged once, then accepted), 60 calls through ' +
      'the proxy with media, 100 OPTIONS keep-alives. Nothing is refused, no user is unknown.',
    alerts: [],
    may: [],
    proofs: [
      {
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code >= 300' -T fields -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs`,
        printed: '200 401 REGISTER',
      },
      {
        // Each of the 200 users registers once without credentials and once with them; none is refused with them.
        command: `tshark -r "$PCAP" -Y 'sip.Method == "REGISTER"' -T fields -e sip.to.user | sort | uniq -c | sed 's/^ *//' | cut -d' ' -f1 | sort | uniq -c | xargs`,
        printed: '200 2',
      },
      {
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code >= 200' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs`,
        printed: '120 BYE 200 120 INVITE 200 100 OPTIONS 200 200 REGISTER 200 200 REGISTER 401',
      },
    ],
  },
];
