/** The operator's servers, as programs want to be told of them. */
import type { RunFolder } from '../detector.ts';

/** Their addresses, without ports, each once. */
export function serverAddresses(site: RunFolder['site']): string[] {
  return [...new Set(Object.values(site.servers).map(addressIn))];
}

/** The address of `10.0.0.1`, `10.0.0.1:5060`, `2001:db8::1` or `[2001:db8::1]:5060`. */
export function addressIn(text: string): string {
  const bracket = /^\[(.*)\]/.exec(text)?.[1];
  if (bracket !== undefined) return bracket;
  const parts = text.split(':');
  return parts.length === 2 ? (parts[0] ?? '') : text;
}
