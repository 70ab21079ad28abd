/** What an Alert says about how the address of its subject was found, and how strong a link that address is. */
import type { Attribution, Event } from '../types.ts';

/** A sentence for `why`; empty where the packets themselves name the address. */
export function attributionText({ origin, via, src }: Event): string {
  const through = via === '' ? 'a proxy' : via;
  switch (origin) {
    case 'via':
      return `It came through ${through}, a trusted proxy, whose Via names ${src}.`;
    case 'witnessed':
      return `It came through ${through}; the same request was seen on its way from ${src} to it.`;
    case 'hep':
      return 'The address is what a capture agent (HEP) reports.';
    case 'nat':
      return `${src} is the address of a NAT: others may share it.`;
    case 'relayed':
      return `${src} says that it forwards for others: if it is a proxy of yours, list it in the config under network.proxies.`;
    case 'unknown':
      return `${src} is a trusted proxy that does not say whom it forwarded for.`;
    case 'log':
      return 'The address is what a log line says.';
    case 'claimed':
      return `The address is only claimed: next to nothing shows that ${src} hears the answers, and over UDP anybody can write it. Do not ban it for this.`;
    case 'packet':
      return '';
  }
}

/** How strongly two alerts of one address point to one attacker, from 0 to 1: an address that others may share says less. */
export const ADDRESS_WEIGHT: Readonly<Record<Attribution, number>> = {
  packet: 1,
  witnessed: 1,
  via: 0.9,
  hep: 0.8,
  nat: 0.5,
  relayed: 0.5,
  unknown: 0.3,
  log: 0.8,
  claimed: 0.5,
};

/** Why two alerts of one address belong together, in words. */
export const ADDRESS_REASON: Readonly<Record<Attribution, string>> = {
  packet: 'same address',
  witnessed: 'same address, seen before its proxy',
  via: 'same address, named by a trusted proxy',
  hep: 'same address, as a capture agent reports',
  nat: 'same address of a NAT, which others may share',
  relayed: 'same address, which may be a proxy’s',
  unknown: 'same trusted proxy, which does not say whom it forwarded for',
  log: 'same address in a log',
  claimed: 'same address, which may be forged',
};
