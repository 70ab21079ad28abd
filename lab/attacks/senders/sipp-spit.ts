/** SIPp as a calling machine: one recording for each who answers, CANCEL for those who do not, BYE at the end (E0-4). */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What SIPp is to play, and to whom. */
export interface SippSpit {
  /** A call per entry: Request-URI, and the user and domain of From. */
  readonly calls: readonly { readonly uri: string; readonly user: string; readonly domain: string }[];
  /** PCMU, 8,000 bytes a second. */
  readonly recording: Uint8Array;
  /** Calls at once. */
  readonly lines: number;
}

/** Milliseconds of ringing before it gives up. */
const PATIENCE = 6_000;
const REFUSALS = [404, 408, 480, 486, 487, 500, 603];

/** Files and command line for calls from `address` through the proxy `target` (`ip:port`). */
export function sippSpitCommand(spit: SippSpit, address: string, target: string): string[] {
  // The sandbox has its own /run, which ends with the run.
  const folder = mkdtempSync('/run/sipp-');
  const sound = join(folder, 'recording.raw');
  writeFileSync(sound, spit.recording);
  writeFileSync(join(folder, 'spit.xml'), sippSpitScenario(sound, spit.recording.length / 8));
  const lines = spit.calls.map(({ uri, user, domain }) => `${uri};${user};${domain}`);
  writeFileSync(join(folder, 'calls.csv'), ['SEQUENTIAL', ...lines, ''].join('\n'));
  const files = ['-sf', join(folder, 'spit.xml'), '-inf', join(folder, 'calls.csv')];
  const pace = ['-r', '10', '-l', `${spit.lines}`, '-m', `${spit.calls.length}`];
  return ['sipp', target, '-i', address, '-mi', address, ...files, ...pace, '-nostdin'];
}

/** The scenario file: `ms` is the length of the recording. */
export function sippSpitScenario(sound: string, ms: number): string {
  const refused = REFUSALS.map((status) => `<recv response="${status}" optional="true" next="1"/>`);
  const steps = [
    '<pause distribution="exponential" mean="700"/>',
    `<send retrans="500"><![CDATA[\n\n${invite()}\n]]></send>`,
    // SIPp's clock of patience is that of the line it stands at, which is one of the optional ones.
    ...[100, 180, 183].map((status) => `<recv response="${status}" optional="true" timeout="${PATIENCE}" ontimeout="2"/>`),
    ...refused,
    `<recv response="200" rrs="true" timeout="${PATIENCE}" ontimeout="2"/>`,
    send(inDialog('ACK', 1)),
    `<nop><action><exec rtp_stream="${sound},1,0,PCMU/8000"/></action></nop>`,
    `<recv request="BYE" timeout="${Math.round(ms)}" ontimeout="3"/>`,
    send(`SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n`),
    '<nop next="9"/>',
    '<label id="3"/>',
    `<send retrans="500"><![CDATA[\n\n${inDialog('BYE', 2)}\n]]></send>`,
    '<recv response="200" timeout="4000" ontimeout="9"/>',
    '<nop next="9"/>',
    '<label id="2"/>',
    send(outside('CANCEL', '<[field0]>')),
    '<recv response="200" optional="true"/>',
    '<recv response="487" timeout="4000" ontimeout="9"/>',
    '<label id="1"/>',
    send(outside('ACK', '')),
    '<label id="9"/>',
    '<nop/>',
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="spit">\n${steps.join('\n')}\n</scenario>\n`;
}

function send(message: string): string {
  return `<send><![CDATA[\n\n${message}\n]]></send>`;
}

const FROM = 'From: <sip:[field1]@[field2]>;tag=[pid]SIPpTag00[call_number]';

function invite(): string {
  return `INVITE [field0] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
${FROM}
To: <[field0]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[field1]@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=user1 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
`;
}

/** A request in the dialog of an answered call. */
function inDialog(method: string, cseq: number): string {
  const via = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]';
  return `${method} [next_url] SIP/2.0\n${via}\n[routes]\n${FROM}\nTo: <[field0]>[peer_tag_param]\nCall-ID: [call_id]\nCSeq: ${cseq} ${method}\nMax-Forwards: 70\nContent-Length: 0\n`;
}

/** CANCEL, and the ACK of a refusal: of the INVITE's transaction. */
function outside(method: string, to: string): string {
  const toLine = to === '' ? '[last_To:]' : `To: ${to}`;
  return `${method} [field0] SIP/2.0\n[last_Via:]\n${FROM}\n${toLine}\nCall-ID: [call_id]\nCSeq: 1 ${method}\nMax-Forwards: 70\nContent-Length: 0\n`;
}
