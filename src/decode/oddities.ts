/**
 * Everything that can be odd about one SIP message, by name. An oddity is data: a code (its index here) and the bytes it
 * is about. Grades:
 *
 * - `note`: legal, or so common among honest senders that it says nothing by itself.
 * - `broken`: against the grammar or a MUST. Honest senders with bugs do it too.
 * - `hostile`: hardly ever sent by accident: it aims at parsers.
 */
import type { Oddity } from '../types.ts';
import type { SipMessage } from './message.ts';

/** How much an oddity says about the intent of its sender. */
export type Grade = 'note' | 'broken' | 'hostile';

/** One kind of oddity. */
export interface OddityKind {
  /** What is odd, one sentence. */
  readonly about: string;
  readonly grade: Grade;
  /** Section it offends or is described in. */
  readonly reference: string;
}

/** The catalogue. */
export const ODDITIES = {
  // The datagram
  'crlf-before-start': { about: 'Line ends precede the start line.', grade: 'note', reference: 'RFC 3261 §7.5' },
  'junk-before-start': { about: 'Bytes that are no SIP precede the start line.', grade: 'broken', reference: 'RFC 3261 §7' },
  'bytes-after-body': {
    about: 'Bytes follow the end that Content-Length gives; they are ignored.',
    grade: 'note',
    reference: 'RFC 3261 §18.3, RFC 4475 §3.1.1.8',
  },
  'several-messages': {
    about: 'Another SIP message follows in the same datagram.',
    grade: 'note',
    reference: 'RFC 3261 §18.3, RFC 4475 §3.1.1.8',
  },
  'headers-unterminated': {
    about: 'The message ends before the empty line that ends its headers.',
    grade: 'broken',
    reference: 'RFC 3261 §7',
  },
  'start-line-only': { about: 'The message has no header at all.', grade: 'broken', reference: 'RFC 3261 §7' },
  'bare-line-feed': { about: 'A line ends with LF alone.', grade: 'broken', reference: 'RFC 3261 §7' },
  'bare-carriage-return': { about: 'A CR stands without LF.', grade: 'broken', reference: 'RFC 3261 §25.1' },
  'nul-byte': { about: 'A zero byte stands in the headers.', grade: 'hostile', reference: 'RFC 3261 §25.1' },
  'control-byte': { about: 'A control character stands in the headers.', grade: 'broken', reference: 'RFC 3261 §25.1' },
  'bad-utf8': { about: 'Bytes of the headers are not UTF-8.', grade: 'broken', reference: 'RFC 3261 §7, RFC 3629' },
  // Start line
  'start-line-spaces': {
    about: 'More than one space, or a tab, separates the parts of the start line.',
    grade: 'broken',
    reference: 'RFC 3261 §7.1, RFC 4475 §3.1.2.9',
  },
  'start-line-trailing-space': {
    about: 'White space ends the start line.',
    grade: 'broken',
    reference: 'RFC 3261 §7.1, RFC 4475 §3.1.2.10',
  },
  'start-line-incomplete': { about: 'The start line lacks one of its parts.', grade: 'broken', reference: 'RFC 3261 §7.1' },
  'version-unknown': { about: 'The SIP version is not 2.0.', grade: 'broken', reference: 'RFC 3261 §7.1, RFC 4475 §3.1.2.16' },
  'version-case': { about: 'The SIP version is not written in capitals.', grade: 'note', reference: 'RFC 3261 §7.1' },
  'method-unknown': { about: 'The method is none of the registered ones.', grade: 'note', reference: 'RFC 3261 §7.1' },
  'method-case': {
    about: 'The method would be a registered one in capitals; methods are case-sensitive.',
    grade: 'broken',
    reference: 'RFC 3261 §7.1',
  },
  'method-prefix': { about: 'Letters run into the name of a registered method.', grade: 'broken', reference: 'RFC 3261 §7.1' },
  'method-long': { about: 'The method is longer than 16 bytes.', grade: 'note', reference: 'RFC 4475 §3.1.1.7' },
  'method-bad': { about: 'The method holds characters that no token may hold.', grade: 'broken', reference: 'RFC 3261 §25.1' },
  'status-bad': {
    about: 'The status code is not three digits from 100 to 699.',
    grade: 'broken',
    reference: 'RFC 3261 §7.2, RFC 4475 §3.1.2.19',
  },
  'request-uri-empty': { about: 'The request has no Request-URI.', grade: 'broken', reference: 'RFC 3261 §7.1' },
  'request-uri-brackets': {
    about: 'Angle brackets enclose the Request-URI.',
    grade: 'broken',
    reference: 'RFC 3261 §7.1, RFC 4475 §3.1.2.7',
  },
  'request-uri-spaces': { about: 'White space stands in the Request-URI.', grade: 'broken', reference: 'RFC 3261 §7.1, RFC 4475 §3.1.2.8' },
  'request-uri-headers': {
    about: 'The Request-URI holds escaped headers.',
    grade: 'broken',
    reference: 'RFC 3261 §19.1.1, RFC 4475 §3.1.2.11',
  },
  // Header lines
  'header-folded': { about: 'A header is folded over more than one line.', grade: 'note', reference: 'RFC 3261 §7.3.1' },
  'header-no-colon': { about: 'A header line has no colon.', grade: 'broken', reference: 'RFC 3261 §7.3.1' },
  'header-name-bad': { about: 'A header name is empty or no token.', grade: 'broken', reference: 'RFC 3261 §7.3.1' },
  'header-name-long': { about: 'A header name is longer than 64 bytes.', grade: 'note', reference: 'RFC 4475 §3.1.1.7' },
  'header-empty': { about: 'A header that must say something is empty.', grade: 'broken', reference: 'RFC 3261 §7.3.1' },
  'header-duplicate': {
    about: 'A header that may stand once stands again.',
    grade: 'broken',
    reference: 'RFC 3261 §7.3.1, RFC 4475 §3.3.8',
  },
  'header-several-values': { about: 'A header of one value holds several.', grade: 'broken', reference: 'RFC 3261 §7.3.1' },
  'headers-many': {
    about: 'The message has more headers than are kept; the later ones were only looked at.',
    grade: 'hostile',
    reference: 'RFC 3261 §26.3.2.4',
  },
  'fold-before-headers': { about: 'The line after the start line begins with white space.', grade: 'broken', reference: 'RFC 3261 §7.3.1' },
  'missing-via': { about: 'The message has no Via.', grade: 'broken', reference: 'RFC 3261 §8.1.1' },
  'missing-from': { about: 'The message has no From.', grade: 'broken', reference: 'RFC 3261 §8.1.1, RFC 4475 §3.3.1' },
  'missing-to': { about: 'The message has no To.', grade: 'broken', reference: 'RFC 3261 §8.1.1, RFC 4475 §3.3.1' },
  'missing-call-id': { about: 'The message has no Call-ID.', grade: 'broken', reference: 'RFC 3261 §8.1.1, RFC 4475 §3.3.1' },
  'missing-cseq': { about: 'The message has no CSeq.', grade: 'broken', reference: 'RFC 3261 §8.1.1' },
  'missing-max-forwards': { about: 'The request has no Max-Forwards, as RFC 2543 allowed.', grade: 'note', reference: 'RFC 3261 §8.1.1.6' },
  'missing-contact': { about: 'An INVITE or SUBSCRIBE has no Contact.', grade: 'note', reference: 'RFC 3261 §8.1.1.8' },
  'missing-content-type': { about: 'A body comes without Content-Type.', grade: 'broken', reference: 'RFC 3261 §20.15' },
  // Values every message has
  'call-id-long': { about: 'The Call-ID is longer than 256 bytes.', grade: 'note', reference: 'RFC 4475 §3.1.1.7' },
  'call-id-bad': { about: 'The Call-ID holds white space or more than one @.', grade: 'broken', reference: 'RFC 3261 §20.8' },
  'cseq-bad': { about: 'CSeq is not a number and a method.', grade: 'broken', reference: 'RFC 3261 §20.16' },
  'cseq-too-large': { about: 'The CSeq number is not below 2^31.', grade: 'broken', reference: 'RFC 3261 §8.1.1.5, RFC 4475 §3.1.2.4' },
  'cseq-mismatch': {
    about: 'The CSeq method is not the method of the request.',
    grade: 'broken',
    reference: 'RFC 3261 §8.1.1.5, RFC 4475 §3.1.2.17',
  },
  'cseq-method-unknown': {
    about: 'The CSeq of a response names no registered method.',
    grade: 'note',
    reference: 'RFC 3261 §8.1.1.5, RFC 4475 §3.1.2.18',
  },
  'max-forwards-bad': {
    about: 'Max-Forwards is not a number from 0 to 255.',
    grade: 'broken',
    reference: 'RFC 3261 §20.22, RFC 4475 §3.1.2.4',
  },
  'content-length-bad': {
    about: 'Content-Length is negative or no number.',
    grade: 'broken',
    reference: 'RFC 3261 §20.14, RFC 4475 §3.1.2.3',
  },
  'content-length-larger': {
    about: 'Content-Length promises more bytes than came.',
    grade: 'broken',
    reference: 'RFC 3261 §18.3, RFC 4475 §3.1.2.2',
  },
  'content-length-conflict': { about: 'Several Content-Length headers differ.', grade: 'hostile', reference: 'RFC 4475 §3.3.9' },
  'expires-bad': { about: 'A number of seconds is no number.', grade: 'broken', reference: 'RFC 3261 §20.19' },
  'expires-too-large': {
    about: 'A number of seconds is above 2^32 - 1.',
    grade: 'broken',
    reference: 'RFC 3261 §20.19, RFC 4475 §3.1.2.4',
  },
  'date-bad': { about: 'The Date is not an RFC 1123 date in GMT.', grade: 'broken', reference: 'RFC 3261 §20.17, RFC 4475 §3.1.2.12' },
  'number-bad': { about: 'A header of a number holds none, or one out of its range.', grade: 'broken', reference: 'RFC 3261 §25.1' },
  'content-type-bad': { about: 'Content-Type is not type/subtype.', grade: 'broken', reference: 'RFC 3261 §20.15' },
  'warning-bad': {
    about: 'A Warning does not begin with a three-digit code.',
    grade: 'broken',
    reference: 'RFC 3261 §20.43, RFC 4475 §3.1.2.5',
  },
  'token-bad': { about: 'A list of tokens holds something else.', grade: 'broken', reference: 'RFC 3261 §25.1' },
  'user-agent-long': { about: 'User-Agent or Server is longer than 256 bytes.', grade: 'note', reference: 'RFC 3261 §20.41' },
  // Via
  'via-bad': { about: 'A Via is not protocol, version, transport and host.', grade: 'broken', reference: 'RFC 3261 §20.42' },
  'via-long': { about: 'A Via header is longer than 1024 bytes.', grade: 'note', reference: 'RFC 3261 §20.42' },
  'via-version': { about: 'The Via names another protocol than SIP/2.0.', grade: 'broken', reference: 'RFC 3261 §20.42' },
  'via-transport-unknown': {
    about: 'The Via names an unregistered transport.',
    grade: 'note',
    reference: 'RFC 3261 §20.42, RFC 4475 §3.1.1.10',
  },
  'branch-missing': { about: 'The topmost Via has no branch, as RFC 2543 allowed.', grade: 'note', reference: 'RFC 3261 §8.1.1.7' },
  'branch-no-cookie': {
    about: 'The branch does not begin with z9hG4bK, as RFC 2543 allowed.',
    grade: 'note',
    reference: 'RFC 3261 §8.1.1.7',
  },
  'branch-empty': {
    about: 'The branch is empty or nothing but z9hG4bK.',
    grade: 'broken',
    reference: 'RFC 3261 §8.1.1.7, RFC 4475 §3.2.1',
  },
  'via-broadcast': { about: 'The Via asks for answers at the broadcast address.', grade: 'broken', reference: 'RFC 4475 §3.3.10' },
  'vias-many': { about: 'The message has more than 70 Via values.', grade: 'hostile', reference: 'RFC 3261 §16.3, RFC 5393' },
  // Addresses
  'address-empty': { about: 'An address holds no URI.', grade: 'broken', reference: 'RFC 3261 §20.10' },
  'address-long': { about: 'An address header is longer than 256 bytes.', grade: 'note', reference: 'RFC 4475 §3.1.1.7' },
  'address-unclosed': { about: 'An angle bracket is not closed.', grade: 'broken', reference: 'RFC 3261 §20.10' },
  'address-unbracketed': {
    about: 'A URI with comma, semicolon or question mark stands without angle brackets.',
    grade: 'broken',
    reference: 'RFC 3261 §20.10, RFC 4475 §3.1.2.13',
  },
  'address-spaces': {
    about: 'White space stands inside the angle brackets.',
    grade: 'broken',
    reference: 'RFC 3261 §20.10, RFC 4475 §3.1.2.14',
  },
  'address-junk': { about: 'Something that is no parameter follows an address.', grade: 'broken', reference: 'RFC 3261 §20.10' },
  'display-name-unquoted': {
    about: 'A display name that needs quotes has none.',
    grade: 'broken',
    reference: 'RFC 3261 §20.10, RFC 4475 §3.1.2.15',
  },
  'display-name-uri': {
    about: 'A quoted display name holds an angle bracket: who heeds no quotes takes what follows for the address.',
    grade: 'note',
    reference: 'RFC 3261 §25.1',
  },
  'quote-unterminated': { about: 'A quoted string is not closed.', grade: 'broken', reference: 'RFC 3261 §25.1, RFC 4475 §3.1.2.6' },
  'parameter-empty': {
    about: 'A parameter has no name, or a name and = but no value.',
    grade: 'broken',
    reference: 'RFC 3261 §7.3.1, RFC 4475 §3.1.2.1',
  },
  'parameter-bad': { about: 'A parameter is neither token nor quoted string.', grade: 'broken', reference: 'RFC 3261 §25.1' },
  'parameter-duplicate': { about: 'A parameter stands twice.', grade: 'broken', reference: 'RFC 3261 §7.3.1' },
  'value-empty': { about: 'A comma list has an empty element.', grade: 'broken', reference: 'RFC 3261 §7.3.1, RFC 4475 §3.1.2.1' },
  'tag-missing': { about: 'From has no tag, as RFC 2543 allowed.', grade: 'note', reference: 'RFC 3261 §8.1.1.3' },
  'tag-empty': { about: 'A tag is empty.', grade: 'broken', reference: 'RFC 3261 §19.3' },
  'tag-duplicate': { about: 'From or To has two tags.', grade: 'broken', reference: 'RFC 3261 §19.3' },
  'tag-long': { about: 'A tag is longer than 128 bytes.', grade: 'note', reference: 'RFC 3261 §19.3' },
  'contact-star-misused': {
    about: 'Contact is * but the message is no REGISTER with Expires 0, or there are more.',
    grade: 'broken',
    reference: 'RFC 3261 §10.2.2',
  },
  'contact-headers': {
    about: 'A Contact URI holds headers for whoever calls it.',
    grade: 'note',
    reference: 'RFC 3261 §19.1.1, RFC 4475 §3.3.14',
  },
  // URIs
  'uri-long': { about: 'A URI is longer than 256 bytes.', grade: 'note', reference: 'RFC 4475 §3.1.1.7' },
  'uri-scheme-unknown': {
    about: 'The scheme of a URI is none of sip, sips and tel.',
    grade: 'note',
    reference: 'RFC 4475 §3.3.2 to §3.3.4',
  },
  'uri-no-scheme': { about: 'A URI has no scheme.', grade: 'broken', reference: 'RFC 3261 §19.1.1' },
  'uri-host-empty': { about: 'A SIP URI has no host.', grade: 'broken', reference: 'RFC 3261 §19.1.1' },
  'uri-user-empty': { about: 'A SIP URI has an @ without a user before it.', grade: 'broken', reference: 'RFC 3261 §19.1.1' },
  'uri-host-bad': {
    about: 'The host is neither name, IPv4 address nor bracketed IPv6 address.',
    grade: 'broken',
    reference: 'RFC 3261 §25.1',
  },
  'uri-port-bad': { about: 'The port is no number from 0 to 65535.', grade: 'broken', reference: 'RFC 3261 §25.1' },
  'uri-password': { about: 'A URI holds a password in clear.', grade: 'note', reference: 'RFC 3261 §19.1.1' },
  'uri-two-ats': { about: 'A URI has more than one @.', grade: 'broken', reference: 'RFC 3261 §19.1.1' },
  'uri-byte-bad': { about: 'A URI holds a character that must be escaped.', grade: 'broken', reference: 'RFC 3261 §19.1.2' },
  'escape-bad': { about: 'A percent sign is not followed by two hexadecimal digits.', grade: 'broken', reference: 'RFC 3261 §19.1.2' },
  'escape-nul': { about: 'A URI holds an escaped zero byte.', grade: 'note', reference: 'RFC 4475 §3.1.1.4' },
  'ipv6-unbracketed': { about: 'An IPv6 address stands without brackets.', grade: 'broken', reference: 'RFC 3261 §25.1, RFC 5118 §4.2' },
  'ipv6-bad': { about: 'What stands in brackets is no IPv6 address.', grade: 'broken', reference: 'RFC 4291 §2.2' },
  'ipv6-three-colons': {
    about: 'An IPv6 address has three colons in a row, as the grammar of RFC 3261 wrongly allowed.',
    grade: 'note',
    reference: 'RFC 5118 §4.9',
  },
  'tel-bad': { about: 'A tel URI holds no telephone number.', grade: 'broken', reference: 'RFC 3966 §3' },
  // Credentials
  'auth-scheme-unknown': { about: 'Credentials or challenge are not Digest.', grade: 'note', reference: 'RFC 3261 §22.4, RFC 4475 §3.3.7' },
  'digest-incomplete': {
    about: 'Digest credentials or a challenge lack a mandatory parameter.',
    grade: 'broken',
    reference: 'RFC 7616 §3.3, §3.4',
  },
  'digest-bad': { about: 'A digest parameter is malformed.', grade: 'broken', reference: 'RFC 7616 §3.4' },
  'digest-response-bad': {
    about: 'The digest response is not hexadecimal of the right length.',
    grade: 'broken',
    reference: 'RFC 7616 §3.4.1',
  },
  // Text for another reader than SIP (injection.ts)
  'sql-injection': {
    about: 'A value ends a string of SQL and goes on as a statement, or holds a phrase of SQL.',
    grade: 'hostile',
    reference: 'RFC 3261 §26.1.2',
  },
  'shell-injection': { about: 'A value holds a command for a shell.', grade: 'hostile', reference: 'RFC 3261 §26.1.2' },
  'path-traversal': { about: 'A value holds a path that leads out of its folder.', grade: 'hostile', reference: 'RFC 3261 §26.1.2' },
  'markup-injection': { about: 'A value holds markup or script for a browser.', grade: 'hostile', reference: 'RFC 3261 §26.1.2' },
  'lookup-injection': {
    about: 'A value holds an expression that logging libraries resolve (CVE-2021-44228).',
    grade: 'hostile',
    reference: 'RFC 3261 §26.1.2',
  },
  'format-string': {
    about: 'A value holds several conversions of printf that no escape of a URI is.',
    grade: 'hostile',
    reference: 'RFC 3261 §25.1',
  },
  'overflow-pattern': {
    about: 'A value that is too long repeats the same few bytes more than a hundred times.',
    grade: 'hostile',
    reference: 'RFC 3261 §25.1, RFC 4475 §3.1.1.7',
  },
  'escape-line-end': { about: 'The user of a URI holds an escaped CR or LF.', grade: 'hostile', reference: 'RFC 3261 §19.1.2' },
  'escape-control': { about: 'The user of a URI holds an escaped control character.', grade: 'broken', reference: 'RFC 3261 §19.1.2' },
  'bidi-control': {
    about: 'A mark that turns the direction of writing stands in the headers: what is read is not what is there.',
    grade: 'broken',
    reference: 'RFC 8264 §9.11',
  },
  'invisible-character': { about: 'A character without width stands in the headers.', grade: 'note', reference: 'RFC 8264 §9.13' },
  // Numbers and lengths that are legal and rare
  'header-long': { about: 'A header value is longer than 1024 bytes.', grade: 'note', reference: 'RFC 3261 §7.3.1' },
  'content-type-long': { about: 'Content-Type is longer than 256 bytes.', grade: 'note', reference: 'RFC 3261 §20.15' },
  'branch-long': { about: 'The topmost branch is longer than 256 bytes.', grade: 'note', reference: 'RFC 3261 §8.1.1.7' },
  'max-forwards-zero': {
    about: 'Max-Forwards is 0: the request is meant for the next hop alone, as traces are.',
    grade: 'note',
    reference: 'RFC 3261 §16.3',
  },
  'max-forwards-high': { about: 'Max-Forwards is above 70.', grade: 'note', reference: 'RFC 3261 §8.1.1.6' },
  'extension-required': {
    about: 'Proxy-Require asks for an extension that no proxy has to know.',
    grade: 'note',
    reference: 'RFC 3261 §20.29',
  },
  // Bodies and session descriptions
  'body-encoded': { about: 'The body is compressed: it was not read.', grade: 'note', reference: 'RFC 3261 §20.12' },
  'multipart-bad': {
    about: 'A multipart body has no boundary, or not the one it names.',
    grade: 'broken',
    reference: 'RFC 2046 §5.1.1, RFC 5621',
  },
  'sdp-several': {
    about: 'A body holds several session descriptions: which one counts is up to its reader.',
    grade: 'broken',
    reference: 'RFC 5621 §4, RFC 3261 §13.2.1',
  },
  'sdp-untyped': { about: 'A body without Content-Type is a session description.', grade: 'note', reference: 'RFC 3261 §20.15' },
  'sdp-version': { about: 'A session description does not begin with v=0.', grade: 'broken', reference: 'RFC 8866 §5.1' },
  'sdp-missing-origin': { about: 'A session description has no o= line.', grade: 'broken', reference: 'RFC 8866 §5.2' },
  'sdp-missing-name': { about: 'A session description has no s= line.', grade: 'note', reference: 'RFC 8866 §5.3' },
  'sdp-missing-time': { about: 'A session description has no t= line.', grade: 'note', reference: 'RFC 8866 §5.9' },
  'sdp-origin-bad': { about: 'The o= line has not six fields, or numbers that are none.', grade: 'broken', reference: 'RFC 8866 §5.2' },
  'sdp-order': {
    about: 'Lines of a session description stand in another order than the RFC gives.',
    grade: 'note',
    reference: 'RFC 8866 §5',
  },
  'sdp-line-bad': { about: 'A line of a session description is not a letter and =.', grade: 'broken', reference: 'RFC 8866 §5' },
  'sdp-line-long': { about: 'A line of a session description is longer than 1000 bytes.', grade: 'note', reference: 'RFC 8866 §5' },
  'sdp-control-byte': {
    about: 'A control character, a tab included, stands in a session description.',
    grade: 'broken',
    reference: 'RFC 8866 §9',
  },
  'sdp-media-bad': { about: 'An m= line lacks one of its parts.', grade: 'broken', reference: 'RFC 8866 §5.14' },
  'sdp-media-many': { about: 'A session description has more than 16 m= lines.', grade: 'hostile', reference: 'RFC 8866 §5.14' },
  'sdp-formats-many': { about: 'An m= line has more than 24 formats.', grade: 'note', reference: 'RFC 8866 §5.14' },
  'sdp-port-bad': { about: 'The port of an m= line is no number from 0 to 65535.', grade: 'hostile', reference: 'RFC 8866 §5.14' },
  'sdp-format-bad': { about: 'A payload type is no number from 0 to 127.', grade: 'broken', reference: 'RFC 8866 §5.14, RFC 3551 §6' },
  'sdp-address-bad': { about: 'An address of a session description is none.', grade: 'broken', reference: 'RFC 8866 §5.7' },
  'sdp-connections': { about: 'The session or a section has more than one c= line.', grade: 'note', reference: 'RFC 8866 §5.7' },
  'sdp-connection-missing': {
    about: 'A section in use has no c= line, neither of its own nor of the session.',
    grade: 'broken',
    reference: 'RFC 8866 §5.7',
  },
  'sdp-attribute-bad': { about: 'An attribute is not what its name says.', grade: 'broken', reference: 'RFC 8866 §6' },
  'sdp-key-clear': {
    about: 'SRTP keys stand in a session description that travels without TLS.',
    grade: 'note',
    reference: 'RFC 4568 §8',
  },
  'sdp-version-decrease': {
    about: 'The version of the o= line is lower than the same party gave before in this call.',
    grade: 'broken',
    reference: 'RFC 8866 §5.2, RFC 3264 §8',
  },
} as const satisfies Record<string, OddityKind>;

