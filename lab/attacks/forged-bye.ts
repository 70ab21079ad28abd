/** A17: a BYE that neither side sent (S1-40, S2-24). The side that gets it hangs up; the other talks on, for it knows nothing. */
import type { Scenario } from '../scenario.ts';
import { forge, type Scene } from './senders/forgery.ts';
import { inDialog, other, strengths, type Way } from './senders/stolen.ts';
import { left } from './senders/victims.ts';

const WAYS: Readonly<Record<string, Way>> = {
  '2 calls, own address': { calls: 2, through: 'proxy', source: 'own', inside: true },
  '5 calls, proxy forged': { calls: 5, through: 'phone', source: 'proxy', inside: true },
  '5 calls, peer forged': { calls: 5, through: 'proxy', source: 'peer', inside: true },
  '3 calls, to the phone': { calls: 3, through: 'phone', source: 'own', inside: true },
  '60 guesses': { calls: 60, through: 'phone', source: 'own', inside: false },
};

/** From inside the path it works; guessing from outside is answered with 481. */
export const forgedBye: Scenario = {
  name: 'forged-bye',
  title: 'BYE in the name of one side of a call, from inside and outside the path',
  attack: 'A17',
  intensities: strengths(WAYS),
  site: { phones: 14 },
  small: true,
  proof: 'hashes',
  run: async (lab, intensity) =>
    await forge(lab, intensity, {
      attack: 'A17',
      classes: ['teardown', 'anomaly'],
      stage: 'disrupt',
      ways: WAYS,
      wanted: { talk: 9 },
      before: 1_500,
      after: 4_000,
      strike,
    }),
};

async function strike({ lab, way, disguise, victim, call, as }: Scene): Promise<boolean> {
  await disguise.send(inDialog(call, as, way, 'BYE', 1), call, as);
  await lab.sleep(200);
  return left(victim, other(as));
}
