/**
 * Link types read here (LINKTYPE_ numbers of pcap and pcapng) and their names in `Where.link` and in the counts.
 */

/** Not read: the frame is counted as `unsupported-link`. */
export const UNSUPPORTED = 0;
/** Ethernet II and 802.3 with SNAP. */
export const ETHERNET = 1;
/** Linux "cooked" capture, version 1. */
export const SLL = 2;
/** Linux "cooked" capture, version 2. */
export const SLL2 = 3;
/** BSD loopback: four bytes of address family, in the byte order of either kind of host. */
export const LOOPBACK = 4;
/** An IP packet without a link header; its version is in its first four bits. */
export const RAW = 5;
/** No link at all: an entry that tshark counts as a frame though it never was on a wire. */
export const NO_LINK = 6;

/** PPP, with or without its HDLC address and control. */
export const PPP = 7;
/** PPP in HDLC-like framing, or Cisco's HDLC. */
export const HDLC = 8;
/** A PPPoE session without its Ethernet header. */
export const PPPOE = 9;
/** A stack of MPLS labels. */
export const MPLS = 10;

/** IEEE 802.11. */
export const WIFI = 11;
/** IEEE 802.11 behind a header of the radio: radiotap or PPI. */
export const RADIO = 12;
/** Linux netfilter log. */
export const NFLOG = 13;
/** PDUs exported by Wireshark. */
export const EXPORTED = 14;

/** One kind of link: `code` is a constant of this file. */
export interface Link {
  readonly code: number;
  readonly name: string;
}

const LINKS = new Map<number, Link>([
  [0, { code: LOOPBACK, name: 'null' }],
  [1, { code: ETHERNET, name: 'ethernet' }],
  [9, { code: PPP, name: 'ppp' }],
  [12, { code: RAW, name: 'raw' }],
  [14, { code: RAW, name: 'raw' }],
  [50, { code: HDLC, name: 'ppp-hdlc' }],
  [51, { code: PPPOE, name: 'pppoe' }],
  [101, { code: RAW, name: 'raw' }],
  [104, { code: HDLC, name: 'c-hdlc' }],
  [105, { code: WIFI, name: '802.11' }],
  [108, { code: LOOPBACK, name: 'loop' }],
  [113, { code: SLL, name: 'sll' }],
  [127, { code: RADIO, name: 'radiotap' }],
  [192, { code: RADIO, name: 'ppi' }],
  [219, { code: MPLS, name: 'mpls' }],
  [228, { code: RAW, name: 'raw-ipv4' }],
  [229, { code: RAW, name: 'raw-ipv6' }],
  [239, { code: NFLOG, name: 'nflog' }],
  [252, { code: EXPORTED, name: 'exported-pdu' }],
  [276, { code: SLL2, name: 'sll2' }],
]);

/** The link of a LINKTYPE_ number; unsupported ones are named `linktype-N`. */
export function linkOf(linkType: number): Link {
  return LINKS.get(linkType) ?? { code: UNSUPPORTED, name: `linktype-${linkType}` };
}

/** The LINKTYPE_ number of a name that `linkOf` gives; of several with one name the one that pcapng files use today. */
export function linkTypeOf(name: string): number {
  let linkType = Number(/^linktype-(\d+)$/.exec(name)?.[1] ?? -1);
  for (const [number, link] of LINKS) if (link.name === name) linkType = number;
  return linkType;
}
