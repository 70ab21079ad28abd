/**
 * The types everyone knows: read-only plain data that crosses stages. JSON can carry all of it but `bytes`.
 * Times are microseconds since 1970-01-01 UTC, as a number. Addresses inside the engine are 18 bytes
 * (16 address bytes, IPv4 mapped as ::ffff:a.b.c.d, then the port big-endian), so that they are table keys as they
 * stand; they become text only in an Event.
 */

/** A byte range `[start, end)` of the buffer it belongs to. `start < 0`: absent. */
export interface Span {
  start: number;
  end: number;
}

/** How a payload travelled. */
export type Transport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss' | 'sctp';

/** Where a packet was seen; one object per source and interface, shared by its packets. */
export interface Where {
  /** Sensor name, or the name given to the source in the config; `file` for captures. */
  readonly source: string;
  /** File name as given on the command line, `-` for standard input, empty for live sources. */
  readonly file: string;
  /** Link type name of the interface, e.g. `ethernet`, `sll`, `raw`. */
  readonly link: string;
}

/** What a HEP agent said about a packet that it had captured; one object, reused like the packet. */
export interface HepInfo {
  /** 1, 2 or 3. */
  version: number;
  /** Capture agent id, -1: none given. */
  captureId: number;
  /** µs since 1970 when the datagram of the agent was seen; `Packet.time` is the agent's. */
  arrival: number;
  /** What the spans below are ranges of. */
  bytes: Uint8Array;
  /** Name of the agent. */
  node: Span;
  correlation: Span;
}

/** What came of the connections that a server was asked for over TCP within a minute, those of the last seconds left out; one object, reused. */
export interface HandshakeCounts {
  /** SYNs, repetitions not counted. */
  begun: number;
  /** Answered by the server, and not heard of again. */
  open: number;
  /** Ended by a reset of the client before they were open. */
  aborted: number;
  completed: number;
  /** About how many sources asked in this minute and the one before. */
  sources: number;
}

/**
 * One transport payload as it arrived. The object and everything it points to are reused: good until the next packet
 * of the same source is read. `src` and `dst` are 18 bytes each (see top of file).
 */
export interface Packet {
  kind: 'packet';
  /** µs since 1970. */
  time: number;
  /** 1, 2, 3 … over the whole run. */
  ordinal: number;
  /** Frame number in its file, counted as tshark does, from 1. */
  frameNumber: number;
  /** Byte offset of the record in its (uncompressed) file. */
  offset: number;
  where: Where;
  /** Outermost VLAN id, or -1. */
  vlan: number;
  /** Tunnels it came through, outermost first, e.g. `gre/erspan`; empty if none. Addresses are those inside. */
  tunnel: string;
  transport: Transport;
  src: Uint8Array;
  dst: Uint8Array;
  /** The whole link frame; empty span when the payload came out of reassembly. */
  frame: Uint8Array;
  frameStart: number;
  frameEnd: number;
  /** The payload: `bytes[start, end)`. */
  bytes: Uint8Array;
  start: number;
  end: number;
  /** The capture cut this payload short (snap length): bytes are missing at its end. */
  truncated: boolean;
  /** What was odd about how it was carried: bits of `carriage.ts`, mostly 0. */
  odd: number;
  /** Set if the packet came in HEP; `where.source` is then `hep:` and the agent's id. */
  hep: HepInfo | undefined;
  /** Set if the packet is a SYN without payload that made the half open connections of a server worth a look. */
  handshakes: HandshakeCounts | undefined;
}

/** Time passed on a quiet source: each second live, once at the end of a file. */
export interface Tick {
  kind: 'tick';
  time: number;
  /** The source has ended. */
  last: boolean;
}

/** What one line of a server's log says (S1-34). */
export interface LogEntry {
  readonly kind: 'log';
  /** µs since 1970, by the server's clock. */
  readonly time: number;
  /** File name as given on the command line, `-` for standard input. */
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /**
   * `refused`: credentials; `unknown`: a user, or where he came from; `accepted`: credentials; `blocked`: the source, by the server's
   * own guard; `forged`: somebody wrote lines into the log that are not the server's.
   */
  readonly what: 'refused' | 'unknown' | 'accepted' | 'blocked' | 'forged';
  /** Endpoint of the client, port 0 if the line has none; of the server, all zero if the line does not tell. */
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly user: string;
  readonly host: string;
  readonly method: string;
  /** Forged: the line that showed it, the beginning of it. */
  readonly text: string;
  /** Forged: entries before it that are not believed. */
  readonly withdrawn: number;
}

/** What a source yields. FlowRecord joins with the sources that make it. */
export type Input = Packet | LogEntry | Tick;

