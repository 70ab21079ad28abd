/**
 * The text of Kamailio's configuration for the registrar and proxy of the operator's site.
 *
 * What the lab wants to know is written by `xlog` as lines `@KIND time call-id field...`, each field percent-encoded and `-` if
 * empty, so that a hostile Call-ID cannot break a line; serverlog.ts reads them.
 */
import type { SiteStyle } from './style.ts';

/** Where the proxy is and whom it trusts. Addresses without ports are IPv4 literals. */
export interface ProxyPlan {
  readonly address: string;
  readonly port: number;
  readonly domain: string;
  readonly style: SiteStyle;
  /** Calls to telephone numbers go there; calls from its address need no digest. */
  readonly trunk: { readonly address: string; readonly port: number };
  /** Whether calls to foreign domains need no digest (A09, E0-1). */
  readonly openRelay: boolean;
  /** Whether every challenge has a nonce of its own, good for one use; else all challenges of a second share theirs, Kamailio's default. */
  readonly ownNonces: boolean;
  /** Where calls between phones go first, when a B2BUA sits behind the registrar. */
  readonly b2bua?: { readonly address: string; readonly port: number };
  /** The edge proxy in front, when there is one: all signalling comes from and goes to it. */
  readonly edge?: { readonly address: string; readonly port: number };
  /** Folder with the modules, and the one with the `subscriber` table of db_text. */
  readonly modules: string;
  readonly tables: string;
}

const MODULES = ['kex', 'corex', 'tm', 'tmx', 'sl', 'rr', 'pv', 'maxfwd', 'textops', 'siputils', 'sanity', 'usrloc', 'registrar'];
const MORE = ['xlog', 'db_text', 'htable', 'auth', 'nathelper', 'pike'];

/** The configuration of the registrar and proxy. */
export function proxyConfig(plan: ProxyPlan): string {
  return [
    head(plan.address, plan.port, plan.style, plan.modules, [...MODULES, ...MORE]),
    // By name and by address on any port: clients leave the port out of Request-URIs.
    `alias="${plan.domain}"\nalias="${plan.address}"`,
    parameters(plan),
    requestRoute(plan),
    registerRoute(plan),
    authRoute(plan),
    callRoute(plan),
    RELAY,
    repliesRoute(plan),
  ].join('\n');
}

/** What both proxies of a chain begin with: processes, memory, one UDP socket, modules. */
export function head(address: string, port: number, style: SiteStyle, modules: string, load: readonly string[]): string {
  return `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=2
disable_tcp=yes
auto_aliases=no
dns=no
rev_dns=no
listen=udp:${address}:${port}
server_signature=yes
server_header="Server: ${style.product}"
user_agent_header="User-Agent: ${style.product}"
mpath="${modules}/"
${load.map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("rr", "enable_full_lr", 1)
modparam("rr", "append_fromtag", 1)
modparam("tm", "fr_timer", 15000)
modparam("tm", "fr_inv_timer", 120000)`;
}

function parameters({ style, tables, edge, ownNonces }: ProxyPlan): string {
  return `modparam("usrloc", "db_mode", 0)
modparam("usrloc", "timer_interval", 5)
modparam("usrloc", "nat_bflag", 6)
modparam("registrar", "max_contacts", 10)
modparam("registrar", "min_expires", 10)
modparam("registrar", "max_expires", ${style.maxExpires})
modparam("registrar", "default_expires", ${style.maxExpires})
modparam("registrar", "use_path", ${edge ? 1 : 0})
modparam("registrar", "path_mode", 1)
modparam("registrar", "path_use_received", 1)
modparam("registrar", "received_avp", "$avp(received)")
modparam("nathelper", "received_avp", "$avp(received)")
modparam("auth", "nonce_expire", 3600)
${ownNonces ? OWN_NONCES : ''}
modparam("auth", "secret", "${style.secret}")
modparam("htable", "db_url", "text://${tables}")
modparam("htable", "htable", "password=>size=12;dbtable=subscriber")
${PIKE_PARAMETERS}`;
}

/** Nonces with a number in them: with qop each may count up, without it is good once (Kamailio's module `auth`, README §5). */
const OWN_NONCES = `modparam("auth", "nonce_count", 1)
modparam("auth", "one_time_nonce", 1)`;

/** An xlog statement in the form that serverlog.ts reads; `fields` are pseudo-variables without their `$`, or `=` and a text. */
function log(kind: string, fields: readonly string[]): string {
  const text = fields.map((field) => (field.startsWith('=') ? field.slice(1) : `$(${field}{s.escape.user})`)).join(' ');
  return `xlog("L_ERR", "@${kind} $TV(Sn) $(ci{s.escape.user}) ${text} @\\n");`;
}

