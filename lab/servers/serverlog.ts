/**
 * What the site's servers wrote, as records with a Call-ID, so that the lab can move them in time with their packets; and the
 * files that people and Fail2ban read, written from the moved records.
 */

/** A record of a server: who asked for what, and what came of it. */
export interface ServerRecord {
  /** Microseconds since 1970. */
  readonly time: number;
  readonly callId: string;
  readonly about: ServerHappening;
}

/** What a server tells. `source` is `ip:port` as the server saw it. */
export type ServerHappening =
  /** A request failed its digest (`wrong`), or named an account that does not exist (`unknown`). */
  | { readonly kind: 'wrong' | 'unknown'; readonly source: string; readonly method: string; readonly account: string }
  /** The module pike counted too many requests of this address; nobody was blocked. */
  | { readonly kind: 'pike'; readonly address: string; readonly method: string }
  | { readonly kind: 'invite'; readonly source: string; readonly from: string; readonly to: string }
  | { readonly kind: 'answer' | 'end'; readonly source: string; readonly from: string; readonly to: string; readonly status: number }
  | { readonly kind: 'bye' | 'cancel'; readonly address: string };

const LINE = /@([A-Z]+) (\d+)\.(\d+) (\S+) (.*) @$/;

/** Reads one line that the proxy wrote; undefined for whatever else stands in its output. */
export function readServerLine(line: string): ServerRecord | undefined {
  const [, kind, seconds, micros, callId, rest] = LINE.exec(line) ?? [];
  if (kind === undefined || seconds === undefined || micros === undefined || callId === undefined) return undefined;
  const about = happening(kind, (rest ?? '').split(' ').map(plainText));
  return about && { time: Number(seconds) * 1e6 + Number(micros.padEnd(6, '0')), callId: plainText(callId), about };
}

function happening(kind: string, [a = '', b = '', c = '', d = '']: readonly string[]): ServerHappening | undefined {
  switch (kind) {
    case 'FAIL':
      return { kind: 'wrong', source: `${a}:${b}`, method: c, account: d };
    case 'UNKNOWN':
      return { kind: 'unknown', source: `${a}:${b}`, method: c, account: d };
    case 'PIKE':
      return { kind: 'pike', address: a, method: b };
    case 'INVITE':
      return { kind: 'invite', source: a, from: b, to: c };
    case 'ANSWER':
      return { kind: 'answer', source: a, from: b, to: c, status: Number(d) };
    case 'END':
      return { kind: 'end', source: a, from: b, to: c, status: Number(d) };
    case 'BYE':
    case 'CANCEL':
      return { kind: kind === 'BYE' ? 'bye' : 'cancel', address: a };
    default:
      return undefined;
  }
}

function plainText(text: string): string {
  if (text === '%3cnull%3e' || text === '<null>') return '';
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The line of `security.log` for a failed digest or an unknown account, undefined for other records. It is written as
 * Asterisk's PJSIP channel logs a failed request, because that is what the filter `asterisk` of Fail2ban 1.0 reads and it
 * carries the Call-ID; what a hostile account name could break is replaced.
 */
export function securityLine({ time, callId, about }: ServerRecord): string | undefined {
  if (about.kind !== 'wrong' && about.kind !== 'unknown') return undefined;
  const reason = about.kind === 'wrong' ? 'Failed to authenticate' : 'No matching endpoint found';
  const account = plain(about.account);
  return (
    `[${localTime(time)}] NOTICE[1]: res_pjsip/pjsip_distributor.c:676 log_failed_request: Request '${plain(about.method)}' ` +
    `from '<${account}>' failed for '${about.source}' (callid: ${plain(callId)}) - ${reason}`
  );
}

/** The line of `pike.log`, undefined for other records. */
export function pikeLine({ time, about }: ServerRecord): string | undefined {
  return about.kind === 'pike' ? `[${localTime(time)}] PIKE blocked ${about.address}` : undefined;
}

const UNSAFE = /[^\x20-\x7e]|['")]/g;

function plain(text: string): string {
  return text.replace(UNSAFE, '_');
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in UTC: how the lines of these logs begin, in brackets. */
export function localTime(time: number): string {
  const iso = new Date(Math.floor(time / 1000)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(time % 1000).padStart(3, '0')}`;
}

/** A call as the proxy accounted for it. Times in microseconds since 1970. */
export interface Accounted {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly start: number;
  readonly answer?: number;
  /** Absent: no BYE ever came. */
  readonly end?: number;
  readonly status: number;
}

/** The calls that the records tell of, in the order in which they began: the proxy's CDRs. */
export function accounted(records: readonly ServerRecord[]): Accounted[] {
  const calls = new Map<string, Accounted>();
  for (const record of [...records].sort((a, b) => a.time - b.time)) {
    const { about, callId, time } = record;
    const call = calls.get(callId);
    if (about.kind === 'invite' && !call) {
      calls.set(callId, { callId, from: about.from, to: about.to, source: about.source, start: time, status: 0 });
    } else if (call) calls.set(callId, after(call, record));
  }
  return [...calls.values()];
}

function after(call: Accounted, { about, time }: ServerRecord): Accounted {
  if (about.kind === 'answer' && call.answer === undefined) return { ...call, answer: time, status: about.status };
  if (about.kind === 'end' && call.answer === undefined) return { ...call, end: time, status: about.status };
  if (about.kind === 'bye' && call.answer !== undefined && call.end === undefined) return { ...call, end: time };
  return call;
}
