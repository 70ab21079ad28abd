import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tool } from '../../test/peers.ts';
import { seeded } from '../random.ts';
import { launchHere, loopbackSegment } from '../servers/loopback.ts';
import { type RunningSite, startSite } from '../servers/site.ts';
import type { Ground } from './agent.ts';
import { Phone } from './phone.ts';
import type { CallPlan } from './plan.ts';
import { drawMakers, drawShape } from './shape.ts';
import { drawnPolicy, Trunk } from './trunk.ts';

const kamailio = tool('kamailio', 'apt-get install kamailio kamailio-extra-modules');

interface Scene {
  readonly lab: Ground;
  readonly phones: readonly Phone[];
  readonly trunk: Trunk;
  readonly site: RunningSite;
  /** What was said to the lab of time and of media. */
  readonly units: readonly { readonly callId: string; readonly real: number; readonly simulated: number }[];
  readonly media: ReadonlyMap<string, string>;
}

test('phones register, call each other and the trunk through Kamailio', kamailio, async () => {
  await withScene(11, async ({ phones, site }) => {
    const [one, two] = phones;
    assert.ok(one && two);
    for (const phone of phones) assert.equal(await phone.register(), 200);
    const plan: CallPlan = { talk: 0.6, media: 'full', answer: { kind: 'answer', after: 0.1 } };
    const { record } = await one.call(two.account.user, plan);
    assert.equal(record.status, 200);
    const out = await one.call(site.number(), plan);
    assert.equal(out.record.status, 200);
    const busy = await two.call(one.account.user, { ...plan, answer: { kind: 'busy', after: 0 } });
    assert.equal(busy.record.status, 486);
    const given = await two.call(one.account.user, { ...plan, answer: { kind: 'never' }, giveUp: 0.3 });
    assert.equal(given.record.status, 487);
    assert.equal((await one.call('99999', plan)).record.status, 404);
    assert.equal(await one.options(), 200);
    assert.equal(await one.subscribe('presence', two.account.user), 200);
    assert.equal(await one.unregister(), 200);
  });
});

test('what may happen within calls', kamailio, async () => {
  await withScene(12, async ({ phones, site }) => {
    const [one, two, three] = phones;
    assert.ok(one && two && three);
    for (const phone of phones) await phone.register();
    const base: CallPlan = { talk: 1.5, media: 'full', answer: { kind: 'answer', after: 0 } };
    const user = two.account.user;
    const plans: CallPlan[] = [
      { ...base, events: [{ kind: 'hold', after: 0.2, by: 'caller', seconds: 0.5, music: true, newSource: true }], hangup: 'called' },
      { ...base, events: [{ kind: 'hold', after: 0.2, by: 'called', seconds: 0.5, music: false, newSource: false }] },
      { ...base, events: [{ kind: 'refresh', after: 0.1, by: 'called', method: 'UPDATE' }], sessionTimer: 1 },
      { ...base, events: [{ kind: 'fax', after: 0.1, by: 'called' }] },
      { ...base, events: [{ kind: 'digits', after: 0.1, by: 'caller', digits: '12', way: 'rtp' }] },
      { ...base, events: [{ kind: 'digits', after: 0.1, by: 'caller', digits: '1', way: 'info' }], lostAcks: 1, lateMedia: 300 },
      { ...base, answer: { kind: 'announce', after: 0.3, answers: true } },
      { ...base, answer: { kind: 'redirect', after: 0, to: three.account.user } },
    ];
    const played = await Promise.all(plans.map((plan) => one.call(user, plan)));
    assert.deepEqual(
      played.map(({ record }) => record.status),
      plans.map(() => 200),
    );
    const transferred = await one.call(user, {
      ...base,
      events: [{ kind: 'transfer', after: 0.2, by: 'caller', to: site.number(), plan: base }],
    });
    assert.equal(transferred.also.length, 1);
    assert.equal(transferred.also[0]?.status, 200);
    const moved = await one.call(user, { ...base, events: [{ kind: 'move', after: 0.2, by: 'caller', segment: 'internet' }] });
    assert.equal(moved.record.status, 200);
    for (const phone of phones) assert.equal(phone.live.size, 0);
  });
});

test('talk time is stretched between units, media is played at the edges', kamailio, async () => {
  await withScene(13, async ({ phones, units, media, lab }) => {
    const [one, two] = phones;
    assert.ok(one && two);
    for (const phone of phones) await phone.register();
    const start = lab.now() + 3_600_000_000;
    const plan: CallPlan = {
      start,
      talk: 120,
      media: 'edges',
      edge: 0.2,
      answer: { kind: 'answer', after: 0.1 },
      events: [{ kind: 'hold', after: 30, by: 'caller', seconds: 40, music: true, newSource: false }],
    };
    const { record } = await one.call(two.account.user, plan);
    assert.equal(record.status, 200);
    // The clock may tick between its two readings.
    assert.ok(record.start >= start && record.start <= start + 5_000, `started ${record.start - start} µs late`);
    const talked = (record.end - (record.answer ?? 0)) / 1e6;
    assert.ok(talked > 119.5 && talked < 121, `talked ${talked} s`);
    const own = units.filter((unit) => unit.callId === record.callId);
    assert.equal(own.length, 4, 'set-up, hold, resume, end');
    for (const [i, unit] of own.entries()) {
      const before = own[i - 1];
      if (before) assert.ok(unit.simulated - before.simulated >= unit.real - before.real - 1000, 'only gaps are stretched');
    }
    assert.equal([...media.values()].filter((callId) => callId === record.callId).length >= 4, true);
  });
});