/** Parameters of pike as in Kamailio's own example. */
export const PIKE_PARAMETERS = `modparam("pike", "sampling_time_unit", 2)
modparam("pike", "reqs_density_per_unit", 16)
modparam("pike", "remove_latency", 4)`;

/** First statements of a route that meets strangers: nobody is blocked, each first hit of a source is told. */
export const PIKE = `pike_check_req(); if ($rc == -2) { ${log('PIKE', ['si', 'rm'])} }`;

function requestRoute({ edge, openRelay, b2bua, trunk }: ProxyPlan): string {
  const trusted = edge ? `$si == "${edge.address}" && $hdr(X-Came-From) == "${trunk.address}"` : `$si == "${trunk.address}"`;
  const again = b2bua ? `if ($si == "${b2bua.address}" && $sp == ${b2bua.port}) { route(CALLEE); exit; }` : '';
  return `request_route {
  ${edge ? '' : `if ($si != "${b2bua?.address ?? ''}") { ${PIKE} }`}
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check("17895", "7")) { exit; }
  # Answers go where requests come from, also those of clients behind a NAT that do not ask for it.
  force_rport();
  if (is_method("OPTIONS") && uri==myself && $rU == $null) { sl_send_reply("200", "OK"); exit; }
  if (is_method("CANCEL")) {
    if (t_check_trans()) { ${log('CANCEL', ['si'])} route(RELAY); }
    exit;
  }
  if (!is_method("ACK")) {
    if (t_precheck_trans()) { t_check_trans(); exit; }
    t_check_trans();
  }
  ${edge ? '' : 'route(NAT);'}
  if (has_totag()) { route(WITHIN); exit; }
  if (is_method("ACK")) { exit; }
  remove_hf("Route");
  if (is_method("REGISTER")) { route(REGISTER); exit; }
  if ($rU == $null && uri==myself) { sl_send_reply("484", "Address Incomplete"); exit; }
  if (is_method("INVITE|SUBSCRIBE")) { record_route(); }
  $avp(source) = $si + ":" + $sp;
  ${again}
  if (${trusted}) { remove_hf("X-Came-From"); route(CALL); exit; }
  ${openRelay ? 'if (uri!=myself) { route(ABROAD); exit; }' : ''}
  route(AUTH);
  if (uri!=myself) { route(ABROAD); exit; }
  route(CALL);
}
route[NAT] {
  if (nat_uac_test("19")) {
    if (is_method("REGISTER")) {
      fix_nated_register();
      setbflag(6);
    }
    else { fix_nated_contact(); }
  }
}
route[WITHIN] {
  if (loose_route()) {
    if (is_method("BYE")) { ${log('BYE', ['si'])} }
    route(RELAY);
  }
  if (is_method("ACK")) {
    if (t_check_trans()) { route(RELAY); }
    exit;
  }
  sl_send_reply("404", "Not here");
}`;
}

function registerRoute({ domain, style, ownNonces }: ProxyPlan): string {
  const unknown = style.unknownGets404 ? 'send_reply("404", "Not Found"); exit;' : '';
  const wrong = style.wrongGets403 ? 'if ($var(result) == -2 || $var(result) == -3) { send_reply("403", "Forbidden"); exit; }' : '';
  // A REGISTER that is sent again because its answer was lost must not be taken for a second use of its nonce.
  const absorb = ownNonces ? 't_newtran();' : '';
  // An unknown user is checked against a password that nobody has.
  return `route[REGISTER] {
  if (uri!=myself) { send_reply("403", "Relaying denied"); exit; }
  ${absorb}
  $var(password) = $sht(password=>$tU);
  if ($sht(password=>$tU) == $null) {
    ${log('UNKNOWN', ['si', 'sp', 'rm', 'tu', 'au'])}
    ${unknown}
    $var(password) = "${style.secret}";
  }
  pv_www_authenticate("${domain}", "$var(password)", "0");
  $var(result) = $rc;
  if ($var(result) < 0) {
    if ($hdr(Authorization) != $null && $var(result) != -4) { ${log('FAIL', ['si', 'sp', 'rm', 'tu', 'au'])} }
    ${wrong}
    www_challenge("${domain}", "${style.qop ? 1 : 0}");
    exit;
  }
  if ($au != $tU) { send_reply("403", "Forbidden"); exit; }
  if (!save("location")) { sl_reply_error(); }
  exit;
}`;
}

/** What is dialled to reach the telephone network: E.164, also with the digits that lead abroad or out of town. */
const NUMBER = '^(\\+|00?)?[1-9][0-9]{6,14}$';

