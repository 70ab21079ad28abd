/** Ordinary calls and registrations, among other traffic at times. */
import type { Expectation } from '../expectation.ts';

/** Expectations by capture. */
export const CALLS: readonly Expectation[] = [
  {
    file: 'captures/Magum23__mtaa-sip/call.pcapng',
    story:
      'Linphone at 192.168.1.18 calls Linphone at 192.168.1.23 through a small proxy on the same machine as the callee; both register without password, Opus media, re-INVITE, BYE. Some INVITEs come as IPv4 fragments.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '4 100 INVITE 2 180 INVITE 2 200 BYE 4 200 INVITE 2 200 REGISTER 4 ACK ACK 2 BYE BYE 4 INVITE INVITE 2 REGISTER REGISTER',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '2 192.168.1.18 192.168.1.23 ACK michal-pc 2 192.168.1.18 192.168.1.23 INVITE michal-pc 1 192.168.1.18 192.168.1.23 REGISTER magum 1 192.168.1.23 192.168.1.18 BYE magum 2 192.168.1.23 192.168.1.23 ACK michal-pc 1 192.168.1.23 192.168.1.23 BYE magum 2 192.168.1.23 192.168.1.23 INVITE michal-pc 1 192.168.1.23 192.168.1.23 REGISTER michal-pc',
      },
    ],
  },
  {
    file: 'captures/Magum23__mtaa-sip/call_end_and_cancel.pcapng',
    story: 'The same two phones: a call that is answered and hung up, and one that is cancelled (487). IPv4 fragments.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '6 100 INVITE 4 180 INVITE 2 200 BYE 2 200 CANCEL 4 200 INVITE 2 200 REGISTER 2 487 INVITE 6 ACK ACK 2 BYE BYE 2 CANCEL CANCEL 6 INVITE INVITE 2 REGISTER REGISTER',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '3 192.168.1.18 192.168.1.23 ACK michal-pc 1 192.168.1.18 192.168.1.23 CANCEL michal-pc 3 192.168.1.18 192.168.1.23 INVITE michal-pc 1 192.168.1.18 192.168.1.23 REGISTER magum 1 192.168.1.23 192.168.1.18 BYE magum 3 192.168.1.23 192.168.1.23 ACK michal-pc 1 192.168.1.23 192.168.1.23 BYE magum 1 192.168.1.23 192.168.1.23 CANCEL michal-pc 3 192.168.1.23 192.168.1.23 INVITE michal-pc 1 192.168.1.23 192.168.1.23 REGISTER michal-pc',
      },
    ],
  },
  {
    file: 'captures/Magum23__mtaa-sip/video_call.pcapng',
    story: 'A phone calls Linphone through the small proxy with Opus and VP8; its user name is empty. IPv4 fragments.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '4 100 INVITE 2 180 INVITE 2 200 BYE 6 200 INVITE 2 200 REGISTER 6 ACK ACK 2 BYE BYE 4 INVITE INVITE 2 REGISTER REGISTER',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '3 192.168.1.14 192.168.1.23 ACK michal-pc 2 192.168.1.14 192.168.1.23 INVITE michal-pc 1 192.168.1.14 192.168.1.23 REGISTER 1 192.168.1.23 192.168.1.14 BYE 3 192.168.1.23 192.168.1.23 ACK michal-pc 1 192.168.1.23 192.168.1.23 BYE 2 192.168.1.23 192.168.1.23 INVITE michal-pc 1 192.168.1.23 192.168.1.23 REGISTER michal-pc',
      },
    ],
  },
  {
    file: 'captures/MichalCab__ISA/sip.pcap',
    story: 'Linphone calls 1000 at an Asterisk (401, then 200), media, Asterisk hangs up. STUN and ICMP beside it.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 200 BYE 1 200 INVITE 1 401 INVITE 2 ACK ACK 1 BYE BYE 2 INVITE INVITE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 BYE test19 asterisk 1 INVITE test19 asterisk',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/DTMFsipinfo.pcap',
    story:
      'Ekiga calls an echo service of iptel.org through PPPoE, sends digits by INFO, is moved by re-INVITEs of the service and cancels twice.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '5 100 INVITE 2 200 CANCEL 4 200 INFO 5 200 INVITE 5 ACK ACK 2 CANCEL CANCEL 4 INFO INFO 5 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/SIP_CALL_RTP_G711',
    story:
      'A soft switch calls X-Lite twice (one call is not answered within the file) in a network with MGCP, H.225 and SNMP; three registrations without password.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 100 INVITE 2 180 INVITE 1 200 INVITE 3 200 REGISTER 1 ACK ACK 2 INVITE INVITE 3 REGISTER REGISTER',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/SIP_DTMF2.cap',
    story:
      'A DECT gateway registers three handsets, two of them call each other through the server (603 once), digits as telephone-events.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '3 100 INVITE 5 100 REGISTER 2 180 INVITE 2 200 INVITE 5 200 REGISTER 1 603 INVITE 3 ACK ACK 3 INVITE INVITE 5 REGISTER REGISTER',
      },
      {
        // Telephone-events.
        command: 'tshark -r "$PCAP" -Y rtpevent | wc -l | xargs',
        printed: '35',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/sip-rtp-g711.pcap',
    story: 'SIPp calls FreeSWITCH twice with PCMU; FreeSWITCH hangs up the one whose end is in the file.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 100 INVITE 1 200 BYE 2 200 INVITE 2 ACK ACK 1 BYE BYE 2 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/NormB__sipnab/tests/pcap-samples/sip-rtp-g729a.pcap',
    story: 'SIPp calls FreeSWITCH once with G.729.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 100 INVITE 1 200 BYE 1 200 INVITE 1 ACK ACK 1 BYE BYE 1 INVITE INVITE',
      },
    ],
  },
  {
    file: 'captures/josh-morin__wireshark/pcaps/voip.pcap',
    story: 'A magicJack calls a number through its provider on port 5070: challenged once, answered, three minutes of media.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 100 INVITE 1 183 INVITE 1 200 BYE 1 200 INVITE 1 401 INVITE 2 ACK ACK 1 BYE BYE 2 INVITE INVITE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 ACK E646657195201 stratus.com 1 INVITE E646657195201 stratus.com',
      },
    ],
  },
  {
    file: 'captures/javier-pastor__ptavi-p5/sip.cap',
    story:
      'Ekiga registers (twice, challenged each time), calls the echo test of ekiga.net with audio and H.261; four BYEs of which three are repeats; STUN.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '1 100 INVITE 4 200 BYE 1 200 INVITE 2 200 REGISTER 2 401 REGISTER 1 407 INVITE 1 489 SUBSCRIBE 2 ACK ACK 4 BYE BYE 2 INVITE INVITE 4 REGISTER REGISTER 1 SUBSCRIBE SUBSCRIBE',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 ACK grex ekiga.net 4 BYE grex ekiga.net 1 INVITE grex ekiga.net 2 REGISTER grex ekiga.net',
      },
    ],
  },
  {
    file: 'captures/ivre__ivre-test-samples/tests/samples/nb6-startup.pcap',
    story:
      'A home router boots: one registration at the IMS of its provider (401, then 200) among DHCP, NTP, IPv6 and L2TP. The clock jumps from 1970 to 2014.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '1 200 REGISTER 1 401 REGISTER 2 REGISTER REGISTER',
      },
      {
        // Answers to requests, by user of the credentials.
        command:
          'tshark -r "$PCAP" -Y \'sip.Method && sip.auth.username\' -T fields -e sip.Method -e sip.auth.username -e sip.auth.realm | sort | uniq -c | xargs',
        printed: '1 REGISTER NDI0360653674.PCA.DGP@sfr.fr sfr.fr',
      },
    ],
  },
  {
    file: 'captures/superfast1979__pcap2sipp/tests/example.pcap',
    story:
      'A trunk of an Italian provider: one call seen on both sides of a border controller, PRACK for each 180, OPTIONS pings answered 200, and an INVITE to Sip-Probe with no hops left (483) by which the peer tests the way.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '2 100 INVITE 4 180 INVITE 2 200 BYE 2 200 INVITE 7 200 OPTIONS 4 200 PRACK 1 483 INVITE 3 ACK ACK 2 BYE BYE 3 INVITE INVITE 7 OPTIONS OPTIONS 4 PRACK PRACK',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '1 10.252.41.104 172.22.204.69 ACK Sip-Probe 1 10.252.41.104 172.22.204.69 INVITE Sip-Probe 1 10.252.47.107 172.22.204.85 ACK +390289279987 1 10.252.47.107 172.22.204.85 BYE +390289279987 1 10.252.47.107 172.22.204.85 INVITE +390289279987 2 10.252.47.107 172.22.204.85 PRACK +390289279987 3 10.252.47.186 172.22.204.85 OPTIONS ping 4 10.252.47.186 172.22.204.86 OPTIONS ping 1 172.22.204.69 10.252.41.104 ACK +390289279987 1 172.22.204.69 10.252.41.104 BYE +390289279987 1 172.22.204.69 10.252.41.104 INVITE +390289279987 2 172.22.204.69 10.252.41.104 PRACK +390289279987',
      },
    ],
  },
  {
    file: 'captures/snort3__snort3_demo/tests/inspectors/sip/SIP_Eyebeam2Eyebeam_Video_Audio.pcap',
    story:
      'A server pings its twelve phones with OPTIONS; eight do not answer and get the request five times each. An audio and video call between two eyeBeams through it, whose 200 is sent eleven times in 32 s and never acknowledged: both talk for 24 s until the server hangs up. By the packets that is a call without a meter, though an ACK lost on its way is likelier: it may be told. A server and its own phones: no scan.',
    alerts: [],
    may: ['billing-bypass'],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '1 100 INVITE 1 180 INVITE 1 200 BYE 11 200 INVITE 5 200 OPTIONS 1 200 REGISTER 1 BYE BYE 1 INVITE INVITE 45 OPTIONS OPTIONS 1 REGISTER REGISTER',
      },
      {
        // Pings by phone.
        command: 'tshark -r "$PCAP" -Y \'sip.Method == "OPTIONS"\' -T fields -e ip.src -e ip.dst | sort | uniq -c | xargs',
        printed:
          '5 192.168.1.36 192.168.1.10 5 192.168.1.36 192.168.1.2 5 192.168.1.36 192.168.1.33 5 192.168.1.36 192.168.1.34 5 192.168.1.36 192.168.1.35 5 192.168.1.36 192.168.1.40 5 192.168.1.36 192.168.1.41 1 192.168.1.36 192.168.1.48 1 192.168.1.36 192.168.1.50 5 192.168.1.36 192.168.1.58 1 192.168.1.36 192.168.1.87 1 192.168.1.36 192.168.1.88 1 192.168.1.36 192.168.1.89',
      },
    ],
  },
  {
    file: 'captures/zongbingwang__pcapApplication/data/sip.pcap',
    story: 'Three calls between two YATE servers with 9,200 packets of media in the noise of a dormitory network.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '3 100 BYE 3 100 INVITE 3 180 INVITE 3 200 BYE 3 200 INVITE 3 ACK ACK 3 BYE BYE 3 INVITE INVITE',
      },
      {
        // Who asks whom for what.
        command: 'tshark -r "$PCAP" -Y \'sip.Method\' -T fields -e ip.src -e ip.dst -e sip.Method -e sip.to.user | sort | uniq -c | xargs',
        printed:
          '2 222.20.35.58 222.20.56.195 ACK lj 1 222.20.35.58 222.20.56.195 BYE 1 222.20.35.58 222.20.56.195 BYE lj 2 222.20.35.58 222.20.56.195 INVITE lj 1 222.20.56.195 222.20.35.58 ACK wzb 1 222.20.56.195 222.20.35.58 BYE 1 222.20.56.195 222.20.35.58 INVITE wzb',
      },
    ],
  },
  {
    file: 'captures/irontec__sngrep/tests/aaa.pcap',
    story:
      'A Nero SIPPS phone behind NAT and its owner trying providers for 25 minutes: three users register with the credentials of two accounts, with the wrong password once (403) and nonces that have changed five times (401), and succeed three times; calls to one number abroad are refused as the account is wrong (403) or time out, with ten repeats of one CANCEL.',
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
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/FAX-Call-t38-CA-TDM-SIP-FB-1.pcap',
    story:
      'One fax call through the network of a German provider, seen on four links: MEGACO, 16 INVITEs with re-INVITEs to T.38 (488 before a second proposal is taken), OPTIONS pings.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed:
          '16 100 INVITE 4 180 INVITE 4 200 BYE 12 200 INVITE 8 200 OPTIONS 4 488 INVITE 16 ACK ACK 4 BYE BYE 16 INVITE INVITE 8 OPTIONS OPTIONS',
      },
      {
        // What is in it.
        command: 'tshark -r "$PCAP" -T fields -e frame.protocols | sort | uniq -c | sort -rn | head -5 | xargs',
        printed:
          '1300 eth:ethertype:ip:udp:rtp 116 eth:ethertype:ip:udp:megaco 64 eth:ethertype:ip:udp:sip 28 eth:ethertype:ip:udp:sip:sdp 27 eth:ethertype:ip:udp:t38',
      },
    ],
  },
  {
    file: 'captures/ntop__nDPI/tests/cfgs/default/pcap/sip_hello.pcapng',
    story: 'A Huawei gateway registers twice in eight minutes; its server sends "hello" to port 5060 every 49 s and gets it back.',
    alerts: [],
    may: [],
    proofs: [
      {
        // Requests and answers.
        command:
          'tshark -r "$PCAP" -Y \'sip && !icmp\' -T fields -e sip.Method -e sip.Status-Code -e sip.CSeq.method | sort | uniq -c | xargs',
        printed: '2 200 REGISTER 2 401 REGISTER 4 REGISTER REGISTER',
      },
      {
        // Keep-alives.
        command: 'tshark -r "$PCAP" -Y \'frame contains "hello"\' | wc -l | xargs',
        printed: '22',
      },
    ],
  },
];
