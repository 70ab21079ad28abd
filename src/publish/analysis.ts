/**
 * The JSON object of `analyze --json`, written as it is read: nothing of it but one alert or call is ever in memory. Keys
 * stand in the order of the schema; every element of `alerts`, `incidents`, `calls` and `faults` has a line of its own.
 */

import type { Fault } from '../errors.ts';
import { COUNTS } from '../metrics.ts';
import { type Infer, schema } from '../schema.ts';
import {
  type Alert,
  ATTRIBUTIONS,
  type Call,
  CLASSES,
  DISPOSITIONS,
  type Evidence,
  type Incident,
  LACKING,
  LEVELS,
  type MediaStream,
  OUTCOMES,
  STAGES,
  SUBJECT_KINDS,
} from '../types.ts';
import type { FileSummary, Findings } from './findings.ts';
import { inputTotal } from './findings.ts';
import { isoTime } from './layout.ts';
import { cut, neutralJson } from './neutral.ts';

/** Version of the object; raised when a key changes its meaning or goes. */
export const ANALYSIS_SCHEMA = 1;

const ISO = '^\\d{4,6}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}Z$';
const time = (about: string) => ({ type: 'string', pattern: ISO, about: `${about}; ISO 8601, UTC, microseconds` }) as const;
const mayBeTime = (about: string) => ({ ...time(about), nullable: true }) as const;
const text = (about: string) => ({ type: 'string', about }) as const;
const whole = (about: string) => ({ type: 'integer', minimum: 0, about }) as const;
const seconds = (about: string) => ({ type: 'number', nullable: true, about: `${about}; seconds` }) as const;
const word = <const V extends readonly string[]>(values: V, about: string) => ({ type: 'enum', values, about }) as const;
const list = <const I>(items: I, about: string) => ({ type: 'array', items, about }) as const;

const party = (about: string) =>
  ({ type: 'object', about, fields: { kind: word(SUBJECT_KINDS, 'what it is'), value: text('who, as text') } }) as const;

const INPUT = {
  frames: whole('frames in the capture'),
  packets: whole('payloads that were looked at'),
  bytes: whole('bytes of the frames, as captured'),
  first: mayBeTime('time of the earliest packet, null if there was none'),
  last: mayBeTime('time of the latest packet, null if there was none'),
} as const;

/** Counters, by family. Part of the schema; EVE has it too. */
export const COUNT_FIELDS = {
  protocol: { type: 'map', values: whole('payloads'), about: COUNTS.protocol },
  method: { type: 'map', values: whole('requests'), about: COUNTS.method },
  answer: { type: 'map', values: whole('responses'), about: COUNTS.answer },
  oddity: { type: 'map', values: whole('times'), about: COUNTS.oddity },
  outcome: { type: 'map', values: whole('authentications'), about: COUNTS.outcome },
  call: { type: 'map', values: whole('calls'), about: COUNTS.call },
  media: { type: 'map', values: whole('streams, packets, keys or ms, as the label says'), about: COUNTS.media },
  dropped: { type: 'map', values: whole('frames'), about: COUNTS.dropped },
  capture: { type: 'map', values: whole('times'), about: COUNTS.capture },
} as const;

const EVIDENCE = {
  type: 'object',
  fields: {
    file: text('file as given on the command line'),
    frame: whole('frame number, counted as tshark does; 0: no packet'),
    time: time('time of the packet'),
    event: text('type of the Event'),
  },
} as const;

/** An alert. Part of the schema; EVE has it too. */
export const ALERT = {
  type: 'object',
  fields: {
    id: text('the same for the same input'),
    time: time('time of this version'),
    node: text('which node saw it'),
    rule: text('id of the rule that was met'),
    ruleVersion: whole('version of the rule'),
    title: text('title of the rule'),
    level: word(LEVELS, 'how bad'),
    class: word(CLASSES, 'what kind of attack'),
    stage: word(STAGES, 'where in the life of an attack it belongs'),
    subject: party('who did it'),
    target: party('to whom'),
    outcome: word(OUTCOMES, 'whether the attacker got what he wanted'),
    state: word(['open', 'update', 'closed'], 'closed: over before the input ended'),
    first: time('first Event that belongs to it'),
    last: time('last Event that belongs to it'),
    count: whole('Events or different values that belong to it'),
    sample: list(text('a value or an account'), 'some of the values or accounts concerned; secrets are masked'),
    fallen: { ...list(text('user@realm'), 'accounts that were seen to fall, the first ones; absent if there was none'), optional: true },
    proof: { ...EVIDENCE, about: 'the piece of evidence that showed success first; absent if there was none', optional: true },
    evidence: list(EVIDENCE, 'where to look'),
    attributed: word(ATTRIBUTIONS, 'how the address of the subject was found; packet: the source address of the packets'),
    missing: {
      ...list(word(LACKING, 'kind of evidence'), 'evidence that was not captured, so that it rests on less; absent if nothing was missing'),
      optional: true,
    },
    why: text('what was seen, against which limit'),
  },
} as const;

