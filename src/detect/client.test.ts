/** Requests as each known tool writes them, under the name of a phone; and as others do, who must not be taken for one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { lines } from '../../test/messages.ts';
import { packetOf } from '../../test/talk.ts';

const AGENT = 'User-Agent: Phone 1.0';
const SERVER = '198.51.100.1:5060';

/** What the engine makes of requests of one address, a second apart. */
function seen(...requests: string[]): Happenings {
  return happenings(requests.map((text, i) => packetOf(text, 1e15 + i * 1e6, '192.0.2.66:5060', SERVER, i + 1)));
}

/** Tool, purpose, whether it is sure, and rules that were met. */
function told(...requests: string[]): unknown[] {
  const all = seen(...requests);
  const tools = dataOf(all, 'tool.seen').map(({ tool, purpose, sure }) => [tool, purpose, sure]);
  return [...tools, ...all.alerts.filter(({ rule }) => rule.includes('tool')).map(({ rule, level }) => `${rule}: ${level}`)];
}

const hex = (s: string): string => Buffer.from(s, 'latin1').toString('hex');

interface Vicious {
  readonly method: string;
  readonly tag: string;
  readonly from?: string;
  readonly cseq?: number;
  readonly more?: readonly string[];
}

/** As SIPVicious from 0.3 on writes (reference/peers.md C4). */
function vicious({ method, tag, from = '"100"<sip:100@192.0.2.1>', cseq = 1, more = [] }: Vicious): string {
  return lines(
    `${method} sip:100@198.51.100.1 SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.66:5060;branch=z9hG4bK-1335949120;rport',
    'Max-Forwards: 70',
    `To: ${from}`,
    `From: ${from};tag=${tag}`,
    AGENT,
    'Call-ID: 1034802019',
    'Contact: sip:100@192.0.2.66:5060',
    `CSeq: ${cseq} ${method}`,
    'Accept: application/sdp',
    'Content-Length: 0',
    ...more,
    '',
  );
}

test('svmap: the From tag names the address it scans', () => {
  const all = seen(vicious({ method: 'OPTIONS', tag: hex('c633640113c4\x012840145893') }));
  const [data] = dataOf(all, 'tool.seen');
  assert.deepEqual(
    { ...data, dna: '' },
    {
      method: 'OPTIONS',
      tool: 'svmap (SIPVicious)',
      kind: 'attack',
      purpose: 'scan',
      sure: true,
      dna: '',
      says: '198.51.100.1:5060',
      userAgent: 'Phone 1.0',
    },
  );
  assert.match(`${data?.['dna']}`, /^d1-[0-9a-f]{8}-[0-9a-f]{8}$/);
  assert.deepEqual(
    all.alerts.map(({ rule, level, subject, target }) => [rule, level, subject.value, target.value]),
    [['tool-scan', 'warning', '192.0.2.66', '198.51.100.1']],
  );
});

test('svmap of the times of Python 2: other headers, the same tag', () => {
  const old = lines(
    'OPTIONS sip:100@198.51.100.1 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.66:5274;branch=z9hG4bK-978872083;rport',
    'Content-Length: 0',
    `From: "a"<sip:100@192.0.2.1>;tag=${hex('c633640113c4\x011999885704')}`,
    'Accept: application/sdp',
    AGENT,
    'To: "a"<sip:100@192.0.2.1>',
    'Contact: sip:100@192.0.2.66:5274',
    'CSeq: 1 OPTIONS',
    'Call-ID: 136061588268204605358974',
    'Max-Forwards: 70',
    '',
  );
  assert.deepEqual(told(old), [['svmap (SIPVicious)', 'scan', true], 'tool-scan: warning']);
  assert.deepEqual(told(old.replace(/tag=\w+/, 'tag=abcdef')), [['SIPVicious with other tags', 'scan', false], 'attack-tool: notice']);
});

test('svwar: the From tag names the extension it asks for, and no alert shows more', () => {
  const all = seen(vicious({ method: 'REGISTER', tag: hex('1001\x011937014469') }));
  assert.equal(dataOf(all, 'tool.seen')[0]?.['says'], '1001');
  assert.deepEqual(
    all.alerts.map(({ rule, level }) => [rule, level]),
    [['tool-enumeration', 'warning']],
  );
});

test('svcrack: known by its first request, and by a guess, which is told nowhere', () => {
  const from = '"1003" <sip:1003@198.51.100.1>';
  const first = vicious({ method: 'REGISTER', tag: '3206210844', from });
  assert.deepEqual(told(first), [['svcrack (SIPVicious)', 'guess', true], 'tool-guessing: warning']);
  const credentials =
    'Authorization: Digest username="1003",realm="r",nonce="n",uri="sip:h",cnonce="c",nc=00000001,algorithm=MD5,qop=auth,response="e"';
  const guess = vicious({ method: 'REGISTER', tag: hex('1003:sesame42\x01730759579'), from, cseq: 2, more: [credentials] });
  const all = seen(guess);
  assert.deepEqual(
    dataOf(all, 'tool.seen').map(({ tool, says }) => [tool, says]),
    [['svcrack (SIPVicious)', '1003']],
  );
  assert.ok(!JSON.stringify(all).includes('sesame42'), 'the password is in no Event and no Alert');
});

/** As the SIP library of nmap's scripts writes. */
function nmap(method: string): string {
  return lines(
    `${method} sip:198.51.100.1 SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.66:34108;rport;branch=z9hG4bKGnAOfVxtkcebWx_IJFPQEiUNG',
    'Max-Forwards: 70',
    'From: "Nmap NSE" <sip:1000@198.51.100.1>;tag=VJpEjpKLqYrALZlo3B_q',
    'To: "Nmap NSE" <sip:1000@198.51.100.1>',
    'Call-ID: kvqTaV6GilPhs3EiUu2M8KP8wAsfbXMAI3UjNPpw14SixXGGG9TEJiB6jta_',
    `CSeq: 1234 ${method}`,
    AGENT,
    'Contact: "Nmap NSE" <sip:1000@192.0.2.66:34108>',
    'Expires: 0',
    'Allow: PRACK, INVITE ,ACK, BYE',
    'Content-Length:  0',
    '',
  );
}

