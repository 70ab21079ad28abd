/**
 * Reads benign recordings as the program itself reads captures, and measures what their clients do beside the thresholds of the
 * rules (E3-2): thresholds are chosen from this, never from attacks.
 */
import { openCaptures } from '../../src/capture/captures.ts';
import { loadConfig } from '../../src/config.ts';
import { loadRules } from '../../src/correlate/load.ts';
import { RingfenceError } from '../../src/errors.ts';
import { loadKnownClients } from '../../src/knowndna.ts';
import { Pipeline } from '../../src/pipeline.ts';
import { severity, WARNING } from '../../src/publish/findings.ts';
import { checkCapture, type Run } from '../runs.ts';
import { Behaviour, type Measure } from './behaviour.ts';
import { type Threshold, Thresholds } from './thresholds.ts';

/** What the recordings showed. */
export interface Calibration {
  readonly runs: readonly Run[];
  readonly measures: readonly Measure[];
  readonly thresholds: readonly Threshold[];
  /** Alerts at `warning` or above, by rule. */
  readonly alerts: ReadonlyMap<string, number>;
}

/**
 * Measures benign runs.
 * @throws RingfenceError `run-invalid` if a run has attacks, is of the test set, or cannot be read to its end.
 */
export async function calibrate(runs: readonly Run[], tell: (line: string) => void): Promise<Calibration> {
  for (const { path, manifest, split } of runs) {
    if (manifest.kind !== 'benign')
      throw new RingfenceError('run-invalid', path, `${path}: there are attacks in it; benign runs are wanted`);
    if (split === 'test')
      throw new RingfenceError('run-invalid', path, `${path}: of the test set (G2); thresholds are chosen on validation runs`);
  }
  const result = loadConfig();
  if (!('config' in result)) throw new RingfenceError('config-invalid', '', 'the standard configuration cannot be read');
  const { config } = result;
  const { rules } = loadRules(config.rules, { profile: config.profile, overrides: config.overrides });
  const behaviour = new Behaviour();
  const thresholds = new Thresholds(rules);
  const alerts = new Map<string, number>();
  for (const run of runs) {
    tell(`reading ${run.name}`);
    await checkCapture(run);
    const { known } = loadKnownClients(config.dna);
    const pipeline = new Pipeline({ config, rules, known, boot: 1, sinks: { events: true, calls: false } });
    await feed(run, pipeline, behaviour, thresholds, alerts);
    behaviour.close();
  }
  return { runs, measures: behaviour.measures(), thresholds: thresholds.results(), alerts };
}

async function feed(
  run: Run,
  pipeline: Pipeline,
  behaviour: Behaviour,
  thresholds: Thresholds,
  alerts: Map<string, number>,
): Promise<void> {
  const { reader, faults } = await openCaptures([run.capture]);
  const take = (): void => {
    const up = pipeline.drain();
    for (const event of up.events) thresholds.take(event, run.name);
    for (const { state, level, rule } of up.alerts) {
      if (state === 'open' && severity(level) >= WARNING) alerts.set(rule, (alerts.get(rule) ?? 0) + 1);
    }
  };
  try {
    while (await reader.fill()) {
      while (reader.next()) {
        pipeline.handle(reader.packet);
        if (pipeline.observation !== undefined) behaviour.take(pipeline.observation, reader.packet.time);
      }
      take();
    }
  } finally {
    await reader.close();
  }
  const [fault] = [...faults(), ...reader.faults];
  if (fault !== undefined) throw new RingfenceError(fault.code, run.capture, fault.message);
  pipeline.handle({ kind: 'tick', time: reader.lastTime, last: true });
  pipeline.command({ kind: 'finish' });
  take();
}
