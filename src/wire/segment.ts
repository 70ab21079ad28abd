/**
 * The codec of Event segments (docs/decisions/0004-event-segments.md): blocks with a checksum each; the first describes the
 * fields of all others, so that any later version can read them. Pure: files are the store's business.
 *
 * A block is 20 bytes, little endian (magic, stored length, raw length, rows, CRC-32 of these three and the payload) and its
 * payload: JSON under zstd. A row is an array: type, the common columns, the fields of that type, in the header's order.
 */

import { crc32, constants as z, zstdDecompressSync } from 'node:zlib';
import type { EventType, FieldKind } from '../eventfields.ts';
import { EVENT_SCHEMA, EVENTS } from '../events.ts';
import { maskPasswords } from '../passwords.ts';
import { ATTRIBUTIONS, type Event } from '../types.ts';

/** Version of the layout of blocks and rows. */
export const SEGMENT_FORMAT = 1;
/** Bytes before the payload of a block. */
export const BLOCK_HEADER = 20;
/** Most bytes of a payload, stored or raw; anything larger is damage. */
export const MAX_PAYLOAD = 1 << 26;
/** How to compress a payload: level 1 was smallest and fastest (decision 0004). */
export const COMPRESSION = { params: { [z.ZSTD_c_compressionLevel]: 1 } } as const;

const MAGIC = 0x31764652; // "RFv1"
const COMMON = ['id', 'time', 'node', 'src', 'srcPort', 'dst', 'dstPort', 'callId', 'account', 'file', 'frame', 'origin', 'via'] as const;
const SECRET = '••••';

/** One type of Event as the segment describes it. */
export interface SegmentType {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly kind: string }[];
}

/** The first block of a segment. */
export interface SegmentHeader {
  readonly format: number;
  /** `EVENT_SCHEMA` of the writer. */
  readonly schema: number;
  readonly node: string;
  readonly boot: number;
  readonly common: readonly string[];
  readonly types: readonly SegmentType[];
}

/** The numbers before a payload. */
export interface BlockHeader {
  readonly stored: number;
  readonly raw: number;
  readonly rows: number;
  readonly crc: number;
}

/** The header of a segment written now: all types of the catalogue. */
export function segmentHeader(node: string, boot: number): SegmentHeader {
  const types = Object.entries<EventType>(EVENTS).map(([name, type]) => ({
    name,
    fields: Object.entries(type.fields).map(([field, { kind }]) => ({ name: field, kind })),
  }));
  return { format: SEGMENT_FORMAT, schema: EVENT_SCHEMA, node, boot, common: COMMON, types };
}

/** Rows for the types of one header. */
export class RowEncoder {
  readonly #types = new Map<string, { index: number; fields: SegmentType['fields'] }>();

  constructor(header: SegmentHeader) {
    for (const [index, { name, fields }] of header.types.entries()) this.#types.set(name, { index, fields });
  }

  /**
   * The JSON text of an Event's row. Fields of kind secret and passwords in URIs are masked.
   * @throws TypeError for a type the header does not describe.
   */
  row(e: Event): string {
    const type = this.#types.get(e.type);
    if (type === undefined) throw new TypeError(`Event type ${e.type} is not in the catalogue`);
    const { index, fields } = type;
    const who = [e.src, e.srcPort, e.dst, e.dstPort, e.callId, e.account];
    const row: unknown[] = [index, e.id, e.time, e.node, ...who, e.file, e.frame, e.origin, e.via];
    for (const { name, kind } of fields) {
      const value = e.data[name];
      row.push(kind === 'secret' && value !== '' ? SECRET : typeof value === 'string' ? maskPasswords(value) : value);
    }
    return JSON.stringify(row);
  }
}

/** A whole block from its compressed payload. */
export function block(payload: Uint8Array, raw: number, rows: number): Buffer {
  const out = Buffer.alloc(BLOCK_HEADER + payload.length);
  out.writeUInt32LE(MAGIC, 0);
  out.writeUInt32LE(payload.length, 4);
  out.writeUInt32LE(raw, 8);
  out.writeUInt32LE(rows, 12);
  out.set(payload, BLOCK_HEADER);
  out.writeUInt32LE(checksum(out, payload), 16);
  return out;
}

