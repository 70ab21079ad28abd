/** Captures of tools of which only one direction is shown to the engine: what is said then, and that it says what was missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCapture } from '../../src/capture/reader.ts';
import { loadConfig } from '../../src/config.ts';
import { loadRules } from '../../src/correlate/load.ts';
import { SIP, sniff } from '../../src/decode/sniff.ts';
import { Pipeline } from '../../src/pipeline.ts';
import type { Alert } from '../../src/types.ts';
import { shared } from '../peers.ts';

type Direction = 'answers' | 'requests';

/** The last version of every Alert at warning or above, of one direction of a capture. */
async function alertsOf(path: string, direction: Direction): Promise<Alert[]> {
  const loaded = loadConfig();
  assert.ok('config' in loaded);
  const { config } = loaded;
  const { rules } = loadRules(config.rules, { profile: config.profile });
  const pipeline = new Pipeline({ config, rules, boot: 1, sinks: { events: false, calls: false } });
  const reader = await openCapture(path);
  const { packet } = reader;
  while (await reader.fill()) {
    while (reader.next()) {
      const isAnswer = Buffer.from(packet.bytes.subarray(packet.start, packet.start + 7)).toString('latin1') === 'SIP/2.0';
      const isSip = sniff(packet.bytes, packet.start, packet.end) === SIP;
      if (isSip && isAnswer === (direction === 'answers')) pipeline.handle(packet);
    }
  }
  pipeline.handle({ kind: 'tick', time: reader.lastTime, last: true });
  pipeline.command({ kind: 'finish' });
  await reader.close();
  const last = new Map(pipeline.drain().alerts.map((alert) => [alert.id, alert]));
  return [...last.values()].filter(({ level }) => level !== 'info' && level !== 'notice');
}

interface Expected {
  readonly file: string;
  readonly direction: Direction;
  readonly rule: string;
  readonly attacker: string;
  readonly outcome: Alert['outcome'];
  readonly least: number;
  readonly most: number;
}

const MISSING = { answers: 'The requests were not seen', requests: 'No answer was seen' };

const EXPECTED: readonly Expected[] = [
  // 235 guesses were refused and one accepted; of 237 challenges the first is no refusal, the second cannot be told from one.
  {
    file: 'svcrack',
    direction: 'answers',
    rule: 'password-guessing',
    attacker: '10.99.0.100',
    outcome: 'succeeded',
    least: 235,
    most: 236,
  },
  // The first half second is not judged, and nothing shows which guess was right.
  { file: 'svcrack', direction: 'requests', rule: 'password-guessing', attacker: '10.99.0.100', outcome: 'unknown', least: 100, most: 236 },
  { file: 'svwar_reg', direction: 'answers', rule: 'extension-scan', attacker: '10.99.0.100', outcome: 'unknown', least: 101, most: 202 },
  { file: 'svwar_reg', direction: 'requests', rule: 'extension-scan', attacker: '10.99.0.100', outcome: 'unknown', least: 50, most: 202 },
  { file: 'svwar_invite', direction: 'answers', rule: 'extension-scan', attacker: '10.99.0.100', outcome: 'unknown', least: 11, most: 52 },
  { file: 'svwar_opt', direction: 'answers', rule: 'extension-scan', attacker: '10.99.0.100', outcome: 'unknown', least: 102, most: 102 },
];

for (const { file, direction, rule, attacker, outcome, least, most } of EXPECTED) {
  const capture = shared(`captures/tools/${file}.pcap`);
  test(`${file}, ${direction} only: ${rule}`, { skip: capture.skip }, async () => {
    const alerts = await alertsOf(capture.path, direction);
    assert.deepEqual(
      alerts.map((alert) => [alert.rule, alert.subject.value, alert.outcome]),
      [[rule, attacker, outcome]],
    );
    const { count, why } = alerts[0]!;
    assert.ok(count >= least && count <= most, `count ${count}`);
    assert.ok(why.includes(MISSING[direction]), why);
  });
}

const ordinary = shared('bench/real_mix.pcap');
for (const direction of ['answers', 'requests'] as const) {
  test(`ordinary signalling, ${direction} only: nothing`, { skip: ordinary.skip }, async () => {
    assert.deepEqual(await alertsOf(ordinary.path, direction), []);
  });
}
