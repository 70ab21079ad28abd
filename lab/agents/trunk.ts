/** The provider's gateway to the telephone network: one address, any number behind it, many calls at once. */
import { Agent, type AgentSetup } from './agent.ts';
import { beCalled, type Policy } from './answering.ts';
import { Conversation } from './conversation.ts';
import { Dialog } from './dialog.ts';
import { Leg, type LiveCall } from './leg.ts';
import type { CallPlan } from './plan.ts';
import { type Played, play } from './play.ts';

/** A trunk. Calls whose plan is known (ours) are answered as planned, others by the policy. Make it with `open`. */
export class Trunk {
  readonly agent: Agent;
  policy: Policy;

  private constructor(agent: Agent, policy: Policy) {
    this.agent = agent;
    this.policy = policy;
    agent.onNew = (transaction) => {
      const { method } = transaction.request;
      if (method === 'INVITE') void beCalled(agent, transaction, this.policy);
      else agent.refuse(transaction, method === 'OPTIONS' ? 200 : 405);
    };
  }

  /** Opens its socket. `user` of the setup is only the Contact's; each call says its own number. @throws Error if the port is taken. */
  static async open(setup: AgentSetup, policy: Policy): Promise<Trunk> {
    return new Trunk(await Agent.open(setup), policy);
  }

  /** Calls in process, by Call-ID. */
  get live(): ReadonlyMap<string, LiveCall> {
    const found = new Map<string, LiveCall>();
    for (const session of this.agent.sessions.values()) if (session instanceof Leg) found.set(session.callId, session);
    return found;
  }

  /** Calls in from a number of the telephone network. */
  call(from: string, to: string, plan: CallPlan): Promise<Played> {
    const { agent } = this;
    const { domain } = agent.setup;
    const uri = to.includes(':') ? to : `sip:${to}@${domain}`;
    const leg = new Leg('caller', Dialog.towards(agent, uri, { uri: `sip:${from}@${domain}`, name: undefined }));
    return play(new Conversation(agent.lab, plan, leg));
  }

  close(): void {
    this.agent.close();
  }
}

/** A policy that answers most calls after a drawn time, and leaves the rest busy or ringing (shares as in evaluation.md G12). */
export function drawnPolicy(random: AgentSetup['random']): Policy {
  return {
    answer: () => {
      const draw = random.unit();
      if (draw < 0.7) return { kind: 'answer', after: 1 + random.exponential(5) };
      if (draw < 0.8) return { kind: 'busy', after: 1 };
      if (draw < 0.85) return { kind: 'announce', after: 5, answers: false };
      return { kind: 'never' };
    },
    hangUpAfter: () => Math.min(600, random.logNormal(100, 1)),
  };
}
