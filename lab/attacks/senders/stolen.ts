/** What somebody in the path of a call knows of it, and requests forged from that. */
import type { Socket } from 'node:dgram';
import type { LiveCall } from '../../agents/leg.ts';
import type { Field, Message } from '../../agents/message.ts';
import type { Random } from '../../random.ts';
import type { CampaignHandle, Lab, SegmentName } from '../../scenario.ts';
import { Actor, type Endpoint, type Request } from './actor.ts';

/** One end of a call: what its requests in the dialog look like, and where it can be reached. */
export interface Side {
  /** Of its own dialog: behind a B2BUA each end has another. */
  readonly callId: string;
  /** From and To values of its requests, with tags. */
  readonly from: string;
  readonly to: string;
  /** Request-URI and Route values of its requests. */
  readonly uri: string;
  readonly routes: readonly string[];
  /** CSeq of the latest of them, and of the latest that it got from the other side. */
  readonly cseq: number;
  readonly heard: number;
  /** Its own Contact URI, and where its SIP comes from. */
  readonly contact: string;
  readonly signalling: Endpoint;
  /** Where it takes media; undefined before it has said so. */
  readonly media: Endpoint | undefined;
}

/** A call as the path shows it. */
export interface Stolen {
  /** The caller's. */
  readonly callId: string;
  readonly caller: Side;
  readonly called: Side;
  /** The latest INVITE that the caller sent, and the latest answer to it that the called side sent. */
  readonly invite: Message | undefined;
  readonly ringing: Message | undefined;
}

/** Name of a side, and of the other. */
export type SideName = 'caller' | 'called';
/** The other side. */
export function other(side: SideName): SideName {
  return side === 'caller' ? 'called' : 'caller';
}

/** What a live call shows of its own end. */
export function sideOf({ callId, dialog, signalling, mediaPath }: LiveCall): Side {
  const { local, remote, routes } = dialog;
  return {
    callId,
    from: local.value,
    to: remote.value,
    uri: remote.contact,
    routes: [...routes],
    cseq: Math.max(local.cseq, 1),
    heard: remote.cseq,
    contact: local.contact,
    signalling: { address: signalling.address, port: signalling.port },
    media: mediaPath?.local,
  };
}

/** How forged requests are sent: what a scenario's intensity stands for. */
export interface Way {
  /** Calls attacked, or guesses made. */
  readonly calls: number;
  /** Straight to the phone, or to the proxy with the call's route. */
  readonly through: 'phone' | 'proxy';
  /** Whose address the packets bear: the attacker's own, the proxy's, or that of the side in whose name they speak. */
  readonly source: 'own' | 'proxy' | 'peer';
  /** In the path: knows Call-ID, tags and CSeq. Outside it all of that is guessed. */
  readonly inside: boolean;
}

/** Intensities of a table of ways. */
export function strengths(ways: Readonly<Record<string, Way>>): { readonly name: string; readonly value: number }[] {
  return Object.entries(ways).map(([name, { calls }]) => ({ name, value: calls }));
}

/** The way of this name. @throws Error if there is none. */
export function wayOf(ways: Readonly<Record<string, Way>>, name: string): Way {
  const way = ways[name];
  if (way === undefined) throw new Error(`no such intensity: ${name}`);
  return way;
}

/** A request of the dialog in the name of one side, `ahead` of its latest CSeq, as the proxy or the other phone would get it. */
export function inDialog(
  call: Stolen,
  as: SideName,
  way: Way,
  method: string,
  ahead: number,
  more: readonly Field[] = [],
  body = '',
): Request {
  const { from, to, uri, routes, cseq, callId } = way.through === 'proxy' ? call[as] : heardOf(call, as);
  const route = way.through === 'proxy' ? routes.map((value): Field => ['Route', value]) : [];
  const target = way.through === 'proxy' ? uri : call[other(as)].contact;
  return { method, uri: target, from, to, callId, cseq: cseq + ahead, more: [...route, ...more], body };
}

/** A side as the other one hears it: behind a B2BUA that is the B2BUA, in the dialog that it has with the other one. */
function heardOf(call: Stolen, as: SideName): Side {
  const [side, far] = [call[as], call[other(as)]];
  if (side.callId === far.callId) return side;
  return { ...side, callId: far.callId, from: far.to, to: far.from, cseq: far.heard };
}

/** Call-IDs of the call: two behind a B2BUA. */
export function callIdsOf({ caller, called }: Stolen): string[] {
  return [...new Set([caller.callId, called.callId])];
}

