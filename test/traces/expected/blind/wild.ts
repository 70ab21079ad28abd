/** Attacks recorded in the wild or at honeypots, and a forensic exercise. Blind half. */
import type { Expectation } from '../../expectation.ts';

/** Expectations by capture. */
export const BLIND_WILD: readonly Expectation[] = [
  {
    file: 'captures/wintermanc3r__honey/derived/sip_packets.pcap',
    story:
      'A day at a host without SIP: 17 addresses send one OPTIONS or three, nearly all svmap (friendly-scanner, "sipvicious"), one a randomised tool. 85.114.128.120 tries nine ports (5060 to 6060) within 51 ms: a port sweep that needs no name. The host answers with ICMP port unreachable.',
    alerts: [
      { class: 'server-scan', attacker: '85.114.128.120', target: '172.89.89.47', outcomes: ['failed', 'unknown'], least: 9, most: 9 },
      {
        class: 'server-scan',
        attacker: '',
        attackers: 17,
        target: '',
        outcomes: ['failed', 'unknown'],
        least: 1,
        most: 9,
        beyond: 'issue 5, tool DNA: the sixteen others send one to three single OPTIONS hours apart',
      },
    ],
    may: ['anomaly', 'malformed'],
    proofs: [
      {
        // Requests by source.
        command: 'tshark -r "$PCAP" -Y \'sip.Method && !icmp\' -T fields -e ip.dst -e ip.src | sort | uniq -c | sort -k1,1rn -k3,3 | xargs',
        printed:
          '9 172.89.89.47 85.114.128.120 3 172.89.89.47 192.99.39.110 3 172.89.89.47 37.61.221.31 1 172.89.89.47 104.193.10.92 1 172.89.89.47 163.172.120.71 1 172.89.89.47 163.172.206.199 1 172.89.89.47 163.172.206.85 1 172.89.89.47 163.172.210.65 1 172.89.89.47 163.172.215.161 1 172.89.89.47 163.172.88.157 1 172.89.89.47 163.172.89.105 1 172.89.89.47 45.125.66.176 1 172.89.89.47 5.189.190.214 1 172.89.89.47 51.15.46.191 1 172.89.89.47 62.4.1.192 1 172.89.89.47 78.129.132.156 1 172.89.89.47 93.174.93.194',
      },
      {
        // Ports that the sweep tried, and when.
        command: 'tshark -r "$PCAP" -Y \'ip.src == 85.114.128.120 && !icmp\' -T fields -e udp.dstport | xargs',
        printed: '5060 5070 5080 5090 5061 5071 5081 5091 6060',
      },
      {
        command:
          "tshark -r \"$PCAP\" -Y 'ip.src == 85.114.128.120 && !icmp' -T fields -e frame.time_relative | sed -n '1p;$p' | cut -c1-9 | xargs",
        printed: '81672.441 81672.492',
      },
      {
        // Answers: port unreachable only.
        command: 'tshark -r "$PCAP" -Y \'icmp\' -T fields -e icmp.type -e icmp.code | sort | uniq -c | xargs',
        printed: '26 3 3',
      },
    ],
  },
  {
    file: 'captures/hrbrmstr__acoustic/src/Voip-trace.pcap',
    story:
      'Honeynet challenge: one OPTIONS of a scanner is answered, then its sender works on the web pages of the PBX over HTTP. Three minutes later a softphone at another address registers as 555 at the first try and calls 1000 for 39 s. Whether 555 was stolen is not in the signalling.',
    alerts: [
      {
        class: 'server-scan',
        attacker: '172.25.105.43',
        target: '172.25.105.40',
        outcomes: ['succeeded', 'unknown'],
        least: 1,
        most: 1,
        beyond: 'issue 5, tool DNA: a single OPTIONS, told by its User-Agent alone',
      },
    ],
    may: [],
    proofs: [
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e sip.Method -e sip.User-Agent -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '1 172.25.105.3 ACK 1000 1 172.25.105.3 ACK X-Lite Beta release 4.0 Beta 2 stamp 56233 1000 1 172.25.105.3 BYE X-Lite Beta release 4.0 Beta 2 stamp 56233 1000 2 172.25.105.3 INVITE X-Lite Beta release 4.0 Beta 2 stamp 56233 1000 2 172.25.105.3 REGISTER X-Lite Beta release 4.0 Beta 2 stamp 56233 555 2 172.25.105.3 SUBSCRIBE X-Lite Beta release 4.0 Beta 2 stamp 56233 555 1 172.25.105.43 OPTIONS UNfriendly-scanner - for demo purposes 100',
      },
      {
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code >= 200\' -T fields -e ip.dst -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed:
          '1 172.25.105.3 BYE 200 1 172.25.105.3 INVITE 200 1 172.25.105.3 INVITE 401 1 172.25.105.3 REGISTER 200 1 172.25.105.3 REGISTER 401 1 172.25.105.3 SUBSCRIBE 401 1 172.25.105.3 SUBSCRIBE 404 1 172.25.105.43 OPTIONS 200',
      },
      {
        // Web requests of the scanner.
        command: 'tshark -r "$PCAP" -Y \'http.request\' -T fields -e ip.src | sort | uniq -c | xargs',
        printed: '92 172.25.105.43',
      },
    ],
  },
  {
    file: 'captures/sipcapture__heplify/src/decoder/testdata/ipip0.pcap',
    story:
      "A stranger (SonicSIP) sends a call to the Italian number +3908351673002 whose SDP holds SQL in place of the connection address: c=IN IP4 '/**/OR/**/'1'/**/=/**/'1'-- (A37). The 403 to the same address answers another of its calls. A Polycom phone behind 5.148.125.101 sends the same wrong credentials twice: a user error.",
    alerts: [
      { class: 'injection', attacker: '179.43.150.26', target: '157.161.10.72', outcomes: ['failed', 'unknown'], least: 1, most: 2 },
    ],
    may: ['toll-fraud', 'malformed', 'server-scan', 'anomaly'],
    proofs: [
      {
        command: 'tshark -r "$PCAP" -Y \'sip.Method == "INVITE"\' -T fields -e ip.src -e ip.dst -e sip.to.user -e sip.User-Agent | xargs',
        printed: '179.43.150.26 157.161.10.72 +3908351673002 SonicSIP',
      },
      {
        // The c= line.
        command: 'tshark -r "$PCAP" -Y \'sip.Method == "INVITE"\' -T fields -e sdp.connection_info',
        printed: "IN IP4 '/**/OR/**/'1'/**/=/**/'1'--",
      },
      {
        // Answers, by Call-ID of the first one.
        command:
          'tshark -r "$PCAP" -Y \'sip.Status-Code\' -T fields -e ip.dst -e sip.CSeq.method -e sip.Status-Code | sort | uniq -c | xargs',
        printed: '1 179.43.150.26 INVITE 403 3 5.148.125.101 REGISTER 401',
      },
      {
        command: 'tshark -r "$PCAP" -Y \'ip.addr == 179.43.150.26\' -T fields -e sip.Call-ID | xargs',
        printed: '4sHr4rbxLEYDZTMZ3ulI4f..@179.43.150.26 lDfyXDPzYrxPTpqAz12DQ5..@179.43.150.26',
      },
      {
        // The phone says the same twice.
        command:
          'tshark -r "$PCAP" -Y \'sip.auth.digest.response\' -T fields -e ip.src -e sip.auth.digest.response | sort | uniq -c | xargs',
        printed: '2 5.148.125.101 60069c764334e8abda35a107ee81a267',
      },
    ],
  },
];
