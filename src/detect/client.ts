/** A client shows how it writes its requests, and perhaps which program it is. */
import { keptText } from '../bytes.ts';
import { dnaName, writtenText } from '../decode/dna/dna.ts';
import { readTag, type TagData } from '../decode/guess.ts';
import type { Clients } from '../track/clients.ts';
import type { Observation } from '../track/observation.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const CLIENT = typeIndex('client.seen');
const TOOL = typeIndex('tool.seen');

/** Emits `client.seen` for a DNA that is new to its client, and `tool.seen` if it is that of a known program. */
export function detectClient(o: Observation, clients: Clients, emitter: Emitter, now: number): void {
  if (!clients.meet(o, now)) return;
  if (clients.known !== undefined && emitter.wants(TOOL)) emitTool(o, clients.known, dnaName(clients.dna), emitter);
  if (emitter.wants(CLIENT)) emitClient(o, clients, emitter);
}

function emitTool(o: Observation, known: NonNullable<Clients['known']>, dna: string, emitter: Emitter): void {
  const { message: m } = o;
  emitter.emit('tool.seen', TOOL, sceneOf(o, ''), {
    method: methodOf(m),
    tool: known.name,
    kind: known.kind,
    purpose: known.purpose,
    sure: known.sure,
    dna,
    says: saidBy(readTag(m.bytes, m.from.tag)),
    userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
  });
}

/** What the tool wrote into its tag, but for the password it tries. */
function saidBy(tag: TagData | undefined): string {
  if (tag === undefined) return '';
  return tag.kind === 'target' ? `${tag.address}:${tag.port}` : tag.user;
}

function emitClient(o: Observation, { dna, known }: Clients, emitter: Emitter): void {
  const { message: m } = o;
  emitter.emit('client.seen', CLIENT, sceneOf(o, ''), {
    method: methodOf(m),
    dna: dnaName(dna),
    core: writtenText(dna.coreText),
    build: writtenText(dna.buildText),
    client: known?.name ?? '',
    userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
  });
}
