import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerOf } from '../../agents/message.ts';
import { Actor, unlabelled } from './actor.ts';
import { Answerer } from './answerer.ts';
import { acknowledge, dial, enrol, mediaOf, spareAccount, within } from './dial.ts';
import { loopbackLab } from './loopback-lab.ts';
import { Voice } from './voice.ts';

test('registers with an answer to the challenge, and labels each packet', async () => {
  const { lab, told } = await loopbackLab(21, false);
  const campaign = lab.campaign({ attack: 'A16', classes: ['hijack'], stage: 'abuse', intensity: 'one', targets: [] });
  const registrar = await Actor.open(lab, unlabelled, 'site', { address: '127.0.0.1' });
  const asked: string[] = [];
  registrar.heard = (request, from) => {
    const credentials = headerOf(request, 'authorization');
    asked.push(credentials);
    if (credentials !== '') return registrar.answer(request, from, 200, 'r');
    registrar.answer(request, from, 401, 'r', [['WWW-Authenticate', 'Digest realm="lab.test", nonce="n1", qop="auth"']]);
  };
  const actor = await Actor.open(lab, campaign, 'attack');
  const here = { ...lab, site: { ...lab.site, proxy: registrar } };
  assert.equal(await enrol(actor, here, spareAccount(lab, 0), 60), 200);
  for (const one of [actor, registrar]) one.close();
  assert.equal(asked.length, 2);
  assert.match(asked[1]!, /username="123"/);
  assert.match(asked[1]!, /nonce="n1"/);
  assert.equal(told[0]?.sent.length, 2);
  assert.ok(told[0].sent.every(({ text }) => text.startsWith('REGISTER ')));
});

test('repeats a request that nobody answers', async () => {
  const { lab, told } = await loopbackLab(22, false);
  const campaign = lab.campaign({ attack: 'A16', classes: ['hijack'], stage: 'abuse', intensity: 'one', targets: [] });
  const actor = await Actor.open(lab, campaign, 'attack');
  const silent = await Actor.open(lab, unlabelled, 'site', { address: '127.0.0.1' });
  const request = { method: 'OPTIONS', uri: 'sip:x', from: '<sip:a>;tag=1', to: '<sip:x>', callId: 'c', cseq: 1 };
  assert.equal(await actor.ask(request, silent, 700), undefined);
  for (const one of [actor, silent]) one.close();
  assert.equal(told[0]?.sent.length, 2);
  assert.equal(told[0].sent[0]!.text, told[0].sent[1]!.text);
});

test('calls a telephone that rings, talks and hangs up', async () => {
  const { lab } = await loopbackLab(23, false);
  const manners = { address: '127.0.0.1', enrols: false, rings: 20, talks: 2_000 };
  const phone = await Answerer.open(lab, unlabelled, 'floor', spareAccount(lab, 0), manners);
  const caller = await Actor.open(lab, unlabelled, 'office', { address: '127.0.0.1' });
  const voice = await Voice.open(lab, 'office', '127.0.0.1');
  const call = await dial(caller, lab, spareAccount(lab, 1), '123', voice.description(lab), 2_000, phone.actor);
  assert.ok(typeof call !== 'number');
  acknowledge(caller, call, phone.actor);
  assert.ok(phone.holds(call.callId));
  assert.equal(mediaOf(phone.offers[0]!)?.port, voice.port);
  voice.target = call.media;
  await voice.talk(lab, unlabelled, call.callId, 200);
  const bye = await caller.ask(within(call, 'BYE', 1), phone.actor);
  assert.equal(bye?.status, 200);
  assert.ok(!phone.holds(call.callId));
  assert.ok(voice.received >= 5, `${voice.received} packets came`);
  for (const one of [caller, voice, phone]) one.close();
});

test('a call that nobody answers is given up, and its end acknowledged', async () => {
  const { lab, told } = await loopbackLab(24, false);
  const campaign = lab.campaign({ attack: 'A34', classes: ['toll-fraud'], stage: 'abuse', intensity: 'one', targets: [] });
  const manners = { address: '127.0.0.1', enrols: false, rings: -1, talks: 0 };
  const phone = await Answerer.open(lab, unlabelled, 'floor', spareAccount(lab, 0), manners);
  const caller = await Actor.open(lab, campaign, 'attack', { address: '127.0.0.1' });
  assert.equal(await dial(caller, lab, spareAccount(lab, 1), '123', 'v=0\r\n', 100, phone.actor), 0);
  await lab.sleep(100);
  for (const one of [caller, phone]) one.close();
  assert.deepEqual(
    told[0]?.sent.map(({ text }) => text.split(' ')[0]),
    ['INVITE', 'CANCEL', 'ACK'],
  );
});
