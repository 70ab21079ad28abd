/**
 * The hostile corpus: text that attackers put into SIP to get at whoever reads the output. Every output is run over it
 * (design: Privacy).
 */

/** Texts that must come out harmless. */
export const HOSTILE: readonly string[] = [
  '\x1b[2J\x1b[H\x1b]0;title\x07',
  '\x1b]8;;http://192.0.2.1/\x1b\\click\x1b]8;;\x1b\\',
  '\x1bP$q"p\x1b\\',
  '\u009b31m\u009d0;x\u009c',
  '\x00\x01\x02\x07\x08\x0b\x0c\x0e\x7f',
  'first\r\nsecond\nthird\rfourth\u0085fifth',
  '100\r\n\r\nVerdict: nothing suspicious',
  'alice\u202ecilbup',
  '\u2066\u2067\u2068\u2069\u061c\u200e\u200f\u202a\u202b\u202d',
  'zero\u200bwidth\u200c\u200d\u2060\ufeff',
  'line\u2028paragraph\u2029',
  'soft\u00adhyphen\u034f\u115f\u1160\u17b4\u3164\uffa0',
  'tags\u{e0001}\u{e0041}\u{e007f}\u{e0100}\ufe0f',
  `tower${'\u0335\u0489'.repeat(30)}`,
  'lone\ud800 and \udfff',
  'private\ue000\u{f0000}\u{10ffff}\ufffe',
  'space\u00a0\u2003\u3000\u1680\u2800\u202f',
  '<script>alert(1)</script>\u2028',
  "=cmd|'/c calc'!A1",
  '"},{"id":"forged","level":"info"}',
  '\\x1b\\u001b',
  '%s%n%x\b\b\b\b\b\b',
  'x'.repeat(70_000),
  '\ud83d\ude00'.repeat(5000),
];

/** True if text holds what must never reach a reader: line breaks, controls, bidi, invisible characters, towers of marks. */
export function hasHarm(text: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(text);
}