const BOUND = {
  reason: text('why it belongs here'),
  weight: { type: 'number', about: 'how strong the reason is, above 0 and at most 1' },
  kind: word(['same actor', 'shares knowledge'], 'what the reason proves'),
} as const;

/** An incident. Part of the schema; EVE has it too. */
export const INCIDENT = {
  type: 'object',
  fields: {
    id: text('the same for the same input'),
    subject: party('the attacker, under the address he was first seen with'),
    others: list(
      { type: 'object', fields: { address: text('address'), ...BOUND } },
      'other addresses he acted from, or whose users know what he knows',
    ),
    first: time('first Event'),
    last: time('last Event'),
    level: word(LEVELS, 'the worst of its alerts'),
    outcome: word(OUTCOMES, 'succeeded if any stage did'),
    stages: list(
      {
        type: 'object',
        fields: {
          stage: word(STAGES, 'stage'),
          first: time('first Event of the stage'),
          last: time('last Event of the stage'),
          alerts: list(text('id'), 'ids of its alerts'),
          filings: list(text('name'), 'what ATT&CK and VOIPSA call it'),
        },
      },
      'in order of time',
    ),
    links: list(
      {
        type: 'object',
        fields: {
          alert: text('id of the alert'),
          to: text('id of the alert it is linked to'),
          ...BOUND,
        },
      },
      'why these alerts are one incident',
    ),
    accounts: list(text('user@realm'), 'accounts at risk'),
    targets: list(text('address'), 'who was attacked'),
    exposure: {
      type: 'object',
      about: 'money at risk by the rate table; absent if no dear call was seen',
      optional: true,
      fields: {
        cents: { type: 'number', about: 'what the calls that ended cost at least' },
        dearest: { type: 'number', about: 'cents a minute to the dearest number' },
      },
    },
  },
} as const;

const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws', 'wss', 'sctp'] as const;

/** A media stream. Part of the schema; EVE has it too. */
export const STREAM = {
  type: 'object',
  fields: {
    src: text('address it comes from'),
    srcPort: whole('its port'),
    dst: text('address it goes to'),
    dstPort: whole('its port'),
    ssrc: whole('synchronisation source (RFC 3550 §3)'),
    media: text('as in the m= line, empty if no SDP promised it'),
    codec: text('encoding name'),
    encryption: word(['none', 'sdes', 'dtls', 'zrtp', 'srtp'], 'how it is protected'),
    first: time('first packet'),
    last: time('last packet'),
    packets: whole('packets'),
    bytes: whole('payload bytes'),
    lost: whole('packets expected and not seen'),
    duplicates: whole('packets seen twice'),
    late: whole('packets behind a later one'),
    jitter: seconds('interarrival jitter at the end'),
    jitterMax: seconds('interarrival jitter at its highest'),
    promised: word(['sdp', 'symmetric', 'none'], 'whether SDP said that it would come'),
    digits: whole('telephone events, each once'),
  },
} as const;

