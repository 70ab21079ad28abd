/** For tests only. */

/** A rule file without fault; tests change parts of it. */
export const GOOD = {
  id: 'guess',
  version: 1,
  title: 'Guess',
  level: 'high',
  class: 'password-guessing',
  stage: 'credential',
  on: 'auth.failed',
  where: 'refusals > $least',
  by: ['src', 'account'],
  shape: 'count',
  limit: 3,
  within: '1m',
  idle: '5m',
  subject: { kind: 'address', value: 'src' },
  target: { kind: 'account', value: 'account' },
  variables: { least: { about: 'fewest refusals', value: 0 }, pause: { about: 'a pause', value: '2m' } },
  why: '{src} {count}',
  falsePositives: ['none known'],
  references: ['none'],
  tests: [
    { name: 'fires', events: [{ type: 'auth.failed', times: 3, src: '192.0.2.1', refusals: 1 }] },
    { name: 'does not', events: [{ type: 'auth.failed', src: '192.0.2.1' }], alerts: 0 },
  ],
};
