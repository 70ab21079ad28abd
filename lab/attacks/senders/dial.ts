/** Calls that an actor places, step by step, so that a scenario can leave a step out. */
import { type Field, headerOf, headersOf, hostOf, type Message, uriOf } from '../../agents/message.ts';
import type { Account, Lab } from '../../scenario.ts';
import type { Actor, Endpoint, Request } from './actor.ts';

/** A call that was answered: what requests in its dialog need. */
export interface Dialled {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  /** Remote target. */
  readonly uri: string;
  readonly routes: readonly string[];
  /** CSeq of the INVITE that was answered. */
  readonly cseq: number;
  /** Where the peer wants media. */
  readonly media: Endpoint | undefined;
  readonly answer: Message;
}

/** Where a session description wants its audio; undefined if it says nowhere. */
export function mediaOf(body: string): Endpoint | undefined {
  const port = Number(/^m=audio (\d+)/m.exec(body)?.[1] ?? 0);
  const address = /^c=IN IP4 (\S+)/m.exec(body)?.[1];
  return port === 0 || address === undefined ? undefined : { address, port };
}

/** An account that no telephone has; the site has twenty of them (`index` 0 to 19). */
export function spareAccount(lab: Lab, index: number): Account {
  const account = lab.site.accounts.at(-1 - index);
  if (account === undefined) throw new Error(`the site has no spare account ${index}`);
  return account;
}

/** A request outside dialogs in the name of an account. */
export function opening(
  actor: Actor,
  lab: Lab,
  account: Account,
  method: string,
  uri: string,
  more: readonly Field[] = [],
  body = '',
): Request {
  const me = `<sip:${account.user}@${lab.site.domain}>`;
  const to = method === 'REGISTER' ? me : `<${uri}>`;
  return {
    method,
    uri,
    from: `${me};tag=${actor.tag()}`,
    to,
    callId: actor.callId(),
    cseq: Number(actor.shape.firstCseq(actor.random)),
    more,
    body,
  };
}

/** Registers the account to the actor for so many seconds; gives the status of the answer, 0 if none came. */
export async function enrol(
  actor: Actor,
  lab: Lab,
  account: Account,
  seconds: number,
  contact = actor.contact(account.user),
): Promise<number> {
  const more: Field[] = [
    ['Contact', contact],
    ['Expires', `${seconds}`],
  ];
  const { answer } = await actor.request(opening(actor, lab, account, 'REGISTER', `sip:${lab.site.domain}`, more), lab.site.proxy, account);
  return answer?.status ?? 0;
}

/**
 * Calls a user of the site or a number; waits for the final answer. Acknowledges refusals, not answers. Gives the status of a refusal,
 * 0 if no answer came and it was given up. `proxy`: where it sends to, if that is not the site's.
 */
export async function dial(
  actor: Actor,
  lab: Lab,
  account: Account,
  user: string,
  body: string,
  ms = 10_000,
  proxy: Endpoint = lab.site.proxy,
): Promise<Dialled | number> {
  const request = opening(
    actor,
    lab,
    account,
    'INVITE',
    `sip:${user}@${lab.site.domain}`,
    [['Contact', actor.contact(account.user)]],
    body,
  );
  const { answer, sent } = await actor.request(request, proxy, account, ms);
  if (answer === undefined) {
    actor.cancel(sent, proxy);
    return 0;
  }
  if (answer.status < 300) return dialled(sent, answer);
  actor.refuse(sent, answer, proxy);
  return answer.status;
}

/** The dialog that a 2xx makes for the one who called. */
export function dialled(sent: Request, answer: Message): Dialled {
  return {
    callId: sent.callId,
    from: sent.from,
    to: headerOf(answer, 'to'),
    uri: uriOf(headerOf(answer, 'contact')),
    routes: headersOf(answer, 'record-route').reverse(),
    cseq: sent.cseq,
    media: mediaOf(answer.body),
    answer,
  };
}

/** A request inside the dialog; an ACK has the CSeq of what it acknowledges (`ahead` 0). */
export function within(call: Dialled, method: string, ahead: number, more: readonly Field[] = [], body = ''): Request {
  const { uri, from, to, callId } = call;
  const routes = call.routes.map((route): Field => ['Route', route]);
  return { method, uri, from, to, callId, cseq: call.cseq + ahead, more: [...routes, ...more], body };
}

/** Where requests inside the dialog go first: the first route, else the peer. */
export function nextHop(call: Dialled): Endpoint {
  return hostOf(uriOf(call.routes[0] ?? `<${call.uri}>`));
}

/** Sends the ACK of an answered call. */
export function acknowledge(actor: Actor, call: Dialled, hop = nextHop(call)): void {
  actor.send(actor.compose(within(call, 'ACK', 0)), hop, call.callId);
}
