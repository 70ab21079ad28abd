/** What is drawn of a site: how its servers look and answer, so that nobody can learn the lab's one server. */
import { drawName } from '../agents/grammar.ts';
import type { Random } from '../random.ts';
import type { SiteWish } from '../scenario.ts';

/** How the servers of one site look and answer. */
export interface SiteStyle {
  /** Value of the Server header. */
  readonly product: string;
  /** Secret of the digest's nonces. */
  readonly secret: string;
  /** Whether challenges offer `qop="auth"`. */
  readonly qop: boolean;
  /** Longest registration, in seconds. */
  readonly maxExpires: number;
  /** An unknown user gets 404, else a challenge (REGISTER, INVITE) or 200 (OPTIONS) like everybody. */
  readonly unknownGets404: boolean;
  /** Wrong password: 403, else a new challenge. */
  readonly wrongGets403: boolean;
  /** A B2BUA passes the media on, else it stays between the phones. */
  readonly relaysMedia: boolean;
}

const MAKERS = ['kamailio', 'OpenSIPS', 'PBX', 'SoftSwitch', 'SIP Proxy', 'CallServer', 'VoIP Gateway'];
const ANSWERS = ['404-401', '401-401', '404-403', '401-403'] as const;

/** Draws a style; what the scenario wishes is kept. */
export function drawStyle(random: Random, wish: SiteWish): SiteStyle {
  const version = `${random.integer(1, 22)}.${random.integer(0, 12)}.${random.integer(0, 9)}`;
  const [unknown, wrong] = (wish.answers ?? random.pick(ANSWERS)).split('-');
  return {
    product: `${random.chance(0.5) ? drawName(random) : random.pick(MAKERS)}${random.pick(['/', ' ', ' v'])}${version}`,
    secret: random.text(32),
    // svcrack signs with a qop that nobody offered if none is offered, which no server takes: where guessers shall find
    // something, it is offered.
    qop: random.chance(0.6) || wish.extraAccounts !== undefined,
    maxExpires: random.pick([3600, 3600, 7200]),
    unknownGets404: unknown === '404',
    wrongGets403: wrong === '403',
    relaysMedia: random.chance(0.7),
  };
}

const SYLLABLES = ['ba', 'cor', 'den', 'fi', 'gal', 'hol', 'ka', 'lum', 'mer', 'no', 'pri', 'ra', 'sol', 'tel', 'ven', 'wex', 'zan'];

/** A domain below a top level reserved for tests (RFC 2606). */
export function drawDomain(random: Random): string {
  const name = Array.from({ length: random.integer(2, 4) }, () => random.pick(SYLLABLES)).join('');
  return `${random.pick(['', '', 'sip.', 'voice.', 'pbx.'])}${name}.${random.pick(['example', 'test', 'example.net', 'example.org'])}`;
}
