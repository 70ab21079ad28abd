/** Phrases that stand in hostile text, and a look-up of them at a place of folded text (`injection.ts`). */

/** Bit: text for a database. */
export const QUERY = 1;
/** Bit: text for a shell. */
export const SHELL = 2;
/** Bit: a path out of its folder. */
export const PATH = 4;
/** Bit: text for a browser. */
export const MARKUP = 8;
/** Bit: an expression that a logging library or template resolves. */
export const LOOKUP = 16;
/** Bit: conversions of printf. */
export const FORMAT = 32;
/** Bit: a verb of SQL; by itself nothing. */
export const VERB = 64;

/** Phrases in small letters; white space is one space. Only such as no name, user or product holds. */
const PHRASES: readonly (readonly [number, readonly string[]])[] = [
  [
    QUERY,
    [
      'union select',
      'union all select',
      'union distinct select',
      'information_schema',
      'drop table',
      'drop database',
      'xp_cmdshell',
      'waitfor delay',
      'pg_sleep(',
      'benchmark(',
      'load_file(',
      'into outfile',
      'or 1=1',
      'and 1=1',
      'and 1=2',
      "or '1'='1",
      'extractvalue(',
      'updatexml(',
      'concat(0x',
    ],
  ],
  [VERB, ['drop', 'delete', 'insert', 'update', 'select', 'exec', 'shutdown', 'declare', 'create', 'alter', 'truncate', 'set ']],
  [SHELL, ['$(', '() {', '(){', '\x24{ifs}', '/bin/sh', '/bin/bash', 'cmd.exe', 'powershell ']],
  [PATH, ['../../', '..\\..\\', '/etc/passwd', '/etc/shadow', '/proc/self/', 'boot.ini']],
  [
    MARKUP,
    [
      '<script',
      '</script',
      '<img ',
      '<img/',
      '<svg',
      '<iframe',
      '<object',
      '<embed',
      '<body ',
      '<?php',
      'javascript:',
      'onerror=',
      'onload=',
      'onmouseover=',
      'document.cookie',
    ],
  ],
  [
    LOOKUP,
    [
      '\x24{jndi:',
      '\x24{lower:',
      '\x24{upper:',
      '\x24{env:',
      '\x24{sys:',
      '\x24{::-',
      '\x24{java:',
      '\x24{ctx:',
      '\x24{date:',
      '\x24{\x24{',
    ],
  ],
];

/** Phrases by their first byte. */
const BY_FIRST: readonly (readonly (readonly [number, string])[])[] = Array.from({ length: 256 }, (_, first) =>
  PHRASES.flatMap(([bit, list]) => list.filter((phrase) => phrase.charCodeAt(0) === first).map((phrase) => [bit, phrase] as const)),
);

/** Bits of the phrases that begin at `i` of `bytes[0, n)`. */
export function phraseAt(bytes: Uint8Array, i: number, n: number): number {
  if (i >= n) return 0;
  const list = BY_FIRST[bytes[i]!]!;
  let found = 0;
  for (let k = 0; k < list.length; k++) {
    const entry = list[k]!;
    if (startsWith(bytes, i, n, entry[1])) found |= entry[0];
  }
  return found;
}

/** True if the ASCII text `phrase` stands at `i` of `bytes[0, n)`. */
export function startsWith(bytes: Uint8Array, i: number, n: number, phrase: string): boolean {
  const length = phrase.length;
  if (i + length > n) return false;
  for (let k = 0; k < length; k++) if (bytes[i + k] !== phrase.charCodeAt(k)) return false;
  return true;
}
