/** A call with both of its ends: what was planned for it, and where it stands in simulated time. */
import type { Ground } from './agent.ts';
import type { Leg } from './leg.ts';
import { userOf } from './message.ts';
import type { Answer, CallPlan, Side } from './plan.ts';

/** A call under way. The called end joins when its INVITE arrives (under another Call-ID, if there is a B2BUA between). */
export class Conversation {
  readonly lab: Ground;
  readonly plan: CallPlan;
  readonly caller: Leg;
  called: Leg | undefined;
  /** Simulated minus machine's time, microseconds. */
  #shift = 0;
  #moved = false;

  constructor(lab: Ground, plan: CallPlan, caller: Leg) {
    this.lab = lab;
    this.plan = plan;
    this.caller = caller;
  }

  /** Simulated time now (the machine's, if the plan gives none), microseconds since 1970. */
  now(): number {
    return this.lab.now() + this.#shift;
  }

  /** Starts a unit at this simulated time, or now if that has passed: gaps are stretched, never shortened. */
  unit(simulated: number): void {
    if (this.plan.start === undefined) return;
    const at = this.#moved ? Math.max(simulated, this.now()) : simulated;
    this.#moved = true;
    this.#shift = at - this.lab.now();
    for (const callId of new Set([this.caller.callId, this.called?.callId])) if (callId !== undefined) this.lab.unit(callId, at);
  }

  /** The ends that are known. */
  get legs(): readonly Leg[] {
    return this.called ? [this.caller, this.called] : [this.caller];
  }

  /** The end of that side; undefined if it is none of ours. */
  side(side: Side): Leg | undefined {
    return side === 'caller' ? this.caller : this.called;
  }

  /** The called end. The first one that rings is told what to do; others (forking) ring until they are cancelled. */
  join(leg: Leg): Answer | undefined {
    const redirected = this.called?.state === 'ended' && this.plan.answer?.kind === 'redirect';
    if (redirected) this.called = leg;
    if (redirected) return { kind: 'answer', after: this.plan.answer.after };
    if (this.called) return { kind: 'never' };
    this.called = leg;
    if (this.#moved && leg.callId !== this.caller.callId) this.lab.unit(leg.callId, this.now());
    return this.plan.answer;
  }
}

const books = new WeakMap<Ground, Map<string, Conversation[]>>();

function bookOf(lab: Ground): Map<string, Conversation[]> {
  const known = books.get(lab) ?? new Map<string, Conversation[]>();
  books.set(lab, known);
  return known;
}

/** Lets the called end find its conversation until `forget`. */
export function expect(conversation: Conversation): void {
  const book = bookOf(conversation.lab);
  const called = userOf(conversation.caller.dialog.remote.uri);
  book.set(called, [...(book.get(called) ?? []), conversation]);
}

export function forget(conversation: Conversation): void {
  const book = bookOf(conversation.lab);
  const called = userOf(conversation.caller.dialog.remote.uri);
  const left = (book.get(called) ?? []).filter((one) => one !== conversation);
  if (left.length > 0) book.set(called, left);
  else book.delete(called);
}

/**
 * The conversation that an INVITE belongs to: by its Call-ID; behind a B2BUA, by who calls whom. After a redirection the called user
 * is another one: then only the Call-ID tells.
 */
export function conversationOf(lab: Ground, callId: string, from: string, called: string): Conversation | undefined {
  const book = bookOf(lab);
  const candidates = book.get(called) ?? [];
  const exact = candidates.find((one) => one.caller.callId === callId);
  if (exact) return exact;
  const same = candidates.find((one) => !one.called && one.caller.agent.setup.user === from);
  if (same) return same;
  for (const all of book.values()) for (const one of all) if (one.caller.callId === callId) return one;
  return undefined;
}
