/** A19: a REFER that neither side sent makes a telephone call whom the attacker wants (S2-26). */
import type { Lab, Scenario } from '../scenario.ts';
import { Answerer } from './senders/answerer.ts';
import { spareAccount } from './senders/dial.ts';
import { forge, type Scene } from './senders/forgery.ts';
import { inDialog, other, strengths, type Way } from './senders/stolen.ts';
import type { Victim } from './senders/victims.ts';

const WAYS: Readonly<Record<string, Way>> = {
  '2 calls, own address': { calls: 2, through: 'proxy', source: 'own', inside: true },
  '4 calls, proxy forged': { calls: 4, through: 'phone', source: 'proxy', inside: true },
  '40 guesses': { calls: 40, through: 'phone', source: 'own', inside: false },
};

/** The telephone obeys, as most do, and calls an address of the attacker. */
export const forgedRefer: Scenario = {
  name: 'forged-refer',
  title: 'REFER in the name of one side makes the other call the attacker',
  attack: 'A19',
  intensities: strengths(WAYS),
  site: { phones: 12 },
  proof: 'hashes',
  run: async (lab, intensity) =>
    await forge(lab, intensity, {
      attack: 'A19',
      classes: ['hijack', 'anomaly', 'toll-fraud'],
      stage: 'abuse',
      ways: WAYS,
      wanted: { talk: 9 },
      before: 1_200,
      after: 1_500,
      strike,
    }),
};

async function strike({ lab, campaign, way, disguise, victim, call, as }: Scene): Promise<boolean> {
  const taker = await Answerer.open(lab, campaign, 'attack', spareAccount(lab, 0), {
    address: disguise.actor.address,
    enrols: false,
    rings: 150,
    talks: 10_000,
  });
  obey(lab, victim, other(as));
  const target = `sip:${taker.account.user}@${taker.actor.address}:${taker.actor.port}`;
  const request = inDialog(call, as, way, 'REFER', 1, [
    ['Refer-To', `<${target}>`],
    ['Contact', `<${call[as].contact}>`],
  ]);
  await disguise.send(request, call, as);
  await lab.sleep(way.inside ? 1_500 : 0);
  taker.close();
  return taker.answered > 0;
}

/** What a telephone does that knows REFER: it says yes, calls the target, and tells how that went (RFC 3515). */
function obey(lab: Lab, victim: Victim, side: 'caller' | 'called'): void {
  const leg = victim.leg(side);
  if (leg === undefined || leg.onRefer !== undefined) return;
  leg.onRefer = (target) => {
    leg.notifyRefer(100, 'Trying', false).catch(() => {});
    victim[side]
      .call(target, { talk: 1, media: 'full' })
      .then(({ record }) => lab.call(record))
      .catch(() => {});
  };
}
