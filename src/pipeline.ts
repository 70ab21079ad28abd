/**
 * The way of a packet: decode, track, detect, correlate, by plain calls over plain data. The only file that knows all
 * stages. No wall clock: the same inputs give the same Events and Alerts, whatever the batches.
 */
import { Clock } from './clock.ts';
import type { Command, VerdictCommand } from './commands.ts';
import type { Config } from './config.ts';
import type { CompiledRule } from './correlate/compile.ts';
import { Correlator, type Look } from './correlate/correlator.ts';
import { TIE_EVENTS, Ties } from './correlate/ties.ts';
import { createMgcp, parseMgcp } from './decode/gateways/mgcp.ts';
import { createQ931, parseQ931 } from './decode/gateways/q931.ts';
import { METHODS } from './decode/message.ts';
import { ODDITY_NAMES } from './decode/oddities.ts';
import { turnPayload } from './decode/rtp/stun.ts';
import { createBodyPart, readBody, SDP_BODY } from './decode/sdp/body.ts';
import { createSdp } from './decode/sdp/sdpview.ts';
import { createMessage, parseSip } from './decode/sip.ts';
import { H225, MGCP, NOTHING, RTCP, RTP, SIP, STUN, sniff } from './decode/sniff.ts';
import { detectCarriage } from './detect/carriage.ts';
import { detectContact } from './detect/contact.ts';
import { detectCrowding } from './detect/crowding.ts';
import { detectDescription, detectRekeyed } from './detect/description.ts';
import { detect } from './detect/detectors.ts';
import { detectDialogLapse } from './detect/dialog.ts';
import { Emitter, typeIndex } from './detect/emitter.ts';
import { detectForgeryLapse } from './detect/forgery.ts';
import { detectContradiction, detectGateway, detectMissedAudit, detectReleased } from './detect/gateway.ts';
import { detectH323 } from './detect/h323.ts';
import { detectHabit, detectLikeness } from './detect/habit.ts';
import { detectHandshakes } from './detect/handshake.ts';
import { detectLoads } from './detect/load.ts';
import { detectLogged } from './detect/logged.ts';
import { detectLoneChallenge } from './detect/lone.ts';
import { detectInfoDigit, detectMedia, detectMediaEnd } from './detect/media.ts';
import { detectAbandoned } from './detect/probe.ts';
import { pack, RECORD_WORDS } from './detect/record.ts';
import { detectSilence } from './detect/silence.ts';
import { detectStalls } from './detect/stall.ts';
import { detectStray } from './detect/stray.ts';
import { EVENT_NAMES, type EventName } from './events.ts';
import type { KnownClient } from './knowndna.ts';
import { family } from './metrics.ts';
import { Habits } from './profile/habits.ts';
import { PlacedCalls } from './profile/placed.ts';
import type { Ask, Queries, Query } from './queries.ts';
import { SipRecords } from './siprecords.ts';
import type { Seed, TableStats } from './table.ts';
import { Gateways } from './track/gateways.ts';
import { LoggedPeers } from './track/logged.ts';
import { MEDIA_TOTALS } from './track/media/mediatotals.ts';
import { type Observation, OUTCOME_NAMES } from './track/observation.ts';
import { type Lapses, Tracker } from './track/tracker.ts';
import { type Alert, type Call, type Charge, DISPOSITIONS, type Event, type Input, type Packet, type Tie } from './types.ts';

/** What `sniff` tells apart, by its code. */
const PROTOCOLS = ['other', 'sip', 'rtp', 'rtcp', 'stun', 'dtls', 'zrtp', 'mgcp', 'h225'] as const;
/** Most MGCP messages of a datagram that are read; RFC 3435 §3.5.5 has a handful in mind. */
const MOST_PIGGYBACKED = 64;
/** µs between two looks at what the tables forgot. */
const HOUSEKEEPING = 10_000_000;
const ANSWERED = typeIndex('script.answered');

/** What has gone up from the engine since the last `drain`: plain data. */
export interface Upward {
  readonly events: readonly Event[];
  readonly alerts: readonly Alert[];
  readonly ties: readonly Tie[];
  readonly charges: readonly Charge[];
  readonly calls: readonly Call[];
  /** Questions to programs; a verdict Command answers each. */
  readonly asks: readonly Ask[];
  /** Every SIP message, if a sink takes them; good until the drain after the next. */
  readonly records: SipRecords | undefined;
}

