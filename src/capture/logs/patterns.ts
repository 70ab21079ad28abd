/**
 * What servers write when a sign-in fails, as data: versioned, anchored at the beginning of the message and at its end. Facts from the
 * servers' sources: Asterisk (channels/chan_sip.c, res/res_pjsip/pjsip_distributor.c, res/res_security_log.c), FreeSWITCH
 * (mod_sofia/sofia_reg.c), Kamailio (modules/pike/pike_funcs.c).
 *
 * The From, the user and the Call-ID of a line are the attacker's words. That is why the address is not what one expression finds
 * first: it stands between `before` and the `tail`, and a line in which these are found in two places names nobody.
 */
import type { LogEntry } from '../../types.ts';

/** What a line says that is known. */
export type LogWhat = Exclude<LogEntry['what'], 'forged'>;

/** One kind of line. */
export interface LogPattern {
  /** `server-place-version`; the version is raised when the pattern changes. */
  readonly id: string;
  /** Which versions of the server write it. */
  readonly writtenBy: string;
  /** What stands between the stamp and the message, anchored there. */
  readonly lead: RegExp;
  /** How the message begins; groups `method` and `event` if it tells them, `other` if it is of no SIP service. */
  readonly head: RegExp;
  /** What stands right before the address of the client; empty: the head ends there, and nothing of the attacker's comes before it. */
  readonly before: string;
  /** The address and what follows it, to the end of the line; groups `host`, `port`, `reason`, and `local` and `localPort` of the server. */
  readonly tail: RegExp;
  /** No other line ends in `before` and `tail`: one that does, and does not begin as this kind, is what a line break left. */
  readonly orphans: boolean;
  /** Address and port of the server, at the end of what stands before the client's address. */
  readonly local?: RegExp;
  /** User (and host) in what stands before the client's address, or after it if `userBehind`. */
  readonly user: RegExp;
  readonly userBehind?: boolean;
  /** What it says, by the reason or event; a line whose reason is not here is none of these. */
  readonly says: Readonly<Record<string, LogWhat>>;
  /** Lines it reads, as the server writes them, with what they say of whom. */
  readonly lines: readonly { readonly line: string; readonly says: string }[];
}

const SYSLOG = String.raw`(?:[\w.:-]{1,255} )?(?:[\w/.-]{1,100}\[\d{1,10}\]: )?`;

function asterisk(level: string, files: string): RegExp {
  return new RegExp(
    String.raw`${SYSLOG}(?:\[[\w :.-]{8,40}\] )?${level}\[\d{1,10}\](?:\[C-[0-9a-f]{8}\])?:? ${files}(?::\d{1,6})?(?: (?:in )?\w{1,64})?: `,
    'y',
  );
}

/** An address with or without a port, as servers print it. */
const HOST = String.raw`(?<host>\[[0-9a-fA-F:.]{2,45}\]|\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{2,45}(?:\.\d{1,3}){0,3})(?::(?<port>\d{1,5}))?`;

function tail(after: string): RegExp {
  return new RegExp(`${HOST}${after}$`, 'y');
}

