/** A27: messages that no state of a call allows (S2-24, S2-25), to telephones and to the proxy: probes for what a server takes. */
import { type Field, statusLine, writeMessage } from '../agents/message.ts';
import type { Intensity, Lab, Scenario } from '../scenario.ts';
import type { Endpoint, Request } from './senders/actor.ts';
import { Disguise, inDialog, type Stolen, type Way } from './senders/stolen.ts';
import { finished, victims } from './senders/victims.ts';

const WAY: Way = { calls: 0, through: 'phone', source: 'own', inside: true };
const INSIDE = 'inside a call';

/** Either all of it belongs to no call, or real calls get what their state forbids. */
export const outOfState: Scenario = {
  name: 'out-of-state',
  title: 'Messages that fit no state: mid-dialog requests without a dialog, old CSeq, late CANCEL, answers to nothing',
  attack: 'A27',
  intensities: [
    { name: '12 messages', value: 12 },
    { name: '90 messages', value: 90 },
    { name: `24 messages, ${INSIDE}`, value: 24 },
  ],
  site: { phones: 10 },
  proof: 'hashes',
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const calls = await victims(lab, 3, { talk: 11 });
  if (calls.length === 0) throw new Error('no call came about');
  await lab.sleep(1_000);
  const known = calls.map((victim) => victim.stolen());
  const inside = intensity.name.endsWith(INSIDE);
  const campaign = lab.campaign({
    attack: 'A27',
    classes: ['anomaly', 'malformed'],
    stage: 'disrupt',
    intensity: intensity.name,
    targets: inside ? known.map(({ callId }) => callId) : known.map(({ called }) => called.signalling.address),
  });
  const disguise = await Disguise.open(lab, campaign, 'attack', WAY);
  const kinds = inside ? WITHIN : WITHOUT;
  for (let i = 0; i < intensity.value; i++) {
    const call = lab.random.pick(known);
    kinds[i % kinds.length]?.({ lab, disguise, call, to: call.called.signalling });
    await lab.sleep(Math.min(1_000, lab.random.exponential(7_000 / intensity.value)));
  }
  await lab.sleep(1_000);
  const alive = calls.every((victim) => victim.talks('caller') && victim.talks('called'));
  campaign.end(alive ? 'failed' : 'succeeded', { attackers: [disguise.actor.address] });
  disguise.close();
  await finished(lab, calls, 12_000);
}

interface Shot {
  readonly lab: Lab;
  readonly disguise: Disguise;
  readonly call: Stolen;
  readonly to: Endpoint;
}

/** A request of a dialog that never was. */
function orphan({ disguise, call, to }: Shot, method: string, more: readonly Field[] = []): void {
  const { actor } = disguise;
  const request: Request = {
    method,
    uri: call.called.contact,
    from: `<${call.caller.contact}>;tag=${actor.tag()}`,
    to: `<${call.called.contact}>;tag=${actor.tag()}`,
    callId: actor.callId(),
    cseq: actor.random.integer(1, 500),
    more,
  };
  actor.send(actor.compose(request), to, request.callId);
}

/** A request of a real dialog, with this distance from the right CSeq. */
function misplaced({ disguise, call, to }: Shot, method: string, ahead: number, more: readonly Field[] = []): void {
  const request = inDialog(call, 'caller', WAY, method, ahead, more);
  disguise.actor.send(disguise.actor.compose({ ...request, cseq: Math.max(0, request.cseq) }), to, call.callId);
}

const WITHOUT: readonly ((shot: Shot) => void)[] = [
  (shot) => orphan(shot, 'ACK'),
  (shot) => orphan(shot, 'BYE'),
  (shot) => orphan(shot, 'PRACK', [['RAck', '1 1 INVITE']]),
  (shot) => orphan(shot, 'UPDATE', [['Contact', `<${shot.call.caller.contact}>`]]),
  (shot) => orphan(shot, 'INFO', [['Info-Package', 'dtmf']]),
  (shot) => orphan(shot, 'CANCEL'),
  (shot) => orphan({ ...shot, to: shot.lab.site.proxy }, 'BYE'),
  (shot) => orphan({ ...shot, to: shot.lab.site.proxy }, 'ACK'),
  (shot) => unasked(shot, 200),
  (shot) => unasked(shot, 180),
];

const WITHIN: readonly ((shot: Shot) => void)[] = [
  (shot) => misplaced(shot, 'ACK', 40),
  (shot) => misplaced(shot, 'CANCEL', 0),
  (shot) => misplaced(shot, 'INVITE', -3, [['Contact', `<${shot.call.caller.contact}>`]]),
  (shot) => misplaced(shot, 'PRACK', 2, [['RAck', '9 1 INVITE']]),
  (shot) => misplaced(shot, 'INFO', -2),
  (shot) => misplaced(shot, 'UPDATE', -1),
];

/** An answer to a request that nobody sent. */
function unasked({ disguise, call, to }: Shot, status: number): void {
  const { actor } = disguise;
  const callId = actor.callId();
  const fields: Field[] = [
    ['Via', `SIP/2.0/UDP ${to.address}:${to.port};branch=${actor.branch()}`],
    ['From', `<${call.called.contact}>;tag=${actor.tag()}`],
    ['To', `<${call.caller.contact}>;tag=${actor.tag()}`],
    ['Call-ID', callId],
    ['CSeq', `${actor.random.integer(1, 500)} INVITE`],
    ['Contact', `<${call.caller.contact}>`],
  ];
  actor.send(writeMessage({ start: statusLine(status), fields, body: '' }, actor.shape), to, callId);
}
