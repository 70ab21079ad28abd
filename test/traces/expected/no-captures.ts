/** Rows of the index that are no captures: nothing can be analysed there, and why. */
import type { NoCaptures } from '../expectation.ts';

/** By where they lie; the first that fits holds. */
export const NO_CAPTURES: readonly NoCaptures[] = [
  { files: /^captures\/poroh__ersip\//, reason: 'one SIP message without a packet (RFC 4475, RFC 5118): read in one as tshark reads it' },
  { files: /^captures\/kamailio__kamailio\/.*\.sip$/, reason: 'one SIP message without a packet: read in one as tshark reads it' },
  { files: /^captures\/loreste__siprec\/.*\.txt$/, reason: 'one SIP message without a packet: read in one as tshark reads it' },
  {
    files: /^captures\/profuzzbench__profuzzbench\/.*\.raw$/,
    reason: 'the requests of sip-1.pcap, which is expected itself, as one run of bytes',
  },
  { files: /^captures\/pjsip__pjproject\/.*\.zip$/, reason: 'an archive of seeds for fuzzers' },
  {
    files: /^captures\/VytalyGorbatov__sip-dataset\//,
    reason: 'labelled messages without addresses and answers: see above, message by message',
  },
  { files: /^captures\/cagatayyildiz__boun-sim\//, reason: 'counters of a simulated server per second' },
  { files: /^captures\/sergioemancinas__ngn-sip-attack-detect-defend\/.*\.csv$/, reason: 'counters per source and five minutes' },
  {
    files: /^captures\/(OISF__suricata-verify\/.*\.yaml|ntop__nDPI\/.*\.out|zeek__zeek\/.*\.log|initconf__sip-attacks\/.*\.log)$/,
    reason: 'what another program says of a capture that is expected itself',
  },
  { files: /^captures\/(crowdsecurity__hub|fail2ban__fail2ban)\//, reason: 'log lines of a PBX, or what another program makes of them' },
  { files: /^captures\/(Pepelux__sippts|meliht__Mr\.SIP|derived_lists)\//, reason: 'a list of names, numbers or products' },
  {
    files: /^captures\/wintermanc3r__honey\/sip_investigation\//,
    reason: 'the frames of derived/sip_packets.pcap, which is expected itself, as text',
  },
];
