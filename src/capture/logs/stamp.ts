/**
 * When a log line was written: the stamp at its beginning, as Asterisk, FreeSWITCH, syslog (RFC 3164, RFC 5424) and journals write it.
 * A stamp without a zone is taken as UTC, one without a year as of the last year in which it does not lie after the log's own end.
 */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DATED = /^\[?(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6})\d{0,3})?(Z| ?[+-]\d\d:?\d\d)?\]? /;
const OLD = /^\[?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?\]? /;
const DAY = 86_400_000_000;

/** A stamp: µs since 1970, and where what follows it begins. */
export interface Stamp {
  readonly time: number;
  readonly end: number;
}

/**
 * Reads the stamp of a line; undefined if it has none.
 * @param written µs when the log was written last, for stamps without a year.
 */
export function readStamp(line: string, written: number): Stamp | undefined {
  const dated = DATED.exec(line);
  if (dated !== null) {
    const [all, year, month, day, hour, minute, second, fraction, zone] = dated;
    const time = timeOf(Number(year), Number(month) - 1, [day, hour, minute, second], fraction);
    return Number.isNaN(time) ? undefined : { time: time - zoneOf(zone), end: all.length };
  }
  const old = OLD.exec(line);
  if (old === null) return undefined;
  const [all, name = '', day, hour, minute, second, fraction] = old;
  const month = MONTHS.indexOf(name);
  if (month < 0) return undefined;
  const year = new Date(written / 1000).getUTCFullYear();
  const inYear = (y: number): number => timeOf(y, month, [day, hour, minute, second], fraction);
  const time = inYear(year) > written + DAY ? inYear(year - 1) : inYear(year);
  return Number.isNaN(time) ? undefined : { time, end: all.length };
}

/** µs since 1970; NaN for what is no date. */
function timeOf(year: number, month: number, parts: readonly (string | undefined)[], fraction = ''): number {
  const [day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  if (month > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return Number.NaN;
  return Date.UTC(year, month, day, hour, minute, second) * 1000 + Number(fraction.padEnd(6, '0'));
}

/** µs that a zone is ahead of UTC. */
function zoneOf(zone = 'Z'): number {
  const digits = zone.replace(/[^\d]/g, '');
  if (digits === '') return 0;
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.includes('-') ? -minutes : minutes) * 60_000_000;
}
