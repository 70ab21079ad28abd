/** The SIP messages of a recording as plain texts, for detectors that think in addresses and URIs. Read by Ringfence's own capture and decode. */
import { addressText, portOf, text } from '../../src/bytes.ts';
import { openCapture } from '../../src/capture/reader.ts';
import { METHODS, type SipMessage, type UriView } from '../../src/decode/message.ts';
import { createMessage, parseSip } from '../../src/decode/sip.ts';
import { SIP, sniff } from '../../src/decode/sniff.ts';
import type { Packet, Span } from '../../src/types.ts';
import type { RunFolder } from '../detector.ts';

/** One SIP message. Addresses are without ports; a URI is `user@host`, or `host` where it has no user; absent texts are empty. */
export interface Said {
  /** µs since 1970. */
  readonly time: number;
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
  readonly udp: boolean;
  /** Of the request; of an answer that in its CSeq. Upper case as sent. */
  readonly method: string;
  /** 0: it is a request. */
  readonly status: number;
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  /** Request-URI or To has a tag: it belongs to a dialog (RFC 3261 §12.2). */
  readonly toTag: boolean;
  /** Topmost branch and CSeq number: a retransmission has the same. */
  readonly transaction: string;
}

/** The messages of the run that was asked for last, since several detectors ask for the same one after the other. */
let last: { readonly hash: string; readonly said: Promise<readonly Said[]> } | undefined;

/** All SIP messages of a run in order. The last run's are remembered. */
export function saidIn(run: RunFolder): Promise<readonly Said[]> {
  if (last?.hash !== run.hash) last = { hash: run.hash, said: collect(run.capture) };
  return last.said;
}

async function collect(path: string): Promise<readonly Said[]> {
  const said: Said[] = [];
  await eachMessage(path, (packet, message) => said.push(saidBy(packet, message)));
  return said;
}

/** Calls `visit` for each SIP message of a capture. Packet and message are good until it returns. */
export async function eachMessage(path: string, visit: (packet: Packet, message: SipMessage) => void): Promise<void> {
  const message = createMessage();
  const reader = await openCapture(path);
  try {
    while (await reader.fill()) {
      while (reader.next()) {
        const { packet } = reader;
        if (sniff(packet.bytes, packet.start, packet.end) !== SIP) continue;
        if (parseSip(message, packet.bytes, packet.start, packet.end, packet.truncated)) visit(packet, message);
      }
    }
  } finally {
    await reader.close();
  }
}

function saidBy(packet: Packet, m: SipMessage): Said {
  const of = (span: Span): string => text(m.bytes, span.start, span.end);
  const code = m.isRequest ? m.method : m.cseqMethod;
  return {
    time: packet.time,
    src: addressText(packet.src),
    srcPort: portOf(packet.src),
    dst: addressText(packet.dst),
    dstPort: portOf(packet.dst),
    udp: packet.transport === 'udp',
    method: METHODS[code] || of(m.isRequest ? m.methodSpan : m.cseqMethodSpan),
    status: m.isRequest ? 0 : m.status,
    callId: of(m.callId),
    from: named(m.bytes, m.from.uri),
    to: named(m.bytes, m.to.uri),
    toTag: m.to.tag.start >= 0,
    transaction: `${of(m.via.branch)} ${m.cseq}`,
  };
}

/** `user@host` of a URI; hosts have no case (RFC 3261 §19.1.4). */
function named(bytes: Uint8Array, { user, host }: UriView): string {
  const where = text(bytes, host.start, host.end).toLowerCase();
  return user.start < 0 ? where : `${text(bytes, user.start, user.end)}@${where}`;
}
