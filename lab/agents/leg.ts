/** One side of a call: set-up, offers and answers, what happens in it, its end. */
import type { Agent, Session } from './agent.ts';
import type { Dialog, Party } from './dialog.ts';
import type { Peer, ServerTransaction } from './endpoint.ts';
import { Media } from './media.ts';
import { cseqOf, type Draft, type Field, headerOf, type Message, parameterOf, uriOf } from './message.ts';
import { type Described, type Direction, readSdp, writeFaxSdp, writeSdp } from './sdp.ts';
import { CODECS, type Voice } from './sound.ts';

/** Everything that somebody in the path knows of one side of a call that goes on. */
export interface LiveCall {
  readonly callId: string;
  readonly role: 'caller' | 'called';
  readonly state: 'setup' | 'talking' | 'ended';
  /** Tags, CSeq numbers, From and To values, Contacts of both ends, and the route that this side's requests take. */
  readonly dialog: {
    readonly local: Readonly<Party>;
    readonly remote: Readonly<Party>;
    readonly routes: readonly string[];
    readonly nextHop: Peer;
  };
  /** Where this side's signalling comes from. */
  readonly signalling: Peer;
  /** Where this side receives media; where it sends it to; what it sends. */
  readonly mediaPath:
    | {
        readonly local: Peer;
        readonly remote: Peer | undefined;
        readonly ssrc: number;
        readonly sequence: number;
        readonly timestamp: number;
      }
    | undefined;
}

const SDP: Field = ['Content-Type', 'application/sdp'];
const FINAL_GUARD = 40_000;

/** A side of a call. */
export class Leg implements Session, LiveCall {
  readonly agent: Agent;
  readonly role: 'caller' | 'called';
  readonly dialog: Dialog;
  state: 'setup' | 'talking' | 'ended' = 'setup';
  media: Media | undefined;
  /** Plays this instead of speech. */
  voice: Voice | undefined;
  /** So many ACKs of a 200 are left out. */
  lostAcks = 0;
  /** Milliseconds for which it goes on sending after a BYE of the other side. */
  lateMedia = 0;
  /** Session-Expires that it asks for, seconds; 0: none. */
  sessionTimer = 0;
  /** Called for a REFER of the other side, with the target. */
  onRefer: ((target: string) => void) | undefined;
  /** Settles when the call is over, however it ended. */
  readonly ended: Promise<void>;
  /** Settles when the set-up is over: with its status (200: both sides talk; the called side waits for the ACK). */
  readonly settled: Promise<number>;
  #end: () => void = () => {};
  #settle: (status: number) => void = () => {};
  /** INVITE that this side has yet to answer for good, or whose ACK is awaited. */
  #invited: ServerTransaction | undefined;
  readonly #opening: Message | undefined;
  #sent: Draft | undefined;
  #ringing = false;
  #cancelling = false;
  #speaking = false;
  #fax = false;
  #direction: Direction = 'sendrecv';
  #described: Described | undefined;
  #version: number;
  readonly #session: string;

  constructor(role: 'caller' | 'called', dialog: Dialog, invited?: ServerTransaction) {
    const { agent } = dialog;
    this.agent = agent;
    this.role = role;
    this.dialog = dialog;
    this.#invited = invited;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    this.#session = String(agent.random.integer(1, 0x7fffffff));
    this.#version = agent.random.integer(1, 0x7fffff);
    agent.enter(this, invited?.request);
    this.#opening = invited?.request;
  }

  get callId(): string {
    return this.dialog.callId;
  }

  get localTag(): string {
    return this.dialog.local.tag;
  }

  get signalling(): Peer {
    return this.dialog.endpoint;
  }

  get mediaPath(): LiveCall['mediaPath'] {
    const { media } = this;
    if (!media) return undefined;
    const { ssrc = 0, sequence = 0, timestamp = 0 } = media.stream ?? {};
    return { local: { address: media.address, port: media.port }, remote: media.to, ssrc, sequence, timestamp };
  }

  /** Opens the sockets of its media and says which call they belong to. */
  async openMedia(): Promise<void> {
    const { agent } = this;
    const { segment, shape, random } = agent;
    const { witness } = agent.setup;
    const tell = witness && ((payload: Uint8Array, src: string, dst: string) => witness(payload, src, dst, this.callId));
    const media = await Media.open({ segment, address: agent.endpoint.address, shape, random, witness: tell });
    if (this.state === 'ended') return media.close();
    this.media = media;
    media.onLearnt = (from) => agent.lab.media(`${from.address}:${from.port}`, this.callId);
    agent.lab.media(`${media.address}:${media.port}`, this.callId);
    agent.lab.media(`${media.address}:${media.port + 1}`, this.callId);
  }

