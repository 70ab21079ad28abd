/** The whole program over captures of real tools, held to `expectations.ts`; and these held to the packets by tshark. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AttackClass, LEVELS, type Level, type Outcome } from '../../src/types.ts';
import { ROOT, shared, tool } from '../peers.ts';
import type { ExpectedAlert } from './expectation.ts';
import { EXPECTATIONS } from './expectations.ts';

const tshark = tool('tshark', 'apt-get install tshark');

for (const expectation of EXPECTATIONS) {
  const capture = shared(expectation.file);

  test(`${expectation.file}: the packets show what is expected`, { skip: capture.skip || tshark.skip }, () => {
    for (const { command, printed } of expectation.proofs) {
      const run = spawnSync('sh', ['-c', command], { env: { ...process.env, PCAP: capture.path, LC_ALL: 'C' }, encoding: 'utf8' });
      assert.equal(run.stdout.replaceAll('"', '').trim(), printed, command);
    }
  });
}

/** What the test reads of an Alert in `analyze --json`. */
interface SeenAlert {
  readonly rule: string;
  readonly level: Level;
  readonly class: AttackClass;
  readonly subject: { readonly value: string };
  readonly target: { readonly value: string };
  readonly outcome: Outcome;
  readonly count: number;
  readonly sample: readonly string[];
  readonly evidence: readonly { readonly frame: number }[];
}

for (const expectation of EXPECTATIONS) {
  const capture = shared(expectation.file);

  test(`${expectation.file}: analyze says what the packets show`, { skip: capture.skip }, () => {
    const { status, alerts, text } = analyze(capture.path);
    const bad = alerts.filter((alert) => LEVELS.indexOf(alert.level) >= LEVELS.indexOf('warning'));
    const told = bad.map((alert) => `${alert.class} by ${alert.subject.value}`);
    assert.equal(status, expectation.alerts.length > 0 ? 1 : 0, text);
    for (const expected of expectation.alerts) assertRaised(expected, bad);
    const attackers = new Set(expectation.alerts.map((expected) => expected.attacker));
    const allowed = new Set([...expectation.alerts.map((expected) => expected.class), ...expectation.may]);
    const surplus = bad.filter((alert) => !attackers.has(alert.subject.value) || !allowed.has(alert.class));
    assert.deepEqual(surplus, [], `nothing else at warning or above; there is ${told.join(', ')}`);
  });
}

function analyze(path: string): { status: number | null; alerts: SeenAlert[]; text: string } {
  const args = [join(ROOT, 'bin', 'ringfence.js'), 'analyze', '--json', path];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.ok(run.status === 0 || run.status === 1, `exit code ${run.status}: ${run.stderr}`);
  const { alerts }: { alerts: SeenAlert[] } = JSON.parse(run.stdout);
  return { status: run.status, alerts, text: run.stderr };
}

/** There is exactly one such Alert, and it says who, whom, how it ended and how much of it there was. */
function assertRaised(expected: ExpectedAlert, alerts: readonly SeenAlert[]): void {
  const same = alerts.filter((each) => each.class === expected.class && each.subject.value === expected.attacker);
  const [alert] = same;
  assert.ok(
    alert !== undefined,
    `no ${expected.class} by ${expected.attacker}; there is ${JSON.stringify(alerts.map((each) => each.class))}`,
  );
  assert.equal(same.length, 1, `${expected.class}: one attack, one alert; there are ${JSON.stringify(same)}`);
  if (expected.target !== '')
    assert.ok([alert.target.value, ...alert.sample].includes(expected.target), `names ${expected.target}: ${JSON.stringify(alert)}`);
  assert.ok(expected.outcomes.includes(alert.outcome), `outcome ${alert.outcome}, expected ${expected.outcomes.join(' or ')}`);
  assert.ok(
    alert.count >= expected.least && alert.count <= expected.most,
    `count ${alert.count}, expected ${expected.least} to ${expected.most}`,
  );
  assert.ok(alert.evidence.length > 0 && alert.evidence.every(({ frame }) => frame > 0), 'names the frames that show it');
}
