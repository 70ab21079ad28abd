/** Plays a call as planned: set-up, what happens in it, its end, each a unit of simulated time. */
import type { CallRecord } from '../record/folder.ts';
import { Conversation, expect, forget } from './conversation.ts';
import { Dialog } from './dialog.ts';
import { Leg } from './leg.ts';
import type { CallPlan, MidCall } from './plan.ts';
import { recording, speech } from './sound.ts';

/** What came of a call: its record, and those of calls that it gave rise to (transfer). */
export interface Played {
  readonly record: CallRecord;
  readonly also: readonly CallRecord[];
}

/** Milliseconds without a packet before a gap is stretched: longer than any delay in the network. */
const SETTLE = 400;
const SECOND = 1_000_000;

type Hold = Extract<MidCall, { readonly kind: 'hold' }>;
type Step = MidCall | (Omit<Hold, 'kind'> & { readonly kind: 'resume' });

/** Plays the call from INVITE to BYE. The leg is fresh: it has sent nothing yet. */
export async function play(conversation: Conversation): Promise<Played> {
  const { plan, caller } = conversation;
  caller.lostAcks = plan.lostAcks ?? 0;
  caller.voice = plan.voice;
  caller.sessionTimer = plan.sessionTimer ?? 0;
  await caller.openMedia().catch((error: unknown) => {
    caller.close();
    throw error;
  });
  conversation.unit(plan.start ?? 0);
  const start = conversation.now();
  expect(conversation);
  if (plan.giveUp !== undefined) caller.dialog.endpoint.later(plan.giveUp * 1000, () => caller.cancel());
  const status = await caller.invite();
  const answer = status < 300 ? conversation.now() : undefined;
  const also = answer === undefined ? [] : await talk(conversation, answer);
  forget(conversation);
  return { record: recordOf(conversation, start, answer, status), also };
}

function recordOf(conversation: Conversation, start: number, answer: number | undefined, status: number): CallRecord {
  const { plan, caller } = conversation;
  const { local, remote } = caller.dialog;
  const rest = { callId: caller.callId, from: local.uri, to: remote.uri, start, end: conversation.now(), status };
  const media = answer === undefined ? 'none' : plan.media;
  return { ...rest, media, ...(answer === undefined ? {} : { answer }), ...(plan.kind === undefined ? {} : { kind: plan.kind }) };
}

/** From the answer to the end. */
async function talk(conversation: Conversation, answer: number): Promise<CallRecord[]> {
  const { plan, caller } = conversation;
  const also: CallRecord[] = [];
  const stage = new Stage(conversation);
  stage.speak();
  await stage.edge();
  for (const step of timeline(plan)) {
    if (!stage.goesOn) break;
    await stage.until(answer + step.after * SECOND);
    also.push(...(await happen(conversation, step)));
    await stage.edge();
  }
  const last = plan.media === 'edges' ? edgeOf(plan) : 0;
  await stage.until(answer + (plan.talk - last) * SECOND);
  if (last > 0) await caller.wait(last * 1000);
  await hangUp(conversation);
  return also;
}

function edgeOf(plan: CallPlan): number {
  return plan.edge ?? 2;
}

/** Steps in their order: a hold ends with a resume; the session timer refreshes at half of its interval (RFC 4028 §10). */
function timeline(plan: CallPlan): Step[] {
  const half = (plan.sessionTimer ?? 0) / 2;
  const steps: Step[] = [];
  for (let after = half; half > 0 && after < plan.talk; after += half)
    steps.push({ after, by: 'caller', kind: 'refresh', method: 'INVITE' });
  for (const event of plan.events ?? []) {
    steps.push(event);
    if (event.kind === 'hold') steps.push({ ...event, kind: 'resume', after: event.after + event.seconds });
  }
  return steps.filter((step) => step.after < plan.talk).sort((a, b) => a.after - b.after);
}

/** How time passes in a call, and whether its ends are silent for the sake of a gap. */
class Stage {
  readonly #conversation: Conversation;
  readonly #stretched: boolean;
  #silentSince = 0;

  constructor(conversation: Conversation) {
    const { plan } = conversation;
    this.#conversation = conversation;
    const short = plan.talk < 2 * edgeOf(plan) + 1 && plan.events === undefined;
    this.#stretched = plan.start !== undefined && plan.media !== 'full' && !short;
  }

  get goesOn(): boolean {
    return this.#conversation.legs.every((leg) => leg.state !== 'ended');
  }

