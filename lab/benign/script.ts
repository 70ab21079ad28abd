/** Turns a call of the plan into what the agents play. */
import type { Answer, CallPlan, MidCall, Side } from '../agents/plan.ts';
import type { Random } from '../random.ts';
import type { PlannedCall, Twist } from './plan.ts';

/** Seconds of media at each edge of a call that is not recorded in full. */
const EDGE = 1.2;

/** What a script is made with. */
export interface ScriptSources {
  readonly random: Random;
  /** Simulated time of the call, microseconds since 1970. */
  readonly start: number;
  /** Draws a number of the telephone network, to transfer to. */
  readonly number: () => string;
  /** User to whom a forwarding phone sends callers. */
  readonly forwardTo: string;
}

/** The plan of the agents for this call: same times, its twists as things that happen in it. */
export function scriptOf(call: PlannedCall, sources: ScriptSources): CallPlan {
  const has = (twist: Twist): boolean => call.twists.includes(twist);
  const { random } = sources;
  const events = call.twists.flatMap((twist) => eventsOf(twist, call, sources));
  return {
    start: sources.start,
    talk: call.hold,
    media: call.media,
    edge: EDGE,
    answer: answerOf(call, sources),
    hangup: has('transfer') ? 'called' : call.endedBy,
    ...(call.result === 'cancelled' ? { giveUp: call.ring } : {}),
    ...(events.length > 0 ? { events } : {}),
    // Four refreshes at most: more of the same would only take time.
    ...(has('session-timer') ? { sessionTimer: Math.max(90, Math.round(call.hold / (1 + 3 * random.unit()))) } : {}),
    ...(has('lost-ack') ? { lostAcks: random.integer(1, 2) } : {}),
    ...(has('late-rtp') ? { lateMedia: random.integer(200, 1500) } : {}),
    ...(call.kind === undefined ? {} : { kind: call.kind }),
  };
}

function answerOf(call: PlannedCall, { forwardTo }: ScriptSources): Answer {
  if (call.kind === 'forward-302') return { kind: 'redirect', after: 0.2, to: forwardTo };
  if (call.result === 'answered') return { kind: 'answer', after: call.ring };
  if (call.result === 'busy') return { kind: 'busy', after: call.ring };
  return call.result === 'cancelled' ? { kind: 'never' } : { kind: 'missing', after: 0.1 };
}

function eventsOf(twist: Twist, call: PlannedCall, { random, number }: ScriptSources): MidCall[] {
  const after = call.hold * (0.25 + 0.2 * random.unit());
  const by: Side = random.chance(0.5) ? 'caller' : 'called';
  if (twist === 'hold') {
    const seconds = Math.min(60, call.hold * (0.2 + 0.2 * random.unit()));
    return [{ kind: 'hold', after, by, seconds, music: call.twists.includes('music'), newSource: call.twists.includes('ssrc-on-hold') }];
  }
  if (twist === 't38') return [{ kind: 'fax', after: 2 + random.unit(), by: 'called' }];
  if (twist === 'dtmf') {
    const way = call.kind === 'alarm-dialler' || random.chance(0.7) ? 'rtp' : 'info';
    return [{ kind: 'digits', after: Math.min(after, 1), by: 'caller', digits: random.text(random.integer(1, 6), '0123456789*#'), way }];
  }
  if (twist === 'hand-over') return [{ kind: 'move', after: call.hold / 2, by: 'caller', segment: 'internet' }];
  if (twist !== 'transfer') return [];
  const plan: CallPlan = { talk: Math.max(5, call.hold * 0.4), media: call.media, edge: EDGE, answer: { kind: 'answer', after: 1.5 } };
  return [{ kind: 'transfer', after: call.hold * 0.6, by: 'caller', to: number(), plan }];
}
