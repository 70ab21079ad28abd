/**
 * SEC slows down with all it waits for, so attacks are no longer here than they need to be over a limit;
 * `RINGFENCE_FULL=1 node --test test/sec/judge.test.ts` has them at their full length.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tool } from '../peers.ts';
import { missing, paperRules, ringfenceAlarms, secAlarms, secRules, withoutRepeats } from './judge.ts';
import { eventLines, inSeconds, withTicks } from './lines.ts';

const AFTER = 700;
/** Messages of one attack; the highest limit of the rules is 100. */
const MOST = process.env['RINGFENCE_FULL'] === undefined ? 110 : Number.POSITIVE_INFINITY;
/** Figure 6 manages profiles; it is none of the eight attacks of Table 2. */
const OF_FIGURE_6 = ['time-to-compare', 'abnormal-behavior'];

test('the rules for the eight attacks are no more than Table 2 has: 25', () => {
  const own = paperRules().filter(({ id }) => !OF_FIGURE_6.includes(id));
  assert.equal(secRules() - OF_FIGURE_6.length, 25, 'those for SEC are as many as in the paper');
  assert.ok(own.length <= 25, `${own.length}`);
  assert.equal(own.length, 15);
});

test(
  'SEC and Ringfence agree on every alarm; what differs is the second that SEC cannot divide',
  tool('sec', 'apt-get install sec'),
  async () => {
    const lines = eventLines(1, 1200, 4, MOST);
    const sec = withoutRepeats(await secAlarms(withTicks(lines, AFTER)));
    assert.ok(sec.length >= 20, `${sec.length} alarms`);
    const whole = withoutRepeats(await ringfenceAlarms(inSeconds(lines), AFTER));
    assert.deepEqual([missing(sec, whole), missing(whole, sec)], [[], []], 'times in whole seconds: no difference');
    const exact = withoutRepeats(await ringfenceAlarms(lines, AFTER));
    assert.deepEqual(missing(exact, sec), [], 'nothing that SEC does not find');
    // Media 5.5 s after the BYE, where the rule says five seconds: SEC sees 5.
    assert.deepEqual(
      missing(sec, exact).filter((each) => !each.startsWith('bye-attack ')),
      [],
    );
    assert.equal(missing(sec, exact).length, 1);
  },
);