const SIP_URI = /sips?:([^@<>;'"\s]{1,128})@(\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,255})/;

/** All kinds of line. */
export const LOG_PATTERNS: readonly LogPattern[] = [
  {
    id: 'asterisk-chan-sip-1',
    writtenBy: 'Asterisk 1.4 to 20 with chan_sip (before 1.8 without a port)',
    lead: asterisk('NOTICE', String.raw`chan_sip\.c`),
    head: /Registration from '/y,
    before: "' failed for '",
    orphans: true,
    tail: tail(String.raw`' - (?<reason>[\w ,/()-]{1,80})`),
    user: SIP_URI,
    says: {
      'Wrong password': 'refused',
      'Username/auth name mismatch': 'refused',
      'No matching peer found': 'unknown',
      'Peer is not supposed to register': 'unknown',
      'Not a local domain': 'unknown',
      'Device does not match ACL': 'unknown',
    },
    lines: [
      {
        line: `[Jul 29 17:14:44] NOTICE[2315]: chan_sip.c:15642 handle_request_register: Registration from '"1000" <sip:1000@192.0.2.5>' failed for '192.0.2.66' - No matching peer found`,
        says: 'unknown 192.0.2.66:0 1000@192.0.2.5',
      },
      {
        line: `[2026-11-21 12:00:00] NOTICE[25690] chan_sip.c: Registration from '"100"<sip:100@pbx.example>' failed for '192.0.2.66:5061' - Wrong password`,
        says: 'refused 192.0.2.66:5061 100@pbx.example',
      },
    ],
  },
  {
    id: 'asterisk-pjsip-1',
    writtenBy: 'Asterisk 12 and later with res_pjsip (from 13.10 with the method, with the count of tries if it is told late)',
    lead: asterisk('NOTICE', String.raw`res_pjsip/pjsip_distributor\.c`),
    head: /Request (?:'(?<method>[A-Z]{1,16})' )?from '/y,
    before: "' failed for '",
    orphans: true,
    // The Call-ID is the attacker's too, and stands behind the address: it may be read to the end of the line in one way only.
    tail: tail(String.raw`' \(callid: .*\) - (?<reason>[\w ]{1,80}?)(?: after \d{1,9} tries in [\d.]{1,20} ms)?`),
    user: SIP_URI,
    says: {
      'No matching endpoint found': 'unknown',
      'Failed to authenticate': 'refused',
      'Not match Endpoint ACL': 'unknown',
      'Not match Endpoint Contact ACL': 'unknown',
    },
    lines: [
      {
        line: `[2026-11-21 12:00:00] NOTICE[1234] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '"101" <sip:101@pbx.example>' failed for '192.0.2.66:5061' (callid: abc123) - No matching endpoint found`,
        says: 'unknown 192.0.2.66:5061 101@pbx.example',
      },
      {
        line: `[Dec 10 22:07:40] NOTICE[897]: res_pjsip/pjsip_distributor.c:688 log_failed_request: Request 'REGISTER' from '<sip:3498@198.51.100.1>' failed for '[2001:db8::66]:58502' (callid: 1066330060-945798139) - Failed to authenticate after 3 tries in 200.125 ms`,
        says: 'refused [2001:db8::66]:58502 3498@198.51.100.1',
      },
    ],
  },
  {
    id: 'asterisk-security-1',
    writtenBy: 'Asterisk 10 and later, channel `security`; SIP services only',
    lead: asterisk('SECURITY', String.raw`res_security_log\.c`),
    head: /SecurityEvent="(?<event>\w{1,64})",EventTV="[\w:.+-]{1,64}",Severity="\w{1,32}",Service="(?:(?:PJ)?SIP|(?<other>\w{1,32}))",EventVersion="\d{1,4}",AccountID="/y,
    before: '",RemoteAddress="IPV',
    orphans: true,
    tail: /[46]\/\w{1,8}\/(?<host>[0-9a-fA-F:.]{2,45})\/(?<port>\d{1,5})"(?:,.*)?$/y,
    local: /",LocalAddress="IPV[46]\/\w{1,8}\/([0-9a-fA-F:.]{2,45})\/(\d{1,5})$/,
    user: /,AccountID="([^"]{0,128})",SessionID="/,
    says: {
      InvalidPassword: 'refused',
      ChallengeResponseFailed: 'refused',
      InvalidAccountID: 'unknown',
      FailedACL: 'unknown',
      SuccessfulAuth: 'accepted',
    },
    lines: [
      {
        line: `[2026-11-21 12:00:00] SECURITY[73] res_security_log.c: SecurityEvent="InvalidAccountID",EventTV="2026-11-21T12:00:00.181-0600",Severity="Error",Service="PJSIP",EventVersion="1",AccountID="3498",SessionID="1066330060",LocalAddress="IPV4/UDP/198.51.100.1/5060",RemoteAddress="IPV4/UDP/192.0.2.66/58502"`,
        says: 'unknown 192.0.2.66:58502 3498@198.51.100.1',
      },
      {
        line: `[Jul 25 17:20:02] SECURITY[1234] res_security_log.c:114 security_event_stasis_cb: SecurityEvent="ChallengeResponseFailed",EventTV="2026-07-25T17:20:02.000+0000",Severity="Error",Service="PJSIP",EventVersion="1",AccountID="2001",SessionID="s1",LocalAddress="IPV6/TLS/2001:db8::1/5061",RemoteAddress="IPV6/TLS/2001:db8::66/55060",Challenge="1765426059/0ac8",Response="9bad",ExpectedResponse=""`,
        says: 'refused [2001:db8::66]:55060 2001@2001:db8::1',
      },
      {
        line: `Nov  4 10:26:13 pbx asterisk[30993]: SECURITY[30993]: res_security_log.c:116 in security_event_stasis_cb: SecurityEvent="SuccessfulAuth",EventTV="2022-11-04T10:26:13.905-0600",Severity="Informational",Service="SIP",EventVersion="1",AccountID="7071",SessionID="0x7ff4",LocalAddress="IPV4/UDP/198.51.100.1/5060",RemoteAddress="IPV4/UDP/192.0.2.7/5060",UsingPassword="1"`,
        says: 'accepted 192.0.2.7:5060 7071@198.51.100.1',
      },
    ],
  },
  {
    id: 'freeswitch-auth-1',
    writtenBy: 'FreeSWITCH 1.0.7 and later with log-auth-failures (from 1.10.8 with the idle time of the processor)',
    lead: freeswitch(),
    head: /SIP auth failure \((?<method>REGISTER|INVITE)\) on sofia profile '[^']{1,128}' for \[/y,
    before: '] from ip ',
    orphans: true,
    tail: tail('(?<reason>)'),
    user: / for \[([^@]{0,128})@([^\]]{0,255})$/,
    says: { '': 'refused' },
    lines: [
      {
        line: `2026-11-21 12:00:00.123456 [WARNING] sofia_reg.c:1792 SIP auth failure (REGISTER) on sofia profile 'internal' for [1001@pbx.example] from ip 192.0.2.66`,
        says: 'refused 192.0.2.66:0 1001@pbx.example',
      },
      {
        line: `2026-11-21 12:00:00.123456 99.97% [WARNING] sofia_reg.c:1842 SIP auth failure (INVITE) on sofia profile 'external' for [1001@pbx.example] from ip 2001:db8::66`,
        says: 'refused [2001:db8::66]:0 1001@pbx.example',
      },
    ],
  },
  {
    id: 'freeswitch-user-1',
    writtenBy: 'FreeSWITCH 1.0.7 and later',
    lead: freeswitch(),
    head: /Can't find user \[/y,
    before: '] from ',
    orphans: false,
    tail: tail('(?<reason>)'),
    user: /Can't find user \[([^@]{0,128})@([^\]]{0,255})$/,
    says: { '': 'unknown' },
    lines: [
      {
        line: `2026-11-21 12:00:00.123456 [WARNING] sofia_reg.c:2979 Can't find user [1001@pbx.example] from 192.0.2.66`,
        says: 'unknown 192.0.2.66:0 1001@pbx.example',
      },
    ],
  },
  {
    id: 'kamailio-xlog-1',
    writtenBy: 'Kamailio with xlog("L_NOTICE", "RINGFENCE 1 refused $si $sp $Ri $Rp $rm $au@$ar\\n"), or unknown or accepted in its place',
    lead: kamailio('<script>'),
    head: /RINGFENCE 1 (?<event>refused|unknown|accepted) /y,
    before: '',
    orphans: false,
    tail: /(?<host>[0-9a-fA-F:.]{2,45}) (?<port>\d{1,5}) (?<local>[0-9a-fA-F:.]{2,45}) (?<localPort>\d{1,5}) (?<method>[A-Z]{1,16}) .*$/y,
    user: /^\S+ \S+ \S+ \S+ \S+ ([^@]{0,128})@(.{0,255})$/,
    userBehind: true,
    says: { refused: 'refused', unknown: 'unknown', accepted: 'accepted' },
    lines: [
      {
        line: `Nov 21 12:00:00 sip /usr/sbin/kamailio[1234]: NOTICE: <script>: RINGFENCE 1 refused 192.0.2.66 5061 198.51.100.1 5060 REGISTER 100@pbx.example`,
        says: 'refused 192.0.2.66:5061 100@pbx.example',
      },
    ],
  },
  {
    id: 'kamailio-pike-1',
    writtenBy: 'Kamailio 3 and later, OpenSIPS, with the module pike',
    lead: kamailio(String.raw`pike \[[\w.]{1,64}:\d{1,6}\]`),
    head: /pike_check_req\(\): PIKE - BLOCKing ip /y,
    before: '',
    orphans: false,
    tail: tail('(?<reason>), node=0x[0-9a-f]{1,16}'),
    user: /^$/,
    says: { '': 'blocked' },
    lines: [
      {
        line: `Nov 21 12:00:00 sip kamailio[1234]: WARNING: pike [pike_funcs.c:151]: pike_check_req(): PIKE - BLOCKing ip 192.0.2.66, node=0x7f7e073f7dd0`,
        says: 'blocked 192.0.2.66:0 ',
      },
    ],
  },
];

function freeswitch(): RegExp {
  return /(?:[0-9a-f-]{36} )?(?:\d{1,3}\.\d\d% )?\[WARNING\] sofia_reg\.c:\d{1,6} /y;
}

function kamailio(place: string): RegExp {
  return new RegExp(String.raw`${SYSLOG}(?:\d{1,3}\(\d{1,10}\) )?(?:NOTICE|WARNING|ALERT|INFO): (?:\{[^{}]{0,200}\} )?${place}: `, 'y');
}
