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

const mgcp = {
  verb: { kind: 'name', about: 'verb of the command, e.g. CRCX' },
  endpoint: { kind: 'text', about: 'endpoint the command is about, `local@domain`' },
  connection: { kind: 'text', about: 'connection identifier (`I:`), empty without one' },
} as const;

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
  'covert.suspected': {
    about:
      'A field of an initial request carries readable text where it carries random characters (Call-ID, branch, tag, Session-ID, User-Agent, an unknown header, names of the SDP), or something its grammar has no place for.',
    src: 'who sent the request',
    fields: {
      field: {
        kind: 'name',
        about: 'call-id, from-tag, user-agent, branch, header, session-id, max-forwards, body, sdp-version, sdp-origin or sdp-session',
      },
      why: {
        kind: 'name',
        about:
          'base64-text or hex-text: it decodes to text; grammar: the field has another form; unusual: a body where there is none; varies: this client changes a number that clients keep',
      },
      sample: { kind: 'text', about: 'the beginning of the field as it stands' },
      text: { kind: 'text', about: 'what it decodes to, the beginning of it; else empty' },
    },
  },
  'mgcp.command': {
    about: 'A call agent or a gateway sent an MGCP command (RFC 3435), each once. The Call-ID of the Event is the call identifier (`C:`).',
    src: 'who sent the command',
    fields: mgcp,
  },
  'mgcp.answer': {
    about: 'An MGCP command was finally answered.',
    src: 'who sent the command',
    fields: { ...mgcp, code: { kind: 'status', about: 'response code (RFC 3435 §2.4)' } },
  },
  'gateway.connection': {
    about: 'A media gateway confirmed that it opened, changed or closed a connection (MGCP CRCX, MDCX, DLCX).',
    src: 'who sent the command: the call agent, or a gateway that closes by itself',
    fields: {
      change: { kind: 'name', about: 'opened, changed or closed' },
      endpoint: mgcp.endpoint,
      connection: mgcp.connection,
      seconds: { kind: 'duration', about: 'closed: how long it was open in seconds; 0 if its beginning was not seen' },
      sent: { kind: 'count', about: 'closed: packets sent as the gateway accounts for them (PS=); -1: it does not say' },
      received: { kind: 'count', about: 'closed: packets received as the gateway accounts for them (PR=); -1: it does not say' },
    },
  },
  'identity.asserted': {
    about:
      'An initial request carries a signed identity (STIR, RFC 8224). The signature is not checked: that needs certificates from the network.',
    src: 'who sent the request',
    fields: {
      form: { kind: 'name', about: 'full, compact (RFC 8224 §7), legacy (RFC 4474) or bad' },
      attestation: { kind: 'name', about: 'A, B or C (RFC 8588 §4); empty if it does not say' },
      origin: { kind: 'text', about: 'number or URI of the caller that is asserted' },
      destination: { kind: 'text', about: 'the first number or URI called' },
      ppt: { kind: 'name', about: 'extension, e.g. shaken or div' },
      alg: { kind: 'name', about: 'signature algorithm' },
      certificate: { kind: 'host', about: 'host its certificate is fetched from' },
      age: { kind: 'duration', about: 'seconds from its making to this packet, negative if it is ahead' },
    },
  },
  'identity.mismatch': {
    about: 'A signed identity does not fit the message that carries it.',
    src: 'who sent the request',
    fields: {
      what: {
        kind: 'name',
        about:
          'origin: neither From nor P-Asserted-Identity; destination: neither To nor Request-URI; date, age: more than 60 s from the Date header, from the packet; alg: not ES256; certificate: x5u and info differ; form: it cannot be read',
      },
      asserted: { kind: 'text', about: 'what the identity says' },
      seen: { kind: 'text', about: 'what the message says' },
      attestation: { kind: 'name', about: 'A, B or C; empty if it does not say' },
    },
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