/** A call. Part of the schema; EVE has it too. */
export const CALL = {
  type: 'object',
  fields: {
    callId: text('Call-ID'),
    from: text('caller'),
    to: text('called'),
    contact: text('Contact URI of the caller, empty if it gave none'),
    src: text('address of the caller’s side'),
    dst: text('address of the called side'),
    transport: word(TRANSPORTS, 'how the first message that was seen of it travelled'),
    complete: { type: 'boolean', about: 'its first INVITE was seen; if not, start is when it was first seen' },
    start: time('first INVITE'),
    ringing: mayBeTime('first 180 or 183, null if there was none'),
    answered: mayBeTime('first 2xx, null if it was never answered'),
    ended: mayBeTime('BYE or refusal, null if it was not seen'),
    duration: seconds('from start to end, null if either was not seen'),
    billed: seconds('from answer to end, null if either was not seen'),
    setup: seconds('from the first INVITE to the first 180, 183 or final answer but a challenge, null if none was seen'),
    disposition: word(DISPOSITIONS, 'how it went'),
    status: whole('last final status of its INVITE, 0 if none was seen'),
    cause: whole('Q.850 cause of a Reason header (RFC 3326), 0 if there was none'),
    hungUpBy: word(['caller', 'callee', 'network', 'none'], 'who ended it; network: what lies between'),
    forks: whole('dialogs its INVITE made; more than one if it was forked'),
    reinvites: whole('INVITEs inside it'),
    holds: whole('times it was put on hold'),
    transfers: whole('REFERs in it that were accepted'),
    callerAgent: text('User-Agent of the caller, empty if it gave none'),
    calleeAgent: text('User-Agent or Server of the answer, empty if it gave none'),
    security: {
      type: 'object',
      about: 'how well it was protected, as far as that shows on the wire',
      fields: {
        signalling: word(['all', 'some', 'none'], 'hops of its INVITEs that were seen over TLS or WSS'),
        authenticated: { type: 'boolean', about: 'an INVITE with Digest credentials was accepted' },
        identity: word(['signed', 'asserted', 'none'], 'Identity header (RFC 8224), P-Asserted-Identity (RFC 3325) or neither'),
        attestation: word(['', 'A', 'B', 'C'], 'level of attestation of the PASSporT, empty if there was none'),
        media: word(['all', 'some', 'none', 'unseen'], 'its streams that are encrypted; unseen: no stream was seen'),
      },
    },
    streams: list(STREAM, 'its media'),
    legs: list(
      {
        type: 'object',
        fields: {
          callId: text('Call-ID of the other call'),
          reason: word(['session-id', 'charging-vector', 'header', 'replaces', 'numbers'], 'what joins them'),
          weight: { type: 'number', about: 'how sure that is, at most 1' },
        },
      },
      'calls that are most likely the same conversation: the other side of a B2BUA',
    ),
    group: text('Call-ID of the first call of those joined, empty if it is alone'),
  },
} as const;

const FAULT = {
  type: 'object',
  fields: {
    code: text('see docs/reference/errors.md'),
    where: text('file, or file:line:column'),
    offset: { ...whole('byte in the file'), optional: true },
    message: text('what was wrong'),
  },
} as const;

/** The schema of the whole object; published as docs/reference/analysis.schema.json. */
export const ANALYSIS = schema({
  type: 'object',
  about: 'What `ringfence analyze --json` prints.',
  fields: {
    schema: { type: 'integer', minimum: 1, about: 'version of this format; a new key does not raise it' },
    ringfence: text('version of the program'),
    input: {
      type: 'object',
      about: 'what was read',
      fields: {
        ...INPUT,
        skipped: { type: 'map', values: whole('files'), about: 'files in folders, or named twice, that were not read, by reason' },
        files: list({ type: 'object', fields: { name: text('as given on the command line, - for standard input'), ...INPUT } }, 'per file'),
      },
    },
    counts: { type: 'object', about: 'what was counted, by family and label', fields: COUNT_FIELDS },
    alerts: list(ALERT, 'one per id, its last version'),
    incidents: list(INCIDENT, 'alerts by attacker'),
    calls: list(CALL, 'calls as far as their signalling was seen'),
    faults: list(FAULT, 'what could not be read or done'),
  },
});

/** The object as a program reads it. Lists that may be long come as they are. */
export type Analysis = Infer<typeof ANALYSIS>;

/** The text of the JSON object, in pieces. */
export async function* analysisJson(findings: Findings): AsyncGenerator<string, void, void> {
  const { version, counts, incidents, faults } = findings;
  yield `{"schema":${ANALYSIS_SCHEMA},\n"ringfence":${neutralJson(version)},\n"input":${neutralJson(inputOf(findings))},\n`;
  yield `"counts":${neutralJson(countsOf(counts))},\n"alerts":[`;
  yield* elements(findings.alerts, alertOf);
  yield '],\n"incidents":[';
  yield* elements(incidents, incidentOf);
  yield '],\n"calls":[';
  yield* elements(findings.calls, callOf);
  yield '],\n"faults":[';
  yield* elements(faults, faultOf);
  yield ']}\n';
}

async function* elements<T>(items: Iterable<T> | AsyncIterable<T>, shape: (item: T) => unknown): AsyncGenerator<string, void, void> {
  let separator = '\n';
  for await (const item of items) {
    yield separator + neutralJson(shape(item));
    separator = ',\n';
  }
}

function inputOf({ files, skipped = {} }: Findings): Analysis['input'] {
  return { ...extent(inputTotal(files)), skipped, files: files.map((file) => ({ name: cut(file.name), ...extent(file) })) };
}

