/**
 * The catalogue of Events: what can happen, told without judgement. One entry each; every field has a kind, which says
 * how it is compared in rules, masked in outputs and indexed in stores. Rules and sinks are checked against this list.
 */

import { DIALOG_EVENTS } from './dialogevents.ts';
import { credentials, direction, type EventType, method, mgcp, status, userAgent } from './eventfields.ts';
import { MEDIA_EVENTS } from './mediaevents.ts';

/** All Events, by type. */
export const EVENTS = {
  'target.contacted': {
    about:
      'A source sent an out-of-dialog request to an address it had not sent one to within the hour; told 2 s later, when who could answer has answered.',
    src: 'who sent the request',
    fields: {
      method,
      userAgent,
      serves: {
        kind: 'count',
        about: 'how many different addresses had requests answered by this source before: 0 for a client, many for a proxy',
      },
      asked: {
        kind: 'count',
        about: 'how many different addresses this source has sent initial requests to, those of the 2 s after it included',
      },
      heard: { kind: 'count', about: 'how many of these have answered so far' },
      registrar: { kind: 'flag', about: 'this source has accepted a REGISTER: it has phones of its own' },
      known: { kind: 'flag', about: 'the target had sent something to the source before' },
    },
  },
  'account.probed': {
    about:
      'A request named an account and its sender did not show that the account is his: unknown (404, 604), challenged without an answer to the challenge, or OPTIONS to one user after another.',
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
      served: {
        kind: 'flag',
        about:
          'a request of this source has ever succeeded at this server since the two met; an hour without a request makes them strangers',
      },
      abandoned: { kind: 'flag', about: 'it was challenged and sent no credentials within 2 s' },
      unwanted: {
        kind: 'count',
        about: 'answers to this source within the minute that it had not asked for, or to INVITEs that it does not acknowledge',
      },
      unwantedFrom: { kind: 'count', about: 'about how many servers sent these' },
      asked: { kind: 'count', about: 'how many different addresses this source has sent initial requests to' },
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
    about:
      'Credentials were accepted (2xx, or for a call an answer of the callee such as 480 or 486) after the same source had credentials for the same account refused, or, as `others` counts, for other accounts, or other sources for this one.',
    src: 'who sent the credentials',
    fields: {
      ...credentials,
      refusals: { kind: 'count', about: 'refused credentials of this source for this account before' },
      others: {
        kind: 'count',
        about:
          'if `refusals` is 0: refused credentials within the hour of this source for any account, if some came from the same port; or of all sources for this account, if some came from a program that writes as this one',
      },
    },
  },
  'request.unanswered': {
    about:
      'An out-of-dialog request got no answer of any kind within 32 s (RFC 3261 Timer B and F) or before the capture ended at least 4 s later.',
    src: 'who sent the request',
    fields: { method, userAgent },
  },
  'registration.changed': {
    about:
      'A REGISTER with a 2xx answer added, refreshed or removed a binding; one Event for each, told by the bindings that the answer lists.',
    src: 'who registered',
    fields: {
      change: { kind: 'name', about: 'added, refreshed or removed' },
      contact: { kind: 'text', about: 'the Contact URI; of a removed one the first 47 bytes' },
      expires: { kind: 'duration', about: 'seconds granted (RFC 3261 §10.3), 0 for removed' },
      bindings: { kind: 'count', about: 'bindings of the account that are in force after the REGISTER' },
      owner: {
        kind: 'address',
        about: 'with removed: who had made the binding, if that was a client of another make at another address; else empty',
      },
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
          'registered: the guesser made a binding; called: he placed a call that reached the callee or his server (2xx, 480, 486 …); elsewhere: registered or called from another address, first seen after it fell; open: registered without a password, by a source that had probed ten users',
      },
      method,
      guesser: { kind: 'address', about: 'who found the password' },
      refusals: { kind: 'count', about: 'passwords refused before; 0 for open' },
      hasty: {
        kind: 'count',
        about: 'those of them right before the one that was found that came faster than anybody types; see `auth.accepted`',
      },
      after: { kind: 'duration', about: 'seconds since the password was found' },
      userAgent,
    },
  },
  'domains.stalled': {
    about:
      'INVITEs of one source for several domains (hosts of their Request-URIs) were neither answered by the server within 1 s nor sent again, though the server answers others. Told at the 2nd and each further domain of a minute, up to 16.',
    src: 'who sent the requests',
    fields: {
      domains: { kind: 'count', about: 'different domains so far' },
      requests: { kind: 'count', about: 'such INVITEs so far' },
      hits: {
        kind: 'count',
        about: 'requests of this source that succeeded at this server so far (2xx to REGISTER or INVITE), halved every 30 minutes',
      },
    },
  },
  'load.risen': {
    about:
      'What was asked of a server or account within a minute, or what of it was not brought to an end or rings, has risen over a power of two (from 64, OPTIONS from 32, unfinished from 8), or is still as high a minute later.',
    src: 'who sent the requests; none for loads by target and account, which may have many sources',
    fields: {
      by: {
        kind: 'name',
        about:
          'source: of one source at one target; target: of all at one target; account: of all for one account; noise: payloads that are no SIP, to UDP ports where SIP is spoken; answers: answers to one address that sent no request to who answers (followed: others who ask these servers are seen; completed: 2xx to REGISTER or BYE)',
      },
      method: { kind: 'method', about: 'INVITE, REGISTER, OPTIONS or other' },
      requests: { kind: 'count', about: 'requests outside dialogs within the last minute, repetitions not counted' },
      perSecond: { kind: 'count', about: 'these per second, since they began but at most a minute' },
      unfinished: { kind: 'count', about: 'of these, begun and not brought to an end: abandoned, unacknowledged, silent or hanging' },
      finished: {
        kind: 'count',
        about:
          'brought to an end: a final answer that is no challenge, for INVITE also acknowledged; those whose 4 s are not over are neither',
      },
      abandoned: { kind: 'count', about: 'challenged, without credentials within 2 s' },
      unacknowledged: { kind: 'count', about: 'INVITEs whose final answer met no ACK within 2 s' },
      silent: { kind: 'count', about: 'not answered within 4 s, over UDP and not repeated' },
      hanging: { kind: 'count', about: 'INVITEs that have been at 100 Trying for 4 s or more and still are' },
      ringing: { kind: 'count', about: 'INVITEs that have been ringing for 4 s or more and still are' },
      followed: { kind: 'count', about: 'requests with credentials, and ACKs' },
      acknowledged: { kind: 'count', about: 'ACKs, whatever call they belong to' },
      challenged: { kind: 'count', about: 'challenged' },
      completed: { kind: 'count', about: 'answered with 2xx' },
      refused: { kind: 'count', about: 'answered with 3xx, 4xx or 6xx, challenges and 408 not counted' },
      failed: { kind: 'count', about: 'answered with 408 or 5xx' },
      users: { kind: 'count', about: 'by source: about how many different users it asked for in this minute and the one before; else 0' },
      sources: {
        kind: 'count',
        about:
          'about how many different sources are behind what was not finished (by target and account), sent it (noise) or answered (answers); by source: 1',
      },
      targetUnfinished: {
        kind: 'count',
        about: 'by source: what of the same target, whoever asked it, was not brought to an end within the minute; else 0',
      },
      targetSources: { kind: 'count', about: 'by source: about how many sources are behind that; else 0' },
    },
  },
  'message.odd': {
    about: 'A SIP message has a fault that its sender is responsible for (an oddity of grade `broken` or `hostile`).',
    src: 'who sent the message',
    fields: {
      oddity: { kind: 'name', about: 'name of the oddity; one Event for each kind in the message, up to four' },
      oddities: { kind: 'count', about: 'how many such oddities the message has' },
      kinds: {
        kind: 'count',
        about: 'different kinds in the initial requests of this source to that server, within the half hour; 0 for answers',
      },
      broken: { kind: 'count', about: 'how many of these requests had any, halved every 30 min' },
      requests: { kind: 'count', about: 'how many of these requests there were, halved every 30 min' },
      hits: { kind: 'count', about: 'requests of this source that succeeded at that server, halved every 30 min' },
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
      stranger: mgcp.stranger,
      seconds: { kind: 'duration', about: 'closed: how long it was open in seconds; 0 if its beginning was not seen' },
      sent: { kind: 'count', about: 'closed: packets sent as the gateway accounts for them (PS=); -1: it does not say' },
      received: { kind: 'count', about: 'closed: packets received as the gateway accounts for them (PR=); -1: it does not say' },
    },
  },
  'gateway.unaudited': {
    about:
      'Two audits (MGCP AUEP) of an endpoint are overdue, and half a period more, though its gateway is audited on a schedule: at least two intervals agreed within a quarter (S1-29). Of an endpoint that was reported out of service before, three even intervals between audits of any endpoints are enough, and each then has its turn. Once, until it is audited again.',
    src: 'who audited it',
    fields: {
      endpoint: { kind: 'text', about: 'endpoint, `local@domain`' },
      period: { kind: 'duration', about: 'seconds between two audits of one endpoint of the gateway' },
      since: { kind: 'duration', about: 'seconds since its last audit' },
      agreed: { kind: 'count', about: 'intervals of the gateway that agreed' },
      withdrawn: { kind: 'flag', about: 'an RSIP (forced) had reported the endpoint out of service, and none that it is back' },
    },
  },
  'gateway.contradicted': {
    about:
      'An endpoint of a media gateway notifies an event (NTFY) or opens a connection (CRCX), more than 1 s after an RSIP (forced) had reported it out of service and before any that says that it is back (RFC 3435 §2.3.12). Once for each report; time and frame are those of the report.',
    src: 'who sent the RSIP, if that is another address than that of the gateway; else empty: MGCP over UDP is easily forged',
    fields: {
      endpoint: { kind: 'text', about: 'the endpoint that is at work, `local@domain`' },
      reported: { kind: 'text', about: 'the name in the RSIP, which may stand for many' },
      verb: { kind: 'name', about: 'what shows it: NTFY or CRCX' },
      after: { kind: 'duration', about: 'seconds since the RSIP' },
    },
  },
  'gateway.talks-on': {
    about:
      'RTP comes from an endpoint of a media gateway more than 1 s after its connection was released (a DLCX was confirmed; S1-47). Told again when twice as late, for a minute.',
    src: 'the media endpoint of the gateway',
    fields: { after: { kind: 'duration', about: 'seconds since the release' } },
  },
  'h323.call': {
    about:
      'A message of H.323 call signalling (H.225.0 over TPKT), as far as its Q.931 header tells; what is in packed encoding is not read.',
    src: 'who sent the message',
    fields: {
      message: { kind: 'name', about: 'setup, proceeding, alerting, connect, release-complete, facility …' },
      reference: { kind: 'number', about: 'call reference, unique between two endpoints' },
      answers: { kind: 'flag', about: 'it goes to the side that chose the reference: the caller' },
      calling: { kind: 'user', about: 'calling party number, empty if it is not given here' },
      called: { kind: 'user', about: 'called party number, empty if it is not given here' },
      display: { kind: 'text', about: 'display text, often the name of the caller' },
      cause: { kind: 'number', about: 'cause value (Q.850), -1: none' },
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
  'capture.odd': {
    about:
      'A payload was put together of IP fragments or TCP segments in a way that makes receivers and monitors see different things (Ptacek and Newsham 1998), or came behind a reset that ended its connection.',
    src: 'who sent it, as its last part says; none with stream-reset, as anybody may have written the reset',
    fields: {
      oddity: {
        kind: 'name',
        about: 'fragment-tiny, fragment-overlap, fragment-conflict, stream-conflict or stream-reset: see the counters of family `capture`',
      },
      transport: { kind: 'name', about: 'how the payload travelled: udp, tcp, ws, sctp' },
      bytes: { kind: 'count', about: 'bytes of the payload' },
    },
  },
  'tcp.half-open': {
    about:
      'Of the connections that a port of SIP (5060, 5061, 5080, or where SIP over TCP was seen) was asked for within a minute, 32 or more never came to be, those of the last eight seconds left out; told again when they have doubled, or after a minute (S2-34).',
    src: 'none: a SYN shows nothing of who sent it',
    fields: {
      begun: { kind: 'count', about: 'SYNs, repetitions not counted' },
      open: { kind: 'count', about: 'answered by the server, and the client did not come back' },
      aborted: { kind: 'count', about: 'reset by the client before they were open' },
      completed: { kind: 'count', about: 'that came to be' },
      sources: { kind: 'count', about: 'about how many sources asked in this minute and the one before' },
    },
  },
  ...MEDIA_EVENTS,
  'number.retried': {
    about:
      'A source dialled a number behind a prefix that it had not tried within the hour, after others; or a number that it had dialled behind several prefixes was answered. Numbers are the same if their last nine digits are. A source with 128 completed calls to a server within half an hour is a trunk and not watched.',
    src: 'who dials',
    fields: {
      number: { kind: 'user', about: 'the number as it was dialled; of an answer as its To says' },
      prefix: { kind: 'text', about: 'what stands before the last nine digits' },
      suffix: { kind: 'user', about: 'the last nine digits' },
      prefixes: { kind: 'count', about: 'different prefixes so far, none at all among them; each up to 16 is told, then when they double' },
      answered: { kind: 'count', about: 'calls of the source to that number answered with 2xx so far' },
      status: { kind: 'status', about: 'status code of the answer; 0 with the INVITE' },
      connected: {
        kind: 'count',
        about: 'calls of the source to that server, whatever the number, answered with 2xx, halved every 30 min',
      },
      since: { kind: 'duration', about: 'seconds since the source first dialled the number' },
      userAgent,
    },
  },
  'calls.alike': {
    about:
      'A call ended, and the calls of its source, or of the name it called under, look more like those of a machine than of people: Wald’s sequential test over how calls end, each for or against. Told from evidence 4 on, with each call that adds to it.',
    src: 'who called',
    fields: {
      by: { kind: 'name', about: 'source: all calls of the source; caller: those under one name, which is the account of the Event' },
      shape: {
        kind: 'name',
        about:
          'what the evidence is for. recording: calls that callees cut short, or all of one length; one-ring: given up after less than 3 s of ringing',
      },
      evidence: { kind: 'number', about: 'natural logarithm of the odds: 9 is 8,000 to 1; a whole number, rounded down' },
      calls: { kind: 'count', about: 'calls since there was no evidence' },
      callees: { kind: 'count', about: 'of these, to somebody who was none of the 16 called before' },
      cut: { kind: 'count', about: 'of these, answered, and ended by the callee within 20 s' },
      equal: { kind: 'count', about: 'of these, ended by the caller after a talk as long, within 0.4 s, as one of the four before' },
      rings: { kind: 'count', about: 'of these, given up after one ring' },
      serves: {
        kind: 'count',
        about:
          'how many different addresses had requests answered by this source: 0 for a client, 1 for a trunk, many for a proxy or exchange',
      },
    },
  },
  'number.abroad': {
    about:
      'A server accepted a call to a number abroad (it rings or is answered), dialled with + or an international prefix, each call once. Counts are of the caller: one user at one source, halved every 6 h.',
    src: 'who called',
    fields: {
      number: { kind: 'user', about: 'the number from its country code on' },
      country: { kind: 'name', about: 'country code (ITU-T E.164)' },
      class: { kind: 'name', about: 'abroad, costly (a network with a high price), satellite, premium' },
      price: { kind: 'number', about: 'cents a minute, roughly' },
      fresh: { kind: 'flag', about: 'the caller had called nothing in that country within the week' },
      credentials: { kind: 'flag', about: 'the call was accepted with credentials' },
      elsewhere: {
        kind: 'flag',
        about:
          'the account was used with its password within the week, at other addresses; at the one that calls not at all, or first within the day',
      },
      foreign: {
        kind: 'flag',
        about:
          'the account was used with its password within the week, by other makes of client (spelling of headers, User-Agent); by the one that calls not at all, or first within the day',
      },
      costly: { kind: 'count', about: 'calls to numbers that are not just abroad, this one included' },
      numbers: { kind: 'count', about: 'different numbers among them' },
      open: { kind: 'count', about: 'calls to such numbers that go on' },
      cents: { kind: 'count', about: 'cost of the calls abroad that ended' },
      neighbours: { kind: 'count', about: 'different numbers that share all but the last three digits with one called before' },
      days: { kind: 'count', about: 'days since the first call with credentials of the account; 0: none before today' },
      newCountry: { kind: 'flag', about: 'the account called nothing in that country before today, of the last eight countries it called' },
      offHours: {
        kind: 'flag',
        about:
          'the account, known by twenty calls or more, has not called within an hour of this hour of the day (UTC) for six weeks or more, or since it is known: see `days`',
      },
      rung: {
        kind: 'count',
        about:
          'users whom numbers of the same thousand called within two days and who did not answer, if this user is one of them; else 0; at most 32',
      },
      serves: {
        kind: 'count',
        about:
          'how many different addresses had requests answered by this source: 0 for a client, 1 for a trunk, many for a proxy or exchange',
      },
    },
  },
  'profile.compared': {
    about:
      'A day (UTC) on which an account placed calls is over, or the input is, and was compared with what had been usual on its days before (S1-49 to S1-54). Only calls with credentials that rang or were answered count. Its time is that of the last call of the day. From the fifth day of an account on, if three days were learnt to compare it with.',
    src: 'where the last call of the account came from',
    fields: {
      kind: { kind: 'name', about: 'weekday or weekend' },
      hours: { kind: 'count', about: 'hours of the day that are compared: 24, or fewer at the end of the input' },
      days: { kind: 'count', about: 'days since the first call of the account' },
      learnt: { kind: 'count', about: 'days of this kind that its profile is made of, at most 22 working days or 9 of weekends' },
      calls: { kind: 'count', about: 'calls of the day that are over' },
      callees: { kind: 'count', about: 'different people called' },
      strangers: { kind: 'count', about: 'calls to people whom it had not called before' },
      minutes: { kind: 'number', about: 'minutes of talk' },
      euclidean: { kind: 'number', about: 'Euclidean distance of the histograms (roots of calls, people and minutes by hour)' },
      quadratic: { kind: 'number', about: 'quadratic-form distance of the histograms: neighbouring hours are alike' },
      mahalanobis: {
        kind: 'number',
        about: 'Mahalanobis distance, diagonal covariance, by the root of the number of cells: about 1 as usual',
      },
      hellinger: { kind: 'number', about: 'Hellinger distance of how the calls spread over people: 0 as usual, at most 1' },
      shape: { kind: 'number', about: 'Hellinger distance of the shape of the list of people, whoever is on it' },
    },
  },
  'profile.resembles': {
    about:
      'Accounts were put into classes by what is usual of them (k-means over up to 512, S1-51), as the calls of one were shown to be a machine’s (evidence of `calls.alike` under its name 9 or more): this one is in the class of a machine, and not in that of most. Told at the end of the day, once a month.',
    src: 'where the last call of the account came from',
    fields: {
      days: { kind: 'count', about: 'days since the first call of the account' },
      members: { kind: 'count', about: 'accounts of its class' },
      machines: { kind: 'count', about: 'of these, known as machines' },
      accounts: { kind: 'count', about: 'accounts that were put into classes' },
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
  ...DIALOG_EVENTS,
  'script.answered': {
    about: 'A program that a rule asked about an Event has answered; src, dst, account and callId are those of that Event.',
    src: 'src of the Event that was asked about',
    fields: {
      asked: { kind: 'text', about: 'id of the question: the rule and the id of the Event' },
      program: { kind: 'name', about: 'name of the program in the config' },
      code: { kind: 'number', about: 'its exit code; -1 if it could not be run, was ended by a signal or took too long' },
      said: { kind: 'text', about: 'the first line it printed, at most 200 characters' },
    },
  },
  'client.seen': {
    about:
      'A client sent a request straight to its target that is written unlike all that it sent within the hour: its Tool DNA, whatever User-Agent it claims (dna/README.md). At most 1,024 a second.',
    src: 'who sent the request',
    fields: {
      method,
      dna: { kind: 'name', about: 'the DNA in short: version, hash of what all its requests share, hash of the rest' },
      core: { kind: 'text', about: 'what all its requests share, fields parted by `_`' },
      build: { kind: 'text', about: 'how such a request of it is built, fields parted by `_`' },
      client: { kind: 'text', about: 'name of the program, empty if nobody known writes so' },
      userAgent,
    },
  },
  'tool.seen': {
    about: 'A client shows the DNA of a program that is known (dna/known.yaml); told again after an hour.',
    src: 'who sent the request',
    fields: {
      method,
      tool: { kind: 'text', about: 'name of the program' },
      kind: { kind: 'name', about: 'attack, test, monitor, product' },
      purpose: { kind: 'name', about: 'what such a request of it is for: scan, enumerate, guess, call, flood, none' },
      sure: { kind: 'flag', about: 'no other program is known that writes so' },
      dna: { kind: 'name', about: 'the DNA in short' },
      says: {
        kind: 'text',
        about: 'what it wrote into its From tag (M-06): the user it asks for, or the address it scans; never a password',
      },
      userAgent,
    },
  },
  'cnonce.repeated': {
    about:
      'A request carried credentials with a cnonce that another source had used within the month in another call. Clients make their cnonces at random (RFC 7616 §3.4): it is the same client under another address, or a tool that always sends the same one. Told for the first four sources.',
    src: 'who sent the credentials',
    fields: {
      method,
      cnonce: { kind: 'text', about: 'the cnonce' },
      other: { kind: 'address', about: 'the source that used it before' },
      sources: { kind: 'count', about: 'sources that have used it so far, this one included' },
    },
  },
  'source.blocked': {
    about: 'A server says in its log that its own guard blocks a source.',
    src: 'who was blocked',
    fields: { by: { kind: 'name', about: 'the guard: pike (Kamailio, OpenSIPS)' } },
  },
  'log.forged': {
    about:
      'A line of a log can be read in two ways, or begins or ends as a line of the server and is torn: somebody wrote into the log through a From, a user or a Call-ID. Nothing near it is believed.',
    src: 'none',
    fields: {
      line: { kind: 'text', about: 'the line, the beginning of it' },
      withdrawn: { kind: 'count', about: 'entries before it that are not believed' },
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
export const EVENT_SCHEMA = 4;
