/** A call agent commands a media gateway, the gateway answers, connections come and go (MGCP). */
import type { GatewayObservation } from '../track/gateways.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';

const COMMAND = typeIndex('mgcp.command');
const ANSWER = typeIndex('mgcp.answer');
const CONNECTION = typeIndex('gateway.connection');

/** Emits `mgcp.command`, `mgcp.answer` and `gateway.connection`. */
export function detectGateway(o: GatewayObservation, emitter: Emitter): void {
  if (o.repeated || !o.known) return;
  const { packet, message, client, server, verb, endpoint, callId, connection } = o;
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
    if (emitter.wants(COMMAND)) emitter.emit('mgcp.command', COMMAND, scene, { verb, endpoint, connection });
    return;
  }
  if (message.code < 200) return;
  if (emitter.wants(ANSWER)) emitter.emit('mgcp.answer', ANSWER, scene, { verb, endpoint, connection, code: message.code });
  if (o.change === '' || !emitter.wants(CONNECTION)) return;
  const { change, sent, received } = o;
  emitter.emit('gateway.connection', CONNECTION, scene, {
    change,
    endpoint,
    connection,
    seconds: Math.round(o.open / 1e6),
    sent,
    received,
  });
}