  /** Calls: sends INVITE and waits for the outcome. A 302 is obeyed once. The status; 408 if nobody answered at all. */
  async invite(): Promise<number> {
    if (!this.media) await this.openMedia();
    const final = await this.#tryInvite();
    const target = uriOf(headerOf(final ?? NOTHING, 'contact'));
    if (final && final.status >= 300 && final.status < 400 && target !== '' && !this.#cancelling) {
      this.dialog.redirect(target);
      return this.#conclude(await this.#tryInvite());
    }
    return this.#conclude(final);
  }

  #tryInvite(): Promise<Message | undefined> {
    const timer: Field[] = this.sessionTimer > 0 ? [['Session-Expires', String(this.sessionTimer)]] : [];
    const make = (credentials: readonly Field[]): Draft => {
      this.#ringing = false;
      const more = [this.dialog.contact, ...credentials, ...this.agent.abilities(this.sessionTimer > 0), ...timer, SDP];
      return (this.#sent = this.dialog.draft('INVITE', more, this.#describe(false)));
    };
    return this.agent.transact(make, this.dialog.nextHop, { on: (early) => this.#early(early), endpoint: this.dialog.endpoint });
  }

  #early(response: Message): void {
    this.#ringing = true;
    if (response.body !== '') this.#hearAnswer(response.body);
    if (this.#cancelling) this.#sendCancel();
  }

  #conclude(final: Message | undefined): number {
    const status = final?.status ?? 408;
    this.#settle(status);
    if (!final || status >= 300) {
      this.close();
      return status;
    }
    this.dialog.meet(final);
    this.#hearAnswer(final.body);
    this.state = 'talking';
    this.#acknowledge(cseqOf(final));
    if (this.#cancelling) void this.bye();
    return status;
  }

  /** Cancels its INVITE, as soon as the other side has said anything (RFC 3261 §9.1). */
  cancel(): void {
    if (this.#cancelling || this.state !== 'setup') return;
    this.#cancelling = true;
    if (this.#ringing) this.#sendCancel();
  }

  #sendCancel(): void {
    const invite = this.#sent;
    if (!invite) return;
    const kept = ['Via', 'Max-Forwards', 'Route', 'From', 'To', 'Call-ID', 'CSeq', 'User-Agent'];
    const fields = invite.fields
      .filter((field) => kept.includes(field[0]))
      .map((field): Field => (field[0] === 'CSeq' ? ['CSeq', field[1].replace('INVITE', 'CANCEL')] : field));
    const cancel = { start: invite.start.replace('INVITE', 'CANCEL'), fields, body: '' };
    this.dialog.endpoint.request(cancel, this.agent.setup.proxy, () => {});
  }

  /** Answers the INVITE provisionally; with a session description if `early`. */
  ring(status: 100 | 180 | 183, early = false): void {
    if (!this.#invited || this.state !== 'setup') return;
    if (early) this.#hearAnswer(this.#invited.request.body);
    const more = status === 100 ? [] : [this.dialog.contact];
    this.#answer(this.#invited, status, early ? [...more, SDP] : more, early ? this.#describe(false) : '');
  }

  /** Answers the INVITE with 200. */
  accept(): void {
    const invited = this.#invited;
    if (!invited || this.state !== 'setup') return;
    this.#hearAnswer(invited.request.body);
    this.state = 'talking';
    this.#answer(
      invited,
      200,
      [this.dialog.contact, ...this.agent.abilities(), ...timerAnswer(invited.request), SDP],
      this.#describe(false),
    );
    this.dialog.endpoint.later(FINAL_GUARD, () => invited === this.#invited && this.close());
  }

  /** Answers the INVITE with a status from 300 on; the call is over. */
  refuse(status: number, more: readonly Field[] = []): void {
    if (!this.#invited || this.state !== 'setup') return;
    this.#answer(this.#invited, status, more, '');
    this.#invited = undefined; // it goes on until its ACK
    this.#settle(status);
    this.close();
  }

  cancelled(): void {
    this.refuse(487);
  }

  request(transaction: ServerTransaction): void {
    const { request } = transaction;
    this.dialog.meet(request);
    if (request.method === 'ACK') this.#acked(request);
    else if (request.method === 'BYE') this.#over(transaction);
    else if (request.method === 'INVITE') this.#reoffered(transaction);
    else if (request.method === 'UPDATE' && request.body !== '') this.#reoffered(transaction);
    else if (request.method === 'REFER') this.#referred(transaction);
    else this.#answer(transaction, 200, request.method === 'UPDATE' ? [this.dialog.contact, ...timerAnswer(request)] : [], '');
  }

  response(message: Message): void {
    if (message.method === 'INVITE' && message.status < 300 && message.status >= 200) this.#acknowledge(cseqOf(message));
  }

  #acked(ack: Message): void {
    if (!this.#invited || cseqOf(ack) !== cseqOf(this.#invited.request)) return;
    this.#invited.confirmed();
    this.#invited = undefined;
    this.#settle(200);
  }

  #over(transaction: ServerTransaction): void {
    this.#answer(transaction, 200, [], '');
    if (this.lateMedia > 0) setTimeout(() => this.media?.close(), this.lateMedia);
    this.#finish(this.lateMedia > 0);
  }

  #reoffered(transaction: ServerTransaction): void {
    const { request } = transaction;
    const described = readSdp(request.body);
    const fax = described?.kind === 'image';
    this.#direction = described ? ANSWERS[described.direction] : 'sendrecv';
    if (request.method === 'INVITE') this.#invited = transaction;
    this.#hearAnswer(request.body);
    this.#answer(transaction, 200, [this.dialog.contact, ...timerAnswer(request), SDP], this.#describe(fax));
    this.#play(fax);
  }

  #referred(transaction: ServerTransaction): void {
    const target = uriOf(headerOf(transaction.request, 'refer-to'));
    this.#answer(transaction, this.onRefer ? 202 : 603, this.onRefer ? [this.dialog.contact] : [], '');
    this.onRefer?.(target);
  }

  /** Tells how the call that REFER asked for goes on (RFC 3515 §2.4.5). */
  async notifyRefer(status: number, reason: string, final: boolean): Promise<void> {
    const state = final ? 'terminated;reason=noresource' : 'active;expires=60';
    const more: Field[] = [
      ['Event', 'refer'],
      ['Subscription-State', state],
      this.dialog.contact,
      ['Content-Type', 'message/sipfrag;version=2.0'],
    ];
    await this.dialog.ask('NOTIFY', more, `SIP/2.0 ${status} ${reason}\r\n`);
  }

  /** Offers anew (hold, resume, new address, fax); true if the other side agreed. */
  async reinvite(direction: Direction, fax = false): Promise<boolean> {
    this.#direction = direction;
    const timer: Field[] = this.sessionTimer > 0 ? [['Session-Expires', `${this.sessionTimer};refresher=uac`]] : [];
    const final = await this.dialog.ask(
      'INVITE',
      [this.dialog.contact, ...this.agent.abilities(this.sessionTimer > 0), ...timer, SDP],
      this.#describe(fax),
    );
    if (!final || final.status >= 300) return false;
    this.dialog.meet(final);
    this.#hearAnswer(final.body);
    this.#acknowledge(cseqOf(final));
    this.#play(fax && readSdp(final.body)?.kind === 'image');
    return true;
  }

  /** Refreshes the session by UPDATE without an offer (RFC 4028 §7.2). */
  async update(): Promise<void> {
    await this.dialog.ask('UPDATE', [this.dialog.contact, ['Session-Expires', `${this.sessionTimer || 1800};refresher=uac`]]);
  }

  /** Asks the other side to call somebody else (RFC 3515); true if it will. */
  async refer(target: string): Promise<boolean> {
    const more: Field[] = [['Refer-To', `<${target}>`], ['Referred-By', `<${this.dialog.local.uri}>`], this.dialog.contact];
    return (await this.dialog.ask('REFER', more))?.status === 202;
  }

  /** Presses keys: as telephone events in the media, or each as an INFO. */
  async press(digits: string, way: 'rtp' | 'info'): Promise<void> {
    if (way === 'rtp') return this.media?.stream?.press(digits);
    for (const digit of digits)
      await this.dialog.ask('INFO', [['Content-Type', 'application/dtmf-relay']], `Signal=${digit}\r\nDuration=160\r\n`);
  }

  /** Goes on from the agent's present address: new sockets, new Contact, re-INVITE. */
  async move(): Promise<void> {
    const old = this.media;
    this.dialog.endpoint = this.agent.endpoint;
    this.dialog.local.contact = this.agent.contactUri;
    await this.openMedia();
    if (this.#described) this.media?.negotiate(this.#described, this.voice);
    await this.reinvite('sendrecv');
    old?.close();
  }

  /** Hangs up. */
  async bye(): Promise<void> {
    if (this.state !== 'talking') return;
    this.hush();
    this.state = 'ended';
    await this.dialog.ask('BYE');
    this.#finish(false);
  }

  /** Sends media from now on, as far as the session allows; `silence`: seconds for which it had been silent. */
  speak(silence = 0): void {
    this.#speaking = true;
    if (this.#fax) this.media?.startFax();
    else if (this.#maySend()) this.media?.start(silence);
  }

  /** Sends no media until `speak`. */
  hush(): void {
    this.#speaking = false;
    this.media?.pause();
    this.media?.stopFax();
  }

  /** Sends another sound: music, or another speaker; as another synchronisation source if `newSource`. */
  changeVoice(voice: Voice, newSource: boolean): void {
    this.voice = voice;
    this.media?.stream?.changeVoice(voice);
    if (newSource) this.media?.stream?.changeSource();
  }

  /** Waits; ends early when the call does. True if the call goes on. */
  async wait(ms: number): Promise<boolean> {
    const timer = new Promise<void>((resolve) => this.dialog.endpoint.later(ms, resolve));
    await Promise.race([timer, this.ended]);
    return this.state !== 'ended';
  }

  /** Leaves the call without a word. */
  close(): void {
    this.#settle(487);
    this.#finish(false);
  }

  #finish(mediaGoesOn: boolean): void {
    this.state = 'ended';
    this.#invited?.confirmed();
    this.agent.leave(this, this.#opening);
    if (!mediaGoesOn) this.media?.close();
    this.#end();
  }

  #answer(transaction: ServerTransaction, status: number, more: readonly Field[], body: string): void {
    this.agent.answer(transaction, status, more, body, this.dialog.local.tag);
  }

  #acknowledge(cseq: number): void {
    if (this.lostAcks-- > 0) return;
    this.dialog.endpoint.send(this.dialog.ack(cseq), this.dialog.nextHop);
  }

  #describe(fax: boolean): string {
    const { sdp } = this.agent.shape;
    const { media } = this;
    const offered = this.#described;
    const own = sdp.codecs.filter((type) => offered === undefined || offered.kind === 'image' || offered.payloadTypes.includes(type));
    const what = {
      media: { address: media?.address ?? '0.0.0.0', port: media?.port ?? 9 },
      payloadTypes: offered && own.length > 0 ? this.#chosen(own, offered) : sdp.codecs,
      direction: this.#direction,
      session: this.#session,
      version: this.#version++,
      dtmf: offered && offered.kind === 'audio' ? offered.dtmf : sdp.dtmf,
      comfortNoise: sdp.comfortNoise && (offered === undefined || offered.payloadTypes.includes(13)),
    };
    return fax ? writeFaxSdp(what, sdp) : writeSdp(what, sdp);
  }

  /** One codec answers an offer: the first of the other side's that this side has. */
  #chosen(own: readonly number[], offered: Described): readonly number[] {
    const first = offered.payloadTypes.find((type) => own.includes(type) && CODECS.has(type));
    return first === undefined ? own : [first];
  }

  #hearAnswer(body: string): void {
    const described = readSdp(body);
    if (!described) return;
    this.#described = described;
    this.media?.negotiate(described, this.voice);
  }

  #maySend(): boolean {
    const remote = this.#described?.direction ?? 'sendrecv';
    return (this.#direction === 'sendrecv' || this.#direction === 'sendonly') && (remote === 'sendrecv' || remote === 'recvonly');
  }

  #play(fax: boolean): void {
    this.#fax = fax;
    if (!fax) this.media?.stopFax();
    if (fax) this.media?.startFax();
    else if (this.#maySend() && this.#speaking) this.media?.start();
    else this.media?.pause();
  }
}

/** Direction that answers an offered one (RFC 3264 §6.1). */
const ANSWERS: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

const NOTHING: Message = { method: '', uri: '', status: 0, fields: [], body: '' };

/** The session timer as the answering side grants it (RFC 4028 §9): the caller refreshes. */
function timerAnswer(request: Message): Field[] {
  const asked = headerOf(request, 'session-expires');
  if (asked === '') return [];
  const refresher = parameterOf(asked, 'refresher') ?? 'uac';
  return [
    ['Session-Expires', `${Number.parseInt(asked, 10)};refresher=${refresher}`],
    ['Require', 'timer'],
  ];
}
