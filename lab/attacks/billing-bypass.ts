/** A23: talking where nobody counts (S1-47, S1-48): the ACK is withheld while sound flows, or sound goes on after BYE. */
import { headerOf } from '../agents/message.ts';
import type { Account, CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor } from './senders/actor.ts';
import { acknowledge, type Dialled, dial, enrol, nextHop, spareAccount, within } from './senders/dial.ts';
import { Voice } from './senders/voice.ts';

const TALK = 8_000;

/** The caller never acknowledges; both sides send sound all the same. */
export const ackWithheld: Scenario = {
  name: 'billing-bypass-ack',
  title: 'Two accomplices talk in calls that are never acknowledged',
  attack: 'A23',
  intensities: calls(1, 4),
  proof: 'hashes',
  run: (lab, intensity) => run(lab, intensity, false),
};

/** The accomplices hang up at once, by signalling; sound goes on. */
export const soundAfterBye: Scenario = {
  name: 'billing-bypass-bye',
  title: 'Two accomplices hang up and talk on',
  attack: 'A23',
  intensities: calls(1, 4),
  proof: 'hashes',
  run: (lab, intensity) => run(lab, intensity, true),
};

/** To the telephone network: the gateway repeats its answer and talks, and no ACK ever starts the meter. */
export const ackWithheldAbroad: Scenario = {
  name: 'billing-bypass-trunk',
  title: 'Calls to the telephone network that are never acknowledged, with sound',
  attack: 'A23',
  intensities: calls(2, 6),
  proof: 'hashes',
  run: abroad,
};

async function abroad(lab: Lab, intensity: Intensity): Promise<void> {
  const account = spareAccount(lab, 2);
  const numbers = Array.from({ length: intensity.value }, () => lab.site.number());
  const campaign = lab.campaign({
    attack: 'A23',
    classes: ['billing-bypass', 'anomaly'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: [`${account.user}@${account.domain}`, ...numbers],
  });
  const actor = await Actor.open(lab, campaign, 'attack');
  const heard = await Promise.all(
    numbers.map(async (number, i) => {
      await lab.sleep(i * 300);
      const voice = await Voice.open(lab, 'attack', actor.address);
      const call = await dial(actor, lab, account, number, voice.description(lab));
      if (typeof call !== 'number') {
        voice.target = call.media;
        await voice.talk(lab, campaign, call.callId, TALK);
      }
      voice.close();
      return voice.received;
    }),
  );
  campaign.end(heard.some((packets) => packets > 100) ? 'succeeded' : 'failed', { attackers: [actor.address] });
  actor.close();
}

function calls(...counts: readonly number[]): Intensity[] {
  return counts.map((value) => ({ name: `${value} ${value === 1 ? 'call' : 'calls'}`, value }));
}

async function run(lab: Lab, intensity: Intensity, bye: boolean): Promise<void> {
  const first = spareAccount(lab, 0);
  const second = spareAccount(lab, 1);
  const campaign = lab.campaign({
    attack: 'A23',
    classes: ['billing-bypass', 'teardown', 'anomaly'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: [lab.site.proxy.address],
  });
  const caller = await Actor.open(lab, campaign, 'attack');
  const callee = await Actor.open(lab, campaign, 'attack2');
  await enrol(callee, lab, second, 600);
  const lines = await Promise.all(Array.from({ length: intensity.value }, () => openLine(lab, caller, callee)));
  const ports = new Map(lines.map(({ far }) => [far.port, far]));
  answerAll(lab, callee, second, [...lines]);
  const done = await Promise.all(
    lines.map(async (line, i) => {
      await lab.sleep(i * 400);
      return await talk(lab, campaign, line, {
        caller,
        account: first,
        user: second.user,
        far: (port) => ports.get(port) ?? line.far,
        bye,
      });
    }),
  );
  const targets = done.flatMap(({ callId }) => (callId === '' ? [] : [callId]));
  campaign.end(done.some(({ packets }) => packets > 100) ? 'succeeded' : 'failed', {
    targets,
    attackers: [caller.address, callee.address],
  });
  for (const one of [caller, callee, ...lines.flatMap(({ near, far }) => [near, far])]) one.close();
}

/** The two media ports of one call. */
interface Line {
  readonly near: Voice;
  readonly far: Voice;
}

async function openLine(lab: Lab, caller: Actor, callee: Actor): Promise<Line> {
  return { near: await Voice.open(lab, 'attack', caller.address), far: await Voice.open(lab, 'attack2', callee.address) };
}

/** The called accomplice takes every call at once, each on a media port of its own. */
function answerAll(lab: Lab, callee: Actor, account: Account, free: Line[]): void {
  const taken = new Map<string, { readonly tag: string; readonly body: string }>();
  callee.heard = (request, from) => {
    const callId = headerOf(request, 'call-id');
    const tag = taken.get(callId)?.tag ?? callee.tag();
    if (request.method === 'BYE') callee.answer(request, from, 200, tag);
    if (request.method !== 'INVITE') return;
    const body = taken.get(callId)?.body ?? free.shift()?.far.description(lab) ?? '';
    taken.set(callId, { tag, body });
    callee.answer(request, from, 180, tag);
    callee.answer(request, from, 200, tag, [['Contact', callee.contact(account.user)]], body);
  };
}

interface Plan {
  readonly caller: Actor;
  readonly account: Account;
  readonly user: string;
  /** The media port that the called accomplice chose, by its number. */
  far(port: number): Voice;
  readonly bye: boolean;
}

/** One call; gives how many packets of sound arrived after the moment from which they cost nothing. */
async function talk(
  lab: Lab,
  campaign: CampaignHandle,
  { near }: Line,
  plan: Plan,
): Promise<{ readonly callId: string; readonly packets: number }> {
  const call = await dial(plan.caller, lab, plan.account, plan.user, near.description(lab));
  if (typeof call === 'number' || call.media === undefined) return { callId: '', packets: 0 };
  if (plan.bye) await hangUp(plan.caller, call, lab);
  const far = plan.far(call.media.port);
  const before = near.received + far.received;
  near.target = call.media;
  far.target = near;
  await Promise.all([near, far].map((voice) => voice.talk(lab, campaign, call.callId, TALK)));
  return { callId: call.callId, packets: near.received + far.received - before };
}

/** Half a second of a proper call, then BYE. */
async function hangUp(caller: Actor, call: Dialled, lab: Lab): Promise<void> {
  acknowledge(caller, call);
  await lab.sleep(500);
  await caller.ask(within(call, 'BYE', 1), nextHop(call));
}
