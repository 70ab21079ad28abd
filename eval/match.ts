/** Which campaign a finding is about: by time and by whom or what it names, never by the address of a target alone (G6). */
import type { Campaign, Label } from '../lab/record/folder.ts';
import { isAddress } from '../src/network.ts';
import type { Finding } from './detector.ts';

/** µs after its last packet within which an attack may still be told of: what ends late (idle times, media that went on). */
export const GRACE = 120_000_000;

/**
 * What a finding says of a campaign. `blames`: it blames a victim, an address that the attacker forged or aimed at; `points`: so
 * too, but it names what is under attack, so that the attack is found.
 */
export type Match = 'right' | 'wrong class' | 'points' | 'blames' | 'none';

/** A campaign with what names it. */
export interface Accused {
  readonly campaign: Campaign;
  readonly attackers: ReadonlySet<string>;
  readonly spoofed: ReadonlySet<string>;
  /** Targets as they stand, and the Call-IDs of its own packets. */
  readonly targets: ReadonlySet<string>;
  /** Accounts among the targets. */
  readonly accounts: readonly string[];
}

/** Prepares campaigns to be matched. */
export function accuse(campaigns: readonly Campaign[], labels: readonly Label[]): Accused[] {
  const callIds = Map.groupBy(labels, ({ campaign }) => campaign);
  return campaigns.map((campaign) => {
    const own = (callIds.get(campaign.id) ?? []).flatMap(({ callId }) => (callId === undefined ? [] : [callId]));
    return {
      campaign,
      attackers: new Set(campaign.attackers.map(host)),
      spoofed: new Set(campaign.spoofed.map(host)),
      targets: new Set([...campaign.targets.map(host), ...own]),
      accounts: campaign.targets.filter((target) => target.includes('@') && !isAddress(host(target))),
    };
  });
}

/** An address without its port and brackets; anything else as it is. */
export function host(text: string): string {
  if (isAddress(text)) return text;
  const bare = text.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^([^:]*):\d+$/, '$1');
  return isAddress(bare) ? bare : text;
}

/** What the finding says of this campaign. */
export function match(finding: Finding, accused: Accused): Match {
  const { campaign } = accused;
  if (finding.time < campaign.first || finding.last < campaign.first || finding.first > campaign.last + GRACE) return 'none';
  const link = linkOf(finding, accused);
  if (link !== 'names') return link;
  return campaign.classes.includes(finding.class) ? 'right' : 'wrong class';
}

/**
 * Who is blamed decides. Only a finding that blames no address may be joined by its targets: nearly everything that anybody
 * does has the proxy as its target. Blaming what was aimed at is right in one case only: a reflector.
 */
function linkOf(finding: Finding, accused: Accused): 'names' | 'points' | 'blames' | 'none' {
  const subject = finding.subject === undefined ? '' : host(finding.subject);
  if (isAddress(subject)) {
    if (accused.attackers.has(subject)) return 'names';
    if (accused.spoofed.has(subject)) return namesTarget(finding, '', accused) ? 'points' : 'blames';
    if (!accused.targets.has(subject)) return 'none';
    return finding.class === 'reflection' && accused.campaign.classes.includes('reflection') ? 'names' : 'blames';
  }
  return namesTarget(finding, subject, accused) ? 'names' : 'none';
}

function namesTarget({ target, claimed, also = [], callId }: Finding, subject: string, { targets, attackers, accounts }: Accused): boolean {
  const named = [subject, target ?? '', claimed ?? '', callId ?? '', ...also].filter((name) => name !== '').map(host);
  return named.some((name) => targets.has(name) || attackers.has(name) || accounts.some((account) => isSameAccount(account, name)));
}

/** Users are equal, and domains: an address of the server, or no domain at all, stands for every domain. */
export function isSameAccount(a: string, b: string): boolean {
  const one = accountParts(a);
  const other = accountParts(b);
  if (one.user === '' || one.user !== other.user) return false;
  return one.domain === other.domain || [one.domain, other.domain].some((domain) => domain === '' || isAddress(host(domain)));
}

/** User and domain of `user@domain`, also as a URI, in lower case; a text without `@` is a user. */
export function accountParts(account: string): { readonly user: string; readonly domain: string } {
  const bare = account.replace(/^(sips?|tel):/i, '').toLowerCase();
  const at = bare.lastIndexOf('@');
  return at < 0 ? { user: bare, domain: '' } : { user: bare.slice(0, at), domain: bare.slice(at + 1) };
}
