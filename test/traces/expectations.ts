/**
 * What captures of real tools must raise, and what benign traffic must not. Written from the packets, before the rules
 * that meet it: beside each expectation stands the tshark command that shows it and what it printed. A test runs these
 * commands again, so that an expectation cannot be wished.
 */
import type { AttackClass, Outcome } from '../../src/types.ts';

/** A command line, run by `sh` with the file in `$PCAP`, and the standard output it must give. */
export interface Proof {
  readonly command: string;
  readonly printed: string;
}

/** One Alert that must be there, in its last version. */
export interface ExpectedAlert {
  readonly class: AttackClass;
  /** Address of the attacker. */
  readonly attacker: string;
  /** The address attacked, or `user@realm`, or empty where there are many and no single one is right. */
  readonly target: string;
  /**
   * What may be said about the outcome. Where the packets prove one, `unknown` may stand beside it if the proof is not
   * in what a rule sees; the opposite of the truth may never stand here.
   */
  readonly outcomes: readonly Outcome[];
  /** Bounds of `count`: above is what the packets hold, below what no reading of them can deny. */
  readonly least: number;
  readonly most: number;
}

/** One capture and all that it must raise at `warning` or above. */
export interface Expectation {
  /** Below the shared folder. */
  readonly file: string;
  /** What happened in it, told by a person who read the packets. */
  readonly story: string;
  readonly alerts: readonly ExpectedAlert[];
  /** Classes that may be raised besides, for the same attacker. */
  readonly may: readonly AttackClass[];
  readonly proofs: readonly Proof[];
}

