/** `analyze --write-evidence`: reads the captures a second time and writes the frames that show each alert. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ADDRESS, ENDPOINT, isIPv4, portOf, word16 } from '../bytes.ts';
import { linkTypeOf } from '../capture/links.ts';
import { type CaptureReader, openCapture } from '../capture/reader.ts';
import { type Fault, RingfenceError } from '../errors.ts';
import type { Conversations } from '../publish/conversations.ts';
import { type EvidenceFile, evidenceFiles, MOST_BYTES } from '../publish/evidence.ts';
import type { Findings } from '../publish/findings.ts';
import type { Sink } from '../publish/sink.ts';
import { OutFile } from '../store/outfile.ts';
import type { Packet } from '../types.ts';
import { type Secrets, writeEnhanced, writeInterface, writeSecrets, writeSection } from '../wire/pcapng.ts';
import { MASKED, maskPayload } from './evidencemask.ts';

/** LINKTYPE_WIRESHARK_UPPER_PDU: a message without the frames it came in. */
const UPPER_PDU = 252;
/** µs a frame may be later than what it shows. */
const LATER = 1_000_000;
/** Bytes of a TCP header (RFC 9293 §3.1). */
const LEAST_TCP = 20;
const MOST_TCP = 60;

/** A frame as it is written. */
interface Shot {
  readonly frame: number;
  readonly time: number;
  readonly linkType: number;
  readonly data: Uint8Array;
  /** Bytes of `data` that are written, and its length on the wire. */
  kept: number;
  readonly original: number;
  /** Why it is a message and no frame; empty: it is the frame. */
  readonly alone: string;
}

const JOINED = 'put together from several frames, this is the last';
const TAKEN_OUT = 'taken out of a frame that holds more than it';

/** Writes one pcapng file per alert. */
export class EvidenceSink implements Sink {
  readonly name = 'evidence';
  readonly #folder: string;
  readonly #bodies: boolean;
  readonly #conversations: Conversations;
  readonly #faults: Fault[];

  /**
   * @param bodies keep digits and the text of messages.
   * @param faults takes what cannot be shown.
   * @throws RingfenceError `output-failed` if the folder cannot be made.
   */
  constructor(folder: string, bodies: boolean, conversations: Conversations, faults: Fault[]) {
    this.#folder = folder;
    this.#bodies = bodies;
    this.#conversations = conversations;
    this.#faults = faults;
    try {
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) mkdirSync(folder);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RingfenceError('output-failed', folder, `cannot write evidence into ${folder}: ${reason}`);
    }
  }

  take(): void {}

  async finish(findings: Findings): Promise<void> {
    const { files, leftOut } = await evidenceFiles(findings, this.#conversations);
    if (leftOut > 0) this.#fault(this.#folder, `${leftOut} alerts have no evidence file: only the worst ${files.length} have one`);
    const writers = files.map((file) => new EvidenceWriter(join(this.#folder, file.name), file, this.#bodies));
    try {
      for (const name of new Set(files.flatMap(({ frames }) => [...frames.keys()]))) {
        await this.#read(
          name,
          writers.filter(({ file }) => file.frames.has(name)),
        );
      }
      for (const writer of writers) writer.commit();
    } finally {
      for (const writer of writers) writer.abandon();
    }
  }

  abandon(): void {}

  /** The second pass over one capture. */
  async #read(name: string, writers: readonly EvidenceWriter[]): Promise<void> {
    if (name === '-') {
      this.#fault(name, 'evidence cannot be taken from standard input, which is read only once: give the capture as a file');
      return;
    }
    const last = writers.reduce((most, { file }) => Math.max(most, ...(file.frames.get(name)?.keys() ?? [])), 0);
    const wanted = writers.reduce((sum, { file }) => sum + (file.frames.get(name)?.size ?? 0), 0);
    const missing = wanted - (await this.#readFrames(name, last, writers));
    if (missing > 0) this.#fault(name, `${name}: ${missing} frames that show alerts were not found again; was it renamed or written anew?`);
  }

  /** How many of the wanted frames were there. */
  async #readFrames(name: string, last: number, writers: readonly EvidenceWriter[]): Promise<number> {
    const reader = await openAgain(name);
    if (reader === undefined) return 0;
    let found = 0;
    try {
      let shot: Shot | undefined;
      reading: while (await reader.fill()) {
        while (reader.next()) {
          const { packet } = reader;
          if (packet.frameNumber > last) break reading;
          if (shot !== undefined && shot.frame !== packet.frameNumber) found += write(writers, name, shot, reader.secrets);
          if (shot?.frame !== packet.frameNumber) shot = undefined;
          if (writers.some(({ file }) => file.frames.get(name)?.has(packet.frameNumber) === true)) shot = this.#shoot(packet, shot);
        }
      }
      if (shot !== undefined) found += write(writers, name, shot, reader.secrets);
    } finally {
      await reader.close();
    }
    return found;
  }

  /** The frame of a packet, masked; a frame with several messages is masked in several steps. */
  #shoot(p: Packet, before: Shot | undefined): Shot {
    if (before !== undefined && before.alone !== '') return before;
    const shot = before ?? shotOf(p);
    const at = shot.alone === '' ? p.start - p.frameStart : shot.data.length - (p.end - p.start);
    // Behind the first message of a stream's frame everything was masked: the others come back one by one.
    if (before !== undefined) shot.data.set(p.bytes.subarray(p.start, p.end), at);
    const kept = at + maskPayload(p, shot.data, at, this.#bodies);
    if (kept < at + p.end - p.start) shot.kept = Math.min(shot.kept, kept);
    return shot;
  }

  #fault(where: string, message: string): void {
    this.#faults.push({ code: 'output-failed', where, message });
  }
}