/** What the engine is to do. */
export interface PipelineOptions {
  readonly config: Config;
  readonly rules: readonly CompiledRule[];
  /** Programs that are known by their DNA; none if absent. */
  readonly known?: readonly KnownClient[];
  /** Counts the starts of this node: part of Event ids. */
  readonly boot: number;
  /** Which of the optional batches someone takes: all Events, the calls, a record of each SIP message. */
  readonly sinks: { readonly events: boolean; readonly calls: boolean; readonly records?: boolean };
}

/** The engine: inputs in, Events, Alerts and calls out. */
export class Pipeline {
  readonly #clock = new Clock();
  readonly #message = createMessage();
  readonly #body = createBodyPart();
  readonly #sdp = createSdp();
  readonly #inner = { start: 0, end: 0 };
  readonly #tracker: Tracker;
  readonly #placed: PlacedCalls;
  readonly #habits: Habits;
  readonly #emitter: Emitter;
  readonly #correlator: Correlator;
  readonly #ties: Ties;
  readonly #lapses: Lapses;
  readonly #evicted = new Map<string, number>();
  readonly #protocols = new Float64Array(PROTOCOLS.length);
  readonly #methods = new Float64Array(METHODS.length);
  readonly #answers = new Float64Array(1000);
  readonly #oddities = new Float64Array(ODDITY_NAMES.length);
  readonly #keepEvents: boolean;
  readonly #seed: Seed;
  readonly #mgcp = createMgcp();
  readonly #q931 = createQ931();
  /** Made with the first MGCP message: most sites have none. */
  #gateways: Gateways | undefined;
  /** Made with the first line of a log. */
  #logged: LoggedPeers | undefined;
  #events: Event[] = [];
  /** The batch being filled, and the one last drained. */
  #records: SipRecords | undefined;
  #drained: SipRecords | undefined;
  #housekeeping = 0;
  #inputs = 0;
  /** What track made of the last SIP message; undefined if the last packet was none. For `explain`. */
  observation: Observation | undefined;