function extent({ frames, packets, bytes, first, last }: Omit<FileSummary, 'name'>): Omit<Analysis['input'], 'files' | 'skipped'> {
  return { frames, packets, bytes, first: packets > 0 ? isoTime(first) : null, last: packets > 0 ? isoTime(last) : null };
}

function countsOf({ protocol, method, answer, oddity, outcome, call, media, dropped, capture }: Findings['counts']): Analysis['counts'] {
  return { protocol, method, answer, oddity, outcome, call, media, dropped, capture };
}

/** An alert as the object shows it. */
export function alertOf(a: Alert): Analysis['alerts'][number] {
  return {
    id: cut(a.id),
    time: isoTime(a.time),
    node: a.node,
    rule: a.rule,
    ruleVersion: a.ruleVersion,
    title: cut(a.title),
    level: a.level,
    class: a.class,
    stage: a.stage,
    subject: { kind: a.subject.kind, value: cut(a.subject.value) },
    target: { kind: a.target.kind, value: cut(a.target.value) },
    outcome: a.outcome,
    state: a.state,
    first: isoTime(a.first),
    last: isoTime(a.last),
    count: a.count,
    sample: a.sample.map((value) => cut(value)),
    ...(a.fallen === undefined ? {} : { fallen: a.fallen.map((account) => cut(account)) }),
    ...(a.proof === undefined ? {} : { proof: evidenceOf(a.proof) }),
    evidence: a.evidence.map(evidenceOf),
    attributed: a.attributed,
    ...(a.missing === undefined ? {} : { missing: [...a.missing] }),
    why: cut(a.why),
  };
}

function evidenceOf({ file, frame, time: seen, event }: Evidence): Analysis['alerts'][number]['evidence'][number] {
  return { file: cut(file), frame, time: isoTime(seen), event };
}

/** An incident as the object shows it. */
export function incidentOf(i: Incident): Analysis['incidents'][number] {
  return {
    id: cut(i.id),
    subject: { kind: i.subject.kind, value: cut(i.subject.value) },
    others: i.others.map((other) => ({ ...other, reason: cut(other.reason) })),
    first: isoTime(i.first),
    last: isoTime(i.last),
    level: i.level,
    outcome: i.outcome,
    stages: i.stages.map(({ first, last, ...stage }) => ({ ...stage, first: isoTime(first), last: isoTime(last) })),
    links: i.links.map((link) => ({ ...link, reason: cut(link.reason) })),
    accounts: i.accounts.map((account) => cut(account)),
    targets: i.targets.map((target) => cut(target)),
    ...(i.exposure === undefined ? {} : { exposure: i.exposure }),
  };
}

/** A call as the object shows it. */
export function callOf(c: Call): Analysis['calls'][number] {
  const { transport, complete, disposition, status, cause, hungUpBy, forks, reinvites, holds, transfers } = c;
  return {
    callId: cut(c.callId),
    from: cut(c.from),
    to: cut(c.to),
    contact: cut(c.contact),
    src: c.src,
    dst: c.dst,
    transport,
    complete,
    start: isoTime(c.start),
    ringing: timeOrNull(c.ringing),
    answered: timeOrNull(c.answered),
    ended: timeOrNull(c.ended),
    duration: c.ended > 0 && complete ? c.duration / 1e6 : null,
    billed: c.ended > 0 && c.answered > 0 ? c.billed / 1e6 : null,
    setup: c.setup > 0 ? c.setup / 1e6 : null,
    disposition,
    status,
    cause,
    hungUpBy,
    forks,
    reinvites,
    holds,
    transfers,
    callerAgent: cut(c.callerAgent),
    calleeAgent: cut(c.calleeAgent),
    security: c.security,
    streams: c.streams.map(streamOf),
    legs: c.legs.map(({ callId, reason, weight }) => ({ callId: cut(callId), reason, weight })),
    group: cut(c.group),
  };
}

/** A media stream as the object shows it. */
export function streamOf(s: MediaStream): Analysis['calls'][number]['streams'][number] {
  return {
    ...s,
    codec: cut(s.codec),
    first: isoTime(s.first),
    last: isoTime(s.last),
    jitter: s.jitter / 1e6,
    jitterMax: s.jitterMax / 1e6,
  };
}

function timeOrNull(time: number): string | null {
  return time === 0 ? null : isoTime(time);
}

function faultOf({ code, where, offset, message }: Fault): Analysis['faults'][number] {
  return { code, where: cut(where), ...(offset === undefined ? {} : { offset }), message: cut(message) };
}
