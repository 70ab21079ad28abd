/** A34: toll fraud that goes on from another address with the same password and the same numbers (paper 004, S4-29). */
import type { Account, CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor } from './senders/actor.ts';
import { acknowledge, dial, enrol, nextHop, spareAccount, within } from './senders/dial.ts';
import { Voice } from './senders/voice.ts';

/** First act: an address finds the password and calls numbers. Second act: another address calls the same numbers. */
export const addressChange: Scenario = {
  name: 'toll-fraud-address-change',
  title: 'A guessed account calls the same numbers from a second address',
  attack: 'A34',
  intensities: [
    { name: '6 calls', value: 6 },
    { name: '24 calls', value: 24 },
  ],
  proof: 'hashes',
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const account = spareAccount(lab, 0);
  const numbers = Array.from({ length: Math.max(2, intensity.value / 6) }, () => lab.site.number());
  const campaign = lab.campaign({
    attack: 'A34',
    classes: ['toll-fraud', 'account-takeover'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: [`${account.user}@${account.domain}`, ...numbers],
  });
  const first = await Actor.open(lab, campaign, 'attack');
  const wrong = Array.from({ length: lab.random.integer(4, 9) }, () => lab.random.text(lab.random.integer(4, 8)));
  for (const guess of [...wrong, account.password]) await enrol(first, lab, { ...account, password: guess }, 300);
  const plan = Array.from({ length: intensity.value }, (_, i) => numbers[i % numbers.length] ?? '');
  const half = Math.ceil(plan.length / 2);
  let answered = await spree(lab, campaign, first, account, plan.slice(0, half));
  first.close();
  await lab.sleep(1_500);
  const second = await Actor.open(lab, campaign, 'attack2');
  answered += await spree(lab, campaign, second, account, plan.slice(half));
  campaign.end(answered > 0 ? 'succeeded' : 'failed', { attackers: [first.address, second.address] });
  second.close();
}

/** Calls all these numbers, up to four at a time; gives how many answered. */
async function spree(lab: Lab, campaign: CampaignHandle, actor: Actor, account: Account, numbers: readonly string[]): Promise<number> {
  const lines = Array.from({ length: Math.min(4, numbers.length) }, async (_, line) => {
    let answered = 0;
    for (let i = line; i < numbers.length; i += 4) answered += await once(lab, campaign, actor, account, numbers[i] ?? '');
    return answered;
  });
  return (await Promise.all(lines)).reduce((sum, n) => sum + n, 0);
}

/** One call of a second or two; 1 if it was answered. */
async function once(lab: Lab, campaign: CampaignHandle, actor: Actor, account: Account, number: string): Promise<number> {
  const voice = await Voice.open(lab, actor.segment, actor.address);
  const call = await dial(actor, lab, account, number, voice.description(lab));
  if (typeof call !== 'number') {
    acknowledge(actor, call);
    voice.target = call.media;
    await voice.talk(lab, campaign, call.callId, lab.random.integer(800, 2_000));
    await actor.ask(within(call, 'BYE', 1), nextHop(call));
  }
  voice.close();
  return typeof call === 'number' ? 0 : 1;
}