test('nmap: who looks for users is told apart from who asks what a server can do', () => {
  assert.deepEqual(told(nmap('REGISTER')), [['nmap sip-enum-users or sip-brute', 'enumerate', true], 'tool-enumeration: warning']);
  assert.deepEqual(told(nmap('OPTIONS')), [['nmap sip-methods', 'scan', true], 'tool-scan: warning']);
  const probe = lines(
    'OPTIONS sip:nm SIP/2.0',
    'Via: SIP/2.0/TCP nm;branch=foo',
    'From: <sip:nm@nm>;tag=root',
    'To: <sip:nm2@nm2>',
    'Call-ID: 50000',
    'CSeq: 42 OPTIONS',
    'Max-Forwards: 70',
    'Content-Length: 0',
    'Contact: <sip:nm@nm>',
    'Accept: application/sdp',
    '',
  );
  assert.deepEqual(told(probe), [['nmap version detection', 'scan', true], 'tool-scan: warning']);
});

test('sippts: a branch of 71 letters and digits without the cookie', () => {
  const sippts = (method: string): string =>
    lines(
      `${method} sip:100@198.51.100.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 192.0.2.66:5060;branch=${'k3x9'.repeat(18).slice(1)};rport`,
      'From:  <sip:100@198.51.100.1>;tag=0a1b2c3d',
      'To: <sip:100@198.51.100.1>',
      'Contact: <sip:100@192.0.2.66:5060;transport=UDP>;expires=120',
      `Call-ID: ${'0123456789abcdef'.repeat(2)}`,
      `CSeq: 1 ${method}`,
      'Max-Forwards: 70',
      AGENT,
      'Content-Length: 0',
      '',
    );
  assert.deepEqual(told(sippts('OPTIONS')), [['sippts scan', 'scan', true], 'tool-scan: warning']);
  assert.deepEqual(told(sippts('REGISTER')), [['sippts', 'enumerate', true], 'tool-enumeration: warning']);
});

test('Mr.SIP: each digit once in the branch, lines end in LF', () => {
  const mister = (method: string): string =>
    lines(
      `${method} sip:100@198.51.100.1 SIP/2.0`,
      'Via: SIP/2.0/UDP 192.0.2.66:10001;branch=z9hG4bK-5083147296',
      'From: <sip:100@192.0.2.66>;tag=123456',
      'To: <sip:100@198.51.100.1>',
      'Call-ID: abcdefghijklmnopqrstuvwxy0112345',
      `CSeq: 1 ${method}`,
      'Contact: <sip:100@192.0.2.66:10001>',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '',
    );
  const lf = (text: string): string => text.replaceAll('\r\n', '\n');
  assert.deepEqual(told(lf(mister('OPTIONS'))), [['Mr.SIP SIP-NES', 'scan', true], 'tool-scan: warning']);
  assert.deepEqual(told(lf(mister('SUBSCRIBE'))), [['Mr.SIP SIP-ENUM', 'enumerate', true], 'tool-enumeration: warning']);
  assert.deepEqual(told(lf(mister('INVITE'))), [['Mr.SIP SIP-DAS', 'flood', true], 'attack-tool: notice']);
  assert.deepEqual(told(mister('REGISTER')), [['Mr.SIP SIP-ENUM', 'enumerate', true], 'tool-enumeration: warning']);
});

