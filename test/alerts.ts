/** Alerts, calls and findings for tests, as small as types allow. */
import type { Findings } from '../src/publish/findings.ts';
import type { Alert, Call, Incident } from '../src/types.ts';

const T0 = Date.UTC(2026, 10, 20, 8, 0, 0) * 1000;

/** µs of 2026-11-20 08:00:00 UTC plus some seconds. */
export function at(seconds: number): number {
  return T0 + seconds * 1e6;
}

/** An alert; what is not said is unremarkable. */
export function alert(change: Partial<Alert> = {}): Alert {
  return {
    id: 'password-guessing-0001',
    time: at(10),
    node: 'a',
    rule: 'password-guessing',
    ruleVersion: 1,
    title: 'Password guessing',
    level: 'high',
    class: 'password-guessing',
    stage: 'credential',
    subject: { kind: 'address', value: '198.51.100.7' },
    target: { kind: 'account', value: '1003@pbx.example' },
    outcome: 'failed',
    state: 'closed',
    first: at(0),
    last: at(10),
    count: 40,
    sample: [],
    evidence: [{ file: 'day.pcap', frame: 17, time: at(0), event: 'auth.failed' }],
    attributed: 'packet',
    why: '40 passwords were refused within 10 s; the limit is 10.',
    ...change,
  };
}

/** An incident of some alerts, one stage each. */
export function incident(alerts: readonly Alert[], change: Partial<Incident> = {}): Incident {
  const worst = alerts[0]!;
  return {
    id: `incident-${worst.subject.value}`,
    subject: worst.subject,
    others: [],
    first: Math.min(...alerts.map((a) => a.first)),
    last: Math.max(...alerts.map((a) => a.last)),
    level: worst.level,
    outcome: alerts.some((a) => a.outcome === 'succeeded') ? 'succeeded' : worst.outcome,
    stages: alerts.map((a) => ({ stage: a.stage, first: a.first, last: a.last, alerts: [a.id], filings: [] })),
    links: alerts.map((a) => ({ alert: a.id, to: worst.id, reason: 'the same address', weight: 1, kind: 'same actor' })),
    accounts: [],
    targets: ['192.0.2.10'],
    ...change,
  };
}

/** A call. */
export function call(change: Partial<Call> = {}): Call {
  return {
    callId: 'c1@192.0.2.1',
    from: 'sip:100@pbx.example',
    to: 'sip:200@pbx.example',
    contact: 'sip:100@192.0.2.1:5060',
    src: '192.0.2.1',
    dst: '192.0.2.10',
    transport: 'udp',
    complete: true,
    start: at(1),
    ringing: 0,
    answered: at(2),
    ended: 0,
    duration: 0,
    billed: 0,
    setup: 0,
    disposition: 'answered',
    status: 200,
    cause: 0,
    hungUpBy: 'none',
    forks: 1,
    reinvites: 0,
    holds: 0,
    transfers: 0,
    callerAgent: '',
    calleeAgent: '',
    security: { signalling: 'none', authenticated: false, identity: 'none', attestation: '', media: 'unseen' },
    streams: [],
    legs: [],
    group: '',
    ...change,
  };
}

/** A list that can be read as the long ones are. */
export function listing<T>(items: readonly T[]): { count: number; [Symbol.asyncIterator](): AsyncGenerator<T> } {
  return {
    count: items.length,
    async *[Symbol.asyncIterator]() {
      yield* items;
    },
  };
}

/** Findings of a quiet capture, changed as said. */
export function findings(
  change: Partial<Omit<Findings, 'alerts' | 'calls'>> & { alerts?: readonly Alert[]; calls?: readonly Call[] } = {},
): Findings {
  const { alerts = [], calls = [], ...rest } = change;
  return {
    version: '0.1.0',
    files: [{ name: 'day.pcap', bytes: 2_000_000, frames: 110, packets: 100, first: at(0), last: at(20) }],
    counts: {
      protocol: { sip: 90, other: 10 },
      method: { REGISTER: 40, OPTIONS: 5 },
      answer: { 401: 30, 200: 15 },
      oddity: {},
      outcome: { challenge: 10 },
      call: {},
      media: {},
      dropped: { 'not-udp': 10 },
      capture: {},
    },
    incidents: [],
    faults: [],
    ...rest,
    alerts: listing(alerts),
    calls: listing(calls),
  };
}
