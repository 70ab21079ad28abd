import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tool } from '../../test/peers.ts';
import { seeded } from '../random.ts';
import type { Account, SiteWish } from '../scenario.ts';
import { hasAsterisk } from './asterisk.ts';
import { launchHere, loopbackSegment } from './loopback.ts';
import { accounted } from './serverlog.ts';
import { type RunningSite, startSite } from './site.ts';
import { credentials, type Heard, type Talker, talker } from './talker.ts';

const kamailio = tool('kamailio', 'apt-get install kamailio kamailio-extra-modules');

test('calls go through the proxy, to phones and to the trunk, and are accounted for', kamailio, async () => {
  await withSite({ answers: '404-403' }, async (site) => {
    await callsWork(site);
    const [call, ...others] = accounted(await settled(site, 5)).filter(({ callId }) => callId.startsWith('call'));
    assert.equal(others.length, 1);
    assert.equal(call?.status, 200);
    assert.ok((call?.answer ?? 0) >= (call?.start ?? 1) && (call?.end ?? 0) >= (call?.answer ?? 1));
  });
});

test('behind an edge proxy the same calls work, and the phones see the edge alone', kamailio, async () => {
  await withSite({ kind: 'proxy-chain' }, async (site) => {
    const seen = await callsWork(site);
    assert.ok(!seen.text.includes(site.servers['proxy'] ?? ''), 'the core shows');
    assert.equal(seen.values('Via').length >= 2, true);
  });
});

test('behind a B2BUA the legs of a call share no Call-ID', kamailio, async () => {
  await withSite({ kind: 'b2bua' }, async (site) => {
    const seen = await callsWork(site);
    assert.notEqual(seen.values('Call-ID')[0], 'call1');
    assert.match(seen.values('From')[0] ?? '', new RegExp(`sip:${site.accounts[0]?.user}@${site.domain}`));
  });
});

for (const answers of ['404-401', '401-401'] as const) {
  const skip = hasAsterisk() ? false : 'no Asterisk: npm run lab -- asterisk';
  test(`Asterisk is a site of its own (${answers})`, { skip }, async () => {
    await withSite({ kind: 'asterisk', answers }, async (site) => {
      assert.notEqual((await callsWork(site)).values('Call-ID')[0], 'call1');
      const phone = await talker(loopbackSegment('office'), '127.0.0.2');
      const [account] = site.accounts;
      assert.ok(account);
      const unknown = await register(phone, site, { ...account, user: '999999' }, 'guess');
      assert.equal(unknown.status, answers === '404-401' ? 403 : 401);
      assert.equal((await register(phone, site, account, 'guess')).status, 401);
      phone.close();
      const records = await settled(site, 8);
      const calls = accounted(records).filter(({ callId }) => callId.startsWith('call'));
      assert.deepEqual(
        calls.map(({ status }) => status),
        [200, 200],
      );
      for (const { start, answer = 0, end = 0 } of calls) assert.ok(start > 1e15 && start <= answer && answer <= end);
      const kinds = records.map(({ about }) => about.kind);
      assert.ok(kinds.includes('wrong') && kinds.includes('unknown') === (answers === '401-401'));
    });
  });
}

for (const answers of ['404-401', '401-401', '404-403', '401-403'] as const) {
  test(`strangers and wrong passwords are answered as wished (${answers})`, kamailio, async () => {
    await withSite({ answers }, async (site) => {
      const [unknown, wrong] = answers.split('-').map(Number);
      const phone = await talker(loopbackSegment('office'), '127.0.0.2');
      const [account] = site.accounts;
      assert.ok(account);
      const stranger = { ...account, user: '999999' };
      assert.equal((await register(phone, site, stranger, 'guess')).status, unknown === 404 ? 404 : wrong);
      assert.equal((await register(phone, site, account, 'guess')).status, wrong);
      assert.equal((await register(phone, site, account, account.password)).status, 200);
      for (const [user, expected] of [
        [stranger.user, unknown === 404 ? 404 : 200],
        [site.accounts[1]?.user, unknown === 404 ? 480 : 200],
      ] as const) {
        const uri = `sip:${user}@${site.domain}`;
        phone.say(site.proxy, `OPTIONS ${uri} SIP/2.0`, dialog(`ping${user}`, `sip:eve@${site.domain}`, uri, 'OPTIONS'));
        assert.equal((await phone.hear(({ status }) => status !== undefined)).status, expected);
      }
      phone.say(
        site.proxy,
        `INVITE sip:999999@${site.domain} SIP/2.0`,
        dialog('try', `sip:eve@${site.domain}`, `sip:999999@${site.domain}`),
      );
      assert.equal((await phone.hear(({ status }) => status !== undefined)).status, unknown === 404 ? 404 : 407);
      const kinds = (await settled(site, 2)).map(({ about }) => about.kind);
      assert.ok(kinds.includes('unknown') && kinds.includes('wrong'));
      phone.close();
    });
  });
}

