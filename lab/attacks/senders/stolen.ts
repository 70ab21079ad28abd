/** What somebody in the path of a call knows of it, and requests forged from that. */
import type { Field, Message } from '../../agents/message.ts';
import type { Random } from '../../random.ts';
import type { CampaignHandle, Lab, SegmentName } from '../../scenario.ts';
import { Actor, type Endpoint, type Request } from './actor.ts';

/** One end of a call. */
export interface Side {
  /** Value of From or To, without tag. */
  readonly name: string;
  readonly tag: string;
  /** URI of its Contact. */
  readonly contact: string;
  /** Where its phone takes SIP. */
  readonly signalling: Endpoint;
  /** Where it wants media; undefined before it has said so. */
  readonly media: Endpoint | undefined;
  /** Highest CSeq of its requests in this dialog. */
  readonly cseq: number;
  /** Route values that its requests in the dialog carry. */
  readonly routes: readonly string[];
}

/** A call as the path shows it. */
export interface Stolen {
  readonly callId: string;
  readonly caller: Side;
  readonly callee: Side;
  /** The INVITE (with credentials, if it needed them) as the caller sent it, and as the callee got it. */
  readonly sent: Message;
  readonly arrived: Message;
}

/** How forged requests are sent: what a scenario's intensity stands for. */
export interface Way {
  /** Calls attacked, or guesses made. */
  readonly calls: number;
  /** Straight to the phone, or to the proxy with the call's route. */
  readonly through: 'phone' | 'proxy';
  /** Whose address the packets bear: the attacker's own, the proxy's, or that of the peer in whose name they speak. */
  readonly source: 'own' | 'proxy' | 'peer';
  /** In the path: knows Call-ID, tags and CSeq. Outside it all of that is guessed. */
  readonly inside: boolean;
}

/** Intensities of a table of ways. */
export function strengths(ways: Readonly<Record<string, Way>>): { readonly name: string; readonly value: number }[] {
  return Object.entries(ways).map(([name, { calls }]) => ({ name, value: calls }));
}

/** The way of this name. */
export function wayOf(ways: Readonly<Record<string, Way>>, name: string): Way {
  const way = ways[name];
  if (way === undefined) throw new Error(`no such intensity: ${name}`);
  return way;
}

/** A request of the dialog in the name of one side, addressed to the other. */
export function inDialog(
  call: Stolen,
  as: 'caller' | 'callee',
  method: string,
  ahead: number,
  more: readonly Field[],
  body?: string,
): Request {
  const me = call[as];
  const peer = call[as === 'caller' ? 'callee' : 'caller'];
  return {
    method,
    uri: peer.contact,
    from: `${me.name};tag=${me.tag}`,
    to: `${peer.name};tag=${peer.tag}`,
    callId: call.callId,
    cseq: me.cseq + ahead,
    more,
    ...(body === undefined ? {} : { body }),
  };
}

/** The call with everything wrong that an outsider would have to guess: Call-ID (in the same form) and tags. */
export function guessed(call: Stolen, random: Random): Stolen {
  const like = (text: string): string =>
    text.replace(/[a-z0-9]/gi, (old) => random.text(1, /\d/.test(old) ? '0123456789' : /[A-F]/.test(old) ? 'ABCDEF' : 'abcdef'));
  const [left = '', right] = call.callId.split('@');
  const callId = right === undefined ? like(left) : `${like(left)}@${right}`;
  const side = (old: Side): Side => ({ ...old, tag: like(old.tag), cseq: random.integer(1, 200) });
  return { ...call, callId, caller: side(call.caller), callee: side(call.callee) };
}

/** A place to send forged requests from. */
export interface Disguise {
  readonly actor: Actor;
  /** Sends one request of the dialog (see `inDialog`) the way that was chosen; gives the draft as it went out. */
  send(draft: Request, call: Stolen, as: 'caller' | 'callee'): Promise<Request>;
  close(): void;
}

/** The addresses that a way forges for these calls. */
export function forgedSources(lab: Lab, way: Way, calls: readonly Stolen[], as: 'caller' | 'callee'): string[] {
  if (way.source === 'own') return [];
  if (way.source === 'proxy') return [lab.site.proxy.address];
  return [...new Set(calls.map((call) => call[as].signalling.address))];
}

/** Opens a disguise in this segment. */
export async function disguise(lab: Lab, campaign: CampaignHandle, segment: SegmentName, way: Way, actor?: Actor): Promise<Disguise> {
  const own = actor ?? (await Actor.open(lab, campaign, segment));
  const masks = new Map<string, Awaited<ReturnType<ReturnType<Lab['segment']>['forger']>>>();
  const mask = async ({ address, port }: Endpoint) => {
    const key = `${address}:${port}`;
    const known = masks.get(key);
    if (known !== undefined) return known;
    const socket = await lab.segment(segment).forger(address, port);
    masks.set(key, socket);
    return socket;
  };
  return {
    actor: own,
    async send(draft, call, as) {
      const me = call[as];
      const peer = call[as === 'caller' ? 'callee' : 'caller'];
      const to = way.through === 'proxy' ? lab.site.proxy : peer.signalling;
      const branch = draft.branch ?? own.branch();
      const routes: readonly Field[] = way.through === 'proxy' ? me.routes.map((route) => ['Route', route]) : [];
      const whole: Request = { ...draft, branch, more: [...routes, ...(draft.more ?? [])] };
      if (way.source === 'own') {
        own.send(own.compose(whole), to, draft.callId);
        return whole;
      }
      const bearer = way.source === 'proxy' ? lab.site.proxy : me.signalling;
      const masked = { ...whole, via: `SIP/2.0/UDP ${bearer.address}:${bearer.port};branch=${branch};rport` };
      campaign.send(await mask(bearer), own.compose(masked), to, draft.callId);
      return masked;
    },
    close() {
      for (const socket of masks.values()) socket.close();
      if (actor === undefined) own.close();
    },
  };
}