  constructor({ config, rules, known = [], boot, sinks }: PipelineOptions) {
    this.#correlator = new Correlator(rules, { node: config.node, seed: config.seed, capacity: config.tables.alerts });
    this.#ties = new Ties(config.seed);
    const wanted = sinks.events ? new Set<EventName>(EVENT_NAMES) : new Set([...this.#correlator.wanted, ...TIE_EVENTS]);
    this.#emitter = new Emitter(config.node, boot, wanted);
    const clients = wanted.has('client.seen') || wanted.has('tool.seen') ? known : undefined;
    const heard = {
      calls: sinks.calls,
      silence: wanted.has('request.unanswered'),
      loads: wanted.has('load.risen') || wanted.has('domains.stalled'),
      clients,
    };
    this.#tracker = new Tracker(config.tables, config.seed, this.#message, heard, config.network.proxies);
    this.#seed = config.seed;
    this.#habits = new Habits(config.tables.accounts, config.seed);
    this.#habits.compared = (comparison) => detectHabit(comparison, this.#habits, this.#emitter);
    this.#habits.resembled = (resemblance) => detectLikeness(resemblance, this.#habits, this.#emitter);
    this.#placed = new PlacedCalls(this.#habits, config.seed);
    this.#keepEvents = sinks.events;
    if (sinks.records === true) {
      this.#records = new SipRecords(RECORD_WORDS);
      this.#drained = new SipRecords(RECORD_WORDS);
    }
    this.#lapses = {
      unanswered: (t, client, server) => detectSilence(t, client, server, this.#tracker, this.#emitter, this.#clock.now),
      contacted: (request) => detectContact(request, this.#tracker, this.#emitter, this.#clock.now),
      lone: (challenge) => detectLoneChallenge(challenge, this.#tracker, this.#emitter, this.#clock.now),
      abandoned: (challenge) => detectAbandoned(challenge, this.#tracker, this.#emitter, this.#clock.now),
      dialog: (kind, slot) => detectDialogLapse(kind, slot, this.#tracker, this.#emitter, this.#clock.now),
      forged: (slot, evidence) => detectForgeryLapse(slot, evidence, this.#tracker, this.#emitter),
      stray: (slot) => detectStray(slot, this.#tracker, this.#emitter),
      media: (slot) => detectMediaEnd(slot, this.#tracker.media, this.#emitter, this.#clock.now),
    };
  }

  /** All state about what is going on. For tests. */
  get tracker(): Tracker {
    return this.#tracker;
  }

  /** Takes one input through all stages. */
  handle(input: Input): void {
    const now = this.#clock.advance(input.time);
    this.#emitter.begin(++this.#inputs);
    if (this.#tracker.isDue(now)) this.#tracker.lapse(now, this.#lapses);
    if (now >= this.#housekeeping) this.#keepHouse(now);
    if (now >= this.#habits.due) this.#habits.lapse(now);
    if (this.#gateways !== undefined && now >= this.#gateways.audits.due) this.#lookAtAudits(this.#gateways, now);
    if (input.kind === 'packet') this.#decode(input, now);
    else if (input.kind === 'log') {
      this.#logged ??= new LoggedPeers(this.#seed);
      detectLogged(input, this.#logged, this.#emitter, now);
    }
    detectLoads(this.#tracker.rates.loads, this.#emitter, now);
    detectStalls(this.#tracker.rates.stalls, this.#emitter);
    this.#correlate(now);
  }

  #decode(packet: Packet, now: number): void {
    if (packet.odd !== 0) detectCarriage(packet, this.#emitter);
    if (packet.handshakes !== undefined) detectHandshakes(packet.handshakes, packet, this.#emitter);
    const kind = sniff(packet.bytes, packet.start, packet.end);
    this.#protocols[kind]!++;
    this.observation = undefined;
    switch (kind) {
      case SIP:
        this.#signalling(packet, now);
        break;
      case MGCP:
        this.#control(packet, now);
        break;
      case H225:
        this.#h323(packet);
        break;
      case STUN:
        this.#turn(packet, now);
        break;
      case NOTHING:
        this.#tracker.rates.noise(packet, now);
        this.#tracker.media.beside(kind, packet, now);
        break;
      default:
        this.#media(kind, packet, packet.start, packet.end, now);
    }
  }

  #signalling(packet: Packet, now: number): void {
    const m = this.#message;
    if (!parseSip(m, packet.bytes, packet.start, packet.end, packet.truncated)) return;
    readBody(m, this.#body, this.#sdp, packet.truncated);
    if (m.isRequest) this.#methods[m.method]!++;
    else this.#answers[m.status]!++;
    this.observation = this.#tracker.observe(packet, m, now);
    if (this.#tracker.agreements.take(this.observation, this.#body, this.#sdp, now) !== 0) {
      detectInfoDigit(this.observation, this.#tracker.media, this.#emitter);
    }
    for (let i = 0; i < m.oddityCount; i++) this.#oddities[m.oddities[i]!.code]!++;
    if (this.#body.kind === SDP_BODY) detectDescription(this.observation, this.#sdp, this.#emitter);
    if (this.observation.rekeyed !== '') detectRekeyed(this.observation, this.#sdp, this.#emitter);
    detect(this.observation, this.#tracker, this.#placed, this.#emitter, now);
    if (this.observation.over !== undefined) this.#placed.over(this.observation, this.observation.over, this.#tracker, now);
    if (this.#records !== undefined) pack(this.#records, this.observation);
  }

  #h323(packet: Packet): void {
    if (parseQ931(this.#q931, packet.bytes, packet.start, packet.end)) detectH323(this.#q931, packet, this.#emitter);
  }

  /** All MGCP messages of a datagram (RFC 3435 §3.5.5). */
  #control(packet: Packet, now: number): void {
    const m = this.#mgcp;
    this.#gateways ??= new Gateways(this.#seed, packet, m);
    let left = MOST_PIGGYBACKED;
    for (let at = packet.start; at >= 0 && left-- > 0 && parseMgcp(m, packet.bytes, at, packet.end); at = m.next) {
      const o = this.#gateways.observe(packet, m, now);
      detectGateway(o, this.#emitter);
      if (o.contradicts >= 0) detectContradiction(o, this.#gateways.service, this.#emitter);
    }
  }

  #lookAtAudits(gateways: Gateways, now: number): void {
    gateways.audits.lapse(now, (audit) => detectMissedAudit(audit, this.#emitter, now));
  }

  /** RTP, RTCP, and the keys agreed on beside them: DTLS, ZRTP. */
  #media(kind: number, packet: Packet, start: number, end: number, now: number): void {
    const { media } = this.#tracker;
    if (kind === RTP) {
      const shown = media.rtp(packet, start, end, now);
      if (shown !== 0) detectMedia(shown, media, packet, this.#emitter, now);
      if (this.#gateways?.releases.late(packet, now) === true) detectReleased(this.#gateways.releases.after, packet, this.#emitter);
    } else if (kind === RTCP) media.rtcp(packet, start, end, now);
    else media.beside(kind, packet, now);
  }

  /** Media inside of TURN (RFC 8656): between the client and its relay. */
  #turn(packet: Packet, now: number): void {
    if (!turnPayload(packet.bytes, packet.start, this.#inner)) return;
    const { start, end } = this.#inner;
    const kind = sniff(packet.bytes, start, end);
    if (kind === RTP || kind === RTCP) this.#media(kind, packet, start, end, now);
  }

  #correlate(now: number): void {
    this.#correlator.advance(now);
    const { out } = this.#emitter;
    for (let i = 0; i < out.length; i++) {
      this.#correlator.handle(out[i]!, now);
      this.#ties.take(out[i]!, now);
      if (this.#keepEvents) this.#events.push(out[i]!);
    }
  }

  #tables(): TableStats[] {
    const late = [...(this.#gateways?.tables() ?? []), ...(this.#logged?.tables() ?? [])];
    return [...this.#tracker.tables(), this.#habits.table.stats(), ...late];
  }

  #keepHouse(now: number): void {
    this.#housekeeping = now + HOUSEKEEPING;
    detectCrowding(this.#tables(), this.#evicted, this.#emitter, now);
  }

  /** Carries out a Command of the control side. */
  command(command: Command): void {
    const { now } = this.#clock;
    this.#emitter.begin(++this.#inputs);
    switch (command.kind) {
      case 'finish':
        this.#tracker.finish(now, this.#lapses);
        detectLoads(this.#tracker.rates.loads, this.#emitter, now);
        detectStalls(this.#tracker.rates.stalls, this.#emitter);
        this.#habits.finish(now);
        this.#keepHouse(now);
        this.#correlate(now);
        this.#correlator.finish(now);
        break;
      case 'verdict':
        this.#verdict(command, now);
    }
  }

  #verdict({ ask, code, said }: VerdictCommand, now: number): void {
    this.#emitter.emitAbout('script.answered', ANSWERED, ask.event, now, { asked: ask.id, program: ask.program, code, said });
    this.#correlate(now);
  }

  /** Answers a Query of the control side with plain data. */
  query<Q extends Query>(query: Q): Queries[Q] {
    return this.#answer[query]();
  }

  readonly #answer: { readonly [Q in Query]: () => Queries[Q] } = {
    counts: () => ({
      protocol: family(this.#protocols, (kind) => PROTOCOLS[kind]!),
      method: family(this.#methods, (code) => METHODS[code]! || 'other'),
      answer: family(this.#answers, String),
      oddity: family(this.#oddities, (code) => ODDITY_NAMES[code]!),
      outcome: family(this.#tracker.outcomes, (code) => OUTCOME_NAMES[code]!),
      call: family(this.#tracker.calls.byDisposition, (code) => DISPOSITIONS[code]!),
      media: family(this.#tracker.media.totals.counts, (code) => MEDIA_TOTALS[code]!),
      dropped: {},
      capture: {},
    }),
    calls: () => ({ ...this.#tracker.calls.summary, hungUpBy: { ...this.#tracker.calls.summary.hungUpBy } }),
    tables: () => [...this.#tables(), ...this.#correlator.stats().map((rule) => rule.table)],
    rules: () => this.#correlator.stats(),
  };

  /** What each rule makes of an Event of the last input; changes nothing. For `explain`. */
  look(event: Event): Look[] {
    return this.#correlator.look(event);
  }

  /** Takes what has gone up since the last time. */
  drain(): Upward {
    const alerts = this.#correlator.out.splice(0);
    const asks = this.#correlator.asks.splice(0);
    const ties = this.#ties.out.splice(0);
    const charges = this.#ties.charges.splice(0);
    const up = { events: this.#events, alerts, ties, charges, calls: this.#tracker.calls.over.splice(0), asks, records: this.#records };
    this.#events = [];
    this.#records = this.#drained;
    this.#records?.reset();
    this.#drained = up.records;
    return up;
  }
}