/**
 * Callers who claim to be ours, and callers of telephone numbers, must prove it; strangers may call our extensions. Whoever
 * asks for a user with OPTIONS learns as much as whoever registers: which users there are, or nothing.
 */
function authRoute({ domain, style }: ProxyPlan): string {
  const wrong = style.wrongGets403 ? 'if ($var(result) == -2 || $var(result) == -3) { sl_send_reply("403", "Forbidden"); exit; }' : '';
  const open = style.unknownGets404
    ? 'if (uri==myself && $sht(password=>$rU) == $null && !($rU =~ "' + NUMBER + '")) { sl_send_reply("404", "Not Found"); exit; }'
    : '';
  const ping = style.unknownGets404 ? 'return;' : 'sl_send_reply("200", "OK"); exit;';
  return `route[AUTH] {
  ${open}
  if (is_method("OPTIONS") && uri==myself) { ${ping} }
  if (from_uri!=myself && uri==myself && $sht(password=>$rU) != $null) { return; }
  $var(password) = $sht(password=>$fU);
  if ($sht(password=>$fU) == $null) { $var(password) = "${style.secret}"; }
  pv_proxy_authenticate("${domain}", "$var(password)", "0");
  $var(result) = $rc;
  if ($var(result) < 0) {
    if ($hdr(Proxy-Authorization) != $null && $var(result) != -4) { ${log('FAIL', ['si', 'sp', 'rm', 'fu', 'au'])} }
    ${wrong}
    proxy_challenge("${domain}", "${style.qop ? 1 : 0}");
    exit;
  }
  if ($au != $fU) { sl_send_reply("403", "Forbidden"); exit; }
  consume_credentials();
}`;
}

function callRoute({ trunk, edge, b2bua }: ProxyPlan): string {
  const first = b2bua ? `if (is_method("INVITE")) { $du = "sip:${b2bua.address}:${b2bua.port}"; route(WATCH); route(RELAY); exit; }` : '';
  const out = edge ? `$du = "sip:${edge.address}:${edge.port}";` : '';
  return `route[CALL] {
  ${first}
  route(CALLEE);
}
route[CALLEE] {
  if (is_method("SUBSCRIBE") && $hdr(Event) =~ "^message-summary") { sl_send_reply("489", "Bad Event"); exit; }
  if ($sht(password=>$rU) == $null) {
    if ($rU =~ "${NUMBER}" && is_method("INVITE")) { route(TRUNK); exit; }
    route(WATCH);
    send_reply("404", "Not Found");
    if (is_method("INVITE")) { ${log('END', ['avp(source)', 'fu', 'ou', '=404'])} }
    exit;
  }
  if (is_method("OPTIONS") && !registered("location")) { sl_send_reply("480", "Temporarily Unavailable"); exit; }
  route(WATCH);
  if (!lookup("location")) {
    send_reply("480", "Temporarily Unavailable");
    if (is_method("INVITE")) { ${log('END', ['avp(source)', 'fu', 'ou', '=480'])} }
    exit;
  }
  route(RELAY);
}
route[TRUNK] {
  $rd = "${trunk.address}";
  $rp = ${trunk.port};
  ${out}
  route(WATCH);
  route(RELAY);
}
route[ABROAD] {
  if (!is_method("INVITE|MESSAGE|SUBSCRIBE|OPTIONS")) { sl_send_reply("403", "Relaying denied"); exit; }
  ${out}
  route(WATCH);
  route(RELAY);
}`;
}

const RELAY = `route[WATCH] {
  if (!is_method("INVITE")) { return; }
  $avp(called) = $ou;
  ${log('INVITE', ['avp(source)', 'fu', 'ou'])}
  t_on_reply("ANSWER");
  t_on_failure("FAILED");
}
route[RELAY] {
  if (!t_relay()) { sl_reply_error(); }
  exit;
}
onreply_route[ANSWER] {
  if (status =~ "^2") { ${log('ANSWER', ['avp(source)', 'fu', 'avp(called)', 'rs'])} }
}
failure_route[FAILED] {
  ${log('END', ['avp(source)', 'fu', 'avp(called)', 'T_reply_code'])}
}`;

/**
 * A Contact that is not where the answer comes from (private, or a name) becomes that; behind an edge proxy, that is its work.
 * What a phone forwards to (3xx) stays.
 */
function repliesRoute({ edge }: ProxyPlan): string {
  const elsewhere = '!($rs =~ "^3") && $ct != $null && $(ct{nameaddr.uri}{uri.host}) != $si';
  // A route that ends with a failed action drops the answer, hence the last line.
  return `onreply_route {
  ${edge ? '' : `if (${elsewhere}) { fix_nated_contact(); }`}
  return 1;
}`;
}
