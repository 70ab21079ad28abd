/** A35: somebody answers in the server's place and sends the caller elsewhere (S2-34): 301 or 302 with a Contact of his own. */
import type { Scenario } from '../scenario.ts';
import { Answerer } from './senders/answerer.ts';
import { spareAccount } from './senders/dial.ts';
import { forgedAnswer } from './senders/forged-answer.ts';
import { forge, type Scene } from './senders/forgery.ts';
import { strengths, type Way } from './senders/stolen.ts';

const WAYS: Readonly<Record<string, Way>> = {
  '2 calls, own address': { calls: 2, through: 'phone', source: 'own', inside: true },
  '5 calls, proxy forged': { calls: 5, through: 'phone', source: 'proxy', inside: true },
  '3 calls, phone forged': { calls: 3, through: 'proxy', source: 'peer', inside: true },
};

/** The forged answer wins the race because the called side still rings. The caller obeys and talks to the attacker. */
export const serverImpersonation: Scenario = {
  name: 'server-impersonation',
  title: 'Forged 301 and 302 in the place of the server lead callers to the attacker',
  attack: 'A35',
  intensities: strengths(WAYS),
  site: { phones: 14 },
  proof: 'hashes',
  run: async (lab, intensity) =>
    await forge(lab, intensity, {
      attack: 'A35',
      classes: ['impersonation', 'hijack', 'anomaly'],
      stage: 'abuse',
      ways: WAYS,
      wanted: { talk: 3, answer: { kind: 'answer', after: 6 }, until: 'ringing' },
      as: 'called',
      before: 300,
      after: 5_000,
      strike,
    }),
};

async function strike(scene: Scene): Promise<boolean> {
  const { lab, campaign, disguise } = scene;
  const { address } = disguise.actor;
  const manners = { address, enrols: false, rings: 150, talks: 20_000 };
  const taker = await Answerer.open(lab, campaign, 'attack', spareAccount(lab, 0), manners);
  const contact = `<sip:${taker.account.user}@${taker.actor.address}:${taker.actor.port}>`;
  await forgedAnswer(scene, lab.random.pick([301, 302]), [['Contact', contact]]);
  await lab.sleep(5_000);
  taker.close();
  return taker.answered > 0;
}
