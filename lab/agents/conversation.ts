/** A call with both of its ends: what was planned for it, and where it stands in simulated time. */
import type { Ground } from './agent.ts';
import type { Leg } from './leg.ts';
import { userOf } from './message.ts';
import type { Answer, CallPlan, Side } from './plan.ts';
import { Stretch } from './stretch.ts';

/** A call under way. The called end joins when its INVITE arrives (under another Call-ID, if there is a B2BUA between). */
export class Conversation {
  readonly lab: Ground;
  readonly plan: CallPlan;
  readonly caller: Leg;
  called: Leg | undefined;
  readonly #stretch: Stretch;

  constructor(lab: Ground, plan: CallPlan, caller: Leg) {
    this.lab = lab;
    this.plan = plan;
    this.caller = caller;
    this.#stretch = new Stretch(lab);
  }

  /** Simulated time now (the machine's, if the plan gives none), microseconds since 1970. */
  now(): number {
    return this.#stretch.now();
  }

  /** Starts a unit at this simulated time, or now if that has passed; nothing if the plan gives no simulated time. */
  unit(simulated: number): void {
    if (this.plan.start !== undefined) this.#stretch.to(simulated, new Set(this.legs.map((leg) => leg.callId)));
  }

  /** Whether the call has yet to reach its called end: nobody has rung, or only one who sent the caller on. */
  get waits(): boolean {
    return this.called === undefined || (this.plan.answer?.kind === 'redirect' && this.called.state === 'ended');
  }

  /** The ends that are known. */
  get legs(): readonly Leg[] {
    return this.called ? [this.caller, this.called] : [this.caller];
  }

  /** The end of that side; undefined if it is none of ours. */
  side(side: Side): Leg | undefined {
    return side === 'caller' ? this.caller : this.called;
  }

  /**
   * Lets a called end join; what it is to do. The first that rings does as planned; others (forking) ring until they are cancelled.
   * Whom the first one sent the caller on to (302) answers.
   */
  join(leg: Leg): Answer | undefined {
    const { called, plan } = this;
    if (!this.waits) return { kind: 'never' };
    this.called = leg;
    if (this.#stretch.started && leg.callId !== this.caller.callId) this.lab.unit(leg.callId, this.now());
    return called ? { kind: 'answer', after: 2 } : plan.answer;
  }
}

const books = new WeakMap<Ground, Map<string, Conversation[]>>();

function bookOf(lab: Ground): Map<string, Conversation[]> {
  const known = books.get(lab) ?? new Map<string, Conversation[]>();
  books.set(lab, known);
  return known;
}

/** Users that the call may reach: whom it was made to, and whom that one sends it on to. */
function usersOf({ caller, plan }: Conversation): readonly string[] {
  const called = userOf(caller.dialog.remote.uri);
  if (plan.answer?.kind !== 'redirect') return [called];
  const { to } = plan.answer;
  return [called, to.includes(':') ? userOf(to) : to];
}

/** Lets the called end find its conversation until `forget`. */
export function expect(conversation: Conversation): void {
  const book = bookOf(conversation.lab);
  for (const user of usersOf(conversation)) book.set(user, [...(book.get(user) ?? []), conversation]);
}

export function forget(conversation: Conversation): void {
  const book = bookOf(conversation.lab);
  for (const user of usersOf(conversation)) {
    const left = (book.get(user) ?? []).filter((one) => one !== conversation);
    if (left.length > 0) book.set(user, left);
    else book.delete(user);
  }
}

/** The conversation that an INVITE belongs to: by its Call-ID; behind a B2BUA, by who calls whom. */
export function conversationOf(lab: Ground, callId: string, from: string, called: string): Conversation | undefined {
  const candidates = bookOf(lab).get(called) ?? [];
  const exact = candidates.find((one) => one.caller.callId === callId);
  return exact ?? candidates.find((one) => one.waits && userOf(one.caller.dialog.local.uri) === from);
}
