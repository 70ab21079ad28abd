/** Media streams: they begin, end, change, come from nowhere, do not stop. And keys that are pressed. */
import { addressText, ENDPOINT, keptText, portOf } from '../bytes.ts';
import { KEYS } from '../decode/rtp/dtmf.ts';
import { MEDIA_TYPES } from '../decode/sdp/sdpview.ts';
import type { EventData } from '../events.ts';
import type { Media } from '../track/media/media.ts';
import { ENCRYPTIONS } from '../track/media/promises.ts';
import {
  AFTER_END,
  CONFLICT,
  DETOURED,
  DIGIT,
  DISORDERED,
  FLOODED,
  FOREIGN,
  INTRUDED,
  JUMPED,
  LATE,
  lostOf,
  OVERSIZE,
  SSRC_CHANGED,
  STARTED,
  type Stream,
} from '../track/media/streams.ts';
import { codecOf, PROMISE_NAMES } from '../track/media/toldstream.ts';
import type { Observation } from '../track/observation.ts';
import type { Packet } from '../types.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';

const STARTS = typeIndex('media.started');
const ENDS = typeIndex('media.ended');
const CHANGES = typeIndex('media.ssrc-changed');
const UNPROMISED = typeIndex('media.unpromised');
const JUMPS = typeIndex('media.jumped');
const ODD = typeIndex('media.odd');
const LATES = typeIndex('media.late');
const FLOODS = typeIndex('media.flooded');
const DISORDERS = typeIndex('media.disordered');
const DETOURS = typeIndex('media.detoured');
const DIGITS = typeIndex('dtmf.sent');

/** µs before a new SSRC within which a description explains it. */
const SIGNALLED = 10_000_000;
const SECOND = 1_000_000;

const src = new Uint8Array(ENDPOINT);
const dst = new Uint8Array(ENDPOINT);

/** Emits what a packet of RTP showed; `shown` are the bits that `Media.rtp` returned. */
export function detectMedia(shown: number, media: Media, packet: Packet, emitter: Emitter, now: number): void {
  const s = media.streams.at(media.slot);
  if ((shown & STARTED) !== 0 && emitter.wants(STARTS)) started(s, media, packet, emitter, now);
  if ((shown & DETOURED) !== 0 && emitter.wants(DETOURS)) detoured(media, packet, emitter, now);
  if ((shown & SSRC_CHANGED) !== 0 && emitter.wants(CHANGES)) changed(s, media, packet, emitter, now);
  if ((shown & INTRUDED) !== 0 && emitter.wants(UNPROMISED)) intruded(media, packet, emitter, now);
  if ((shown & JUMPED) !== 0 && (s.jumps & (s.jumps - 1)) === 0 && emitter.wants(JUMPS)) {
    const sequence = (s.bad < 0 ? s.highest : s.bad - 1) & 0xffff;
    const expected = (s.bad < 0 ? s.highest : s.highest + 1) & 0xffff;
    const data = { ...streamData(s), sequence, expected, jumps: s.jumps, packets: s.packets };
    emitter.emit('media.jumped', JUMPS, sceneOf(s, media, packet, now), data);
  }
  if ((shown & (OVERSIZE | FOREIGN | CONFLICT)) !== 0 && emitter.wants(ODD)) odd(shown, s, media, packet, emitter, now);
  if ((shown & LATE) !== 0 && emitter.wants(LATES)) {
    const why = media.lateKind === AFTER_END ? 'over' : 'replaced';
    emitter.emit('media.late', LATES, sceneOf(s, media, packet, now), { ...streamData(s), why, after: media.lateBy / SECOND });
  }
  if ((shown & FLOODED) !== 0 && emitter.wants(FLOODS)) {
    emitter.emit('media.flooded', FLOODS, sceneOf(s, media, packet, now), {
      ...streamData(s),
      rate: s.inSecond,
      ...floodOf(s, media),
    });
  }
  if ((shown & DISORDERED) !== 0 && emitter.wants(DISORDERS)) {
    const { disorder, calls, streams } = media.promises.table.at(s.promise);
    const data = { ...streamData(s), disorder, calls, streams, size: packet.end - packet.start };
    emitter.emit('media.disordered', DISORDERS, sceneOf(s, media, packet, now), data);
  }
  if ((shown & DIGIT) !== 0 && emitter.wants(DIGITS)) {
    const seconds = s.clock > 0 ? media.dtmf.duration / s.clock : 0;
    emitter.emit('dtmf.sent', DIGITS, sceneOf(s, media, packet, now), { way: 'rtp', digit: keyOf(media.dtmf.event), seconds });
  }
}

/** Emits `dtmf.sent` for an INFO; its key is in `media.dtmf`. */
export function detectInfoDigit(o: Observation, media: Media, emitter: Emitter): void {
  if (!emitter.wants(DIGITS)) return;
  const { packet, message: m } = o;
  const callId = keptText(m.bytes, m.callId.start, m.callId.end);
  const scene = {
    time: packet.time,
    src: packet.src,
    dst: packet.dst,
    callId,
    account: '',
    file: packet.where.file,
    frame: packet.frameNumber,
  };
  emitter.emit('dtmf.sent', DIGITS, scene, { way: 'info', digit: keyOf(media.dtmf.event), seconds: media.dtmf.duration / 1000 });
}