/** One thing that was odd about a message, with the bytes it is about. Names: `decode/oddities.ts`. */
export interface Oddity {
  /** Index into the catalogue of oddities. */
  code: number;
  start: number;
  end: number;
}

/** Every way in which the address of who acted was found. */
export const ATTRIBUTIONS = ['packet', 'via', 'witnessed', 'hep', 'nat', 'relayed', 'unknown', 'log', 'claimed'] as const;
/**
 * How the address of who acted was found: `packet` the packet's source; `via` a proxy of ours says where it got the request from;
 * `witnessed` the request was seen on its way to the proxy that forwarded it; `hep` a capture agent says so; `nat` the address
 * of a NAT that others may share; `relayed` it says that it forwards for others and nobody vouches for it; `unknown` a proxy of ours
 * that does not say whom it forwarded for; `log` a line in a server's log says so, which nothing else vouches for; `claimed` the source of
 * UDP packets that anybody may have written: next to nothing shows that it hears what it is answered.
 */
export type Attribution = (typeof ATTRIBUTIONS)[number];

/** A neutral fact. Its type and the fields of `data` are listed in `events.ts`. */
export interface Event {
  /** `node.boot.input.type[.n]` (docs/decisions/0003): the same input gives the same id. */
  readonly id: string;
  readonly time: number;
  readonly type: string;
  readonly node: string;
  /** Source address as text (IPv4 dotted, IPv6 RFC 5952), empty if there is none. */
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
  /** How `src` was found. */
  readonly origin: Attribution;
  /** The packet's own source where `src` is not it: the proxy it came through; else empty. */
  readonly via: string;
  /** Empty if the Event has none. */
  readonly callId: string;
  /** `user@realm`; empty if the Event names no account. */
  readonly account: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
  /** Where the packet that caused it lies, for evidence: file and frame number (0: no packet). */
  readonly file: string;
  readonly frame: number;
}

/** Every level, from mild to bad. */
export const LEVELS = ['info', 'notice', 'warning', 'high', 'critical'] as const;
/** How bad; `warning` and above change the exit code of `analyze`. */
export type Level = (typeof LEVELS)[number];

/** Every class of attack. */
export const CLASSES = [
  'server-scan',
  'extension-scan',
  'password-guessing',
  'distributed-guessing',
  'account-takeover',
  'flood',
  'reflection',
  'teardown',
  'hijack',
  'impersonation',
  'media-attack',
  'spit',
  'toll-fraud',
  'billing-bypass',
  'malformed',
  'injection',
  'exploit',
  'covert-channel',
  'anomaly',
  'policy',
] as const;
/** What kind of attack (VOIPSA terms; docs/reference/classes.md). */
export type AttackClass = (typeof CLASSES)[number];

/** Every stage, in the order of an attack. */
export const STAGES = ['recon', 'enumerate', 'credential', 'abuse', 'disrupt', 'none'] as const;
/** Where in an attack's life it belongs (paper 004 §II). */
export type Stage = (typeof STAGES)[number];

/** Every outcome. */
export const OUTCOMES = ['succeeded', 'failed', 'unknown'] as const;
/** Whether the attacker got what he wanted; `failed` only once it is over, before that it is `unknown`. */
export type Outcome = (typeof OUTCOMES)[number];

/** What a `Party` can be. */
export const SUBJECT_KINDS = ['address', 'endpoint', 'account', 'server', 'network', 'call', 'number', 'none'] as const;
/** Who or what an Alert is about. */
export interface Party {
  readonly kind: (typeof SUBJECT_KINDS)[number];
  readonly value: string;
}

/** Every kind of evidence that a capture may lack. */
export const LACKING = ['media', 'requests', 'answers'] as const;
/** Kind of evidence. */
export type Lacking = (typeof LACKING)[number];

/** A pointer to the packet that shows it. */
export interface Evidence {
  readonly file: string;
  readonly frame: number;
  readonly time: number;
  /** Event type that was seen there. */
  readonly event: string;
}

/** A rule was met by someone. Each new version of the same Alert repeats its `id`. */
export interface Alert {
  readonly id: string;
  readonly time: number;
  readonly node: string;
  readonly rule: string;
  readonly ruleVersion: number;
  readonly title: string;
  readonly level: Level;
  readonly class: AttackClass;
  readonly stage: Stage;
  readonly subject: Party;
  readonly target: Party;
  readonly outcome: Outcome;
  /** `open` when first met, `update` when something important changed, `closed` when it was over (idle time). */
  readonly state: 'open' | 'update' | 'closed';
  /** Time of the first and the last Event that belongs to it. */
  readonly first: number;
  readonly last: number;
  /** Events that belong to it (shape `count`) or different values seen (shape `distinct`). */
  readonly count: number;
  /** Up to a bound, the different values or accounts concerned; fields of kind secret are masked. */
  readonly sample: readonly string[];
  /** Accounts named by the Events that showed success, the first ones; absent if there was none. They also lead `sample`. */
  readonly fallen?: readonly string[];
  /** The piece of `evidence` that showed success first; absent if there was none. */
  readonly proof?: Evidence;
  readonly evidence: readonly Evidence[];
  /** How the address of the subject was found, in the latest Event; `packet` also for what is no address. */
  readonly attributed: Attribution;
  /** What was not captured, so that it rests on less; absent if nothing was. */
  readonly missing?: readonly Lacking[];
  /** Some sentences for a person: what was seen, against which limit, how sure the address is, what is concluded without what is missing. */
  readonly why: string;
}

