/** RTP and RTCP against tshark, frame by frame: where the two may differ, and why. */

import type { Explanation } from './differential-explained.ts';

/** What a payload is. */
export type MediaKind = 'rtp' | 'rtcp';

/** A frame that only one of the two calls RTP or RTCP, or that they call by different names. */
export interface MediaDifference {
  /** `file:frame`. */
  readonly where: string;
  readonly who: 'only tshark' | 'only ours';
  readonly what: MediaKind;
  /** Layers as tshark names them. */
  readonly protocols: string;
}

/** Reasons; the first that covers a difference explains it. */
export const MEDIA_EXPLAINED: readonly Explanation<MediaDifference>[] = [
  {
    reason: 'an ICMP error quotes a datagram that was not sent in that frame',
    reference: 'RFC 792',
    example: 'Magum23__mtaa-sip/call.pcapng:155',
    covers: (d) => d.who === 'only tshark' && d.protocols.includes(':icmp:'),
  },
  {
    reason:
      'the identifier of a DNS or NetBIOS message, or the call number of IAX2, looks like the first bytes of RTP; only the port tells',
    reference: 'RFC 7983 §7: what looks like RTP by its first byte',
    example: 'irontec__sngrep/tests/aaa.pcap:1',
    covers: (d) => d.who === 'only ours' && /:udp:(dns|nbns|iax2)$/.test(d.protocols),
  },
  {
    reason: 'tshark goes by the SDP that named T.38 and cannot read it; it is RTP, as ever before the offer was taken',
    reference: 'RFC 3264 §8',
    example: 'ntop__nDPI/tests/cfgs/default/pcap/FAX-Call-t38-CA-TDM-SIP-FB-1.pcap:1436',
    covers: (d) => d.who === 'only ours' && d.protocols.endsWith(':udp:t38'),
  },
  {
    reason: 'RTCP on a port that nobody announced (feedback among it), which tshark does not look for',
    reference: 'RFC 5761 §4',
    example: 'NormB__sipnab/tests/pcap-samples/SIP_CALL_RTP_G711:531',
    covers: (d) => d.who === 'only ours' && d.what === 'rtcp' && d.protocols.endsWith(':udp:data'),
  },
];

/** What tshark calls a frame by its layers: RTCP, RTP, or neither, as for ZRTP, which its RTP reader only hands on. */
export function mediaKind(protocols: string): MediaKind | undefined {
  if (/:rtcp(:|$)/.test(protocols)) return 'rtcp';
  return /:rtp(?!:zrtp)(:|$)/.test(protocols) ? 'rtp' : undefined;
}

/** The differences in one file. `theirs`: layers by frame number; `ours`: what we call the frame. */
export function mediaDifferences(
  file: string,
  theirs: ReadonlyMap<number, string>,
  ours: ReadonlyMap<number, MediaKind>,
): MediaDifference[] {
  const differences: MediaDifference[] = [];
  for (const frame of new Set([...theirs.keys(), ...ours.keys()])) {
    const protocols = theirs.get(frame) ?? '';
    const [their, our] = [mediaKind(protocols), ours.get(frame)];
    if (their === our) continue;
    const where = `${file}:${frame}`;
    if (their !== undefined) differences.push({ where, who: 'only tshark', what: their, protocols });
    if (our !== undefined) differences.push({ where, who: 'only ours', what: our, protocols });
  }
  return differences;
}
