/** A call agent commands a media gateway, the gateway answers, connections come and go (MGCP). */
import { NO_ENDPOINT } from '../bytes.ts';
import type { MissedAudit } from '../track/gatewayaudits.ts';
import type { GatewayObservation } from '../track/gateways.ts';
import type { Service } from '../track/gatewayservice.ts';
import type { Packet } from '../types.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';

const COMMAND = typeIndex('mgcp.command');
const ANSWER = typeIndex('mgcp.answer');
const CONNECTION = typeIndex('gateway.connection');
const CONTRADICTED = typeIndex('gateway.contradicted');
const AUDIT = typeIndex('gateway.unaudited');
const RELEASED = typeIndex('gateway.talks-on');

/** Emits `mgcp.command`, `mgcp.answer` and `gateway.connection`. */
export function detectGateway(o: GatewayObservation, emitter: Emitter): void {
  if (o.repeated || !o.known) return;
  const { packet, message, client, server, verb, endpoint, callId, connection, stranger } = o;
  const scene: Scene = {
    time: packet.time,
    src: client,
    dst: server,
    callId,
    account: '',
    file: packet.where.file,
    frame: packet.frameNumber,
  };
  if (message.isCommand) {
    if (emitter.wants(COMMAND)) emitter.emit('mgcp.command', COMMAND, scene, { verb, endpoint, connection, stranger });
    return;
  }
  if (message.code < 200) return;
  if (emitter.wants(ANSWER)) emitter.emit('mgcp.answer', ANSWER, scene, { verb, endpoint, connection, stranger, code: message.code });
  if (o.change === '' || !emitter.wants(CONNECTION)) return;
  const { change, sent, received } = o;
  emitter.emit('gateway.connection', CONNECTION, scene, {
    change,
    endpoint,
    connection,
    stranger,
    seconds: Math.round(o.open / 1e6),
    sent,
    received,
  });
}

/** Emits `gateway.contradicted`; its time and frame are those of the report. */
export function detectContradiction(o: GatewayObservation, service: Service, emitter: Emitter): void {
  if (!emitter.wants(CONTRADICTED)) return;
  const { packet, verb, endpoint, client, server, contradicts } = o;
  const [gateway, agent] = verb === 'NTFY' ? [client, server] : [server, client];
  const { since, file, frame } = service.table.at(contradicts);
  const src = service.reporter(contradicts, gateway) ?? NO_ENDPOINT;
  const scene = { time: since, src, dst: agent, callId: '', account: '', file, frame };
  const data = { endpoint, reported: service.nameOf(contradicts), verb, after: Math.round((packet.time - since) / 1e5) / 10 };
  emitter.emit('gateway.contradicted', CONTRADICTED, scene, data);
}

/** Emits `gateway.unaudited`. */
export function detectMissedAudit(
  { agent, gateway, endpoint, period, since, agreed, withdrawn }: MissedAudit,
  emitter: Emitter,
  now: number,
): void {
  if (!emitter.wants(AUDIT)) return;
  const scene = { time: now, src: agent.slice(), dst: gateway.slice(), callId: '', account: '', file: '', frame: 0 };
  emitter.emit('gateway.unaudited', AUDIT, scene, { endpoint, period, since, agreed, withdrawn });
}

/** Emits `gateway.talks-on` for an RTP packet. @param after seconds since the release. */
export function detectReleased(after: number, { time, src, dst, where, frameNumber }: Packet, emitter: Emitter): void {
  if (!emitter.wants(RELEASED)) return;
  emitter.emit('gateway.talks-on', RELEASED, { time, src, dst, callId: '', account: '', file: where.file, frame: frameNumber }, { after });
}
