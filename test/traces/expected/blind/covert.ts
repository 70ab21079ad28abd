/** Covert channels: SIPp hides bytes in SIP, a FreeSWITCH session border controller passes the calls on (a thesis on covert channels, A26 by way of the grammar). The SBC is no attacker, whatever it passes on. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_COVERT: readonly Expectation[] = [
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/TC-01.pcap',
    story:
      'Said to be the baseline, but both INVITEs carry X-Covert-Data: SecretMessage123, as all files of this series do, and the SBC passes it on. Two calls of 10 s with media, nothing else is odd.',
    alerts: [
      {
        class: 'covert-channel',
        attacker: '38.242.140.216',
        target: '178.18.244.71',
        outcomes: ['succeeded', 'unknown'],
        least: 1,
        most: 20,
        beyond:
          'a private header with a short readable word is what many PBXs send (the SBC adds X-cid and X-FS-Support); nothing but its name tells',
      },
    ],
    may: [],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"}\' -T fields -e ip.src -e sip.msg_hdr | sed \'s/\\\\r\\\\n/\\n/g\' | grep \'^X-[A-Za-z-]*: \' | sort | uniq -c | xargs',
        printed:
          '4 X-Covert-Data: SecretMessage123 2 X-FS-Support: update_display,send_info 1 X-cid: 1-561946@38.242.140.216 1 X-cid: 1-561973@38.242.140.216',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '2 BYE 200 2 INVITE 200',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.17.pcap',
    story: 'One OPTIONS whose Subject is base64 for "secretcode123" is answered 200. OPTIONS has no use for a Subject.',
    alerts: [
      {
        class: 'covert-channel',
        attacker: '38.242.140.216',
        target: '178.18.244.71',
        outcomes: ['succeeded', 'unknown'],
        least: 1,
        most: 20,
      },
    ],
    may: ['anomaly'],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"}\' -T fields -e ip.src -e sip.msg_hdr | sed \'s/\\\\r\\\\n/\\n/g\' | grep \'^Subject: \' | sort | uniq -c | xargs',
        printed: '1 Subject: c2VjcmV0Y29kZTEyMw',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '1 OPTIONS 200',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.19.pcap',
    story:
      'Session-ID (which must be 32 hexadecimal digits, RFC 7989 §5), Trace-Info, Diversion and History-Info all hold base64 for "secretcode123"; the SBC passes the Diversion on and the call is answered.',
    alerts: [
      {
        class: 'covert-channel',
        attacker: '38.242.140.216',
        target: '178.18.244.71',
        outcomes: ['succeeded', 'unknown'],
        least: 1,
        most: 20,
      },
    ],
    may: ['anomaly', 'malformed'],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"}\' -T fields -e ip.src -e sip.msg_hdr | sed \'s/\\\\r\\\\n/\\n/g\' | grep \'^Session-ID: \' | sort | uniq -c | xargs',
        printed: '1 Session-ID: c2VjcmV0Y29kZTEyMw',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"}\' -T fields -e ip.src -e sip.msg_hdr | sed \'s/\\\\r\\\\n/\\n/g\' | grep \'^Trace-Info: \' | sort | uniq -c | xargs',
        printed: '1 Trace-Info: <sip:c2VjcmV0Y29kZTEyMw@stealth.domain>',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"}\' -T fields -e ip.src -e sip.msg_hdr | sed \'s/\\\\r\\\\n/\\n/g\' | grep \'^Diversion: \' | sort | uniq -c | xargs',
        printed: '2 Diversion: <sip:c2VjcmV0Y29kZTEyMw@proxy.net>;reason=user-busy',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '1 BYE 200 1 INVITE 200',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.20.pcap',
    story:
      'Two INVITEs with SDP versions 787975 (the ASCII codes of "NOK") and 1, where only 0 exists (RFC 8866 §5.1). The SBC refuses both with 400 Bad Session Description.',
    alerts: [
      {
        class: 'covert-channel',
        attacker: '38.242.140.216',
        target: '178.18.244.71',
        outcomes: ['failed', 'unknown'],
        least: 1,
        most: 4,
        also: ['malformed'],
      },
    ],
    may: ['anomaly'],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"} && ip.src == 38.242.140.216\' -T fields -e sdp.version | sort | uniq -c | xargs',
        printed: '1 1 1 787975',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '2 INVITE 400',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/uac_train_model.pcap',
    story:
      '100 calls of 10 s, one after another, each INVITE with base64 for twelve characters in its branch, in X-Covert-Data (twice) and in a body part that says it is a PKCS#7 signature, an Identity that is no signature, a boundary --secret_…, two Subjects and a Max-Forwards between 80 and 99 that counts up. Twenty values take turns, so that branches repeat. The SBC passes most of it on; all calls are answered. The INVITEs it sends on are IPv4 fragments, of which tshark shows the last.',
    alerts: [
      {
        class: 'covert-channel',
        attacker: '38.242.140.216',
        target: '178.18.244.71',
        outcomes: ['succeeded', 'unknown'],
        least: 50,
        most: 2000,
      },
    ],
    may: ['anomaly', 'malformed'],
    proofs: [
      {
        // INVITEs, different Call-IDs, different branches.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method == "INVITE" && ip.src == 38.242.140.216\' -T fields -e sip.Call-ID | sort -u | wc -l | xargs',
        printed: '100',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method == "INVITE" && ip.src == 38.242.140.216\' -T fields -e sip.Via.branch | sort -u | wc -l | xargs',
        printed: '20',
      },
      {
        // The first one decoded.
        command: 'tshark -r "$PCAP" -Y \'sip.Method == "INVITE"\' -T fields -e sip.Via.branch | sed -n \'1s/z9hG4bK-//p\' | base64 -d',
        printed: 'Kf1ja5yAvjNO',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '100 BYE 200 100 INVITE 200',
      },
    ],
  },
];
