/**
 * The messages of a run with their labels: what message and slice level are counted on. A message is a packet of
 * merged.pcap.gz that carries SIP; a labelled packet that carries none (media, a bare UDP flood) is in the list too, marked.
 */
import type { Label } from '../lab/record/folder.ts';
import { addressText, keptText } from '../src/bytes.ts';
import { openCaptures } from '../src/capture/captures.ts';
import type { CaptureReader } from '../src/capture/reader.ts';
import type { AddressView } from '../src/decode/message.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import { SIP, sniff } from '../src/decode/sniff.ts';
import { RingfenceError } from '../src/errors.ts';
import type { Packet } from '../src/types.ts';

/** Columns of the list, in order of time; texts are numbers in `texts`. 0 is the empty text. */
export interface Messages {
  readonly count: number;
  readonly time: Float64Array;
  readonly frame: Uint32Array;
  readonly src: Uint32Array;
  readonly dst: Uint32Array;
  readonly callId: Uint32Array;
  /** `user@host` of From and To. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** 1: SIP; 0: a labelled packet of another kind. */
  readonly sip: Uint8Array;
  readonly texts: readonly string[];
}

/** Changes with the meaning of `Messages`: they are cached. */
export const MESSAGES_VERSION = 1;

/** One message while they are collected. */
interface Row {
  readonly time: number;
  readonly frame: number;
  readonly src: number;
  readonly dst: number;
  readonly callId: number;
  readonly from: number;
  readonly to: number;
  readonly sip: number;
}

/** Texts, each once. */
class Texts {
  readonly list: string[] = [''];
  readonly #numbers = new Map<string, number>([['', 0]]);

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

/**
 * Reads the messages of a capture.
 * @param capture merged.pcap.gz.
 * @param labels of its packets.
 * @throws RingfenceError if the capture cannot be read to its end: a half one is not judged.
 */
export async function readMessages(capture: string, labels: readonly Label[]): Promise<Messages> {
  const { reader, faults } = await openCaptures([capture]);
  const texts = new Texts();
  const rows: Row[] = [];
  const labelled = new Set(labels.flatMap(({ frame }) => (frame === undefined ? [] : [frame])));
  try {
    while (await reader.fill()) takeAll(reader, texts, labelled, rows);
  } finally {
    await reader.close();
  }
  const [fault] = [...faults(), ...reader.faults];
  if (fault !== undefined) throw new RingfenceError(fault.code, capture, fault.message);
  return columns(rows, texts.list);
}

const message = createMessage();

function takeAll(reader: CaptureReader, texts: Texts, labelled: ReadonlySet<number>, rows: Row[]): void {
  const { packet } = reader;
  while (reader.next()) {
    const sip = sniff(packet.bytes, packet.start, packet.end) === SIP;
    if (sip || labelled.has(packet.frameNumber)) rows.push(rowOf(packet, sip, texts));
  }
}

function rowOf(packet: Packet, sip: boolean, texts: Texts): Row {
  const { time, frameNumber: frame, bytes, start, end } = packet;
  const row = { time, frame, src: texts.number(addressText(packet.src)), dst: texts.number(addressText(packet.dst)) };
  if (!sip || !parseSip(message, bytes, start, end, packet.truncated)) return { ...row, callId: 0, from: 0, to: 0, sip: sip ? 1 : 0 };
  const callId = texts.number(keptText(bytes, message.callId.start, message.callId.end));
  return { ...row, callId, from: texts.number(account(message.from, bytes)), to: texts.number(account(message.to, bytes)), sip: 1 };
}

/** `user@host`, or the host alone; for tel the number. */
function account({ uri: { user, host } }: AddressView, bytes: Uint8Array): string {
  const parts = [keptText(bytes, user.start, user.end), keptText(bytes, host.start, host.end)];
  return parts.filter((part) => part !== '').join('@');
}

function columns(rows: Row[], texts: readonly string[]): Messages {
  rows.sort((a, b) => a.time - b.time || a.frame - b.frame);
  const column = (of: (row: Row) => number): Uint32Array => Uint32Array.from(rows, of);
  return {
    count: rows.length,
    time: Float64Array.from(rows, (row) => row.time),
    frame: column((row) => row.frame),
    src: column((row) => row.src),
    dst: column((row) => row.dst),
    callId: column((row) => row.callId),
    from: column((row) => row.from),
    to: column((row) => row.to),
    sip: Uint8Array.from(rows, (row) => row.sip),
    texts,
  };
}
