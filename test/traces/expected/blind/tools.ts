/** Attack tools run in the laboratory against a Kamailio and an Asterisk. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_TOOLS: readonly Expectation[] = [
  {
    file: 'captures/tools/asterisk.pcap',
    story:
      'Three tools of SIPVicious against a real Asterisk that challenges everyone: one OPTIONS of svmap, one REGISTER and one INVITE of svwar (random users, 401), then svcrack on account 1003: one challenge, 36 different guesses with the same nonce within a quarter of a second, the last of them right (200).',
    alerts: [
      { class: 'password-guessing', attacker: '10.99.0.100', target: '1003@asterisk', outcomes: ['succeeded'], least: 35, most: 36 },
      {
        class: 'server-scan',
        attacker: '10.99.0.101',
        target: '10.99.0.20',
        outcomes: ['succeeded', 'unknown'],
        least: 1,
        most: 1,
        beyond: 'issue 5, tool DNA: a single OPTIONS, told by its User-Agent alone',
      },
    ],
    may: ['account-takeover', 'extension-scan'],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e sip.Method -e sip.to.user -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed:
          '1 10.99.0.100 INVITE 2033533099 1 10.99.0.100 REGISTER 1003 36 10.99.0.100 REGISTER 1003 1003 asterisk 1 10.99.0.100 REGISTER 3846464515 1 10.99.0.101 OPTIONS 100',
      },
      {
        // Different guesses.
        command:
          'tshark -r "$PCAP" -Y \'sip.auth.digest.response\' -T fields -e sip.auth.digest.response -e sip.auth.username | sort -u | cut -f2 | uniq -c | xargs',
        printed: '36 1003',
      },
      {
        command: 'tshark -r "$PCAP" -Y \'sip.Status-Code\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '1 INVITE 401 1 OPTIONS 401 1 REGISTER 200 37 REGISTER 401',
      },
      { command: 'tshark -r "$PCAP" -V | grep -ci stale | xargs', printed: '0' },
    ],
  },
  {
    file: 'captures/tools/register_flood_sipp.pcap',
    story:
      'sipp, named like a Yealink phone, sends 3,957 REGISTERs in one second for 200 users to one Kamailio, which challenges every one (401); none is answered (A10). 41 late answers of another host to calls of an earlier run pass by, as in svwar_reg: nobody’s attack.',
    alerts: [{ class: 'flood', attacker: '10.99.0.104', target: '10.99.0.2', outcomes: ['failed', 'unknown'], least: 1, most: 3957 }],
    may: ['extension-scan', 'anomaly'],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.Status-Code | sort | uniq -c | xargs',
        printed:
          '3957 10.99.0.104 10.99.0.2 REGISTER 41 10.99.0.2 10.99.0.100 200 3957 10.99.0.2 10.99.0.104 401 41 10.99.0.200 10.99.0.2 200',
      },
      {
        // Different users; requests with credentials.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e sip.to.user | sort -u | wc -l | xargs',
        printed: '200',
      },
      { command: 'tshark -r "$PCAP" -Y \'sip.auth.username\' | wc -l | xargs', printed: '0' },
      {
        // Seconds.
        command: "tshark -r \"$PCAP\" -Y 'sip' -T fields -e frame.time_relative | sed -n '$p' | cut -c1-5",
        printed: '0.987',
      },
    ],
  },
];