test('a password is needed for calls abroad unless the relay is open', kamailio, async () => {
  for (const openRelay of [false, true]) {
    await withSite({ openRelay }, async (site) => {
      const phone = await talker(loopbackSegment('attack'), '127.0.0.3');
      const abroad = await talker(loopbackSegment('internet'), '127.0.0.4');
      phone.say(site.proxy, `INVITE sip:x@${abroad.at} SIP/2.0`, dialog('abroad', 'sip:eve@elsewhere.example', `sip:x@${abroad.at}`));
      if (openRelay) assert.equal((await abroad.hear(({ method }) => method === 'INVITE')).method, 'INVITE');
      else assert.equal((await phone.hear(({ status }) => (status ?? 0) >= 200)).status, 407);
      phone.close();
      abroad.close();
    });
  }
});

for (const kind of ['proxy', 'proxy-chain', 'b2bua'] as const) {
  test(`pike tells of a source with many requests and blocks nobody (${kind})`, kamailio, async () => {
    await withSite({ kind }, pikeTells);
  });
}

async function pikeTells(site: RunningSite): Promise<void> {
  const phone = await talker(loopbackSegment('attack'), '127.0.0.5');
  for (let i = 0; i < 60; i++) {
    phone.say(
      site.proxy,
      `OPTIONS sip:${site.domain} SIP/2.0`,
      dialog(`options${i}`, 'sip:eve@elsewhere.example', `sip:${site.domain}`, 'OPTIONS'),
    );
    assert.equal((await phone.hear(({ status }) => status !== undefined)).status, 200);
  }
  const told = (await settled(site, 1)).filter(({ about }) => about.kind === 'pike');
  assert.equal(told[0]?.about.kind === 'pike' && told[0].about.address, '127.0.0.5');
  phone.close();
}

/** Registers two phones, calls from one to the other, to the trunk and from the trunk; returns what the callee got. */
async function callsWork(site: RunningSite): Promise<Heard> {
  const [one, two] = site.accounts;
  assert.ok(one && two);
  const caller = await talker(loopbackSegment('office'), '127.0.0.6');
  const callee = await talker(loopbackSegment('office'), '127.0.0.7');
  assert.equal((await register(caller, site, one, one.password)).status, 200);
  assert.equal((await register(callee, site, two, two.password)).status, 200);
  const invite = await call(caller, callee, site, one, `sip:${two.user}@${site.domain}`, 'call1');
  const trunk = await talker(fixedPort(site.trunk.port), site.trunk.address);
  const number = site.number();
  const gone = await call(caller, trunk, site, one, `sip:${number}@${site.domain}`, 'call2');
  assert.match(gone.text, new RegExp(`^INVITE sip:\\${number}@${site.trunk.address}`));
  trunk.say(
    site.proxy,
    `INVITE sip:${two.user}@${site.domain} SIP/2.0`,
    [...dialog('inbound', 'sip:+4912345678@carrier.example', `sip:${two.user}@${site.domain}`), `Contact: <sip:${trunk.at}>`, SDP],
    sdp(trunk),
  );
  assert.equal((await callee.hear(({ method }) => method === 'INVITE')).method, 'INVITE');
  for (const each of [caller, callee, trunk]) each.close();
  return invite;
}