/** The call with everything wrong that an outsider would have to guess: Call-ID and tags, in the same form. */
export function guessed(call: Stolen, random: Random): Stolen {
  const like = (text: string): string =>
    text.replace(/[a-z]/g, () => random.text(1, 'abcdef')).replace(/\d/g, () => random.text(1, '0123456789'));
  const untagged = (value: string): string => value.replace(/;\s*tag=([^;\s>]+)/i, (_, tag: string) => `;tag=${like(tag)}`);
  const identified = (id: string): string => {
    const [local = '', ...host] = id.split('@');
    return [like(local), ...host].join('@');
  };
  const ids = new Map(callIdsOf(call).map((id) => [id, identified(id)] as const));
  const side = (old: Side): Side => {
    const callId = ids.get(old.callId) ?? old.callId;
    return { ...old, callId, from: untagged(old.from), to: untagged(old.to), cseq: random.integer(1, 200) };
  };
  return { ...call, callId: ids.get(call.callId) ?? call.callId, caller: side(call.caller), called: side(call.called) };
}

/** The addresses that a way forges when it speaks in the name of this side. */
export function forgedSources(lab: Lab, way: Way, calls: readonly Stolen[], as: SideName): string[] {
  if (way.source === 'own') return [];
  if (way.source === 'proxy') return [lab.site.proxy.address];
  return [...new Set(calls.map((call) => call[as].signalling.address))];
}

/** Sends forged requests in the way that was chosen. */
export class Disguise {
  readonly actor: Actor;
  readonly #lab: Lab;
  readonly #campaign: CampaignHandle;
  readonly #way: Way;
  readonly #masks = new Map<string, Socket>();

  private constructor(lab: Lab, campaign: CampaignHandle, way: Way, actor: Actor) {
    this.#lab = lab;
    this.#campaign = campaign;
    this.#way = way;
    this.actor = actor;
  }

  static async open(lab: Lab, campaign: CampaignHandle, segment: SegmentName, way: Way): Promise<Disguise> {
    const actor = await Actor.open(lab, campaign, segment);
    // A side that was told of his address sends him what was for its peer: he is polite, so that it suspects nothing.
    actor.heard = (request, from) => {
      if (request.method !== 'ACK') actor.answer(request, from, 200, actor.tag());
    };
    return new Disguise(lab, campaign, way, actor);
  }

  /**
   * Sends one request in the name of a side and gives the status of its final answer: 0 if none came, -1 if none can come because it
   * goes to the address that was forged.
   */
  async send(request: Request, call: Stolen, as: SideName): Promise<number> {
    const to = this.#way.through === 'proxy' ? this.#lab.site.proxy : call[other(as)].signalling;
    if (this.#way.source === 'own') return (await this.actor.ask(request, to, 3_000))?.status ?? 0;
    await this.pass(request, call, as);
    await this.#lab.sleep(300);
    return -1;
  }

  /** The same for what is never answered, e.g. ACK. */
  async pass(request: Request, call: Stolen, as: SideName): Promise<void> {
    const to = this.#way.through === 'proxy' ? this.#lab.site.proxy : call[other(as)].signalling;
    await this.fire(this.actor.compose({ ...request, ...this.#via(call, as) }), to, { ...call, callId: request.callId }, as);
  }

  /** The same for bytes that are sent as they are. */
  async fire(payload: Buffer, to: Endpoint, call: Stolen, as: SideName): Promise<void> {
    if (this.#way.source === 'own') this.actor.send(payload, to, call.callId);
    else this.#campaign.send(await this.#mask(this.#bearer(call, as)), payload, to, call.callId);
  }

  #bearer(call: Stolen, as: SideName): Endpoint {
    return this.#way.source === 'proxy' ? this.#lab.site.proxy : call[as].signalling;
  }

  #via(call: Stolen, as: SideName): { via?: string } {
    if (this.#way.source === 'own') return {};
    const { address, port } = this.#bearer(call, as);
    return { via: `SIP/2.0/UDP ${address}:${port};branch=${this.actor.branch()}` };
  }

  close(): void {
    for (const socket of this.#masks.values()) socket.close();
    this.actor.close();
  }

  async #mask({ address, port }: Endpoint): Promise<Socket> {
    const key = `${address}:${port}`;
    const known = this.#masks.get(key) ?? (await this.#lab.segment('attack').forger(address, port));
    this.#masks.set(key, known);
    return known;
  }
}
