/** Ringfence as a detector: the whole pipeline over the capture, with the rules and settings it comes with, and its alerts as findings. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCaptures } from '../src/capture/captures.ts';
import type { CaptureReader } from '../src/capture/reader.ts';
import { BUILTIN_DNA, BUILTIN_RULES, type Config, parseConfig } from '../src/config.ts';
import { loadRules } from '../src/correlate/load.ts';
import { RingfenceError } from '../src/errors.ts';
import { loadKnownClients } from '../src/knowndna.ts';
import { Pipeline } from '../src/pipeline.ts';
import { severity, WARNING } from '../src/publish/findings.ts';
import type { Alert, Party } from '../src/types.ts';
import { version } from '../src/version.ts';
import type { Detector, Finding, RunFolder } from './detector.ts';
import { host } from './match.ts';

/** Servers of a site that forward for others; the rest (resolver, the provider's gateway) are not the operator's proxies. */
const PROXIES = /^(proxy|edge|sbc|b2bua)/;

/** Ringfence with its standard rules. The only thing it is told of the site is what `network.proxies` is for. */
export function ringfence(): Detector {
  return { name: 'ringfence', version: `${version()}+${fingerprint()}`, available: () => undefined, findings };
}

/** 12 hexadecimal digits over everything that findings depend on: the engine and the rules. */
function fingerprint(): string {
  const source = join(import.meta.dirname, '..', 'src');
  const engine = globSync(['*.{ts,js}', '{wire,capture,decode,track,detect,correlate}/**/*.{ts,js,wasm}'], { cwd: source });
  const files = engine.filter((name) => !/\.test\.|\.d\.ts$/.test(name)).map((name) => join(source, name));
  const rules = globSync('**/*.yaml', { cwd: BUILTIN_RULES }).map((name) => join(BUILTIN_RULES, name));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), ...rules.sort(), BUILTIN_DNA, import.meta.filename]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

/** Configuration as the operator of the site would write it. */
function configOf({ site }: RunFolder): Config {
  const proxies = Object.entries(site.servers).filter(([name]) => PROXIES.test(name));
  const network = { proxies: [...new Set(proxies.map(([, address]) => host(address)))] };
  const result = parseConfig(JSON.stringify({ network }), 'eval');
  if ('config' in result) return result.config;
  const [fault] = result.faults;
  throw new RingfenceError('config-invalid', 'eval', fault?.message ?? 'the site has no valid configuration');
}

async function findings(run: RunFolder): Promise<Finding[]> {
  const config = configOf(run);
  const { rules, faults: wrong } = loadRules(config.rules, { profile: config.profile, overrides: config.overrides });
  if (wrong[0] !== undefined) throw new RingfenceError('rule-invalid', wrong[0].where, wrong[0].message);
  const { known } = loadKnownClients(config.dna);
  const pipeline = new Pipeline({ config, rules, known, boot: 1, sinks: { events: false, calls: false } });
  const story = new Story();
  const seconds = new Seconds(pipeline);
  const { reader, faults } = await openCaptures([run.capture], { seed: config.seed });
  try {
    while (await reader.fill()) {
      handleAll(reader, pipeline, seconds);
      story.take(pipeline.drain().alerts);
    }
  } finally {
    await reader.close();
  }
  const [fault] = [...faults(), ...reader.faults];
  if (fault !== undefined) throw new RingfenceError(fault.code, run.capture, fault.message);
  pipeline.handle({ kind: 'tick', time: reader.lastTime, last: true });
  pipeline.command({ kind: 'finish' });
  story.take(pipeline.drain().alerts);
  return story.findings();
}

function handleAll(reader: CaptureReader, pipeline: Pipeline, seconds: Seconds): void {
  while (reader.next()) {
    seconds.pass(reader.packet.time);
    pipeline.handle(reader.packet);
  }
}

const SECOND = 1_000_000;
/** Seconds of one silence that are let pass one by one; nothing waits longer than a day. */
const MOST_SECONDS = 90_000;

/** A sensor's clock: a tick for each second without a packet, as a live source gives it. Without, alarms would wait for the next packet. */
class Seconds {
  readonly #pipeline: Pipeline;
  #last = 0;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  pass(time: number): void {
    if (this.#last > 0) {
      const end = Math.min(time, this.#last + MOST_SECONDS * SECOND);
      for (let at = this.#last + SECOND; at < end; at += SECOND) this.#pipeline.handle({ kind: 'tick', time: at, last: false });
    }
    this.#last = Math.max(this.#last, time);
  }
}

/** The alerts so far: the latest version of each, and when it was first loud. */
class Story {
  readonly #latest = new Map<string, Alert>();
  readonly #told = new Map<string, number>();

  take(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      this.#latest.set(alert.id, alert);
      if (severity(alert.level) >= WARNING && !this.#told.has(alert.id)) this.#told.set(alert.id, alert.time);
    }
  }

  findings(): Finding[] {
    return [...this.#latest.values()].map((alert) => findingOf(alert, this.#told.get(alert.id) ?? alert.time));
  }
}

function findingOf(alert: Alert, time: number): Finding {
  const { subject, target, sample, first, last, level, outcome, rule, title } = alert;
  const callId = [subject, target].find(({ kind }) => kind === 'call')?.value;
  const claimed = alert.attributed === 'claimed';
  const who = nameOf(subject);
  const aim = nameOf(target);
  return {
    time,
    first,
    last,
    class: alert.class,
    level,
    ...(who === '' ? {} : claimed ? { claimed: who } : { subject: who }),
    ...(aim === '' ? {} : { target: aim }),
    also: sample,
    ...(callId === undefined ? {} : { callId }),
    outcome,
    text: `${rule}: ${title}`,
  };
}

function nameOf({ kind, value }: Party): string {
  return kind === 'call' || kind === 'none' ? '' : value;
}
