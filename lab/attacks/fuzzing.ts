/** A26: malformed messages, one after the other, in the hope that a parser breaks (S0-63, S2-10 to S2-13). */
import type { Field } from '../agents/message.ts';
import type { Account, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor, type Endpoint } from './senders/actor.ts';
import { opening } from './senders/dial.ts';
import { mutate, type Style } from './senders/mutator.ts';
import { drawnPace, play } from './senders/schedule.ts';
import { Voice } from './senders/voice.ts';

/** Messages of a run, and seconds that it takes at most. */
const LEAST = 12;
const SECONDS = 10;
const INTENSITIES = [10, 1, 100].map((value) => ({ name: `${value}/s`, value }));

/** At the proxy. */
export const fuzzing: Scenario = {
  name: 'fuzzing',
  title: 'Malformed requests to the proxy, all different',
  attack: 'A26',
  intensities: INTENSITIES,
  proof: 'hashes',
  run: async (lab, intensity) => await run(lab, intensity, [lab.site.proxy]),
};

/** At telephones, past the proxy. */
export const fuzzingPhones: Scenario = {
  name: 'fuzzing-phones',
  title: 'Malformed requests straight to telephones',
  attack: 'A26',
  intensities: INTENSITIES,
  proof: 'hashes',
  run: async (lab, intensity) => {
    const reachable = lab.phones.filter(({ agent }) => agent.segment.name !== 'home');
    await run(lab, intensity, lab.random.fork('victims').shuffle(reachable).slice(0, 3));
  },
};

async function run(lab: Lab, intensity: Intensity, victims: readonly Endpoint[]): Promise<void> {
  const random = lab.random.fork('fuzzer');
  const campaign = lab.campaign({
    attack: 'A26',
    classes: ['malformed', 'exploit'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: victims.map(({ address }) => address),
  });
  const actor = await Actor.open(lab, campaign, 'attack');
  const voice = await Voice.open(lab, 'attack', actor.address);
  const style = random.pick<Style>(['faults', 'faults', 'bytes', 'both']);
  const count = Math.max(LEAST, intensity.value * SECONDS);
  await play(lab, drawnPace(random, intensity.value, count), () => {
    const { payload, callId } = valid(lab, actor, voice);
    actor.send(mutate(payload, style, random), random.pick(victims), callId);
  });
  await lab.sleep(500);
  const alive = await Promise.all(victims.map(async (victim) => await answers(lab, actor, victim)));
  campaign.end(alive.every(Boolean) ? 'failed' : 'succeeded', { attackers: [actor.address] });
  actor.close();
  voice.close();
}

const METHODS = ['INVITE', 'INVITE', 'REGISTER', 'OPTIONS', 'BYE', 'CANCEL', 'ACK', 'SUBSCRIBE', 'MESSAGE', 'REFER', 'NOTIFY'];

/** A message without a fault, as the fuzzer's make writes it. */
function valid(lab: Lab, actor: Actor, voice: Voice): { readonly payload: Buffer; readonly callId: string } {
  const { random } = actor;
  const method = random.pick(METHODS);
  const { user = '100' } = random.pick(lab.site.accounts);
  const me: Account = { user: random.text(random.integer(3, 6), '0123456789'), domain: lab.site.domain, password: '' };
  const contact: Field = ['Contact', actor.contact(me.user)];
  const uri = method === 'REGISTER' ? `sip:${lab.site.domain}` : `sip:${user}@${lab.site.domain}`;
  // Telephones answer many of these calls and talk; not all shall make them send sound.
  const offers = method === 'INVITE' && random.chance(0.3);
  const request = opening(actor, lab, me, method, uri, [contact, ['Expires', '60']], offers ? voice.description(lab) : '');
  return { payload: actor.compose(request), callId: request.callId };
}

/** Whether it is still there: a proper OPTIONS gets any answer, as fuzzers ask after each test. */
async function answers(lab: Lab, actor: Actor, victim: Endpoint): Promise<boolean> {
  const me: Account = { user: 'ping', domain: lab.site.domain, password: '' };
  const probe = opening(actor, lab, me, 'OPTIONS', `sip:${victim.address}:${victim.port}`, [['Contact', actor.contact('ping')]]);
  return (await actor.ask(probe, victim, 3_000)) !== undefined;
}
