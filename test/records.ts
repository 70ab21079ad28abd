/** Records of SIP messages for tests: read, tracked and packed as the engine does it. */
import assert from 'node:assert/strict';
import { parseConfig } from '../src/config.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import { pack, RECORD_WORDS } from '../src/detect/record.ts';
import { SipRecords } from '../src/siprecords.ts';
import { Tracker } from '../src/track/tracker.ts';
import type { Packet } from '../src/types.ts';
import { packetOf } from './talk.ts';

const standard = parseConfig('', 'config');
assert.ok('config' in standard);
/** All tables small: they are made for every batch. */
const loaded = parseConfig(
  `tables:\n${Object.keys(standard.config.tables)
    .map((name) => `  ${name}: 64\n`)
    .join('')}`,
  'config',
);

/** A message and where it goes. */
export interface Said {
  readonly payload: string | Uint8Array;
  /** µs; frame numbers count from 1. */
  readonly time?: number;
  readonly src?: string;
  readonly dst?: string;
  readonly packet?: Partial<Packet>;
}

/** A batch of these messages, in order. */
export function recordsOf(said: readonly Said[]): SipRecords {
  const message = createMessage();
  assert.ok('config' in loaded);
  const tracker = new Tracker(loaded.config.tables, { k0: 1, k1: 2 }, message, { calls: false, silence: false });
  const records = new SipRecords(RECORD_WORDS);
  for (const [
    i,
    { payload, time = 1_700_000_000_123_456 + i, src = '192.0.2.1:5060', dst = '192.0.2.2:5062', packet: change },
  ] of said.entries()) {
    const packet = { ...packetOf(payload, time, src, dst, i + 1), ...change };
    assert.ok(parseSip(message, packet.bytes, packet.start, packet.end));
    pack(records, tracker.observe(packet, message, packet.time));
  }
  return records;
}
