/** Who, where and when of an Event, from an Observation; and the texts several detectors put into Events. */
import { keptText } from '../bytes.ts';
import { METHODS, type SipMessage } from '../decode/message.ts';
import type { Observation } from '../track/observation.ts';
import { PACKET } from '../track/origin.ts';
import type { Scene } from './emitter.ts';

/** The scene of a message, seen from the side of the client that asked. */
export function sceneOf(o: Observation, account: string): Scene {
  const { packet, message, client, server, attributed } = o;
  return {
    time: packet.time,
    src: client,
    dst: server,
    attributed,
    hop: message.isRequest ? packet.src : packet.dst,
    callId: keptText(message.bytes, message.callId.start, message.callId.end),
    account,
    file: packet.where.file,
    frame: packet.frameNumber,
  };
}

/** The scene of a message, seen from the side of who wrote it: an answer is its server's, and that is who sent the packet. */
export function senderScene(o: Observation): Scene {
  const scene = sceneOf(o, '');
  const { src, dst } = o.packet;
  return o.message.isRequest ? scene : { ...scene, src, dst, attributed: PACKET, hop: src };
}

/** Name of the method of a request, or of the request a response answers. */
export function methodOf(m: SipMessage): string {
  const code = m.isRequest ? m.method : m.cseqMethod;
  if (code > 0) return METHODS[code]!;
  const span = m.isRequest ? m.methodSpan : m.cseqMethodSpan;
  return keptText(m.bytes, span.start, span.end);
}
