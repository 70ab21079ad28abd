/** Covert channels: SIPp hides bytes in SIP, a FreeSWITCH session border controller passes the calls on (a thesis on covert channels, A26 by way of the grammar). The SBC is no attacker, whatever it passes on. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const COVERT: readonly Expectation[] = [
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.1.pcap',
    story:
      'The branch of the Via is z9hG4bK-c2VjcmV0Y29kZTk5: base64 for "secretcode99". Two calls 313 s apart use the same branch, which must be unique in time (RFC 3261 §8.1.1.7). The SBC ends the Via: the word reaches it and no further.',
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
        // Branch and Call-ID of the INVITEs.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"} && ip.src == 38.242.140.216\' -T fields -e sip.Via.branch -e sip.Call-ID | sort | uniq -c | xargs',
        printed: '1 z9hG4bK-c2VjcmV0Y29kZTk5 1-562873@38.242.140.216 1 z9hG4bK-c2VjcmV0Y29kZTk5 1-562881@38.242.140.216',
      },
      {
        // The branch decoded.
        command: 'tshark -r "$PCAP" -Y \'sip.Method == "INVITE"\' -T fields -e sip.Via.branch | sed -n \'1s/z9hG4bK-//p\' | base64 -d',
        printed: 'secretcode99',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '2 BYE 200 2 INVITE 200',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.14.pcap',
    story:
      'Private headers carry base64 for "secretcode123" twice (X-Covert-Data, X-Token) and a command (X-Command: reboot); the SBC passes all of them on and the call is answered.',
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
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"}\' -T fields -e ip.src -e sip.msg_hdr | sed \'s/\\\\r\\\\n/\\n/g\' | grep \'^X-[A-Za-z]*-*[DTC][a-z]*: \' | sort | uniq -c | xargs',
        printed: '2 X-Command: reboot 2 X-Covert-Data: c2VjcmV0Y29kZTEyMw 2 X-Token: c2VjcmV0Y29kZTEyMw',
      },
      { command: 'echo c2VjcmV0Y29kZTEyMw== | base64 -d', printed: 'secretcode123' },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '1 BYE 200 1 INVITE 200',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.2.pcap',
    story:
      'Max-Forwards is 100 in place of 70 in one INVITE (and X-Covert-Data as in the baseline); the SBC counts it down to 99. The call is answered.',
    alerts: [
      {
        class: 'covert-channel',
        attacker: '38.242.140.216',
        target: '178.18.244.71',
        outcomes: ['succeeded', 'unknown'],
        least: 1,
        most: 20,
        beyond:
          'one allowed value of Max-Forwards (RFC 3261 §20.22: 0 to 255) is one sample: a channel would need several messages to be seen',
      },
    ],
    may: [],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -Y \'sip.Method == "INVITE"\' -T fields -e ip.src -e sip.Max-Forwards | xargs',
        printed: '38.242.140.216 100 178.18.244.71 99',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '1 BYE 200 1 INVITE 200',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.5.pcap',
    story:
      'The Call-ID is c2VjcmV0Y29kZTEyMw@1.2.3.4: base64 for "secretcode123" at an address that is not the sender’s. SIPp repeats the INVITE five times and never acknowledges the sixteen 200 of the SBC, which hangs up after 32 s.',
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
        // The INVITE and its repeats.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"} && ip.src == 38.242.140.216\' -T fields -e sip.Call-ID | sort | uniq -c | xargs',
        printed: '6 c2VjcmV0Y29kZTEyMw@1.2.3.4',
      },
      {
        command: 'tshark -r "$PCAP" -Y \'sip.Status-Code == 200\' -T fields -e ip.src -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 109.205.183.238 BYE 1 109.205.183.238 INVITE 16 178.18.244.71 INVITE',
      },
      {
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e sip.Method | sort | uniq -c | xargs',
        printed: '1 178.18.244.71 ACK 2 178.18.244.71 BYE 1 178.18.244.71 INVITE 6 38.242.140.216 INVITE',
      },
    ],
  },
  {
    file: 'captures/a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.8.pcap',
    story: 'The User-Agent is c2VjcmV0Y29kZTEyMw, base64 for "secretcode123". The call is answered.',
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
          'tshark -r "$PCAP" -Y \'sip.Method in {"INVITE","OPTIONS"} && ip.src == 38.242.140.216\' -T fields -e sip.User-Agent | sort | uniq -c | xargs',
        printed: '1 c2VjcmV0Y29kZTEyMw',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200 && ip.dst == 38.242.140.216\' -T fields -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '1 BYE 200 1 INVITE 200',
      },
    ],
  },
];