/** A capture that was read before; undefined if it is gone, or none any more. */
async function openAgain(name: string): Promise<CaptureReader | undefined> {
  try {
    return await openCapture(name);
  } catch (error) {
    if (error instanceof RingfenceError) return undefined;
    throw error;
  }
}

/** Adds a frame to the files that want it; how many do. */
function write(writers: readonly EvidenceWriter[], name: string, shot: Shot, secrets: readonly Secrets[]): number {
  return writers.filter((writer) => writer.add(name, shot, secrets)).length;
}

/** The frame, if it can be masked where it stands, else the message. */
function shotOf(p: Packet): Shot {
  if (p.frameEnd === p.frameStart) return messageShot(p, JOINED);
  return p.hep === undefined && (p.transport === 'udp' || beginsSegment(p)) ? frameShot(p) : messageShot(p, TAKEN_OUT);
}

/** True if the payload begins behind a TCP header: nothing of another message stands before it. */
function beginsSegment({ transport, bytes, start, src, dst }: Packet): boolean {
  if (transport !== 'tcp') return false;
  for (let n = LEAST_TCP; n <= MOST_TCP; n += 4) {
    const at = start - n;
    if (at >= 0 && bytes[at + 12]! >> 4 === n / 4 && word16(bytes, at) === portOf(src) && word16(bytes, at + 2) === portOf(dst))
      return true;
  }
  return false;
}

function frameShot(p: Packet): Shot {
  // A copy: `slice` of a Buffer would be the reader's own memory.
  const data = Uint8Array.from(p.frame.subarray(p.frameStart, p.frameEnd));
  // On a stream the beginning of another message may follow, with secrets of its own.
  if (p.transport !== 'udp') data.fill(MASKED, p.end - p.frameStart);
  const linkType = linkTypeOf(p.where.link);
  return { frame: p.frameNumber, time: p.time, linkType, data, kept: data.length, original: data.length, alone: '' };
}

/** A message without its frame, as Wireshark exports it: tags of two bytes name and two length, then the message. */
function messageShot(p: Packet, alone: string): Shot {
  const four = isIPv4(p.src);
  const address = (endpoint: Uint8Array): Uint8Array => endpoint.subarray(four ? 12 : 0, ADDRESS);
  const word = (n: number): Uint8Array => Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
  const port = p.transport === 'udp' ? 3 : p.transport === 'sctp' ? 1 : 2;
  const head = Buffer.concat([
    tag(12, Buffer.from('sip\0')),
    tag(four ? 20 : 22, address(p.src.subarray(0, ENDPOINT))),
    tag(four ? 21 : 23, address(p.dst.subarray(0, ENDPOINT))),
    tag(24, word(port)),
    tag(25, word(portOf(p.src))),
    tag(26, word(portOf(p.dst))),
    tag(0, new Uint8Array(0)),
  ]);
  const data = Buffer.concat([head, p.bytes.subarray(p.start, p.end)]);
  return { frame: p.frameNumber, time: p.time, linkType: UPPER_PDU, data, kept: data.length, original: data.length, alone };
}

function tag(kind: number, value: Uint8Array): Uint8Array {
  return Uint8Array.of(0, kind, 0, value.length, ...value);
}

/** One file being written. */
class EvidenceWriter {
  readonly file: EvidenceFile;
  readonly #out: OutFile;
  readonly #interfaces: number[] = [];
  readonly #secretsOf = new Set<string>();
  #frames = 0;

  constructor(path: string, file: EvidenceFile, bodies: boolean) {
    this.file = file;
    this.#out = new OutFile(path);
    const left = file.leftOut > 0 ? ` ${file.leftOut} more frames would belong here.` : '';
    const masked = bodies ? 'passwords' : 'passwords, digits and text of messages';
    this.#out.write(writeSection(false, `${file.about}${left} Masked: ${masked}; media is cut off.`));
  }

  /** Adds a frame if this file wants it and has room for it. True if it is wanted; one of a later time is another one of that number. */
  add(name: string, shot: Shot, secrets: readonly Secrets[]): boolean {
    const wanted = this.file.frames.get(name)?.get(shot.frame);
    if (wanted === undefined || shot.time > wanted.time + LATER) return false;
    if (this.#out.written + shot.kept > MOST_BYTES) return true;
    if (!this.#secretsOf.has(name)) for (const secret of secrets) this.#out.write(writeSecrets(secret));
    this.#secretsOf.add(name);
    let face = this.#interfaces.indexOf(shot.linkType);
    if (face < 0) {
      face = this.#interfaces.push(shot.linkType) - 1;
      this.#out.write(writeInterface({ linkType: shot.linkType }));
    }
    const data = shot.data.subarray(0, shot.kept);
    const note = shot.alone === '' ? wanted.comment : `${wanted.comment}; ${shot.alone}`;
    this.#out.write(writeEnhanced(face, BigInt(Math.floor(shot.time)), data, false, shot.original, note));
    this.#frames++;
    return true;
  }

  /** Gives the file its name; a file without any frame is not kept. */
  commit(): void {
    if (this.#frames > 0) this.#out.commit();
  }

  abandon(): void {
    this.#out.abandon();
  }
}
