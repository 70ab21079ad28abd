/** RTP streams of the agents, all sent from one shared tick. */
import type { Socket } from 'node:dgram';
import type { Random } from '../random.ts';
import type { Peer, Witness } from './endpoint.ts';
import { type Codec, framesOf, noise, type Voice } from './sound.ts';

/** Something that sends a packet each `interval` milliseconds. `due` is in milliseconds of `performance.now()`. */
export interface Ticking {
  due: number;
  readonly interval: number;
  tick(): void;
}

const TICK = 5;
/** A sender that is later than this skips what it missed instead of sending a burst. */
const SKIP = 200;
const ticking = new Set<Ticking>();
let running = false;

/** Lets it tick from now on, at a phase of its own. */
export function startTicking(one: Ticking, phase: number): void {
  one.due = performance.now() + phase * one.interval;
  ticking.add(one);
  if (!running) setTimeout(tickAll, TICK);
  running = true;
}

/** Ends its ticks; the shared timer ends with the last of them. */
export function stopTicking(one: Ticking): void {
  ticking.delete(one);
}

function tickAll(): void {
  const now = performance.now();
  for (const one of ticking) {
    if (one.due > now) continue;
    one.due = now - one.due > SKIP ? now + one.interval : one.due + one.interval;
    one.tick();
  }
  running = ticking.size > 0;
  if (running) setTimeout(tickAll, TICK);
}

/** How a stream is sent. */
export interface StreamSetup {
  readonly socket: Socket;
  readonly codec: Codec;
  readonly ptime: number;
  readonly voice: Voice;
  readonly random: Random;
  readonly startsAtZero: boolean;
  /** Payload type of telephone-event. */
  readonly dtmf: number;
  /** Sends comfort noise (RFC 3389) and then nothing while the speaker is silent. */
  readonly comfortNoise: boolean;
  readonly witness?: Witness | undefined;
  /** `ip:port` that the packets leave from. */
  readonly src: string;
}

interface Digit {
  readonly event: number;
  readonly timestamp: number;
  step: number;
}

/** Packets that one key press takes: of sound, and of its end (sent three times, RFC 4733 §2.5.1.4). */
const DIGIT_PACKETS = 6;
const DIGIT_ENDS = 3;

/** One RTP stream. */
export class RtpStream implements Ticking {
  due = 0;
  readonly interval: number;
  to: Peer | undefined;
  packets = 0;
  octets = 0;
  sequence: number;
  timestamp: number;
  ssrc: number;
  #setup: StreamSetup;
  readonly #packet: Buffer;
  #marker = true;
  #silent = false;
  readonly #digits: Digit[] = [];

  constructor(setup: StreamSetup) {
    const { random, ptime, codec } = setup;
    this.#setup = setup;
    this.interval = ptime;
    this.sequence = setup.startsAtZero ? 0 : random.integer(0, 65535);
    this.timestamp = setup.startsAtZero ? 0 : random.integer(0, 0xffffffff);
    this.ssrc = random.integer(1, 0xffffffff);
    this.#packet = Buffer.alloc(12 + (ptime / 10) * codec.frameBytes);
  }

  get codec(): Codec {
    return this.#setup.codec;
  }

  start(): void {
    this.#marker = true;
    startTicking(this, this.#setup.random.unit());
  }

  /** Falls silent; with comfort noise it says so once (RFC 3389). */
  pause(): void {
    stopTicking(this);
    if (this.#setup.comfortNoise && !this.#silent && this.packets > 0) this.#sendNoise();
  }

  /** Speaks again as if so many seconds had been silent: sequence goes on, the timestamp has moved (RFC 3550 §5.1). */
  resume(seconds: number): void {
    this.timestamp = (this.timestamp + Math.round(seconds * 8000)) >>> 0;
    this.#silent = false;
    this.start();
  }

  /** Another sound from now on. */
  changeVoice(voice: Voice): void {
    this.#setup = { ...this.#setup, voice };
  }

  /** Another synchronisation source from now on: music on hold, a transfer (RFC 3550 §8). */
  changeSource(): void {
    const { random } = this.#setup;
    this.ssrc = random.integer(1, 0xffffffff);
    this.sequence = random.integer(0, 65535);
    this.timestamp = random.integer(0, 0xffffffff);
    this.#marker = true;
  }

  /** Presses keys, one after the other. */
  press(digits: string): void {
    for (const digit of digits) {
      const event = '0123456789*#ABCD'.indexOf(digit);
      if (event >= 0) this.#digits.push({ event, timestamp: 0, step: 0 });
    }
  }

  tick(): void {
    const samples = this.interval * 8;
    if (this.#digits.length > 0) this.#sendDigit(samples);
    else this.#sendSound();
    this.timestamp = (this.timestamp + samples) >>> 0;
  }

  #sendSound(): void {
    const { codec, voice, comfortNoise } = this.#setup;
    const frames = framesOf(codec);
    let heard = false;
    for (let at = 12; at < this.#packet.length; at += codec.frameBytes) {
      const frame = voice();
      heard ||= frame !== undefined;
      this.#packet.set(frames[frame ?? noise(this.packets + at)] ?? frames[0]!, at);
    }
    if (heard || !comfortNoise) {
      this.#marker ||= this.#silent;
      this.#silent = false;
      this.#send(this.#packet, codec.payloadType, this.timestamp);
    } else if (!this.#silent) this.#sendNoise();
  }

  #sendNoise(): void {
    this.#silent = true;
    this.#send(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60 + (this.packets & 7)]), 13, this.timestamp);
  }

  #sendDigit(samples: number): void {
    const digit = this.#digits[0];
    if (!digit) return;
    const start = digit.step === 0 ? this.timestamp : digit.timestamp;
    this.#digits[0] = { event: digit.event, timestamp: start, step: digit.step + 1 };
    const ends = digit.step >= DIGIT_PACKETS;
    const packet = Buffer.alloc(16);
    packet[12] = digit.event;
    packet[13] = (ends ? 0x80 : 0) | 10;
    packet.writeUInt16BE(Math.min(digit.step + 1, DIGIT_PACKETS) * samples, 14);
    this.#marker = digit.step === 0;
    this.#send(packet, this.#setup.dtmf, start);
    if (digit.step + 1 >= DIGIT_PACKETS + DIGIT_ENDS) this.#digits.shift();
  }

  #send(packet: Buffer, payloadType: number, timestamp: number): void {
    if (!this.to) return;
    packet[0] = 0x80;
    packet[1] = (this.#marker ? 0x80 : 0) | payloadType;
    packet.writeUInt16BE(this.sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    this.#marker = false;
    this.sequence = (this.sequence + 1) & 0xffff;
    this.packets++;
    this.octets += packet.length - 12;
    this.#setup.witness?.(packet, this.#setup.src, `${this.to.address}:${this.to.port}`);
    this.#setup.socket.send(packet, this.to.port, this.to.address);
  }
}
