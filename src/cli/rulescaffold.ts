/** What `ringfence rule new` writes: for each shape a rule that is complete and passes its tests. */
import { SHAPES } from '../correlate/ruleschema.ts';

type Shape = (typeof SHAPES)[number];

const FAILED = 'type: auth.failed, src: 192.0.2.66, dst: 198.51.100.1, account: 1003@example.org, refusals: 9';
const OTHERS = 'type: auth.failed, src: 192.0.2.7, dst: 198.51.100.1, account: alice@example.org, refusals: 1';

/** What differs from shape to shape: what is looked at, and the tests. */
const PARTS: Readonly<Record<Shape, { readonly body: string; readonly why: string; readonly fires: string; readonly quiet: string }>> = {
  any: {
    body: 'on: auth.failed\nwhere: refusals > 5\nby: [src, account]\nshape: any\nquiet: 10m',
    why: '{src} had {refusals} passwords for {account} refused.',
    fires: `{ ${FAILED} }`,
    quiet: `{ ${OTHERS} }`,
  },
  count: {
    body: 'on: auth.failed\nwhere: not trusted\nby: [src, account]\nshape: count\nlimit: $attempts\nwithin: 5m\nidle: 30m',
    why: '{src} had {count} passwords for {account} refused within {span}; {limit} within {within} are too many.',
    fires: `{ ${FAILED}, times: 10, every: 1s }`,
    quiet: `{ ${OTHERS}, times: 9, every: 1s }`,
  },
  distinct: {
    body: 'on: auth.failed\nby: [src]\nshape: distinct\nfield: account\nlimit: $attempts\nwithin: 5m\nidle: 30m',
    why: '{src} had passwords for {count} accounts refused within {span}; {limit} within {within} are too many.',
    fires: '{ type: auth.failed, src: 192.0.2.66, account: "{n}@example.org", times: 10, every: 1s }',
    quiet: `{ ${OTHERS}, times: 50, every: 1s }`,
  },
  sequence: {
    body: `shape: sequence
by: [account]
within: 10m
steps:
  - { name: refused, on: auth.failed, times: 3 }
  - { name: used, on: account.used, where: src != refused.src }`,
    why: 'After {refused.src} had passwords for {account} refused, {src} used it.',
    fires: `{ ${FAILED}, times: 3 }\n      - { type: account.used, at: 10s, src: 192.0.2.67, account: 1003@example.org }`,
    quiet: `{ ${FAILED}, times: 3 }\n      - { type: account.used, at: 10s, src: 192.0.2.66, account: 1003@example.org }`,
  },
  absence: {
    body: `shape: absence
by: [callId]
within: 32s
steps:
  - { name: answered, on: dialog.started }
  - { name: acknowledged, on: dialog.confirmed }`,
    why: 'The call {callId} of {src} was answered and not acknowledged within 32 seconds.',
    fires: '{ type: dialog.started, callId: a, src: 192.0.2.66 }',
    quiet: '{ type: dialog.started, callId: a, src: 192.0.2.7 }\n      - { type: dialog.confirmed, at: 1s, callId: a, src: 192.0.2.7 }',
  },
  schedule: {
    body: "on: dialog.started\nby: [src]\nshape: schedule\nat: '0 22 * * *'\nzone: '+00:00'\nwithin: 8h\nexpect: none\nquiet: 1h",
    why: '{src} calls at night.',
    fires: '{ type: dialog.started, at: 23h, src: 192.0.2.66 }',
    quiet: '{ type: dialog.started, at: 12h, src: 192.0.2.7 }',
  },
  script: {
    body: 'on: dialog.ended\nby: [account]\nshape: script\nprogram: compare-profile\nverdict: code == 0\nquiet: 1d',
    why: 'The calls of {account} are not like those before: {verdict.said}',
    fires:
      '{ type: dialog.ended, account: 1003@example.org }\n      - { type: script.answered, at: 1s, asked: ID test.1.1, program: compare-profile, code: 0, said: burst }',
    quiet:
      '{ type: dialog.ended, account: alice@example.org }\n      - { type: script.answered, at: 1s, asked: ID test.1.1, program: compare-profile, code: 1 }',
  },
};

const SUBJECT: Readonly<Record<string, string>> = {
  absence: 'call, value: callId',
  sequence: 'account, value: account',
  script: 'account, value: account',
};

/** The text of a new rule file. An unknown shape is that of shape count. */
export function scaffold(id: string, shape: string): string {
  const known = SHAPES.find((name) => name === shape) ?? 'count';
  const { body, why, fires, quiet } = PARTS[known];
  const variables = body.includes('$attempts') ? 'variables:\n  attempts: { about: how many are too many, value: 10 }\n' : '';
  return `id: ${id}
version: 1
title: ${id.replaceAll('-', ' ').replace(/^./, (c) => c.toUpperCase())}
about: >
  What it finds, and why these numbers.
level: warning
class: anomaly
stage: none
${body}
subject: { kind: ${SUBJECT[known] ?? 'address, value: src'} }
${variables}why: ${JSON.stringify(why)}
falsePositives:
  - What harmless thing may look like this, and what to do about it.
references:
  - Paper, RFC or requirement.
tests:
  - name: what fires it
    events:
      - ${fires.replace('ID', id)}
  - name: what looks like it and is harmless
    events:
      - ${quiet.replace('ID', id)}
    alerts: 0
`;
}
