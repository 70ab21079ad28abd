/** A22: INVITEs whose answers are never acknowledged (S1-41): each leaves a half-open call behind, in the proxy and in a telephone. */
import { type Field, headerOf } from '../agents/message.ts';
import type { Phone } from '../agents/phone.ts';
import type { Account, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor, type Request } from './senders/actor.ts';
import { opening, spareAccount } from './senders/dial.ts';
import { Voice } from './senders/voice.ts';

const SECONDS = 10;
const LINES = 4;

/** A customer's credentials are used, so the proxy lets the calls through; its nonce serves for all of them. */
export const brokenHandshake: Scenario = {
  name: 'broken-handshake',
  title: 'Calls of a customer whose answers are never acknowledged',
  attack: 'A22',
  intensities: [1, 10, 50, 500].map((value) => ({ name: `${value}/s`, value })),
  site: { phones: 12 },
  proof: 'hashes',
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const account = spareAccount(lab, 0);
  const phones = lab.random.shuffle(lab.phones).slice(0, lab.random.integer(4, 8));
  for (const phone of phones) limit(phone);
  const users = phones.map((phone) => phone.account);
  const campaign = lab.campaign({
    attack: 'A22',
    classes: ['flood', 'anomaly'],
    stage: 'disrupt',
    intensity: intensity.name,
    targets: [lab.site.proxy.address, ...users.map(({ user, domain }) => `${user}@${domain}`)],
  });
  const actor = await Actor.open(lab, campaign, 'attack');
  const voice = await Voice.open(lab, 'attack', actor.address);
  const credentials = await borrow(actor, lab, account);
  const begin = lab.now();
  let due = 0;
  let sent = 1;
  for (let at = 0; at < SECONDS * 1_000; at = (lab.now() - begin) / 1_000) {
    for (; due <= at; due += lab.random.exponential(1_000 / intensity.value)) {
      const request = credentials(lab.random.pick(users).user, ++sent, voice.description(lab));
      actor.send(actor.compose(request), lab.site.proxy, request.callId);
    }
    await lab.sleep(Math.min(5, Math.max(1, due - at)));
  }
  await lab.sleep(1_500);
  campaign.end(actor.accepted > 0 ? 'succeeded' : 'failed', { attackers: [actor.address] });
  actor.close();
  voice.close();
}

/** A telephone has a few lines: when all are taken, it is busy. */
function limit(phone: Phone): void {
  phone.policy = { answer: () => (phone.live.size > LINES ? { kind: 'busy', after: 0 } : { kind: 'answer', after: 0.5 }) };
}

/** Asks for a challenge once; gives what makes an INVITE that answers it for the n-th time. */
async function borrow(actor: Actor, lab: Lab, account: Account): Promise<(user: string, count: number, body: string) => Request> {
  const contact: Field = ['Contact', actor.contact(account.user)];
  const invite = (user: string, body: string): Request =>
    opening(actor, lab, account, 'INVITE', `sip:${user}@${lab.site.domain}`, [contact], body);
  const first = invite(account.user, '');
  const challenge = await actor.ask({ ...first, branch: actor.branch() }, lab.site.proxy);
  if (challenge === undefined || headerOf(challenge, 'proxy-authenticate') + headerOf(challenge, 'www-authenticate') === '') {
    return (user, _, body) => invite(user, body);
  }
  return (user, count, body) => actor.credited(invite(user, body), challenge, account, count);
}