async function call(
  caller: Talker,
  callee: Talker,
  site: RunningSite,
  { user, domain, password }: Account,
  uri: string,
  id: string,
): Promise<Heard> {
  const headers = [...dialog(id, `sip:${user}@${domain}`, uri), `Contact: <sip:${user}@${caller.at}>`, SDP];
  caller.say(site.proxy, `INVITE ${uri} SIP/2.0`, headers, sdp(caller));
  const challenge = await caller.hear(({ status }) => status === 407 || status === 401);
  caller.say(site.proxy, `ACK ${uri} SIP/2.0`, [`Via: ${own(challenge)}`, ...dialog(id, `sip:${user}@${domain}`, uri, 'ACK')]);
  const again = headers.map((line) => line.replace('CSeq: 1', 'CSeq: 2'));
  caller.say(site.proxy, `INVITE ${uri} SIP/2.0`, [...again, credentials(challenge, user, password, 'INVITE', uri)], sdp(caller));
  const invite = await callee.hear(({ method }) => method === 'INVITE');
  assert.ok(!invite.text.includes('Proxy-Authorization'));
  callee.answer(site.proxy, invite, 200, [`Contact: <sip:callee@${callee.at}>`, SDP], sdp(callee));
  const ok = await caller.hear(({ status }) => status === 200);
  const route = ok
    .values('Record-Route')
    .map((value) => `Route: ${value}`)
    .reverse();
  const contact = /<(.*)>/.exec(ok.values('Contact')[0] ?? '')?.[1] ?? '';
  const within = (method: string, cseq: number): string[] => [
    ...route,
    `From: ${ok.values('From')[0]}`,
    `To: ${ok.values('To')[0]}`,
    `Call-ID: ${id}`,
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
  ];
  caller.say(site.proxy, `ACK ${contact} SIP/2.0`, within('ACK', 2));
  await callee.hear(({ method }) => method === 'ACK');
  caller.say(site.proxy, `BYE ${contact} SIP/2.0`, within('BYE', 3));
  callee.answer(site.proxy, await callee.hear(({ method }) => method === 'BYE'), 200);
  assert.equal((await caller.hear(({ status }) => status === 200)).status, 200);
  return invite;
}

const SDP = 'Content-Type: application/sdp';

function sdp({ at }: Talker): string {
  const [address] = at.split(':');
  return `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;
}

async function register(phone: Talker, site: RunningSite, { user, domain }: Account, password: string): Promise<Heard> {
  const headers = [...dialog(`register${user}${Math.random()}`, `sip:${user}@${domain}`, `sip:${user}@${domain}`, 'REGISTER')];
  const final = (): Promise<Heard> => phone.hear(({ status }) => status !== undefined);
  const own = [...headers, `Contact: <sip:${user}@${phone.at}>`, 'Expires: 600'];
  phone.say(site.proxy, `REGISTER sip:${domain} SIP/2.0`, own);
  const challenge = await final();
  if (challenge.status !== 401) return challenge;
  const signed = credentials(challenge, user, password, 'REGISTER', `sip:${domain}`);
  phone.say(site.proxy, `REGISTER sip:${domain} SIP/2.0`, [...own.map((line) => line.replace('CSeq: 1', 'CSeq: 2')), signed]);
  return final();
}

function dialog(id: string, from: string, to: string, method = 'INVITE'): string[] {
  return [`From: <${from}>;tag=t${id}`, `To: <${to}>`, `Call-ID: ${id}`, `CSeq: 1 ${method}`, 'Max-Forwards: 70'];
}

/** The Via that the sender of a request put, without what the proxy added: an ACK to a refusal repeats it. */
function own(answer: Heard): string {
  return (answer.values('Via')[0] ?? '').replace(/rport=\d+/, 'rport').replace(/;received=[^;]*/, '');
}

function fixedPort(port: number): ReturnType<typeof loopbackSegment> {
  const segment = loopbackSegment('trunk');
  return { ...segment, socket: (address) => segment.socket(address, port) };
}

async function settled(site: RunningSite, atLeast: number): ReturnType<RunningSite['records']> {
  for (let i = 0; i < 50; i++) {
    const records = await site.records();
    if (records.length >= atLeast) return records;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return site.records();
}

async function withSite(wish: SiteWish, body: (site: RunningSite) => Promise<void>): Promise<void> {
  const logs = await mkdtemp(join(tmpdir(), 'site-'));
  const site = await startSite({
    random: seeded(Math.floor(Math.random() * 1e6)),
    wish,
    accounts: 5,
    segment: loopbackSegment,
    launch: launchHere,
    logs,
    resolver: '127.0.53.2',
    resolverPort: 0,
  });
  try {
    await body(site);
  } finally {
    await site.stop();
    await rm(logs, { recursive: true });
  }
}
