/** The text of Asterisk's configuration (PJSIP) for a site whose only server is registrar, B2BUA and media relay in one. */
import type { SiteStyle } from './style.ts';

/** Where Asterisk is and whom it serves. */
export interface AsteriskPlan {
  readonly address: string;
  readonly port: number;
  readonly domain: string;
  readonly style: SiteStyle;
  readonly trunk: { readonly address: string; readonly port: number };
  /** Passwords by user. */
  readonly passwords: ReadonlyMap<string, string>;
}

/** Folders as Asterisk sees them from inside its root. */
export interface AsteriskFolders {
  /** Its own folder of this run. */
  readonly run: string;
  readonly modules: string;
}

const MODULES = [
  'app_dial app_verbose app_stack app_playtones bridge_simple bridge_native_rtp bridge_softmix chan_pjsip codec_ulaw codec_alaw',
  'codec_g722 format_pcm func_callerid func_cdr func_channel func_logic func_strings func_uri pbx_config res_pjproject res_rtp_asterisk',
  'res_pjsip res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_dtmf_info res_pjsip_endpoint_identifier_anonymous',
  'res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_logger res_pjsip_nat res_pjsip_pubsub res_pjsip_refer',
  'res_pjsip_registrar res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_session res_pjsip_t38 res_sorcery_astdb res_sorcery_config',
  'res_sorcery_memory res_timing_timerfd res_musiconhold res_pjsip_path res_pjsip_dlg_options',
]
  .join(' ')
  .split(' ');

/** Configuration files by name. */
export function asteriskFiles(plan: AsteriskPlan, folders: AsteriskFolders): ReadonlyMap<string, string> {
  return new Map([
    ['asterisk.conf', mainFile(folders)],
    ['modules.conf', ['[modules]', 'autoload=no', ...MODULES.map((name) => `load=${name}.so`)].join('\n')],
    ['logger.conf', '[general]\ndateformat=%s.%6q\n[logfiles]\nmessages => notice,warning,error\n'],
    ['rtp.conf', '[general]\nrtpstart=16384\nrtpend=20384\nstrictrtp=no\nicesupport=no\n'],
    ['cdr.conf', '[general]\nenable=yes\nunanswered=yes\n'],
    ['pjsip.conf', pjsipFile(plan)],
    ['extensions.conf', dialplan(plan)],
  ]);
}

function mainFile({ run, modules }: AsteriskFolders): string {
  return `[directories]
astetcdir => ${run}
astmoddir => ${modules}
astvarlibdir => /var/lib/asterisk
astdbdir => ${run}
astdatadir => /usr/share/asterisk
astspooldir => ${run}
astrundir => ${run}
astlogdir => ${run}
`;
}

/**
 * Without an endpoint for strangers, everybody is challenged as if the account existed; with one, strangers may call extensions,
 * and an unknown user's REGISTER gets 403, the nearest that Asterisk has to 404. A wrong password always gets 401.
 */
function pjsipFile({ address, port, domain, style, trunk, passwords }: AsteriskPlan): string {
  const strangers = style.unknownGets404 ? '[anonymous](party)\ncontext=strangers\n' : '';
  return `[global]
type=global
user_agent=${style.product}
default_realm=${domain}
endpoint_identifier_order=ip,username,anonymous
[udp]
type=transport
protocol=udp
bind=${address}:${port}
[party](!)
type=endpoint
disallow=all
allow=ulaw,alaw,g722
direct_media=no
rtp_symmetric=yes
force_rport=yes
rewrite_contact=yes
t38_udptl=yes
send_rpid=no
context=phones
[secret](!)
type=auth
auth_type=userpass
[place](!)
type=aor
max_contacts=10
minimum_expiration=10
default_expiration=${style.maxExpires}
maximum_expiration=${style.maxExpires}
${strangers}[trunk](party)
context=strangers
aors=trunk
[trunk]
type=aor
contact=sip:${trunk.address}:${trunk.port}
[trunk]
type=identify
endpoint=trunk
match=${trunk.address}
${[...passwords].map(([user, password]) => phone(user, password, domain)).join('\n')}
`;
}

function phone(user: string, password: string, domain: string): string {
  const quoted = password.replace(/[;\\]/g, '\\$&');
  return `[${user}](party)\naors=${user}\nauth=${user}\nfrom_domain=${domain}\n[${user}](place)\n[${user}](secret)\nusername=${user}\npassword=${quoted}`;
}

/** An expression of the dialplan. */
function value(expression: string): string {
  return `\${${expression}}`;
}

/** Each call tells once, when it is over, how it went: `@CALL call-id source from to start answer status`, see asterisk.ts. */
function dialplan({ passwords }: AsteriskPlan): string {
  const extensions = [...passwords.keys()].map((user) => `exten => ${user},1,Gosub(call,s,1(PJSIP/${user}))`);
  const address = value('CHANNEL(pjsip,remote_addr)');
  const [callId, to, from] = ['call-id', 'local_uri', 'remote_uri'].map((name) => value(`URIENCODE(${value(`CHANNEL(pjsip,${name})`)})`));
  const outcome = value(`IF($["${value('DIALSTATUS')}"=""]?NONE:${value('DIALSTATUS')})`);
  const told = [callId, address, to, from, value('CDR(start,u)'), value('CDR(answer,u)'), outcome];
  return `[strangers]
${extensions.join('\n')}
[phones]
include => strangers
${['_+X.', '_0X.', '_[1-9]XXXXXX.'].map((pattern) => `exten => ${pattern},1,Gosub(call,s,1(PJSIP/\${EXTEN}@trunk))`).join('\n')}
[call]
exten => s,1,Set(CHANNEL(hangup_handler_push)=over,s,1)
same => n,Dial(\${ARG1},120)
same => n,Hangup()
[over]
exten => s,1,Log(NOTICE,@CALL ${told.join(' ')} @)
same => n,Return()
`;
}
