import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressText, portOf } from '../../bytes.ts';
import { LONGEST_LINE, readLogLine } from './logline.ts';
import { LOG_PATTERNS } from './patterns.ts';

const WRITTEN = Date.UTC(2026, 11, 31) * 1000;
const LIAR = '203.0.113.9';

/** What a line says, in short: the word alone if it is not believed. */
function said(line: string): string {
  const found = readLogLine(line, WRITTEN);
  if (found === undefined) return '';
  if (typeof found === 'string') return found;
  const address = addressText(found.src);
  const account = found.user === '' ? '' : `${found.user}@${found.host}`;
  return `${found.what} ${address.includes(':') ? `[${address}]` : address}:${portOf(found.src)} ${account}`;
}

test('each pattern reads its own lines, and says what they say', () => {
  for (const { id, lines } of LOG_PATTERNS) {
    assert.ok(lines.length > 0, id);
    for (const { line, says } of lines) {
      assert.equal(said(line), says);
      const found = readLogLine(line, WRITTEN);
      assert.ok(typeof found === 'object' && found.pattern === id, line);
    }
  }
});

test('ids are versioned and nobody has two', () => {
  const ids = LOG_PATTERNS.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[a-z][a-z-]+-\d+$/);
});

const SIP = (from: string): string =>
  `[2026-11-21 12:00:00] NOTICE[25690] chan_sip.c: Registration from '${from}' failed for '192.0.2.66:5061' - Wrong password`;
const PJSIP = (from: string, callId: string): string =>
  `[2026-11-21 12:00:00] NOTICE[1] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '${from}' failed for '192.0.2.66:5061' (callid: ${callId}) - Failed to authenticate`;
const SECURITY = (account: string, session: string): string =>
  `[2026-11-21 12:00:00] SECURITY[73] res_security_log.c: SecurityEvent="InvalidPassword",EventTV="2026-11-21T12:00:00.000+0000",Severity="Error",Service="PJSIP",EventVersion="1",AccountID="${account}",SessionID="${session}",LocalAddress="IPV4/UDP/198.51.100.1/5060",RemoteAddress="IPV4/UDP/192.0.2.66/5061",Challenge="x"`;
const FREESWITCH = (user: string): string =>
  `2026-11-21 12:00:00.123456 [WARNING] sofia_reg.c:1792 SIP auth failure (REGISTER) on sofia profile 'internal' for [${user}@pbx.example] from ip 192.0.2.66`;
const KAMAILIO = (user: string): string =>
  `Nov 21 12:00:00 sip kamailio[1234]: NOTICE: <script>: RINGFENCE 1 refused 192.0.2.66 5061 198.51.100.1 5060 REGISTER ${user}@pbx.example`;

test('words of the log in a From, user or Call-ID name the true address or nobody', () => {
  const sipTail = `x' failed for '${LIAR}:5060' - Wrong password`;
  assert.match(said(SIP(sipTail)), /^refused 192\.0\.2\.66:5061 /);
  const pjsipTail = `x' failed for '${LIAR}:5060' (callid: y) - Failed to authenticate`;
  assert.equal(said(PJSIP(pjsipTail, 'c')), 'ambiguous');
  assert.equal(said(PJSIP('<sip:1@x>', pjsipTail)), 'ambiguous');
  const remote = `",RemoteAddress="IPV4/UDP/${LIAR}/5060`;
  assert.equal(said(SECURITY(`100${remote}`, 's')), 'ambiguous');
  assert.equal(said(SECURITY('100', `s${remote}`)), 'ambiguous');
  assert.match(said(FREESWITCH(`1@x] from ip ${LIAR}`)), /^refused 192\.0\.2\.66:0 /);
  assert.match(said(KAMAILIO(`1 ${LIAR} 5060 198.51.100.1 5060 REGISTER 2`)), /^refused 192\.0\.2\.66:5061 /);
  // The same address twice is no doubt about the address.
  assert.match(said(PJSIP(`x' failed for '192.0.2.66:5061' (callid: y) - Failed to authenticate`, 'c')), /^refused 192\.0\.2\.66:5061 /);
});

test('what a line break leaves is torn before it and an orphan behind it', () => {
  for (const line of [
    SIP('A\nB'),
    PJSIP('A\nB', 'c'),
    PJSIP('<sip:1@x>', 'A\nB'),
    SECURITY('A\nB', 's'),
    SECURITY('1', 'A\nB'),
    FREESWITCH('A\nB'),
  ]) {
    const [first = '', second = ''] = line.split('\n');
    // In a Call-ID behind the address the first half has it, and is torn all the same: its end is missing.
    assert.equal(said(first), 'torn', first);
    if (!second.includes('Failed to authenticate') || second.includes('failed for')) assert.equal(said(second), 'orphan', second);
  }
});

test('other control characters are not believed, a tabulator is', () => {
  assert.equal(said(SIP('"a\rb" <sip:1@x>')), 'control');
  assert.equal(said(SIP('"a\u001b[2K" <sip:1@x>')), 'control');
  assert.equal(said(SIP('"a\tb" <sip:1@x>')), 'refused 192.0.2.66:5061 1@x');
});

test('other lines say nothing: other reasons, services, levels and senders', () => {
  for (const line of [
    '',
    '[2026-11-21 12:00:00] VERBOSE[1] chan_sip.c: Registered SIP phone',
    SIP('<sip:1@x>').replace('Wrong password', 'Something new'),
    SECURITY('1', 's').replace('InvalidPassword', 'ChallengeSent'),
    SECURITY('<unknown>', 's'),
    SECURITY('1', 's').replace('"PJSIP"', '"AMI"'),
    SIP('<sip:1@x>').replace('192.0.2.66', '192.0.2.366'),
    SIP('<sip:1@x>').replace('5061', '65536'),
  ])
    assert.equal(said(line), '', line);
});

test('property: whatever stands in the fields, no address but the true one is named, and nothing throws', () => {
  const words = fc.constantFrom(
    "' failed for '",
    LIAR,
    ':5060',
    "' - Wrong password",
    "' (callid: ",
    ') - Failed to authenticate',
    '",RemoteAddress="IPV4/UDP/',
    '/5060"',
    '] from ip ',
    '[2026-11-21 12:00:00] NOTICE[25690] chan_sip.c: ',
    "Registration from '",
    '"',
    '<sip:1@x>',
    ' RINGFENCE 1 refused ',
    ' 5060 198.51.100.1 5060 REGISTER ',
  );
  const text = fc
    .array(fc.oneof(words, fc.string({ maxLength: 8 })), { maxLength: 12 })
    .map((parts) => parts.join('').replaceAll('\n', ''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      for (const line of [SIP(a), PJSIP(a, b), SECURITY(a, b), FREESWITCH(a), KAMAILIO(a)]) {
        const found = readLogLine(line, WRITTEN);
        assert.ok(typeof found !== 'object' || addressText(found.src) === '192.0.2.66', line);
      }
    }),
    { numRuns: 300 },
  );
});

test('a hostile line of the greatest length costs little', () => {
  const began = process.cpuUsage().user;
  const line = PJSIP("' failed for '1.1.1.1' (callid: ".repeat(200).slice(0, LONGEST_LINE - 200), 'x').replace(
    /\) - Failed to authenticate$/,
    '',
  );
  for (let i = 0; i < 50; i++) assert.equal(said(line), 'torn');
  assert.ok(process.cpuUsage().user - began < 2_000_000);
});