/** Name of a kind of oddity. */
export type OddityName = keyof typeof ODDITIES;

/** All names; the index of a name is its code. */
export const ODDITY_NAMES = Object.keys(ODDITIES) as OddityName[];

/** Grades by code: 0 note, 1 broken, 2 hostile. */
const GRADES = Uint8Array.from(ODDITY_NAMES, (name) => ['note', 'broken', 'hostile'].indexOf(ODDITIES[name].grade));

/** Code of a name. For module constants: it searches. */
export function oddityCode(name: OddityName): number {
  return ODDITY_NAMES.indexOf(name);
}

/** Grade of a code. */
export function oddityGrade(code: number): Grade {
  return ODDITIES[ODDITY_NAMES[code]!].grade;
}

/** True for `broken` and `hostile`: what makes a message odd (Event `message.odd`). */
export function isFault(code: number): boolean {
  return GRADES[code]! > 0;
}

/** True for `hostile`: what is hardly ever sent by accident (Event `message.hostile`). */
export function isHostile(code: number): boolean {
  return GRADES[code]! > 1;
}

/** Most oddities kept per message. */
export const MAX_ODDITIES = 48;

/**
 * Records an oddity of `message.bytes[start, end)`. The entries are reused. When the list is full, a worse oddity takes
 * the place of a milder one, so that noise cannot hide it.
 */
export function addOddity(message: SipMessage, code: number, start: number, end: number): void {
  const list = message.oddities;
  const n = message.oddityCount;
  if (n >= MAX_ODDITIES) {
    replaceMilder(list, code, start, end);
    return;
  }
  const entry = list[n];
  if (entry === undefined) list.push({ code, start, end });
  else {
    entry.code = code;
    entry.start = start;
    entry.end = end;
  }
  message.oddityCount = n + 1;
}

function replaceMilder(list: Oddity[], code: number, start: number, end: number): void {
  const grade = GRADES[code]!;
  for (let i = MAX_ODDITIES - 1; i >= 0; i--) {
    const entry = list[i]!;
    if (GRADES[entry.code]! >= grade) continue;
    entry.code = code;
    entry.start = start;
    entry.end = end;
    return;
  }
}

/** True if the message has that oddity. */
export function hasOddity(message: SipMessage, code: number): boolean {
  for (let i = 0; i < message.oddityCount; i++) if (message.oddities[i]!.code === code) return true;
  return false;
}
