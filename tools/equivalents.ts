/**
 * What other tools check of a SIP message, and what of ours tells the same: the second table of docs/reference/oddities.md.
 * Snort's list is gid 140 (`sip_module.h`, `builtin_stubs.txt`), Kamailio's the bits of `sanity` and the check of `secfilter`.
 */
import type { OddityName } from '../src/decode/oddities.ts';
import type { AmbiguousOddity } from '../src/decode/readings.ts';
import type { EventName } from '../src/events.ts';

/** One check of another tool. */
export interface Equivalent {
  /** `140:2` of Snort, `sanity 1` of Kamailio, a requirement. */
  readonly check: string;
  readonly about: string;
  readonly oddities: readonly OddityName[];
  readonly events?: readonly EventName[];
  /** Where ours differs. */
  readonly note?: string;
}

/** All checks known to us. */
export const EQUIVALENTS: readonly Equivalent[] = [
  { check: 'Snort 140:2', about: 'empty request URI', oddities: ['request-uri-empty'] },
  { check: 'Snort 140:3', about: 'URI too long', oddities: ['uri-long', 'overflow-pattern'] },
  { check: 'Snort 140:4', about: 'empty Call-ID', oddities: ['header-empty', 'missing-call-id'] },
  { check: 'Snort 140:5', about: 'Call-ID too long', oddities: ['call-id-long', 'overflow-pattern'] },
  { check: 'Snort 140:6', about: 'CSeq number too large or negative', oddities: ['cseq-too-large', 'cseq-bad'] },
  { check: 'Snort 140:7', about: 'method name in CSeq too long', oddities: ['method-long', 'cseq-mismatch', 'cseq-method-unknown'] },
  { check: 'Snort 140:8', about: 'empty From', oddities: ['header-empty', 'missing-from'] },
  { check: 'Snort 140:9', about: 'From too long', oddities: ['address-long', 'overflow-pattern'] },
  { check: 'Snort 140:10', about: 'empty To', oddities: ['header-empty', 'missing-to'] },
  { check: 'Snort 140:11', about: 'To too long', oddities: ['address-long', 'overflow-pattern'] },
  { check: 'Snort 140:12', about: 'empty Via', oddities: ['header-empty', 'missing-via'] },
  { check: 'Snort 140:13', about: 'Via too long', oddities: ['via-long', 'branch-long', 'overflow-pattern'] },
  { check: 'Snort 140:14', about: 'empty Contact', oddities: ['header-empty', 'missing-contact'] },
  { check: 'Snort 140:15', about: 'Contact too long', oddities: ['address-long', 'overflow-pattern'] },
  { check: 'Snort 140:16', about: 'Content-Length too large or negative', oddities: ['content-length-bad', 'content-length-larger'] },
  { check: 'Snort 140:17', about: 'several messages in one packet', oddities: ['several-messages'], events: ['message.ambiguous'] },
  {
    check: 'Snort 140:18',
    about: 'Content-Length mismatch',
    oddities: ['content-length-larger', 'bytes-after-body', 'content-length-conflict'],
  },
  { check: 'Snort 140:19', about: 'invalid request name in the CSeq of a response', oddities: ['cseq-method-unknown'] },
  {
    check: 'Snort 140:20',
    about: 'authenticated INVITE without a challenge before it',
    oddities: [],
    events: ['credentials.unchallenged'],
    note: 'with the answer, so that a rule can ask whether it was accepted; a nonce used twice is legal and not told',
  },
  { check: 'Snort 140:21', about: 'SDP changed in an unanswered INVITE', oddities: [], events: ['offer.changed'] },
  { check: 'Snort 140:22', about: 'status code not three digits', oddities: ['status-bad'] },
  { check: 'Snort 140:23', about: 'empty Content-Type', oddities: ['header-empty', 'missing-content-type'] },
  { check: 'Snort 140:24', about: 'version not 1.0, 1.1 or 2.0', oddities: ['version-unknown'], note: 'SIP/1.0 and 1.1 are told too' },
  { check: 'Snort 140:25', about: 'method differs from CSeq method', oddities: ['cseq-mismatch'] },
  { check: 'Snort 140:26', about: 'unknown method', oddities: ['method-unknown', 'method-case', 'method-prefix', 'method-bad'] },
  {
    check: 'Snort 140:27',
    about: 'too many dialogs in a session',
    oddities: [],
    events: ['table.evicted'],
    note: "a limit of Snort's own lists (4 dialogs); ours are tables, which say when they are full",
  },
  {
    check: 'Kamailio sanity 1',
    about: 'SIP version of the Request-URI',
    oddities: ['version-unknown', 'version-case', 'start-line-incomplete'],
  },
  { check: 'Kamailio sanity 2', about: 'scheme of the Request-URI', oddities: ['uri-scheme-unknown', 'uri-no-scheme'] },
  {
    check: 'Kamailio sanity 4',
    about: 'required headers',
    oddities: ['missing-via', 'missing-from', 'missing-to', 'missing-call-id', 'missing-cseq', 'missing-max-forwards'],
  },
  { check: 'Kamailio sanity 32', about: 'CSeq method', oddities: ['cseq-mismatch', 'cseq-bad'] },
  { check: 'Kamailio sanity 64', about: 'CSeq value', oddities: ['cseq-bad', 'cseq-too-large'] },
  {
    check: 'Kamailio sanity 128',
    about: 'Content-Length',
    oddities: ['content-length-bad', 'content-length-larger', 'bytes-after-body', 'content-length-conflict'],
  },
  { check: 'Kamailio sanity 256', about: 'Expires', oddities: ['expires-bad', 'expires-too-large'] },
  { check: 'Kamailio sanity 512', about: 'Proxy-Require', oddities: ['extension-required'] },
  {
    check: 'Kamailio sanity 1024',
    about: 'URIs of From, To and Contact',
    oddities: [
      'uri-no-scheme',
      'uri-host-empty',
      'uri-host-bad',
      'uri-port-bad',
      'uri-two-ats',
      'uri-byte-bad',
      'escape-bad',
      'address-empty',
    ],
  },
  { check: 'Kamailio sanity 2048', about: 'digest credentials', oddities: ['digest-incomplete', 'digest-bad', 'digest-response-bad'] },
  { check: 'Kamailio sanity 4096', about: 'duplicate tags', oddities: ['tag-duplicate', 'tag-empty'] },
  { check: 'Kamailio sanity 8192', about: 'Authorization', oddities: ['auth-scheme-unknown', 'digest-incomplete'] },
  { check: 'Kamailio sanity 16384', about: 'first Via', oddities: ['via-bad', 'via-version', 'via-transport-unknown', 'branch-empty'] },
  {
    check: 'Kamailio sanity 32768',
    about: 'RFC 3261 compliance',
    oddities: ['header-duplicate', 'header-several-values', 'tag-missing', 'max-forwards-bad', 'contact-star-misused'],
  },
  {
    check: 'Kamailio sanity 65536',
    about: 'sizes',
    oddities: ['header-long', 'header-name-long', 'headers-many', 'uri-long', 'via-long', 'tag-long'],
  },
  { check: 'Kamailio secfilter', about: 'SQL injection', oddities: ['sql-injection'] },
  {
    check: 'S2-10',
    about: 'syntax of the whole message',
    oddities: ['header-no-colon', 'header-name-bad', 'headers-unterminated', 'start-line-incomplete'],
  },
  {
    check: 'S2-11',
    about: 'presence and size of mandatory fields, grammar of To and From, Via with protocol, version and branch',
    oddities: ['header-empty', 'call-id-bad', 'cseq-mismatch', 'address-unclosed', 'quote-unterminated', 'via-bad', 'branch-missing'],
    note: 'a Call-ID without @ is legal and not odd (C-20)',
  },
  { check: 'S2-12', about: 'Request-URI and size of the Call-ID', oddities: ['request-uri-spaces', 'uri-long', 'call-id-long'] },
  { check: 'S2-34, A37', about: 'SQL injection against the registrar', oddities: ['sql-injection'] },
  { check: 'S2-34', about: 'buffer overflow', oddities: ['overflow-pattern', 'format-string', 'nul-byte'] },
];

