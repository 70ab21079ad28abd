/**
 * What was said around alerts, and in the first calls: messages by Call-ID, in bounded memory. The messages of conversations
 * nobody asks for are forgotten when there are too many; those of an alert's evidence are kept.
 */
import { text } from '../bytes.ts';
import { AT, recordAt, type SipRecords } from '../siprecords.ts';
import type { Alert, Evidence, SipRecord } from '../types.ts';
import type { Batch } from './sink.ts';

/** One message of a conversation. Texts are as they were sent: not neutral yet. */
export interface Step {
  readonly time: number;
  readonly file: string;
  readonly frame: number;
  /** Address and port. */
  readonly src: string;
  readonly dst: string;
  readonly request: boolean;
  readonly method: string;
  readonly status: number;
  readonly reason: string;
  readonly retransmission: boolean;
  /** It carried credentials. */
  readonly signed: boolean;
  readonly oddities: readonly string[];
  /** What media it offers or answers, e.g. `audio PCMA, PCMU to 192.0.2.1:6000`; empty without any. */
  readonly media: string;
}

/** Messages of one Call-ID, in order. */
export interface Conversation {
  readonly callId: string;
  /** URIs of its first message. */
  readonly from: string;
  readonly to: string;
  /** Method of its first request. */
  readonly method: string;
  readonly steps: Step[];
  /** Messages beyond the bound, all from one place in `steps`. */
  more: number;
  kept: boolean;
}

/** Conversations held at a time. */
const HELD = 4000;
/** Messages held of one: of a long one its beginning, and its end, where what an attacker tried has worked. */
const STEPS = 60;
const BEGINNING = 40;
/** Alerts whose conversations are kept, and conversations of one alert. */
const ALERTS = 100;
const OF_ALERT = 12;
/** Calls kept that are in no alert: the first ones. */
const FIRST = 12;

/** Collects conversations. */
export class Conversations {
  /** By Call-ID, the one longest silent first. */
  readonly #held = new Map<string, Conversation>();
  /** Of each alert, by its id. */
  readonly #ofAlerts = new Map<string, Conversation[]>();
  readonly #first: Conversation[] = [];
  #keptCount = 0;

  /** Takes the messages and alerts of a batch. */
  take({ records, alerts }: Batch): void {
    if (records !== undefined) for (let i = 0; i < records.count; i++) this.#add(records, i);
    for (const alert of alerts) this.#keep(alert);
  }

  /** Conversations that show an alert; none if it came too late or they were forgotten. */
  of(alert: Alert): readonly Conversation[] {
    return this.#ofAlerts.get(alert.id) ?? [];
  }

  /** The first calls of the capture. */
  get first(): readonly Conversation[] {
    return this.#first;
  }

  #add(records: SipRecords, index: number): void {
    const n = records.numbers;
    const at = index * AT.size;
    const callId = text(records.bytes, n[at + AT.callId]!, n[at + AT.callId + 1]!);
    let conversation = this.#held.get(callId);
    const record = recordAt(records, index);
    if (conversation === undefined) conversation = this.#begin(callId, record);
    else if (!conversation.kept) {
      // Behind the others: it is the last to be forgotten.
      this.#held.delete(callId);
      this.#held.set(callId, conversation);
    }
    if (conversation.steps.length >= STEPS) {
      conversation.more++;
      conversation.steps.splice(BEGINNING, 1);
    }
    conversation.steps.push(stepOf(record));
  }

  #begin(callId: string, { from, to, method }: SipRecord): Conversation {
    const conversation: Conversation = { callId, from: from.uri, to: to.uri, method, steps: [], more: 0, kept: false };
    this.#held.set(callId, conversation);
    if (method === 'INVITE' && this.#first.length < FIRST) {
      this.#first.push(conversation);
      this.#pin(conversation);
    }
    if (this.#held.size - this.#keptCount > HELD) this.#forget();
    return conversation;
  }

  #pin(conversation: Conversation): void {
    if (!conversation.kept) this.#keptCount++;
    conversation.kept = true;
  }

  /** The oldest quarter of those that are not kept. */
  #forget(): void {
    let left = HELD / 4;
    for (const [callId, { kept }] of this.#held) {
      if (left === 0) return;
      if (kept) continue;
      this.#held.delete(callId);
      left--;
    }
  }

  #keep(alert: Alert): void {
    let own = this.#ofAlerts.get(alert.id);
    if (own === undefined) {
      if (this.#ofAlerts.size >= ALERTS) return;
      own = [];
      this.#ofAlerts.set(alert.id, own);
    }
    if (own.length >= OF_ALERT) return;
    for (const piece of alert.proof === undefined ? alert.evidence : [alert.proof, ...alert.evidence]) {
      const found = this.#showing(piece);
      if (found === undefined || own.includes(found) || own.length >= OF_ALERT) continue;
      own.push(found);
      this.#pin(found);
    }
  }

  #showing({ file, frame }: Evidence): Conversation | undefined {
    for (const conversation of this.#held.values()) {
      if (conversation.steps.some((step) => step.frame === frame && step.file === file)) return conversation;
    }
    return undefined;
  }
}

function stepOf(r: SipRecord): Step {
  return {
    time: r.time,
    file: r.file,
    frame: r.frame,
    src: endpoint(r.src, r.srcPort),
    dst: endpoint(r.dst, r.dstPort),
    request: r.request,
    method: r.method,
    status: r.status,
    reason: r.reason,
    retransmission: r.retransmission,
    signed: r.user !== '',
    oddities: r.oddities,
    media: mediaOf(r),
  };
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Names of static payload types that are often used without an rtpmap (RFC 3551 §6). */
const STATIC: Readonly<Record<string, string>> = { 0: 'PCMU', 3: 'GSM', 4: 'G723', 8: 'PCMA', 9: 'G722', 18: 'G729', 13: 'CN' };

/** Read for the eye, from at most the first 4,000 characters; what counts is read by decode. */
function mediaOf({ contentType, body }: SipRecord): string {
  if (!/^application\/sdp/i.test(contentType)) return '';
  const sdp = body.slice(0, 4000);
  const media = /^m=(\w+) (\d+)\S* (\S+) ([^\r\n]*)/m.exec(sdp);
  if (media === null) return '';
  const [, kind = '', port = '', , formats = ''] = media;
  const names = new Map([...sdp.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm)].map(([, type = '', name = '']) => [type, name]));
  const all = formats.split(' ').flatMap((type) => names.get(type) ?? STATIC[type] ?? []);
  const codecs = all.filter((name) => name !== 'telephone-event' && name !== 'CN');
  const address = /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1] ?? '';
  return `${kind} ${codecs.slice(0, 4).join(', ')} to ${address}:${port}`;
}
