import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Forgery, forge, type Scene } from './forgery.ts';
import { loopbackLab } from './loopback-lab.ts';
import { offering } from './offer.ts';
import { inDialog, other, type Way } from './stolen.ts';
import { left } from './victims.ts';

const INSIDE: Way = { calls: 1, through: 'phone', source: 'own', inside: true };
const BYE: Forgery = {
  attack: 'A17',
  classes: ['teardown'],
  stage: 'disrupt',
  ways: { inside: INSIDE, guesses: { ...INSIDE, calls: 5, inside: false } },
  wanted: { talk: 1.2, answer: { kind: 'answer', after: 0.05 } },
  before: 50,
  after: 50,
  strike: hangUp,
};

async function hangUp({ lab, way, disguise, victim, call, as }: Scene): Promise<boolean> {
  await disguise.send(inDialog(call, as, way, 'BYE', 1), call, as);
  await lab.sleep(50);
  return left(victim, other(as));
}

test('a BYE with stolen identifiers ends the call for one side only, and is labelled', async () => {
  const { lab, told, close } = await loopbackLab(11, true);
  await forge(lab, { name: 'inside', value: 1 }, BYE);
  close();
  assert.equal(told[0]?.outcome, 'succeeded');
  assert.equal(told[0].sent.length, 1);
  assert.match(told[0].sent[0]!.text, /^BYE sip:/);
  assert.deepEqual(told[0].about.targets, [told[0].sent[0]!.callId]);
});

test('guessed identifiers end nothing', async () => {
  const { lab, told, close } = await loopbackLab(12, true);
  await forge(lab, { name: 'guesses', value: 5 }, BYE);
  close();
  assert.equal(told[0]?.outcome, 'failed');
  assert.equal(told[0].sent.length, 5);
  assert.equal(told[0].about.targets.includes(told[0].sent[0]!.callId ?? ''), false);
});

test('media follow a forged offer', async () => {
  for (const [seed, method] of [
    [16, 'INVITE'],
    [17, 'UPDATE'],
  ] as const) {
    const { lab, told, close } = await loopbackLab(seed, true);
    const taking: Forgery = { ...BYE, attack: 'A20', wanted: { ...BYE.wanted, talk: 2.5 }, strike: offering(method) };
    await forge(lab, { name: 'inside', value: 1 }, taking);
    close();
    assert.equal(told[0]?.outcome, 'succeeded', method);
    const acks = told[0].sent.filter(({ text }) => text.startsWith('ACK '));
    assert.equal(acks.length, method === 'INVITE' ? 1 : 0);
  }
});

test('an intensity that the attack does not have is a fault', async () => {
  const { lab, close } = await loopbackLab(15, false);
  await assert.rejects(forge(lab, { name: 'louder', value: 1 }, BYE), /no such intensity: louder/);
  close();
});