/** Every expectation, by capture. */
export const EXPECTATIONS: readonly Expectation[] = [
  {
    file: 'captures/tools/svmap.pcap',
    story:
      'svmap (SIPVicious 0.3.3) sends one OPTIONS to each of 61 neighbours within a third of a second; one of them, a Kamailio, ' +
      'answers 200. Six more come back inside ICMP errors: they are not requests of their own.',
    alerts: [{ class: 'server-scan', attacker: '10.99.0.101', target: '', outcomes: ['succeeded', 'unknown'], least: 61, most: 61 }],
    may: [],
    proofs: [
      {
        // Different addresses that were sent an OPTIONS.
        command: `tshark -r "$PCAP" -Y 'sip.Method == "OPTIONS" && !icmp' -T fields -e ip.src -e ip.dst | sort -u | cut -f1 | uniq -c | xargs`,
        printed: '61 10.99.0.101',
      },
      {
        // Who answered: a server was found.
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code && !icmp' -T fields -e ip.src -e ip.dst -e sip.Status-Code | xargs`,
        printed: '10.99.0.2 10.99.0.101 200',
      },
      {
        // ICMP errors that quote a request.
        command: `tshark -r "$PCAP" -Y icmp | wc -l | xargs`,
        printed: '6',
      },
    ],
  },
  {
    file: 'captures/tools/svwar_reg.pcap',
    story:
      'svwar sends one REGISTER without credentials for each of 202 users (a random one first, then 900 to 1100) to one server. ' +
      'The 101 that exist are challenged (401), the 101 others refused (404): the answers tell the scanner which exist. It never ' +
      'answers a challenge. The file ends 2.9 s after it begins, before anyone could call the challenges abandoned, so that only ' +
      'the 404s are beyond doubt. 41 answers of another host to calls of an earlier run pass by: they are nobody’s attack.',
    alerts: [
      {
        class: 'extension-scan',
        attacker: '10.99.0.100',
        target: '10.99.0.2',
        outcomes: ['succeeded', 'unknown'],
        least: 101,
        most: 202,
      },
    ],
    may: [],
    proofs: [
      {
        command: `tshark -r "$PCAP" -Y 'sip.Method == "REGISTER" && !icmp' -T fields -e ip.src -e ip.dst -e sip.to.user | sort -u | cut -f1,2 | uniq -c | xargs`,
        printed: '202 10.99.0.100 10.99.0.2',
      },
      {
        // Requests with credentials: none.
        command: `tshark -r "$PCAP" -Y 'sip.auth.username' | wc -l | xargs`,
        printed: '0',
      },
      {
        // Answers to REGISTER: different users by status.
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code && sip.CSeq.method == "REGISTER"' -T fields -e sip.Status-Code -e sip.to.user | sort -u | cut -f1 | uniq -c | xargs`,
        printed: '101 401 101 404',
      },
      {
        // The late answers of the other host belong to INVITEs that are not in the file.
        command: `tshark -r "$PCAP" -Y 'ip.src == 10.99.0.200' -T fields -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs`,
        printed: '41 200 INVITE',
      },
    ],
  },
  {
    file: 'captures/tools/svwar_invite.pcap',
    story:
      'svwar sends one INVITE to each of 52 users: a random one, 990 to 999 (404 each) and 1000 to 1040, which ring and answer at ' +
      '10.99.0.200. It hangs up each answered call with a BYE that the server does not know (404), four times. The eleven 404s to ' +
      'INVITE are probes beyond doubt; the 41 answered calls are what the scan was for.',
    alerts: [
      {
        class: 'extension-scan',
        attacker: '10.99.0.100',
        target: '10.99.0.2',
        outcomes: ['succeeded', 'unknown'],
        least: 10,
        most: 52,
      },
    ],
    may: [],
    proofs: [
      {
        command: `tshark -r "$PCAP" -Y 'sip.Method == "INVITE" && ip.src == 10.99.0.100 && !icmp' -T fields -e ip.dst -e sip.to.user | sort -u | cut -f1 | uniq -c | xargs`,
        printed: '52 10.99.0.2',
      },
      {
        // Final answers to INVITE: different users by status.
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code >= 200 && sip.CSeq.method == "INVITE" && ip.dst == 10.99.0.100 && !icmp' -T fields -e sip.Status-Code -e sip.to.user | sort -u | cut -f1 | uniq -c | xargs`,
        printed: '41 200 11 404',
      },
      {
        // The BYEs, all refused.
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code && sip.CSeq.method == "BYE" && !icmp' -T fields -e ip.dst -e sip.Status-Code | sort | uniq -c | xargs`,
        printed: '164 10.99.0.100 404',
      },
    ],
  },
  {
    file: 'captures/tools/svwar_opt.pcap',
    story:
      'svwar --force sends one OPTIONS to each of 102 users (a random one, then 1000 to 1100). The server answers 200 to all, the ' +
      'random one included: the scanner learns nothing.',
    alerts: [
      {
        class: 'extension-scan',
        attacker: '10.99.0.100',
        target: '10.99.0.2',
        outcomes: ['failed', 'unknown'],
        least: 102,
        most: 102,
      },
    ],
    may: [],
    proofs: [
      {
        command: `tshark -r "$PCAP" -Y 'sip.Method == "OPTIONS"' -T fields -e ip.src -e ip.dst -e sip.to.user | sort -u | cut -f1,2 | uniq -c | xargs`,
        printed: '102 10.99.0.100 10.99.0.2',
      },
      {
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code' -T fields -e sip.Status-Code -e sip.to.user | sort -u | cut -f1 | uniq -c | xargs`,
        printed: '102 200',
      },
    ],
  },
  {
    file: 'captures/tools/svcrack.pcap',
    story:
      'svcrack guesses the password of account 1003 (realm bench.invalid) at one server: two REGISTERs without credentials are ' +
      'challenged, 236 answer a challenge with 236 different responses; 235 of these are refused with 401 (none says stale), the last ' +
      'one gets a 200 with a binding. The password was found, 1.6 s after the first try.',
    alerts: [
      {
        class: 'password-guessing',
        attacker: '10.99.0.100',
        target: '1003@bench.invalid',
        outcomes: ['succeeded'],
        least: 235,
        most: 236,
      },
    ],
    may: ['account-takeover'],
    proofs: [
      {
        // REGISTERs by user of the credentials; the empty one has none.
        command: `tshark -r "$PCAP" -Y 'sip.Method == "REGISTER"' -T fields -e ip.src -e ip.dst -e sip.to.user -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs`,
        printed: '2 10.99.0.100 10.99.0.2 1003 236 10.99.0.100 10.99.0.2 1003 1003 bench.invalid',
      },
      {
        // No guess was sent twice.
        command: `tshark -r "$PCAP" -Y 'sip.auth.digest.response' -T fields -e sip.auth.digest.response | sort -u | wc -l | xargs`,
        printed: '236',
      },
      {
        // 237 answers 401: two to the requests without credentials, 235 to guesses; one 200.
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code' -T fields -e sip.Status-Code | sort | uniq -c | xargs`,
        printed: '1 200 237 401',
      },
      {
        // Stale nonces: none, so that every 401 to a guess is a refusal.
        command: `tshark -r "$PCAP" -V | grep -ci stale | xargs`,
        printed: '0',
      },
      {
        // The 200 grants a binding.
        command: `tshark -r "$PCAP" -Y 'sip.Status-Code == 200' -T fields -e frame.number -e sip.contact.parameter | xargs`,
        printed: '476 expires=3600',
      },
    ],
  },
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
