/** Ordinary calls and registrations, among other traffic at times. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_CALLS: readonly Expectation[] = [
  {
    file: 'captures/Magum23__mtaa-sip/ringing.pcapng',
    story:
      'The same two phones register and one rings the other; the file ends before anyone answers. IPv4 fragments, QUIC and DNS beside it.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 100 INVITE 2 180 INVITE 2 200 REGISTER 2 INVITE INVITE 2 REGISTER REGISTER',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '1 192.168.1.18 192.168.1.23 REGISTER magum 1 192.168.1.23 192.168.1.18 INVITE magum 1 192.168.1.23 192.168.1.23 INVITE magum 1 192.168.1.23 192.168.1.23 REGISTER michal-pc',
      },
    ],
  },
  {
    file: 'captures/MaryLS__Laborator09/sip.pcap',
    story:
      'An Android IMS client registers at getonsip.com (two registrations, each challenged once) and calls its test number (407, then 200): 14 s with media.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '3 100 INVITE 1 200 BYE 1 200 INVITE 2 200 REGISTER 2 401 REGISTER 1 407 INVITE 2 ACK ACK 1 BYE BYE 2 INVITE INVITE 4 REGISTER REGISTER',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed:
          '1 ACK upbsml jnctn.net 1 BYE upbsml jnctn.net 1 INVITE upbsml jnctn.net 3 REGISTER upbsml jnctn.net 1 REGISTER upbsml upbsml.onsip.com',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/Asterisk_ZFONE_XLITE.pcap',
    story:
      'X-Lite registers at Asterisk and calls 10008 with ZRTP in the media; subscriptions to mailboxes that do not exist get 404 after a challenge. Every challenge is met at once.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '1 100 INVITE 1 180 INVITE 1 200 BYE 2 200 INVITE 1 200 OPTIONS 1 200 REGISTER 1 401 INVITE 1 401 REGISTER 2 401 SUBSCRIBE 2 404 SUBSCRIBE 3 ACK ACK 1 BYE BYE 3 INVITE INVITE 1 OPTIONS OPTIONS 2 REGISTER REGISTER 4 SUBSCRIBE SUBSCRIBE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 ACK 10009 192.168.10.2 1 INVITE 10009 192.168.10.2 1 REGISTER 10009 192.168.10.2 2 SUBSCRIBE 10009 192.168.10.2',
      },
      {
        // ZRTP messages.
        command: 'tshark -r "$PCAP" -Y zrtp | wc -l | xargs',
        printed: '10',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/h263-over-rtp.pcap',
    story: 'One call within a machine (BSD loopback): INVITE, 200, ACK and H.263 video.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 200 INVITE 1 ACK ACK 1 INVITE INVITE',
      },
      {
        // What is in it.
        command: 'tshark -r "$PCAP" -T fields -e frame.protocols | sort | uniq -c | sort -rn | head -5 | xargs',
        printed: '45 null:ip:udp:rtp:rfc2190:h263 2 null:ip:udp:sip:sdp 2 null:ip:udp:sip',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/sip-rtp-opus-hybrid.pcap',
    story: 'INVITE, 200 and five packets of Opus of one call.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 200 INVITE 1 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/sip.pcap',
    story:
      'SIP and media of aaa.pcap alone. A Nero SIPPS phone behind NAT and its owner trying providers for 25 minutes: three users register with the credentials of two accounts, with the wrong password once (403) and nonces that have changed five times (401), and succeed three times; calls to one number abroad are refused as the account is wrong (403) or time out, with ten repeats of one CANCEL.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '3 100 INVITE 4 100 REGISTER 1 183 INVITE 3 200 REGISTER 14 401 REGISTER 2 403 INVITE 1 403 REGISTER 3 407 INVITE 1 408 CANCEL 1 408 INVITE 1 480 INVITE 7 ACK ACK 11 CANCEL CANCEL 11 INVITE INVITE 18 REGISTER REGISTER',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '3 INVITE voi18062 sip.cybercity.dk 7 REGISTER voi18062 sip.cybercity.dk 2 REGISTER voi18063 sip.cybercity.dk',
      },
    ],
  },
  {
    file: 'captures/zeek__zeek/testing/btest/Traces/sip/wireshark.pcap',
    story:
      'SIP of aaa.pcap alone. A Nero SIPPS phone behind NAT and its owner trying providers for 25 minutes: three users register with the credentials of two accounts, with the wrong password once (403) and nonces that have changed five times (401), and succeed three times; calls to one number abroad are refused as the account is wrong (403) or time out, with ten repeats of one CANCEL.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '3 100 INVITE 4 100 REGISTER 1 183 INVITE 3 200 REGISTER 14 401 REGISTER 2 403 INVITE 1 403 REGISTER 3 407 INVITE 1 408 CANCEL 1 408 INVITE 1 480 INVITE 7 ACK ACK 11 CANCEL CANCEL 11 INVITE INVITE 18 REGISTER REGISTER',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '3 INVITE voi18062 sip.cybercity.dk 7 REGISTER voi18062 sip.cybercity.dk 2 REGISTER voi18063 sip.cybercity.dk',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/webex.pcap',
    story:
      'A Zoiper sends the same registration of one user 22 times in two minutes through a VPN and hears nothing: an unreachable server, not an attack. TLS of Webex beside it.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '22 REGISTER REGISTER',
      },
      {
        // Different users and Call-IDs.
        command: 'tshark -r "$PCAP" -Y sip -T fields -e sip.to.user -e sip.Call-ID | sort -u | cut -f1 | uniq -c | xargs',
        printed: '1 45191',
      },
    ],
  },
];
