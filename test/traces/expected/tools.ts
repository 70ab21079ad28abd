/** Attack tools run in the laboratory against a Kamailio and an Asterisk. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const TOOLS: readonly Expectation[] = [
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
    file: 'captures/tools/nmap_sip.pcap',
    story:
      'nmap sip-methods sends one OPTIONS (200); sip-enum-users sends one REGISTER that would remove a binding for each of 22 users within 25 ms, without credentials and each from another port: a random one (404) and 1000 to 1020 (401 each, the answer to who exists). It answers no challenge; the file ends at the last one.',
    alerts: [
      { class: 'extension-scan', attacker: '10.99.0.100', target: '10.99.0.2', outcomes: ['succeeded', 'unknown'], least: 1, most: 22 },
    ],
    may: ['server-scan', 'anomaly'],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.auth.username | sort | uniq -c | xargs',
        printed: '1 10.99.0.100 10.99.0.2 OPTIONS 22 10.99.0.100 10.99.0.2 REGISTER',
      },
      {
        // Different users by answer.
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code && sip.CSeq.method == "REGISTER"\' -T fields -e sip.Status-Code -e sip.to.user | sort -u | cut -f1 | uniq -c | xargs',
        printed: '21 401 1 404',
      },
      {
        // Different ports.
        command: 'tshark -r "$PCAP" -Y \'sip.Method == "REGISTER"\' -T fields -e udp.srcport | sort -u | wc -l | xargs',
        printed: '22',
      },
    ],
  },
  {
    file: 'captures/tools/sipsak.pcap',
    story:
      'sipsak asks for users 1001 to 1005 with OPTIONS (200 each) and for the server itself, first with one letter of its User-Agent broken (200), then with a second one that makes the From a FrSm: no answer, and two repeats. What an administrator does by hand; five users, one broken request.',
    alerts: [],
    may: ['extension-scan', 'malformed', 'anomaly'],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e sip.Method -e sip.r-uri | sort | uniq -c | xargs',
        printed:
          '4 10.99.0.100 OPTIONS sip:10.99.0.2 1 10.99.0.100 OPTIONS sip:1001@10.99.0.2 1 10.99.0.100 OPTIONS sip:1002@10.99.0.2 1 10.99.0.100 OPTIONS sip:1003@10.99.0.2 1 10.99.0.100 OPTIONS sip:1004@10.99.0.2 1 10.99.0.100 OPTIONS sip:1005@10.99.0.2',
      },
      { command: 'tshark -r "$PCAP" -Y \'sip.Status-Code\' -T fields -e sip.Status-Code | sort | uniq -c | xargs', printed: '6 200' },
      {
        // Requests without From.
        command: 'tshark -r "$PCAP" -Y \'sip.Method && !sip.From\' | wc -l | xargs',
        printed: '3',
      },
    ],
  },
  {
    file: 'captures/tools/invite_flood_sipp.pcap',
    story:
      'sipp sends 3,984 INVITEs of its own calls in one second to 200 numbers at one Kamailio, which keeps up: 404 to 3,949 and 477 to 48. No ACK, no call (A02): nothing shows that 10.99.0.104 hears the answers, and over UDP anybody can write that address. The flood is told in its name; blame of it is not demanded.',
    alerts: [{ class: 'flood', attacker: '', target: '10.99.0.2', outcomes: ['failed', 'unknown'], least: 1, most: 3984 }],
    may: ['extension-scan', 'anomaly'],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -Y \'sip\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.Status-Code | sort | uniq -c | xargs',
        printed:
          '3984 10.99.0.104 10.99.0.2 INVITE 19 10.99.0.2 10.99.0.104 100 3949 10.99.0.2 10.99.0.104 404 48 10.99.0.2 10.99.0.104 477',
      },
      {
        // Different calls, different numbers.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e sip.Call-ID | sort -u | wc -l | xargs',
        printed: '3984',
      },
      { command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e sip.to.user | sort -u | wc -l | xargs', printed: '200' },
      {
        // Seconds.
        command: "tshark -r \"$PCAP\" -Y 'sip' -T fields -e frame.time_relative | sed -n '$p' | cut -c1-5",
        printed: '0.989',
      },
    ],
  },
];
