/** Why our reading of media and tshark's may differ: each reason with what it rests on and a stream or frame that shows it. */

import type { Explanation } from './differential-explained.ts';

/** A stream or a field of a session description that only one of the two has, or that they read differently. */
export interface TalkDifference {
  readonly file: string;
  /** `src:port>dst:port ssrc` of a stream, frame number of a description. */
  readonly where: string;
  readonly kind: 'only tshark' | 'only ours' | 'packets' | 'lost' | 'sdp';
  /** Field of a description; empty for streams. */
  readonly field: string;
  /** Layers of the frame as tshark names them; empty for streams. */
  readonly layers: string;
  readonly ours: string;
  readonly theirs: string;
}

/** All reasons; the first that covers a difference explains it. */
export const TALK_EXPLAINED: readonly Explanation<TalkDifference>[] = [
  {
    reason: 'a HEP packet, which tshark 4.0 cannot open',
    reference: 'HEP3 network protocol specification, revision 37',
    example: 'sipcapture__hep-wireshark/pcap/hep.pcap, frame 1',
    covers: (d) => d.kind === 'only ours' && d.file.includes('hep'),
  },
  {
    reason: 'an ICMP error quotes a datagram that was not sent in that frame',
    reference: 'RFC 792',
    example: 'tools/svwar_reg.pcap, frame 407',
    covers: (d) => d.kind === 'only tshark' && d.field === 'sdp' && d.layers.includes(':icmp:'),
  },
  {
    reason: 'a stream of fewer packets than make one for us',
    reference: 'RFC 3550 A.1: probation; four packets where no description promised the endpoint, two numbers in sequence where one did',
    example: 'ntop__nDPI/tests/cfgs/default/pcap/stun_signal.pcapng, SSRC 1001',
    covers: (d) => d.kind === 'only tshark' && d.field === '' && Number(d.theirs) < 4,
  },
  {
    reason: 'tshark takes what comes to the ports of a call that changed to T.38 for fax; it goes on as RTP',
    reference: 'RFC 3550 §5.1: the packets have its header and go on in its sequence',
    example: 'ntop__nDPI/tests/cfgs/default/pcap/FAX-Call-t38-CA-TDM-SIP-FB-1.pcap, SSRC 246353583',
    covers: (d) => d.kind === 'packets' && /t38/i.test(d.file) && Number(d.ours) > Number(d.theirs),
  },
  {
    reason: 'two descriptions in one body: tshark lists the values of both, we read the first and call it odd',
    reference: 'RFC 5621 §4 (sdp-several)',
    example: 'a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/uac_train_model.pcap, frame 50',
    covers: (d) => d.kind === 'sdp' && d.layers.includes(':mime_multipart:') && d.theirs.includes(d.ours),
  },
];
