/** The parts of a week: recordings, or what one attacker did in one, moved in time as a whole. */
import { type Run, readLabels } from '../../eval/runs.ts';
import type { Campaign, Label } from '../record/folder.ts';
import { callIdOf, type Frame, hashOf } from '../record/frames.ts';
import { disguised, type Guise } from './disguise.ts';
import { frameOf, recordsOf } from './records.ts';
import { ipOf, isOf } from './tally.ts';

/** A packet of the week; `label` if an attacker sent it, without its frame number. */
export interface WeekPacket {
  readonly time: number;
  readonly data: Uint8Array;
  readonly label?: Label;
}

/** Packets that move together. */
export interface Part {
  /** Of its first packet, µs since 1970 in the week. */
  readonly start: number;
  /** In the order of their times, batch by batch. */
  packets(): AsyncGenerator<readonly WeekPacket[]>;
}

/** A whole recording, with its labels under the name of a campaign of the week. */
export function wholePart(run: Run, shift: number, campaign: string): Part {
  return { start: run.first + shift, packets: () => whole(run, shift, campaign) };
}

async function* whole(run: Run, shift: number, campaign: string): AsyncGenerator<readonly WeekPacket[]> {
  const labels = new Map(readLabels(run).map((label) => [label.frame, label]));
  let number = 0;
  for await (const batch of recordsOf(run.capture)) {
    const first = number;
    number += batch.length;
    yield batch.map(({ time, data }, i) => {
      const label = labels.get(first + i + 1);
      const moved = { time: time + shift, data };
      return label === undefined ? moved : { ...moved, label: { ...label, time: moved.time, campaign } };
    });
  }
}

/** Labels of packets that were lost before they could be recorded. */
export function lostLabels(run: Run, shift: number, campaign: string): Label[] {
  return readLabels(run).flatMap((label) => (label.frame === undefined ? [{ ...label, time: label.time + shift, campaign }] : []));
}

/** What an attacker did, as somebody else. */
export interface Copy {
  readonly run: Run;
  readonly campaign: Campaign;
  readonly guise: Guise;
  readonly shift: number;
  /** Id of its campaign in the week. */
  readonly id: string;
}

/** The packets that the attacker of a recording sent and got, and no others, in disguise. */
export function copyPart(copy: Copy): Part {
  return { start: copy.campaign.first + copy.shift, packets: () => copied(copy) };
}

async function* copied({ run, campaign, guise, shift, id }: Copy): AsyncGenerator<readonly WeekPacket[]> {
  const { attack, stage } = campaign;
  for await (const batch of recordsOf(run.capture)) {
    const packets = batch.flatMap((record): WeekPacket[] => {
      const frame = frameOf(record);
      if (frame.transport !== 'udp' || !isOf(frame, guise.from)) return [];
      const data = disguised(record, guise);
      const time = record.time + shift;
      if (ipOf(frame.src) !== guise.from) return [{ time, data }];
      return [{ time, data, label: { ...labelOf(time, data), label: attack, campaign: id, stage } }];
    });
    if (packets.length > 0) yield packets;
  }
}

function labelOf(time: number, data: Buffer): Pick<Label, 'time' | 'src' | 'dst' | 'transport' | 'hash' | 'callId'> {
  const frame: Frame = frameOf({ time, data });
  const callId = callIdOf(frame);
  const hash = hashOf(data.subarray(frame.payload, frame.payloadEnd));
  return { time, src: frame.src, dst: frame.dst, transport: 'udp', hash, ...(callId === undefined ? {} : { callId }) };
}

/** Packets of all parts in the order of their times. A part is opened when its time has come, and only then. */
export async function* merged(parts: readonly Part[]): AsyncGenerator<WeekPacket> {
  const waiting = parts.toSorted((a, b) => b.start - a.start);
  const open: Cursor[] = [];
  for (;;) {
    const first = earliest(open);
    const next = waiting.at(-1);
    if (next !== undefined && (first === undefined || next.start <= first.time)) {
      waiting.pop();
      const cursor = new Cursor(next.packets());
      if (await cursor.fill()) open.push(cursor);
      continue;
    }
    if (first === undefined) return;
    yield first.take();
    if (first.isEmpty && !(await first.fill())) open.splice(open.indexOf(first), 1);
  }
}

function earliest(open: readonly Cursor[]): Cursor | undefined {
  let first = open[0];
  for (let i = 1; i < open.length; i++) if (open[i]!.time < first!.time) first = open[i];
  return first;
}

/** Where one part is. */
class Cursor {
  readonly #batches: AsyncGenerator<readonly WeekPacket[]>;
  #batch: readonly WeekPacket[] = [];
  #at = 0;

  constructor(batches: AsyncGenerator<readonly WeekPacket[]>) {
    this.#batches = batches;
  }

  get time(): number {
    return this.#batch[this.#at]!.time;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#batch.length;
  }

  take(): WeekPacket {
    return this.#batch[this.#at++]!;
  }

  /** The next batch; false at the end. */
  async fill(): Promise<boolean> {
    const { done, value } = await this.#batches.next();
    if (done === true) return false;
    this.#batch = value;
    this.#at = 0;
    return true;
  }
}