/** As sipsak writes; Metasploit's scanner imitates it. */
function sipsak(tail: readonly string[], contact = 'Contact: sip:a@192.0.2.66:33380'): string {
  return lines(
    'OPTIONS sip:100@198.51.100.1 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.66:33380;branch=z9hG4bK.1b478609;rport;alias',
    'From: sip:a@192.0.2.66:33380;tag=70c00e8c',
    'To: sip:100@198.51.100.1',
    'Call-ID: 309279906@192.0.2.66',
    'CSeq: 1 OPTIONS',
    contact,
    ...tail,
    '',
  );
}

test('monitoring by sipsak raises nothing; a scanner that imitates it does', () => {
  const monitor = sipsak(['Content-Length: 0', 'Max-Forwards: 70', AGENT, 'Accept: text/plain']);
  const all = seen(monitor);
  assert.deepEqual(
    dataOf(all, 'tool.seen').map(({ tool, kind }) => [tool, kind]),
    [['sipsak', 'monitor']],
  );
  assert.deepEqual(all.alerts, []);
  const scanner = sipsak(['Max-Forwards: 20', AGENT, 'Accept: application/sdp', 'Content-Length: 0'], 'Contact:  sip:a@192.0.2.66:5060');
  assert.deepEqual(told(scanner), [['Metasploit SIP scanner', 'scan', true], 'tool-scan: warning']);
});

test('a load generator and a caller on the command line', () => {
  const sipp = lines(
    'INVITE sip:1007@198.51.100.1:5060 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.66:5090;branch=z9hG4bK-24771-1-0',
    'Max-Forwards: 70',
    'From: <sip:a@example.com>;tag=24771f1',
    'To: <sip:1007@198.51.100.1>',
    'Call-ID: 1-24771@192.0.2.66',
    'CSeq: 1 INVITE',
    AGENT,
    'Content-Length: 0',
    '',
  );
  assert.deepEqual(told(sipp), [['SIPp', 'call', true]]);
  const id = 'e7a0adcb65b036bcce0655cc90649308';
  const sipcli = lines(
    'INVITE sip:1007@198.51.100.1 SIP/2.0',
    'To: 1007<sip:1007@198.51.100.1>',
    'From: 200<sip:200@198.51.100.1>;tag=5834bcd7',
    `Via: SIP/2.0/UDP 192.0.2.66:14803;branch=z9hG4bK-${id};rport`,
    `Call-ID: ${id}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:200@192.0.2.66:14803>',
    'Max-Forwards: 70',
    AGENT,
    'Content-Length: 0',
    '',
  );
  assert.deepEqual(told(sipcli), [['sipcli', 'call', false], 'attack-tool: notice']);
});

test('a phone with a hexadecimal tag that happens to read like a message is no tool', () => {
  const phone = lines(
    'REGISTER sip:198.51.100.1 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.66:5060;branch=z9hG4bK2d0d2ee6bc60;rport',
    'Max-Forwards: 70',
    `From: <sip:100@198.51.100.1>;tag=${hex('ab\x0142')}`,
    'To: <sip:100@198.51.100.1>',
    'Call-ID: 862c3c7fc69040d3b31cc17a4a9db690',
    'CSeq: 20 REGISTER',
    'Contact: <sip:100@192.0.2.66:5060>',
    AGENT,
    'Content-Length: 0',
    '',
  );
  const all = seen(phone);
  assert.deepEqual(dataOf(all, 'tool.seen'), []);
  const [client] = dataOf(all, 'client.seen');
  assert.equal(client?.['client'], '');
  assert.match(`${client?.['core']}`, /^VMFTISL_crlf_br_x16_says-extension_x32_plain;t$/);
  assert.equal(client?.['build'], 'REGISTER_VMFTISCL_n2_plain_right_none_none');
});

test('a client is told once, its next way to write too; the alert of an attack names the tool', () => {
  const one = vicious({ method: 'OPTIONS', tag: hex('c633640113c4\x012840145893') });
  const again = one.replace('branch=z9hG4bK-1', 'branch=z9hG4bK-2').replace('Call-ID: 1', 'Call-ID: 2');
  const other = vicious({ method: 'REGISTER', tag: hex('1001\x011937014469') });
  const all = seen(one, again, other);
  assert.deepEqual(
    dataOf(all, 'tool.seen').map(({ tool }) => tool),
    ['svmap (SIPVicious)', 'svwar (SIPVicious)'],
  );
  const hostile = vicious({ method: 'OPTIONS', tag: hex("' OR 1=1 --\x011937014469"), more: ["X-A: ' or 1=1 --"] });
  const [alert] = seen(hostile).alerts.filter(({ rule }) => rule === 'injection');
  assert.match(alert?.why ?? '', /Requests from there read like svwar \(SIPVicious\), DNA d1-/);
});
