/** As much of DNS as the site's resolver needs (RFC 1035, RFC 2782 SRV, RFC 3403 NAPTR): one question in, some records out. */

/** What a client asked. */
export interface Question {
  readonly id: number;
  /** Lower case, without the dot at its end. */
  readonly name: string;
  readonly type: number;
  /** The question section as it came, to be repeated in the answer. */
  readonly section: Uint8Array;
}

/** Numbers of the types of records that the resolver knows. */
export const TYPES = { A: 1, SRV: 33, NAPTR: 35 } as const;

/** One record of an answer, its data ready for the wire; it answers the question's name. */
export interface ResourceRecord {
  readonly type: number;
  readonly data: Uint8Array;
}

/** Reads a query; undefined if it is none or is broken. Compression has no place in a question. */
export function readQuestion(packet: Uint8Array): Question | undefined {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if (bytes.length < 17 || (bytes[2]! & 0xf8) !== 0 || bytes.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = 12;
  for (let length = bytes[at]!; length !== 0; length = bytes[at] ?? 64) {
    if (length > 63 || at + 1 + length >= bytes.length) return undefined;
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > bytes.length) return undefined;
  return {
    id: bytes.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type: bytes.readUInt16BE(at + 1),
    section: bytes.subarray(12, at + 5),
  };
}

/** The answer to a question: these records, or NXDOMAIN where the name does not exist. */
export function writeAnswer(question: Question, records: readonly ResourceRecord[], exists: boolean): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(question.id, 0);
  // An answer, authoritative, recursion as desired and available; response code 3 is NXDOMAIN.
  head.writeUInt16BE(exists ? 0x8580 : 0x8583, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, question.section, ...records.map(writeRecord)]);
}

function writeRecord({ type, data }: ResourceRecord): Buffer {
  const head = Buffer.alloc(12);
  // A pointer to the question's name, at byte 12 of the packet.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(300, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** Address record. */
export function addressRecord(address: string): ResourceRecord {
  return { type: TYPES.A, data: Uint8Array.from(address.split('.'), Number) };
}

/** SRV record with priority 10 and weight 0. */
export function serviceRecord(target: string, port: number): ResourceRecord {
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(10, 0);
  numbers.writeUInt16BE(port, 4);
  return { type: TYPES.SRV, data: Buffer.concat([numbers, writeName(target)]) };
}

/** NAPTR record that points to a SRV name for SIP over UDP (RFC 3263 §4.1). */
export function pointerRecord(service: string): ResourceRecord {
  const numbers = Buffer.from([0, 10, 0, 50]);
  return { type: TYPES.NAPTR, data: Buffer.concat([numbers, text('s'), text('SIP+D2U'), text(''), writeName(service)]) };
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
}

function writeName(name: string): Buffer {
  return Buffer.concat([...name.split('.').map(text), Buffer.alloc(1)]);
}
