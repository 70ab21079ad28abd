/** Passwords in URIs (RFC 3261 §19.1.1) leave the program in no output, so they are masked where texts leave it. */

/** Shown instead of the value of a secret. */
export const MASK = '••••';

/** `sip:user:password@host`. The user part may hold `;` and `?`, never `@`. Bounded: a text may repeat `sip:` thousands of times. */
const URI_PASSWORD = /(\bsips?:[^ \t\r\n:@<>]{0,1000}:)[^ \t\r\n@<>]{1,1000}(?=@)/gi;

/** The text with the passwords of all SIP URIs in it masked. */
export function maskPasswords(text: string): string {
  return text.includes('@') ? text.replace(URI_PASSWORD, `$1${MASK}`) : text;
}
