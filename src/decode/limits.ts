/** Lengths beyond which a field is odd (bytes). The defaults of Snort's SIP inspector where it has one. */

export const MAX_METHOD = 16;
export const MAX_URI = 256;
export const MAX_CALL_ID = 256;
/** From, To, Contact and other address headers, one value. */
export const MAX_ADDRESS = 256;
export const MAX_TAG = 128;
/** One Via header. */
export const MAX_VIA = 1024;
export const MAX_HEADER_NAME = 64;
export const MAX_USER_AGENT = 256;
/** Via values; more than the hops that Max-Forwards allows by default. */
export const MAX_VIAS = 70;
/** Header lines kept per message. */
export const MAX_HEADERS = 512;
