/** The text of Kamailio's configuration for the edge proxy of a chain, which hides the topology on both of its sides. */
import { head, PIKE, PIKE_PARAMETERS } from './kamailio-config.ts';
import type { SiteStyle } from './style.ts';

/** Where the edge is and which registrar it guards. */
export interface EdgePlan {
  readonly address: string;
  readonly port: number;
  readonly domain: string;
  readonly style: SiteStyle;
  readonly core: { readonly address: string; readonly port: number };
  /** Address that Vias and Record-Routes of the hidden side show. */
  readonly mask: string;
  readonly modules: string;
}

const MODULES = [
  'kex',
  'corex',
  'tm',
  'tmx',
  'sl',
  'rr',
  'pv',
  'maxfwd',
  'textops',
  'siputils',
  'sanity',
  'xlog',
  'nathelper',
  'path',
  'pike',
];

/** The configuration of the edge proxy: everything from outside goes to the core, with its source in X-Came-From. */
export function edgeConfig(plan: EdgePlan): string {
  const { core, style, mask } = plan;
  return `${head(plan.address, plan.port, style, plan.modules, [...MODULES, 'topoh'])}
alias="${plan.domain}"
alias="${plan.address}"
modparam("path", "use_received", 1)
modparam("topoh", "mask_key", "${style.secret}")
modparam("topoh", "mask_ip", "${mask}")
${PIKE_PARAMETERS}
request_route {
  if ($si != "${core.address}") { ${PIKE} }
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check("17895", "7")) { exit; }
  if (is_method("CANCEL")) {
    if (t_check_trans()) { t_relay(); }
    exit;
  }
  if (!is_method("ACK")) {
    if (t_precheck_trans()) { t_check_trans(); exit; }
    t_check_trans();
  }
  if ($si != "${core.address}") {
    force_rport();
    if (nat_uac_test("19") && !is_method("REGISTER")) { fix_nated_contact(); }
  }
  if (has_totag()) {
    if (loose_route() || is_method("ACK")) { route(RELAY); }
    sl_send_reply("404", "Not here");
    exit;
  }
  if (is_method("ACK")) { exit; }
  remove_hf("X-Came-From");
  if ($si == "${core.address}") {
    loose_route();
    if (is_method("INVITE|SUBSCRIBE")) { record_route(); }
    route(RELAY);
  }
  remove_hf("Route");
  if (is_method("OPTIONS") && uri==myself && $rU == $null) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) {
    if (!add_path_received("edge")) { sl_send_reply("503", "Service Unavailable"); exit; }
  }
  if (is_method("INVITE|SUBSCRIBE")) { record_route(); }
  append_hf("X-Came-From: $si\\r\\n");
  $du = "sip:${core.address}:${core.port}";
  route(RELAY);
}
route[RELAY] {
  if (!t_relay()) { sl_reply_error(); }
  exit;
}
onreply_route {
  # A private address or a name becomes where the answer comes from; what a phone forwards to (3xx) stays.
  if ($si != "${core.address}" && !($rs =~ "^3") && $ct != $null && $(ct{nameaddr.uri}{uri.host}) != $si) { fix_nated_contact(); }
  return 1;
}`;
}
