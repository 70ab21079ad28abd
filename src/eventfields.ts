/** What Events are made of: the kinds of fields, the fields that all Events have, and those that many of them share. */

/** What a field holds. `secret` is masked in every output; `address` and `prefix` compare as networks in rules. */
export type FieldKind =
  | 'address'
  | 'port'
  | 'account'
  | 'user'
  | 'host'
  | 'number'
  | 'count'
  | 'duration'
  | 'status'
  | 'method'
  | 'name'
  | 'text'
  | 'secret'
  | 'flag';

/** Fields every Event has (see `Event` in types.ts), usable in rules by these names. */
export const COMMON_FIELDS = {
  src: 'address',
  srcPort: 'port',
  dst: 'address',
  dstPort: 'port',
  origin: 'name',
  via: 'address',
  callId: 'text',
  account: 'account',
} as const satisfies Record<string, FieldKind>;

/** One type of Event. */
export interface EventType {
  /** What happened, one sentence. */
  readonly about: string;
  /** Who `src` is: the party that acted. */
  readonly src: string;
  readonly fields: Readonly<Record<string, { readonly kind: FieldKind; readonly about: string }>>;
}

/** Status code of the answer. */
export const status = { kind: 'status', about: 'status code of the final answer; 0: none came' } as const;
/** Method of the request. */
export const method = { kind: 'method', about: 'method of the request' } as const;
/** User-Agent of the request. */
export const userAgent = { kind: 'text', about: 'User-Agent of the request, empty if it had none' } as const;

/** Fields of MGCP commands. */
export const mgcp = {
  verb: { kind: 'name', about: 'verb of the command, e.g. CRCX' },
  endpoint: { kind: 'text', about: 'endpoint the command is about, `local@domain`' },
  connection: { kind: 'text', about: 'connection identifier (`I:`), empty without one' },
  stranger: { kind: 'flag', about: 'the gateway has a call agent, to whom it reports or whom it obeyed first, and the client is another' },
} as const;

/** Which direction of a conversation the sensor sees. */
export const direction = {
  kind: 'name',
  about: 'what the sensor sees of the two: both, answers (their requests are not seen) or requests (no answer is seen)',
} as const;

/** Fields of requests with credentials. */
export const credentials = {
  method,
  status,
  user: { kind: 'user', about: 'user name in the credentials' },
  realm: { kind: 'host', about: 'realm in the credentials' },
  userAgent,
  guess: { kind: 'secret', about: 'password the tool wrote into its From tag (SIPVicious, M-10), empty otherwise' },
  steady: {
    kind: 'count',
    about:
      'refusals in a row that came as the timer of a device sends them: REGISTER, the Call-ID of the one before (RFC 3261 §10.2), at least 20 s after it and within an eighth of the pause before, or of up to four of these; at most 64, halved by one that comes unevenly, but not by those that make good what was missed; 0 if accepted',
  },
  hasty: {
    kind: 'count',
    about:
      'refusals that each came less than 2 s after the one before, with no pause of 5 s between them, up to this one or to less than 5 s before the acceptance: faster than anybody types',
  },
  trusted: {
    kind: 'flag',
    about:
      'refused: this endpoint had registered the account before its first refusal; accepted: this endpoint held a binding of the account before, or it is another client at the same address than the one that was always refused, with another port and another make (spelling of headers, User-Agent)',
  },
  direction,
} as const;

/** Fields of media streams. */
export const stream = {
  ssrc: { kind: 'number', about: 'synchronisation source of the stream' },
  media: { kind: 'name', about: 'audio, video … as SDP says; empty if no SDP promised it' },
  codec: { kind: 'name', about: 'encoding, e.g. PCMU; `PT 97` if it is not known' },
  encryption: { kind: 'name', about: 'none, sdes, dtls, zrtp, srtp (the profile says so, keys not seen)' },
  promised: { kind: 'name', about: 'sdp: to an endpoint a description named; symmetric: to where media came from; none' },
} as const;
