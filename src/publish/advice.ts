/** What to do next: concrete, in order of urgency, and honest about what it will not do. */
import { contains, type Network } from '../network.ts';
import type { Alert, AttackClass } from '../types.ts';
import { type Digest, fallenOf, isEntry } from './digest.ts';
import { severity } from './findings.ts';
import { neutral } from './neutral.ts';

/** Most pieces of advice. */
const MOST = 8;
/** Most names in one sentence. */
const NAMES = 5;

/** Advice for the alerts of a digest, the most urgent first; none if there is nothing to do. */
export function adviceFor(digest: Digest): string[] {
  const alerts = [...digest.entries, ...digest.byId.values(), ...digest.others];
  if (alerts.length === 0) return [];
  const advice = [...forEntries(digest.entries), ...forRisk(digest, alerts), ...block(alerts, digest.own), ...hardening(alerts)];
  return [...new Set(advice)].slice(0, MOST);
}

function forEntries(entries: readonly Alert[]): string[] {
  const accounts = different(entries.flatMap(fallenOf));
  if (entries.length === 0) return [];
  const who = accounts.length === 0 ? 'the account' : named(accounts);
  const from = different(entries.map(({ subject }) => subject.value));
  const drop = `Change the password of ${who} now, then remove its registrations at the server: whoever registered stays registered until then.`;
  const calls = `Look through the calls of ${who} since ${from.length === 0 ? 'then' : `${named(from)} came in`}, above all calls abroad and to premium numbers.`;
  return [drop, calls];
}

function accountOf({ target, subject }: Alert): string {
  return target.kind === 'account' ? target.value : subject.kind === 'account' ? subject.value : '';
}

/** Accounts that were guessed at without being seen to fall. */
function forRisk({ incidents }: Digest, alerts: readonly Alert[]): string[] {
  const fallen = new Set(alerts.flatMap(fallenOf));
  const guessed = alerts.filter((alert) => alert.stage === 'credential' && !isEntry(alert)).map(accountOf);
  const risk = different([...guessed, ...incidents.flatMap(({ accounts }) => accounts)]).filter((account) => !fallen.has(account));
  if (risk.length === 0) return [];
  return [`Check that ${named(risk)} ${risk.length === 1 ? 'has' : 'have'} long random passwords: they are known to the attacker by name.`];
}

/** Block by address. Whoever answered challenges got packets there; other UDP may come from anywhere (design: Honest actions). */
function block(alerts: readonly Alert[], own: readonly Network[]): string[] {
  const bad = alerts.filter(({ level, subject }) => severity(level) >= severity('warning') && isAddress(subject.kind));
  const claimed = different(bad.filter(({ attributed }) => attributed === 'claimed').map(({ subject }) => subject.value));
  const proxies = different(bad.filter(forwards).map(({ subject }) => subject.value));
  const inside = different(bad.map(({ subject }) => subject.value)).filter(
    (value) => !proxies.includes(value) && own.some((network) => contains(network, value)),
  );
  const high = bad.filter(({ subject }) => !proxies.includes(subject.value) && !inside.includes(subject.value));
  const proven = different(
    high.filter(({ stage, attributed }) => stage === 'credential' && attributed !== 'log').map(({ subject }) => subject.value),
  );
  const unproven = different(high.filter(({ attributed }) => attributed !== 'claimed').map(({ subject }) => subject.value)).filter(
    (value) => !proven.includes(value),
  );
  const unheard = claimed.filter((value) => ![...proxies, ...inside, ...proven, ...unproven].includes(value));
  const out: string[] = [];
  if (proxies.length > 0)
    out.push(
      `Find out whom ${named(proxies)} forwarded for before you block anything: it is a proxy, or says so. If it is yours and its Via names its clients, list it in the config under network.proxies.`,
    );
  if (inside.length > 0)
    out.push(
      `Find the machine with the address ${named(inside)} in your own network and take it off: it attacks others, or someone attacks through it.`,
    );
  if (proven.length > 0)
    out.push(
      `Block ${named(proven)} on the SIP ports, after making sure no phone or trunk of yours is behind it. It answered challenges, so the address is its own; the next attack may come from another.`,
    );
  if (unproven.length > 0)
    out.push(
      `Limit or block ${named(unproven)} on the SIP ports, with care: over UDP a source address can be forged, and nothing here proves it was not.`,
    );
  if (unheard.length > 0)
    out.push(
      `Limit what ${named(unheard)} may ask without signing in, but do not block it for this: nothing shows that it hears the answers, so that someone else may ask in its name.`,
    );
  return out;
}

/** The address is that of a proxy, or may be: blocking it would cut off everyone behind it. */
function forwards({ attributed }: Alert): boolean {
  return attributed === 'relayed' || attributed === 'unknown';
}

function isAddress(kind: Alert['subject']['kind']): boolean {
  return kind === 'address' || kind === 'endpoint' || kind === 'network';
}

const HARDENING: Partial<Readonly<Record<AttackClass, string>>> = {
  'extension-scan':
    'Make the server answer alike for users that exist and users that do not (Asterisk: alwaysauthreject=yes; Kamailio: challenge before looking the user up).',
  'server-scan': 'Let only the networks of your phones and trunks reach the SIP ports; what cannot be reached is not found.',
  'password-guessing': 'Limit refused sign-ins per address and per account at the server.',
  'distributed-guessing': 'Limit refused sign-ins per account: limits per address do not meet an attack from many.',
  flood: 'Limit requests per source and in all before the server, so that it stays able to answer others.',
  'toll-fraud': 'Bar destinations you never call, and set a limit of cost per account and day.',
  malformed: 'Bring the SIP server up to date: malformed messages look for bugs in parsers.',
  injection: 'Bring the SIP server and its web pages up to date, and look into their logs for what the messages carried.',
  exploit: 'Bring the SIP server up to date, and look into its log for restarts at the times above.',
  teardown: 'Use TLS, or let the server check that BYE and CANCEL come from a party of the call.',
  hijack: 'Require authentication for each REGISTER and re-INVITE, and use TLS.',
};

function hardening(alerts: readonly Alert[]): string[] {
  return different(alerts.map((alert) => HARDENING[alert.class] ?? ''));
}

function different(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

/** `a, b and c`, or `a, b, c, d, e and 7 more`. */
function named(values: readonly string[]): string {
  const shown = values.slice(0, values.length > NAMES + 1 ? NAMES : NAMES + 1).map((value) => neutral(value, 60));
  const last = values.length > shown.length ? `${values.length - shown.length} more` : shown.pop()!;
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
