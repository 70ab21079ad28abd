/**
 * A20, A21: a re-INVITE or an UPDATE that neither side sent takes the media of a call away (S2-28, S2-29): its offer leads to the
 * attacker, and the other side hears nothing any more.
 */
import type { AttackId } from '../record/folder.ts';
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

/** A20. */
export const forgedReinvite: Scenario = forgedOffer('forged-reinvite', 'A20', 'INVITE', 'Re-INVITE');

/** A21. */
export const forgedUpdate: Scenario = forgedOffer('forged-update', 'A21', 'UPDATE', 'UPDATE');

function forgedOffer(name: string, attack: AttackId, method: 'INVITE' | 'UPDATE', called: string): Scenario {
  return {
    name,
    title: `${called} in the name of one side moves the media to the attacker`,
    attack,
    intensities: strengths(WAYS),
    site: { phones: 12 },
    proof: 'hashes',
    run: async (lab, intensity) =>
      await forge(lab, intensity, {
        attack,
        classes: ['hijack', 'media-attack', 'anomaly'],
        stage: 'abuse',
        ways: WAYS,
        wanted: { talk: 10 },
        before: 1_200,
        after: 1_500,
        strike: offering(method),
      }),
  };
}
