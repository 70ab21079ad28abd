/** Attacks recorded in the wild or at honeypots, and a forensic exercise. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const WILD: readonly Expectation[] = [
  {
    file: 'captures/initconf__sip-attacks/tests/Traces/BadUserAgent-sipvicious.pcap',
    story:
      'svmap (User-Agent friendly-scanner, one copy renamed Zeeko) asks one server with OPTIONS sip:100@ 26 times in 15 hours, from 11 addresses, nobody more than 8 times; no answer is in the file. Without the name of the tool each of them looks like a trunk that pings now and then.',
    alerts: [
      {
        class: 'server-scan',
        attacker: '',
        attackers: 11,
        target: '',
        outcomes: ['failed', 'unknown'],
        least: 1,
        most: 8,
        beyond: 'issue 5, tool DNA: single OPTIONS hours apart are told from keep-alives by the name of the tool alone',
      },
    ],
    may: ['anomaly'],
    proofs: [
      {
        // Who asked, how often.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e sip.Method -e ip.dst -e ip.src | sort | uniq -c | sort -rn | xargs',
        printed:
          '8 OPTIONS 152.28.49.156 7.17.254.165 4 OPTIONS 152.28.49.156 27.53.138.51 3 OPTIONS 152.28.49.156 7.17.254.188 3 OPTIONS 152.28.49.156 167.39.178.73 2 OPTIONS 152.28.49.156 167.39.178.78 1 OPTIONS 152.28.49.156 75.225.19.2 1 OPTIONS 152.28.49.156 27.164.15.39 1 OPTIONS 152.28.49.156 207.236.89.0 1 OPTIONS 152.28.49.156 171.217.27.159 1 OPTIONS 152.28.49.156 171.217.27.156 1 OPTIONS 152.28.49.156 146.38.187.119',
      },
      {
        // By what name.
        command: 'tshark -r "$PCAP" -T fields -e sip.User-Agent | sort | uniq -c | xargs',
        printed: '1 Zeeko 25 friendly-scanner',
      },
      {
        // Answers: none.
        command: 'tshark -r "$PCAP" -Y \'sip.Status-Code\' | wc -l | xargs',
        printed: '0',
      },
    ],
  },
  {
    file: 'captures/initconf__sip-attacks/tests/Traces/SIP-3700-unauthorized-401.pcap',
    story:
      'sipcli dials two Palestinian mobile numbers, each through another server, with the prefixes 9, 1010222, 1010333, 1010432 and 1010555 in turn (A32): five calls within 4 s are refused with 482 (loop), and 3.3 hours later six more within 8 s are challenged, answered as user 200 and refused with 403 once and 503 five times. No call goes through.',
    alerts: [
      { class: 'toll-fraud', attacker: '40.129.198.250', target: '', outcomes: ['failed', 'unknown'], least: 2, most: 17, apart: true },
    ],
    may: ['password-guessing'],
    proofs: [
      {
        // What was dialled, where, with and without credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method == "INVITE"\' -T fields -e ip.src -e ip.dst -e sip.to.user -e sip.auth.username | sort | uniq -c | xargs',
        printed:
          '1 40.129.198.250 157.147.97.131 011972598072172 1 40.129.198.250 157.147.97.131 011972598072172 200 1 40.129.198.250 157.147.97.131 1010222011972598072172 1 40.129.198.250 157.147.97.131 1010222011972598072172 200 1 40.129.198.250 157.147.97.131 1010333011972598072172 1 40.129.198.250 157.147.97.131 1010333011972598072172 200 1 40.129.198.250 157.147.97.131 1010432011972598072172 1 40.129.198.250 157.147.97.131 1010432011972598072172 200 1 40.129.198.250 157.147.97.131 1010555011972598072172 1 40.129.198.250 157.147.97.131 1010555011972598072172 200 1 40.129.198.250 157.147.97.131 9011972598072172 1 40.129.198.250 157.147.97.131 9011972598072172 200 1 40.129.198.250 157.147.97.20 011972599501806 1 40.129.198.250 157.147.97.20 1010222011972599501806 1 40.129.198.250 157.147.97.20 1010333011972599501806 1 40.129.198.250 157.147.97.20 1010555011972599501806 1 40.129.198.250 157.147.97.20 9011972599501806',
      },
      {
        // Final answers.
        command: 'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200\' -T fields -e ip.src -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '6 157.147.97.131 401 1 157.147.97.131 403 5 157.147.97.131 503 5 157.147.97.20 482',
      },
    ],
  },
  {
    file: 'captures/initconf__sip-attacks/tests/Traces/SIP-Bruteforce-Single-IP.pcap',
    story:
      'One address ("Cisco v11.0.0") registers 45 two-digit users (10 to 54) at two servers for eight and a half hours: 611 requests carry 611 different responses, three to fourteen for a user at a server (A13, A15). The servers refuse them with 401 or 403 (or fail with 503); nobody gets in. The packets come late in bunches, so that some first requests and guesses are there several times.',
    alerts: [
      {
        class: 'password-guessing',
        attacker: '199.105.226.32',
        target: '',
        outcomes: ['failed', 'unknown'],
        least: 8,
        most: 611,
        apart: true,
      },
    ],
    may: ['extension-scan'],
    proofs: [
      {
        // Requests by server, and different users.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e sip.Method -e ip.src -e ip.dst | sort | uniq -c | xargs',
        printed: '702 REGISTER 199.105.226.32 137.11.220.89 921 REGISTER 199.105.226.32 138.167.116.102',
      },
      { command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e sip.to.user | sort -u | wc -l | xargs', printed: '45' },
      {
        // Guesses, each different.
        command: 'tshark -r "$PCAP" -Y \'sip.auth.digest.response\' -T fields -e sip.auth.digest.response | sort -u | wc -l | xargs',
        printed: '611',
      },
      {
        // How many guesses a user had at a server: least and most.
        command:
          "tshark -r \"$PCAP\" -Y 'sip.auth.digest.response' -T fields -e ip.dst -e sip.to.user | sort | uniq -c | sort -n | sed -n '1p;$p' | xargs",
        printed: '3 137.11.220.89 12 14 138.167.116.102 49',
      },
      {
        // Answers; no 200.
        command: 'tshark -r "$PCAP" -Y \'sip.Status-Code\' -T fields -e ip.src -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '200 137.11.220.89 401 42 137.11.220.89 403 163 137.11.220.89 503 6 138.167.116.102 100 605 138.167.116.102 401',
      },
    ],
  },
];