/** What two addresses can have in common. */
export const TIE_KINDS = ['cnonce', 'credential', 'number', 'tool', 'media'] as const;

/** Two addresses have something in common that strangers have not. */
export interface Tie {
  readonly kind: (typeof TIE_KINDS)[number];
  /** The cnonce, the account, the last digits of the number, the name of the tool, the recording. */
  readonly value: string;
  readonly address: string;
  /** Who had it before. */
  readonly other: string;
  readonly time: number;
}

/** What the calls of a source under one account have cost, by the rate table. */
export interface Charge {
  readonly address: string;
  readonly account: string;
  /** Of calls that ended; what is long ago counts less. */
  readonly cents: number;
  /** Cents a minute of the number just called. */
  readonly price: number;
}

/** Why two things belong together. */
export interface Bound {
  readonly reason: string;
  /** Above 0, at most 1. */
  readonly weight: number;
  /** One attacker, or two of whom the one knows what the other knows. */
  readonly kind: 'same actor' | 'shares knowledge';
}

/** Alerts of one attacker, over stages, addresses and days. */
export interface Incident {
  readonly id: string;
  /** Who was seen first. */
  readonly subject: Party;
  /** Other addresses that he acted from, or whose users know what he knows, nearest first, each with what binds it to one before. */
  readonly others: readonly ({ readonly address: string } & Bound)[];
  readonly first: number;
  readonly last: number;
  readonly level: Level;
  readonly outcome: Outcome;
  readonly stages: readonly {
    readonly stage: Stage;
    readonly first: number;
    readonly last: number;
    readonly alerts: readonly string[];
    /** What ATT&CK and VOIPSA call it (`correlate/taxonomy.ts`). */
    readonly filings: readonly string[];
  }[];
  /** Each alert but the first, with the one it is linked to. */
  readonly links: readonly ({ readonly alert: string; readonly to: string } & Bound)[];
  /** Accounts at risk, `user@realm`. */
  readonly accounts: readonly string[];
  readonly targets: readonly string[];
  /** Money at risk by the rate table, in cents: what calls that ended cost at least, and a minute to the dearest number; absent: none was seen. */
  readonly exposure?: { readonly cents: number; readonly dearest: number };
}

/** One SIP message as plain data, as it was read: nothing in it is masked or neutralised. Texts are empty, numbers negative if absent. */
export interface SipRecord {
  readonly time: number;
  readonly file: string;
  readonly frame: number;
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
  readonly transport: Transport;
  readonly vlan: number;
  readonly tunnel: string;
  readonly request: boolean;
  /** Of the request, or of the CSeq of an answer. */
  readonly method: string;
  /** 0 for requests. */
  readonly status: number;
  readonly reason: string;
  /** Request-URI. */
  readonly uri: string;
  readonly from: { readonly display: string; readonly uri: string; readonly tag: string };
  readonly to: { readonly display: string; readonly uri: string; readonly tag: string };
  /** The From tag carries a guessed password (M-10). */
  readonly guess: boolean;
  readonly callId: string;
  readonly cseq: number;
  /** The topmost. */
  readonly via: { readonly host: string; readonly branch: string; readonly received: string; readonly rport: number };
  readonly viaCount: number;
  /** URI of the first Contact. */
  readonly contact: string;
  readonly userAgent: string;
  readonly contentType: string;
  readonly contentLength: number;
  /** User name and realm of its credentials. */
  readonly user: string;
  readonly realm: string;
  readonly body: string;
  readonly oddities: readonly string[];
  readonly retransmission: boolean;
  /** What its answer says about authentication (C-03), `none` if nothing. */
  readonly outcome: string;
  /** Ordinal of its transaction, 0 if that was not seen. */
  readonly transaction: number;
}