test('of two devices of an account one answers, the other is cancelled', kamailio, async () => {
  await withScene(14, async ({ phones, lab }) => {
    const [one, two] = phones;
    assert.ok(one && two);
    const twin = await Phone.open({ lab, segment: loopbackSegment('floor'), account: two.account, shape: two.shape, port: 0 });
    for (const phone of [one, two, twin]) assert.equal(await phone.register(), 200);
    const plan: CallPlan = { talk: 0.3, media: 'full', answer: { kind: 'answer', after: 0.3 } };
    const playing = one.call(two.account.user, plan);
    while (two.live.size + twin.live.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const legs = [...two.live.values(), ...twin.live.values()];
    assert.equal((await playing).record.status, 200);
    assert.deepEqual(
      legs.map((leg) => leg.state),
      ['ended', 'ended'],
    );
    twin.close();
  });
});

test('a wrong password is refused, all bindings can be removed', kamailio, async () => {
  await withScene(15, async ({ phones }) => {
    const [one, two] = phones;
    assert.ok(one && two);
    assert.ok([401, 403].includes(await one.register({ password: 'wrong' })));
    assert.equal(await one.reboot({ clears: true }), 200);
    assert.equal(await one.register({ expires: 0, contact: '*' }), 200);
    assert.equal((await two.call(one.account.user, { talk: 1, media: 'none' })).record.status, 480);
  });
});

test('an application gateway writes its own address, calls work all the same', kamailio, async () => {
  await withScene(16, async ({ phones, lab, site }) => {
    const [one, two] = phones;
    assert.ok(one && two);
    const inside = { address: '127.201.0.9', port: 5079 };
    const gateway = { address: '127.201.0.10', port: 40079 };
    const said: string[] = [];
    const account = site.accounts[4]!;
    const setup = { lab, segment: loopbackSegment('home'), account, shape: one.shape, gateway, ...inside };
    const phone = await Phone.open({ ...setup, witness: (payload) => said.push(Buffer.from(payload).toString('latin1')) });
    await two.register();
    assert.equal(await phone.register(), 200);
    const { record } = await phone.call(two.account.user, { talk: 0.2, media: 'none', answer: { kind: 'answer', after: 0 } });
    assert.equal(record.status, 200);
    const invites = said.filter((message) => message.startsWith('INVITE'));
    assert.equal(invites.length, 2, 'without and with credentials');
    for (const invite of invites) {
      assert.ok(invite.includes(`${gateway.address}:${gateway.port};`), 'Via');
      assert.ok(invite.includes(`c=IN IP4 ${gateway.address}`));
      assert.ok(!/^(?:Via|v|Contact|m|c=).*127\.201\.0\.9/im.test(invite), invite);
    }
    phone.close();
  });
});

async function withScene(seed: number, body: (scene: Scene) => Promise<void>): Promise<void> {
  const logs = await mkdtemp(join(tmpdir(), 'agents-'));
  const random = seeded(seed, 'agents');
  const site = await startSite({
    random,
    wish: {},
    accounts: 5,
    segment: loopbackSegment,
    launch: launchHere,
    logs,
    resolver: '127.0.53.3',
    resolverPort: 0,
  });
  const units: { callId: string; real: number; simulated: number }[] = [];
  const media = new Map<string, string>();
  const now = (): number => Date.now() * 1000;
  const lab: Ground = {
    random,
    site,
    segment: loopbackSegment,
    now,
    unit: (callId, simulated) => units.push({ callId, real: now(), simulated }),
    media: (address, callId) => media.set(address, callId),
  };
  const makers = drawMakers(random);
  const phones: Phone[] = [];
  for (const account of site.accounts) {
    const shape = drawShape(makers, random.fork(`shape ${account.user}`));
    phones.push(await Phone.open({ lab, segment: loopbackSegment('office'), account, shape, port: 0 }));
  }
  const trunk = await Trunk.open(
    {
      lab,
      segment: loopbackSegment('trunk'),
      shape: drawShape(makers, random.fork('trunk')),
      random: random.fork('trunk'),
      user: 'gateway',
      domain: site.domain,
      password: '',
      proxy: site.proxy,
      ...site.trunk,
    },
    drawnPolicy(random.fork('policy')),
  );
  try {
    await body({ lab, phones, trunk, site, units, media });
  } finally {
    for (const phone of phones) phone.close();
    trunk.close();
    await site.stop();
    await rm(logs, { recursive: true });
  }
}