/**
 * How a message with each of these is read: by RFC 3261, by a tolerant server, and where that is written. Which server reads how changes with its
 * version and is not claimed here but where a source says so.
 */
export const READINGS: Readonly<Record<AmbiguousOddity, readonly [strict: string, tolerant: string, source: string]>> = {
  'bare-line-feed': ['only CR LF ends a line', 'LF or CR alone ends one too', 'RFC 3261 §7; RFC 5234 B.1'],
  'bare-carriage-return': ['only CR LF ends a line', 'LF or CR alone ends one too', 'RFC 3261 §7'],
  'header-duplicate': ['the first counts (or a 400)', 'the last counts', 'RFC 3261 §7.3.1; RFC 4475 §3.3.8 leaves it open'],
  'header-folded': [
    'the line goes on',
    'the folded line is a header of its own; if it is nothing but white space, the headers end',
    'RFC 3261 §7.3.1',
  ],
  'fold-before-headers': ['the start line goes on', 'the line is a header', 'RFC 3261 §7.3.1'],
  'nul-byte': [
    'the byte is part of the value',
    'texts and message end there',
    'readers in C; RFC 3261 §25.1 allows it only in quoted pairs and bodies',
  ],
  'content-length-bad': [
    'it says nothing: to the end of the datagram',
    'the digits before what is none count, a negative one as 0',
    'RFC 3261 §18.3; RFC 4475 §3.1.2.3',
  ],
  'content-length-conflict': ['the first counts (or a 400)', 'the last counts', 'RFC 4475 §3.3.9'],
  'bytes-after-body': ['they are ignored', 'the body goes to the end of the datagram', 'RFC 3261 §18.3'],
  'several-messages': ['the second is ignored', 'the second is read as well, as in a stream', 'RFC 3261 §18.3; RFC 4475 §3.1.1.8'],
  'header-several-values': ['the first value', 'the last value', 'RFC 4475 §3.3.8'],
  'uri-two-ats': ['the first @ ends the user', 'the last @ does', 'RFC 3261 §25.1'],
  'tag-duplicate': ['the first tag', 'the last tag', 'RFC 3261 §7.3.1; SIPVicious svwar sends such (M-10)'],
  'display-name-uri': ['what is quoted is a name', 'the first angle bracket begins the address', 'RFC 3261 §25.1'],
  'quote-unterminated': ['the address behind the open quote', 'the first or last angle bracket begins the address', 'RFC 4475 §3.1.2.6'],
  'escape-nul': ['the user goes on', 'the user ends there', 'RFC 4475 §3.1.1.4'],
  'request-uri-spaces': ['the URI ends at the first space (or a 400)', 'it ends before the version', 'RFC 4475 §3.1.2.8'],
  'method-case': ['a method nobody knows', 'the method in capitals', 'RFC 3261 §7.1'],
  'cseq-mismatch': ['the method of the start line (or a 400)', 'the method of the CSeq', 'RFC 3261 §8.1.1.5; RFC 4475 §3.1.2.17'],
};
