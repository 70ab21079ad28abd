/** A14 (E3-6): many sources guess the password of one user, none of them often enough to be told alone. */
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker, strangersShape } from './senders/attacker.ts';
import { drawHabit, Guesser, patient } from './senders/guesser.ts';
import { passwordList } from './senders/names.ts';
import { play, spread } from './senders/schedule.ts';

/** Guesses of each source: what makes about a hundred in all, one of each if there are many. */
function rounds(sources: number): number {
  return sources >= 100 ? 1 : sources >= 20 ? 2 : 6;
}

/** A guesser at each address; a botnet has one to four makes. */
async function openAll(lab: Lab, campaign: CampaignHandle, addresses: readonly string[], slow: boolean): Promise<Guesser[]> {
  const random = lab.random.fork('bots');
  const makes = Array.from({ length: random.integer(1, 4) }, (_, index) => strangersShape(random.fork(`make ${index}`)));
  const drawn = { ...drawHabit(random), method: 'REGISTER' } as const;
  const habit = slow ? patient(drawn) : drawn;
  const guessers: Guesser[] = [];
  for (const address of addresses) {
    const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address, shape: random.pick(makes) });
    guessers.push(new Guesser(attacker, lab.site, habit));
  }
  return guessers;
}

async function run(lab: Lab, intensity: Intensity, slow: boolean): Promise<void> {
  const random = lab.random.fork('guessing');
  const victim = random.pick(lab.site.accounts);
  const addresses = Array.from({ length: intensity.value }, () => lab.segment('attack').address());
  const campaign = lab.campaign({
    attack: 'A14',
    classes: ['distributed-guessing', 'password-guessing'],
    stage: 'credential',
    intensity: intensity.name,
    attackers: addresses,
    targets: [`${victim.user}@${victim.domain}`],
  });
  const guessers = await openAll(lab, campaign, addresses, slow);
  const words = passwordList(random, guessers.length * rounds(guessers.length), random.chance(0.5) ? victim.password : undefined);
  const gap = slow ? random.integer(120, 400) * 1e6 : 0;
  let found = false;
  const under: Promise<void>[] = [];
  await play(lab, spread(random.fork('times'), words.length, slow ? 25 : 10), (index) => {
    const guesser = guessers[index % guessers.length]!;
    if (found) return;
    const callId = guesser.nextCallId();
    if (gap > 0) lab.unit(callId, Math.round(lab.start + 60e6 + (index + random.unit() / 2) * gap));
    under.push(guesser.guess(victim.user, words[index]!, callId).then((verdict) => void (found ||= verdict === 'right')));
  });
  await Promise.all(under);
  for (const guesser of guessers) guesser.attacker.close();
  campaign.end(found ? 'succeeded' : 'failed');
}

const SOURCES = [
  { name: '5 sources', value: 5 },
  { name: '50 sources', value: 50 },
  { name: '500 sources', value: 500 },
];

/** All within ten seconds. */
export const DISTRIBUTED_GUESSING: Scenario = {
  name: 'distributed-guessing',
  title: 'Many sources guess the password of one user within seconds (E3-6)',
  attack: 'A14',
  intensities: SOURCES,
  small: true,
  proof: 'hashes',
  run: (lab, intensity) => run(lab, intensity, false),
};

/** A guess every few minutes, each from another source. */
export const DISTRIBUTED_GUESSING_SLOWLY: Scenario = {
  name: 'distributed-guessing-slow',
  title: 'Many sources guess the password of one user, one guess in minutes (E3-6)',
  attack: 'A14',
  intensities: SOURCES.slice(0, 2),
  proof: 'hashes',
  run: (lab, intensity) => run(lab, intensity, true),
};
