/** How a called agent answers: as the call's plan says, else as its own policy does. */
import type { Agent } from './agent.ts';
import { conversationOf } from './conversation.ts';
import { Dialog } from './dialog.ts';
import type { ServerTransaction } from './endpoint.ts';
import { Leg } from './leg.ts';
import { headerOf, uriOf, userOf } from './message.ts';
import type { Answer } from './plan.ts';
import { recording, speech, tone } from './sound.ts';

/** What an agent does with calls that nobody planned (an attacker's, a tool's). */
export interface Policy {
  /** `from` and `to` are users. */
  answer(from: string, to: string): Answer;
  /** Seconds after which it hangs up; absent: it leaves that to the caller. */
  hangUpAfter?(from: string, to: string): number;
}

const REFUSALS = { busy: 486, decline: 603, unavailable: 480, missing: 404 } as const;

/** Answers an INVITE that opens a call. */
export async function beCalled(agent: Agent, transaction: ServerTransaction, policy: Policy): Promise<void> {
  const { request } = transaction;
  const leg = new Leg('called', Dialog.from(agent, transaction), transaction);
  const from = userOf(uriOf(headerOf(request, 'from')));
  const to = userOf(request.uri) || userOf(uriOf(headerOf(request, 'to')));
  const conversation = conversationOf(agent.lab, leg.callId, from, userOf(uriOf(headerOf(request, 'to'))));
  const planned = conversation?.join(leg);
  if (agent.shape.sendsTrying) leg.ring(100);
  if (!(await leg.wait(agent.random.integer(20, 150)))) return;
  // Without a free port for its media it is as busy as can be.
  await carryOut(leg, planned ?? policy.answer(from, to)).catch(() => leg.refuse(503));
  const real = conversation?.plan.start === undefined;
  if (!planned && real && leg.state === 'talking') await chat(leg, policy.hangUpAfter?.(from, to));
}

async function carryOut(leg: Leg, answer: Answer): Promise<void> {
  if (answer.kind === 'announce') return announce(leg, answer.after, answer.answers);
  const rings = answer.kind === 'answer' || answer.kind === 'never' || answer.after > 0;
  if (rings) leg.ring(180);
  if (answer.kind === 'never') return;
  if (!(await leg.wait(answer.after * 1000))) return;
  if (answer.kind === 'redirect') {
    const target = answer.to.includes(':') ? answer.to : `sip:${answer.to}@${leg.agent.setup.domain}`;
    return leg.refuse(302, [['Contact', `<${target}>`]]);
  }
  if (answer.kind !== 'answer') return leg.refuse(REFUSALS[answer.kind]);
  await leg.openMedia();
  leg.accept();
}

/** Early media: the network's ringing before the answer, or an announcement instead of one. */
async function announce(leg: Leg, seconds: number, answers: boolean): Promise<void> {
  await leg.openMedia();
  const { random } = leg.agent;
  leg.voice = answers ? tone(random.fork('ringback')) : recording(random.fork('announcement'), 6)();
  leg.ring(183, true);
  leg.speak();
  if (!(await leg.wait(seconds * 1000))) return;
  if (!answers) return leg.refuse(480);
  leg.accept();
  leg.changeVoice(speech(random), false);
}

/** An unplanned call: talks until either side hangs up. */
async function chat(leg: Leg, seconds: number | undefined): Promise<void> {
  leg.speak();
  if (seconds === undefined) return leg.ended;
  if (await leg.wait(seconds * 1000)) await leg.bye();
}
