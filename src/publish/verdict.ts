/** The first sentence of the report: what happened, and did they get in. */
import type { Alert, AttackClass } from '../types.ts';
import { type Digest, fallenOf } from './digest.ts';
import { type Findings, inputTotal, severity } from './findings.ts';
import { number, several, span, type Tone } from './layout.ts';
import { neutral } from './neutral.ts';

/** Most titles of rules in the sentence. */
const TITLES = 8;

/** A sentence and how it should look. */
export interface Verdict {
  readonly tone: Tone;
  readonly text: string;
}

/** What an attacker did, after his name; `to` is the target with the right preposition, or empty. */
const DEEDS: Readonly<Record<AttackClass, { readonly tried: string; readonly did: string; readonly to: string }>> = {
  'server-scan': { tried: 'scanned for SIP servers', did: 'scanned for SIP servers and found some', to: '' },
  'extension-scan': { tried: 'scanned for extensions', did: 'found out which extensions exist', to: 'at' },
  'password-guessing': { tried: 'guessed passwords', did: 'guessed the password', to: 'of' },
  'distributed-guessing': { tried: 'guessed passwords from many addresses', did: 'guessed the password from many addresses', to: 'of' },
  'account-takeover': { tried: 'tried to take over an account', did: 'took over an account', to: ':' },
  flood: { tried: 'sent a flood', did: 'flooded a server', to: 'to' },
  reflection: { tried: 'tried to make a server answer to a victim', did: 'made a server answer to a victim', to: ':' },
  teardown: { tried: 'tried to end calls of others', did: 'ended calls of others', to: 'at' },
  hijack: { tried: 'tried to redirect registrations or calls of others', did: 'redirected registrations or calls of others', to: ':' },
  impersonation: { tried: 'posed as someone else', did: 'posed as someone else', to: 'towards' },
  'media-attack': { tried: 'attacked the media of calls', did: 'disturbed the media of calls', to: 'of' },
  spit: { tried: 'placed unwanted calls', did: 'placed unwanted calls', to: 'to' },
  'toll-fraud': { tried: 'tried to place calls at your expense', did: 'placed calls at your expense', to: 'through' },
  'billing-bypass': { tried: 'tried to get around billing', did: 'got around billing', to: 'at' },
  malformed: { tried: 'sent malformed messages', did: 'sent malformed messages', to: 'to' },
  injection: { tried: 'sent injected commands', did: 'injected commands', to: 'at' },
  exploit: { tried: 'sent an exploit', did: 'used an exploit', to: 'against' },
  'covert-channel': { tried: 'hid data in signalling', did: 'hid data in signalling', to: 'to' },
  anomaly: { tried: 'behaved unlike the others', did: 'behaved unlike the others', to: 'towards' },
  policy: { tried: 'broke a policy', did: 'broke a policy', to: 'at' },
};

/** Attacks on passwords: what matters is whose fell, not which server was asked. */
const PASSWORDS: ReadonlySet<AttackClass> = new Set<AttackClass>(['password-guessing', 'distributed-guessing']);

/** `guessed the password of 100@example`, from an alert. */
export function deed(alert: Alert): string {
  const { tried, did, to } = DEEDS[alert.class];
  const what = alert.outcome === 'succeeded' ? did : tried;
  const [account = '', ...others] = PASSWORDS.has(alert.class) ? fallenOf(alert) : [];
  if (account !== '') return `${what} of ${neutral(account)}${others.length === 0 ? '' : ` and ${several(others.length, 'more account')}`}`;
  if (to === '' || alert.target.value === '') return what;
  return `${what}${to === ':' ? ':' : ` ${to}`} ${neutral(alert.target.value)}`;
}

/** Who did it, for the start of a sentence. */
export function doer(alert: Alert): string {
  const { kind, value } = alert.subject;
  if (value === '') return 'Someone';
  // Anybody may have written a claimed address.
  if (alert.attributed === 'claimed') return `Someone in the name of ${neutral(value)}`;
  return kind === 'address' || kind === 'endpoint' || kind === 'network' ? neutral(value) : `Someone (${kind} ${neutral(value)})`;
}

/** The verdict on everything. */
export function verdictOf(findings: Findings, digest: Digest): Verdict {
  const entry = digest.entries[0];
  if (entry !== undefined) return gotIn(entry, digest.entryCount);
  if (digest.serious > 0) return attempts(digest);
  return quiet(findings, digest);
}

function gotIn(entry: Alert, count: number): Verdict {
  const first = `An attacker got in: ${doer(entry)} ${deed(entry)}.`;
  return {
    tone: 'bad',
    text: count === 1 ? first : `${first} ${several(count - 1, 'more alert')} of this kind ${count === 2 ? 'follows' : 'follow'}.`,
  };
}

function attempts(digest: Digest): Verdict {
  const alerts = [...digest.byId.values(), ...digest.others].sort((a, b) => severity(b.level) - severity(a.level) || a.first - b.first);
  const worst = alerts[0]!;
  const who = digest.attackers > 1 ? `${number(digest.attackers)} attackers were seen, none of them getting in.` : '';
  const unsure = alerts.some(({ outcome, stage }) => outcome === 'unknown' && (stage === 'credential' || stage === 'abuse'));
  const told = `${doer(worst)} ${deed(worst)}`;
  if (unsure) return { tone: 'warn', text: join(who, `${told}; whether it worked cannot be told from this capture.`) };
  return { tone: 'warn', text: digest.attackers > 1 ? join(who, `The worst: ${told}.`) : `${told}, but was not seen to get in.` };
}

function join(...sentences: string[]): string {
  return sentences.filter(Boolean).join(' ');
}

function quiet(findings: Findings, digest: Digest): Verdict {
  const { packets, first, last } = inputTotal(findings.files);
  const { sip = 0 } = findings.counts.protocol;
  const doubt = findings.faults.length > 0 ? ' Not everything could be read, see the faults below.' : '';
  // Never green: no rule met is not the same as no attack.
  const tone = doubt === '' ? 'plain' : 'warn';
  if (packets === 0) return { tone: 'warn', text: `There was no packet to judge.${doubt}` };
  if (sip === 0) return { tone: 'warn', text: `There was no SIP in ${several(packets, 'packet')}, so nothing could be judged.${doubt}` };
  const seen = `${several(sip, 'SIP message')} in ${span(last - first)}`;
  if (digest.minor.size > 0)
    return { tone, text: `No rule for attacks was met, only the remarks below: ${seen}. ${looked(findings)}${doubt}` };
  return { tone, text: `No rule was met: ${seen}. ${looked(findings)}${doubt}` };
}

/** What was looked for, so that nobody takes silence about the rest for an all-clear. */
function looked({ rules }: Findings): string {
  if (rules === undefined) return 'Looked for: server scans, extension scans, password guessing and spraying.';
  if (rules.length === 0) return 'No rule for attacks was loaded.';
  const shown = rules.slice(0, TITLES).map((title) => neutral(title, 60));
  return `Looked for: ${shown.join(', ')}${rules.length > TITLES ? ` and ${number(rules.length - TITLES)} more` : ''}.`;
}