/** Emits `media.ended`; its time is that of the last packet, its frame that of the first. */
export function detectMediaEnd(slot: number, media: Media, emitter: Emitter, now: number): void {
  if (!emitter.wants(ENDS)) return;
  const s = media.streams.at(slot);
  media.endpoints(slot, src, dst);
  const scene = { time: s.last, src, dst, callId: media.callIdOf(s, now), account: '', file: s.file, frame: s.frame };
  emitter.emit('media.ended', ENDS, scene, {
    ...streamData(s),
    packets: s.packets,
    bytes: s.bytes,
    seconds: (s.last - s.first) / SECOND,
    lost: lostOf(s),
    duplicates: s.duplicates,
    late: s.late,
    conflicts: s.conflicts,
    jumps: s.jumps,
    foreign: s.foreign,
    oversized: s.oversized,
    jitter: s.jitterMax / SECOND,
    gap: s.maxGap / SECOND,
    rate: Math.max(s.rate, s.inSecond),
    digits: s.digits,
    farLoss: s.farLost < 0 ? -1 : s.farLost / 256,
    roundTrip: s.roundTrip < 0 ? -1 : s.roundTrip / SECOND,
    mos: s.mos / 10,
  });
}

function started(s: Stream, media: Media, packet: Packet, emitter: Emitter, now: number): void {
  const streams = s.promise >= 0 && s.promised > 0 ? media.promises.table.at(s.promise).streams : 0;
  emitter.emit('media.started', STARTS, sceneOf(s, media, packet, now), {
    ...streamData(s),
    sequence: s.base & 0xffff,
    timestamp: s.timestamp >>> 0,
    phase: phaseOf(s, media),
    streams,
  });
}

/** Calls and new streams of the endpoint a stream goes to. */
function floodOf(s: Stream, media: Media): { calls: number; newcomers: number } {
  if (s.promised === 0) return { calls: 1, newcomers: 0 };
  const { calls, newcomers } = media.promises.table.at(s.promise);
  return { calls, newcomers };
}

/** How far its call has come. */
function phaseOf(s: Stream, media: Media): string {
  if (!media.ofCalls.holds(s.call, s.callGeneration)) return 'none';
  if (media.ofCalls.ended(s.call) > 0) return 'over';
  return media.ofCalls.answered(s.call) > 0 ? 'call' : 'early';
}

function changed(s: Stream, media: Media, packet: Packet, emitter: Emitter, now: number): void {
  const before = media.streams.at(media.rival);
  const { told } = media.promises.table.at(s.promise);
  emitter.emit('media.ssrc-changed', CHANGES, sceneOf(s, media, packet, now), {
    ...streamData(s),
    before: before.ssrc >>> 0,
    gap: (s.first - before.last) / SECOND,
    signalled: packet.time - told < SIGNALLED,
  });
}

function intruded(media: Media, packet: Packet, emitter: Emitter, now: number): void {
  const intruder = media.streams.at(media.intruder);
  media.endpoints(media.rival, src, dst);
  const rival = addressText(src);
  const rivalPort = portOf(src);
  media.endpoints(media.intruder, src, dst);
  const scene: Scene = { ...sceneOf(intruder, media, packet, now), src, dst, file: intruder.file, frame: intruder.frame };
  const streams = intruder.promise < 0 ? 0 : media.promises.table.at(intruder.promise).streams;
  emitter.emit('media.unpromised', UNPROMISED, scene, { ...streamData(intruder), rival, rivalPort, streams });
}

function detoured(media: Media, packet: Packet, emitter: Emitter, now: number): void {
  const { detours, news, same, others } = media.neighbours;
  for (const detour of detours.slice(news)) {
    const { slot, generation } = detour;
    const described = media.neighbours.described(detour, now);
    if (!media.streams.alive(slot, generation, now)) continue;
    const s = media.streams.at(slot);
    media.endpoints(slot, src, dst);
    const scene = { ...sceneOf(s, media, packet, now), src: src.slice(), dst: dst.slice(), file: s.file, frame: s.frame };
    emitter.emit('media.detoured', DETOURS, scene, { ...streamData(s), described, same, others });
  }
}

function odd(shown: number, s: Stream, media: Media, packet: Packet, emitter: Emitter, now: number): void {
  const what = (shown & CONFLICT) !== 0 ? 'conflict' : (shown & FOREIGN) !== 0 ? 'foreign-payload' : 'oversized';
  const size = packet.end - packet.start;
  emitter.emit('media.odd', ODD, sceneOf(s, media, packet, now), { ...streamData(s), what, payloadType: s.payloadType, size });
}

function sceneOf(s: Stream, media: Media, packet: Packet, now: number): Scene {
  return {
    time: packet.time,
    src: packet.src,
    dst: packet.dst,
    callId: media.callIdOf(s, now),
    account: '',
    file: packet.where.file,
    frame: packet.frameNumber,
  };
}

type StreamData = Pick<EventData<'media.started'>, 'ssrc' | 'media' | 'codec' | 'encryption' | 'promised'>;

function streamData(s: Stream): StreamData {
  return {
    ssrc: s.ssrc >>> 0,
    media: MEDIA_TYPES[s.media]!,
    codec: codecOf(s),
    encryption: ENCRYPTIONS[s.encryption]!,
    promised: PROMISE_NAMES[s.promised]!,
  };
}

/** The key of an event code (RFC 4733 §3.2), another event as its number. */
function keyOf(event: number): string {
  return KEYS[event] ?? String(event);
}
