/** Fuzz target: payloads as packets through the whole engine, with the rules that come with it. */
import { BUILTIN_RULES, type Config, parseConfig } from '../../src/config.ts';
import { loadRules } from '../../src/correlate/load.ts';
import { Pipeline } from '../../src/pipeline.ts';
import type { Packet } from '../../src/types.ts';
import { payloadSeeds } from './corpus.ts';
import type { Target } from './loop.ts';

/** Endpoints that take turns, so that answers meet requests and tables see both old and new keys. */
const HOSTS = 7;
/** Entries of each table. */
const ENTRIES = 256;
/** Packets between two looks at what came out. */
const DRAIN = 500;

/** Makes the target. */
export async function engine(): Promise<Target> {
  const seeds = await payloadSeeds();
  const config = smallTables();
  const { rules, faults } = loadRules([BUILTIN_RULES], { profile: config.profile });
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.message).join('\n'));
  const pipeline = new Pipeline({ config, rules, boot: 1, sinks: { events: true, calls: true } });
  const packet = makePacket();
  return {
    name: 'engine',
    seeds: () => seeds,
    files: /\/src\/(?!.*\.test\.)/,
    run: (input) => {
      place(packet, input);
      pipeline.handle(packet);
      if (packet.ordinal % DRAIN === 0) checkUpward(pipeline);
    },
  };
}

/** Two of the hosts: their Via is believed, so that it is read as well. */
const PROXIES = ['192.0.2.2', '192.0.2.3'];

/** Tables of a few hundred entries: they fill within a short run, so that evictions run too and growth shows. */
function smallTables(): Config {
  const standard = parseConfig('{}', 'fuzz');
  const names = 'config' in standard ? Object.keys(standard.config.tables) : [];
  const tables = Object.fromEntries(names.map((name) => [name, ENTRIES]));
  const small = parseConfig(JSON.stringify({ tables, network: { proxies: PROXIES } }), 'fuzz');
  if ('faults' in small) throw new Error(small.faults.map((fault) => fault.message).join('\n'));
  return small.config;
}

function makePacket(): Packet {
  const endpoint = (): Uint8Array => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1, 0x13, 0xc4]);
  const bytes = Buffer.alloc(0);
  const ranges = { bytes, start: 0, end: 0, frame: bytes, frameStart: 0, frameEnd: 0 };
  const where = { source: 'fuzz', file: 'fuzz', link: 'ethernet' };
  const head = { kind: 'packet', time: 1.7e15, ordinal: 0, frameNumber: 0, offset: 0, where, vlan: -1, transport: 'udp' } as const;
  return {
    ...head,
    src: endpoint(),
    dst: endpoint(),
    ...ranges,
    truncated: false,
    odd: 0,
    tunnel: '',
    hep: undefined,
    handshakes: undefined,
  };
}

/** Puts the payload into the packet; who sent it, and when, follows from its bytes. */
function place(packet: Packet, input: Buffer): void {
  let sum = input.length;
  for (let i = 0; i < input.length; i += 7) sum = (sum * 31 + input[i]!) % 65_521;
  packet.ordinal++;
  packet.frameNumber++;
  packet.time += sum % 1000 === 0 ? 700_000_000 : sum;
  packet.src[15] = sum % HOSTS;
  packet.dst[15] = (sum >> 4) % HOSTS;
  packet.truncated = sum % 13 === 0;
  packet.bytes = input;
  packet.frame = input;
  packet.end = input.length;
  packet.frameEnd = input.length;
}

/** What goes up is plain data that JSON can carry, with times in order of the clock. */
function checkUpward(pipeline: Pipeline): void {
  const { events, alerts, calls } = pipeline.drain();
  for (const each of [...events, ...alerts, ...calls]) {
    const text = JSON.stringify(each);
    if (text.includes('null') && JSON.stringify(JSON.parse(text)) !== text) throw new Error(`not plain: ${text}`);
  }
  for (const { time, type, frame } of events) {
    if (!Number.isFinite(time) || time <= 0 || frame < 0) throw new Error(`${type}: time ${time}, frame ${frame}`);
  }
  for (const { rule, count, first, last } of alerts) {
    if (!(count >= 1 && first > 0 && last >= first)) throw new Error(`${rule}: count ${count}, from ${first} to ${last}`);
  }
}