  speak(): void {
    const silence = this.#silentSince === 0 ? 0 : (this.#conversation.now() - this.#silentSince) / SECOND;
    this.#silentSince = 0;
    if (this.#conversation.plan.media !== 'none') for (const leg of this.#conversation.legs) leg.speak(silence);
  }

  /** Lets the ends talk for as long as an edge of media lasts, then silences them if the time until the next step is stretched. */
  async edge(): Promise<void> {
    const { plan, caller } = this.#conversation;
    if (!this.#stretched) return;
    await caller.wait(plan.media === 'none' ? SETTLE : edgeOf(plan) * 1000);
    this.#silentSince = this.#conversation.now();
    for (const leg of this.#conversation.legs) leg.hush();
  }

  /** Waits until that simulated time: in fact, or by stretching the silence. */
  async until(simulated: number): Promise<void> {
    const { caller } = this.#conversation;
    if (!this.#stretched) {
      await this.#wait((simulated - this.#conversation.now()) / 1000);
    } else if (await caller.wait(SETTLE)) {
      this.#conversation.unit(simulated);
      this.speak();
    }
  }

  async #wait(ms: number): Promise<void> {
    if (ms > 0) await Promise.race(this.#conversation.legs.map((leg) => leg.wait(ms)));
  }
}

/** One thing that happens within a call. Records of calls that came of it. */
async function happen(conversation: Conversation, step: Step): Promise<readonly CallRecord[]> {
  const leg = conversation.side(step.by);
  if (leg?.state !== 'talking') return [];
  if (step.kind === 'transfer') return transfer(conversation, leg, step.to, step.plan);
  if (step.kind === 'hold') await hold(leg, step);
  else if (step.kind === 'resume') await resume(leg, step);
  else if (step.kind === 'refresh') await (step.method === 'INVITE' ? leg.reinvite('sendrecv') : leg.update());
  else if (step.kind === 'digits') await leg.press(step.digits, step.way);
  else if (step.kind === 'fax') await leg.reinvite('sendrecv', true);
  else if (step.kind === 'move') {
    await leg.agent.moveTo(conversation.lab.segment(step.segment));
    await leg.agent.onMoved(conversation.plan.start === undefined ? undefined : conversation.now());
    await leg.move();
  }
  return [];
}

/** With music the other side hears it from this end (sendonly); without, nobody sends. */
async function hold(leg: Leg, { music, newSource }: Omit<Hold, 'kind'>): Promise<void> {
  await leg.reinvite(music ? 'sendonly' : 'inactive');
  if (music) leg.changeVoice(recording(leg.agent.random.fork('music on hold'), 20)(), newSource);
}

async function resume(leg: Leg, { newSource }: Omit<Hold, 'kind'>): Promise<void> {
  leg.changeVoice(speech(leg.agent.random), newSource);
  await leg.reinvite('sendrecv');
}

/** The other end calls the target; when that is answered, this one leaves. */
async function transfer(conversation: Conversation, leg: Leg, to: string, plan: CallPlan): Promise<readonly CallRecord[]> {
  const other = leg === conversation.caller ? conversation.called : conversation.caller;
  if (!other) return [];
  const { agent } = other;
  let next: Promise<Played> | undefined;
  let answered: Promise<unknown> | undefined;
  other.onRefer = (target) => {
    const fresh = new Leg('caller', Dialog.towards(agent, target));
    const start = plan.start === undefined && conversation.plan.start === undefined ? {} : { start: conversation.now() };
    next = play(new Conversation(conversation.lab, { ...plan, ...start }, fresh));
    answered = fresh.settled.then((status) => other.notifyRefer(status, status < 300 ? 'OK' : 'Failed', true));
    void other.notifyRefer(100, 'Trying', false);
  };
  const agreed = await leg.refer(to.includes(':') ? to : `sip:${to}@${agent.setup.domain}`);
  if (!agreed || !next) return [];
  await answered;
  await leg.bye();
  const { record, also } = await next;
  return [record, ...also];
}

/** The planned side hangs up; then whichever end is still there (its BYE never came, or was forged to the other) does so too. */
async function hangUp(conversation: Conversation): Promise<void> {
  const { plan, caller, called } = conversation;
  const [first, second] = plan.hangup === 'called' && called ? [called, caller] : [caller, called];
  if (second) second.lateMedia = plan.lateMedia ?? 0;
  const early = first.state === 'ended' || second?.state === 'ended';
  await first.bye();
  if (!second || second.state === 'ended') return;
  await second.wait(early ? 3000 : 1000 + (plan.lateMedia ?? 0));
  await second.bye();
}
