/** Events of dialogs and what is done to them: part of the catalogue in `events.ts`, in its order. */
import { type EventType, method, userAgent } from './eventfields.ts';

/** How dialogs begin, go on and end; messages that do not belong to them; what is sent again or forged. */
export const DIALOG_EVENTS = {
  'dialog.started': {
    about:
      'A dialog began (RFC 3261 §12.1): an INVITE got its first answer with a To tag, or the first message of a dialog was seen whose beginning was not.',
    src: 'who asked for the dialog; if it was adopted, who sent the message',
    fields: {
      adopted: { kind: 'flag', about: 'its beginning was not seen' },
      forks: { kind: 'count', about: 'dialogs of the same call so far, this one included' },
    },
  },
  'dialog.confirmed': {
    about: 'A dialog was confirmed: a 2xx was seen, or an ACK that proves it.',
    src: 'who asked for the dialog',
    fields: {
      setup: { kind: 'duration', about: 'seconds since the dialog began' },
      session: { kind: 'flag', about: 'it is that of a call, not of a subscription' },
      routes: { kind: 'count', about: 'Record-Route lines in its latest answer: proxies that stay in the path' },
    },
  },
  'dialog.ended': {
    about:
      'A dialog ended: a BYE was answered or stayed without an answer, its INVITE was refused, a subscription was ended, another branch was answered, or it was silent for too long.',
    src: 'who asked for the end; who called, if time ended it',
    fields: {
      by: { kind: 'name', about: 'caller, callee or timeout' },
      reason: {
        kind: 'name',
        about: 'bye, bye-unanswered, bye-by-stranger, notify, idle, session-timer, answered-elsewhere, or the status code that ended it',
      },
      duration: { kind: 'duration', about: 'seconds since it was confirmed, 0 if it never was' },
      early: { kind: 'flag', about: 'it was never confirmed' },
    },
  },
  'dialog.unacknowledged': {
    about:
      'Nobody acknowledged the 2xx to an INVITE within 32 s (64 × T1, RFC 3261 §13.3.1.4; at the end of the input 4 s and two repetitions), though what else the caller sent in the dialog was in view (S1-33).',
    src: 'who called',
    fields: {
      repeats: { kind: 'count', about: 'repetitions of the 2xx on one hop' },
      requests: { kind: 'count', about: 'requests seen inside the dialog' },
      talk: { kind: 'duration', about: 'seconds for which both sides sent media since the 2xx; 0: none was captured, or of one side only' },
    },
  },
  'credentials.replayed': {
    about:
      'A REGISTER bears digest credentials that were sent before from another address, which did not send them to this one. They cover neither Contact nor Expires (RFC 7616 §5.5).',
    src: 'who sent them again',
    fields: {
      method,
      first: { kind: 'address', about: 'who had sent them first' },
      contacts: { kind: 'count', about: 'Contact values of the request' },
      uncounted: {
        kind: 'flag',
        about:
          'without qop: a telephone that moved may send the same ones again; with it a client counts and draws anew for each request (RFC 7616 §3.4), so they were read off the wire',
      },
    },
  },
  'call.taken': {
    about:
      'A call to an account was answered within 1 s of reaching it, at a binding that was added while one of another make, made from another address, was in force, and that still is.',
    src: 'who answered',
    fields: {
      after: { kind: 'duration', about: 'seconds from the INVITE to the answer, there' },
      since: { kind: 'duration', about: 'seconds since the binding was added' },
      owner: { kind: 'address', about: 'who had made the other binding' },
      userAgent,
    },
  },
  'dialog.forged': {
    about:
      'Something shows that a message inside a call is not of the party in whose name it speaks (S1-40, S1-43, S2-26 to S2-29). Its source is empty where it bore the address of a party.',
    src: 'who sent it, if that was an address which had no part in the call; else empty: nobody knows',
    fields: {
      evidence: {
        kind: 'name',
        about:
          'media-goes-on: its party goes on sending from where it was; no-media: it came from an address that had no part in the call, and no media was captured that could tell; other-make: it is written otherwise than the earlier requests of that side, or a refusal otherwise than the ringing before; not-forwarded: it bears the address of a proxy, and no mark of whom it was forwarded for; not-cancelled: the caller was told 487 and had not cancelled; not-answered: the caller was refused in the name of a telephone that still rings; answered-after: a telephone answered after a refusal in its name',
      },
      method,
      status: { kind: 'status', about: 'status code of the forged answer, 0 if it is a request' },
      side: { kind: 'name', about: 'whose it claims to be: caller, callee or none' },
      media: { kind: 'flag', about: 'media of the call was captured; without it nobody knows whether the party goes on' },
    },
  },
  'request.stray': {
    about:
      'A request inside a call (BYE, CANCEL, re-INVITE, UPDATE, REFER, PRACK, INFO) belongs to no call that was seen, and who got it knows it no better: it was answered 481 or 404, or not within 2 s though others are answered. Each call of a source once a minute.',
    src: 'who sent the request',
    fields: {
      method,
      status: { kind: 'status', about: '481 or 404; 0: no answer' },
      refused: { kind: 'count', about: 'such requests of this source, until it pauses for 30 min' },
      accepted: { kind: 'count', about: 'requests of this source inside calls whose beginning was not seen that were accepted' },
      known: {
        kind: 'flag',
        about: 'the source is no stranger: it answers others, registered the account of its From, or had a call or REGISTER accepted there',
      },
    },
  },
  'dialog.violated': {
    about:
      'A message did not fit the state of its dialog (RFC 3261 §12.2; S2-24, S2-25), or came from an address that had no part in the call. What only looks so because messages cross, hops repeat them or the capture began late is not told.',
    src: 'who sent the message',
    fields: {
      what: {
        kind: 'name',
        about:
          'sender-unknown, tags-unknown, ack-without-invite, bye-outside-dialog, bye-before-answer, cseq-behind, reinvite-not-active, invite-in-terminated, update-inactive, request-in-terminated, cancel-unmatched, cancel-after-final, prack-unknown or answer-by-stranger',
      },
      method,
      status: { kind: 'status', about: 'status code if it was an answer, else 0' },
      state: { kind: 'name', about: 'state of the dialog in the machine of paper 002: inactive, wait-ack or active' },
      expected: { kind: 'text', about: 'states of that machine in which the message may come' },
      side: { kind: 'name', about: 'whose request it claims to be, by its tags: caller, callee or none' },
      fromParty: { kind: 'flag', about: 'the address it came from had a part in the call before' },
      party: { kind: 'address', about: 'where that side was first seen in the call: caller or callee; empty if that is not known' },
      age: { kind: 'duration', about: 'seconds since the call was first seen' },
    },
  },
} as const satisfies Readonly<Record<string, EventType>>;
