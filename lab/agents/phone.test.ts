import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { seeded } from '../random.ts';
import type { Site } from '../scenario.ts';
import { loopbackSegment } from '../servers/loopback.ts';
import { Agent, type Ground } from './agent.ts';
import type { ServerTransaction } from './endpoint.ts';
import { cseqOf, headerOf, type Message, parameterOf, statusLine } from './message.ts';
import { Phone } from './phone.ts';
import { drawMakers, drawShape } from './shape.ts';

const domain = 'lab.invalid';

/** A registrar that asks for credentials, takes any, and keeps what it was sent; calls and the rest are for the tests to answer. */
interface Registrar {
  readonly got: Message[];
  readonly units: (readonly [string, number])[];
  readonly phone: (user: string, net: string, proxy?: { address: string; port: number }) => Promise<Phone>;
}

async function registrar(t: TestContext, net: number, algorithm: 'MD5' | 'SHA-256'): Promise<Registrar> {
  const random = seeded(net, 'phone');
  const units: (readonly [string, number])[] = [];
  const got: Message[] = [];
  const proxy = { address: `127.${net}.0.1`, port: 5070 };
  const site: Site = {
    kind: 'proxy',
    domain,
    proxy,
    accounts: [],
    number: () => '+4930123456',
    freePhone: () => '',
    premium: () => '',
    resolver: '',
    trunk: proxy,
  };
  const lab: Ground = {
    random,
    site,
    segment: loopbackSegment,
    now: () => Date.now() * 1000,
    unit: (callId, at) => units.push([callId, at]),
    media: () => undefined,
  };
  const makers = drawMakers(random);
  const segment = loopbackSegment('office');
  const shape = drawShape(makers, random);
  const agent = await Agent.open({ lab, segment, shape, random, user: 'registrar', domain, password: '', proxy, ...proxy });
  agent.onNew = (transaction: ServerTransaction) => {
    got.push(transaction.request);
    const signed = headerOf(transaction.request, 'authorization') !== '';
    const challenge = `Digest realm="${domain}", nonce="${random.text(16)}", algorithm=${algorithm}, qop="auth"`;
    if (signed) agent.answer(transaction, 200, [['Contact', headerOf(transaction.request, 'contact')]]);
    else agent.answer(transaction, 401, [['WWW-Authenticate', challenge]]);
  };
  const phones: Phone[] = [];
  const phone: Registrar['phone'] = async (user, address, towards = proxy) => {
    const account = { user, domain, password: 'secret' };
    const made = await Phone.open({ lab, segment, account, shape: drawShape(makers, random), address, port: 0, proxy: towards });
    phones.push(made);
    return made;
  };
  t.after(() => {
    for (const each of phones) each.close();
    agent.close();
  });
  return { got, units, phone };
}

test('each registration has its challenge; Call-ID and CSeq go on until the reboot', async (t) => {
  for (const [net, algorithm] of [
    [71, 'MD5'],
    [72, 'SHA-256'],
  ] as const) {
    const { phone, got, units } = await registrar(t, net, algorithm);
    const one = await phone('100', `127.${net}.0.2`);
    assert.equal(await one.register({ expires: 60, at: 5_000_000 }), 200);
    assert.equal(await one.register({ expires: 60, at: 6_000_000 }), 200);
    assert.equal(await one.reboot({ clears: true, at: 9_000_000 }), 200);
    const signed = got.map((message) => headerOf(message, 'authorization') !== '');
    assert.deepEqual(signed, [false, true, false, true, false, true, false, true]);
    assert.ok(headerOf(got[1]!, 'authorization').includes(algorithm));
    const first = got.slice(0, 4);
    assert.equal(new Set(first.map((message) => headerOf(message, 'call-id'))).size, 1);
    assert.equal(new Set(got.map((message) => headerOf(message, 'call-id'))).size, 2);
    for (let i = 1; i < 4; i++) assert.equal(cseqOf(first[i]!), cseqOf(first[i - 1]!) + 1);
    assert.equal(headerOf(got[4]!, 'contact'), '*');
    assert.equal(headerOf(got[4]!, 'expires'), '0');
    assert.deepEqual(
      units.map(([, at]) => at),
      [5_000_000, 6_000_000, 9_000_000],
    );
  }
});

