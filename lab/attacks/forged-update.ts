/** A21: an UPDATE that neither side sent takes the media of a call away (S2-29). */
import type { Scenario } from '../scenario.ts';
import { forge } from './senders/forgery.ts';
import { offering } from './senders/offer.ts';
import { strengths, type Way } from './senders/stolen.ts';

const WAYS: Readonly<Record<string, Way>> = {
  '2 calls, own address': { calls: 2, through: 'proxy', source: 'own', inside: true },
  '4 calls, peer forged': { calls: 4, through: 'proxy', source: 'peer', inside: true },
  '3 calls, proxy forged': { calls: 3, through: 'phone', source: 'proxy', inside: true },
  '40 guesses': { calls: 40, through: 'phone', source: 'own', inside: false },
};

/** The media of the side that answers go to the attacker; the other side hears nothing any more. */
export const forgedUpdate: Scenario = {
  name: 'forged-update',
  title: 'UPDATE in the name of one side moves the media to the attacker',
  attack: 'A21',
  intensities: strengths(WAYS),
  site: { phones: 12 },
  proof: 'hashes',
  run: async (lab, intensity) =>
    await forge(lab, intensity, {
      attack: 'A21',
      classes: ['hijack', 'media-attack', 'anomaly'],
      stage: 'abuse',
      ways: WAYS,
      wanted: { talk: 10 },
      before: 1_200,
      after: 1_500,
      strike: offering('UPDATE'),
    }),
};