/** The numbers of a block; undefined if these bytes cannot begin one. */
export function readBlockHeader(bytes: Buffer): BlockHeader | undefined {
  if (bytes.length < BLOCK_HEADER || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  const header = { stored: bytes.readUInt32LE(4), raw: bytes.readUInt32LE(8), rows: bytes.readUInt32LE(12), crc: bytes.readUInt32LE(16) };
  return header.stored > MAX_PAYLOAD || header.raw > MAX_PAYLOAD ? undefined : header;
}

/** The JSON value of a whole block; undefined if its checksum or its content is wrong. */
export function readBlock(bytes: Buffer): unknown {
  const header = readBlockHeader(bytes);
  if (header === undefined || bytes.length !== BLOCK_HEADER + header.stored) return undefined;
  const payload = bytes.subarray(BLOCK_HEADER);
  if (checksum(bytes, payload) !== header.crc) return undefined;
  try {
    const raw = zstdDecompressSync(payload, { maxOutputLength: Math.max(1, header.raw) });
    return raw.length === header.raw ? JSON.parse(raw.toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

function checksum(head: Buffer, payload: Uint8Array): number {
  return crc32(payload, crc32(head.subarray(4, 16)));
}

/** The header in the value of a first block; undefined if it is none. */
export function parseSegmentHeader(value: unknown): SegmentHeader | undefined {
  if (!isRecord(value)) return undefined;
  const { format, schema, node, boot, common, types } = value;
  if (typeof format !== 'number' || typeof schema !== 'number' || typeof node !== 'string' || typeof boot !== 'number') return undefined;
  // A newer format may describe itself in another way; its version is all an older reader needs.
  if (format > SEGMENT_FORMAT) return { format, schema, node, boot, common: [], types: [] };
  if (!isArrayOf(common, isString) || !isArrayOf(types, isSegmentType)) return undefined;
  return { format, schema, node, boot, common, types };
}

/** Turns rows of one segment back into Events. */
export class RowDecoder {
  readonly #types: readonly SegmentType[];
  readonly #missing: readonly Readonly<Record<string, string | number | boolean>>[];
  readonly #columns: readonly number[];
  readonly #width: number;

  constructor(header: SegmentHeader) {
    this.#types = header.types;
    this.#columns = COMMON.map((name) => header.common.indexOf(name) + 1 || -1);
    this.#width = header.common.length + 1;
    this.#missing = header.types.map(missingFields);
  }

  /**
   * The Event of a row; undefined if the row is damaged. A field that today's catalogue has and the segment does not is
   * empty, 0 or false; what only the segment has is kept.
   */
  event(row: unknown): Event | undefined {
    if (!Array.isArray(row)) return undefined;
    const cells: readonly unknown[] = row;
    const index = cells[0];
    const type = typeof index === 'number' ? this.#types[index] : undefined;
    if (type === undefined || cells.length !== this.#width + type.fields.length) return undefined;
    const data: Record<string, string | number | boolean> = { ...this.#missing[Number(index)] };
    for (const [i, { name }] of type.fields.entries()) {
      const value = cells[this.#width + i];
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
      data[name] = value;
    }
    const text = (column: number): string => String(cells[this.#columns[column]!] ?? '');
    const number = (column: number): number => Number(cells[this.#columns[column]!] ?? 0);
    return {
      id: text(0),
      time: number(1),
      type: type.name,
      node: text(2),
      src: text(3),
      srcPort: number(4),
      dst: text(5),
      dstPort: number(6),
      callId: text(7),
      account: text(8),
      data,
      file: text(9),
      frame: number(10),
      // Before schema 2 there was nothing but the packet.
      origin: ATTRIBUTIONS.find((name) => name === text(11)) ?? 'packet',
      via: text(12),
    };
  }
}

const TYPES: Readonly<Record<string, EventType | undefined>> = EVENTS;
const NUMBERS: ReadonlySet<FieldKind> = new Set<FieldKind>(['count', 'duration', 'status', 'port', 'number']);

function missingFields(type: SegmentType): Record<string, string | number | boolean> {
  const out: Record<string, string | number | boolean> = {};
  for (const [name, { kind }] of Object.entries(TYPES[type.name]?.fields ?? {})) {
    if (!type.fields.some((field) => field.name === name)) out[name] = kind === 'flag' ? false : NUMBERS.has(kind) ? 0 : '';
  }
  return out;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isArrayOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

function isSegmentType(value: unknown): value is SegmentType {
  return isRecord(value) && isString(value['name']) && isArrayOf(value['fields'], isField);
}

function isField(value: unknown): value is { name: string; kind: string } {
  return isRecord(value) && isString(value['name']) && isString(value['kind']);
}
