/** A call between two background phones whose media somebody is about to attack: what he in the path knows of it. */
import { Leg } from '../../agents/leg.ts';
import type { Phone } from '../../agents/phone.ts';
import type { Lab } from '../../scenario.ts';

/** A call that goes on, with sound in both directions. */
export interface VictimCall {
  readonly callId: string;
  readonly caller: Leg;
  readonly called: Leg;
  /** Settles when it is over. */
  readonly over: Promise<unknown>;
}

/** Phones that can be reached from outside: no NAT before them. */
export function reachable(lab: Lab): Phone[] {
  return lab.phones.filter(({ agent }) => agent.segment.name !== 'home');
}

/** Pairs of phones call each other and talk for so many seconds, in real time. @throws Error if a call did not come to a talk in 8 s. */
export async function victimCalls(lab: Lab, count: number, seconds: number): Promise<VictimCall[]> {
  const phones = lab.random.fork('victim calls').shuffle(reachable(lab));
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [caller, called] = [phones[(2 * i) % phones.length]!, phones[(2 * i + 1) % phones.length]!];
      return await victimCall(lab, caller, called, seconds);
    }),
  );
}

async function victimCall(lab: Lab, caller: Phone, called: Phone, seconds: number): Promise<VictimCall> {
  const before = new Set(caller.live.keys());
  const over = caller.call(called.account.user, { talk: seconds, media: 'full', answer: { kind: 'answer', after: 0.3 } });
  over.then(({ record }) => lab.call(record)).catch(() => {}); // the run has been interrupted
  for (let waited = 0; waited < 8_000; waited += 50) {
    await lab.sleep(50);
    const found = [...caller.live.values()].find(
      (leg) => !before.has(leg.callId) && leg.role === 'caller' && leg.dialog.remote.uri.includes(`:${called.account.user}@`),
    );
    const [near, far] = [caller, called].map((phone) => legOf(phone, found?.callId));
    if (near !== undefined && far !== undefined && talks(near) && talks(far))
      return { callId: near.callId, caller: near, called: far, over };
  }
  throw new Error(`${caller.account.user} and ${called.account.user} did not come to talk`);
}

function legOf({ agent }: Phone, callId: string | undefined): Leg | undefined {
  for (const session of agent.sessions.values()) if (session instanceof Leg && session.callId === callId) return session;
  return undefined;
}

function talks({ state, media }: Leg): boolean {
  return state === 'talking' && (media?.received ?? 0) > 0 && (media?.stream?.packets ?? 0) > 0;
}
