/**
 * The site's resolver: knows the site's domain, says of every other name that it does not exist, and never answers below
 * `slow.invalid`, so that servers that wait for it can be exhausted (A09, E0-1).
 */
import type { Segment } from '../scenario.ts';
import {
  addressRecord,
  pointerRecord,
  type Question,
  type ResourceRecord,
  readQuestion,
  serviceRecord,
  TYPES,
  writeAnswer,
} from './dns.ts';

/** A query that the resolver got. */
export interface Query {
  /** Microseconds since 1970 on the machine's clock. */
  readonly time: number;
  readonly client: string;
  readonly name: string;
  readonly type: number;
  readonly answer: 'records' | 'none' | 'unknown name' | 'silence';
}

/** A resolver at work. */
export interface Resolver {
  /** The first hundred thousand queries, in order. */
  readonly queries: readonly Query[];
  stop(): Promise<void>;
}

const MOST_QUERIES = 100_000;

/** What the resolver knows. */
export interface Zone {
  readonly domain: string;
  readonly proxy: { readonly address: string; readonly port: number };
}

/** Starts the resolver on this address of the segment, port 53 unless told. */
export async function startResolver(segment: Pick<Segment, 'socket'>, address: string, zone: Zone, port = 53): Promise<Resolver> {
  const socket = await segment.socket(address, port);
  const queries: Query[] = [];
  socket.on('message', (packet, from) => {
    const question = readQuestion(packet);
    if (!question) return;
    const silent = isSlow(question.name);
    const records = answer(question, zone);
    const told = silent ? 'silence' : records === undefined ? 'unknown name' : records.length > 0 ? 'records' : 'none';
    if (queries.length < MOST_QUERIES) {
      queries.push({
        time: Date.now() * 1000,
        client: `${from.address}:${from.port}`,
        name: question.name,
        type: question.type,
        answer: told,
      });
    }
    if (!silent) socket.send(writeAnswer(question, records ?? [], records !== undefined), from.port, from.address);
  });
  // A client that has gone may send back an ICMP error; it is nothing to the others.
  socket.on('error', () => {});
  const stop = (): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));
  return { queries, stop };
}

function isSlow(name: string): boolean {
  return name === 'slow.invalid' || name.endsWith('.slow.invalid');
}

/** Records for a question; undefined if the name does not exist. */
function answer({ name, type }: Question, { domain, proxy }: Zone): readonly ResourceRecord[] | undefined {
  const service = `_sip._udp.${domain}`;
  const host = `proxy.${domain}`;
  if (name === host) return type === TYPES.A ? [addressRecord(proxy.address)] : [];
  if (name === service) return type === TYPES.SRV ? [serviceRecord(host, proxy.port)] : [];
  if (name !== domain) return undefined;
  if (type === TYPES.A) return [addressRecord(proxy.address)];
  return type === TYPES.NAPTR ? [pointerRecord(service)] : [];
}
