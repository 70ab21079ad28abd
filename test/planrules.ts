/** For tests only: rules of the shapes that do not count, compiled together as `loadRules` does, and run over Events. */
import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { type CompiledRule, compileRule } from '../src/correlate/compile.ts';
import { Correlator } from '../src/correlate/correlator.ts';
import { raisedTypes } from '../src/correlate/machine.ts';
import type { Surroundings } from '../src/correlate/plan.ts';
import { testEvent } from '../src/correlate/ruletests.ts';
import type { Alert, Event } from '../src/types.ts';

/** µs of a second. */
export const S = 1e6;
/** When these tests begin, µs: a Thursday, 2026-01-01, at midnight UTC. */
export const MIDNIGHT = 1_767_225_600e6;

const BASE = {
  version: 1,
  title: 'T',
  level: 'warning',
  class: 'anomaly',
  stage: 'none',
  by: ['callId'],
  subject: { kind: 'call', value: 'callId' },
  why: '{callId}',
  falsePositives: ['none'],
  references: ['none'],
};

/** A rule file of that id with these keys beside what all rules need. */
export function planFile(id: string, keys: Readonly<Record<string, unknown>>): string {
  return stringify({ id, ...BASE, ...keys });
}

/** Faults of a rule with these keys. */
export function planFaults(keys: Readonly<Record<string, unknown>>, surroundings: Surroundings = {}): string[] {
  return compileRule(planFile('r', keys), 'r.yaml', 'default', {}, true, surroundings).faults.map(({ message }) => message);
}

/** Compiles rules, each of which may look at those before it. */
export function planRules(
  files: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  surroundings: Surroundings = {},
): CompiledRule[] {
  const types = new Map(surroundings.types);
  return Object.entries(files).map(([id, keys]) => {
    const { rule, faults } = compileRule(planFile(id, keys), `${id}.yaml`, 'default', {}, true, { ...surroundings, types });
    assert.deepEqual(faults, []);
    assert.ok(rule !== undefined);
    for (const [type, fields] of raisedTypes(id, rule.fields, rule.source.shape === 'absence')) types.set(type, fields);
    return rule;
  });
}

/** A correlator over such rules. */
export function planned(files: Parameters<typeof planRules>[0], surroundings?: Surroundings, capacity = 1024): Correlator {
  return new Correlator(planRules(files, surroundings), { node: 'n', seed: { k0: 7, k1: 11 }, capacity });
}

let made = 0;

/** An Event `seconds` after midnight. */
export function at(seconds: number, type: string, given: Readonly<Record<string, unknown>> = {}, surroundings: Surroundings = {}): Event {
  return testEvent(type, { callId: 'c1', ...given }, MIDNIGHT + Math.round(seconds * S), ++made, surroundings.types);
}

/** Runs Events and then lets `pause` seconds pass; what was told, as `rule state at seconds`. */
export function told(correlator: Correlator, events: readonly Event[], pause = 0): string[] {
  for (const each of events) correlator.handle(each, each.time);
  if (pause > 0) correlator.advance((events.at(-1)?.time ?? MIDNIGHT) + pause * S);
  return correlator.out.map(line);
}

/** One version of an Alert in short. */
export function line({ rule, state, time, count }: Alert): string {
  return `${rule} ${state} ${count} at ${Math.round((time - MIDNIGHT) / 1000) / 1000}`;
}
