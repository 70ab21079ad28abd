/** Encodings of RTP by name and by static payload type (RFC 3551 §6, IANA RTP media types), as one-byte codes. */
import { sameName } from '../grammar.ts';

/** Names by code; 0 stands for every other. The order is ours; new names come last. */
export const CODECS = [
  '',
  'PCMU',
  'GSM',
  'G723',
  'DVI4',
  'LPC',
  'PCMA',
  'G722',
  'L16',
  'QCELP',
  'CN',
  'MPA',
  'G728',
  'G729',
  'CelB',
  'JPEG',
  'nv',
  'H261',
  'MPV',
  'MP2T',
  'H263',
  'telephone-event',
  'opus',
  'speex',
  'iLBC',
  'AMR',
  'AMR-WB',
  'G726-16',
  'G726-24',
  'G726-32',
  'G726-40',
  'G729D',
  'G729E',
  'G7221',
  'EVS',
  'SILK',
  'H264',
  'H265',
  'VP8',
  'VP9',
  'AV1',
  'H263-1998',
  'H263-2000',
  'MP4V-ES',
  'rtx',
  'red',
  'ulpfec',
  'L8',
  'VDVI',
  'GSM-EFR',
  'GSM-HR-08',
  'iSAC',
  'CLEARMODE',
  't140',
  'tone',
  'AAL2-G726-32',
  'MPEG4-GENERIC',
  'MP4A-LATM',
  'BV16',
  'BV32',
  'PCMU-WB',
  'PCMA-WB',
  'flexfec-03',
  'G719',
  'X-NSE',
  'L24',
  'vnd.onvif.metadata',
  'parityfec',
] as const;

/** Code of comfort noise (RFC 3389). */
export const CN = 10;
/** Code of telephone-event (RFC 4733). */
export const TELEPHONE_EVENT = 21;

/** Clock rates by code, Hz; 0: unknown. */
export const CLOCKS = [0, 8000, 16000, 32000, 48000, 90000, 11025, 22050, 24000, 44100, 12000, 1000, 96000, 10000] as const;

/** Name and clock of the static payload types (RFC 3551 tables 4 and 5). */
const STATIC: Readonly<Record<number, readonly [name: (typeof CODECS)[number], clock: number]>> = {
  0: ['PCMU', 8000],
  3: ['GSM', 8000],
  4: ['G723', 8000],
  5: ['DVI4', 8000],
  6: ['DVI4', 16000],
  7: ['LPC', 8000],
  8: ['PCMA', 8000],
  9: ['G722', 8000],
  10: ['L16', 44100],
  11: ['L16', 44100],
  12: ['QCELP', 8000],
  13: ['CN', 8000],
  14: ['MPA', 90000],
  15: ['G728', 8000],
  16: ['DVI4', 11025],
  17: ['DVI4', 22050],
  18: ['G729', 8000],
  19: ['CN', 8000],
  25: ['CelB', 90000],
  26: ['JPEG', 90000],
  28: ['nv', 90000],
  31: ['H261', 90000],
  32: ['MPV', 90000],
  33: ['MP2T', 90000],
  34: ['H263', 90000],
};

/** Code of the encoding of each static payload type, 0 for the others. */
export const STATIC_CODEC: Uint8Array = new Uint8Array(128);
/** Code of the clock rate of each static payload type, 0 for the others. */
export const STATIC_CLOCK: Uint8Array = new Uint8Array(128);
for (const [type, [name, clock]] of Object.entries(STATIC)) {
  STATIC_CODEC[Number(type)] = CODECS.indexOf(name);
  STATIC_CLOCK[Number(type)] = clockCode(clock);
}

const NAMES: readonly Uint8Array[] = CODECS.map((name) => Uint8Array.from(Buffer.from(name.toLowerCase(), 'latin1')));

/** Code of the encoding name `b[start, end)`, any case (RFC 4855 §3); 0 if it is none of CODECS. */
export function codecCode(b: Uint8Array, start: number, end: number): number {
  for (let code = 1; code < NAMES.length; code++) {
    if (NAMES[code]!.length === end - start && sameName(b, start, end, NAMES[code]!)) return code;
  }
  return 0;
}

/** Code of a clock rate in Hz; 0 if it is none of CLOCKS. */
export function clockCode(hertz: number): number {
  for (let code = 1; code < CLOCKS.length; code++) if (CLOCKS[code] === hertz) return code;
  return 0;
}
