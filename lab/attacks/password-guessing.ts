/**
 * A13 (E3-1, E3-5, E3-7): one source guesses the password of one user. svcrack for real, and the lab's own guesser from 176 a
 * second to one in half an hour, whose gaps are stretched afterwards.
 */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignHandle, Intensity, Lab, Scenario, SiteWish } from '../scenario.ts';
import { Attacker } from './senders/attacker.ts';
import { drawHabit, Guesser, patient } from './senders/guesser.ts';
import { passwordList, word } from './senders/names.ts';
import { drawnPace, OWN_SECOND, play } from './senders/schedule.ts';
import { SIPVICIOUS_FILTER, sipvicious } from './senders/sipvicious.ts';

function open(lab: Lab, intensity: Intensity, attackers: readonly string[], account: string): CampaignHandle {
  return lab.campaign({
    attack: 'A13',
    classes: ['password-guessing'],
    stage: 'credential',
    intensity: intensity.name,
    attackers,
    targets: [account],
  });
}

/** Guesses of a run at this strength (per second). */
function guesses(perSecond: number): number {
  if (perSecond < 1) return 30;
  return Math.round(perSecond * (perSecond < 5 ? 15 : 8));
}

async function byOwnSender(lab: Lab, intensity: Intensity, finds: boolean): Promise<void> {
  const random = lab.random.fork('guessing');
  const victim = random.pick(lab.site.accounts);
  const account = `${victim.user}@${victim.domain}`;
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, [address], account);
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  const habit = drawHabit(random);
  const guesser = new Guesser(attacker, lab.site, intensity.value < 1 ? patient(habit) : habit);
  const words = passwordList(random, guesses(intensity.value), finds ? victim.password : undefined);
  const found =
    intensity.value < 1
      ? await slowly(lab, guesser, victim.user, words, 1e6 / intensity.value)
      : await fast(lab, guesser, victim.user, words, intensity.value);
  await lab.sleep(500);
  attacker.close();
  campaign.end(found ? 'succeeded' : 'failed');
}

/** Many under way at once: a guesser of 176 a second does not wait 50 ms for each answer. */
async function fast(lab: Lab, guesser: Guesser, user: string, words: readonly string[], perSecond: number): Promise<boolean> {
  let found = false;
  const under: Promise<void>[] = [];
  const offsets = drawnPace(guesser.attacker.random.fork('times'), perSecond, words.length);
  await play(lab, offsets, (index) => {
    if (found) return;
    under.push(guesser.guess(user, words[index]!).then((verdict) => void (found ||= verdict === 'right')));
  });
  await Promise.all(under);
  return found;
}

/** One after the other; afterwards they lie `gap` microseconds apart, more or less. */
async function slowly(lab: Lab, guesser: Guesser, user: string, words: readonly string[], gap: number): Promise<boolean> {
  const { random } = guesser.attacker;
  let simulated = lab.start + 60e6;
  for (const password of words) {
    const callId = guesser.nextCallId();
    lab.unit(callId, Math.round(simulated));
    if ((await guesser.guess(user, password, callId)) === 'right') return true;
    await lab.sleep(OWN_SECOND);
    simulated += gap * (0.7 + 0.6 * random.unit());
  }
  return false;
}

async function bySvcrack(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('guessing');
  const victim = random.pick(lab.site.accounts);
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, [address], `${victim.user}@${victim.domain}`);
  campaign.owns('attack');
  const agent = random.chance(0.4) ? `${word(random)} ${random.integer(1, 9)}.${random.integer(0, 9)}` : undefined;
  const right = random.chance(0.5) ? victim.password : undefined;
  const file = wordFile(passwordList(random, Math.min(1500, intensity.value * 12), right));
  const { domain, proxy } = lab.site;
  const options = ['-u', victim.user, '-d', file, '-p', String(proxy.port), '-t', String(1 / intensity.value), '--domain', domain];
  const { output } = await lab.tool('attack', sipvicious('svcrack', [...options, proxy.address], agent), 15);
  campaign.end(right !== undefined && output.includes(right) ? 'succeeded' : 'failed');
}

/** A word a line. The sandbox has its own /run, which ends with the run. */
function wordFile(words: readonly string[]): string {
  const file = join(mkdtempSync('/run/words-'), 'words');
  writeFileSync(file, `${words.join('\n')}\n`);
  return file;
}

/** By the lab's own guesser. */
export const PASSWORD_GUESSING: Scenario = {
  name: 'password-guessing',
  title: 'One source guesses the password of one user, 69 a second or one in half an hour (E3-5, E3-7)',
  attack: 'A13',
  intensities: [
    { name: '10/s', value: 10 },
    { name: '1/s', value: 1 },
    { name: '69/s', value: 69 },
    { name: '176/s', value: 176 },
    { name: '2/s', value: 2 },
    { name: '0.1/s', value: 0.1 },
    { name: '0.01/s', value: 0.01 },
    { name: '1 per 30 min', value: 1 / 1800 },
  ],
  proof: 'hashes',
  run: (lab, intensity) => byOwnSender(lab, intensity, lab.random.fork('luck').chance(0.5)),
};

/** E3-9: the password is always found; answers to guesses that were under way come after the one that says so. */
export const PASSWORD_FOUND: Scenario = {
  name: 'password-found',
  title: 'One source guesses the password of one user, and finds it (E3-9)',
  attack: 'A13',
  intensities: [
    { name: '20/s', value: 20 },
    { name: '0.02/s', value: 0.02 },
    { name: '120/s', value: 120 },
  ],
  proof: 'hashes',
  run: (lab, intensity) => byOwnSender(lab, intensity, true),
};

/** svcrack for real against a style of answers (M-03, M-04). The wish for more accounts, none, is one for qop, without which it signs wrongly. */
const svcrack = (answers: NonNullable<SiteWish['answers']>): Scenario => ({
  name: `password-guessing-svcrack-${answers}`,
  title: `svcrack against a server that answers ${answers.replace('-', ' to unknown users and ')} to wrong passwords (E3-1)`,
  attack: 'A13',
  intensities: [
    { name: '176/s', value: 176 },
    { name: '10/s', value: 10 },
    { name: '69/s', value: 69 },
  ],
  site: { answers, extraAccounts: {} },
  small: answers === '404-401',
  proof: { filter: SIPVICIOUS_FILTER },
  needs: ['svcrack'],
  run: bySvcrack,
});

/** Where unknown users are told and wrong passwords are challenged anew. */
export const SVCRACK_404_401: Scenario = svcrack('404-401');

/** The other styles. */
export const SVCRACK_OTHERS: readonly Scenario[] = [svcrack('404-403'), svcrack('401-403')];
