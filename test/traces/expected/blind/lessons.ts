/** Calls, errors and load recorded for lessons. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_LESSONS: readonly Expectation[] = [
  {
    file: 'captures/goffinet__sip_captures/RTP-Protocol.pcap',
    story: 'One call between two AudioCodes gateways with PRACK, media and RTCP.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 180 INVITE 1 200 BYE 1 200 INVITE 1 200 PRACK 1 ACK ACK 1 BYE BYE 1 INVITE INVITE 1 PRACK PRACK',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/SIP-Call-Flow-Over-TCP.pcap',
    story: 'The same over TCP.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 180 INVITE 1 200 BYE 1 200 INVITE 1 ACK ACK 1 BYE BYE 1 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-phone-to-phone.pcapng',
    story: 'Linphone calls another one directly at its address.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 180 INVITE 1 200 BYE 1 200 INVITE 1 ACK ACK 1 BYE BYE 1 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-register-ok-unregister.pcapng',
    story: 'Zoiper registers, unregisters and is challenged for each; its subscriptions end in 489 and 404.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '2 200 REGISTER 2 401 REGISTER 2 401 SUBSCRIBE 1 404 SUBSCRIBE 1 489 PUBLISH 1 489 SUBSCRIBE 1 PUBLISH PUBLISH 4 REGISTER REGISTER 4 SUBSCRIBE SUBSCRIBE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '3 REGISTER telephone1 asterisk 2 SUBSCRIBE telephone1 asterisk',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/sip-register-wrong_password-401-403-401-403.pcapng',
    story: 'Zoiper with a wrong password: one REGISTER and one SUBSCRIBE, each challenged, answered and refused with 403. A user error.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 401 REGISTER 1 401 SUBSCRIBE 1 403 REGISTER 1 403 SUBSCRIBE 2 REGISTER REGISTER 2 SUBSCRIBE SUBSCRIBE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 REGISTER telephone1 asterisk 1 SUBSCRIBE telephone1 asterisk',
      },
    ],
  },
  {
    file: 'captures/goffinet__sip_captures/voip-extension2downata.pcap',
    story:
      'A PBX tries four extensions of a telephone adapter that is down, one after the other (three INVITEs each, no answer), and gives the call to voice mail; old CANCELs repeat beside it.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '1 100 INVITE 1 200 BYE 1 200 INVITE 1 401 REGISTER 1 ACK ACK 1 BYE BYE 7 CANCEL CANCEL 13 INVITE INVITE 2 REGISTER REGISTER',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '1 192.168.5.10 192.168.5.5 ACK 84254978362 1 192.168.5.10 192.168.5.5 INVITE 84254978362 1 192.168.5.5 192.168.5.10 BYE 107 7 192.168.5.5 192.168.5.2 CANCEL 84254978362 12 192.168.5.5 192.168.5.2 INVITE 84254978362 2 192.168.5.5 69.24.128.191 REGISTER 2123812805',
      },
    ],
  },
];