/** One RTP stream: one SSRC from one endpoint to another (RFC 3550 §3), joined to the call whose SDP promised it. */
export interface MediaStream {
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
  readonly ssrc: number;
  /** `audio`, `video`, … as in the m= line; empty if no SDP promised it. */
  readonly media: string;
  /** Encoding name of the rtpmap or the static payload type (RFC 3551), e.g. `PCMU`; `PT 97` if unknown. */
  readonly codec: string;
  /** How it is protected: `none`, `sdes` (RFC 4568), `dtls` (RFC 5764), `zrtp` (RFC 6189), `srtp` (profile says so, key exchange not seen). */
  readonly encryption: 'none' | 'sdes' | 'dtls' | 'zrtp' | 'srtp';
  readonly first: number;
  readonly last: number;
  readonly packets: number;
  /** Payload bytes. */
  readonly bytes: number;
  /** Packets expected and not seen (RFC 3550 A.3), packets seen twice, packets behind a later one. */
  readonly lost: number;
  readonly duplicates: number;
  readonly late: number;
  /** Interarrival jitter at the end and at its highest (RFC 3550 A.8), µs. */
  readonly jitter: number;
  readonly jitterMax: number;
  /** SDP said this endpoint would receive it; `symmetric`: it goes to where media came from, not to what SDP said (NAT). */
  readonly promised: 'sdp' | 'symmetric' | 'none';
  /** telephone-events seen (RFC 4733), each once. */
  readonly digits: number;
}

/** Every disposition of a call; the index is its code inside the engine. */
export const DISPOSITIONS = ['unanswered', 'challenged', 'answered', 'busy', 'cancelled', 'rejected', 'redirected'] as const;

/** Another call that is, most likely, the same conversation: the other side of a B2BUA. */
export interface CallLeg {
  readonly callId: string;
  /** What joins them: the same Session-ID (RFC 7989), the same icid-value (RFC 7315), a header that names the other Call-ID, Replaces (RFC 3891), or numbers, place and time. */
  readonly reason: 'session-id' | 'charging-vector' | 'header' | 'replaces' | 'numbers';
  /** How sure that is, above 0 and at most 1. */
  readonly weight: number;
}

/** How well a call was protected, as far as that shows on the wire (S2-35). */
export interface CallSecurity {
  /** Hops of its INVITEs that were seen over TLS or WSS. */
  readonly signalling: 'all' | 'some' | 'none';
  /** An INVITE with Digest credentials was accepted. */
  readonly authenticated: boolean;
  /** `signed`: Identity header (RFC 8224); `asserted`: P-Asserted-Identity (RFC 3325). */
  readonly identity: 'signed' | 'asserted' | 'none';
  /** Level of attestation of the PASSporT (RFC 8588), empty if there was none to read. */
  readonly attestation: '' | 'A' | 'B' | 'C';
  /** Its streams are encrypted, all, some or none of them; `unseen`: no stream was seen. */
  readonly media: 'all' | 'some' | 'none' | 'unseen';
}

/** One call as far as its signalling was seen: all hops with one Call-ID (S1-27). Times and durations in µs. */
export interface Call {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  /** Contact URI of the caller, empty if none was seen. */
  readonly contact: string;
  readonly src: string;
  readonly dst: string;
  /** How the first message that was seen of it travelled. */
  readonly transport: Transport;
  /** Its first INVITE was seen; if not, `start` is when it was first seen. */
  readonly complete: boolean;
  readonly start: number;
  /** First 180 or 183; 0: none. */
  readonly ringing: number;
  /** 0: never answered, or its answer was not seen. */
  readonly answered: number;
  /** 0: its end was not seen. */
  readonly ended: number;
  /** `start` to `ended`; 0 if that was not seen. */
  readonly duration: number;
  /** `answered` to `ended`: what is billed; 0 if that was not seen. */
  readonly billed: number;
  /** From the first INVITE to the first 180, 183 or final answer but a challenge (RFC 6076 §4.3.1); 0 if none was seen. */
  readonly setup: number;
  readonly disposition: (typeof DISPOSITIONS)[number];
  /** Last final status of its INVITE, 0 if none was seen. */
  readonly status: number;
  /** Q.850 cause of a Reason header (RFC 3326), 0: none. */
  readonly cause: number;
  readonly hungUpBy: 'caller' | 'callee' | 'network' | 'none';
  /** Dialogs its INVITE made: more than one if it was forked. */
  readonly forks: number;
  readonly reinvites: number;
  /** Times it was put on hold by SDP (RFC 3264 §8.4). */
  readonly holds: number;
  /** REFERs in it that were accepted. */
  readonly transfers: number;
  readonly callerAgent: string;
  readonly calleeAgent: string;
  readonly security: CallSecurity;
  readonly streams: readonly MediaStream[];
  readonly legs: readonly CallLeg[];
  /** Call-ID of the first call of those joined by `legs`; empty if it is alone. */
  readonly group: string;
}
