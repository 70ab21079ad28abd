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

const direction = {
  kind: 'name',
  about: 'what the sensor sees of the two: both, answers (their requests are not seen) or requests (no answer is seen)',
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
  direction,
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
      direction,
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
  'account.used': {
    about:
      'An account was used whose password had been found by guessing within a day (accepted after three refusals or more, see `refusals`, from an endpoint that held no binding of it), or a scanner registered one that needs no password.',
    src: 'who used it',
    fields: {
      how: {
        kind: 'name',
        about:
          'registered: the guesser made a binding; called: he placed a call that was answered; elsewhere: registered or called from another address, first seen after it fell; open: registered without a password, by a source that had probed ten users',
      },
      method,
      guesser: { kind: 'address', about: 'who found the password' },
      refusals: { kind: 'count', about: 'passwords refused before; 0 for open' },
      after: { kind: 'duration', about: 'seconds since the password was found' },
      userAgent,
    },
  },
  'load.risen': {
    about:
      'What was asked of a server or account within a minute, or what of it was not brought to an end, has risen over a power of two (from 64, unfinished from 16), or is still as high a minute later.',
    src: 'who sent the requests; none for loads by target and account, which may have many sources',
    fields: {
      by: {
        kind: 'name',
        about: 'source: of one source at one target; target: of all at one target; account: of all for one account; noise: payloads that are no SIP, to UDP ports where SIP is spoken; answers: answers to one address that sent no request to who answers (followed: others who ask these servers are seen; completed: 2xx to REGISTER or BYE)',
      },
      method: { kind: 'method', about: 'INVITE, REGISTER, OPTIONS or other' },
      requests: { kind: 'count', about: 'requests outside dialogs within the last minute, repetitions not counted' },
      perSecond: { kind: 'count', about: 'these per second, since they began but at most a minute' },
      unfinished: { kind: 'count', about: 'of these, begun and not brought to an end: abandoned, unacknowledged or silent' },
      finished: { kind: 'count', about: 'brought to an end: a final answer that is no challenge, for INVITE also acknowledged; those whose 4 s are not over are neither' },
      abandoned: { kind: 'count', about: 'challenged, without credentials within 2 s' },
      unacknowledged: { kind: 'count', about: 'INVITEs whose final answer met no ACK within 4 s, or that hung at 100 Trying for 32 s' },
      silent: { kind: 'count', about: 'not answered within 4 s, over UDP and not repeated' },
      followed: { kind: 'count', about: 'requests with credentials, and ACKs' },
      challenged: { kind: 'count', about: 'challenged' },
      completed: { kind: 'count', about: 'answered with 2xx' },
      refused: { kind: 'count', about: 'answered with 3xx, 4xx or 6xx, challenges and 408 not counted' },
      failed: { kind: 'count', about: 'answered with 408 or 5xx' },
      users: { kind: 'count', about: 'by source: about how many different users it asked for in this minute and the one before; else 0' },
      sources: { kind: 'count', about: 'about how many different sources are behind what was not finished (by target and account), sent it (noise) or answered (answers); by source: 1' },
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
