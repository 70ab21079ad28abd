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
  const lab: Ground = {
    random,
    site,
    segment: loopbackSegment,
    now: () => Date.now() * 1000,
    unit: () => undefined,
    media: () => undefined,
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
    await body({ lab, phones, trunk, site });
  } finally {
    for (const phone of phones) phone.close();
    trunk.close();
    await site.stop();
    await rm(logs, { recursive: true });
  }
}
