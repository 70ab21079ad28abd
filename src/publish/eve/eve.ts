/**
 * `analyze --eve`: a JSON object per line in the shape of Suricata's EVE, so that what reads that reads this. A line for each
 * SIP message, for each version of an alert, for calls and incidents, and one of statistics at the end.
 */
import type { Alert, Call, Evidence, Incident, MediaStream, Party } from '../../types.ts';
import { alertOf, callOf, incidentOf, streamOf } from '../analysis.ts';
import { type Findings, inputTotal, severity, WARNING } from '../findings.ts';
import { isoTime } from '../layout.ts';
import { cut, neutralJson } from '../neutral.ts';
import type { Batch, Sink } from '../sink.ts';
import { EveRecords } from './everecord.ts';
import { JsonBytes } from './jsonbytes.ts';

/** Bytes of a write. */
const CHUNK = 1 << 20;
/** Generator id of our signatures: Suricata's own rules have 1. */
const GENERATOR = 5260;

/** Takes the bytes; when its promise is fulfilled, they may be overwritten. */
export interface ByteTarget {
  readonly path: string;
  write(bytes: Uint8Array): void | Promise<void>;
  commit(): void;
  abandon(): void;
}

/** Writes EVE. */
export class EveSink implements Sink {
  readonly name: string;
  readonly #target: ByteTarget;
  readonly #out = new JsonBytes(CHUNK + (1 << 16));
  readonly #records = new EveRecords(this.#out);

  readonly #live: boolean;

  /**
   * @param target where it goes.
   * @param live someone reads it while it is written: nothing waits until there is more.
   */
  constructor(target: ByteTarget, live: boolean) {
    this.#live = live;
    this.#target = target;
    this.name = `EVE ${target.path}`;
  }

  async take({ records, alerts, calls }: Batch): Promise<void> {
    const count = records?.count ?? 0;
    for (let i = 0; i < count; i++) {
      this.#records.write(records!, i);
      if (this.#out.length >= CHUNK) await this.#flush();
    }
    for (const alert of alerts) await this.#line(alertEvent(alert));
    for (const call of calls) {
      await this.#line(callEvent(call));
      for (const stream of call.streams) await this.#line(streamEvent(stream, call));
    }
    if (this.#live && this.#out.length > 0) await this.#flush();
  }

  async finish(findings: Findings): Promise<void> {
    for (const incident of findings.incidents) await this.#line(incidentEvent(incident));
    await this.#line(statsEvent(findings));
    await this.#flush();
    this.#target.commit();
  }

  abandon(): void {
    this.#target.abandon();
  }

  async #line(event: unknown): Promise<void> {
    this.#out.raw(`${neutralJson(event)}\n`);
    if (this.#out.length >= CHUNK) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#target.write(this.#out.bytes.subarray(0, this.#out.length));
    this.#out.length = 0;
  }
}

/** EVE's form of a time. */
function timestamp(us: number): string {
  return isoTime(us).replace('Z', '+0000');
}

/** A number that a rule has in all versions and everywhere: of its id, nine digits. */
function signatureId(rule: string): number {
  let h = 0x811c9dc5;
  for (const byte of Buffer.from(rule)) h = Math.imul(h ^ byte, 0x01000193);
  return 100_000_000 + ((h >>> 0) % 900_000_000);
}

/** 1 is worst, as in Suricata. */
function eveSeverity(alert: Alert): number {
  return severity(alert.level) >= severity('high') ? 1 : severity(alert.level) >= WARNING ? 2 : 3;
}

function alertEvent(alert: Alert): unknown {
  const { id, node, rule, ruleVersion, title, class: kind, level, stage, subject, target, ...rest } = alertOf(alert);
  const { outcome, state, first, last, count, sample, evidence, attributed, why } = rest;
  return {
    timestamp: timestamp(alert.time),
    ...packetOf(alert.proof ?? alert.evidence.at(-1)),
    event_type: 'alert',
    ...place('src', alert.subject),
    ...place('dest', alert.target),
    app_proto: 'sip',
    alert: {
      action: 'allowed',
      gid: GENERATOR,
      signature_id: signatureId(rule),
      rev: ruleVersion,
      signature: title,
      category: kind,
      severity: eveSeverity(alert),
      metadata: { rule: [rule], level: [alert.level], stage: [alert.stage], outcome: [alert.outcome], state: [alert.state] },
    },
    ringfence: { id, node, level, stage, subject, target, outcome, state, first, last, count, sample, evidence, attributed, why },
  };
}

function packetOf(evidence: Evidence | undefined): Record<string, unknown> {
  if (evidence === undefined || evidence.frame === 0) return {};
  return { pcap_cnt: evidence.frame, ...(evidence.file === '' ? {} : { pcap_filename: cut(evidence.file) }) };
}

const ENDPOINT_TEXT = /^\[?([0-9a-f.:]+?)\]?:(\d{1,5})$/i;

/** Address (and port) of a party, if it is one that has an address. */
function place(side: 'src' | 'dest', { kind, value }: Party): Record<string, unknown> {
  if (kind === 'address') return { [`${side}_ip`]: cut(value) };
  if (kind !== 'endpoint' && kind !== 'server') return {};
  const parts = ENDPOINT_TEXT.exec(value);
  return parts === null ? { [`${side}_ip`]: cut(value) } : { [`${side}_ip`]: parts[1], [`${side}_port`]: Number(parts[2]) };
}

function callEvent(call: Call): unknown {
  return {
    timestamp: timestamp(call.ended > 0 ? call.ended : call.start),
    event_type: 'call',
    src_ip: call.src,
    dest_ip: call.dst,
    app_proto: 'sip',
    call: callOf(call),
  };
}

function streamEvent(stream: MediaStream, call: Call): unknown {
  const { src, srcPort, dst, dstPort, ...rest } = streamOf(stream);
  return {
    timestamp: timestamp(stream.last),
    event_type: 'rtp',
    src_ip: src,
    src_port: srcPort,
    dest_ip: dst,
    dest_port: dstPort,
    proto: 'UDP',
    app_proto: 'rtp',
    rtp: { call_id: cut(call.callId), ...rest },
  };
}

function incidentEvent(incident: Incident): unknown {
  return {
    timestamp: timestamp(incident.last),
    event_type: 'ringfence',
    ...place('src', incident.subject),
    ringfence: { incident: incidentOf(incident) },
  };
}

function statsEvent({ files, counts, alerts, version, faults }: Findings): unknown {
  const { frames, packets, bytes, first, last } = inputTotal(files);
  return {
    timestamp: timestamp(last),
    event_type: 'stats',
    stats: {
      uptime: Math.round((last - first) / 1e6),
      decoder: { pkts: frames, bytes },
      detect: { alert: alerts.count },
      ringfence: { version, packets, faults: faults.length, ...counts },
    },
  };
}
