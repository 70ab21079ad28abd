/**
 * The catalogue of Events: what can happen, told without judgement. One entry each; every field has a kind, which says
 * how it is compared in rules, masked in outputs and indexed in stores. Rules and sinks are checked against this list.
 */

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

const status = { kind: 'status', about: 'status code of the final answer; 0: none came' } as const;
const method = { kind: 'method', about: 'method of the request' } as const;
const userAgent = { kind: 'text', about: 'User-Agent of the request, empty if it had none' } as const;

const credentials = {
  method,
  status,
  user: { kind: 'user', about: 'user name in the credentials' },
  realm: { kind: 'host', about: 'realm in the credentials' },
  userAgent,
  guess: { kind: 'secret', about: 'password the tool wrote into its From tag (SIPVicious, M-10), empty otherwise' },
  trusted: {
    kind: 'flag',
    about:
      'refused: this endpoint had registered the account before its first refusal; accepted: this endpoint held a binding of the account before',
  },
} as const;

/** All Events, by type. */
export const EVENTS = {
  'target.contacted': {
    about: 'A source sent an out-of-dialog request to an address it had not sent one to within the hour.',
    src: 'who sent the request',
    fields: {
      method,
      userAgent,
      serves: {
        kind: 'count',
        about: 'how many different addresses had requests answered by this source before: 0 for a client, many for a proxy',
      },
      asked: { kind: 'count', about: 'how many different addresses this source has sent initial requests to, this one included' },
      heard: { kind: 'count', about: 'how many of these have answered so far' },
      known: { kind: 'flag', about: 'the target had sent something to the source before' },
    },
  },
  'account.probed': {
    about:
      'A request named an account and its sender did not show that the account is his: unknown (404, 604), challenged without an answer to the challenge, or OPTIONS to a user.',
    src: 'who sent the request',
    fields: {
      method,
      status,
      user: { kind: 'user', about: 'user part of the To URI' },
      userAgent,
      misses: { kind: 'count', about: 'probes of this source at this server so far, halved every 30 minutes' },
      hits: {
        kind: 'count',
        about: 'requests of this source that succeeded at this server so far (2xx to REGISTER or INVITE), halved every 30 minutes',
      },
      abandoned: { kind: 'flag', about: 'it was challenged and sent no credentials within 2 s' },
    },
  },
  'auth.failed': {
    about:
      'A challenge was answered with credentials and these were refused (401, 407, 403 or 402 to a request with credentials); stale nonces are not failures (C-03).',
    src: 'who sent the credentials',
    fields: {
      ...credentials,
      refusals: { kind: 'count', about: 'refused credentials of this source for this account so far, this one included' },
    },
  },
  'auth.accepted': {
    about: 'Credentials were accepted (2xx) after the same source had credentials for the same account refused.',
    src: 'who sent the credentials',
    fields: { ...credentials, refusals: { kind: 'count', about: 'refused credentials of this source for this account before' } },
  },
  'request.unanswered': {
    about:
      'An out-of-dialog request got no answer of any kind within 32 s (RFC 3261 Timer B and F) or before the capture ended at least 4 s later.',
    src: 'who sent the request',
    fields: { method, userAgent },
  },
  'registration.changed': {
    about: 'A REGISTER with a 2xx answer added, refreshed or removed a binding.',
    src: 'who registered',
    fields: {
      change: { kind: 'name', about: 'added, refreshed or removed' },
      contact: { kind: 'text', about: 'the Contact URI, `*` for all' },
      expires: { kind: 'duration', about: 'seconds granted (RFC 3261 §10.3), 0 for removed' },
      bindings: { kind: 'count', about: 'bindings of the account after the change' },
      userAgent,
    },
  },
  'message.odd': {
    about: 'A SIP message was odd in a way that its sender is responsible for (an oddity of grade `broken` or `hostile`).',
    src: 'who sent the message',
    fields: {
      oddity: { kind: 'name', about: 'name of the first such oddity' },
      oddities: { kind: 'count', about: 'how many the message has' },
      method: { kind: 'method', about: 'method of the request or of the CSeq' },
      userAgent,
    },
  },
  'capture.odd': {
    about:
      'A payload was put together of IP fragments or TCP segments in a way that makes receivers and monitors see different things (Ptacek and Newsham 1998).',
    src: 'who sent it, as its last part says',
    fields: {
      oddity: {
        kind: 'name',
        about: 'fragment-tiny, fragment-overlap, fragment-conflict or stream-conflict: see the counters of family `capture`',
      },
      transport: { kind: 'name', about: 'how the payload travelled: udp, tcp, ws, sctp' },
      bytes: { kind: 'count', about: 'bytes of the payload' },
    },
  },
  'message.hostile': {
    about:
      'A SIP message holds something that is hardly ever sent by accident (an oddity of grade `hostile`): text for another reader, filling for a buffer, zero bytes.',
    src: 'who sent the message',
    fields: {
      oddity: { kind: 'name', about: 'name of the oddity; one Event for each kind in the message, up to four' },
      sample: { kind: 'text', about: 'the bytes it is about, the beginning of them' },
      method: { kind: 'method', about: 'method of the request or of the CSeq' },
      userAgent,
    },
  },
  'message.ambiguous': {
    about: 'A SIP message reads differently to RFC 3261 and to a server that forgives more: both readings of one field.',
    src: 'who sent the message',
    fields: {
      field: { kind: 'name', about: 'start-line, from, to, call-id, cseq or body' },
      strict: { kind: 'text', about: 'the field as RFC 3261 has it; of a body its length' },
      tolerant: { kind: 'text', about: 'the field as a tolerant server may read it' },
      oddity: { kind: 'name', about: 'name of the oddity that parts the two' },
      method: { kind: 'method', about: 'method of the request or of the CSeq' },
    },
  },
  'credentials.unchallenged': {
    about:
      'A request with Digest credentials was finally answered, and its sender was not seen to be given their nonce: it was given before the capture, to another address, or by nobody.',
    src: 'who sent the credentials',
    fields: {
      method,
      status,
      user: { kind: 'user', about: 'user name in the credentials' },
      realm: { kind: 'host', about: 'realm in the credentials' },
      accepted: { kind: 'flag', about: 'the answer was a 2xx' },
    },
  },
  'offer.changed': {
    about: 'An INVITE that has no final answer yet was repeated with another body; repetitions are identical (RFC 3261 §17.1.1.2).',
    src: 'who sent the request',
    fields: { userAgent },
  },
  'table.evicted': {
    about: 'A table was full and pushed out live entries since the last such Event.',
    src: 'none',
    fields: {
      table: { kind: 'name', about: 'which table' },
      evicted: { kind: 'count', about: 'live entries pushed out' },
    },
  },
} as const satisfies Record<string, EventType>;

/** Name of a type of Event. */
export type EventName = keyof typeof EVENTS;

/** The `data` of one type of Event. */
export type EventData<N extends EventName> = {
  -readonly [F in keyof (typeof EVENTS)[N]['fields']]: (typeof EVENTS)[N]['fields'][F] extends { kind: infer K }
    ? K extends 'flag'
      ? boolean
      : K extends 'count' | 'duration' | 'status' | 'port' | 'number'
        ? number
        : string
    : never;
};

/** All names, in catalogue order: the index of a name is its bit in a subscription. */
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];

/** Version of this catalogue, written into Event segments; raised when a type or field changes its meaning. */
export const EVENT_SCHEMA = 1;
