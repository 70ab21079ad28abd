/** Calls, errors and load recorded for lessons. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const LESSONS: readonly Expectation[] = [
  {
    file: 'captures/goffinet__sip_captures/SIP-Call-with-Proxy-Server.pcap',
    story: 'The same through a proxy that does not record its route: the BYE passes it by.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 100 INVITE 2 180 INVITE 1 200 BYE 2 200 INVITE 1 ACK ACK 1 BYE BYE 2 INVITE INVITE',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '1 10.33.6.100 10.33.6.101 BYE 201 1 10.33.6.101 10.33.6.100 ACK 101 1 10.33.6.101 10.33.6.102 INVITE 101 1 10.33.6.102 10.33.6.100 INVITE 101',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/private-test-sip-2.pcapng',
    story:
      'Jitsi calls PJSUA through a proxy. The proxy believes a branch timed out and sends 408 eleven times for a call that is up; PJSUA hangs up directly (500, out of order) and the BYE of Jitsi is repeated by the proxy without answer.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '1 100 BYE 2 100 INVITE 2 200 INVITE 2 200 OPTIONS 3 200 REGISTER 11 408 INVITE 1 500 BYE 2 501 SUBSCRIBE 2 ACK ACK 16 BYE BYE 2 INVITE INVITE 2 OPTIONS OPTIONS 3 REGISTER REGISTER 2 SUBSCRIBE SUBSCRIBE',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '1 172.16.98.1 172.16.98.102 ACK telephone1 3 172.16.98.1 172.16.98.102 BYE telephone1 1 172.16.98.1 172.16.98.102 INVITE telephone1 2 172.16.98.1 172.16.98.102 OPTIONS telephone2 2 172.16.98.1 172.16.98.102 REGISTER telephone2 1 172.16.98.1 172.16.98.102 SUBSCRIBE telephone2 1 172.16.98.102 172.16.98.1 SUBSCRIBE telephone2 1 172.16.98.102 172.16.98.181 ACK telephone1 11 172.16.98.102 172.16.98.181 BYE telephone1 1 172.16.98.102 172.16.98.181 INVITE telephone1 2 172.16.98.181 172.16.98.1 BYE telephone2 1 172.16.98.181 172.16.98.102 REGISTER telephone1',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-2phones-B2BUA-Asterisk.pcapng',
    story:
      'Two Zoipers register at an Asterisk (challenged once each) and call each other; mailbox subscriptions end in 489 and 404, one subscription at another server in 480.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '3 100 INVITE 2 180 INVITE 2 200 BYE 5 200 INVITE 2 200 REGISTER 1 401 INVITE 2 401 REGISTER 4 401 SUBSCRIBE 1 404 SUBSCRIBE 1 480 SUBSCRIBE 3 489 PUBLISH 3 489 SUBSCRIBE 6 ACK ACK 2 BYE BYE 7 INVITE INVITE 3 PUBLISH PUBLISH 4 REGISTER REGISTER 9 SUBSCRIBE SUBSCRIBE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed:
          '1 ACK telephone1 asterisk 1 BYE telephone1 asterisk 1 INVITE telephone1 asterisk 1 REGISTER telephone1 asterisk 1 REGISTER telephone2 asterisk 4 SUBSCRIBE telephone2 asterisk',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-488-Not-Acceptable-Here-codec-null.pcapng',
    story:
      'A call is challenged, then refused with 488 as no codec is offered; OPTIONS pings of a PBX to its phones and of a provider to the PBX.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 3 200 OPTIONS 1 401 INVITE 1 488 INVITE 2 ACK ACK 2 INVITE INVITE 3 OPTIONS OPTIONS',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 INVITE 8801 asterisk',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-flow-private.pcapng',
    story: 'Linphone calls Jitsi through a proxy: three minutes of Opus, presence requests refused with 501 and 500.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '1 100 INVITE 8 180 INVITE 2 200 INVITE 6 200 OPTIONS 4 200 REGISTER 1 500 BYE 2 501 PUBLISH 4 501 SUBSCRIBE 1 ACK ACK 2 BYE BYE 2 INVITE INVITE 6 OPTIONS OPTIONS 2 PUBLISH PUBLISH 4 REGISTER REGISTER 4 SUBSCRIBE SUBSCRIBE',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-register-dns-srv.pcapng',
    story: 'SRV look-ups of Jitsi and one OPTIONS (200).',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 200 OPTIONS 1 OPTIONS OPTIONS',
      },
      {
        // What is in it.
        command: 'tshark -r "$PCAP" -T fields -e frame.protocols | sort | uniq -c | sort -rn | head -5 | xargs',
        printed: '10 eth:ethertype:ip:udp:dns 2 eth:ethertype:ip:udp:sip',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-routing-error-wireshark.pcapng',
    story:
      'Two Zoipers at two servers that do not know each other’s users: two calls end in 404, presence refused with 489 and 480. Each challenge is met.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '2 200 REGISTER 2 401 INVITE 2 401 REGISTER 5 401 SUBSCRIBE 2 404 INVITE 1 404 SUBSCRIBE 5 480 SUBSCRIBE 4 489 PUBLISH 4 489 SUBSCRIBE 4 ACK ACK 4 INVITE INVITE 4 PUBLISH PUBLISH 4 REGISTER REGISTER 15 SUBSCRIBE SUBSCRIBE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed:
          '1 INVITE telephone1 asterisk 1 INVITE telephone2 asterisk 1 REGISTER telephone1 asterisk 1 REGISTER telephone2 asterisk 5 SUBSCRIBE telephone2 asterisk',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/uac-uas-scenario-sipp.pcapng',
    story:
      'SIPp calls SIPp in one machine: 771 calls in 77 s, ten a second, all answered and (but the last three) hung up. Load, no flood: everything is completed.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '771 180 INVITE 768 200 BYE 771 200 INVITE 769 ACK ACK 768 BYE BYE 771 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/voip1b.pcapng',
    story: 'Phones and an Asterisk that takes itself out of the media by re-INVITE; each challenge is met.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '4 100 INVITE 2 200 BYE 6 200 INVITE 2 200 REGISTER 1 401 INVITE 2 401 REGISTER 7 ACK ACK 2 BYE BYE 7 INVITE INVITE 4 REGISTER REGISTER',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 BYE sipp asterisk 1 INVITE telephone2 asterisk 1 REGISTER telephone1 asterisk 1 REGISTER telephone2 asterisk',
      },
    ],
  },
];
