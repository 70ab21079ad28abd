/**
 * Calls as CSV (RFC 4180), one line each: for a spreadsheet or a billing check. Text of the capture is neutral, and a cell that a
 * spreadsheet would take for a formula begins with an apostrophe.
 */
import type { Call } from '../../types.ts';
import { isoTime } from '../layout.ts';
import { neutralCsv } from '../neutral.ts';

type Cell = string | number | boolean;

/** Columns in order, with what stands in them. Times ISO 8601 in UTC, durations in seconds; empty: not seen. */
const COLUMNS: readonly (readonly [name: string, cell: (c: Call) => Cell])[] = [
  ['callId', (c) => c.callId],
  ['group', (c) => c.group],
  ['from', (c) => c.from],
  ['to', (c) => c.to],
  ['contact', (c) => c.contact],
  ['src', (c) => c.src],
  ['dst', (c) => c.dst],
  ['transport', (c) => c.transport],
  ['complete', (c) => c.complete],
  ['start', (c) => timeOf(c.start)],
  ['ringing', (c) => timeOf(c.ringing)],
  ['answered', (c) => timeOf(c.answered)],
  ['ended', (c) => timeOf(c.ended)],
  ['duration', (c) => secondsOf(c.duration, c.complete && c.ended > 0)],
  ['billed', (c) => secondsOf(c.billed, c.answered > 0 && c.ended > 0)],
  ['setup', (c) => secondsOf(c.setup, c.setup > 0)],
  ['disposition', (c) => c.disposition],
  ['status', (c) => c.status],
  ['cause', (c) => c.cause],
  ['hungUpBy', (c) => c.hungUpBy],
  ['forks', (c) => c.forks],
  ['reinvites', (c) => c.reinvites],
  ['holds', (c) => c.holds],
  ['transfers', (c) => c.transfers],
  ['callerAgent', (c) => c.callerAgent],
  ['calleeAgent', (c) => c.calleeAgent],
  ['signalling', (c) => c.security.signalling],
  ['authenticated', (c) => c.security.authenticated],
  ['identity', (c) => c.security.identity],
  ['attestation', (c) => c.security.attestation],
  ['media', (c) => c.security.media],
  ['streams', (c) => c.streams.length],
  ['packets', (c) => c.streams.reduce((sum, { packets }) => sum + packets, 0)],
  ['lost', (c) => c.streams.reduce((sum, { lost }) => sum + lost, 0)],
  ['codecs', (c) => [...new Set(c.streams.map(({ codec }) => codec))].join(' ')],
  ['legs', (c) => c.legs.map(({ callId }) => callId).join(' ')],
];

/** The first line. */
export const CALLS_HEADER: string = line(COLUMNS.map(([name]) => name));

/** The line of one call. */
export function callLine(call: Call): string {
  return line(COLUMNS.map(([, cell]) => cellText(cell(call))));
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

function cellText(cell: Cell): string {
  return typeof cell === 'string' ? neutralCsv(cell) : String(cell);
}

function timeOf(time: number): string {
  return time === 0 ? '' : isoTime(time);
}

function secondsOf(us: number, known: boolean): string {
  return known ? (us / 1e6).toFixed(6) : '';
}
