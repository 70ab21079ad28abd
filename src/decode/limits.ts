/** Lengths beyond which a field is odd (bytes). The defaults of Snort's SIP inspector where it has one. */

/** Method name (Snort 140:7 has 20; the longest registered one has 9). */
export const MAX_METHOD = 16;
/** Any URI (Snort 140:3). */
export const MAX_URI = 256;
/** Call-ID (Snort 140:5). */
export const MAX_CALL_ID = 256;
/** From, To, Contact and other address headers, one value. */
export const MAX_ADDRESS = 256;
/** Tag of From or To. */
export const MAX_TAG = 128;
/** One Via header. */
export const MAX_VIA = 1024;
/** Header name; the longest registered one has 29. */
export const MAX_HEADER_NAME = 64;
/** User-Agent or Server. */
export const MAX_USER_AGENT = 256;
/** Via values; more than the hops that Max-Forwards allows by default. */
export const MAX_VIAS = 70;
/** Header lines kept per message. */
export const MAX_HEADERS = 512;
/** Any other header value; signed identities (RFC 8225) stay below it. */
export const MAX_VALUE = 1024;
/** Content-Type with its parameters. */
export const MAX_CONTENT_TYPE = 256;
/** Branch of the topmost Via. */
export const MAX_BRANCH = 256;
/** Max-Forwards a client should begin with (RFC 3261 §8.1.1.6). */
export const USUAL_MAX_FORWARDS = 70;
