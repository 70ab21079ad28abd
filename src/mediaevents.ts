/** Events of media: part of the catalogue in `events.ts`, in its order. */
import { type EventType, method, stream } from './eventfields.ts';

/** What sessions promise, and what their media do. */
export const MEDIA_EVENTS = {
  'media.described': {
    about:
      'A message held a session description: an offer or an answer of a call, or what a server can do (S1-25). Told once a transaction, of hops that repeat each other the first.',
    src: 'who sent the description',
    fields: {
      method,
      status: { kind: 'status', about: 'of the answer that held it, 0 for a request' },
      from: { kind: 'text', about: 'URI of From' },
      to: { kind: 'text', about: 'URI of To' },
      contact: { kind: 'text', about: 'URI of the first Contact' },
      vias: { kind: 'text', about: 'the Via lines, top first, at most eight' },
      owner: { kind: 'text', about: 'the o= line (RFC 8866 §5.2)' },
      sections: { kind: 'count', about: 'm= lines' },
      address: { kind: 'address', about: 'where the first section wants media' },
      port: { kind: 'port', about: 'its port, 0 if it is refused or there is none' },
      media: { kind: 'name', about: 'audio, video … of the first section; empty for what is not known here' },
      protocol: { kind: 'name', about: 'its transport, e.g. RTP/AVP; empty for what is not known here' },
      codecs: { kind: 'text', about: 'its encodings that are known here, at most eight' },
      direction: { kind: 'name', about: 'sendrecv, sendonly, recvonly, inactive' },
      encryption: { kind: 'name', about: 'none, sdes, dtls, zrtp, srtp (the profile says so, keys not seen)' },
    },
  },
  'media.rekeyed': {
    about:
      'A session description came over a hop with another SRTP key (a=crypto, a=fingerprint) than the same message had on the hop before, and for the same endpoint: who ends SRTP lawfully names an endpoint of his own (S2-34).',
    src: 'who sent it on, if that is where it had gone before; else empty: nobody knows who changed it',
    fields: {
      method,
      status: { kind: 'status', about: 'of the answer that held it, 0 for a request' },
      address: { kind: 'address', about: 'the endpoint that it promises' },
      port: { kind: 'port', about: 'its port' },
      encryption: { kind: 'name', about: 'how keys are exchanged: sdes, dtls' },
    },
  },
  'media.started': {
    about: 'An RTP stream began: two packets in sequence to or from an endpoint of a call, four elsewhere.',
    src: 'who sends the stream',
    fields: {
      ...stream,
      sequence: { kind: 'number', about: 'sequence number of its first packet' },
      timestamp: { kind: 'number', about: 'RTP timestamp of its latest packet' },
      phase: { kind: 'name', about: 'of its call: early (before the answer), call, over; none without a call' },
      streams: { kind: 'count', about: 'streams that came to this promised endpoint so far, 0 if it was not promised' },
    },
  },
  'media.ended': {
    about: 'An RTP stream had no packet for 30 s, or the capture ended.',
    src: 'who sent the stream',
    fields: {
      ...stream,
      packets: { kind: 'count', about: 'packets seen' },
      bytes: { kind: 'count', about: 'payload bytes' },
      seconds: { kind: 'duration', about: 'from its first packet to its last' },
      lost: { kind: 'count', about: 'packets expected and not seen (RFC 3550 A.3)' },
      duplicates: { kind: 'count', about: 'packets seen twice' },
      late: { kind: 'count', about: 'packets behind a later one' },
      conflicts: { kind: 'count', about: 'packets with the number of the last one and another timestamp: two senders' },
      jumps: { kind: 'count', about: 'jumps of sequence number or timestamp that RFC 3550 A.1 does not allow' },
      foreign: { kind: 'count', about: 'times it changed to a payload type that neither side had named' },
      oversized: { kind: 'count', about: 'packets of more than 1,400 bytes' },
      jitter: { kind: 'duration', about: 'highest interarrival jitter in seconds (RFC 3550 A.8)' },
      gap: { kind: 'duration', about: 'longest time without a packet, in seconds' },
      rate: { kind: 'count', about: 'most packets within a second' },
      digits: { kind: 'count', about: 'keys pressed (RFC 4733)' },
      farLoss: { kind: 'number', about: 'share lost as the receiver last reported it, 0 to 1; -1: it did not' },
      roundTrip: { kind: 'duration', about: 'seconds there and back by the last report, -1: not known' },
      mos: { kind: 'number', about: 'listening quality 1 to 5 as the receiver reported it (RFC 3611), 0: it did not' },
    },
  },
  'media.ssrc-changed': {
    about: 'From the same source to the same promised endpoint a stream with another SSRC follows within 5 s.',
    src: 'who sends the stream',
    fields: {
      ...stream,
      before: { kind: 'number', about: 'SSRC of the stream before' },
      gap: { kind: 'duration', about: 'seconds between the last packet of that and the first of this; 0 or less: they overlap' },
      signalled: { kind: 'flag', about: 'a session description named the endpoint within the 10 s before' },
    },
  },
  'media.unpromised': {
    about:
      'RTP comes to a promised endpoint from a source that no description of the call named, and the stream from another source that goes there too does not stop (S2-33).',
    src: 'who sends the stream that nobody announced',
    fields: {
      ...stream,
      rival: { kind: 'address', about: 'source of the other stream' },
      rivalPort: { kind: 'port', about: 'its port' },
      streams: { kind: 'count', about: 'streams that came to this endpoint so far' },
    },
  },
  'media.detoured': {
    about:
      'The stream of a call came in over another neighbour on the link (source address of Ethernet) than the session descriptions of its source, and none of those of its network (/24, /64) came over that neighbour in the last hours (RFC 3704). Told at once, and again of the last eight each time twice as many streams have come as they should.',
    src: 'who sends the stream, as it says: whoever writes such packets writes this too',
    fields: {
      ...stream,
      described: { kind: 'count', about: 'session descriptions that have come from the network so far' },
      same: { kind: 'count', about: 'streams, of whatever source, that came over a neighbour of their signalling so far' },
      others: { kind: 'count', about: 'streams that did not, this one included; of both, what is long ago counts half' },
    },
  },
  'media.jumped': {
    about: 'Sequence number or timestamp of a stream jumped further than RFC 3550 A.1 allows. Told at its 1st, 2nd, 4th, 8th … jump.',
    src: 'who sends the stream',
    fields: {
      ...stream,
      sequence: { kind: 'number', about: 'sequence number of the packet' },
      expected: { kind: 'number', about: 'the one after the highest before; the same if only the timestamp jumped' },
      jumps: { kind: 'count', about: 'jumps so far' },
      packets: { kind: 'count', about: 'packets so far' },
    },
  },
  'media.odd': {
    about: 'For the first time a stream has a packet that is too large, of a payload type nobody named, or that contradicts the last.',
    src: 'who sends the stream',
    fields: {
      ...stream,
      what: { kind: 'name', about: 'oversized, foreign-payload, conflict (same sequence number, other timestamp)' },
      payloadType: { kind: 'number', about: 'of the packet' },
      size: { kind: 'count', about: 'bytes of the packet with its RTP header' },
    },
  },
  'media.late': {
    about:
      'RTP goes on more than 1 s after its call was over (a BYE was answered; of a B2BUA that leaves the media alone: in either leg), or from an endpoint that a later description replaced more than 1 s ago (S1-47, S2-28). Told again when four times as late.',
    src: 'who sends the stream',
    fields: {
      ...stream,
      why: { kind: 'name', about: 'over, replaced' },
      after: { kind: 'duration', about: 'seconds since then' },
    },
  },
  'media.flooded': {
    about:
      'A stream has 512 packets within a second, or a promised endpoint gets 128 new streams; told again at each further so many (S2-33).',
    src: 'who sends the stream',
    fields: {
      ...stream,
      rate: { kind: 'count', about: 'packets of this second so far' },
      newcomers: { kind: 'count', about: 'streams that began within this second at the same promised endpoint; 0 if it was not promised' },
      calls: { kind: 'count', about: 'calls that were promised the endpoint, each within a minute of the one before; at least 1' },
    },
  },
  'media.disordered': {
    about:
      'A promised endpoint got 16 RTP packets within a second that follow from none before: the first of a stream, a jump of sequence number or timestamp, or more than 100 numbers left out. Told again at each further 16.',
    src: 'who sends the last of them, as it says: whoever forges RTP forges this too',
    fields: {
      ...stream,
      disorder: { kind: 'count', about: 'such packets of this second so far' },
      calls: { kind: 'count', about: 'calls that were promised the endpoint, each within a minute of the one before; at least 1' },
      streams: { kind: 'count', about: 'streams that came to this endpoint so far' },
      size: { kind: 'count', about: 'bytes of the last packet with its RTP header' },
    },
  },
  'dtmf.sent': {
    about: 'A key was pressed in a call: a telephone-event that ended (RFC 4733), or a SIP INFO.',
    src: 'who sent it',
    fields: {
      way: { kind: 'name', about: 'rtp, info' },
      digit: { kind: 'secret', about: 'the key: 0 to 9, *, #, A to D; another event by its number' },
      seconds: { kind: 'duration', about: 'how long it was pressed, 0 if not said' },
    },
  },
} as const satisfies Record<string, EventType>;
