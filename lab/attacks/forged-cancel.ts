/** A18: a call is ended before it is answered, by a CANCEL that the caller did not send or a 603 that the called side did not (S1-43, S2-23). */
import { cseqOf, headerOf, headersOf, uriOf } from '../agents/message.ts';
import type { Scenario } from '../scenario.ts';
import { forgedAnswer } from './senders/forged-answer.ts';
import { forge, type Scene } from './senders/forgery.ts';
import { strengths, type Way } from './senders/stolen.ts';

const CANCELS: Readonly<Record<string, Way>> = {
  '2 calls, own address': { calls: 2, through: 'proxy', source: 'own', inside: true },
  '5 calls, caller forged': { calls: 5, through: 'proxy', source: 'peer', inside: true },
  '4 calls, proxy forged': { calls: 4, through: 'phone', source: 'proxy', inside: true },
  '40 guesses': { calls: 40, through: 'proxy', source: 'own', inside: false },
};

const DECLINES: Readonly<Record<string, Way>> = {
  '2 calls, own address': { calls: 2, through: 'phone', source: 'own', inside: true },
  '5 calls, proxy forged': { calls: 5, through: 'phone', source: 'proxy', inside: true },
  '4 calls, phone forged': { calls: 4, through: 'proxy', source: 'peer', inside: true },
};

const RINGS = { kind: 'answer', after: 5 } as const;

/** CANCEL in the name of the caller: the telephone stops ringing. */
export const forgedCancel: Scenario = {
  name: 'forged-cancel',
  title: 'CANCEL in the name of the caller while the other side rings',
  attack: 'A18',
  intensities: strengths(CANCELS),
  site: { phones: 14 },
  proof: 'hashes',
  run: async (lab, intensity) =>
    await forge(lab, intensity, {
      attack: 'A18',
      classes: ['teardown', 'anomaly'],
      stage: 'disrupt',
      ways: CANCELS,
      wanted: { talk: 2, answer: RINGS, until: 'ringing' },
      as: 'caller',
      before: 300,
      after: 6_000,
      strike: cancel,
    }),
};

/** 603 in the name of the called side: the caller thinks that he is not wanted; the telephone rings on. */
export const forgedDecline: Scenario = {
  name: 'forged-decline',
  title: '603 Decline in the name of the called side while it rings',
  attack: 'A18',
  intensities: strengths(DECLINES),
  site: { phones: 14 },
  proof: 'hashes',
  run: async (lab, intensity) =>
    await forge(lab, intensity, {
      attack: 'A18',
      classes: ['teardown', 'impersonation', 'anomaly'],
      stage: 'disrupt',
      ways: DECLINES,
      wanted: { talk: 2, answer: RINGS, until: 'ringing' },
      as: 'called',
      before: 300,
      after: 6_000,
      strike: async (scene) => (await forgedAnswer(scene, 603)) && !scene.victim.knows('caller'),
    }),
};

/** A CANCEL has the Via, the Request-URI and the CSeq of the INVITE it ends (RFC 3261 §9.1). */
async function cancel({ lab, way, disguise, victim, call, as }: Scene): Promise<boolean> {
  // The INVITE as the caller sent it, or as the proxy did: the Vias of the telephone's own answer.
  const seen = way.through === 'proxy' ? call.invite : call.ringing;
  if (seen === undefined) return false;
  const via = way.inside ? headersOf(seen, 'via')[0] : undefined;
  const request = {
    method: 'CANCEL',
    uri: way.through === 'proxy' ? seen.uri : call.called.contact,
    from: way.inside ? headerOf(seen, 'from') : call.caller.from,
    to: `<${uriOf(headerOf(seen, 'to'))}>`,
    callId: call.callId,
    cseq: cseqOf(seen),
    ...(via === undefined ? {} : { via }),
  };
  const to = way.through === 'proxy' ? lab.site.proxy : call.called.signalling;
  await disguise.fire(disguise.actor.compose(request), to, call, as);
  await lab.sleep(400);
  return !victim.knows('called');
}
