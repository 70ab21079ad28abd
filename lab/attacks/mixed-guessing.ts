/**
 * A15 (E3-7): scan and guesses in one: a few passwords for each of many users, so that no user shows it; and svwar followed by
 * svcrack for the users that it found.
 */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker } from './senders/attacker.ts';
import { drawHabit, Guesser } from './senders/guesser.ts';
import { candidates, passwordList } from './senders/names.ts';
import { play, spread } from './senders/schedule.ts';
import { SIPVICIOUS_FILTER, sipvicious } from './senders/sipvicious.ts';

function open(lab: Lab, intensity: Intensity, address: string): CampaignHandle {
  return lab.campaign({
    attack: 'A15',
    classes: ['password-guessing', 'extension-scan'],
    stage: 'credential',
    intensity: intensity.name,
    attackers: [address],
    targets: [lab.site.proxy.address],
  });
}

/** Users tried, passwords for each, and guesses a second or (slow) seconds between guesses. */
interface Strength extends Intensity {
  readonly users: number;
  readonly words: number;
  readonly gap?: number;
}

const STRENGTHS: readonly Strength[] = [
  { name: '100 users, 20 each', value: 400, users: 100, words: 20 },
  { name: '300 users, 2 each', value: 60, users: 300, words: 2 },
  { name: '1000 users, 20 each', value: 1500, users: 1000, words: 20 },
  { name: '30 users, 1 each, 1 per 3 min', value: 1 / 180, users: 30, words: 1, gap: 180e6 },
];

interface Pair {
  readonly user: string;
  readonly password: string;
}

/** All passwords for one user after the other, or all users with one password after the other (spraying). */
function pairs(lab: Lab, strength: Strength): Pair[] {
  const random = lab.random.fork('pairs');
  const real = lab.site.accounts.map(({ user }) => user);
  const users = candidates(random, strength.users, random.chance(0.7) ? 'range' : 'dictionary', real);
  const lucky = random.pick(lab.site.accounts);
  const words = passwordList(random, strength.words, random.chance(0.4) ? lucky.password : undefined);
  return random.chance(0.5)
    ? words.flatMap((password) => users.map((user) => ({ user, password })))
    : users.flatMap((user) => words.map((password) => ({ user, password })));
}

async function byOwnSender(lab: Lab, intensity: Intensity): Promise<void> {
  const strength = STRENGTHS.find(({ name }) => name === intensity.name) ?? STRENGTHS[0]!;
  const gap = strength.gap ?? 0;
  const random = lab.random.fork('guessing');
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, address);
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  // One challenge answered all the time: two messages for each guess would make the longest run twice as long.
  const guesser = new Guesser(attacker, lab.site, {
    ...drawHabit(random),
    method: 'REGISTER',
    reusesNonce: gap === 0,
    oneCallId: false,
  });
  const list = pairs(lab, strength);
  const fallen = new Set<string>();
  const under: Promise<void>[] = [];
  await guesser.guess(random.pick(lab.site.accounts).user, random.text(8));
  await play(lab, spread(random.fork('times'), list.length, gap > 0 ? 25 : list.length / strength.value), (index) => {
    const { user, password } = list[index]!;
    const callId = guesser.nextCallId();
    if (gap > 0) lab.unit(callId, Math.round(lab.start + 60e6 + (index + random.unit() / 2) * gap));
    under.push(guesser.guess(user, password, callId).then((verdict) => void (verdict === 'right' && fallen.add(user))));
  });
  await Promise.all(under);
  attacker.close();
  const accounts = [...fallen].map((user) => `${user}@${lab.site.domain}`);
  campaign.end(fallen.size > 0 ? 'succeeded' : 'failed', { targets: accounts });
}

async function byTools(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('tools');
  const campaign = open(lab, intensity, lab.segment('attack').address());
  campaign.owns('attack');
  const { domain, proxy, accounts } = lab.site;
  const common = ['-p', String(proxy.port), '-t', String(1 / intensity.value), '--domain', domain];
  const range = candidates(
    random,
    100,
    'range',
    accounts.map(({ user }) => user),
  );
  const scan = ['-e', `${range[0]}-${range.at(-1)}`, '--force', ...common, proxy.address];
  const { output } = await lab.tool('attack', sipvicious('svwar', scan), 12);
  const found = accounts.filter(({ user }) => new RegExp(`\\| ${user} +\\| reqauth`).test(output)).slice(0, 3);
  const fallen: string[] = [];
  for (const { user, password } of found.length > 0 ? found : accounts.slice(0, 1)) {
    const right = random.chance(0.3) ? password : undefined;
    // The sandbox has its own /run, which ends with the run.
    const file = join(mkdtempSync('/run/words-'), 'words');
    writeFileSync(file, `${passwordList(random, 100, right).join('\n')}\n`);
    const result = await lab.tool('attack', sipvicious('svcrack', ['-u', user, '-d', file, ...common, proxy.address]), 8);
    if (right !== undefined && result.output.includes(right)) fallen.push(`${user}@${domain}`);
  }
  campaign.end(fallen.length > 0 ? 'succeeded' : 'failed', { targets: fallen });
}

/** By the lab's own guesser. */
export const MIXED_GUESSING: Scenario = {
  name: 'mixed-guessing',
  title: 'A few passwords for each of many users, in seconds or over hours (E3-7)',
  attack: 'A15',
  intensities: STRENGTHS,
  proof: 'hashes',
  run: byOwnSender,
};

/** svwar, then svcrack. */
export const MIXED_GUESSING_BY_TOOLS: Scenario = {
  name: 'mixed-guessing-sipvicious',
  title: 'svwar, then svcrack for the users that it found',
  attack: 'A15',
  intensities: [
    { name: '150/s', value: 150 },
    { name: '40/s', value: 40 },
  ],
  site: { answers: '404-401', extraAccounts: {} },
  proof: { filter: SIPVICIOUS_FILTER },
  needs: ['svwar', 'svcrack'],
  run: byTools,
};
