/** A16: who knows a password puts himself in the place of the telephone (S2-32): its calls come to him. */
import type { Account, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor, unlabelled } from './senders/actor.ts';
import { Answerer } from './senders/answerer.ts';
import { acknowledge, dial, enrol, nextHop, spareAccount, within } from './senders/dial.ts';
import { Voice } from './senders/voice.ts';

const PHONES = 10;
const REMOVED = 'removed';

/** With `removed` the telephone's own binding is taken out first, else the attacker's stands beside it and answers faster. */
export const registrationHijack: Scenario = {
  name: 'registration-hijack',
  title: 'Somebody who knows passwords registers the accounts to himself and takes their calls',
  attack: 'A16',
  intensities: [
    { name: `1 account, ${REMOVED}`, value: 1 },
    { name: `5 accounts, ${REMOVED}`, value: 5 },
    { name: '2 accounts, added', value: 2 },
  ],
  site: { phones: PHONES },
  small: true,
  proof: 'hashes',
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const victims = lab.random.shuffle(lab.site.accounts.slice(0, PHONES)).slice(0, intensity.value);
  const campaign = lab.campaign({
    attack: 'A16',
    classes: ['hijack', 'account-takeover'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: victims.map(({ user, domain }) => `${user}@${domain}`),
  });
  const address = lab.segment('attack').address();
  const takers: Answerer[] = [];
  for (const account of victims) {
    if (intensity.name.endsWith(REMOVED)) await clear(lab, campaign, account, address);
    const rings = lab.random.integer(60, 150);
    takers.push(await Answerer.open(lab, campaign, 'attack', account, { rings, talks: 20_000, address }));
    await lab.sleep(lab.random.exponential(400));
  }
  for (const { user } of victims) await ring(lab, user);
  const taken = takers.filter(({ answered }) => answered > 0).length;
  campaign.end(taken > 0 ? 'succeeded' : 'failed', { attackers: [address] });
  for (const taker of takers) taker.close();
}

/** Removes all bindings of the account (RFC 3261 §10.2.2). */
async function clear(lab: Lab, campaign: Parameters<typeof Actor.open>[1], account: Account, address: string): Promise<void> {
  const actor = await Actor.open(lab, campaign, 'attack', { address });
  await enrol(actor, lab, account, 0, '*');
  actor.close();
}

/** A friend calls, and talks to whoever answers. */
async function ring(lab: Lab, user: string): Promise<void> {
  const actor = await Actor.open(lab, unlabelled, 'office');
  const voice = await Voice.open(lab, 'office', actor.address);
  const call = await dial(actor, lab, spareAccount(lab, 0), user, voice.description(lab), 6_000);
  if (typeof call !== 'number') {
    acknowledge(actor, call);
    voice.target = call.media;
    await voice.talk(lab, unlabelled, call.callId, 1_500);
    await actor.ask(within(call, 'BYE', 1), nextHop(call));
  }
  voice.close();
  actor.close();
}