test('an attacker in the path finds both sides of a call that goes on', async (t) => {
  const { phone } = await registrar(t, 73, 'MD5');
  const called = await phone('201', '127.73.0.3');
  const caller = await phone('200', '127.73.0.2', called.agent.endpoint);
  const playing = caller.call('201', { talk: 0.5, media: 'full', answer: { kind: 'answer', after: 0 } });
  while ([...called.live.values()][0]?.state !== 'talking') await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [callId = '', mine] = [...caller.live][0] ?? [];
  assert.ok(mine);
  const theirs = called.live.get(callId);
  assert.ok(theirs);
  assert.equal(mine.role, 'caller');
  assert.equal(mine.dialog.local.tag, theirs.dialog.remote.tag);
  assert.equal(mine.dialog.remote.tag, theirs.dialog.local.tag);
  assert.equal(parameterOf(mine.dialog.remote.value, 'tag'), theirs.dialog.local.tag);
  assert.equal(theirs.dialog.remote.cseq, mine.dialog.local.cseq);
  assert.equal(theirs.dialog.remote.contact, mine.dialog.local.contact);
  assert.deepEqual(mine.mediaPath?.remote, theirs.mediaPath?.local);
  assert.ok((mine.mediaPath?.ssrc ?? 0) > 0);
  assert.equal((await playing).record.status, 200);
  assert.equal(caller.live.size + called.live.size, 0);
});

test('who was hung up on by somebody else leaves the call too', async (t) => {
  const { phone } = await registrar(t, 74, 'MD5');
  const called = await phone('201', '127.74.0.3');
  const caller = await phone('200', '127.74.0.2', called.agent.endpoint);
  const forger = await phone('999', '127.74.0.4');
  const playing = caller.call('201', { talk: 30, media: 'full', answer: { kind: 'answer', after: 0 } });
  while ([...caller.live.values()][0]?.state !== 'talking') await new Promise((resolve) => setTimeout(resolve, 5));
  const [callId = '', live] = [...caller.live][0] ?? [];
  assert.ok(live);
  const { local, remote } = live.dialog;
  // A BYE in the name of the called side, to the caller.
  const parts = { method: 'BYE', uri: local.contact, from: remote.value, to: local.value, callId, cseq: remote.cseq + 1 };
  const answered = await forger.agent.transact(() => forger.agent.draft(parts), live.signalling);
  assert.equal(answered?.status, 200);
  const { record } = await playing;
  assert.ok(record.end - record.start < 10_000_000, 'long before the end that was planned');
  assert.equal(called.live.size, 0);
});

test('policies answer calls that nobody planned', async (t) => {
  const { phone } = await registrar(t, 75, 'MD5');
  const called = await phone('201', '127.75.0.3');
  const caller = await phone('200', '127.75.0.2', called.agent.endpoint);
  for (const [kind, status] of [
    ['busy', 486],
    ['decline', 603],
    ['unavailable', 480],
    ['missing', 404],
  ] as const) {
    called.policy = { answer: () => ({ kind, after: 0 }) };
    assert.equal((await caller.call('201', { talk: 1, media: 'none' })).record.status, status);
  }
  called.policy = { answer: () => ({ kind: 'answer', after: 0 }), hangUpAfter: () => 0.2 };
  const { record } = await caller.call('201', { talk: 20, media: 'none' });
  assert.equal(record.status, 200);
  assert.ok(record.end - record.start < 5_000_000);
  assert.match(statusLine(486), /Busy/);
});

test('without a free port for media a call is refused, and nothing is left of it', async (t) => {
  const { phone } = await registrar(t, 76, 'MD5');
  const called = await phone('201', '127.76.0.3');
  const caller = await phone('200', '127.76.0.2', called.agent.endpoint);
  const { segment } = called.agent;
  called.agent.segment = { ...segment, socket: () => Promise.reject(new Error('taken')) };
  assert.equal((await caller.call('201', { talk: 1, media: 'none', answer: { kind: 'answer', after: 0 } })).record.status, 503);
  caller.agent.segment = called.agent.segment;
  await assert.rejects(caller.call('201', { talk: 1, media: 'none' }), /no free media port/);
  assert.equal(caller.live.size + called.live.size, 0);
});
