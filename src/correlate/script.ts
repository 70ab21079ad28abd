/**
 * Shape script: a program decides. What it is asked goes up as plain data; its verdict comes back as an Event of its own
 * (script.answered), so that a log of Events gives the same Alerts without the program.
 */
import type { Ask } from '../queries.ts';
import type { Event } from '../types.ts';
import type { Predicate } from './condition.ts';
import type { Field } from './fields.ts';
import type { Machine } from './machine.ts';

import type { ScriptPlan } from './plan.ts';
import type { MachineParts } from './steps.ts';

/** Most questions of a rule without an answer; beyond, the oldest is given up. */
const MOST_ASKED = 256;

interface Asked {
  readonly group: string;
  readonly event: Event;
}

/** Runs the questions of one rule. */
export class ScriptMachine implements Machine {
  readonly #plan: ScriptPlan;
  readonly #parts: MachineParts;
  readonly #where: Predicate | undefined;
  readonly #by: readonly Field[];
  readonly #asks: Ask[];
  readonly #asked = new Map<string, Asked>();
  readonly #groups = new Set<string>();

  /** @param asks where questions are put. */
  constructor(plan: ScriptPlan, where: Predicate | undefined, by: readonly Field[], parts: MachineParts, asks: Ask[]) {
    this.#plan = plan;
    this.#parts = parts;
    this.#where = where;
    this.#by = by;
    this.#asks = asks;
  }

  begin(): void {}

  due(): void {}

  look(): undefined {}

  handle(event: Event): void {
    if (event.type === 'script.answered') this.#answer(event);
    else this.#ask(event);
  }

  #ask(event: Event): void {
    this.#parts.memories.steps = [];
    if (this.#where !== undefined && !this.#where(event, this.#parts.memories)) return;
    const group = JSON.stringify(this.#by.map((field) => field.text(event)));
    // One question at a time about each group.
    if (this.#groups.has(group)) return;
    const id = `${this.#parts.id} ${event.id}`;
    this.#groups.add(group);
    this.#asked.set(id, { group, event });
    if (this.#asked.size > MOST_ASKED) for (const oldest of [...this.#asked.keys()].slice(0, 1)) this.#giveUp(oldest);
    this.#asks.push({ id, rule: this.#parts.id, program: this.#plan.program, event });
  }

  #giveUp(id: string): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked !== undefined) this.#groups.delete(asked.group);
    return asked;
  }

  #answer(answer: Event): void {
    const asked = this.#giveUp(`${answer.data['asked']}`);
    if (asked === undefined || !this.#plan.verdict(answer)) return;
    this.#parts.matched(asked.event, [answer], false);
  }
}
