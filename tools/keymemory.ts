/**
 * `node --expose-gc tools/keymemory.ts SHAPE [--keys N] [--each N]`: what a rule of that shape holds for so many keys, each with so many Events
 * that are below its limit. One line of JSON; tools/secbench.ts runs it once for each shape.
 */
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { type CompiledRule, compileRule } from '../src/correlate/compile.ts';
import { Correlator } from '../src/correlate/correlator.ts';
import { RingfenceError } from '../src/errors.ts';
import type { Event } from '../src/types.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: 'string', default: '1000000' }, each: { type: 'string', default: '3' } },
});
const [shape = 'count'] = positionals;
const keys = Number(values.keys);
const each = Number(values.each);
/** Keys that are seen in turn before the next ones come. */
const BATCH = 10_000;
const START = 1_767_225_600e6;

const STEPS = [
  { name: 'refused', on: 'auth.failed', times: 10 },
  { name: 'used', on: 'account.used' },
];
const SHAPES: Readonly<Record<string, object>> = {
  count: { on: 'auth.failed', shape: 'count', limit: 10, within: '1d' },
  distinct: { on: 'auth.failed', shape: 'distinct', field: 'user', limit: 10, within: '1d' },
  sequence: { shape: 'sequence', instances: 1, steps: STEPS, within: '1d' },
  absence: { shape: 'absence', instances: 1, steps: STEPS, within: '1d' },
};

function ruleOf(): CompiledRule {
  const file = {
    ...{ id: 'keys', version: 1, title: 'Keys', level: 'info', class: 'anomaly', stage: 'none', by: ['src', 'account'] },
    ...{ subject: { kind: 'account', value: 'account' }, why: '{src}', falsePositives: ['none'], references: ['none'] },
    ...SHAPES[shape],
  };
  const { rule, faults } = compileRule(stringify(file), shape, 'default', {}, true);
  if (rule === undefined) throw new RingfenceError('usage', shape, faults.map(({ message }) => message).join('; '));
  return rule;
}

/** An Event of a key, its texts as fresh as those that are read from packets. */
function eventOf(key: number, n: number): Event {
  const text = (value: string): string => Buffer.from(value, 'latin1').toString('latin1');
  const src = text(`10.${(key >> 16) & 255}.${(key >> 8) & 255}.${key & 255}`);
  return {
    ...{ id: text(`node.1.${key}.${n}`), time: START + key * 1000 + n, type: 'auth.failed', node: 'node' },
    ...{ src, srcPort: 5060, dst: '198.51.100.1', dstPort: 5060, origin: 'packet', via: '', callId: text(`${key}-${n}@10.0.0.1`) },
    ...{ account: text(`${key}@example.org`), file: 'keys.pcap', frame: (key * each + n) | 0 },
    data: { user: text(`u${n}-${key}`), realm: 'example.org', refusals: n, misses: 0, hits: 0 },
  };
}

/** Bytes in use: objects and the buffers of tables. */
function held(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Hands the Events of some keys in, those of one key apart; s of CPU that took. */
function feed(correlator: Correlator, from: number, to: number): number {
  const events: Event[] = [];
  for (let n = 0; n < each; n++) for (let key = from; key < to; key++) events.push(eventOf(key, n));
  const started = process.cpuUsage();
  for (const event of events) correlator.handle(event, START + from * 1000);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

const before = held();
// Buckets of a table that is about half full hardly ever run over.
const correlator = new Correlator([ruleOf()], { node: 'node', seed: { k0: 1, k1: 2 }, capacity: keys * 2 });
let time = 0;
for (let from = 0; from < keys; from += BATCH) time += feed(correlator, from, Math.min(from + BATCH, keys));
const megabytes = Math.round((held() - before) / 1e6);
const resident = Math.round(process.memoryUsage().rss / 1e6);
console.log(
  JSON.stringify({ shape, keys, each, megabytes, resident, alerts: correlator.out.length, rate: Math.round((keys * each) / time) }),
);
